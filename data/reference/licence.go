package reference

import "sync"

// Authority issues gambling licences.
type Authority struct {
	ID    string
	Names []string // as sites write them, lower case
	Seals []string // hosts to which a genuine seal links
}

// Authorities returns the licensing authorities.
var Authorities = sync.OnceValue(func() []Authority {
	var out []Authority
	for _, row := range table("licences.tsv", 3) {
		out = append(out, Authority{row[0], list(row[1]), list(row[2])})
	}
	return out
})
