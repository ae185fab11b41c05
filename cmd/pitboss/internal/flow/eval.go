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
	in, err := h.clusterInput(ctx)
	if err != nil {
		return eval.Report{}, err
	}
	gambling := map[string]float64{}
	for i := range in.Fingerprints {
		gambling[in.Fingerprints[i].Host] = in.Fingerprints[i].Assessment.Gambling
	}
	report := eval.Evaluate(truth, eval.FromRun(run, gambling), minTrust)
	report.Linkage = eval.MeasureLinkage(in.Fingerprints, in.Model, truth, minTrust)
	return report, ctx.Err()
}

// Learn learns a clustering model from labels, beginning with the one that is
// shipped, and measures it on families it was not learned from.
func (h *House) Learn(ctx context.Context, labels io.Reader, o eval.LearnOptions) (eval.Learned, error) {
	truth, err := eval.ReadLabels(labels)
	if err != nil {
		return eval.Learned{}, err
	}
	in, err := h.clusterInput(ctx)
	if err != nil {
		return eval.Learned{}, err
	}
	return eval.Learn(ctx, in.Fingerprints, truth, in.Model, o)
}
