package flow

import (
	"context"
	"fmt"

	"pitboss/crawler/archive"
)

// VerifyResult is what verifying the archive found.
type VerifyResult struct {
	Visits   int      `json:"visits"`
	Altered  int      `json:"altered"`  // visits with a record that is missing or differs
	Segments int      `json:"segments"` // files of the archive
	Records  int      `json:"records"`  // of any type, whose digest was recomputed and is right
	Damaged  int      `json:"damaged"`  // records that cannot be read or differ, whether a visit needs them or not
	Problems []string `json:"problems"` // the altered visits, and the first damaged records of each segment
	Torn     []string `json:"torn"`     // segments that end within a record, as a killed crawl leaves them
}

// Whole reports whether everything is as it was archived.
func (r *VerifyResult) Whole() bool { return r.Altered == 0 && r.Damaged == 0 }

// Verify reads every archived visit back, then every record of every segment,
// and recomputes their digests.
func (h *House) Verify(ctx context.Context) (VerifyResult, error) {
	res := VerifyResult{Problems: []string{}, Torn: []string{}}
	arch, err := h.Archive()
	if err != nil {
		return res, err
	}
	h.opts.Progress.Start("verifying visits", -1)
	err = h.verifyVisits(ctx, arch, &res)
	h.opts.Progress.Done()
	if err != nil {
		return res, err
	}
	h.opts.Progress.Start("verifying segments", -1)
	defer h.opts.Progress.Done()
	segments, err := arch.Segments()
	if err != nil {
		return res, err
	}
	for _, name := range segments {
		check, err := arch.CheckSegment(ctx, name)
		if err != nil {
			return res, err
		}
		res.Segments++
		res.Records += check.Records
		res.Damaged += check.Failed
		for _, e := range check.Errors {
			res.Problems = append(res.Problems, name+": "+e.Error())
		}
		if check.Torn > 0 {
			res.Torn = append(res.Torn, fmt.Sprintf("%s: offset %d", name, check.Torn))
		}
		h.opts.Progress.Add(1)
	}
	return res, nil
}

func (h *House) verifyVisits(ctx context.Context, arch *archive.Archive, res *VerifyResult) error {
	for site, err := range h.Store.Sites(ctx) {
		if err != nil {
			return err
		}
		visits, err := h.Store.Visits(ctx, site.Host)
		if err != nil {
			return err
		}
		for _, v := range visits {
			_, err := arch.Load(ctx, v)
			if cause := ctx.Err(); cause != nil {
				return cause
			}
			res.Visits++
			if err != nil {
				res.Altered++
				res.Problems = append(res.Problems, err.Error())
			}
			h.opts.Progress.Add(1)
		}
	}
	return nil
}
