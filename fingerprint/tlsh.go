package fingerprint

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"sync"
)

// TLSH is the fuzzy hash of Trend Micro (Oliver, Cheng and Chen, "TLSH – A
// Locality Sensitive Hash", 2013), 128 buckets, one byte of checksum. It is
// written out here because a page is hashed at every extraction and the
// libraries take a multiple of the time of parsing it; a test holds it to one
// of them.

// Bounds of what is hashed, in bytes: the least that Trend Micro's TLSH
// accepts, and the most that is worth the time.
const (
	minTLSH = 50
	maxTLSH = 4 << 20
)

const tlshBuckets = 128 // that are counted; triplets that fall into the others are not

// fuzzyHash is Trend Micro's TLSH with its version prefix, or "" for input
// that is too short or too uniform.
func fuzzyHash(body []byte) string {
	if len(body) < minTLSH || len(body) > maxTLSH {
		return ""
	}
	buckets, checksum := tlshCount(body)
	sorted := slices.Sorted(slices.Values(buckets[:tlshBuckets]))
	q1, q2, q3 := sorted[tlshBuckets/4-1], sorted[tlshBuckets/2-1], sorted[tlshBuckets*3/4-1]
	if q3 == 0 {
		return ""
	}
	ratio := func(q uint32) byte { return byte(float32(q)*100/float32(q3)) % 16 }
	out := make([]byte, 3, 3+tlshBuckets/4)
	out[0], out[1], out[2] = swapNibbles(checksum), swapNibbles(tlshLength(len(body))), ratio(q1)<<4|ratio(q2)
	for i := tlshBuckets - 4; i >= 0; i -= 4 { // from the last to the first, two bits a bucket
		var code byte
		for j, n := range buckets[i : i+4] {
			switch {
			case n > q3:
				code |= 3 << (2 * j)
			case n > q2:
				code |= 2 << (2 * j)
			case n > q1:
				code |= 1 << (2 * j)
			}
		}
		out = append(out, code)
	}
	return "T1" + strings.ToUpper(hex.EncodeToString(out))
}

func swapNibbles(b byte) byte { return b<<4 | b>>4 }

// tlshLength is the length in steps that grow with it.
func tlshLength(n int) byte {
	l := math.Log(float64(n))
	switch {
	case n <= 656:
		l /= 0.4054651
	case n <= 3199:
		l = l/0.26236426 - 8.72777
	default:
		l = l/0.095310180 - 62.5472
	}
	return byte(int(math.Floor(l)) % 255)
}

// tlshCount slides a window of five bytes over the body and counts six of its
// triplets, each by its Pearson hash with a salt of its own. The first two
// steps of all hashes are looked up at once by their pair of bytes; the last,
// a permutation, is left until everything is counted.
func tlshCount(body []byte) (buckets [256]uint32, checksum byte) {
	t := tlshTable()
	var before [256]uint32
	e, d, c, b := body[0], body[1], body[2], body[3]
	for _, a := range body[4:] {
		ab := t.near[uint16(a)<<8|uint16(b)]
		ac := t.next[uint16(a)<<8|uint16(c)]
		ad := t.far[uint16(a)<<8|uint16(d)]
		checksum = pearson[byte(ab>>24)^checksum]
		before[byte(ab)^c]++
		before[byte(ab>>8)^d]++
		before[byte(ab>>16)^e]++
		before[byte(ac)^d]++
		before[byte(ac>>8)^e]++
		before[ad^e]++
		e, d, c, b = d, c, b, a
	}
	for i, n := range before {
		buckets[pearson[i]] = n
	}
	return buckets, checksum
}

// tlshTables hold the first two steps of the Pearson hashes by pair of bytes:
// the newest byte of the window and the first, second or third before it.
type tlshTables struct {
	near [1 << 16]uint32 // salts 2, 3 and 11, and 0 of the checksum, from the lowest byte up
	next [1 << 16]uint16 // salts 5 and 7
	far  [1 << 16]byte   // salt 13
}

var tlshTable = sync.OnceValue(func() *tlshTables {
	t := &tlshTables{}
	for pair := range 1 << 16 {
		h := func(salt byte) byte { return pearson[pearson[pearson[salt]^byte(pair>>8)]^byte(pair)] }
		t.near[pair] = uint32(h(2)) | uint32(h(3))<<8 | uint32(h(11))<<16 | uint32(h(0))<<24
		t.next[pair] = uint16(h(5)) | uint16(h(7))<<8
		t.far[pair] = h(13)
	}
	return t
})

// pearson is the permutation of Pearson ("Fast Hashing of Variable-Length Text
// Strings", 1990) that TLSH uses.
var pearson = [256]byte{
	1, 87, 49, 12, 176, 178, 102, 166, 121, 193, 6, 84, 249, 230, 44, 163,
	14, 197, 213, 181, 161, 85, 218, 80, 64, 239, 24, 226, 236, 142, 38, 200,
	110, 177, 104, 103, 141, 253, 255, 50, 77, 101, 81, 18, 45, 96, 31, 222,
	25, 107, 190, 70, 86, 237, 240, 34, 72, 242, 20, 214, 244, 227, 149, 235,
	97, 234, 57, 22, 60, 250, 82, 175, 208, 5, 127, 199, 111, 62, 135, 248,
	174, 169, 211, 58, 66, 154, 106, 195, 245, 171, 17, 187, 182, 179, 0, 243,
	132, 56, 148, 75, 128, 133, 158, 100, 130, 126, 91, 13, 153, 246, 216, 219,
	119, 68, 223, 78, 83, 88, 201, 99, 122, 11, 92, 32, 136, 114, 52, 10,
	138, 30, 48, 183, 156, 35, 61, 26, 143, 74, 251, 94, 129, 162, 63, 152,
	170, 7, 115, 167, 241, 206, 3, 150, 55, 59, 151, 220, 90, 53, 23, 131,
	125, 173, 15, 238, 79, 95, 89, 16, 105, 137, 225, 224, 217, 160, 37, 123,
	118, 73, 2, 157, 46, 116, 9, 145, 134, 228, 207, 212, 202, 215, 69, 229,
	27, 188, 67, 124, 168, 252, 42, 4, 29, 108, 21, 247, 19, 205, 39, 203,
	233, 40, 186, 147, 198, 192, 155, 33, 164, 191, 98, 204, 165, 180, 117, 76,
	140, 36, 210, 172, 41, 54, 159, 8, 185, 232, 113, 196, 231, 47, 146, 120,
	51, 65, 28, 144, 254, 221, 93, 189, 194, 139, 112, 43, 71, 109, 184, 209,
}
