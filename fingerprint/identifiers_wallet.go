package fingerprint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/btcsuite/btcd/btcutil/base58"
	"github.com/btcsuite/btcd/btcutil/bech32"
	"golang.org/x/crypto/sha3"

	"pitboss/data"
)

// Bounds of an address, in bytes.
const (
	minWallet = 25
	maxWallet = 74
)

// wallets looks for addresses of coins whose checksum holds. Chance lets one
// in four thousand million strings of the right shape pass, so scripts may be
// searched whole.
func (f *finder) wallets(body []byte) {
	for i := 0; ; {
		var j int
		if i, j = longName(body, i, minWallet); i < 0 {
			return
		}
		if j-i <= maxWallet {
			if wallet := walletOf(string(body[i:j])); wallet != "" && !insideData(body, i, j) {
				f.add(data.KindWallet, wallet, around(body, i, j), i)
			}
		}
		i = j
	}
}

// longName returns the next run of at least n letters, digits and underscores
// from i on, or -1. It looks first at where such a run would end, so that it
// skips most of a body unseen. A run must begin at i or after another byte.
func longName(body []byte, i, n int) (from, to int) {
	for i+n <= len(body) {
		j := i + n - 1
		for j >= i && nameBytes[body[j]] {
			j--
		}
		if j >= i {
			i = j + 1
			continue
		}
		for j = i + n; j < len(body) && nameBytes[body[j]]; {
			j++
		}
		return i, j
	}
	return -1, -1
}

// insideData reports whether a token is a piece of base64 or of a path rather
// than a word of its own. An explorer's link to an address is one of its own.
func insideData(body []byte, i, j int) bool {
	if j < len(body) && (body[j] == '+' || body[j] == '=' || body[j] == '/' && !bytes.HasPrefix(body[j:], []byte("/>"))) {
		return true
	}
	return i > 0 && body[i-1] == '+'
}

// walletOf returns "chain:address" when a token is an address with a valid
// checksum, else "".
func walletOf(s string) string {
	switch s[0] {
	case '0':
		return etherWallet(s)
	case 'b', 'l', 'B', 'L':
		if w := segwitWallet(s); w != "" || s[0] != 'L' {
			return w
		}
	case 'r':
		return rippleWallet(s)
	case '1', '3', 'T', 'M', 'D', 'A', '9':
	default:
		return ""
	}
	if len(s) > 35 {
		return ""
	}
	payload, version, err := base58.CheckDecode(s)
	if err != nil || len(payload) != 20 {
		return ""
	}
	for _, c := range []struct {
		version byte
		first   string
		chain   string
	}{
		{0x00, "1", "bitcoin"}, {0x05, "3", "bitcoin"}, {0x41, "T", "tron"}, {0x30, "L", "litecoin"}, {0x32, "M", "litecoin"},
		{0x1e, "D", "dogecoin"}, {0x16, "A9", "dogecoin"},
	} {
		if version == c.version && strings.ContainsRune(c.first, rune(s[0])) {
			return c.chain + ":" + s
		}
	}
	return ""
}

// etherWallet checks the mixed-case checksum of EIP-55. An address in one case
// carries no checksum and is left alone: too much hexadecimal looks like it.
func etherWallet(s string) string {
	if len(s) != 42 || s[1] != 'x' || strings.ToLower(s) == s || strings.ToUpper(s[2:]) == s[2:] {
		return ""
	}
	low := strings.ToLower(s[2:])
	if _, err := hex.DecodeString(low); err != nil {
		return ""
	}
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(low))
	sum := h.Sum(nil)
	for i := range 40 {
		nibble := sum[i/2] >> 4
		if i%2 == 1 {
			nibble = sum[i/2] & 15
		}
		if c := low[i]; c >= 'a' && (s[2+i] < 'a') != (nibble >= 8) {
			return ""
		}
	}
	return "ethereum:" + s
}

// segwitWallet checks bech32 (witness version 0, BIP 173) and bech32m
// (version 1 and above, BIP 350) addresses of Bitcoin and Litecoin.
func segwitWallet(s string) string {
	low := strings.ToLower(s)
	var chain string
	switch {
	case strings.HasPrefix(low, "bc1"):
		chain = "bitcoin:"
	case strings.HasPrefix(low, "ltc1"):
		chain = "litecoin:"
	default:
		return ""
	}
	_, words, version, err := bech32.DecodeGeneric(s)
	if err != nil || len(words) == 0 || words[0] > 16 || (words[0] == 0) != (version == bech32.Version0) {
		return ""
	}
	program, err := bech32.ConvertBits(words[1:], 5, 8, false)
	if err != nil || len(program) < 2 || len(program) > 40 || words[0] == 0 && len(program) != 20 && len(program) != 32 {
		return ""
	}
	return chain + low
}

const rippleAlphabet = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

// rippleWallet checks a classic XRP Ledger address: base58 in its own
// alphabet, version 0, 20 bytes, four bytes of double SHA-256.
func rippleWallet(s string) string {
	if len(s) < 25 || len(s) > 35 {
		return ""
	}
	n, zeros := new(big.Int), 0
	for i := range len(s) {
		d := strings.IndexByte(rippleAlphabet, s[i])
		if d < 0 {
			return ""
		}
		if d == 0 && zeros == i {
			zeros++
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(d)))
	}
	raw := append(make([]byte, zeros), n.Bytes()...)
	if len(raw) != 25 || raw[0] != 0 {
		return ""
	}
	first := sha256.Sum256(raw[:21])
	second := sha256.Sum256(first[:])
	if !bytes.Equal(second[:4], raw[21:]) {
		return ""
	}
	return "xrp:" + s
}
