package cluster

import "slices"

// attachShare is the share of a template's common tokens that a lone site must
// have to be taken for one of its copies, whatever else was put into it. No
// figure on real sites changes between 0.6 and 0.8.
const attachShare = 0.7

// attach moves lone sites into the template that they contain. A gap in
// similarity can be made by adding to a page, with decoys or wrappers, while
// what makes the template stays in it: similarity counts what was added,
// containment does not. It returns the new partition and the nodes it moved.
func (g *grouping) attach(part []int, edges []edge, l *Layer, parted [][2]int) ([]int, map[int]bool) {
	groups := members(part)
	of := inverse(groups, len(part))
	fixed := map[int]bool{}
	for _, pair := range parted {
		fixed[pair[0]], fixed[pair[1]] = true, true
	}
	near := make([]map[int]bool, len(groups)) // of each lone node's group: larger groups it has an edge to
	for _, e := range edges {
		for _, way := range [][2]int{{e.a, e.b}, {e.b, e.a}} {
			lone, other := of[way[0]], of[way[1]]
			if len(groups[lone]) == 1 && len(groups[other]) > 1 && !fixed[way[0]] {
				if near[lone] == nil {
					near[lone] = map[int]bool{}
				}
				near[lone][other] = true
			}
		}
	}
	common := map[int]profile{}
	out, moved := slices.Clone(part), map[int]bool{}
	for lone, candidates := range near {
		best, share := -1, attachShare
		for other := range candidates {
			if _, ok := common[other]; !ok {
				common[other] = g.commonOf(groups[other])
			}
			core := common[other]
			if s := g.byNode.contains(groups[lone][0], &core, l); s > share || s == share && other < best {
				best, share = other, s
			}
		}
		if best >= 0 {
			out[groups[lone][0]] = part[groups[best][0]]
			moved[groups[lone][0]] = true
		}
	}
	return out, moved
}

// commonOf is the majority profile of some nodes' sites.
func (g *grouping) commonOf(nodes []int) profile {
	var sites []int
	for _, n := range nodes {
		sites = append(sites, g.nodes[n].sites...)
	}
	return majority(profilesOf(g.sites, sites, g.vocab))
}

// contains returns the share of a profile's weight that a node has, as a mean
// over the views in which the profile has a say.
func (s *space) contains(node int, core *profile, l *Layer) float64 {
	var sum, total float64
	for v := range views {
		w := l.Views[viewNames[v]]
		if w == 0 {
			continue
		}
		both, _ := s.overlap(core[v], s.profiles[node][v])
		_, mass := s.overlap(core[v], nil)
		if mass >= minMass {
			sum += w * float64(both) / float64(mass)
			total += w
		}
	}
	if total == 0 {
		return 0
	}
	return sum / total
}
