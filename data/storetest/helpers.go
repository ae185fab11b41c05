package storetest

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pitboss/data"
)

// noon is when the tests take place. Stores keep times to the microsecond.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 123456000, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func candidates(hosts ...string) []data.Candidate {
	out := make([]data.Candidate, len(hosts))
	for i, h := range hosts {
		out[i] = data.Candidate{Host: h, Source: "list.txt", How: "list", Note: "seen on a board", Added: noon}
	}
	return out
}

// visit is a good one of a page with the given payload.
func visit(id, host, payload string, minute int) data.Visit {
	return data.Visit{
		ID: id, Host: host, Origin: "crawl", Vantage: "default",
		Started: at(minute), Finished: at(minute).Add(time.Second),
		Outcome: data.OutcomeOK, FinalURL: "https://" + host + "/",
		Exchanges: []data.Exchange{{
			URL: "https://" + host + "/", Role: data.RoleHome, Status: 200, MediaType: "text/html",
			At: at(minute), Digest: "sha256:" + payload,
			Record: data.Location{Segment: "a.warc.gz", Offset: int64(minute), Length: 10},
		}},
		Hosting: data.Hosting{Addrs: []string{"192.0.2.1"}},
	}
}

func failedVisit(id, host string, minute int) data.Visit {
	return data.Visit{
		ID: id, Host: host, Origin: "crawl", Vantage: "default", Started: at(minute), Finished: at(minute),
		Outcome: data.OutcomeTimeout, Reason: "no answer in 10s",
	}
}

func fingerprint(v data.Visit, extractor string, features ...data.Feature) data.Fingerprint {
	return data.Fingerprint{
		Host: v.Host, Visit: v.ID, Capture: v.Digest(), Extractor: extractor, At: v.Started,
		Title: "Lucky " + v.Host, Features: features, Complete: true,
		Assessment: data.Assessment{Page: data.PageGambling, Gambling: 0.97},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want one that wraps %q", err, want)
	}
}

// same compares; an empty slice and none are the same to a store.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%s: (-want +got)\n%s", what, d)
	}
}

func collect[T any](t *testing.T, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range seq {
		must(t, err)
		out = append(out, v)
	}
	return out
}

// addVisits stores visits and reports if not all of them were new.
func addVisits(t *testing.T, s Store, visits ...data.Visit) {
	t.Helper()
	n, err := s.AddVisits(t.Context(), visits)
	must(t, err)
	same(t, "visits added", n, len(visits))
}

func leaseOne(t *testing.T, s Store, now time.Time) data.Lease {
	t.Helper()
	leases, err := s.Lease(t.Context(), now, 1, time.Minute)
	must(t, err)
	if len(leases) != 1 {
		t.Fatalf("got %d leases, want 1", len(leases))
	}
	return leases[0]
}

func hostsOf[T any](list []T, host func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = host(v)
	}
	return out
}
