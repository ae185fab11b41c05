package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestGateLimitsAnAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2)
		a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		start := time.Now()
		var wg sync.WaitGroup
		for range 6 {
			for _, addr := range []netip.Addr{a, b} {
				wg.Go(func() {
					if err := g.enter(t.Context(), addr); err != nil {
						t.Error(err)
						return
					}
					time.Sleep(time.Second)
					g.leave(addr)
				})
			}
		}
		wg.Wait()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("six visits of a second, two at once, took %s", took)
		}
		if len(g.lanes) != 0 {
			t.Errorf("%d lanes are left", len(g.lanes))
		}
	})
}

// Old domains that lead to one site are visited at the same time; the site
// must not notice.
func TestGateKeepsTheDelayOverVisits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0)
		start := time.Now()
		latest := start.Add(time.Minute)
		asked := make(chan time.Time, 40)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					at, ok := g.turn("http://a.example", time.Time{}, latest, time.Second)
					if !ok {
						t.Error("no turn within the minute")
					}
					time.Sleep(time.Until(at))
					asked <- time.Now()
				}
			})
		}
		wg.Wait()
		close(asked)
		last := start.Add(-time.Second)
		for at := range asked {
			if at.Sub(last) < time.Second {
				t.Errorf("asked again after %s", at.Sub(last))
			}
			last = at
		}
		if took := time.Since(start); took != 39*time.Second {
			t.Errorf("forty requests, a second apart, took %s", took)
		}
		if at, ok := g.turn("http://b.example", time.Time{}, latest, time.Second); !ok || !at.Equal(time.Now()) {
			t.Errorf("another site waits too: %s, %v", time.Until(at), ok)
		}
		if _, ok := g.turn("http://a.example", time.Time{}, time.Now(), time.Second); ok {
			t.Error("a turn behind the visit's end")
		}
		if at, _ := g.turn("http://a.example", latest, latest, 0); !at.Equal(latest) {
			t.Errorf("asked at %s, but the site wanted a pause until %s", at, latest)
		}
		for i := range 2 * mostNext {
			g.turn(fmt.Sprint(i), time.Time{}, latest.Add(time.Hour), time.Millisecond)
			time.Sleep(time.Millisecond)
		}
		if len(g.next) > mostNext {
			t.Errorf("%d sites are kept in mind", len(g.next))
		}
	})
}

func TestGateWithoutALimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0)
		a := netip.MustParseAddr("192.0.2.1")
		for range 100 {
			if err := g.enter(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		for range 100 {
			g.leave(a)
		}
		if len(g.lanes) != 0 {
			t.Errorf("%d lanes are left", len(g.lanes))
		}
	})
}

func TestGateSlowsDownAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(4)
		a := netip.MustParseAddr("192.0.2.1")
		wait := func() time.Duration {
			t.Helper()
			start := time.Now()
			if err := g.enter(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		wait()
		for _, c := range []struct{ asked, want time.Duration }{
			{0, time.Second}, {0, 2 * time.Second}, {0, 4 * time.Second}, {20 * time.Second, 20 * time.Second},
			{time.Hour, mostPenalty}, {0, mostPenalty}, {0, mostPenalty},
		} {
			g.slow(a, c.asked)
			g.leave(a)
			if got := wait(); got != c.want {
				t.Errorf("asked %s: waited %s, want %s", c.asked, got, c.want)
			}
		}
		for range 6 {
			g.calm(a)
		}
		g.leave(a)
		if len(g.lanes) != 0 {
			t.Errorf("the address is not forgiven: %+v", g.lanes[a])
		}
		if got := wait(); got != 0 {
			t.Errorf("waited %s", got)
		}
		g.leave(a)
	})
}

func TestGateEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		a := netip.MustParseAddr("192.0.2.1")
		if err := g.enter(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.enter(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a slot: %v", err)
		}
		g.slow(a, 10*time.Second)
		g.leave(a)
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.enter(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the end of a penalty: %v", err)
		}
		// The slot was given back.
		time.Sleep(time.Minute)
		if err := g.enter(t.Context(), a); err != nil {
			t.Error(err)
		}
		g.leave(a)
		g.leave(netip.MustParseAddr("192.0.2.9")) // never entered
	})
}

func TestPaceKeepsTheDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := DefaultConfig("1")
		cfg.Delay = time.Second
		f, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		v := &visit{f: f, ctx: t.Context(), hosts: map[string]*hostState{}, budget: budget{deadline: time.Now().Add(time.Minute)}}
		one, _ := resolveURL(baseURL(), "https://one.example/a")
		two, _ := resolveURL(baseURL(), "https://two.example/a")
		start := time.Now()
		for range 3 {
			if err := v.pace(one); err != nil {
				t.Fatal(err)
			}
			if err := v.pace(two); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("three requests to each of two hosts took %s", took)
		}
		v.host(one).rules = &robotRules{delay: 4 * time.Second}
		start = time.Now()
		for range 3 {
			if err := v.pace(one); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("three requests with Crawl-delay 4 took %s", took)
		}
		v.host(one).next = time.Now().Add(time.Hour)
		if err := v.pace(one); !errors.Is(err, errBudget) {
			t.Errorf("a wait beyond the visit's end: %v", err)
		}
	})
}
