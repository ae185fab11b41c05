package storetest

import (
	"fmt"
	"testing"
	"time"

	"pitboss/data"
)

var visitTests = map[string]func(*testing.T, Store){
	"imported visits create their site":      testImportCreates,
	"importing twice adds once":              testImportTwice,
	"order of import does not matter":        testImportOrder,
	"failure never erases the last good":     testFailureKeepsGood,
	"a site that moved":                      testMoved,
	"visits come newest first, whole":        testVisitsNewestFirst,
	"one bad visit stores none":              testBadVisit,
	"pending: missing, new capture, version": testPending,
	"pending while putting, across pages":    testPendingWhilePutting,
}

func testImportCreates(t *testing.T, s Store) {
	v := visit("v1", "a.example", "x", 3)
	v.Origin = "import sites.warc.gz"
	addVisits(t, s, v)
	got, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "site", got, data.Site{
		Host: "a.example", Status: data.StatusAlive, FirstSeen: at(3), LastVisit: at(3), LastGood: at(3), Next: at(3),
		Sources: []data.Candidate{{Host: "a.example", Source: "import sites.warc.gz", How: "warc", Added: at(3)}},
	})
}

func testImportTwice(t *testing.T, s Store) {
	v := visit("v1", "a.example", "x", 3)
	addVisits(t, s, v)
	n, err := s.AddVisits(t.Context(), []data.Visit{v, v, visit("v2", "a.example", "x", 4)})
	must(t, err)
	same(t, "added", n, 1)
	visits, err := s.Visits(t.Context(), "a.example")
	must(t, err)
	same(t, "visits", len(visits), 2)
}

func testImportOrder(t *testing.T, s Store) {
	const a, b = "a.example", "b.example"
	story := func(host string) []data.Visit {
		return []data.Visit{
			failedVisit(host+"1", host, 1), visit(host+"2", host, "x", 2), failedVisit(host+"3", host, 3),
			visit(host+"4", host, "y", 4), failedVisit(host+"5", host, 5), failedVisit(host+"6", host, 5),
		}
	}
	for _, i := range []int{0, 1, 2, 3, 4, 5} {
		addVisits(t, s, story(a)[i])
	}
	for _, i := range []int{4, 3, 0, 5, 1, 2} {
		addVisits(t, s, story(b)[i])
	}
	for _, host := range []string{a, b} {
		got, err := s.Site(t.Context(), host)
		must(t, err)
		got.Sources, got.Next = nil, time.Time{} // of whichever came first
		same(t, "site", got, data.Site{
			Host: host, Status: data.StatusFailed, FirstSeen: at(1), LastVisit: at(5), LastGood: at(4), Failures: 2,
		})
	}
	same(t, "pending", hostsOf(collect(t, s.Pending(t.Context(), "1")), func(v data.Visit) string { return v.ID }),
		[]string{a + "4", b + "4"})
}

func testFailureKeepsGood(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	good := visit("v1", "a.example", "x", 1)
	must(t, s.Commit(t.Context(), leaseOne(t, s, noon), good, data.Follow{Next: at(10)}))
	for i := range 3 {
		l := leaseOne(t, s, at(10+i))
		same(t, "attempts", l.Attempt, i)
		must(t, s.Commit(t.Context(), l, failedVisit(fmt.Sprint("f", i), "a.example", 10+i), data.Follow{Next: at(11 + i)}))
	}
	site, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "status", site.Status, data.StatusFailed)
	same(t, "failures", site.Failures, 3)
	same(t, "last good", site.LastGood, at(1))
	same(t, "last visit", site.LastVisit, at(12))
	same(t, "pending", collect(t, s.Pending(t.Context(), "1")), []data.Visit{good})

	must(t, s.Commit(t.Context(), leaseOne(t, s, at(20)), visit("v2", "a.example", "x", 20), data.Follow{Next: at(90)}))
	site, err = s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "failures after a good visit", site.Failures, 0)
	same(t, "status after a good visit", site.Status, data.StatusAlive)
}

func testMoved(t *testing.T, s Store) {
	for i, tc := range []struct {
		host, final, movedTo string
	}{
		{"a.example.com", "https://www.example.com/x", ""},
		{"a.example.org", "https://New-Home.example.net/x", "new-home.example.net"},
		{"a.github.io", "https://b.github.io/", "b.github.io"}, // tenants of a private suffix
		{"c.example.com", "https://192.0.2.7:8443/", "192.0.2.7:8443"},
		{"192.0.2.8:8080", "http://192.0.2.8:9090/", ""},
		{"d.example.com", "", ""},
		{"e.example.com", "about:blank", ""},
	} {
		v := visit(fmt.Sprint("v", i), tc.host, "x", 1)
		v.FinalURL = tc.final
		addVisits(t, s, v)
		site, err := s.Site(t.Context(), tc.host)
		must(t, err)
		same(t, tc.host+" moved to", site.MovedTo, tc.movedTo)
		same(t, tc.host+" is moved", site.Status == data.StatusMoved, tc.movedTo != "")
	}
	addVisits(t, s, failedVisit("f", "a.example.org", 2))
	site, err := s.Site(t.Context(), "a.example.org")
	must(t, err)
	same(t, "status after a failure", site.Status, data.StatusFailed)
	same(t, "moved to after a failure", site.MovedTo, "")
}

func testVisitsNewestFirst(t *testing.T, s Store) {
	full := visit("v2", "a.example", "x", 2)
	full.Chain = []data.Hop{{URL: "http://a.example/", Status: 301, To: "https://a.example/", By: "http"}}
	full.Hosting.Certificate = &data.Certificate{SHA256: "00", Names: []string{"a.example"}, NotBefore: at(-5), NotAfter: at(5)}
	full.Finished = full.Started.Add(999 * time.Nanosecond)
	list := []data.Visit{full, visit("v9", "a.example", "z", 1), visit("v1", "a.example", "y", 1)}
	addVisits(t, s, list[2], list[0], list[1])
	got, err := s.Visits(t.Context(), "a.example")
	must(t, err)
	same(t, "visits", got, list)
}

func testBadVisit(t *testing.T, s Store) {
	bad := visit("v2", "A.example", "x", 1)
	_, err := s.AddVisits(t.Context(), []data.Visit{visit("v1", "a.example", "x", 1), bad})
	wantErr(t, err, data.ErrInvalidHost)
	bad = visit("", "a.example", "x", 1)
	_, err = s.AddVisits(t.Context(), []data.Visit{visit("v1", "a.example", "x", 1), bad})
	wantErr(t, err, data.ErrInvalid)
	same(t, "sites", len(collect(t, s.Sites(t.Context()))), 0)
}

func testPending(t *testing.T, s Store) {
	pending := func(extractor string, want ...string) {
		t.Helper()
		got := collect(t, s.Pending(t.Context(), extractor))
		same(t, "pending for "+extractor, hostsOf(got, func(v data.Visit) string { return v.ID }), want)
	}
	a, b := visit("a1", "a.example", "x", 1), visit("b1", "b.example", "x", 1)
	addVisits(t, s, b, a, failedVisit("c1", "c.example", 1))
	pending("1", "a1", "b1")
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fingerprint(a, "1")}))
	pending("1", "b1")
	pending("2", "a1", "b1")
	addVisits(t, s, visit("a2", "a.example", "new bytes", 2))
	pending("1", "a2", "b1")
	addVisits(t, s, visit("a0", "a.example", "older bytes", 0))
	pending("1", "a2", "b1")
}

func testPendingWhilePutting(t *testing.T, s Store) {
	visits := make([]data.Visit, manySites/4)
	for i := range visits {
		visits[i] = visit(fmt.Sprintf("v%04d", i), fmt.Sprintf("site-%04d.example", i), "x", 1)
	}
	addVisits(t, s, visits...)
	n := 0
	for v, err := range s.Pending(t.Context(), "1") {
		must(t, err)
		must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fingerprint(v, "1")}))
		n++
	}
	same(t, "pending", n, len(visits))
	same(t, "pending afterwards", len(collect(t, s.Pending(t.Context(), "1"))), 0)
}
