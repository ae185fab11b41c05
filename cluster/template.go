package cluster

import (
	"slices"
	"sort"
	"strings"

	"pitboss/data"
)

// leastTokens is the number of tokens below which a site says too little about
// itself to be compared: abstaining is an answer.
const leastTokens = 12

// node is a set of exact copies: sites whose template fingerprints are
// identical, however many there are.
type node struct {
	sites   []int // indices into the input, ascending
	profile profile
}

// site is one input of the clustering.
type site struct {
	fp     *data.Fingerprint
	tokens []token
}

// sitesOf picks the fingerprints that can be compared, by host.
func sitesOf(fps []data.Fingerprint) []site {
	var out []site
	for i := range fps {
		if !fps[i].Assessment.Page.Matchable() {
			continue
		}
		if tokens := tokensOf(&fps[i]); len(tokens) >= leastTokens {
			out = append(out, site{&fps[i], tokens})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].fp.Host < out[j].fp.Host })
	return out
}

// collapse puts exact copies into one node. Copies are told by their tree, so
// that a page filled with other words and pictures is still one.
// Sites that a reviewer parted from others are never collapsed.
func collapse(sites []site, vocab *vocabulary, apart [][2]int) []node {
	single := map[int]bool{}
	for _, pair := range apart {
		single[pair[0]], single[pair[1]] = true, true
	}
	var nodes []node
	seen := map[string]int{}
	for i := range sites {
		p := vocab.profile(sites[i].tokens)
		key := sites[i].fp.Host
		if !single[i] {
			key = copyKey(&p, key)
		}
		k, ok := seen[key]
		if !ok {
			k = len(nodes)
			seen[key] = k
			nodes = append(nodes, node{profile: p})
		}
		nodes[k].sites = append(nodes[k].sites, i)
	}
	for n := range nodes {
		if len(nodes[n].sites) > 1 {
			nodes[n].profile = majority(profilesOf(sites, nodes[n].sites, vocab))
		}
	}
	return nodes
}

func profilesOf(sites []site, which []int, vocab *vocabulary) []profile {
	out := make([]profile, len(which))
	for i, s := range which {
		out[i] = vocab.profile(sites[s].tokens)
	}
	return out
}

// leastTree is the number of tree tokens from which two equal trees are taken
// for copies and not for two empty pages.
const leastTree = 24

func copyKey(p *profile, host string) string {
	if len(p[viewTree]) < leastTree {
		return host
	}
	var b strings.Builder
	for _, v := range []view{viewTree, viewClass, viewName} {
		b.WriteByte('|')
		for _, id := range p[v] {
			b.Write([]byte{byte(id), byte(id >> 8), byte(id >> 16), byte(id >> 24)})
		}
	}
	return b.String()
}

// majority is the profile of a template: the tokens that at least half of its
// sites have.
func majority(profiles []profile) profile {
	if len(profiles) == 1 {
		return profiles[0]
	}
	var out profile
	for v := range views {
		count := map[int32]int{}
		for i := range profiles {
			for _, id := range profiles[i][v] {
				count[id]++
			}
		}
		for id, n := range count {
			if 2*n >= len(profiles) {
				out[v] = append(out[v], id)
			}
		}
		slices.Sort(out[v])
	}
	return out
}
