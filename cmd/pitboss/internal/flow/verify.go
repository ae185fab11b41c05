package flow

import (
	"context"
)

// VerifyResult is what verifying the archive found.
type VerifyResult struct {
	Visits   int      `json:"visits"`
	Records  int      `json:"records"`  // archived answers whose digest was recomputed
	Altered  int      `json:"altered"`  // visits with a record that is missing or differs
	Problems []string `json:"problems"` // one each, with segment and offset
}

// Verify reads every archived visit back and recomputes the digest of each
// record.
func (h *House) Verify(ctx context.Context) (VerifyResult, error) {
	var res VerifyResult
	arch, err := h.Archive()
	if err != nil {
		return res, err
	}
	h.opts.Progress.Start("verifying", -1)
	defer h.opts.Progress.Done()
	for site, err := range h.Store.Sites(ctx) {
		if err != nil {
			return res, err
		}
		visits, err := h.Store.Visits(ctx, site.Host)
		if err != nil {
			return res, err
		}
		for _, v := range visits {
			_, err := arch.Load(ctx, v)
			if cause := ctx.Err(); cause != nil {
				return res, cause
			}
			res.Visits++
			res.Records += len(v.Exchanges)
			if err != nil {
				res.Altered++
				res.Problems = append(res.Problems, err.Error())
			}
			h.opts.Progress.Add(1)
		}
	}
	return res, nil
}
