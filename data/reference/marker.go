package reference

import (
	"strconv"
	"strings"
	"sync"

	"pitboss/data"
)

// Marker is a phrase that only stands on pages that are nobody's own: parked,
// default, challenge, block and error pages.
type Marker struct {
	Page     data.PageType
	Where    string // "title", "text" or "host" (of a link, script or frame)
	MaxWords int    // a page with more words than this is a real page that quotes the phrase
	Phrase   string // lower case
}

// Markers returns the marks of pages that must never match.
var Markers = sync.OnceValue(func() []Marker {
	types := map[string]data.PageType{
		"parked": data.PageParked, "default": data.PageDefault, "challenge": data.PageChallenge,
		"seized": data.PageSeized, "error": data.PageError,
	}
	var out []Marker
	for _, row := range table("markers.tsv", 4) {
		page, known := types[row[0]]
		limit, err := strconv.Atoi(row[2])
		if !known || err != nil {
			panic("reference: markers.tsv: " + row[0] + " " + row[2])
		}
		for _, phrase := range list(row[3]) {
			out = append(out, Marker{page, row[1], limit, strings.ToLower(phrase)})
		}
	}
	return out
})
