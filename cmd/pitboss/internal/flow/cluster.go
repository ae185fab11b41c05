package flow

import (
	"context"
	"errors"

	"pitboss/cluster"
	"pitboss/data"
)

// Cluster finds the families of all fingerprints and makes them the current
// run. What is pending is not fingerprinted here.
func (h *House) Cluster(ctx context.Context) (data.Run, error) {
	in, err := h.clusterInput(ctx)
	if err != nil {
		return data.Run{}, err
	}
	h.opts.Progress.Start("clustering", -1)
	run := cluster.Cluster(in)
	h.opts.Progress.Done()
	if err := ctx.Err(); err != nil {
		return data.Run{}, err
	}
	return run, h.Store.SaveRun(ctx, run)
}

// Why explains one pair of sites: a link a layer, each with its ledger. The
// errors are those of cluster.Why.
func (h *House) Why(ctx context.Context, a, b string) ([]data.Link, error) {
	in, err := h.clusterInput(ctx)
	if err != nil {
		return nil, err
	}
	return cluster.Why(in, a, b)
}

func (h *House) clusterInput(ctx context.Context) (cluster.Input, error) {
	in := cluster.Input{At: h.opts.Now().UTC()}
	for f, err := range h.Store.Fingerprints(ctx) {
		if err != nil {
			return in, err
		}
		in.Fingerprints = append(in.Fingerprints, f)
	}
	var err error
	if in.Verdicts, err = h.Store.Verdicts(ctx); err != nil {
		return in, err
	}
	previous, err := h.currentRun(ctx)
	if err != nil {
		return in, err
	}
	in.Previous, in.PreviousEpoch = previous.Families, previous.Epoch
	in.Model, err = cluster.DefaultModel()
	return in, err
}

// currentRun is the current run, or an empty one before the first.
func (h *House) currentRun(ctx context.Context) (data.Run, error) {
	run, err := h.Store.CurrentRun(ctx)
	if errors.Is(err, data.ErrNotFound) {
		return data.Run{}, nil
	}
	return run, err
}
