package cluster

import (
	"fmt"
	"sort"

	"pitboss/data"
)

// Why explains one pair of sites: a link a layer, each with its ledger. The
// infrastructure layer shows what they share and always weighs nothing.
func Why(in Input, a, b string) ([]data.Link, error) {
	if a > b {
		a, b = b, a
	}
	if a == b {
		return nil, fmt.Errorf("%w: %s: a site is not compared with itself", data.ErrInvalid, a)
	}
	sites := sitesOf(in.Fingerprints)
	x, err := siteIndex(in.Fingerprints, sites, a)
	if err != nil {
		return nil, err
	}
	y, err := siteIndex(in.Fingerprints, sites, b)
	if err != nil {
		return nil, err
	}
	r := rule(in.Verdicts, in.Previous, sites)
	g := group(sites, &in.Model, r.template, r.builder)
	return []data.Link{
		g.templateLink(x, y, &in.Model.Template),
		g.builderLink(x, y, &in.Model.Builder),
		g.operatorLink(x, y, a, b),
		infrastructureLink(g.sites[x].fp, g.sites[y].fp),
	}, nil
}

// siteIndex finds a host among the comparable sites, or says why it is none.
func siteIndex(fps []data.Fingerprint, sites []site, host string) (int, error) {
	i := sort.Search(len(sites), func(i int) bool { return sites[i].fp.Host >= host })
	if i < len(sites) && sites[i].fp.Host == host {
		return i, nil
	}
	for j := range fps {
		if fps[j].Host != host {
			continue
		}
		if p := fps[j].Assessment.Page; !p.Matchable() {
			return 0, fmt.Errorf("%w: %s shows a %s page, which is compared with nothing", data.ErrInvalid, host, p)
		}
		return 0, fmt.Errorf("%w: the capture of %s says too little to be compared", data.ErrInvalid, host)
	}
	return 0, fmt.Errorf("%w: no fingerprint of %s; import or crawl it first", data.ErrNotFound, host)
}

func (g *grouping) templateLink(x, y int, l *Layer) data.Link {
	link := g.pairLink(data.LayerTemplate, g.byNode, [2]int{g.nodeOf[x], g.nodeOf[y]}, [2]int{x, y}, l)
	switch same := g.tmplOf[x] == g.tmplOf[y]; {
	case same && (g.attached[g.nodeOf[x]] || g.attached[g.nodeOf[y]]):
		link.conclude("one template: one of them contains all that is common to it, whatever was added")
	case same:
		link.conclude("one template: no gap lies between them")
	case link.Weight > 0:
		link.conclude("two templates: a gap lies between them, each is more alike within than to the other")
	default:
		link.conclude("two templates")
	}
	return link.Link
}

func (g *grouping) builderLink(x, y int, l *Layer) data.Link {
	link := g.pairLink(data.LayerBuilder, g.byTmpl, [2]int{g.tmplOf[x], g.tmplOf[y]}, [2]int{x, y}, l)
	switch same := g.bldrOf[g.tmplOf[x]] == g.bldrOf[g.tmplOf[y]]; {
	case g.tmplOf[x] == g.tmplOf[y]:
		link.conclude("one builder: they are of one template")
	case same:
		link.conclude("one builder")
	case link.Weight > 0:
		link.conclude("two builders: the pair alone would be tied, their families as a whole are not alike enough")
	default:
		link.conclude("two builders")
	}
	return link.Link
}

// ledgerLink is a link that is being written.
type ledgerLink struct{ data.Link }

// conclude writes what became of the pair, in words.
func (l *ledgerLink) conclude(detail string) {
	l.Evidence = append(l.Evidence, data.Evidence{Kind: "outcome", Detail: detail})
}

func (g *grouping) pairLink(layer data.Layer, s *space, nodes, at [2]int, l *Layer) *ledgerLink {
	c := s.compare(nodes[0], nodes[1], l, new(l.weights()))
	link := data.Link{A: g.sites[at[0]].fp.Host, B: g.sites[at[1]].fp.Host, Layer: layer, Weight: l.logOdds(c.similarity), Evidence: g.ledger(s, &c, l, at)}
	link.Probability = probability(link.Weight)
	return &ledgerLink{link}
}

func (g *grouping) operatorLink(x, y int, a, b string) data.Link {
	link := data.Link{A: a, B: b, Layer: data.LayerOperator, Weight: -operatorPrior}
	link.Evidence = append(link.Evidence, data.Evidence{Kind: "prior", Weight: -operatorPrior, Detail: "two sites that share no identifier"})
	all := g.allIndicators()
	private := privateIdentifiers(g.sites, all)
	for k := range all {
		ind := &all[k]
		if !within([]int{min(x, y), max(x, y)}, ind.sites) {
			continue
		}
		e := data.Evidence{Kind: ind.kind, Value: ind.value, Sites: len(ind.sites), Source: g.source(x, ind)}
		own := g.owner(ind, all, private)
		e.Detail = fmt.Sprintf("on %d sites; %s", len(ind.sites), own.reason)
		if own.operator {
			e.Weight = weightOf(ind.kind)
		}
		link.Weight += e.Weight
		link.Evidence = append(link.Evidence, e)
	}
	link.Probability = probability(link.Weight)
	return link
}

func infrastructureLink(a, b *data.Fingerprint) data.Link {
	link := data.Link{A: a.Host, B: b.Host, Layer: data.LayerInfrastructure, Evidence: []data.Evidence{}}
	has := map[string]bool{}
	for i := range a.Features {
		if f := &a.Features[i]; f.Layer == data.LayerInfrastructure {
			has[string(f.Kind)+":"+f.Value] = true
		}
	}
	for i := range b.Features {
		f := &b.Features[i]
		if f.Layer == data.LayerInfrastructure && has[string(f.Kind)+":"+f.Value] {
			link.Evidence = append(link.Evidence, data.Evidence{
				Kind: f.Kind, Value: f.Value, Source: f.Source, Detail: "shared hosting ties nobody: many rent the same",
			})
		}
	}
	return link
}
