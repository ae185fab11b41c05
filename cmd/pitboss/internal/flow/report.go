package flow

import (
	"context"
	"net/http"

	"pitboss/cluster/review"
)

// Report writes the review pages as static files into dir.
func (h *House) Report(ctx context.Context, dir string) error {
	return review.WriteStatic(ctx, h.Store, dir, review.Options{Now: h.opts.Now})
}

// Pages returns the review pages.
func (h *House) Pages() http.Handler {
	return review.HandlerWith(h.Store, review.Options{Now: h.opts.Now}, h.opts.Log)
}
