package cluster

import (
	"fmt"
	"sort"

	"pitboss/data"
)

// hardKinds are the identifiers that tie operators, with what one shared value
// is worth. An agent's code marks who promotes a site, a social account or an
// affiliate id may be anybody's: they are shown, and tie nobody.
var hardKinds = map[data.Kind]data.MilliBits{
	data.KindTelegram:  9000,
	data.KindKakao:     9000,
	data.KindLine:      9000,
	data.KindZalo:      9000,
	data.KindWhatsApp:  9000,
	data.KindQQ:        9000,
	data.KindWeChat:    9000,
	data.KindSkype:     8000,
	data.KindPhone:     8000,
	data.KindEmail:     8000,
	data.KindLiveChat:  9000,
	data.KindAnalytics: 8000,
	data.KindMerchant:  7000,
	data.KindWallet:    10000,
	data.KindBank:      10000,
	data.KindPIX:       9000,
	data.KindPayPal:    8000,
}

// weightOf returns what one shared identifier is worth towards one operator.
func weightOf(k data.Kind) data.MilliBits {
	if k == data.KindOutlinkHost {
		return destinationWeight
	}
	return hardKinds[k]
}

// operatorCut is the weight from which two sites count as run by the same
// people.
const operatorCut data.MilliBits = 6000

// maxOperatorSites is the number of sites from which an identifier on several
// builders' sites is taken for a public service and ties nobody.
const maxOperatorSites = 400

// indicator is one hard identifier with the sites that carry it.
type indicator struct {
	kind  data.Kind
	value string
	sites []int // ascending
}

// indicators lists the hard identifiers of at least two sites, in order.
func indicators(sites []site) []indicator {
	type key struct {
		kind  data.Kind
		value string
	}
	at := map[key][]int{}
	for i := range sites {
		for j := range sites[i].fp.Features {
			f := &sites[i].fp.Features[j]
			if _, ok := hardKinds[f.Kind]; ok {
				k := key{f.Kind, f.Value}
				if list := at[k]; len(list) == 0 || list[len(list)-1] != i {
					at[k] = append(list, i)
				}
			}
		}
	}
	var out []indicator
	for k, list := range at {
		if len(list) > 1 {
			out = append(out, indicator{k.kind, k.value, list})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].kind < out[j].kind || out[i].kind == out[j].kind && out[i].value < out[j].value
	})
	return out
}

// ownership says whose an identifier is.
type ownership struct {
	operator bool
	reason   string
}

// owner decides whether an identifier marks an operator. It belongs to the
// builder when it spans the kit while the kit's sites otherwise carry
// different identifiers: the developer left it in every copy and each buyer
// added his own. A kit may have been found in several families, so all that
// the identifier touches are looked at.
func (g *grouping) owner(ind *indicator, all []indicator, private map[int]int) ownership {
	if len(ind.sites) > maxOperatorSites {
		return ownership{false, fmt.Sprintf("on %d sites: a public service", len(ind.sites))}
	}
	kits := map[int]bool{}
	for _, s := range ind.sites {
		kits[g.bldrOf[g.tmplOf[s]]] = true
	}
	sold, least := 0, len(g.sites)
	for b := range kits {
		size := 0
		for _, t := range g.builders[b] {
			size += len(g.templates[t])
		}
		sold, least = sold+size, min(least, size)
	}
	switch covers := 10*len(ind.sites) >= 9*sold && least >= leastKit; {
	case covers && 2*differing(ind, all, private) >= len(ind.sites):
		return ownership{false, "spans the whole kit while its sites carry different identifiers: the builder's"}
	case len(kits) > 1:
		return ownership{true, "spans builders, as its owner does"}
	case !covers:
		return ownership{true, "some sites of the family have it, others do not"}
	}
	return ownership{true, "spans the family, and nothing in it speaks of several operators"}
}

// leastKit is the number of sites from which a family can show whose an
// identifier is.
const leastKit = 3

// differing counts the sites of an identifier that carry another one which
// most of them do not.
func differing(ind *indicator, all []indicator, private map[int]int) int {
	carries := map[int]bool{}
	for _, s := range ind.sites {
		carries[s] = private[s] > 0
	}
	for k := range all {
		var both []int
		for _, s := range all[k].sites {
			if _, ok := carries[s]; ok {
				both = append(both, s)
			}
		}
		if 3*len(both) <= 2*len(ind.sites) {
			for _, s := range both {
				carries[s] = true
			}
		}
	}
	n := 0
	for _, yes := range carries {
		if yes {
			n++
		}
	}
	return n
}

// within reports whether all of a (ascending) is in b (ascending).
func within(a, b []int) bool {
	j := 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		if j == len(b) || b[j] != x {
			return false
		}
	}
	return true
}

// privateIdentifiers counts, per site, the hard identifiers that no other site
// has.
func privateIdentifiers(sites []site, shared []indicator) map[int]int {
	is := map[string]bool{}
	for i := range shared {
		is[string(shared[i].kind)+":"+shared[i].value] = true
	}
	out := map[int]int{}
	for i := range sites {
		for j := range sites[i].fp.Features {
			f := &sites[i].fp.Features[j]
			if _, ok := hardKinds[f.Kind]; ok && !is[string(f.Kind)+":"+f.Value] {
				out[i]++
			}
		}
	}
	return out
}

// operatorGroup is a set of sites run by the same people, with the identifiers
// that say so.
type operatorGroup struct {
	sites      []int
	indicators []int // into the indicator list
}

// operators ties sites by the identifiers that mark operators. Two sites are
// tied when the shared identifiers' weights reach operatorCut; groups are the
// connected sites, less what reviewers parted.
func (g *grouping) operators(all []indicator, c constraints) []operatorGroup {
	private := privateIdentifiers(g.sites, all)
	parent := identity(len(g.sites))
	apart := map[[2]int]bool{}
	for _, p := range c.apart {
		apart[[2]int{min(p[0], p[1]), max(p[0], p[1])}] = true
	}
	groupOf := func(i int) int { return find(parent, i) }
	union := func(a, b int) {
		x, y := groupOf(a), groupOf(b)
		if x == y || crosses(parent, x, y, apart) {
			return
		}
		parent[max(x, y)] = min(x, y)
	}
	for _, p := range c.together {
		union(p[0], p[1])
	}
	used := map[int]bool{}
	for k := range all {
		if weightOf(all[k].kind) < operatorCut || !g.owner(&all[k], all, private).operator {
			continue
		}
		used[k] = true
		for _, s := range all[k].sites[1:] {
			union(all[k].sites[0], s)
		}
	}
	var out []operatorGroup
	for _, list := range members(rooted(parent)) {
		if len(list) < 2 {
			continue
		}
		o := operatorGroup{sites: list}
		for k := range all {
			if used[k] && anyWithin(all[k].sites, list) {
				o.indicators = append(o.indicators, k)
			}
		}
		out = append(out, o)
	}
	return out
}

func rooted(parent []int) []int {
	out := make([]int, len(parent))
	for i := range parent {
		out[i] = find(parent, i)
	}
	return out
}

// crosses reports whether joining the groups of x and y would put a parted
// pair together.
func crosses(parent []int, x, y int, apart map[[2]int]bool) bool {
	for pair := range apart {
		a, b := find(parent, pair[0]), find(parent, pair[1])
		if a == x && b == y || a == y && b == x {
			return true
		}
	}
	return false
}

func anyWithin(a, b []int) bool {
	for _, x := range a {
		if i := sort.SearchInts(b, x); i < len(b) && b[i] == x {
			return true
		}
	}
	return false
}
