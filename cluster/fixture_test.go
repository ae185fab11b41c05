package cluster

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pitboss/data"
)

// The fixtures are made by hand, so that each test says what is shared.

var seenAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// feature reads "kind:value".
func feature(s string) data.Feature {
	kind, value, _ := strings.Cut(s, ":")
	f := data.Feature{Kind: data.Kind(kind), Value: value, Layer: data.LayerTemplate, Source: "https://a.example/"}
	switch _, hard := hardKinds[f.Kind]; {
	case hard:
		f.Layer = data.LayerOperator
	case f.Kind == data.KindIP || f.Kind == data.KindASN:
		f.Layer = data.LayerInfrastructure
	}
	return f
}

// page makes a fingerprint of a gambling site from lists of "kind:value".
func page(host string, lists ...[]string) data.Fingerprint {
	f := data.Fingerprint{
		Host: host, Visit: "v-" + host, Capture: "c-" + host, Extractor: "test", At: seenAt, Complete: true,
		Assessment: data.Assessment{Page: data.PageGambling, Gambling: 0.9},
	}
	all := slices.Concat(lists...)
	slices.Sort(all)
	for _, s := range slices.Compact(all) {
		f.Features = append(f.Features, feature(s))
	}
	return f
}

// series lists n values of a kind.
func series(kind data.Kind, prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s:%s%d", kind, prefix, i)
	}
	return out
}

// skin is what all sites of a template have.
func skin(name string) []string {
	return slices.Concat(series(data.KindClass, name+"cls", 20), series(data.KindSubtree, name+"tree", 30), series(data.KindAsset, "/"+name+"/file", 8))
}

// code is what all sites of a builder have.
func code(name string) []string {
	return slices.Concat(series(data.KindID, name+"id", 12), series(data.KindGlobal, name+"glob", 8),
		series(data.KindEndpoint, "/"+name+"/{n}/", 10), series(data.KindBareSubtree, name+"bones", 20))
}

// content is what a site has for itself.
func content(host string) []string {
	return slices.Concat(series(data.KindClass, host+"x", 3), series(data.KindSubtree, host+"y", 4), series(data.KindID, host+"z", 2))
}

// siteOf makes a site of a template and a builder with content of its own.
func siteOf(host, template, builder string, more ...string) data.Fingerprint {
	return page(host, skin(template), code(builder), content(host), more)
}

// crowd is a background of sites that have nothing to do with one another.
func crowd(n int) []data.Fingerprint {
	var out []data.Fingerprint
	for i := range n {
		name := fmt.Sprintf("crowd%d", i)
		out = append(out, page(name+".example", skin(name), code(name)))
	}
	return out
}

// handModel is a model whose figures are simple, and not the shipped one's.
func handModel() Model {
	return Model{
		Version:  "by hand",
		Template: Layer{Views: map[string]float64{"class": 1, "tree": 1, "asset": 1}, Power: 1, Floor: 0.2, Gap: 0.5, Intercept: 4, Slope: 2.5},
		Builder:  Layer{Views: map[string]float64{"name": 1, "endpoint": 1, "bones": 1}, Power: 1, Floor: 0.3, Intercept: 5, Slope: 3},
	}
}

func input(fps ...data.Fingerprint) Input {
	return Input{Fingerprints: append(fps, crowd(12)...), Model: handModel(), At: seenAt}
}

// twoBuilders is a web of two builders: "kim" with the templates red (a, b, c)
// and blue (d, e), "lee" with the template green (f, g), and h, who stands
// alone.
func twoBuilders() []data.Fingerprint {
	return []data.Fingerprint{
		siteOf("a.example", "red", "kim"), siteOf("b.example", "red", "kim"), siteOf("c.example", "red", "kim"),
		siteOf("d.example", "blue", "kim"), siteOf("e.example", "blue", "kim"),
		siteOf("f.example", "green", "lee"), siteOf("g.example", "green", "lee"),
		siteOf("h.example", "own", "self"),
	}
}

// groupsOf writes the families of a layer as "a b c | d e", hosts without
// their domain.
func groupsOf(families []data.Family, layer data.Layer) string {
	var out []string
	for i := range families {
		if families[i].Layer != layer {
			continue
		}
		out = append(out, strings.Join(hostsOf(&families[i]), " "))
	}
	sort.Strings(out)
	return strings.Join(out, " | ")
}

func hostsOf(f *data.Family) []string {
	var out []string
	for _, m := range f.Members {
		out = append(out, strings.TrimSuffix(m.Host, ".example"))
	}
	return out
}

// familyOf finds the family of a host on a layer.
func familyOf(t *testing.T, run data.Run, layer data.Layer, host string) *data.Family {
	t.Helper()
	for i := range run.Families {
		f := &run.Families[i]
		for _, m := range f.Members {
			if f.Layer == layer && m.Host == host+".example" {
				return f
			}
		}
	}
	t.Fatalf("%s is in no %s family", host, layer)
	return nil
}

func wantGroups(t *testing.T, run data.Run, layer data.Layer, want string) {
	t.Helper()
	if got := groupsOf(run.Families, layer); got != want {
		t.Errorf("%s families %q, want %q", layer, got, want)
	}
}

// spaceOf makes a space of profiles, each given as a list of "kind:value".
func spaceOf(group []int, lists ...[]string) *space {
	var tokens [][]token
	for i, l := range lists {
		f := page(fmt.Sprint(i), l)
		tokens = append(tokens, tokensOf(&f))
	}
	vocab := newVocabulary(tokens)
	profiles := make([]profile, len(lists))
	for i := range tokens {
		profiles[i] = vocab.profile(tokens[i])
	}
	if group == nil {
		group = identity(len(lists))
	}
	return newSpace(vocab, profiles, group)
}

func (s *space) idOf(kind data.Kind, value string) int32 {
	id, ok := s.vocab.number[token{viewOf[kind], kind, value}]
	if !ok {
		return -1
	}
	return id
}
