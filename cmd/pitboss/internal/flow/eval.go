package flow

import (
	"context"
	"io"

	"pitboss/cluster/eval"
)

// Eval compares the current families and assessments with a labels file. A run
// that does not exist yet is as if every site stood alone.
func (h *House) Eval(ctx context.Context, labels io.Reader, minTrust eval.Trust) (eval.Report, error) {
	truth, err := eval.ReadLabels(labels)
	if err != nil {
		return eval.Report{}, err
	}
	run, err := h.currentRun(ctx)
	if err != nil {
		return eval.Report{}, err
	}
	gambling := map[string]float64{}
	for f, err := range h.Store.Fingerprints(ctx) {
		if err != nil {
			return eval.Report{}, err
		}
		gambling[f.Host] = f.Assessment.Gambling
	}
	return eval.Evaluate(truth, eval.FromRun(run, gambling), minTrust), ctx.Err()
}
