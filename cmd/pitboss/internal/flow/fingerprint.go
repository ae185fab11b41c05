package flow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"

	"pitboss/crawler/archive"
	"pitboss/data"
	"pitboss/fingerprint"
)

// fingerprintBatch is the number of fingerprints a transaction: what an
// interruption costs at most.
const fingerprintBatch = 64

// FingerprintResult is what one round of fingerprinting did.
type FingerprintResult struct {
	Made     int      `json:"made"`
	Failed   int      `json:"failed"` // captures that could not be read back
	Problems []string `json:"problems,omitempty"`
}

// Fingerprint computes what is missing: the latest good capture of each site
// that this extractor has not read. With all it computes every site's again.
// Captures that cannot be read back are counted and passed over.
func (h *House) Fingerprint(ctx context.Context, all bool) (FingerprintResult, error) {
	arch, err := h.Archive()
	if err != nil {
		return FingerprintResult{}, err
	}
	visits := h.Store.Pending(ctx, fingerprint.Version)
	if all {
		visits = h.latestGood(ctx)
	}
	h.opts.Progress.Start("fingerprinting", -1)
	defer h.opts.Progress.Done()

	queue := make(chan data.Visit)
	done := make(chan extracted)
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(queue)
		return feed(gctx, visits, queue)
	})
	workers, wctx := errgroup.WithContext(gctx)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() error { return extract(wctx, arch, queue, done) })
	}
	group.Go(func() error {
		defer close(done)
		return workers.Wait()
	})
	var res FingerprintResult
	group.Go(func() error { return h.keep(gctx, done, &res) })
	err = group.Wait()
	return res, err
}

// extracted is a fingerprint, or why there is none.
type extracted struct {
	print data.Fingerprint
	err   error
}

func feed(ctx context.Context, visits iter.Seq2[data.Visit, error], queue chan<- data.Visit) error {
	for v, err := range visits {
		if err != nil {
			return fmt.Errorf("read visits: %w", err)
		}
		select {
		case queue <- v:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func extract(ctx context.Context, arch *archive.Archive, queue <-chan data.Visit, done chan<- extracted) error {
	for v := range queue {
		capture, err := arch.Load(ctx, v)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out := extracted{}
		if err != nil {
			out.err = fmt.Errorf("%s: %w", v.Host, err)
		} else {
			out.print = fingerprint.Extract(&capture)
		}
		select {
		case done <- out:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// keep stores fingerprints in batches. After an interruption the last batch
// is still stored: the work is done.
func (h *House) keep(ctx context.Context, done <-chan extracted, res *FingerprintResult) error {
	var batch []data.Fingerprint
	flush := func(ctx context.Context) error {
		if len(batch) == 0 {
			return nil
		}
		if err := h.Store.PutFingerprints(ctx, batch); err != nil {
			return err
		}
		res.Made += len(batch)
		h.opts.Progress.Add(int64(len(batch)))
		batch = batch[:0]
		return nil
	}
	for e := range done {
		if e.err != nil {
			res.Failed++
			if len(res.Problems) < shownProblems {
				res.Problems = append(res.Problems, e.err.Error())
			}
			h.opts.Log.Warn("no fingerprint", "error", e.err)
			continue
		}
		batch = append(batch, e.print)
		if len(batch) >= fingerprintBatch {
			if err := flush(ctx); err != nil {
				return err
			}
		}
	}
	return errors.Join(flush(context.WithoutCancel(ctx)), ctx.Err())
}

// latestGood yields each site's latest good visit.
func (h *House) latestGood(ctx context.Context) iter.Seq2[data.Visit, error] {
	return func(yield func(data.Visit, error) bool) {
		for site, err := range h.Store.Sites(ctx) {
			if err != nil {
				yield(data.Visit{}, err)
				return
			}
			v, ok, err := h.goodVisit(ctx, site.Host)
			if err != nil || ok {
				if !yield(v, err) {
					return
				}
			}
		}
	}
}

// goodVisit returns a site's latest good visit, if there is one.
func (h *House) goodVisit(ctx context.Context, host string) (data.Visit, bool, error) {
	visits, err := h.Store.Visits(ctx, host)
	if err != nil {
		return data.Visit{}, false, err
	}
	for _, v := range visits {
		if v.Outcome.Good() {
			return v, true, nil
		}
	}
	return data.Visit{}, false, nil
}
