package archive

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"hash"
	"strings"
)

// sha256Prefix begins the digests that we write: "sha256:" and lower-case hex.
const sha256Prefix = "sha256:"

func formatSHA256(sum []byte) string { return sha256Prefix + hex.EncodeToString(sum) }

// check compares a declared digest ("sha1:" + base32, "sha256:" + hex, …) with
// the bytes written to it. The standard fixes neither algorithm nor encoding.
type check struct {
	hash.Hash
	want []byte
}

// newCheck returns nil where nothing is declared, or in a form that we
// do not know: such a digest is not verified.
func newCheck(declared string) *check {
	algorithm, value, ok := strings.Cut(strings.TrimSpace(declared), ":")
	if !ok {
		return nil
	}
	var h hash.Hash
	switch strings.ReplaceAll(strings.ToLower(algorithm), "-", "") {
	case "sha1":
		h = sha1.New()
	case "sha256":
		h = sha256.New()
	case "sha512":
		h = sha512.New()
	case "md5":
		h = md5.New()
	default:
		return nil
	}
	want := decodeDigest(value, h.Size())
	if want == nil {
		return nil
	}
	return &check{Hash: h, want: want}
}

func decodeDigest(value string, size int) []byte {
	if len(value) == 2*size {
		if b, err := hex.DecodeString(value); err == nil {
			return b
		}
	}
	value = strings.ToUpper(strings.TrimRight(value, "="))
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(value)
	if err != nil || len(b) != size {
		return nil
	}
	return b
}

// ok reports whether what was written has the declared digest; a nil check
// has nothing to object.
func (c *check) ok() bool {
	return c == nil || string(c.Sum(nil)) == string(c.want)
}
