package crawler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pitboss/data"
)

// run is one crawl. The dispatcher leases, workers visit, one committer syncs
// and commits, one keeper extends leases.
type run struct {
	cfg     Config
	queue   Queue
	fetcher Fetcher
	archive Archive
	stats   Stats // of the committer, then of Run

	results chan result
	fail    context.CancelCauseFunc // stops leasing; visits in flight get the grace time
	kill    context.CancelFunc      // cuts visits off

	mu    sync.Mutex
	held  map[string]*holding // by host
	fatal error
}

// holding is a lease in our hands.
type holding struct {
	lease  data.Lease
	cancel context.CancelFunc // of its visit
}

// result is a finished visit on its way to the commit.
type result struct {
	lease   data.Lease
	visit   data.Visit
	asked   time.Duration // Retry-After
	bytes   int64
	crashed bool
}

// errStopped is the cause of a stop that is no fault: the limit is reached or
// nothing is due.
var errStopped = errors.New("stopped")

// Run visits the sites that are due until none is, ctx ends or Limit is reached. On
// a cancel it takes no new site, waits Grace for the visits in flight,
// commits those that ended, gives the other leases back and returns ctx's error.
// It stops in the same way on an error of the queue or the archive;
// data.ErrNoSpace among them is wrapped.
func Run(ctx context.Context, cfg Config, q Queue, f Fetcher, a Archive) (Stats, error) {
	r := &run{cfg: cfg.withDefaults(), queue: q, fetcher: f, archive: a, held: map[string]*holding{}}
	r.results = make(chan result, r.cfg.Concurrency)
	r.stats.Outcomes = map[data.Outcome]int{}
	start := time.Now()

	leasing, fail := context.WithCancelCause(ctx)
	visiting, kill := context.WithCancel(context.WithoutCancel(ctx))
	r.fail, r.kill = fail, kill
	defer kill()
	defer fail(errStopped)
	defer r.killAfterGrace(leasing)()

	committed := make(chan struct{})
	go func() { defer close(committed); r.commitAll(context.WithoutCancel(ctx)) }()
	kept := make(chan struct{})
	keeping, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	go func() { defer close(kept); r.keepLeases(keeping) }()

	r.dispatch(leasing, visiting)
	close(r.results)
	<-committed
	stopKeeping()
	<-kept
	r.releaseAll(context.WithoutCancel(ctx))
	r.stats.Elapsed = time.Since(start)
	if r.fatal != nil {
		return r.stats, r.fatal
	}
	return r.stats, ctx.Err()
}

// killAfterGrace cuts the visits off when leasing has ended for a reason and
// the grace time is over. It returns what ends the wait.
func (r *run) killAfterGrace(leasing context.Context) (done func()) {
	over := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-over:
			return
		case <-leasing.Done():
		}
		t := time.NewTimer(r.cfg.Grace)
		defer t.Stop()
		select {
		case <-over:
		case <-t.C:
			r.kill()
		}
	}()
	return func() { close(over); <-ended }
}

// stop ends the run for a fault; the first one is told.
func (r *run) stop(err error) {
	r.mu.Lock()
	if r.fatal == nil {
		r.fatal = err
	}
	r.mu.Unlock()
	r.fail(err)
}

// dispatch leases sites as workers become free, and returns when all visits
// have ended.
func (r *run) dispatch(leasing, visiting context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	free := make(chan struct{}, r.cfg.Concurrency)
	for range r.cfg.Concurrency {
		free <- struct{}{}
	}
	started := 0
	for leasing.Err() == nil && (r.cfg.Limit == 0 || started < r.cfg.Limit) {
		n := waitFree(leasing, free)
		if n == 0 {
			return
		}
		want := n
		if r.cfg.Limit > 0 {
			want = min(n, r.cfg.Limit-started)
		}
		leases, err := r.queue.Lease(leasing, time.Now(), want, r.cfg.LeaseTTL)
		if err != nil {
			if leasing.Err() == nil {
				r.stop(fmt.Errorf("lease sites: %w", err))
			}
			return
		}
		for range n - len(leases) {
			free <- struct{}{}
		}
		for _, l := range leases {
			visit := r.hold(visiting, l)
			workers.Go(func() { r.work(visit, l); free <- struct{}{} })
		}
		started += len(leases)
		// A visit in flight can make nothing due that counts for this run, so
		// an empty answer ends it.
		if len(leases) == 0 {
			return
		}
	}
}

// waitFree takes every free slot, at least one; zero when ctx ended.
func waitFree(ctx context.Context, free <-chan struct{}) int {
	select {
	case <-free:
	case <-ctx.Done():
		return 0
	}
	n := 1
	for {
		select {
		case <-free:
			n++
		default:
			return n
		}
	}
}

func (r *run) hold(ctx context.Context, l data.Lease) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[l.Host] = &holding{lease: l, cancel: cancel}
	return ctx
}

// letGo forgets a lease that is done with.
func (r *run) letGo(host string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.held[host]; h != nil {
		h.cancel()
		delete(r.held, host)
	}
}

// releaseAll gives back what was not committed.
func (r *run) releaseAll(ctx context.Context) {
	for host, h := range r.held {
		h.cancel()
		ctx, cancel := context.WithTimeout(ctx, r.cfg.Grace)
		if err := r.queue.Release(ctx, h.lease); err != nil && !errors.Is(err, data.ErrLeaseLost) {
			r.cfg.Log.Warn("lease not given back; it runs out by itself", "host", host, "until", h.lease.Until, "error", err)
		}
		cancel()
	}
	clear(r.held)
}

// keepLeases extends leases before they run out.
func (r *run) keepLeases(ctx context.Context) {
	t := time.NewTicker(r.cfg.LeaseTTL / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		for _, l := range r.ending(time.Now().Add(r.cfg.LeaseTTL / 2)) {
			until := time.Now().Add(r.cfg.LeaseTTL)
			err := r.queue.Extend(ctx, l, until)
			r.extended(l, until, err)
		}
	}
}

// ending returns the leases that run out before t.
func (r *run) ending(t time.Time) []data.Lease {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []data.Lease
	for _, h := range r.held {
		if h.lease.Until.Before(t) {
			out = append(out, h.lease)
		}
	}
	return out
}

// extended notes the answer of Extend. A visit whose lease is lost is cut off: its
// result would be refused.
func (r *run) extended(l data.Lease, until time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.held[l.Host]
	switch {
	case h == nil:
	case err == nil:
		h.lease.Until = until
	case errors.Is(err, data.ErrLeaseLost):
		r.cfg.Log.Info("lease lost during the visit", "host", l.Host)
		h.cancel()
	default:
		r.cfg.Log.Warn("lease not extended", "host", l.Host, "error", err)
	}
}
