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

	beginnings []bool // by the first two bytes of a word: one of the above, or of the words of pairs, begins so
}

// MayHold reports, at little cost, whether an ASCII word of letters and digits
// may be in the vocabulary, alone or in a pair. Its case does not matter.
func (v Vocabulary) MayHold(word string) bool {
	return len(word) > 1 && v.beginnings[uint(word[0]|0x20)<<8|uint(word[1]|0x20)]
}

// InterfaceWords returns the vocabulary of paths, names and literals.
var InterfaceWords = sync.OnceValue(func() Vocabulary {
	v := Vocabulary{map[string]bool{}, map[string]bool{}, map[string]bool{}, make([]bool, 1<<16)}
	for _, row := range table("interface.tsv", 2) {
		to, ok := map[string]map[string]bool{"core": v.Core, "pair": v.Pairs, "money": v.Money}[row[0]]
		if !ok {
			panic("reference: interface.tsv: kind " + row[0])
		}
		for _, w := range list(row[1]) {
			to[w] = true
			for part := range strings.FieldsSeq(w) {
				if len(part) > 1 {
					v.beginnings[uint(part[0]|0x20)<<8|uint(part[1]|0x20)] = true
				}
			}
		}
	}
	return v
})
