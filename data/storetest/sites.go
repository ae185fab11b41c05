package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pitboss/data"
)

var siteTests = map[string]func(*testing.T, Store){
	"candidate becomes a site":           testCandidateBecomesSite,
	"site keeps every source once":       testSourcesKept,
	"one bad candidate stores none":      testBadCandidate,
	"unknown site":                       testUnknownSite,
	"sites come by host, across pages":   testSitesByHost,
	"a caller may write while iterating": testWriteWhileIterating,
	"an iteration ends with its context": testIterationEnds,
	"a canceled write stores nothing":    testCanceledWrite,
	"an iteration can be left":           testIterationLeft,
}

func testCandidateBecomesSite(t *testing.T, s Store) {
	n, err := s.AddCandidates(t.Context(), candidates("b.example", "a.example"))
	must(t, err)
	same(t, "added", n, 2)
	got, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "site", got, data.Site{
		Host: "a.example", Status: data.StatusNew, Sources: candidates("a.example"), FirstSeen: noon, Next: noon,
	})
}

func testSourcesKept(t *testing.T, s Store) {
	first := data.Candidate{Host: "a.example", Source: "one.txt", How: "list", Added: at(5)}
	again := first
	again.Added = at(9)
	second := data.Candidate{Host: "a.example", Source: "b.example", How: "link", Note: "banner", Added: at(2)}
	for i, step := range []struct {
		add  []data.Candidate
		want int
	}{{[]data.Candidate{first, first}, 1}, {[]data.Candidate{again}, 0}, {[]data.Candidate{second}, 0}} {
		n, err := s.AddCandidates(t.Context(), step.add)
		must(t, err)
		same(t, fmt.Sprintf("sites added in step %d", i), n, step.want)
	}
	got, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "sources, oldest first", got.Sources, []data.Candidate{second, first})
	same(t, "first seen", got.FirstSeen, at(2))
}

func testBadCandidate(t *testing.T, s Store) {
	for _, host := range []string{"", "UPPER.example", "no space.example", "b.example."} {
		_, err := s.AddCandidates(t.Context(), candidates("a.example", host))
		wantErr(t, err, data.ErrInvalidHost)
	}
	same(t, "sites", len(collect(t, s.Sites(t.Context()))), 0)
}

func testUnknownSite(t *testing.T, s Store) {
	_, err := s.Site(t.Context(), "a.example")
	wantErr(t, err, data.ErrNotFound)
	visits, err := s.Visits(t.Context(), "a.example")
	must(t, err)
	same(t, "visits", len(visits), 0)
}

// manySites is more than any store reads in one go.
const manySites = 1200

func addMany(t *testing.T, s Store) []string {
	t.Helper()
	hosts := make([]string, manySites)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("site-%05d.example", i)
	}
	_, err := s.AddCandidates(t.Context(), candidates(hosts...))
	must(t, err)
	return hosts
}

func testSitesByHost(t *testing.T, s Store) {
	want := addMany(t, s)
	got := collect(t, s.Sites(t.Context()))
	same(t, "hosts", hostsOf(got, func(site data.Site) string { return site.Host }), want)
	for _, site := range got {
		same(t, "sources of "+site.Host, site.Sources, candidates(site.Host))
	}
}

func testWriteWhileIterating(t *testing.T, s Store) {
	addMany(t, s)
	seen := 0
	for site, err := range s.Sites(t.Context()) {
		must(t, err)
		if seen++; seen%100 == 0 {
			addVisits(t, s, visit("v-"+site.Host, site.Host, "x", 1))
		}
	}
	same(t, "sites seen", seen, manySites)
	same(t, "pending", len(collect(t, s.Pending(t.Context(), "1"))), manySites/100)
}

func testIterationEnds(t *testing.T, s Store) {
	addMany(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	seen := 0
	for _, err := range s.Sites(ctx) {
		last = err
		seen++
		cancel()
	}
	if !errors.Is(last, context.Canceled) || seen >= manySites {
		t.Fatalf("after %d sites: got error %v, want %v before the last", seen, last, context.Canceled)
	}
}

func testCanceledWrite(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.AddCandidates(ctx, candidates("a.example"))
	wantErr(t, err, context.Canceled)
	_, err = s.Lease(ctx, noon, 1, 0)
	wantErr(t, err, context.Canceled)
	n, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	same(t, "added afterwards", n, 1)
}

func testIterationLeft(t *testing.T, s Store) {
	addMany(t, s)
	for range 50 { // more than there are connections
		for site, err := range s.Sites(t.Context()) {
			must(t, err)
			same(t, "first", site.Host, "site-00000.example")
			break
		}
	}
}
