package cluster

import "slices"

// grouping is what the linkage found, before it gets names: sites in templates
// and templates in builders, everything by index.
type grouping struct {
	sites     []site
	vocab     *vocabulary
	nodes     []node
	templates [][]int      // sites of each template, singletons included, ascending
	builders  [][]int      // templates of each builder, singletons included, ascending
	byNode    *space       // rarity over distinct sites
	byTmpl    *space       // rarity over templates
	tmplOf    []int        // per site
	bldrOf    []int        // per template
	nodeOf    []int        // per site
	attached  map[int]bool // nodes that a template was found within
	siteCount []int        // per token: sites that have it
}

// constraints are the reviewers' pairs of sites, by index.
type constraints struct {
	together, apart [][2]int
}

// group runs both levels of the linkage.
func group(sites []site, m *Model, template, builder constraints) *grouping {
	lists := make([][]token, len(sites))
	for i := range sites {
		lists[i] = sites[i].tokens
	}
	g := &grouping{sites: sites, vocab: newVocabulary(lists)}
	g.nodes = collapse(sites, g.vocab, template.apart)
	g.nodeOf = make([]int, len(sites))
	for n := range g.nodes {
		for _, s := range g.nodes[n].sites {
			g.nodeOf[s] = n
		}
	}
	g.linkTemplates(&m.Template, template)
	g.linkBuilders(&m.Builder, builder)
	return g
}

func (g *grouping) linkTemplates(l *Layer, c constraints) {
	profiles := make([]profile, len(g.nodes))
	for n := range g.nodes {
		profiles[n] = g.nodes[n].profile
	}
	g.byNode = newSpace(g.vocab, profiles, identity(len(profiles)))
	r := l.rules()
	r.together, r.apart = mapPairs(c.together, g.nodeOf), mapPairs(c.apart, g.nodeOf)
	part, attached := g.partitionNodes(g.byNode.edges(l), l, r)
	g.attached = attached
	for _, nodes := range members(part) {
		var sites []int
		for _, n := range nodes {
			sites = append(sites, g.nodes[n].sites...)
		}
		slices.Sort(sites)
		g.templates = append(g.templates, sites)
	}
	g.tmplOf = inverse(g.templates, len(g.sites))
}

// partitionNodes groups the nodes by their edges, then attaches lone ones;
// attached names those.
func (g *grouping) partitionNodes(edges []edge, l *Layer, r rules) (part []int, attached map[int]bool) {
	copies := make([]int, len(g.nodes))
	for n := range g.nodes {
		copies[n] = len(g.nodes[n].sites)
	}
	return g.attach(partition(copies, edges, r), edges, l, r.apart)
}

func (g *grouping) linkBuilders(l *Layer, c constraints) {
	profiles := make([]profile, len(g.templates))
	for t, sites := range g.templates {
		profiles[t] = majority(profilesOf(g.sites, sites, g.vocab))
	}
	g.byTmpl = newSpace(g.vocab, profiles, identity(len(profiles)))
	r := l.rules()
	r.together, r.apart = mapPairs(c.together, g.tmplOf), mapPairs(c.apart, g.tmplOf)
	part := partition(ones(len(profiles)), g.byTmpl.edges(l), r)
	g.builders = members(part)
	g.bldrOf = inverse(g.builders, len(g.templates))
}

// members turns the group number of each element into lists of elements,
// ordered by their first.
func members(part []int) [][]int {
	var out [][]int
	at := map[int]int{}
	for i, root := range part {
		k, ok := at[root]
		if !ok {
			k = len(out)
			at[root] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}

func inverse(groups [][]int, n int) []int {
	out := make([]int, n)
	for k, list := range groups {
		for _, i := range list {
			out[i] = k
		}
	}
	return out
}

func mapPairs(pairs [][2]int, to []int) [][2]int {
	out := make([][2]int, 0, len(pairs))
	for _, p := range pairs {
		if a, b := to[p[0]], to[p[1]]; a != b {
			out = append(out, [2]int{a, b})
		}
	}
	return out
}

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func ones(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
