package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cluster/eval"
	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type learnOptions struct {
	labels   string
	minTrust string
	out      string
	trials   int
	seed     uint64
}

func newLearnCommand(a *app) *cobra.Command {
	var o learnOptions
	cmd := &cobra.Command{
		Use:   "learn --labels FILE",
		Short: "Learn a clustering model from labelled sites",
		Long: `Learn how views weigh, where families end and what a similarity is worth, from
the fingerprints in the data directory and a labels file like that of eval. The
figures printed are out of fold: each family was judged by what was learned
without it. The model that pitboss ships was checked this way.`,
		Example: `  pitboss learn --labels labels.tsv -o model.json
  pitboss cluster --model model.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runLearn(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.labels, "labels", "", "tab-separated `file` with the truth (required)")
	cmd.Flags().StringVar(&o.minTrust, "min-trust", "medium", "least `trust` of a label that counts: low, medium, high")
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "`file` for the model; without it only the figures are printed")
	cmd.Flags().IntVar(&o.trials, "trials", 60, "`weightings` tried per layer; a hundred take some minutes")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "`number` that the search starts from")
	return cmd
}

func runLearn(ctx context.Context, a *app, o learnOptions) error {
	if o.labels == "" {
		return usagef("learn needs --labels FILE")
	}
	if o.trials < 1 {
		return usagef("--trials: %d is less than 1", o.trials)
	}
	trust, err := eval.ParseTrust(o.minTrust)
	if err != nil {
		return usagef("--min-trust: %w", err)
	}
	f, err := os.Open(o.labels)
	if err != nil {
		return fmt.Errorf("learn: %w", err)
	}
	defer f.Close()
	return a.readHouse(ctx, func(h *flow.House) error {
		learned, err := h.Learn(ctx, f, eval.LearnOptions{MinTrust: trust, Trials: o.trials, Seed: o.seed, Progress: a.stderr})
		if err != nil {
			return fmt.Errorf("learn %s: %w", o.labels, err)
		}
		learned.Model.Version = time.Now().UTC().Format("2006-01-02") + ".learned"
		if err := a.showLearned(&learned); err != nil || o.out == "" {
			return err
		}
		b, err := json.MarshalIndent(learned.Model, "", "  ")
		if err != nil {
			return fmt.Errorf("learn: %w", err)
		}
		return os.WriteFile(o.out, append(b, '\n'), 0o644)
	})
}

func (a *app) showLearned(l *eval.Learned) error {
	t, b := l.Calibration[data.LayerTemplate], l.Calibration[data.LayerBuilder]
	_, err := fmt.Fprintf(a.stdout, `out of fold, families never learned from
template  B³ precision %.3f  recall %.3f  F1 %.3f  calibration error %.4f  Brier %.4f
builder   B³ precision %.3f  recall %.3f  F1 %.3f  calibration error %.4f  Brier %.4f
blocking  template %.3f  builder %.3f  across skins %.3f  at %.0f candidates a site
`, l.Template.Precision, l.Template.Recall, l.Template.F1, t.ECE, t.Brier,
		l.Builder.Precision, l.Builder.Recall, l.Builder.F1, b.ECE, b.Brier,
		l.Blocking.Template, l.Blocking.Builder, l.Blocking.AcrossSkins, l.Blocking.PerSite)
	return err
}
