package reference

import "sync"

// Vocabulary is the words by which gambling software names its own parts.
type Vocabulary struct {
	Core  map[string]bool // single words about games and bets
	Pairs map[string]bool // two words in a row, joined by a space
	Money map[string]bool // words about an account's money; other software uses them too
}

// InterfaceWords returns the vocabulary of paths, names and literals.
var InterfaceWords = sync.OnceValue(func() Vocabulary {
	v := Vocabulary{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, row := range table("interface.tsv", 2) {
		to, ok := map[string]map[string]bool{"core": v.Core, "pair": v.Pairs, "money": v.Money}[row[0]]
		if !ok {
			panic("reference: interface.tsv: kind " + row[0])
		}
		for _, w := range list(row[1]) {
			to[w] = true
		}
	}
	return v
})
