package fingerprint

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"pitboss/data"
)

// murmur3 is MurmurHash3 x86, 32 bits, seed 0 (Austin Appleby, public domain).
func murmur3(b []byte) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	var h uint32
	n := len(b)
	for ; len(b) >= 4; b = b[4:] {
		k := bits.RotateLeft32(binary.LittleEndian.Uint32(b)*c1, 15) * c2
		h = bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
	}
	var k uint32
	for _, v := range slices.Backward(b) {
		k = k<<8 | uint32(v)
	}
	if len(b) > 0 {
		h ^= bits.RotateLeft32(k*c1, 15) * c2
	}
	h ^= uint32(n)
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// htmlHash is Shodan's http.html_hash: murmur3 of the raw body, as a signed
// number.
func htmlHash(body []byte) string {
	return strconv.Itoa(int(int32(murmur3(body))))
}

// faviconHash is Shodan's http.favicon.hash: murmur3 of the body in base64
// with a line break after every 76 characters and one at the end, as Python's
// base64.encodebytes writes it. An empty icon has no hash.
func faviconHash(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	const line = 57 // bytes that make 76 characters
	var b bytes.Buffer
	b.Grow(base64.StdEncoding.EncodedLen(len(body)) + len(body)/line + 2)
	for chunk := body; len(chunk) > 0; {
		n := min(line, len(chunk))
		b.WriteString(base64.StdEncoding.EncodeToString(chunk[:n]))
		b.WriteByte('\n')
		chunk = chunk[n:]
	}
	return strconv.Itoa(int(int32(murmur3(b.Bytes()))))
}

func md5Hex(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// domHash is the dom-hash of AIL and Lookyloo: sha256 of the tag names in
// document order joined by "|", the first 32 hexadecimal digits.
func domHash(tags []string) string {
	h := sha256.New()
	var line []byte
	for i, t := range tags {
		if i > 0 {
			line = append(line, '|')
		}
		if line = append(line, t...); len(line) >= 4096 {
			h.Write(line)
			line = line[:0]
		}
	}
	h.Write(line)
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// tellingDOMHash is domHash, or "" for pages that have no content to tell
// them apart: no tags at all, or no more than the skeleton.
func tellingDOMHash(tags []string) string {
	switch h := domHash(tags); h {
	case "e3b0c44298fc1c149afbf4c8996fb924", // no tag
		"6018827592c227a09f27dbff47a18a2b", // html|head|body
		"884abe65a46911cb546a1169e454d754": // html|head|title|body
		return ""
	default:
		return h
	}
}

// headerHash is the HHHash of CIRCL, reference flavour: "hhh:", the major
// version of HTTP, and sha256 of the header names joined by ":", in wire order
// and case, duplicates kept.
func headerHash(proto string, header []data.HeaderField) string {
	if len(header) == 0 {
		return ""
	}
	version := "1"
	if rest, ok := strings.CutPrefix(proto, "HTTP/"); ok && rest != "" && class(rest[0]) == 'd' {
		version = rest[:1]
	}
	h := sha256.New()
	for i, f := range header {
		if i > 0 {
			h.Write([]byte{':'})
		}
		h.Write([]byte(f.Name))
	}
	return "hhh:" + version + ":" + hex.EncodeToString(h.Sum(nil))
}
