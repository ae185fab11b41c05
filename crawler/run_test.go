package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pitboss/data"
)

func TestRunVisitsEverySiteOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(100)
		a := &memArchive{q: q}
		var progress []Progress
		cfg := Config{Concurrency: 10, Progress: func(p Progress) { progress = append(progress, p) }}
		start := time.Now()
		stats, err := Run(t.Context(), cfg, q, pageAfter(time.Second), a)
		if err != nil {
			t.Fatal(err)
		}
		if stats.Committed != 100 || stats.Good != 100 || stats.Outcomes[data.OutcomeOK] != 100 || len(q.visits) != 100 {
			t.Errorf("stats %+v, %d visits", stats, len(q.visits))
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("100 visits of a second, 10 at once, took %s", took)
		}
		ids := map[string]bool{}
		for _, v := range q.visits {
			ids[v.ID] = true
		}
		if len(ids) != 100 {
			t.Errorf("%d visit ids", len(ids))
		}
		if len(progress) != 100 || progress[99].Stats.Committed != 100 || progress[0].Stats.Outcomes[data.OutcomeOK] != 1 {
			t.Errorf("%d progress reports", len(progress))
		}
		if len(q.releases) != 0 || stats.Elapsed != 10*time.Second {
			t.Errorf("releases %v, elapsed %s", q.releases, stats.Elapsed)
		}
	})
}

// Append, sync, commit: the order that makes a kill harmless. Visits that end together
// share a sync.
func TestRunSyncsBeforeItCommits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(64)
		a := &memArchive{q: q}
		if _, err := Run(t.Context(), Config{Concurrency: 32}, q, pageAfter(time.Second), a); err != nil {
			t.Fatal(err)
		}
		synced := false
		commits := 0
		for _, c := range q.calls {
			if c == "sync" {
				synced = true
				continue
			}
			commits++
			if !synced {
				t.Fatalf("commit before any sync: %v", q.calls)
			}
		}
		if commits != 64 || a.syncs >= 64 || a.syncs < 2 {
			t.Errorf("%d commits, %d syncs", commits, a.syncs)
		}
		if len(a.appended) != 64 || len(a.metadata) != 64 {
			t.Errorf("%d records, %d metadata", len(a.appended), len(a.metadata))
		}
	})
}

func TestRunArchivesHosting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(1)
		a := &memArchive{q: q}
		if _, err := Run(t.Context(), Config{}, q, pageAfter(0), a); err != nil {
			t.Fatal(err)
		}
		v := q.visits[0]
		last := v.Exchanges[len(v.Exchanges)-1]
		if last.Role != data.RoleHosting || last.MediaType != "application/json" || last.URL != v.FinalURL {
			t.Errorf("last exchange %+v", last)
		}
		var h data.Hosting
		if err := json.Unmarshal(a.metadata[0], &h); err != nil || h.Server != "nginx" {
			t.Errorf("hosting %s: %v", a.metadata[0], err)
		}
	})
}

// What was observed is of the visited host, wherever its redirects ended: an
// import of the segment must give it to the same site.
func TestHostingStandsUnderTheVisitedHost(t *testing.T) {
	t.Parallel()
	q := newMemQueue(1)
	a := &memArchive{q: q}
	fetcher := visitFunc(func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
		v, err := visited(ctx, r, sink, data.OutcomeOK, "HTTP/1.1 200 OK\r\n\r\npage", 200)
		v.FinalURL = "https://elsewhere.example/landing"
		return v, err
	})
	if _, err := Run(t.Context(), Config{}, q, fetcher, a); err != nil {
		t.Fatal(err)
	}
	v := q.visits[0]
	last := v.Exchanges[len(v.Exchanges)-1]
	if last.Role != data.RoleHosting || last.URL != "http://"+v.Host+"/" {
		t.Errorf("hosting of %s is archived as %s %s", v.Host, last.Role, last.URL)
	}
}

func TestRunSchedules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		outcome  data.Outcome
		failures int
		response string
		status   int
		want     time.Duration // of the wait, before the spread of a tenth
		exact    bool
	}{
		{"good", data.OutcomeOK, 3, "", 200, 7 * 24 * time.Hour, false},
		{"first failure", data.OutcomeConnect, 0, "", 0, time.Hour, false},
		{"third failure", data.OutcomeConnect, 2, "", 0, 4 * time.Hour, false},
		{"hundredth failure", data.OutcomeDNS, 99, "", 0, 30 * 24 * time.Hour, false},
		{"asked to wait longer", data.OutcomeHTTPError, 0, "HTTP/1.1 429 x\r\nretry-after: 7200\r\n\r\n", 429, 2 * time.Hour, true},
		{"asked to wait less", data.OutcomeHTTPError, 4, "HTTP/1.1 503 x\r\nRetry-After: 5\r\n\r\n", 503, 16 * time.Hour, false},
		{"asked to wait for ever", data.OutcomeHTTPError, 0, "HTTP/1.1 503 x\r\nRetry-After: 2000000000\r\n\r\n", 503, 30 * 24 * time.Hour, true},
		{"asked nonsense", data.OutcomeHTTPError, 0, "HTTP/1.1 503 x\r\nRetry-After: -1\r\n\r\n", 503, time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newMemQueue(1)
				q.jobs["site0000.example"].failures = c.failures
				f := visitFunc(func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
					return visited(ctx, r, sink, c.outcome, c.response, c.status)
				})
				if _, err := Run(t.Context(), Config{}, q, f, &memArchive{q: q}); err != nil {
					t.Fatal(err)
				}
				wait := q.follows["site0000.example"].Next.Sub(q.visits[0].Finished)
				low, high := c.want*9/10, c.want*11/10
				if c.exact {
					low, high = c.want, c.want
				}
				if wait < low || wait > high {
					t.Errorf("next visit after %s, want %s to %s", wait, low, high)
				}
			})
		})
	}
}

func TestScheduleIsFixedByTheHost(t *testing.T) {
	t.Parallel()
	s := Schedule{}.withDefaults()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	waits := map[time.Time]bool{}
	for i := range 100 {
		v := data.Visit{Host: fmt.Sprintf("s%d.example", i), Outcome: data.OutcomeOK, Finished: at}
		if first, second := s.next(&v, 0, 0), s.next(&v, 0, 0); !first.Equal(second) {
			t.Fatal("two answers for one visit")
		}
		waits[s.next(&v, 0, 0)] = true
	}
	if len(waits) < 50 {
		t.Errorf("100 sites share %d times", len(waits))
	}
}

func TestRunExtendsLeasesOfLongVisits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(3)
		stats, err := Run(t.Context(), Config{LeaseTTL: time.Minute}, q, pageAfter(10*time.Minute), &memArchive{q: q})
		if err != nil || stats.Committed != 3 || stats.Lost != 0 {
			t.Errorf("%+v, %v", stats, err)
		}
		if q.extends < 3*10 {
			t.Errorf("%d extensions", q.extends)
		}
	})
}

func TestRunDropsResultsOfLostLeases(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(2)
		f := visitFunc(func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
			if r.Host == "site0000.example" {
				q.steal(r.Host)
			}
			return pageAfter(time.Second)(ctx, r, sink)
		})
		stats, err := Run(t.Context(), Config{}, q, f, &memArchive{q: q})
		if err != nil || stats.Committed != 1 || stats.Lost != 1 || len(q.visits) != 1 {
			t.Errorf("%+v, %v", stats, err)
		}
	})
}

func TestRunCutsOffVisitsThatLostTheirLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(1)
		f := visitFunc(func(ctx context.Context, r data.Request, _ Sink) (data.Visit, error) {
			q.steal(r.Host)
			<-ctx.Done()
			return data.Visit{Outcome: data.OutcomeCanceled}, ctx.Err()
		})
		stats, err := Run(t.Context(), Config{LeaseTTL: time.Minute}, q, f, &memArchive{q: q})
		if err != nil || stats.Abandoned != 1 || len(q.visits) != 0 {
			t.Errorf("%+v, %v", stats, err)
		}
	})
}

func TestRunStopsWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		visit, grace       time.Duration
		commits, abandoned int
		took               time.Duration
	}{
		{"in time", 3 * time.Second, 10 * time.Second, 4, 0, 3 * time.Second},
		{"too late", time.Hour, 10 * time.Second, 0, 4, 11 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newMemQueue(20)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				stats, err := Run(ctx, Config{Concurrency: 4, Grace: c.grace}, q, pageAfter(c.visit), &memArchive{q: q})
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
				if stats.Committed != c.commits || stats.Abandoned != c.abandoned || len(q.releases) != c.abandoned {
					t.Errorf("%+v, %d releases", stats, len(q.releases))
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %s, want %s", took, c.took)
				}
				// Nothing is lost: the same run goes on where it stopped.
				stats, err = Run(t.Context(), Config{Concurrency: 4}, q, pageAfter(0), &memArchive{q: q})
				if err != nil || stats.Committed != 20-c.commits {
					t.Errorf("second run: %+v, %v", stats, err)
				}
			})
		})
	}
}

func TestRunStopsOnFaults(t *testing.T) {
	t.Parallel()
	fault := errors.New("broken")
	full := fmt.Errorf("append: %w", data.ErrNoSpace)
	for _, c := range []struct {
		name string
		set  func(*memQueue, *memArchive)
		want error
	}{
		{"no space", func(_ *memQueue, a *memArchive) { a.appendErr = full }, data.ErrNoSpace},
		{"sync fails", func(_ *memQueue, a *memArchive) { a.syncErr = fault }, fault},
		{"commit fails", func(q *memQueue, _ *memArchive) { q.commitErr = fault }, fault},
		{"lease fails", func(q *memQueue, _ *memArchive) { q.leaseErr = fault }, fault},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newMemQueue(50)
				a := &memArchive{q: q}
				c.set(q, a)
				stats, err := Run(t.Context(), Config{Concurrency: 5}, q, pageAfter(time.Second), a)
				if !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if stats.Committed != 0 || len(q.visits) != 0 {
					t.Errorf("committed %d", stats.Committed)
				}
				for h, j := range q.jobs {
					if j.until.After(time.Now()) {
						t.Errorf("%s is still leased", h)
					}
				}
			})
		})
	}
}

func TestRunSurvivesAPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(3)
		f := visitFunc(func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
			if r.Host == "site0001.example" {
				panic("a page that breaks a parser")
			}
			return pageAfter(0)(ctx, r, sink)
		})
		stats, err := Run(t.Context(), Config{}, q, f, &memArchive{q: q})
		if err != nil || stats.Committed != 3 || stats.Crashed != 1 || stats.Outcomes[data.OutcomeProtocol] != 1 {
			t.Errorf("%+v, %v", stats, err)
		}
		for _, v := range q.visits {
			if v.ID == "" || v.Host == "" || v.Finished.IsZero() {
				t.Errorf("visit %+v", v)
			}
		}
	})
}

func TestRunHonoursItsLimitAndConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newMemQueue(50)
		var now, most atomic.Int64
		f := visitFunc(func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for {
				m := most.Load()
				if n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			return pageAfter(time.Second)(ctx, r, sink)
		})
		stats, err := Run(t.Context(), Config{Concurrency: 7, Limit: 23}, q, f, &memArchive{q: q})
		if err != nil || stats.Committed != 23 || most.Load() != 7 {
			t.Errorf("%+v, %v, %d at once", stats, err, most.Load())
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for head, want := range map[string]time.Duration{
		"HTTP/1.1 429 x\r\nRetry-After: 120\r\n\r\n":                           2 * time.Minute,
		"HTTP/1.1 429 x\r\nRETRY-AFTER:  7 \r\n\r\n":                           7 * time.Second,
		"HTTP/1.1 429 x\r\nRetry-After: Thu, 01 Jan 2026 00:10:00 GMT\r\n\r\n": 10 * time.Minute,
		"HTTP/1.1 429 x\r\nRetry-After: Thu, 01 Jan 2015 00:10:00 GMT\r\n\r\n": 0,
		"HTTP/1.1 429 x\r\nRetry-After: soon\r\n\r\n":                          0,
		"HTTP/1.1 429 x\r\n\r\n":                                               0,
		"HTTP/1.1 429 x\nRetry-After: 3\n\nRetry-After: 9\n":                   3 * time.Second,
		"": 0, "\n": 0, "nonsense": 0, "x\n: : :\n": 0,
	} {
		if got := retryAfter([]byte(head), at); got != want {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add([]byte("HTTP/1.1 429 x\r\nRetry-After: 120\r\n\r\n"))
	f.Add([]byte("\n\x00"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if retryAfter(head, time.Unix(0, 0)) < 0 {
			t.Error("negative wait")
		}
	})
}
