package fingerprint

import (
	"sync"

	"pitboss/data/reference"
)

// Bounds of one script.
const (
	literalHead   = 4      // first bytes of a literal, which are never separated
	maxLiteralGap = 8      // white space within a literal, each time
	maxDangerHits = 50_000 // literals found in one script
)

// literalScanner finds many literals in one pass, without case and white
// space: Wu and Manber's algorithm ("A fast algorithm for multi-pattern
// searching", 1994) on the first four bytes of each. It skips about three of
// four bytes, and takes time linear in the text.
type literalScanner struct {
	literals []string
	uses     [][]literalUse // of each literal
	rules    []*reference.DangerSign
	required []uint32 // bit set of the parts of each rule that are literals

	shift [1 << 16]uint8  // by two bytes: how far no literal begins
	heads [1 << 16]uint16 // by the last two bytes of a head: 1 + index in buckets
	bands [][]int         // literals with these bytes
}

// literalUse says that a literal is one of a rule's part.
type literalUse struct {
	rule int // index in rules
	part int
}

// literalHit is a literal in a script.
type literalHit struct {
	literal    int
	start, end int
}

// dangerScanner looks for the literals of all rules about scripts.
var dangerScanner = sync.OnceValue(func() *literalScanner {
	s := &literalScanner{}
	index := map[string]int{}
	for i := range reference.DangerSigns() {
		rule := &reference.DangerSigns()[i]
		if rule.Check != reference.CheckScript {
			continue
		}
		s.rules = append(s.rules, rule)
		s.required = append(s.required, 0)
		for p, literals := range rule.Parts {
			if literals[0][0] == '@' {
				continue
			}
			s.required[len(s.rules)-1] |= 1 << p
			for _, l := range literals {
				at, known := index[l]
				if !known {
					at = len(s.literals)
					index[l] = at
					s.literals = append(s.literals, l)
					s.uses = append(s.uses, nil)
				}
				s.uses[at] = append(s.uses[at], literalUse{len(s.rules) - 1, p})
			}
		}
	}
	s.prepare()
	return s
})

func (s *literalScanner) prepare() {
	for i := range s.shift {
		s.shift[i] = literalHead - 1
	}
	for i, l := range s.literals {
		for j := 1; j < literalHead; j++ {
			b := pair(l[j-1], l[j])
			s.shift[b] = min(s.shift[b], uint8(literalHead-1-j))
		}
		b := pair(l[literalHead-2], l[literalHead-1])
		if s.heads[b] == 0 {
			s.bands = append(s.bands, nil)
			s.heads[b] = uint16(len(s.bands))
		}
		s.bands[s.heads[b]-1] = append(s.bands[s.heads[b]-1], i)
	}
	byFolded, fold := s.shift, folded()
	for i := range s.shift { // so that scanning need not fold what it skips
		s.shift[i] = byFolded[pair(fold[i>>8], fold[i&255])]
	}
}

func pair(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// folded maps bytes to what they are compared as: letters to lower case, white
// space to a space.
var folded = sync.OnceValue(func() *[256]byte {
	var t [256]byte
	for i := range t {
		t[i] = byte(i)
		switch {
		case i >= 'A' && i <= 'Z':
			t[i] += 'a' - 'A'
		case i == '\t' || i == '\n' || i == '\r' || i == '\f' || i == '\v':
			t[i] = ' '
		}
	}
	return &t
})

// scan returns the literals of a text in the order of where they begin.
func (s *literalScanner) scan(text []byte) []literalHit {
	fold := folded()
	var hits []literalHit
	for i := literalHead - 1; i < len(text); {
		if skip := s.shift[pair(text[i-1], text[i])]; skip > 0 {
			i += int(skip)
			continue
		}
		b := pair(fold[text[i-1]], fold[text[i]])
		for _, l := range s.bands[s.heads[b]-1] {
			start := i - literalHead + 1
			if end := literalAt(text, start, s.literals[l], fold); end > 0 && len(hits) < maxDangerHits {
				hits = append(hits, literalHit{l, start, end})
			}
		}
		i++
	}
	return hits
}

// literalAt returns where a literal that begins at start ends, or 0.
func literalAt(text []byte, start int, literal string, fold *[256]byte) int {
	i := start
	for j := range len(literal) {
		want := literal[j]
		if j >= literalHead && want != ' ' || j > 0 && literal[j-1] == ' ' {
			for gap := 0; i < len(text) && fold[text[i]] == ' ' && gap < maxLiteralGap; gap++ {
				i++
			}
		}
		if i >= len(text) || fold[text[i]] != want {
			return 0
		}
		i++
	}
	if last := literal[len(literal)-1]; last == '=' && i < len(text) && text[i] == '=' {
		return 0 // a comparison, no assignment
	}
	return i
}
