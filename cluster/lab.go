package cluster

import (
	"math"

	"pitboss/data"
)

// Lab is a set of sites whose pairs were measured once, view by view, so that
// many models can be tried on them. It serves learning and measuring; a run of
// the program does not need it.
type Lab struct {
	g     *grouping
	model Model
	nodes []comparison // blocked pairs of distinct sites
	tmpls []comparison // blocked pairs of templates under model
}

// NewLab measures the sites that can be compared. Builders are looked for
// among the templates that m finds.
func NewLab(fps []data.Fingerprint, m Model) *Lab {
	lab := &Lab{g: group(sitesOf(fps), &m, constraints{}, constraints{}), model: m}
	lab.nodes = measure(lab.g.byNode)
	lab.tmpls = measure(lab.g.byTmpl)
	return lab
}

// measure compares all blocked pairs in all views.
func measure(s *space) []comparison {
	pairs := s.candidates()
	out := make([]comparison, len(pairs))
	inParallel(len(pairs), func(i int) {
		c := &out[i]
		c.a, c.b = pairs[i][0], pairs[i][1]
		for v := range views {
			c.jaccard[v] = -1
			if x, ok := s.alike(c.a, c.b, v); ok {
				c.jaccard[v] = x
			}
		}
	})
	return out
}

// Hosts returns the sites in the order of the partitions.
func (lab *Lab) Hosts() []string {
	out := make([]string, len(lab.g.sites))
	for i := range out {
		out[i] = lab.g.sites[i].fp.Host
	}
	return out
}

// Templates groups the sites as a layer's parameters would: a group number for
// each of Hosts.
func (lab *Lab) Templates(l Layer) []int {
	part, _ := lab.g.partitionNodes(weigh(lab.nodes, &l), &l, l.rules())
	out := make([]int, len(lab.g.sites))
	for i := range out {
		out[i] = part[lab.g.nodeOf[i]]
	}
	return out
}

// Builders does the same for builders, over the templates of the lab's model.
func (lab *Lab) Builders(l Layer) []int {
	part := partition(ones(len(lab.g.templates)), weigh(lab.tmpls, &l), l.rules())
	out := make([]int, len(lab.g.sites))
	for i := range out {
		out[i] = part[lab.g.tmplOf[i]]
	}
	return out
}

func weigh(measured []comparison, l *Layer) []edge {
	weights := l.weights()
	var out []edge
	for _, c := range measured {
		if c.weigh(l, &weights); c.similarity > 0 {
			out = append(out, edge{c.a, c.b, c.similarity})
		}
	}
	return out
}

// Pair is two compared sites, each standing for its copies (template layer) or
// for its template (builder layer).
type Pair struct {
	A, B        string  // hosts
	Similarity  float64 // 0–1, under the model
	Probability float64 // calibrated, that they belong together
}

// Pairs returns the blocked pairs of a layer under the lab's model.
func (lab *Lab) Pairs(layer data.Layer) []Pair {
	l, measured := &lab.model.Template, lab.nodes
	first := func(n int) string { return lab.g.sites[lab.g.nodes[n].sites[0]].fp.Host }
	if layer == data.LayerBuilder {
		l, measured = &lab.model.Builder, lab.tmpls
		first = func(t int) string { return lab.g.sites[lab.g.templates[t][0]].fp.Host }
	}
	weights := l.weights()
	out := make([]Pair, len(measured))
	for i, c := range measured {
		c.weigh(l, &weights)
		odds := float64(l.logOdds(c.similarity)) / 1000
		out[i] = Pair{first(c.a), first(c.b), float64(c.similarity) / ppm, 1 / (1 + math.Exp2(-odds))}
	}
	return out
}

// Blocked reports which pairs of sites became candidates on either level or
// are copies of one another, and the mean number of candidates a site has.
func (lab *Lab) Blocked() (covered func(a, b string) bool, perSite float64) {
	index := map[string]int{}
	for i := range lab.g.sites {
		index[lab.g.sites[i].fp.Host] = i
	}
	nodes, tmpls := pairSet(lab.nodes), pairSet(lab.tmpls)
	covered = func(a, b string) bool {
		x, okA := index[a]
		y, okB := index[b]
		if !okA || !okB {
			return false
		}
		if lab.g.nodeOf[x] == lab.g.nodeOf[y] {
			return true
		}
		return nodes[ordered(lab.g.nodeOf[x], lab.g.nodeOf[y])] || tmpls[ordered(lab.g.tmplOf[x], lab.g.tmplOf[y])]
	}
	return covered, 2 * float64(len(lab.nodes)) / math.Max(1, float64(len(lab.g.nodes)))
}

func pairSet(measured []comparison) map[[2]int]bool {
	out := make(map[[2]int]bool, len(measured))
	for i := range measured {
		out[ordered(measured[i].a, measured[i].b)] = true
	}
	return out
}

func ordered(a, b int) [2]int { return [2]int{min(a, b), max(a, b)} }
