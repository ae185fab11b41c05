package flow

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"pitboss/crawler/archive"
	"pitboss/data"
	"pitboss/fingerprint/rules"
)

// RuleMatch is a rule that holds for a site's latest good capture.
type RuleMatch struct {
	Host  string `json:"host"`
	Visit string `json:"visit"`
	rules.Match
}

// MatchResult is what running rules over the archive gave.
type MatchResult struct {
	Matches  []RuleMatch // by host, then in the order of the rules
	Captures int         // that were read
	Failed   int         // sites without a capture that could be read
	Problems []string    // the first of them
}

func (r *MatchResult) problem(err error) {
	r.Failed++
	if len(r.Problems) < shownProblems {
		r.Problems = append(r.Problems, err.Error())
	}
}

// Match runs rules over the latest good capture of the named sites, or of all
// sites when none is named. A named site that is not known is an error that
// wraps data.ErrNotFound; captures that cannot be read are counted.
func (h *House) Match(ctx context.Context, set *rules.Set, hosts []string) (MatchResult, error) {
	arch, err := h.Archive()
	if err != nil {
		return MatchResult{}, err
	}
	visits := h.latestGood(ctx)
	m := matching{set: set, archive: arch, house: h}
	if len(hosts) > 0 {
		if visits, err = m.named(ctx, hosts); err != nil {
			return MatchResult{}, err
		}
	}
	h.opts.Progress.Start("matching", -1)
	defer h.opts.Progress.Done()
	queue := make(chan data.Visit)
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(queue)
		return feed(gctx, visits, queue)
	})
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error { return m.work(gctx, queue) })
	}
	err = group.Wait()
	slices.SortStableFunc(m.res.Matches, func(a, b RuleMatch) int { return strings.Compare(a.Host, b.Host) })
	return m.res, err
}

// matching is one run of rules, shared by its workers.
type matching struct {
	set     *rules.Set
	archive *archive.Archive
	house   *House

	mu  sync.Mutex
	res MatchResult
}

// named returns the latest good visits of the named sites, each once.
func (m *matching) named(ctx context.Context, hosts []string) (iter.Seq2[data.Visit, error], error) {
	hosts = slices.Compact(slices.Sorted(slices.Values(hosts)))
	var visits []data.Visit
	for _, host := range hosts {
		if _, err := m.house.Store.Site(ctx, host); err != nil {
			return nil, fmt.Errorf("site %s: %w", host, err)
		}
		v, ok, err := m.house.goodVisit(ctx, host)
		if err != nil {
			return nil, err
		}
		if !ok {
			m.res.problem(fmt.Errorf("%s: no good capture", host))
			continue
		}
		visits = append(visits, v)
	}
	return func(yield func(data.Visit, error) bool) {
		for _, v := range visits {
			if !yield(v, nil) {
				return
			}
		}
	}, nil
}

func (m *matching) work(ctx context.Context, queue <-chan data.Visit) error {
	for v := range queue {
		found, err := m.visit(ctx, v)
		if cause := ctx.Err(); cause != nil {
			return cause
		}
		m.keep(v, found, err)
	}
	return nil
}

func (m *matching) visit(ctx context.Context, v data.Visit) ([]rules.Match, error) {
	capture, err := m.archive.Load(ctx, v)
	if err != nil {
		return nil, err
	}
	return m.set.Match(ctx, &capture)
}

func (m *matching) keep(v data.Visit, found []rules.Match, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.res.Captures++
	m.house.opts.Progress.Add(1)
	for _, f := range found {
		m.res.Matches = append(m.res.Matches, RuleMatch{Host: v.Host, Visit: v.ID, Match: f})
	}
	if err != nil {
		m.res.problem(fmt.Errorf("%s: %w", v.Host, err))
		m.house.opts.Log.Warn("not matched", "host", v.Host, "error", err)
	}
}

// Where says in words where a rule holds: its first place.
func (r *RuleMatch) Where() string {
	if len(r.Places) == 0 {
		return "by what is not there"
	}
	p := r.Places[0]
	s := fmt.Sprintf("%s: %s", p.Field, cmp.Or(p.Excerpt, p.Pattern))
	if more := len(r.Places) - 1; more > 0 {
		s += fmt.Sprintf(" (and %d more)", more)
	}
	return s
}
