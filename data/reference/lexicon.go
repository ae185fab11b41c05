package reference

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Class says what a term of the lexicon speaks for.
type Class string

// The classes of terms.
const (
	ClassCore       Class = "core"       // used by hardly anyone but those who offer or promote gambling
	ClassGame       Class = "game"       // names games and betting; news and guides use it too
	ClassMoney      Class = "money"      // moving money in and out of an account
	ClassPromo      Class = "promo"      // bonuses, joining, agents
	ClassBuilder    Class = "builder"    // selling gambling software and sites
	ClassTrade      Class = "trade"      // what sellers of any software write; counts beside builder terms
	ClassAffiliate  Class = "affiliate"  // reviewing, ranking and verifying gambling sites; tips
	ClassPrevention Class = "prevention" // helping those who gamble too much
	ClassNews       Class = "news"       // reporting
	ClassSport      Class = "sport"      // reporting sport
	ClassCrypto     Class = "crypto"     // coins and exchanges
	ClassVideoGame  Class = "videogame"  // video games and programming
	ClassLand       Class = "land"       // hotels, clubs and live events
	ClassDemo       Class = "demo"       // play without money
	ClassMask       Class = "mask"       // says nothing; keeps a shorter term inside it from matching
)

// Meaning is what a term says in one language.
type Meaning struct {
	Language string // ISO 639-1 or 639-3
	Class    Class
}

// Term is one word or phrase and its meanings.
type Term struct {
	Text     string // lower case, NFKC, hyphens as spaces
	Meanings []Meaning
	Words    int // separated by spaces
}

// Lexicon finds the terms of all languages in a text.
type Lexicon struct {
	terms []Term
	edges edges
	ends  []int32         // node → 1 + index in terms, 0 for none
	heads [1 << 15]uint64 // a Bloom filter of the first three runes of each term (two, where it has no more)
	ascii asciiHeads
}

// Gambling returns the gambling lexicon.
var Gambling = sync.OnceValue(func() *Lexicon {
	l := &Lexicon{ends: []int32{0}}
	for _, row := range table("lexicon.tsv", 3) {
		for _, text := range list(row[2]) {
			l.add(text, Meaning{row[0], Class(row[1])})
		}
	}
	return l
})

// Terms returns all terms, in the order of the file. Callers must not change
// them.
func (l *Lexicon) Terms() []Term { return l.terms }

func (l *Lexicon) add(text string, m Meaning) {
	node, words := int32(0), 1
	var canonical []rune
	for _, r := range norm.NFKC.String(text) {
		r = plain(r)
		if r == ' ' {
			if canonical[len(canonical)-1] == ' ' {
				continue
			}
			words++
		}
		canonical = append(canonical, r)
		next := l.edges.get(node, r)
		if next == 0 {
			next = int32(len(l.ends))
			l.edges.set(node, r, next)
			l.ends = append(l.ends, 0)
		}
		node = next
	}
	third := rune(0)
	if len(canonical) > 2 {
		third = canonical[2]
	}
	slot, bit := headOf(canonical[0], canonical[1], third)
	l.heads[slot] |= bit
	l.ascii.add(canonical[0], canonical[1])
	if at := l.ends[node]; at > 0 {
		l.terms[at-1].Meanings = append(l.terms[at-1].Meanings, m)
		return
	}
	l.terms = append(l.terms, Term{Text: string(canonical), Meanings: []Meaning{m}, Words: words})
	l.ends[node] = int32(len(l.terms))
}

// plain folds the case of a rune and takes hyphens and underscores for spaces.
func plain(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r == '-' || r == '_' || r == '\u00a0' || r == '\n' || r == '\t' || r == '‐' || r == '‑':
		return ' '
	case r == '’':
		return '\''
	case r < utf8.RuneSelf, r >= 0x2e80 && r < 0xa000, r >= 0xac00 && r < 0xd800:
		return r // ideographs, kana and Hangul have no case
	}
	return unicode.ToLower(r)
}

// Match calls emit for each term found, with the byte offset of where it
// begins in the text. From left to right the longest term wins, and the
// search goes on behind it. In scripts that separate words a term must begin
// and end where a word does; in the others (Han, kana, Hangul, Thai, Khmer)
// it may stand anywhere. Time is linear in the text, times the longest term.
func (l *Lexicon) Match(text string, emit func(t *Term, at int)) {
	l.matchNormal(normal(text), emit)
}

// MatchBoth is Match with the gambling lexicon and MatchProviders in one. The
// offsets of terms are left out, and provider may be nil.
func MatchBoth(text string, term func(*Term), provider func(name string, sure bool)) {
	text = normal(text)
	Gambling().matchNormal(text, func(t *Term, _ int) { term(t) })
	if provider != nil {
		matchProviders(text, provider)
	}
}

// normal returns a text in the form that matching needs (NFKC).
func normal(text string) string {
	if norm.NFKC.IsNormalString(text) {
		return text
	}
	return norm.NFKC.String(text)
}

// matchNormal matches a text in NFKC.
func (l *Lexicon) matchNormal(text string, emit func(t *Term, at int)) {
	inWord := false
	for i := 0; i < len(text); {
		if i = l.skip(text, i, &inWord); i == len(text) {
			return
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		r = plain(r)
		spaced := isSpaced(r)
		if spaced && inWord || !l.mayBegin(r, text[i+size:]) {
			inWord = spaced
			i += size
			continue
		}
		term, end := l.longest(text, i)
		if term == nil {
			inWord = spaced
			i += size
			continue
		}
		emit(term, i)
		last, _ := utf8.DecodeLastRuneInString(text[i:end])
		inWord = isSpaced(plain(last))
		i = end
	}
}

// skip passes over the ASCII characters at which no term begins: those inside
// of words, and those that begin none. It keeps inWord for what stands before
// the place that it returns.
func (l *Lexicon) skip(text string, i int, inWord *bool) int {
	in := *inWord
	for i < len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			break
		}
		spaced := asciiWord[c]
		if !(spaced && in) && l.ascii.mayBegin(text[i:]) {
			break
		}
		in = spaced
		i++
	}
	*inWord = in
	return i
}

// asciiHeads knows the first two characters of the terms that begin with an
// ASCII character, in the form of plain.
type asciiHeads struct {
	first [utf8.RuneSelf]bool
	pairs [utf8.RuneSelf << 7]bool // first<<7|second
}

func (h *asciiHeads) add(first, second rune) {
	if first >= utf8.RuneSelf {
		return
	}
	h.first[first] = true
	if second < utf8.RuneSelf {
		h.pairs[first<<7|second] = true
	}
}

// mayBegin reports whether a term may begin with a text, which begins with an
// ASCII character.
func (h *asciiHeads) mayBegin(text string) bool {
	first := asciiPlain[text[0]]
	if !h.first[first] || len(text) < 2 {
		return false
	}
	if second := text[1]; second < utf8.RuneSelf {
		return h.pairs[uint(first)<<7|uint(asciiPlain[second])]
	}
	return true // what is not ASCII may be so in the form of plain: a hyphen
}

// asciiWord and asciiPlain hold isSpaced and plain of the ASCII characters.
var asciiWord, asciiPlain = asciiTables()

func asciiTables() (word [utf8.RuneSelf]bool, folded [utf8.RuneSelf]byte) {
	for c := range rune(utf8.RuneSelf) {
		word[c], folded[c] = isSpaced(c), byte(plain(c))
	}
	return word, folded
}

// headOf places three runes in the filter of heads.
func headOf(a, b, c rune) (slot int, bit uint64) {
	h := (uint64(a)*0x9e3779b97f4a7c15 ^ uint64(b)*0xc2b2ae3d27d4eb4f ^ uint64(c)*0x165667b19e3779f9) >> 32
	return int(h>>6) & (1<<15 - 1), 1 << (h & 63)
}

// mayBegin reports whether a term may begin with r and what follows it.
func (l *Lexicon) mayBegin(r rune, rest string) bool {
	second, n := utf8.DecodeRuneInString(rest)
	if n == 0 {
		return false
	}
	second = plain(second)
	if slot, bit := headOf(r, second, 0); l.heads[slot]&bit != 0 {
		return true
	}
	third, n := utf8.DecodeRuneInString(rest[n:])
	if n == 0 {
		return false
	}
	slot, bit := headOf(r, second, plain(third))
	return l.heads[slot]&bit != 0
}

// longest returns the longest term that begins at i, and where it ends.
func (l *Lexicon) longest(text string, i int) (found *Term, end int) {
	node, space := int32(0), false
	for j := i; j < len(text); {
		r, size := utf8.DecodeRuneInString(text[j:])
		r = plain(r)
		if r == ' ' && space {
			j += size // several spaces are one
			continue
		}
		space = r == ' '
		next := l.edges.get(node, r)
		if next == 0 {
			break
		}
		node, j = next, j+size
		if at := l.ends[node]; at > 0 && wordEnds(text, r, j) {
			found, end = &l.terms[at-1], j
		}
	}
	return found, end
}

// wordEnds reports whether a term whose last rune is r may end at j.
func wordEnds(text string, r rune, j int) bool {
	if !isSpaced(r) || j >= len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[j:])
	return !isSpaced(next)
}

// isSpaced reports whether a rune belongs to words of a script that separates
// words with spaces. Hangul is not among them: particles and compounds stick
// to the word.
func isSpaced(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	if r >= 0x0e00 && r <= 0x0e7f || r >= 0x1780 && r <= 0x17ff || r >= 0x1100 && r <= 0x11ff || r >= 0x2e80 {
		return false // Thai, Khmer, Hangul jamo; CJK and all that follows
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
