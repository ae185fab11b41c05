package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"strings"
)

const base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58Check encodes a version byte and payload with the first four bytes of
// their double sha256 (Bitcoin's Base58Check, which TRON uses too).
func base58Check(version byte, payload []byte) string {
	body := append([]byte{version}, payload...)
	once := sha256.Sum256(body)
	twice := sha256.Sum256(once[:])
	body = append(body, twice[:4]...)
	n := new(big.Int).SetBytes(body)
	radix, digit := big.NewInt(58), new(big.Int)
	var out []byte
	for n.Sign() > 0 {
		n.DivMod(n, radix, digit)
		out = append(out, base58Digits[digit.Int64()])
	}
	for _, b := range body {
		if b != 0 {
			break
		}
		out = append(out, '1')
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// segwitAddress encodes a version 0 witness program (BIP 173).
func segwitAddress(program []byte) string {
	const prefix = "bc"
	data := append([]byte{0}, fiveBits(program)...)
	values := []byte{prefix[0] >> 5, prefix[1] >> 5, 0, prefix[0] & 31, prefix[1] & 31}
	values = append(values, data...)
	sum := bech32Polymod(append(values, 0, 0, 0, 0, 0, 0)) ^ 1
	var b strings.Builder
	b.WriteString(prefix + "1")
	for _, d := range data {
		b.WriteByte(bech32Digits[d])
	}
	for i := range 6 {
		b.WriteByte(bech32Digits[sum>>(5*(5-i))&31])
	}
	return b.String()
}

func fiveBits(in []byte) []byte {
	var out []byte
	acc, bits := uint32(0), 0
	for _, b := range in {
		acc, bits = acc<<8|uint32(b), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits&31))
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits)&31))
	}
	return out
}

func bech32Polymod(values []byte) uint32 {
	generator := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	sum := uint32(1)
	for _, v := range values {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range generator {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	return sum
}

// wallets makes one address a chain out of random hashes. The Ethereum one is
// in lower case, which carries no checksum (EIP-55).
func wallets(r *rand.Rand) map[string]string {
	return map[string]string{
		"tron":    base58Check(0x41, randomBytes(r)),
		"bitcoin": base58Check(0x00, randomBytes(r)),
		"segwit":  segwitAddress(randomBytes(r)),
		"ether":   "0x" + hex.EncodeToString(randomBytes(r)),
	}
}

// randomBytes stands in for the hash of a public key.
func randomBytes(r *rand.Rand) []byte {
	out := make([]byte, 20)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}
