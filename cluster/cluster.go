package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"time"

	"pitboss/data"
)

// Input is everything a run depends on.
type Input struct {
	Fingerprints  []data.Fingerprint // one a site; their order does not matter
	Verdicts      []data.Verdict     // in the order they were given
	Previous      []data.Family      // of the run before, for stable ids
	PreviousEpoch string             // of the run before
	Model         Model
	At            time.Time // stamped on the run and its changes
}

// Cluster finds the families of the fingerprints. It is deterministic: the
// same input in any order gives the same run.
func Cluster(in Input) data.Run {
	sites := sitesOf(in.Fingerprints)
	r := rule(in.Verdicts, in.Previous, sites)
	g := group(sites, &in.Model, r.template, r.builder)
	g.countSites()

	d := describer{g: g, model: &in.Model, tied: tiesOf(&r)}
	d.describe(r.operator)
	ids := assignIDs(d.found(), in.Previous)
	for i := range d.families {
		d.families[i].ID = ids[i]
		d.families[i].Name = r.names[ids[i]]
	}
	d.parents()
	sort.SliceStable(d.families, func(a, b int) bool {
		x, y := &d.families[a], &d.families[b]
		if x.Layer != y.Layer {
			return x.Layer < y.Layer
		}
		if len(x.Members) != len(y.Members) {
			return len(x.Members) > len(y.Members)
		}
		return x.ID < y.ID
	})
	run := data.Run{At: in.At, Epoch: in.Model.Version, Sites: len(sites), Families: d.families}
	run.ID = runID(&run, sites)
	run.Changes = changes(in.Previous, run.Families, in.PreviousEpoch != "" && in.PreviousEpoch != run.Epoch)
	for i := range run.Changes {
		run.Changes[i].Run, run.Changes[i].At = run.ID, run.At
	}
	return run
}

// runID names a run by when it was made, under which model and of what.
func runID(run *data.Run, sites []site) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\n", run.At.UTC().Format(time.RFC3339Nano), run.Epoch)
	for i := range sites {
		fmt.Fprintf(h, "%s\x00%s\x00%s\n", sites[i].fp.Host, sites[i].fp.Capture, sites[i].fp.Extractor)
	}
	for i := range run.Families {
		fmt.Fprintf(h, "%s\x00%d\n", run.Families[i].ID, len(run.Families[i].Members))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// countSites counts, per token, the sites that have it.
func (g *grouping) countSites() {
	g.siteCount = make([]int, len(g.vocab.tokens))
	for i := range g.sites {
		for _, t := range g.sites[i].tokens {
			g.siteCount[g.vocab.number[t]]++
		}
	}
}

// describer turns a grouping into families with reasons.
type describer struct {
	g        *grouping
	model    *Model
	tied     map[data.Layer]map[int]int // by reviewers: a site, and one that it belongs with
	families []data.Family
}

// verdictWeight is what is left of a reviewer's tie after all evidence against
// it: a decision outweighs it.
const verdictWeight data.MilliBits = 10000

// tiesOf lists, per layer, the sites that reviewers tied and to which.
func tiesOf(r *ruling) map[data.Layer]map[int]int {
	out := map[data.Layer]map[int]int{}
	for layer, c := range map[data.Layer]*constraints{data.LayerTemplate: &r.template, data.LayerBuilder: &r.builder, data.LayerOperator: &r.operator} {
		out[layer] = map[int]int{}
		for _, p := range c.together {
			out[layer][p[0]], out[layer][p[1]] = p[1], p[0]
		}
	}
	return out
}

// decided adds a reviewer's tie to what the evidence says.
func (d *describer) decided(m *data.Member, layer data.Layer, s int, sites []int) {
	other, ok := d.tied[layer][s]
	if i := sort.SearchInts(sites, other); !ok || i == len(sites) || sites[i] != other {
		return
	}
	var sum data.MilliBits
	for _, e := range m.Evidence {
		sum += e.Weight
	}
	if m.Nearest == "" {
		m.Nearest = d.host(other)
	}
	w := max(verdictWeight, verdictWeight-sum)
	m.Evidence = append([]data.Evidence{{Kind: "verdict", Weight: w, Detail: "a reviewer said that it belongs with " + d.host(other)}}, m.Evidence...)
	m.Confidence = probability(sum + w)
}

func (d *describer) describe(operator constraints) {
	for t, sites := range d.g.templates {
		if len(sites) > 1 {
			d.add(data.LayerTemplate, sites, func(s int) data.Member { return d.templateMember(t, s) })
		}
	}
	for b, templates := range d.g.builders {
		var sites []int
		for _, t := range templates {
			sites = append(sites, d.g.templates[t]...)
		}
		if len(sites) > 1 {
			sort.Ints(sites)
			d.add(data.LayerBuilder, sites, func(s int) data.Member { return d.builderMember(b, s) })
		}
	}
	all := d.g.allIndicators()
	for _, o := range d.g.operators(all, operator) {
		d.add(data.LayerOperator, o.sites, func(s int) data.Member { return d.operatorMember(&o, all, s) })
		d.families[len(d.families)-1].Defining = d.operatorDefining(&o, all)
	}
}

func (d *describer) add(layer data.Layer, sites []int, member func(int) data.Member) {
	f := data.Family{Layer: layer, Medoid: d.host(d.g.medoid(sites))}
	if layer != data.LayerOperator {
		f.Defining = d.g.defining(sites)
	}
	for _, s := range sites {
		m := member(s)
		d.decided(&m, layer, s, sites)
		f.Members = append(f.Members, m)
		at := d.g.sites[s].fp.At
		if f.FirstSeen.IsZero() || at.Before(f.FirstSeen) {
			f.FirstSeen = at
		}
		if at.After(f.LastSeen) {
			f.LastSeen = at
		}
	}
	d.families = append(d.families, f)
}

func (d *describer) host(s int) string { return d.g.sites[s].fp.Host }

func (d *describer) found() []found {
	out := make([]found, len(d.families))
	for i := range d.families {
		out[i].layer = d.families[i].Layer
		for _, m := range d.families[i].Members {
			out[i].hosts = append(out[i].hosts, m.Host)
		}
	}
	return out
}

// parents names the builder family of each template.
func (d *describer) parents() {
	builder := map[string]string{}
	for i := range d.families {
		if d.families[i].Layer == data.LayerBuilder {
			for _, m := range d.families[i].Members {
				builder[m.Host] = d.families[i].ID
			}
		}
	}
	for i := range d.families {
		if f := &d.families[i]; f.Layer == data.LayerTemplate {
			f.Parent = builder[f.Members[0].Host]
		}
	}
}

// templateMember says why a site is in its template: the ledger of the pair
// with its nearest member.
func (d *describer) templateMember(t, s int) data.Member {
	g, l := d.g, &d.model.Template
	m := data.Member{Host: d.host(s)}
	if twin := g.twin(s); twin >= 0 {
		m.Nearest, m.Confidence = d.host(twin), probability(l.logOdds(ppm))
		c := g.byNode.compare(g.nodeOf[s], g.nodeOf[s], l, new(l.weights()))
		m.Evidence = g.ledger(g.byNode, &c, l, [2]int{s, twin})
		return m
	}
	c, near := g.nearestNode(s, g.templates[t], l)
	m.Nearest, m.Confidence = d.host(near), probability(l.logOdds(c.similarity))
	m.Evidence = g.ledger(g.byNode, &c, l, [2]int{s, near})
	return m
}

// twin returns another site of the same node, an exact copy, or -1.
func (g *grouping) twin(s int) int {
	for _, other := range g.nodes[g.nodeOf[s]].sites {
		if other != s {
			return other
		}
	}
	return -1
}

// nearestNode compares a site with others of its template, at most
// maxNearestTried of them, and returns the best.
func (g *grouping) nearestNode(s int, sites []int, l *Layer) (comparison, int) {
	weights := l.weights()
	var top comparison
	near, tried := s, map[int]bool{}
	for _, other := range sites {
		n := g.nodeOf[other]
		if other == s || tried[n] || len(tried) == maxNearestTried {
			continue
		}
		tried[n] = true
		if c := g.byNode.compare(g.nodeOf[s], n, l, &weights); near == s || c.similarity > top.similarity {
			top, near = c, other
		}
	}
	return top, near
}

// builderMember says why a site is in its builder family: how its template is
// tied to the nearest other one, or, where the family has one template only,
// the site to that.
func (d *describer) builderMember(b, s int) data.Member {
	g, l := d.g, &d.model.Builder
	templates := g.builders[b]
	t := g.tmplOf[s]
	if len(templates) == 1 {
		return d.templateMember(t, s)
	}
	weights := l.weights()
	var top comparison
	near := -1
	for _, other := range templates {
		if other == t {
			continue
		}
		if c := g.byTmpl.compare(t, other, l, &weights); near < 0 || c.similarity > top.similarity {
			top, near = c, other
		}
	}
	m := data.Member{Host: d.host(s), Nearest: d.host(g.templates[near][0]), Confidence: probability(l.logOdds(top.similarity))}
	m.Evidence = g.ledger(g.byTmpl, &top, l, [2]int{s, g.templates[near][0]})
	return m
}

func (d *describer) operatorMember(o *operatorGroup, all []indicator, s int) data.Member {
	m := data.Member{Host: d.host(s)}
	var sum data.MilliBits
	for _, k := range o.indicators {
		ind := &all[k]
		i := sort.SearchInts(ind.sites, s)
		if i == len(ind.sites) || ind.sites[i] != s {
			continue
		}
		w := weightOf(ind.kind)
		sum += w
		if m.Nearest == "" {
			m.Nearest = d.host(ind.sites[(i+1)%len(ind.sites)])
		}
		m.Evidence = append(m.Evidence, data.Evidence{
			Kind: ind.kind, Value: ind.value, Sites: len(ind.sites), Weight: w, Source: d.g.source(s, ind),
			Detail: fmt.Sprintf("the same identifier stands on %d sites", len(ind.sites)),
		})
	}
	sort.SliceStable(m.Evidence, func(i, j int) bool { return m.Evidence[i].Weight > m.Evidence[j].Weight })
	m.Evidence = append(m.Evidence, data.Evidence{Kind: "prior", Weight: -operatorPrior, Detail: "what two sites that share no identifier start from"})
	m.Confidence = probability(sum - operatorPrior)
	return m
}

// operatorPrior is the weight, in milli-bits, against two sites being run by
// the same people before anything is known.
const operatorPrior data.MilliBits = 4000

func (g *grouping) source(s int, ind *indicator) string {
	for i := range g.sites[s].fp.Features {
		if f := &g.sites[s].fp.Features[i]; f.Kind == ind.kind && f.Value == ind.value {
			return f.Source
		}
	}
	return ""
}

func (d *describer) operatorDefining(o *operatorGroup, all []indicator) []data.Defining {
	var out []data.Defining
	for _, k := range o.indicators {
		ind := &all[k]
		n := 0
		for _, s := range ind.sites {
			if i := sort.SearchInts(o.sites, s); i < len(o.sites) && o.sites[i] == s {
				n++
			}
		}
		share := float64(n) / float64(len(o.sites))
		out = append(out, data.Defining{
			Kind: ind.kind, Value: ind.value, Inside: n, Outside: len(ind.sites) - n,
			Lift: round2(share * float64(len(d.g.sites)) / float64(len(ind.sites))),
		})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Inside > out[j].Inside })
	return out[:min(len(out), maxDefining)]
}
