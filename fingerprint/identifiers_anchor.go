package fingerprint

import (
	"cmp"
	"slices"
	"sync"

	"pitboss/data/reference"
)

// anchors finds where the patterns of identifiers may begin.
type anchors struct {
	patterns []reference.IdentifierPattern
	texts    *needles // the patterns' anchors
}

// anchorHit is a place in a body where a pattern's anchor stands.
type anchorHit struct{ at, pattern int }

// maxHits bounds how many hits wait to be put in order.
const maxHits = 1_024

var anchorIndex = sync.OnceValue(func() *anchors {
	patterns := reference.IdentifierPatterns()
	texts := make([]string, len(patterns))
	for i := range patterns {
		texts[i] = patterns[i].Anchor
	}
	return &anchors{patterns, newNeedles(texts)}
})

// find calls try for each anchor in the body that stands alone, from left to
// right, and of one place in the order of the patterns.
func (ix *anchors) find(body []byte, try func(p *reference.IdentifierPattern, at int)) {
	var hits []anchorHit
	eachNeedle(ix.texts, body, func(at, pattern int) {
		if !standsAlone(body, at) {
			return
		}
		if hits = append(hits, anchorHit{at, pattern}); len(hits) >= maxHits {
			hits = ix.flush(hits, at-maxNeedleOffset, try)
		}
	})
	ix.flush(hits, len(body), try)
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
