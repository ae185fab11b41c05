package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

// siteView is everything that `pitboss site` shows.
type siteView struct {
	Site        siteRecord        `json:"site"`
	Fingerprint *data.Fingerprint `json:"fingerprint,omitempty"`
	Families    []siteFamily      `json:"families"`
	Visits      []data.Visit      `json:"visits"`
}

// siteRecord is a data.Site under the names that JSON readers see.
type siteRecord struct {
	Host      string      `json:"host"`
	Status    data.Status `json:"status"`
	Sources   []source    `json:"sources"`
	FirstSeen time.Time   `json:"first_seen"`
	LastVisit time.Time   `json:"last_visit,omitzero"`
	LastGood  time.Time   `json:"last_good,omitzero"`
	Failures  int         `json:"failures"`
	Next      time.Time   `json:"next,omitzero"`
	MovedTo   string      `json:"moved_to,omitempty"`
}

// source is a data.Candidate under the names that JSON readers see.
type source struct {
	Source string    `json:"source"`
	How    string    `json:"how"`
	Note   string    `json:"note,omitempty"`
	Added  time.Time `json:"added"`
}

func recordOf(s data.Site) siteRecord {
	r := siteRecord{
		Host: s.Host, Status: s.Status, Sources: []source{}, FirstSeen: s.FirstSeen, LastVisit: s.LastVisit,
		LastGood: s.LastGood, Failures: s.Failures, Next: s.Next, MovedTo: s.MovedTo,
	}
	for _, c := range s.Sources {
		r.Sources = append(r.Sources, source{c.Source, c.How, c.Note, c.Added})
	}
	return r
}

// siteFamily is a site's place in one family.
type siteFamily struct {
	ID     string      `json:"id"`
	Layer  data.Layer  `json:"layer"`
	Name   string      `json:"name,omitempty"`
	Sites  int         `json:"sites"`
	Member data.Member `json:"member"`
}

func newSiteCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "site HOST",
		Short: "Show one site: what it is, which families it is in and why, its visits",
		Args:  exactly("HOST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSite(cmd.Context(), a, args[0], asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runSite(ctx context.Context, a *app, name string, asJSON bool) error {
	host, err := data.NormalizeHost(name)
	if err != nil {
		return &usageError{err}
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		v, err := viewSite(ctx, h, host)
		if err != nil {
			return withRemedyIf(data.ErrNotFound, fmt.Errorf("site %s: %w", host, err), "it was never imported; `pitboss search %s` finds sites that mention it", host)
		}
		if asJSON {
			return a.printJSON(v)
		}
		return a.showSite(v)
	})
}

func viewSite(ctx context.Context, h *flow.House, host string) (siteView, error) {
	site, err := h.Store.Site(ctx, host)
	if err != nil {
		return siteView{}, err
	}
	v := siteView{Site: recordOf(site), Families: []siteFamily{}}
	fp, err := h.Store.Fingerprint(ctx, host)
	switch {
	case err == nil:
		v.Fingerprint = &fp
	case !errors.Is(err, data.ErrNotFound):
		return siteView{}, err
	}
	families, err := h.Store.FamiliesOf(ctx, host)
	if err != nil {
		return siteView{}, err
	}
	for _, f := range families {
		for _, m := range f.Members {
			if m.Host == host {
				v.Families = append(v.Families, siteFamily{f.ID, f.Layer, f.Name, len(f.Members), m})
			}
		}
	}
	v.Visits, err = h.Store.Visits(ctx, host)
	return v, err
}

func (a *app) showSite(v siteView) error {
	w := a.stdout
	s := v.Site
	fmt.Fprintf(w, "%s", sanitize(data.UnicodeHost(s.Host)))
	if u := data.UnicodeHost(s.Host); u != s.Host {
		fmt.Fprintf(w, " (%s)", sanitize(s.Host))
	}
	fmt.Fprintf(w, "\n%s, candidate since %s, last good capture %s\n", s.Status, day(s.FirstSeen), day(s.LastGood))
	if s.MovedTo != "" {
		fmt.Fprintf(w, "moved to %s\n", sanitize(s.MovedTo))
	}
	for _, c := range s.Sources {
		fmt.Fprintf(w, "named by %s (%s) on %s\n", a.brief(sanitize(c.Source), 80), sanitize(c.How), day(c.Added))
	}
	a.showAssessment(v.Fingerprint)
	if err := a.showDangers(v.Fingerprint); err != nil {
		return err
	}
	if err := a.showMemberships(v.Families); err != nil {
		return err
	}
	if err := a.showIdentifiers(v.Fingerprint); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nVisits")
	t := newTable(column{head: "STARTED"}, column{head: "OUTCOME"}, column{head: "ORIGIN", most: 32}, column{head: "ANSWERS", right: true}, column{head: "ENDED AT", most: 60}, column{head: "REASON", most: 60})
	for _, visit := range v.Visits {
		t.add(visit.Started.UTC().Format("2006-01-02 15:04"), string(visit.Outcome), visit.Origin, strconv.Itoa(len(visit.Exchanges)), visit.FinalURL, visit.Reason)
	}
	return t.write(w)
}

// shownReasons is how many terms of an assessment are printed.
const shownReasons = 12

func (a *app) showAssessment(f *data.Fingerprint) {
	w := a.stdout
	if f == nil {
		fmt.Fprintln(w, "\nNo fingerprint: no good capture yet.")
		return
	}
	fmt.Fprintf(w, "\nAssessment: %s, gambling with probability %s", f.Assessment.Page, probability(f.Assessment.Gambling))
	if f.Assessment.Language != "" {
		fmt.Fprintf(w, ", language %s", sanitize(f.Assessment.Language))
	}
	fmt.Fprintf(w, "\ntitle %q\n", a.brief(sanitize(f.Title), 100))
	for i, r := range f.Assessment.Reasons {
		if i == shownReasons {
			fmt.Fprintf(w, "  and %d more\n", len(f.Assessment.Reasons)-i)
			break
		}
		fmt.Fprintf(w, "  %+5.1f  %s  %s\n", r.Weight, sanitize(r.Rule), a.brief(sanitize(r.Detail), 80))
	}
}

func (a *app) showMemberships(families []siteFamily) error {
	if len(families) == 0 {
		_, err := fmt.Fprintln(a.stdout, "\nIn no family: it stands alone.")
		return err
	}
	for _, f := range families {
		fmt.Fprintf(a.stdout, "\n%s family %s %s, %d sites, confidence %s, nearest %s\n", f.Layer, sanitize(f.ID), sanitize(f.Name), f.Sites,
			probability(f.Member.Confidence), sanitize(f.Member.Nearest))
		if err := a.showEvidence(f.Member.Evidence); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) showIdentifiers(f *data.Fingerprint) error {
	if f == nil {
		return nil
	}
	t := newTable(column{head: "LAYER"}, column{head: "KIND"}, column{head: "VALUE", most: 64}, column{head: "SEEN IN", most: 72})
	for _, x := range f.Features {
		if x.Layer == data.LayerOperator || x.Layer == data.LayerInfrastructure {
			t.add(string(x.Layer), string(x.Kind), x.Value, cmp.Or(x.Context, x.Source))
		}
	}
	if len(t.rows) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout, "\nIdentifiers and hosting")
	return t.write(a.stdout)
}
