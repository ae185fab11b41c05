package fingerprint

import (
	"math"
	"strings"
)

// needles finds many fixed texts in one pass over a long one. It looks at
// every second pair of bytes only: of each needle two pairs are known, one for
// where it begins at an even place and one for odd ones, and both are the
// rarest that the needle has.
type needles struct {
	count  int
	pairs  [1 << 16]uint16 // 1 + index in places, 0: no needle has this pair
	places [][]needlePlace
}

// needlePlace is a needle that has a pair of bytes, and where in it.
type needlePlace struct {
	text   string
	needle int // index among the needles
	offset int // -1: the pair is the byte before the needle and its first
}

// maxNeedleOffset is how far inside a needle its pairs may lie.
const maxNeedleOffset = 16

// newNeedles prepares the search for texts of at least two bytes.
func newNeedles(texts []string) *needles {
	ns := &needles{count: len(texts), places: [][]needlePlace{nil}}
	for i, text := range texts {
		ns.addRarest(i, text, 0)
		if len(text) > 2 {
			ns.addRarest(i, text, 1)
			continue
		}
		for c := range 256 { // too short for an odd pair of its own
			ns.add(byte(c), text[0], needlePlace{text, i, -1})
		}
	}
	return ns
}

// addRarest notes the rarest of the pairs that begin at every second byte of a
// needle.
func (ns *needles) addRarest(needle int, text string, first int) {
	best, least := first, math.MaxInt
	for o := first; o+1 < len(text) && o <= maxNeedleOffset; o += 2 {
		if n := frequency(text[o]) * frequency(text[o+1]); n < least {
			best, least = o, n
		}
	}
	ns.add(text[best], text[best+1], needlePlace{text, needle, best})
}

// frequency is about how often a byte stands in a thousand bytes of web pages.
func frequency(c byte) int {
	switch {
	case strings.IndexByte(" eta\"si", c) >= 0:
		return 50
	case strings.IndexByte("nrolcd</>-", c) >= 0:
		return 30
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '=' || c == ':':
		return 12
	case c >= 0xe0 && c < 0xf0: // begins three bytes of Hangul, Thai or Han
		return 20
	case c == '.' || c == '_' || c == ';' || c >= 0x80:
		return 8
	}
	return 2
}

func (ns *needles) add(a, b byte, p needlePlace) {
	at := &ns.pairs[uint16(a)|uint16(b)<<8]
	if *at == 0 {
		ns.places = append(ns.places, nil)
		*at = uint16(len(ns.places) - 1)
	}
	ns.places[*at] = append(ns.places[*at], p)
}

// eachNeedle calls found for every place where a needle stands. Places come
// from left to right but for the last maxNeedleOffset bytes.
func eachNeedle[T string | []byte](ns *needles, body T, found func(at, needle int)) {
	for i := 0; i+1 < len(body); i += 2 {
		n := ns.pairs[uint16(body[i])|uint16(body[i+1])<<8] // in this order it is one load
		if n == 0 {
			continue
		}
		for _, p := range ns.places[n] {
			if at := i - p.offset; at >= 0 && len(body)-at >= len(p.text) && body[at] == p.text[0] && string(body[at:at+len(p.text)]) == p.text {
				found(at, p.needle)
			}
		}
	}
}

// present reports of each needle whether it stands anywhere in a text.
func present[T string | []byte](ns *needles, body T) []bool {
	seen := make([]bool, ns.count)
	eachNeedle(ns, body, func(_, needle int) { seen[needle] = true })
	return seen
}
