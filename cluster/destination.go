package cluster

import (
	"fmt"
	"sort"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// A doorway earns for whoever owns the page it leads to. So a foreign host that
// gambling pages link to, and nobody else does, marks who runs them, unless it
// came with the copied template.
const (
	destinationWeight   = data.MilliBits(7000)
	maxDestinationSites = 64  // more lead to a public service
	maxDestinationKits  = 2   // so do several builders' sites
	maxSameSites        = 3   // so do more destinations on the very same sites: the links of a copied page
	copiedShare         = 0.9 // on so many of a template's sites, a link came with the template
)

// allIndicators lists hard identifiers and destinations.
func (g *grouping) allIndicators() []indicator {
	all := append(indicators(g.sites), g.destinations()...)
	sort.SliceStable(all, func(i, j int) bool {
		return all[i].kind < all[j].kind || all[i].kind == all[j].kind && all[i].value < all[j].value
	})
	return all
}

// destinations lists the foreign hosts that at least two gambling sites lead
// to and that tell their operator.
func (g *grouping) destinations() []indicator {
	at := map[string][]int{}
	harmless := map[string]bool{}
	for i := range g.sites {
		fp := g.sites[i].fp
		leads := leadsOn(&fp.Assessment)
		for j := range fp.Features {
			f := &fp.Features[j]
			switch {
			case f.Kind != data.KindOutlinkHost:
			case !leads:
				harmless[f.Value] = true
			default:
				at[f.Value] = append(at[f.Value], i)
			}
		}
	}
	alike := map[string]int{}
	for _, sites := range at {
		alike[fmt.Sprint(sites)]++
	}
	var out []indicator
	for host, sites := range at {
		if alike[fmt.Sprint(sites)] > maxSameSites || data.IsAddress(host) {
			continue
		}
		if len(sites) > 1 && len(sites) <= maxDestinationSites && !harmless[host] && isOwned(host) && g.chosen(sites) {
			out = append(out, indicator{data.KindOutlinkHost, host, sites})
		}
	}
	return out
}

// leadsOn reports whether a page's links lead to what its operator earns from.
// Review pages link to everybody, victims to whoever hacked them.
func leadsOn(a *data.Assessment) bool {
	return a.Gambling >= 0.5 && (a.Page == data.PageGambling || a.Page == data.PageDoorway)
}

// isOwned reports whether a host can be somebody's own: of a shared service
// only a tenant's name below it, such as a short-link account's.
func isOwned(host string) bool {
	switch reference.ServiceOf(host) {
	case "":
		return true
	case "shortener", "hosting":
		_, parent, _ := strings.Cut(host, ".")
		return reference.ServiceOf(parent) != "" && !strings.HasPrefix(host, "www.")
	}
	return false
}

// chosen reports whether some sites of each template lead there and others do
// not, and few builders are concerned: a link on all copies came with the
// template.
func (g *grouping) chosen(sites []int) bool {
	perTemplate, builders := map[int]int{}, map[int]bool{}
	for _, s := range sites {
		perTemplate[g.tmplOf[s]]++
		builders[g.bldrOf[g.tmplOf[s]]] = true
	}
	if len(builders) > maxDestinationKits {
		return false
	}
	for t, n := range perTemplate {
		if size := len(g.templates[t]); size > 1 && float64(n) >= copiedShare*float64(size) {
			return false
		}
	}
	return true
}
