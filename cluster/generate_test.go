package cluster

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pitboss/data"
)

// generate makes fingerprints of a web: builders that sold like a power law,
// with one to four templates each, some of which are a chain (each shares a
// part with the next only), kits that many use, features that everybody has,
// exact clones and sites that belong to nobody.
func generate(r *rand.Rand, n int) []data.Fingerprint {
	var out []data.Fingerprint
	for b := 0; len(out) < n; b++ {
		builder := fmt.Sprintf("bld%d", b)
		sold := 1 + int(float64(n)/8/float64(1+b)) // Zipf
		if b%3 == 2 {
			sold = 1 // nobody's
		}
		templates := 1 + r.IntN(4)
		for i := range min(sold, n-len(out)) {
			out = append(out, generated(r, len(out), builder, i%templates))
		}
	}
	return out
}

func generated(r *rand.Rand, i int, builder string, template int) data.Fingerprint {
	host := fmt.Sprintf("site%04d.example", i)
	name := fmt.Sprintf("%st%d", builder, template)
	var own []string
	if r.IntN(3) > 0 { // one in three is a clone
		own = content(host)
		for k := range 6 {
			own = append(own, fmt.Sprintf("class:noise%d", r.IntN(400)), fmt.Sprintf("asset:/upload/%d/%d.png", r.IntN(50), k))
		}
	}
	kit := series(data.KindClass, fmt.Sprintf("kit%dc", r.IntN(3)), 15) // a public framework
	hub := []string{"id:zqhub", "class:zqhub", "global:zqhub", "endpoint:/zqhub"}
	chain := series(data.KindSubtree, fmt.Sprintf("%slink%d-", builder, template), 10)
	chain = append(chain, series(data.KindSubtree, fmt.Sprintf("%slink%d-", builder, template+1), 10)...)
	if r.IntN(2) == 0 {
		own = append(own, fmt.Sprintf("telegram:boss%d", r.IntN(12)))
	}
	return page(host, skin(name), code(builder), own, kit, hub, chain)
}

func BenchmarkCluster(b *testing.B) {
	for _, n := range []int{500, 2000} {
		b.Run(fmt.Sprintf("sites=%d", n), func(b *testing.B) {
			in := Input{Fingerprints: generate(rand.New(rand.NewPCG(1, uint64(n))), n), Model: handModel(), At: seenAt}
			b.ReportAllocs()
			for b.Loop() {
				if run := Cluster(in); len(run.Families) == 0 {
					b.Fatal("no families")
				}
			}
		})
	}
}

func BenchmarkWhy(b *testing.B) {
	in := Input{Fingerprints: generate(rand.New(rand.NewPCG(1, 500)), 500), Model: handModel(), At: seenAt}
	for b.Loop() {
		if _, err := Why(in, in.Fingerprints[0].Host, in.Fingerprints[1].Host); err != nil {
			b.Fatal(err)
		}
	}
}
