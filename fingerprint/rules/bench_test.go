package rules

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkMatch runs 250 rules over a page of 100 kB with as much script.
func BenchmarkMatch(b *testing.B) {
	set := &Set{}
	for i := range 250 {
		r, err := Parse("r.yml", fmt.Appendf(nil, "title: x\ndetection:\n  a:\n    html|contains|all: [\"<div class='kit-%d'>\", other-%d]\n  b:\n    requests|endswith: /kit-%d.js\n  condition: a or b\n", i, i, i))
		if err != nil {
			b.Fatal(err)
		}
		set.rules = append(set.rules, r)
	}
	c := page()
	c.Resources[0].Body = []byte("<html>" + strings.Repeat(`<div class="lobby-tile"><a href="/game/play">play</a></div>`, 1700))
	c.Resources[3].Body = []byte(strings.Repeat("function openLobby(a){return a+1}\n", 3000))
	total := 0
	for _, r := range c.Resources {
		total += len(r.Body)
	}
	b.SetBytes(int64(total))
	for b.Loop() {
		if m, err := set.Match(b.Context(), c); err != nil || len(m) > 0 {
			b.Fatal(len(m), err)
		}
	}
}
