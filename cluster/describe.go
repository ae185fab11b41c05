package cluster

import (
	"fmt"
	"slices"
	"sort"

	"pitboss/data"
)

const (
	maxDefining     = 24  // defining features of a family
	maxSameKind     = 5   // of one kind among them
	definingShare   = 0.6 // least share of members that have a defining feature
	maxNearestTried = 32  // members a site is compared with to find its nearest
	termsPerView    = 3   // shared values named in a ledger, per view
)

// ledger writes a comparison as terms whose weights sum exactly to its
// log-odds; one of them is the prior.
func (g *grouping) ledger(s *space, c *comparison, l *Layer) []data.Evidence {
	total := l.logOdds(c.similarity)
	prior := min(l.logOdds(ppm/100), total)
	var out []data.Evidence
	for v := range views {
		if total > prior && c.share[v] > 0 {
			worth := int64(total-prior) * c.share[v] / c.similarity
			out = append(out, g.terms(s, c, v, worth)...)
		}
	}
	settle(out, total-prior)
	out = append(out, data.Evidence{Kind: "prior", Weight: prior, Detail: "two sites with next to nothing in common"})
	sort.SliceStable(out, func(i, j int) bool { return abs(out[i].Weight) > abs(out[j].Weight) })
	return out
}

// settle adds to the heaviest term what rounding has left of the total.
func settle(terms []data.Evidence, total data.MilliBits) {
	heaviest := 0
	for i := range terms {
		total -= terms[i].Weight
		if terms[i].Weight > terms[heaviest].Weight {
			heaviest = i
		}
	}
	if len(terms) > 0 {
		terms[heaviest].Weight += total
	}
}

func abs(w data.MilliBits) data.MilliBits { return max(w, -w) }

// terms names the rarest shared values of a view and gives each its part of
// what the view is worth; the rest stands in one line.
func (g *grouping) terms(s *space, c *comparison, v view, worth int64) []data.Evidence {
	ids := s.intersection(c.a, c.b, v)
	var sum int64
	for _, id := range ids {
		sum += int64(s.weight[id])
	}
	sort.SliceStable(ids, func(i, j int) bool { return s.weight[ids[i]] > s.weight[ids[j]] })
	var out []data.Evidence
	rest := worth
	for _, id := range ids[:min(len(ids), termsPerView)] {
		t := s.vocab.tokens[id]
		w := worth * int64(s.weight[id]) / max(sum, 1)
		rest -= w
		out = append(out, data.Evidence{
			Kind: t.kind, Value: t.value, Sites: int(s.frequent[id]), Weight: data.MilliBits(w),
			Detail: fmt.Sprintf("both have it, %d of %d templates do", s.frequent[id], s.distinct),
		})
	}
	if more := len(ids) - len(out); more > 0 {
		out = append(out, data.Evidence{
			Kind: data.Kind("view:" + viewNames[v]), Weight: data.MilliBits(rest),
			Detail: fmt.Sprintf("%s: %d further shared values; agree to %.0f%%", viewTitles[v], more, float64(c.each[v])/ppm*100),
		})
	}
	return out
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
// common: the one with most of the majority's weight and least besides.
func (g *grouping) medoid(sites []int) int {
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
		for i := range g.sites[s].fp.Features {
			f := &g.sites[s].fp.Features[i]
			if f.Kind == t.kind && f.Value == t.value {
				return f.Label
			}
		}
	}
	return ""
}

func round2(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }
