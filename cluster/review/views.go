package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pitboss/data"
)

// Bounds of what one page shows. What is left out is said, never silent.
const (
	perPage     = 500 // rows of a list
	maxMembers  = 500 // sites of a family, with their evidence
	maxEvidence = 24  // terms of one waterfall
	maxValues   = 60  // identifiers and traces of one kind on a site page
	maxMarkup   = 20  // features of one kind that are read from markup, of which there are hundreds
	maxVisits   = 50
	maxChanges  = 30
	maxExchange = 200
)

// view is what every template gets.
type view struct {
	Title  string
	Nav    string // which entry of the navigation is current
	Root   string // "" or "../", before every link
	Report string
	At     string
	Run    data.Run
	Has    bool // there is a clustering
	Body   any
}

// share is a row of a small table with a bar.
type share struct {
	Name  string
	Count int
	Of    int
}

// listing of a page of rows.
type listing struct {
	Layer data.Layer
	Rows  any
	Total int
	From  int
	Pages []pageLink
	Head  string
	Lead  string
}

type pageLink struct {
	N       int
	File    string
	Current bool
}

// overview is the front page.
type overview struct {
	Facts    []fact
	Builders []*familyRow
	Largest  int
	Pages    []share
	Statuses []share
	Changes  []changeRow
	Summary  []string
	First    bool // all that happened is that families were born in one run
	More     int
	Recent   string
}

type fact struct {
	Label string
	Value string
	Link  string
}

type changeRow struct {
	data.Change
	Family *familyRow
	ID     string
	Site   *siteRow
}

func (s *snapshot) overview() overview {
	o := overview{Recent: fmt.Sprintf("last %d days", int(s.options.Recent.Hours()/24))}
	captured, gambling := 0, 0
	pages, statuses := map[data.PageType]int{}, map[data.Status]int{}
	for _, r := range s.sites {
		statuses[r.Status]++
		if !r.Judged {
			continue
		}
		captured++
		pages[r.Page]++
		if r.showsGambling() {
			gambling++
		}
	}
	o.Facts = []fact{
		{"sites watched", number(len(s.sites)), "sites.html"},
		{"fingerprinted", number(captured), "sites.html"},
		{"show gambling", number(gambling), "sites.html"},
		{"builders", number(len(s.layer(data.LayerBuilder))), "builders.html"},
		{"templates", number(len(s.layer(data.LayerTemplate))), "templates.html"},
		{"operators", number(len(s.layer(data.LayerOperator))), "operators.html"},
	}
	o.Builders = s.layer(data.LayerBuilder)
	o.Builders = o.Builders[:min(12, len(o.Builders))]
	if len(o.Builders) > 0 {
		for _, f := range o.Builders {
			o.Largest = max(o.Largest, len(f.Members))
		}
	}
	o.Pages = named(shares(pages, captured))
	o.Statuses = shares(statuses, len(s.sites))
	o.Summary = s.tally()
	if o.First = s.onlyBirths(); !o.First {
		o.Changes, o.More = s.lately(maxChanges)
	}
	return o
}

// tally counts the changes by kind and layer: "joined: 12 builder, 3 operator".
func (s *snapshot) tally() []string {
	count := map[data.ChangeKind]map[data.Layer]int{}
	for _, c := range s.changes {
		if count[c.Kind] == nil {
			count[c.Kind] = map[data.Layer]int{}
		}
		count[c.Kind][c.Layer]++
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		var parts []string
		for _, layer := range slices.Sorted(maps.Keys(count[kind])) {
			parts = append(parts, number(count[kind][layer])+" "+visible(string(layer), 20))
		}
		out = append(out, visible(string(kind), 20)+" "+strings.Join(parts, ", "))
	}
	return out
}

func shares[K ~string](count map[K]int, of int) []share {
	var out []share
	for k, n := range count {
		out = append(out, share{Name: cmp.Or(visible(string(k), 40), "unknown"), Count: n, Of: of})
	}
	return sortShares(out)
}

// named puts the names of page types as people say them.
func named(pages []share) []share {
	for i := range pages {
		pages[i].Name = pageName(data.PageType(pages[i].Name))
	}
	return pages
}

func sortShares(out []share) []share {
	slices.SortFunc(out, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return out
}

// onlyBirths reports whether every change is the birth of a family in one and
// the same run: the first one, most likely, of which a list says nothing.
func (s *snapshot) onlyBirths() bool {
	for _, c := range s.changes {
		if c.Kind != data.ChangeBorn || c.Run != s.changes[0].Run {
			return false
		}
	}
	return len(s.changes) > 0
}

// lately returns the newest changes first and how many are left out.
func (s *snapshot) lately(limit int) ([]changeRow, int) {
	var out []changeRow
	for _, c := range slices.Backward(s.changes) {
		if len(out) == limit {
			return out, len(s.changes) - limit
		}
		out = append(out, changeRow{Change: c, Family: s.byID[c.Family], ID: visible(c.Family, 60), Site: s.byHost[c.Host]})
	}
	return out, 0
}

// familyPage is one family.
type familyPage struct {
	*familyRow
	Members   []memberRow
	Ledgers   []ledger
	Total     int
	Pages     []share
	Spread    []spreadGroup
	Changes   []changeRow
	Decisions []data.Verdict
}

type memberRow struct {
	Site    *siteRow // nil: no longer known
	Host    string
	Member  data.Member
	Nearest *siteRow
}

type spreadGroup struct {
	Kind   data.Kind
	Rows   []share
	Values int // distinct
}

func (s *snapshot) family(f *familyRow) familyPage {
	p := familyPage{familyRow: f, Total: len(f.Family.Members)}
	pages := map[data.PageType]int{}
	for i, m := range f.Family.Members {
		site := s.byHost[m.Host]
		if site != nil && site.Judged {
			pages[site.Page]++
		}
		if i < maxMembers {
			p.Members = append(p.Members, memberRow{site, visible(m.Host, 260), m, s.byHost[m.Nearest]})
		}
	}
	p.Ledgers = ledgers(p.Members)
	p.Pages, p.Spread = named(shares(pages, p.Total)), s.spread(f)
	for _, c := range slices.Backward(s.changes) {
		if (c.Family == f.ID || c.Other == f.ID) && len(p.Changes) < maxChanges {
			p.Changes = append(p.Changes, changeRow{Change: c, Family: s.byID[c.Family], ID: visible(c.Family, 60), Site: s.byHost[c.Host]})
		}
	}
	for _, v := range s.verdicts {
		if v.Family == f.ID {
			p.Decisions = append(p.Decisions, v)
		}
	}
	return p
}

// spread counts where the members of a family are hosted.
func (s *snapshot) spread(f *familyRow) []spreadGroup {
	count := map[data.Kind]map[string]int{}
	for _, m := range f.Family.Members {
		site := s.byHost[m.Host]
		if site == nil {
			continue
		}
		for _, kv := range site.placement {
			if count[kv.Kind] == nil {
				count[kv.Kind] = map[string]int{}
			}
			count[kv.Kind][kv.Value]++
		}
	}
	var out []spreadGroup
	for _, k := range []data.Kind{data.KindASN, data.KindCDN, data.KindIP, data.KindNameServer, data.KindServer} {
		if len(count[k]) == 0 {
			continue
		}
		rows := shares(count[k], len(f.Family.Members))
		out = append(out, spreadGroup{k, rows[:min(6, len(rows))], len(rows)})
	}
	return out
}

// sitePage is one site.
type sitePage struct {
	*siteRow
	Site      data.Site
	Print     data.Fingerprint
	Has       bool // there is a fingerprint
	Places    []placeRow
	Layers    []layerGroup
	Visits    []data.Visit
	MoreVisit int
	Latest    *data.Visit // the latest good one
	Exchanges []data.Exchange
	MoreExch  int
	Decisions []data.Verdict
	Changes   []changeRow
}

// placeRow is the site's place in one family.
type placeRow struct {
	Family  *familyRow
	Member  data.Member
	Nearest *siteRow
	Fall    waterfall
}

type layerGroup struct {
	Layer data.Layer
	Count int
	Kinds []kindGroup
}

type kindGroup struct {
	Kind     data.Kind
	Features []data.Feature
	Count    int
}

func (s *snapshot) site(ctx context.Context, store Store, row *siteRow) (sitePage, error) {
	p := sitePage{siteRow: row}
	var err error
	if p.Site, err = store.Site(ctx, row.Host); err != nil {
		return p, fmt.Errorf("read site %s: %w", row.Host, err)
	}
	p.Print, err = store.Fingerprint(ctx, row.Host)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return p, fmt.Errorf("read fingerprint of %s: %w", row.Host, err)
	}
	p.Has = err == nil
	if p.Visits, err = store.Visits(ctx, row.Host); err != nil {
		return p, fmt.Errorf("read visits of %s: %w", row.Host, err)
	}
	p.latest()
	p.Places, p.Layers = s.places(row), layers(p.Print.Features)
	if log := s.logs[row.Host]; log != nil {
		p.Decisions = log.verdicts
		for _, c := range slices.Backward(log.changes) {
			p.Changes = append(p.Changes, changeRow{Change: c, Family: s.byID[c.Family], ID: visible(c.Family, 60)})
		}
	}
	return p, nil
}

// latest finds the visit that the fingerprint was made of, or else the newest
// good one, and bounds the lists.
func (p *sitePage) latest() {
	for i := range p.Visits {
		v := &p.Visits[i]
		if p.Has && v.ID == p.Print.Visit {
			p.Latest = v
			break
		}
		if p.Latest == nil && v.Outcome.Good() {
			p.Latest = v
		}
	}
	if p.Latest == nil && len(p.Visits) > 0 {
		p.Latest = &p.Visits[0]
	}
	if p.Latest != nil {
		p.Exchanges = p.Latest.Exchanges[:min(maxExchange, len(p.Latest.Exchanges))]
		p.MoreExch = len(p.Latest.Exchanges) - len(p.Exchanges)
	}
	p.MoreVisit = max(0, len(p.Visits)-maxVisits)
	p.Visits = p.Visits[:len(p.Visits)-p.MoreVisit]
}

// layerOrder is the order in which a reviewer reads: who, by whose code, in
// which skin, where.
var layerOrder = [...]data.Layer{data.LayerOperator, data.LayerBuilder, data.LayerTemplate, data.LayerInfrastructure}

func (s *snapshot) places(row *siteRow) []placeRow {
	var out []placeRow
	for _, l := range layerOrder {
		f := row.Families[l]
		if f == nil {
			continue
		}
		i, ok := slices.BinarySearchFunc(f.Family.Members, row.Host, func(m data.Member, host string) int { return strings.Compare(m.Host, host) })
		if !ok {
			if i = slices.IndexFunc(f.Family.Members, func(m data.Member) bool { return m.Host == row.Host }); i < 0 {
				continue
			}
		}
		m := f.Family.Members[i]
		out = append(out, placeRow{f, m, s.byHost[m.Nearest], fall(m.Evidence)})
	}
	return out
}

func layers(features []data.Feature) []layerGroup {
	byLayer := map[data.Layer]map[data.Kind][]data.Feature{}
	for _, f := range features {
		if byLayer[f.Layer] == nil {
			byLayer[f.Layer] = map[data.Kind][]data.Feature{}
		}
		byLayer[f.Layer][f.Kind] = append(byLayer[f.Layer][f.Kind], f)
	}
	var out []layerGroup
	for _, l := range layerOrder {
		g := layerGroup{Layer: l}
		for _, k := range slices.Sorted(maps.Keys(byLayer[l])) {
			fs := byLayer[l][k]
			g.Count += len(fs)
			limit := maxMarkup
			if l == data.LayerOperator || l == data.LayerInfrastructure {
				limit = maxValues
			}
			g.Kinds = append(g.Kinds, kindGroup{k, fs[:min(limit, len(fs))], len(fs)})
		}
		if g.Count > 0 {
			out = append(out, g)
		}
	}
	return out
}

// indicatorGroup are the shared identifiers of one kind.
type indicatorGroup struct {
	Kind  data.Kind
	Ties  bool // of the operator layer
	Rows  []*indicator
	Total int
}

func (s *snapshot) shared() []indicatorGroup {
	var out []indicatorGroup
	for _, k := range slices.Sorted(maps.Keys(s.indicators)) {
		rows := s.indicators[k]
		out = append(out, indicatorGroup{k, !traces[k], rows[:min(perPage, len(rows))], len(rows)})
	}
	slices.SortStableFunc(out, func(a, b indicatorGroup) int {
		switch {
		case a.Ties == b.Ties:
			return 0
		case a.Ties:
			return -1
		}
		return 1
	})
	return out
}
