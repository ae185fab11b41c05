package reference

import (
	"strings"
	"sync"
)

// Vocabulary is the words by which gambling software names its own parts.
type Vocabulary struct {
	Core  map[string]bool // single words about games and bets
	Pairs map[string]bool // two words in a row, joined by a space
	Money map[string]bool // words about an account's money; other software uses them too

	uses       map[string]WordUse // of all words, those of pairs included
	beginnings []bool             // by beginningOf: one of them begins so
}

// WordUse is a set of what a word of the vocabulary is.
type WordUse uint8

// The uses of words.
const (
	WordCore   WordUse = 1 << iota
	WordMoney          // of Money
	WordPaired         // the first or second word of a pair
)

// Use tells what a word of ASCII letters and digits is in the vocabulary; its
// case does not matter. It costs little for words that are not in it.
func (v Vocabulary) Use(word string) WordUse {
	if len(word) < 2 || len(word) > 32 || !v.beginnings[beginningOf(word)] {
		return 0
	}
	var low [32]byte
	for i := range len(word) {
		low[i] = word[i]
		if c := word[i]; c >= 'A' && c <= 'Z' {
			low[i] = c | 0x20
		}
	}
	return v.uses[string(low[:len(word)])]
}

// beginningOf places a word by its first three bytes.
func beginningOf(word string) uint16 {
	third := byte(0)
	if len(word) > 2 {
		third = word[2] | 0x20
	}
	return uint16(word[0]|0x20)<<8 ^ uint16(word[1]|0x20)<<4 ^ uint16(third)
}

// note adds a word, or the words of a pair.
func (v Vocabulary) note(words string, use WordUse) {
	for word := range strings.FieldsSeq(words) {
		if len(word) > 1 {
			v.uses[word] |= use
			v.beginnings[beginningOf(word)] = true
		}
	}
}

// InterfaceWords returns the vocabulary of paths, names and literals.
var InterfaceWords = sync.OnceValue(func() Vocabulary {
	v := Vocabulary{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]WordUse{}, make([]bool, 1<<16)}
	for _, row := range table("interface.tsv", 2) {
		to, ok := map[string]map[string]bool{"core": v.Core, "pair": v.Pairs, "money": v.Money}[row[0]]
		if !ok {
			panic("reference: interface.tsv: kind " + row[0])
		}
		use := map[string]WordUse{"core": WordCore, "pair": WordPaired, "money": WordMoney}[row[0]]
		for _, w := range list(row[1]) {
			to[w] = true
			v.note(w, use)
		}
	}
	return v
})
