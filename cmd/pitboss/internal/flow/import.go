package flow

import (
	"context"
	"errors"
	"io"

	"pitboss/crawler/intake"
	"pitboss/data"
)

const (
	candidateBatch = 50_000 // candidates a transaction
	visitBatch     = 64     // imported visits a transaction
	shownProblems  = 10     // problems that are kept to be shown
)

// ImportResult is what one import did.
type ImportResult struct {
	Name      string         `json:"name"`                // of the file
	Form      Form           `json:"form"`                // what it held
	Read      int            `json:"read"`                // valid candidates, or WARC records
	Added     int            `json:"added"`               // new sites, or new visits
	Bad       int            `json:"bad"`                 // lines or records that could not be read
	Problems  []string       `json:"problems,omitempty"`  // the first of them, with line or offset
	Skipped   map[string]int `json:"skipped,omitempty"`   // lines or records left out on purpose, by reason
	Truncated bool           `json:"truncated,omitempty"` // the file ends within a record
}

func (r *ImportResult) problem(err error) {
	r.Bad++
	if len(r.Problems) < shownProblems {
		r.Problems = append(r.Problems, err.Error())
	}
}

// Import reads candidates or captures, whichever the stream turns out to hold.
// name is what the source is called ever after. An error means that reading or
// storing stopped; malformed lines and records are counted instead.
func (h *House) Import(ctx context.Context, r io.Reader, name string) (ImportResult, error) {
	form, r, err := sniff(r)
	if err != nil {
		return ImportResult{Name: name}, err
	}
	res := ImportResult{Name: name, Form: form}
	if form == FormWARC {
		err = h.importWARC(ctx, r, &res)
	} else {
		err = h.importCandidates(ctx, r, &res)
	}
	return res, err
}

func (h *House) importCandidates(ctx context.Context, r io.Reader, res *ImportResult) error {
	h.opts.Progress.Start("importing "+res.Name, -1)
	defer h.opts.Progress.Done()
	batch := make([]data.Candidate, 0, candidateBatch)
	// What was read is kept when ctx ends.
	storing := context.WithoutCancel(ctx)
	flush := func() error {
		added, err := h.Store.AddCandidates(storing, batch)
		res.Added += added
		h.opts.Progress.Add(int64(len(batch)))
		batch = batch[:0]
		return err
	}
	var stats intake.Stats
	defer func() { res.Skipped = stats.Skipped }()
	for c, err := range intake.Read(r, res.Name, intake.Options{Now: h.opts.Now(), Stats: &stats}) {
		if ctx.Err() != nil {
			return errors.Join(flush(), ctx.Err())
		}
		if _, ok := errors.AsType[*intake.LineError](err); ok {
			res.problem(err)
			continue
		}
		if err != nil {
			return errors.Join(err, flush())
		}
		res.Read++
		batch = append(batch, c)
		if len(batch) == cap(batch) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (h *House) importWARC(ctx context.Context, r io.Reader, res *ImportResult) error {
	arch, err := h.Archive()
	if err != nil {
		return err
	}
	h.opts.Progress.Start("importing "+res.Name, -1)
	defer h.opts.Progress.Done()
	var batch []data.Visit
	storing := context.WithoutCancel(ctx)
	flush := func() error {
		// What the store names must be on the disk first.
		if err := arch.Sync(); err != nil {
			return err
		}
		added, err := h.Store.AddVisits(storing, batch)
		res.Added += added
		h.opts.Progress.Add(int64(len(batch)))
		batch = batch[:0]
		return err
	}
	stats, err := arch.Import(ctx, r, res.Name, func(v data.Visit) error {
		batch = append(batch, v)
		if len(batch) < visitBatch {
			return nil
		}
		return flush()
	})
	res.Read, res.Skipped = stats.Records, stats.Skipped
	for _, e := range stats.Errors {
		res.problem(e)
	}
	res.Bad = stats.Failed
	if stats.Truncated {
		res.Truncated = true
		res.Bad = max(res.Bad, 1)
	}
	return errors.Join(err, flush())
}
