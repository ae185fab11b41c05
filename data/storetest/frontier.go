package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"pitboss/data"
)

var frontierTests = map[string]func(*testing.T, Store){
	"leases go by due time, then host":        testLeaseOrder,
	"a leased site is nobody else's":          testLeaseExclusive,
	"a lease that ran out goes on":            testLeaseRunsOut,
	"tokens only grow":                        testTokensGrow,
	"a commit completes its lease":            testCommitCompletes,
	"a late commit writes nothing":            testLateCommit,
	"an expired lease that nobody took holds": testExpiredCommit,
	"extend and release":                      testExtendRelease,
	"a refused visit leaves the lease":        testRefusedVisit,
	"many workers share the frontier":         testManyWorkers,
}

func leaseHosts(t *testing.T, s Store, now time.Time, n int) []string {
	t.Helper()
	leases, err := s.Lease(t.Context(), now, n, time.Minute)
	must(t, err)
	return hostsOf(leases, func(l data.Lease) string { return l.Host })
}

func testLeaseOrder(t *testing.T, s Store) {
	early := data.Candidate{Host: "z.example", Source: "s", How: "list", Added: at(-10)}
	late := data.Candidate{Host: "later.example", Source: "s", How: "list", Added: at(10)}
	_, err := s.AddCandidates(t.Context(), append(candidates("b.example", "a.example", "c.example"), early, late))
	must(t, err)
	n, err := s.Due(t.Context(), noon)
	must(t, err)
	same(t, "due", n, 4)
	same(t, "first two", leaseHosts(t, s, noon, 2), []string{"z.example", "a.example"})
	same(t, "the rest that is due", leaseHosts(t, s, noon, 10), []string{"b.example", "c.example"})
	same(t, "nothing is left", leaseHosts(t, s, noon, 10), nil)
	same(t, "none asked for", leaseHosts(t, s, at(60), 0), nil)
}

func testLeaseExclusive(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	l := leaseOne(t, s, noon)
	same(t, "lease", l, data.Lease{Host: "a.example", Token: l.Token, Until: noon.Add(time.Minute)})
	same(t, "leased again within its time", leaseHosts(t, s, noon.Add(59*time.Second), 9), nil)
	n, err := s.Due(t.Context(), noon)
	must(t, err)
	same(t, "due", n, 0)
}

func testLeaseRunsOut(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	leaseOne(t, s, noon)
	same(t, "leased after its time", leaseHosts(t, s, noon.Add(time.Minute), 9), []string{"a.example"})
}

func testTokensGrow(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	last := int64(0)
	for i := range 5 {
		l := leaseOne(t, s, at(10*i))
		if l.Token <= last {
			t.Fatalf("lease %d has token %d after %d", i, l.Token, last)
		}
		last = l.Token
		switch i % 3 {
		case 0: // let it run out
		case 1:
			must(t, s.Release(t.Context(), l))
		case 2:
			v := failedVisit(fmt.Sprintf("v%d", i), l.Host, 10*i)
			must(t, s.Commit(t.Context(), l, v, data.Follow{Next: at(10 * (i + 1))}))
		}
	}
}

func testCommitCompletes(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	l := leaseOne(t, s, noon)
	v := visit("v1", "a.example", "x", 1)
	must(t, s.Commit(t.Context(), l, v, data.Follow{Next: at(60)}))

	site, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "site", site, data.Site{
		Host: "a.example", Status: data.StatusAlive, Sources: candidates("a.example"), FirstSeen: noon,
		LastVisit: at(1), LastGood: at(1), Next: at(60),
	})
	visits, err := s.Visits(t.Context(), "a.example")
	must(t, err)
	same(t, "visits", visits, []data.Visit{v})
	same(t, "due before its time", leaseHosts(t, s, at(59), 9), nil)
	same(t, "due in its time", leaseHosts(t, s, at(60), 9), []string{"a.example"})
	wantErr(t, s.Commit(t.Context(), l, visit("v2", "a.example", "x", 2), data.Follow{}), data.ErrLeaseLost)
}

func testLateCommit(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	slow := leaseOne(t, s, noon)
	quick := leaseOne(t, s, at(2))
	before, err := s.Site(t.Context(), "a.example")
	must(t, err)

	v := visit("late", "a.example", "x", 1)
	wantErr(t, s.Commit(t.Context(), slow, v, data.Follow{Next: at(99)}), data.ErrLeaseLost)
	wantErr(t, s.Extend(t.Context(), slow, at(99)), data.ErrLeaseLost)
	wantErr(t, s.Release(t.Context(), slow), data.ErrLeaseLost)

	after, err := s.Site(t.Context(), "a.example")
	must(t, err)
	same(t, "site", after, before)
	visits, err := s.Visits(t.Context(), "a.example")
	must(t, err)
	same(t, "visits", len(visits), 0)
	must(t, s.Commit(t.Context(), quick, visit("v1", "a.example", "x", 2), data.Follow{Next: at(60)}))
	unknown := data.Lease{Host: "b.example", Token: 1}
	wantErr(t, s.Commit(t.Context(), unknown, visit("v2", "b.example", "x", 2), data.Follow{}), data.ErrLeaseLost)
}

func testExpiredCommit(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	l := leaseOne(t, s, noon)
	must(t, s.Commit(t.Context(), l, visit("v1", "a.example", "x", 30), data.Follow{Next: at(60)}))
}

func testExtendRelease(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example"))
	must(t, err)
	l := leaseOne(t, s, noon)
	must(t, s.Extend(t.Context(), l, at(10)))
	same(t, "leased within the extension", leaseHosts(t, s, at(9), 9), nil)
	must(t, s.Release(t.Context(), l))
	same(t, "leased after release", leaseHosts(t, s, noon, 9), []string{"a.example"})
	wantErr(t, s.Release(t.Context(), l), data.ErrLeaseLost)
}

func testRefusedVisit(t *testing.T, s Store) {
	_, err := s.AddCandidates(t.Context(), candidates("a.example", "b.example"))
	must(t, err)
	addVisits(t, s, visit("taken", "b.example", "x", 0))
	l := leaseOne(t, s, noon)

	canceled := visit("v1", "a.example", "x", 1)
	canceled.Outcome = data.OutcomeCanceled
	nameless := visit("", "a.example", "x", 1)
	for _, v := range []data.Visit{canceled, nameless, visit("v1", "b.example", "x", 1), visit("taken", "a.example", "x", 1)} {
		wantErr(t, s.Commit(t.Context(), l, v, data.Follow{Next: at(60)}), data.ErrInvalid)
	}
	must(t, s.Commit(t.Context(), l, visit("v1", "a.example", "x", 1), data.Follow{Next: at(60)}))
}

// testManyWorkers drains a frontier from many sides: each site is visited
// once, and each result stored once.
func testManyWorkers(t *testing.T, s Store) {
	hosts := make([]string, 60)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("site-%03d.example", i)
	}
	_, err := s.AddCandidates(t.Context(), candidates(hosts...))
	must(t, err)
	var wg sync.WaitGroup
	errs := make(chan error, 6)
	for range cap(errs) {
		wg.Go(func() { errs <- drain(t.Context(), s) })
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	for _, h := range hosts {
		visits, err := s.Visits(t.Context(), h)
		must(t, err)
		same(t, "visits of "+h, len(visits), 1)
	}
}

func drain(ctx context.Context, s Store) error {
	for {
		leases, err := s.Lease(ctx, noon, 5, time.Minute)
		if err != nil || len(leases) == 0 {
			return err
		}
		for _, l := range leases {
			v := visit(fmt.Sprintf("v-%s-%d", l.Host, l.Token), l.Host, "x", 1)
			if err := s.Commit(ctx, l, v, data.Follow{Next: at(60)}); err != nil {
				return err
			}
		}
	}
}
