package reference

import (
	"regexp"
	"sync"
)

// Authority issues gambling licences.
type Authority struct {
	ID     string
	Names  []string       // as sites write them, lower case
	Seals  []string       // hosts to which a genuine seal links
	Number *regexp.Regexp // group 1 is the licence number; nil when it has no form of its own
}

// Authorities returns the licensing authorities.
var Authorities = sync.OnceValue(func() []Authority {
	var out []Authority
	for _, row := range table("licences.tsv", 4) {
		a := Authority{ID: row[0], Names: list(row[1]), Seals: list(row[2])}
		if row[3] != "-" {
			a.Number = regexp.MustCompile(row[3])
		}
		out = append(out, a)
	}
	return out
})
