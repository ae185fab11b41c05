package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"

	"pitboss/data"
)

// found is a family before it has an id.
type found struct {
	layer data.Layer
	hosts []string // ascending
}

// prefixes of family ids, by layer.
var prefixes = map[data.Layer]string{data.LayerTemplate: "t", data.LayerBuilder: "b", data.LayerOperator: "o"}

// newID derives an id from a family's first site: no state, and the same
// input gives the same id. taken makes it unique.
func newID(f *found, taken map[string]bool) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", f.layer, f.hosts[0], n))
		id := prefixes[f.layer] + hex.EncodeToString(sum[:4])
		if !taken[id] {
			taken[id] = true
			return id
		}
	}
}

// assignIDs gives each found family the id of the previous one with which it
// shares most sites; growth is no new family. An id goes to one family only:
// the largest overlap wins, then the earlier id. It returns the ids in the
// order of families, and for each the previous families it took sites from.
func assignIDs(families []found, previous []data.Family) []string {
	before := make(map[data.Layer]map[string]string) // host → id, by layer
	taken := map[string]bool{}
	for i := range previous {
		p := &previous[i]
		if before[p.Layer] == nil {
			before[p.Layer] = map[string]string{}
		}
		taken[p.ID] = true
		for _, m := range p.Members {
			before[p.Layer][m.Host] = p.ID
		}
	}
	claims := claimsOf(families, before)
	ids := make([]string, len(families))
	given := map[string]bool{}
	for _, c := range claims {
		if ids[c.family] == "" && !given[c.id] {
			ids[c.family] = c.id
			given[c.id] = true
		}
	}
	for i := range families {
		if ids[i] == "" {
			ids[i] = newID(&families[i], taken)
		}
	}
	return ids
}

type claim struct {
	family  int
	id      string
	overlap int
}

func claimsOf(families []found, before map[data.Layer]map[string]string) []claim {
	var out []claim
	for i := range families {
		count := map[string]int{}
		for _, h := range families[i].hosts {
			if id := before[families[i].layer][h]; id != "" {
				count[id]++
			}
		}
		for id, n := range count {
			out = append(out, claim{i, id, n})
		}
	}
	sort.Slice(out, func(a, b int) bool {
		x, y := out[a], out[b]
		if x.overlap != y.overlap {
			return x.overlap > y.overlap
		}
		if x.id != y.id {
			return x.id < y.id
		}
		return x.family < y.family
	})
	return out
}

// changes compares the families of two runs. Every move has a reason: the
// site is new, the model changed, or its evidence did.
func changes(previous, now []data.Family, modelChanged bool) []data.Change {
	was, is := placesOf(previous), placesOf(now)
	reason := "the evidence changed"
	if modelChanged {
		reason = "the model changed"
	}
	var out []data.Change
	existed := map[string]bool{}
	for i := range previous {
		existed[previous[i].ID] = true
	}
	for i := range now {
		out = append(out, arrivals(&now[i], existed, was, reason)...)
	}
	remains := map[string]bool{}
	for i := range now {
		remains[now[i].ID] = true
	}
	for i := range previous {
		out = append(out, departures(&previous[i], remains, is, reason)...)
	}
	sort.SliceStable(out, func(a, b int) bool {
		x, y := &out[a], &out[b]
		if x.Layer != y.Layer {
			return x.Layer < y.Layer
		}
		if x.Family != y.Family {
			return x.Family < y.Family
		}
		if x.Kind != y.Kind {
			return x.Kind < y.Kind
		}
		return x.Host < y.Host
	})
	return out
}

type place struct {
	layer data.Layer
	host  string
}

func placesOf(families []data.Family) map[place]string {
	out := map[place]string{}
	for i := range families {
		for _, m := range families[i].Members {
			out[place{families[i].Layer, m.Host}] = families[i].ID
		}
	}
	return out
}

// arrivals are the birth of a family, or the sites that joined an old one.
func arrivals(f *data.Family, existed map[string]bool, was map[place]string, reason string) []data.Change {
	var out []data.Change
	from := map[string]int{}
	for _, m := range f.Members {
		old := was[place{f.Layer, m.Host}]
		if old == f.ID {
			continue
		}
		if old != "" {
			from[old]++
		}
		if existed[f.ID] {
			c := data.Change{Kind: data.ChangeJoined, Layer: f.Layer, Family: f.ID, Other: old, Host: m.Host, Reason: "new site"}
			if old != "" {
				c.Reason = reason + ", it was in " + old
			}
			out = append(out, c)
		}
	}
	if !existed[f.ID] {
		out = append(out, birth(f, from))
	}
	return out
}

func birth(f *data.Family, from map[string]int) data.Change {
	c := data.Change{Kind: data.ChangeBorn, Layer: f.Layer, Family: f.ID, Reason: fmt.Sprintf("%d sites", len(f.Members))}
	if id, n := most(from); 2*n >= len(f.Members) {
		c.Kind, c.Other, c.Reason = data.ChangeSplit, id, fmt.Sprintf("%d of its %d sites were in %s", n, len(f.Members), id)
	}
	return c
}

// most returns the name with the highest count, the first of equals.
func most(count map[string]int) (name string, n int) {
	for k, c := range count {
		if c > n || c == n && k < name {
			name, n = k, c
		}
	}
	return name, n
}

// departures are the end of a family, or the sites that left it.
func departures(p *data.Family, remains map[string]bool, is map[place]string, reason string) []data.Change {
	var out []data.Change
	into := map[string]int{}
	for _, m := range p.Members {
		now := is[place{p.Layer, m.Host}]
		if now == p.ID {
			continue
		}
		if now != "" {
			into[now]++
		}
		if remains[p.ID] && now == "" {
			out = append(out, data.Change{Kind: data.ChangeLeft, Layer: p.Layer, Family: p.ID, Host: m.Host, Reason: reason + ", it stands alone"})
		}
	}
	if remains[p.ID] {
		return out
	}
	c := data.Change{Kind: data.ChangeDied, Layer: p.Layer, Family: p.ID, Reason: "none of its sites are tied any more"}
	if id, n := most(into); 2*n >= len(p.Members) {
		c.Kind, c.Other, c.Reason = data.ChangeMerged, id, fmt.Sprintf("%d of its %d sites are in %s now", n, len(p.Members), id)
	}
	return append(out, c)
}
