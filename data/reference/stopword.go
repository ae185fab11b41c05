package reference

import (
	"strings"
	"sync"
)

// StopWords returns, for each closed-class word, the languages (ISO 639) that
// use it. Callers must not change the map.
var StopWords = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, row := range table("stopwords.tsv", 2) {
		seen := map[string]bool{}
		for _, word := range list(row[1]) {
			if word = strings.ToLower(word); !seen[word] {
				seen[word] = true
				out[word] = append(out[word], row[0])
			}
		}
	}
	return out
})
