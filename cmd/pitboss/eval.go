package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"pitboss/cluster/eval"
	"pitboss/cmd/pitboss/internal/flow"
)

type evalOptions struct {
	labels   string
	minTrust string
	against  string
	store    string
	asJSON   bool
}

func newEvalCommand(a *app) *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval --labels FILE",
		Short: "Measure families and assessments against labels",
		Long: `Measure the current families and assessments against a labels file: B³, ARI,
AMI, V-measure and the largest false merge for templates and builders, pairwise
figures for operators, and those of a classifier for gambling.

The file is tab-separated with a header: host, template, builder, operator,
gambling, kind, trust. An empty label means that the site stands alone, "?"
leaves it out of that layer's figures.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runEval(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.labels, "labels", "", "tab-separated `file` with the truth (required)")
	cmd.Flags().StringVar(&o.minTrust, "min-trust", "low", "least `trust` of a label that counts: low, medium, high")
	cmd.Flags().StringVar(&o.against, "against", "", "`file` of stored figures: print the difference, fail when one fell")
	cmd.Flags().StringVar(&o.store, "store", "", "`file` to store the figures in, for --against")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object instead of a table")
	return cmd
}

func runEval(ctx context.Context, a *app, o evalOptions) error {
	if o.labels == "" {
		return usagef("eval needs --labels FILE")
	}
	trust, err := eval.ParseTrust(o.minTrust)
	if err != nil {
		return usagef("--min-trust: %w", err)
	}
	f, err := os.Open(o.labels)
	if err != nil {
		return fmt.Errorf("eval: %w", err)
	}
	defer f.Close()
	return a.readHouse(ctx, func(h *flow.House) error {
		report, err := h.Eval(ctx, f, trust)
		if err != nil {
			return fmt.Errorf("eval %s: %w", o.labels, err)
		}
		return a.showReport(report, o)
	})
}

func (a *app) showReport(report eval.Report, o evalOptions) error {
	switch {
	case o.store != "":
		return storeFigures(o.store, figuresOf(report))
	case o.against != "":
		return compareFigures(a.stdout, o.against, figuresOf(report))
	case o.asJSON:
		return report.WriteJSON(a.stdout)
	}
	return report.WriteTable(a.stdout)
}
