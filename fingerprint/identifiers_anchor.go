package fingerprint

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"

	"pitboss/data/reference"
)

// anchors finds where the patterns of identifiers may begin. It looks at every
// second pair of bytes only: of each anchor two pairs are known, one for those
// that begin at even places of a body and one for those at odd ones, and both
// are the rarest that the anchor has.
type anchors struct {
	patterns []reference.IdentifierPattern
	pairs    [1 << 16]uint16 // 1 + index in places, 0: no anchor has this pair
	places   [][]anchorPlace
}

// anchorPlace is an anchor that has a pair of bytes, and where in it.
type anchorPlace struct {
	pattern int
	offset  int // -1: the pair is the byte before the anchor and its first
}

// anchorHit is a place in a body where a pattern's anchor stands.
type anchorHit struct{ at, pattern int }

// maxAnchorOffset is how far inside an anchor its pairs may lie.
const maxAnchorOffset = 16

// maxHits bounds how many hits wait to be put in order.
const maxHits = 1_024

var anchorIndex = sync.OnceValue(func() *anchors {
	ix := &anchors{patterns: reference.IdentifierPatterns(), places: [][]anchorPlace{nil}}
	for i := range ix.patterns {
		anchor := ix.patterns[i].Anchor
		ix.addRarest(i, anchor, 0)
		if len(anchor) > 2 {
			ix.addRarest(i, anchor, 1)
			continue
		}
		for c := range 256 { // too short for an odd pair of its own
			if standsAlone([]byte{byte(c), anchor[0]}, 1) {
				ix.add(byte(c), anchor[0], anchorPlace{i, -1})
			}
		}
	}
	return ix
})

// addRarest notes the rarest of the pairs that begin at every second byte of
// an anchor.
func (ix *anchors) addRarest(pattern int, anchor string, first int) {
	best, least := first, 3
	for o := first; o+1 < len(anchor) && o <= maxAnchorOffset; o += 2 {
		if n := commonness(anchor[o]) + commonness(anchor[o+1]); n < least {
			best, least = o, n
		}
	}
	ix.add(anchor[best], anchor[best+1], anchorPlace{pattern, best})
}

// commonness is 1 for the bytes that markup mostly consists of, else 0.
func commonness(c byte) int {
	if strings.IndexByte("\n \"'</=>-_;:,0123456789abcdefghilmnoprstuvw", c) >= 0 {
		return 1
	}
	return 0
}

func (ix *anchors) add(a, b byte, p anchorPlace) {
	at := &ix.pairs[uint(a)<<8|uint(b)]
	if *at == 0 {
		ix.places = append(ix.places, nil)
		*at = uint16(len(ix.places) - 1)
	}
	ix.places[*at] = append(ix.places[*at], p)
}

// find calls try for each anchor in the body that stands alone, from left to
// right, and of one place in the order of the patterns.
func (ix *anchors) find(body []byte, try func(p *reference.IdentifierPattern, at int)) {
	var hits []anchorHit
	for i := 0; i+1 < len(body); i += 2 {
		n := ix.pairs[uint(body[i])<<8|uint(body[i+1])]
		if n == 0 {
			continue
		}
		for _, p := range ix.places[n] {
			if at := i - p.offset; at >= 0 && ix.stands(body, at, p.pattern) {
				hits = append(hits, anchorHit{at, p.pattern})
			}
		}
		if len(hits) >= maxHits {
			hits = ix.flush(hits, i-maxAnchorOffset, try)
		}
	}
	ix.flush(hits, len(body), try)
}

func (ix *anchors) stands(body []byte, at, pattern int) bool {
	return bytes.HasPrefix(body[at:], []byte(ix.patterns[pattern].Anchor)) && standsAlone(body, at)
}

// flush tries the hits before a place, in order, and returns the others: one
// of them may still be overtaken by a hit that is found later.
func (ix *anchors) flush(hits []anchorHit, before int, try func(p *reference.IdentifierPattern, at int)) []anchorHit {
	slices.SortFunc(hits, func(a, b anchorHit) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.pattern, b.pattern))
	})
	done := 0
	for ; done < len(hits) && hits[done].at < before; done++ {
		try(&ix.patterns[hits[done].pattern], hits[done].at)
	}
	return slices.Delete(hits, 0, done)
}
