package review

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pitboss/data"
)

// siteRow is a site as lists show it.
type siteRow struct {
	Host      string
	Name      string // for display: decoded where it has A-labels
	File      string // below site/
	Title     string
	Page      data.PageType
	Gambling  float64
	Judged    bool // there is an assessment
	Status    data.Status
	First     time.Time
	Last      time.Time // last good capture
	Families  map[data.Layer]*familyRow
	placement []kindValue
}

// Builder and Operator return the site's family on that layer, or nil.
func (r *siteRow) Builder() *familyRow  { return r.Families[data.LayerBuilder] }
func (r *siteRow) Operator() *familyRow { return r.Families[data.LayerOperator] }

// showsGambling reports whether its capture is rather gambling than not.
func (r *siteRow) showsGambling() bool { return r.Judged && r.Gambling >= 0.5 }

// familyRow is a family as lists show it.
type familyRow struct {
	*data.Family
	File      string // below family/
	Label     string // its name, or its id
	Mark      string // its most telling feature
	MarkKind  data.Kind
	Gambling  int // members that show gambling
	Templates []*familyRow
	Operators []overlap
	Parent    *familyRow
}

// overlap is another family with the number of sites in both.
type overlap struct {
	Family *familyRow
	Sites  int
}

type kindValue struct {
	Kind  data.Kind
	Value string
}

// indicator is a value that several sites share.
type indicator struct {
	kindValue
	Label string
	Sites []*siteRow // the first ones by host
	Count int
}

// snapshot is everything that pages about more than one site need.
type snapshot struct {
	options    Options
	at         time.Time
	run        data.Run
	clustered  bool
	sites      []*siteRow
	byHost     map[string]*siteRow
	siteFiles  map[string]*siteRow
	families   []*familyRow
	famFiles   map[string]*familyRow
	byID       map[string]*familyRow
	changes    []data.Change
	verdicts   []data.Verdict
	indicators map[data.Kind][]*indicator
	logs       map[string]*siteLog
}

// siteLog is what the logs say of one site.
type siteLog struct {
	changes  []data.Change  // oldest first
	verdicts []data.Verdict // oldest first
}

// read collects the snapshot: one pass over the sites and one over the
// fingerprints, of which only the identifiers are kept.
func read(ctx context.Context, store Store, o Options) (*snapshot, error) {
	s := &snapshot{
		options: o, at: o.Now().UTC(), byHost: map[string]*siteRow{}, siteFiles: map[string]*siteRow{},
		famFiles: map[string]*familyRow{}, byID: map[string]*familyRow{}, indicators: map[data.Kind][]*indicator{}, logs: map[string]*siteLog{},
	}
	if err := s.readSites(ctx, store); err != nil {
		return nil, err
	}
	if err := s.readFingerprints(ctx, store); err != nil {
		return nil, err
	}
	var err error
	s.run, err = store.CurrentRun(ctx)
	switch {
	case err == nil:
		s.clustered = true
	case !errors.Is(err, data.ErrNotFound):
		return nil, fmt.Errorf("read families: %w", err)
	}
	s.placeFamilies()
	if s.changes, err = store.Changes(ctx, s.at.Add(-o.Recent)); err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	if s.verdicts, err = store.Verdicts(ctx); err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	s.indexLogs()
	return s, nil
}

func (s *snapshot) indexLogs() {
	of := func(host string) *siteLog {
		if s.logs[host] == nil {
			s.logs[host] = &siteLog{}
		}
		return s.logs[host]
	}
	for _, c := range s.changes {
		if c.Host != "" {
			of(c.Host).changes = append(of(c.Host).changes, c)
		}
	}
	for _, v := range s.verdicts {
		for _, host := range v.Hosts {
			of(host).verdicts = append(of(host).verdicts, v)
		}
	}
}

func (s *snapshot) readSites(ctx context.Context, store Store) error {
	for site, err := range store.Sites(ctx) {
		if err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		row := &siteRow{
			Host: site.Host, Name: data.UnicodeHost(site.Host), File: fileName(site.Host), Status: site.Status,
			First: site.FirstSeen, Last: site.LastGood, Families: map[data.Layer]*familyRow{},
		}
		s.sites = append(s.sites, row)
		s.byHost[row.Host], s.siteFiles[row.File] = row, row
	}
	slices.SortFunc(s.sites, func(a, b *siteRow) int { return strings.Compare(a.Host, b.Host) })
	return ctx.Err()
}

const maxShown = 12 // sites beside an indicator

func (s *snapshot) readFingerprints(ctx context.Context, store Store) error {
	found := map[kindValue]*indicator{}
	for f, err := range store.Fingerprints(ctx) {
		if err != nil {
			return fmt.Errorf("read fingerprints: %w", err)
		}
		row := s.byHost[f.Host]
		if row == nil {
			continue // purged meanwhile
		}
		row.Title, row.Page, row.Gambling, row.Judged = f.Title, f.Assessment.Page, f.Assessment.Gambling, true
		if row.Last.IsZero() {
			row.Last = f.At
		}
		for _, ft := range f.Features {
			kv := kindValue{ft.Kind, ft.Value}
			if places[ft.Kind] {
				row.placement = append(row.placement, kv)
			}
			if ft.Layer != data.LayerOperator && !traces[ft.Kind] {
				continue
			}
			in := found[kv]
			if in == nil {
				in = &indicator{kindValue: kv, Label: ft.Label}
				found[kv] = in
			}
			in.Count++
			if len(in.Sites) < maxShown {
				in.Sites = append(in.Sites, row)
			}
		}
	}
	for _, in := range found {
		if in.Count >= 2 {
			s.indicators[in.Kind] = append(s.indicators[in.Kind], in)
		}
	}
	for _, list := range s.indicators {
		slices.SortFunc(list, func(a, b *indicator) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
	}
	return ctx.Err()
}

// places are the kinds that make up the hosting spread of a family; traces are
// the kinds besides the operator layer's that are worth listing when shared.
var (
	places = map[data.Kind]bool{data.KindIP: true, data.KindASN: true, data.KindCDN: true, data.KindNameServer: true, data.KindServer: true}
	traces = map[data.Kind]bool{data.KindIP: true, data.KindCert: true, data.KindSPKI: true, data.KindFavicon: true, data.KindNameServer: true, data.KindRedirect: true}
)

// placeFamilies ties families, templates, operators and sites together.
func (s *snapshot) placeFamilies() {
	for i := range s.run.Families {
		f := &s.run.Families[i]
		row := &familyRow{Family: f, File: fileName(f.ID), Label: cmp.Or(f.Name, f.ID)}
		if len(f.Defining) > 0 {
			row.Mark, row.MarkKind = cmp.Or(f.Defining[0].Label, f.Defining[0].Value), f.Defining[0].Kind
		}
		s.families = append(s.families, row)
		s.byID[f.ID], s.famFiles[row.File] = row, row
		for _, m := range f.Members {
			if site := s.byHost[m.Host]; site != nil {
				site.Families[f.Layer] = row
				if site.showsGambling() {
					row.Gambling++
				}
			}
		}
	}
	slices.SortFunc(s.families, func(a, b *familyRow) int {
		return cmp.Or(cmp.Compare(b.Gambling, a.Gambling), cmp.Compare(len(b.Members), len(a.Members)), strings.Compare(a.ID, b.ID))
	})
	for _, f := range s.families {
		if p := s.byID[f.Family.Parent]; p != nil {
			f.Parent = p
			p.Templates = append(p.Templates, f)
		}
	}
	for _, f := range s.families {
		f.Operators = s.overlaps(f, data.LayerOperator)
		if f.Layer == data.LayerOperator {
			f.Operators = s.overlaps(f, data.LayerBuilder)
		}
	}
}

// overlaps counts the members of a family by their family on another layer.
func (s *snapshot) overlaps(f *familyRow, layer data.Layer) []overlap {
	count := map[*familyRow]int{}
	for _, m := range f.Members {
		if site := s.byHost[m.Host]; site != nil && site.Families[layer] != nil {
			count[site.Families[layer]]++
		}
	}
	var out []overlap
	for _, other := range slices.Collect(maps.Keys(count)) {
		out = append(out, overlap{other, count[other]})
	}
	slices.SortFunc(out, func(a, b overlap) int {
		return cmp.Or(cmp.Compare(b.Sites, a.Sites), strings.Compare(a.Family.ID, b.Family.ID))
	})
	return out
}

// layer returns the families of one layer: those with most gambling sites
// first, then the largest.
func (s *snapshot) layer(l data.Layer) []*familyRow {
	var out []*familyRow
	for _, f := range s.families {
		if f.Layer == l {
			out = append(out, f)
		}
	}
	return out
}
