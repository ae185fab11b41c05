package flow

import (
	"context"
	"errors"
	"fmt"
	"os"

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
	in.Model, err = h.model()
	return in, err
}

// model is the one the user named, or the one that is shipped.
func (h *House) model() (cluster.Model, error) {
	if h.opts.Model == "" {
		return cluster.DefaultModel()
	}
	b, err := os.ReadFile(h.opts.Model)
	if err != nil {
		return cluster.Model{}, fmt.Errorf("model: %w", err)
	}
	m, err := cluster.ParseModel(b)
	if err != nil {
		return cluster.Model{}, fmt.Errorf("model %s: %w", h.opts.Model, err)
	}
	return m, nil
}

// currentRun is the current run, or an empty one before the first.
func (h *House) currentRun(ctx context.Context) (data.Run, error) {
	run, err := h.Store.CurrentRun(ctx)
	if errors.Is(err, data.ErrNotFound) {
		return data.Run{}, nil
	}
	return run, err
}
