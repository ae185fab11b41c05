package reference

import (
	"strings"
	"sync"
)

// Provider is a maker of games or of the interface to many of them. That a
// site shows one speaks for gambling, never for who built or runs the site.
type Provider struct {
	Name    string
	Sure    []string // spellings that can mean nothing else
	Company []string // spellings that count only beside another provider
}

// Providers returns the game providers, by the order of the file.
var Providers = sync.OnceValue(func() []Provider {
	var out []Provider
	index := map[string]int{}
	for _, row := range table("providers.tsv", 3) {
		i, ok := index[row[0]]
		if !ok {
			i = len(out)
			index[row[0]] = i
			out = append(out, Provider{Name: row[0]})
		}
		if row[1] == "company" {
			out[i].Company = append(out[i].Company, list(row[2])...)
		} else {
			out[i].Sure = append(out[i].Sure, list(row[2])...)
		}
	}
	return out
})

// providerLexicon finds spellings of providers; the language of a meaning is
// the provider's name, and its class tells sure from company.
var providerLexicon = sync.OnceValue(func() *Lexicon {
	l := &Lexicon{ends: []int32{0}}
	for _, p := range Providers() {
		for _, s := range p.Sure {
			l.add(strings.ToLower(s), Meaning{p.Name, ClassCore})
		}
		for _, s := range p.Company {
			l.add(strings.ToLower(s), Meaning{p.Name, ClassGame})
		}
	}
	return l
})

// MatchProviders calls emit for each provider named in a text.
func MatchProviders(text string, emit func(name string, sure bool)) {
	matchProviders(normal(text), emit)
}

func matchProviders(text string, emit func(name string, sure bool)) {
	providerLexicon().matchNormal(text, func(t *Term, _ int) {
		emit(t.Meanings[0].Language, t.Meanings[0].Class == ClassCore)
	})
}
