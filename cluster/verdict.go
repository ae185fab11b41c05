package cluster

import "pitboss/data"

// ruling is what the reviewers' standing verdicts ask of a run.
type ruling struct {
	template, builder, operator constraints
	names                       map[string]string // family id → name
}

// standing returns the verdicts that were not taken back, in their order. What
// took a verdict back can itself be taken back.
func standing(verdicts []data.Verdict) []data.Verdict {
	revoked := map[string]bool{}
	for i := len(verdicts) - 1; i >= 0; i-- { // a revocation comes after what it names
		if v := &verdicts[i]; v.Kind == data.VerdictRevoke && !revoked[v.ID] {
			revoked[v.Revokes] = true
		}
	}
	var out []data.Verdict
	for i := range verdicts {
		if v := verdicts[i]; v.Kind != data.VerdictRevoke && !revoked[v.ID] {
			out = append(out, v)
		}
	}
	return out
}

// rule turns verdicts into constraints between sites. A later verdict on the
// same pair wins. A confirmation ties a site to the medoid of the family it
// was confirmed for, a rejection parts it from all of that family.
func rule(verdicts []data.Verdict, previous []data.Family, sites []site) ruling {
	index := make(map[string]int, len(sites))
	for i := range sites {
		index[sites[i].fp.Host] = i
	}
	families := map[string]*data.Family{}
	for i := range previous {
		families[previous[i].ID] = &previous[i]
	}
	r := ruling{names: map[string]string{}}
	said := map[data.Layer]map[[2]int]bool{data.LayerTemplate: {}, data.LayerBuilder: {}, data.LayerOperator: {}}
	for _, v := range standing(verdicts) {
		if v.Kind == data.VerdictName {
			r.names[v.Family] = v.Name
			continue
		}
		layer, pairs := pairsOf(&v, families)
		for _, p := range pairs {
			a, okA := index[p[0]]
			b, okB := index[p[1]]
			if okA && okB && a != b && said[layer] != nil {
				said[layer][[2]int{min(a, b), max(a, b)}] = v.Kind == data.VerdictMustLink || v.Kind == data.VerdictConfirm
			}
		}
	}
	r.template = constraintsOf(said[data.LayerTemplate])
	r.builder = constraintsOf(said[data.LayerBuilder])
	r.operator = constraintsOf(said[data.LayerOperator])
	// One template is one builder: what is parted there is parted here.
	r.template.apart = append(r.template.apart, r.builder.apart...)
	r.builder.together = append(r.builder.together, r.template.together...)
	return r
}

// pairsOf lists the pairs of hosts that a verdict speaks of, and its layer.
func pairsOf(v *data.Verdict, families map[string]*data.Family) (data.Layer, [][2]string) {
	layer := v.Layer
	if layer == "" {
		layer = data.LayerBuilder
	}
	switch v.Kind {
	case data.VerdictMustLink, data.VerdictCannotLink:
		if len(v.Hosts) == 2 {
			return layer, [][2]string{{v.Hosts[0], v.Hosts[1]}}
		}
	case data.VerdictConfirm, data.VerdictReject:
		f := families[v.Family]
		if f == nil {
			return layer, nil
		}
		var pairs [][2]string
		for _, h := range v.Hosts {
			if v.Kind == data.VerdictConfirm {
				pairs = append(pairs, [2]string{h, f.Medoid})
				continue
			}
			for _, m := range f.Members {
				pairs = append(pairs, [2]string{h, m.Host})
			}
		}
		return f.Layer, pairs
	case data.VerdictName, data.VerdictGambling, data.VerdictHarmless, data.VerdictRevoke: // say nothing of pairs
	}
	return layer, nil
}

func constraintsOf(said map[[2]int]bool) constraints {
	var c constraints
	for pair, same := range said {
		if same {
			c.together = append(c.together, pair)
		} else {
			c.apart = append(c.apart, pair)
		}
	}
	sortPairs(c.together)
	sortPairs(c.apart)
	return c
}
