package cluster

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"pitboss/data"
)

const (
	maxDefining     = 24  // defining features of a family
	maxSameKind     = 5   // of one kind among them
	definingShare   = 0.6 // least share of members that have a defining feature
	maxNearestTried = 32  // members a site is compared with to find its nearest
)

// ledger writes a comparison as terms whose weights sum to its log-odds: one a
// view, heaviest first, then the prior. at holds the two sites whose features
// name the values.
func (g *grouping) ledger(s *space, c *comparison, l *Layer, at [2]int) []data.Evidence {
	prior := l.logOdds(unlike)
	total := l.logOdds(c.similarity)
	var out []data.Evidence
	rest := total - prior
	for v := range views {
		if c.share[v] <= 0 {
			continue
		}
		w := data.MilliBits(int64(total-prior) * c.share[v] / c.similarity)
		rest -= w
		out = append(out, g.term(s, c, v, w, at))
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Weight > out[j].Weight })
	if len(out) > 0 {
		out[0].Weight += rest // what rounding left
	} else {
		prior = total
	}
	return append(out, data.Evidence{Kind: "prior", Weight: prior, Detail: "what two sites with next to nothing in common start from"})
}

// unlike is the similarity of two sites with next to nothing in common.
const unlike = ppm / 100

// term explains one view: how far it agrees and which shared values are the
// rarest.
func (g *grouping) term(s *space, c *comparison, v view, w data.MilliBits, at [2]int) data.Evidence {
	ids := s.intersection(c.a, c.b, v)
	sort.SliceStable(ids, func(i, j int) bool { return s.weight[ids[i]] > s.weight[ids[j]] })
	e := data.Evidence{Kind: data.Kind("view:" + viewNames[v]), Weight: w}
	var named []string
	for _, id := range ids[:min(len(ids), namedValues)] {
		t := s.vocab.tokens[id]
		f := g.feature(at[0], t)
		name := t.value
		if f != nil && f.Label != "" {
			name = f.Label
		}
		if e.Value == "" {
			e.Value, e.Sites = t.value, int(s.frequent[id])
			if f != nil {
				e.Source = f.Source
			}
		}
		named = append(named, cut(name))
	}
	e.Detail = fmt.Sprintf("%s: %.0f%% alike, %d shared", viewTitles[v], float64(c.jaccard[v])/ppm*100, len(ids))
	if len(named) > 0 {
		e.Detail += fmt.Sprintf("; rarest (in %d of %d templates): %s", e.Sites, s.distinct, strings.Join(named, " · "))
	}
	return e
}

// namedValues is the number of shared values a ledger names per view.
const namedValues = 3

// cut bounds a captured value in a sentence.
func cut(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// feature finds the feature behind a token in a site, nil when the token was
// derived from several.
func (g *grouping) feature(site int, t token) *data.Feature {
	fs := g.sites[site].fp.Features
	for i := range fs {
		if fs[i].Kind == t.kind && fs[i].Value == t.value {
			return &fs[i]
		}
	}
	return nil
}

// intersection lists the tokens that two profiles share in a view.
func (s *space) intersection(a, b int, v view) []int32 {
	x, y := s.profiles[a][v], s.profiles[b][v]
	var out []int32
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			out = append(out, x[i])
			i++
			j++
		}
	}
	return out
}

// medoid returns the site of a list that is most like what the list has in
// common: the one with most of the majority's weight and least besides. An old
// domain that leads to another site shows that one's page: it stands for the
// family only where there is no other.
func (g *grouping) medoid(sites []int) int {
	if own := g.withoutRedirects(sites); len(own) > 0 {
		sites = own
	}
	common := majority(profilesOf(g.sites, sites, g.vocab))
	bestSite, bestScore := sites[0], int64(-1)
	for _, s := range sites {
		p := g.vocab.profile(g.sites[s].tokens)
		var both, either int64
		for v := range views {
			b, e := g.byNode.overlap(common[v], p[v])
			both, either = both+b, either+e
		}
		if score := both * ppm / max(either, 1); score > bestScore {
			bestSite, bestScore = s, score
		}
	}
	return bestSite
}

// withoutRedirects leaves out the sites whose capture came by a redirect from
// another host.
func (g *grouping) withoutRedirects(sites []int) []int {
	var out []int
	for _, s := range sites {
		fs := g.sites[s].fp.Features
		if !slices.ContainsFunc(fs, func(f data.Feature) bool { return f.Kind == data.KindRedirect }) {
			out = append(out, s)
		}
	}
	return out
}

// overlap sums the weights of what two token lists share, and of all of both.
func (s *space) overlap(x, y []int32) (both, either int64) {
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case j == len(y) || i < len(x) && x[i] < y[j]:
			either += int64(s.weight[x[i]])
			i++
		case i == len(x) || x[i] > y[j]:
			either += int64(s.weight[y[j]])
			j++
		default:
			both += int64(s.weight[x[i]])
			either += int64(s.weight[x[i]])
			i++
			j++
		}
	}
	return both, either
}

// defining lists what tells a family from everything else: values that most of
// its sites have and few others do, the most telling first.
func (g *grouping) defining(sites []int) []data.Defining {
	inside := map[int32]int{}
	for _, s := range sites {
		for _, ids := range g.vocab.profile(g.sites[s].tokens) {
			for _, id := range ids {
				inside[id]++
			}
		}
	}
	type ranked struct {
		id    int32
		n     int
		score float64
	}
	var list []ranked
	for id, n := range inside {
		share := float64(n) / float64(len(sites))
		if n < 2 || share < definingShare {
			continue
		}
		outside := g.siteCount[id] - n
		list = append(list, ranked{id, n, share * float64(n) / float64(n+4*outside) * (1 + float64(g.byNode.weight[id])/4000)})
	}
	sort.Slice(list, func(i, j int) bool {
		x, y := &list[i], &list[j]
		if x.score != y.score {
			return x.score > y.score
		}
		if a, b := telling(g.vocab.tokens[x.id].kind), telling(g.vocab.tokens[y.id].kind); a != b {
			return a < b
		}
		return x.id < y.id
	})
	perKind := map[data.Kind]int{}
	var out []data.Defining
	for _, r := range list {
		t := g.vocab.tokens[r.id]
		if perKind[t.kind] == maxSameKind || len(out) == maxDefining {
			continue
		}
		perKind[t.kind]++
		everywhere := float64(g.siteCount[r.id]) / float64(len(g.sites))
		out = append(out, data.Defining{
			Kind: t.kind, Value: t.value, Label: g.label(sites, t), Inside: r.n, Outside: g.siteCount[r.id] - r.n,
			Lift: round2(float64(r.n) / float64(len(sites)) / everywhere),
		})
	}
	return out
}

// tellingOrder puts the kinds that say most to a reader first: what code calls
// itself before what pages look like, and names before hashes.
var tellingOrder = []data.Kind{
	data.KindAPIRoute, data.KindGlobal, data.KindEndpoint, data.KindCookie, data.KindID, data.KindI18NKey, data.KindParam, data.KindDataAttr,
	kindStem, data.KindFrame, data.KindClass, kindFolder, data.KindAsset, data.KindSelector, data.KindProperty, data.KindGenerator, data.KindMeta, data.KindComment,
	data.KindFaviconMD5, data.KindScriptHash, data.KindAssetHash, data.KindScriptToken, data.KindInlineScript, data.KindJSONKeys, data.KindErrorPage,
	data.KindSubtree, data.KindBareSubtree, data.KindShingle, data.KindBareShingle,
}

func telling(k data.Kind) int {
	if i := slices.Index(tellingOrder, k); i >= 0 {
		return i
	}
	return len(tellingOrder)
}

// label finds what a hashed value stands for in the first site that has it.
func (g *grouping) label(sites []int, t token) string {
	for _, s := range sites {
		if f := g.feature(s, t); f != nil {
			return f.Label
		}
	}
	return ""
}

func round2(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }
