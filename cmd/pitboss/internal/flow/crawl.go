package flow

import (
	"context"
	"errors"
	"fmt"

	"pitboss/crawler"
	"pitboss/crawler/fetch"
	"pitboss/crawler/fetch/probe"
	"pitboss/data"
)

// WithProbe adds httpx to the visits: it tells the CDN in front of a site and,
// if wanted, its JARM. Its dials pass the same address guard as the fetcher's.
func WithProbe(visits fetch.Config, jarm bool) (fetch.Config, error) {
	guarded, err := fetch.New(visits)
	if err != nil {
		return visits, err
	}
	prober, err := probe.New(probe.Config{
		Control: guarded.Control, Resolvers: visits.Resolvers, UserAgent: visits.Vantage.UserAgent, JARM: jarm, Log: visits.Log,
	})
	if err != nil {
		return visits, err
	}
	visits.Probe = prober
	return visits, nil
}

// Crawl visits every site that is due, once. When ctx ends it hands out no
// further visit and finishes those in flight within run.Grace.
func (h *House) Crawl(ctx context.Context, visits fetch.Config, run crawler.Config) (crawler.Stats, error) {
	arch, err := h.Archive()
	if err != nil {
		return crawler.Stats{}, err
	}
	if err := h.checkSpace(); err != nil {
		return crawler.Stats{}, err
	}
	visits.Log, run.Log = h.opts.Log, h.opts.Log
	fetcher, err := fetch.New(visits)
	if err != nil {
		return crawler.Stats{}, err
	}
	due, err := h.Store.Due(ctx, h.opts.Now())
	if err != nil {
		return crawler.Stats{}, err
	}
	if run.Limit > 0 {
		due = min(due, run.Limit)
	}
	h.opts.Progress.Start("crawling", int64(due))
	defer h.opts.Progress.Done()
	inner := run.Progress
	run.Progress = func(p crawler.Progress) {
		h.opts.Progress.Add(1)
		if inner != nil {
			inner(p)
		}
	}
	stats, err := crawler.Run(ctx, run, h.Store, fetcher, arch)
	return stats, errors.Join(err, arch.Sync())
}

// checkSpace refuses to begin on a disk that is too full already.
func (h *House) checkSpace() error {
	free, err := FreeSpace(h.dir)
	if err != nil || free >= h.opts.MinFree {
		return err
	}
	return fmt.Errorf("%w: %d MiB are free below %s, the limit is %d MiB", data.ErrNoSpace, free>>20, h.dir, h.opts.MinFree>>20)
}
