package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

// clusterSummary is what `pitboss cluster` prints.
type clusterSummary struct {
	Run       string `json:"run"`
	Epoch     string `json:"epoch"`
	Sites     int    `json:"sites"`
	Builders  int    `json:"builder_families"`
	Templates int    `json:"template_families"`
	Operators int    `json:"operator_groups"`
	Changes   int    `json:"changes"`
}

func newClusterCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "Find the families of all captured sites",
		Long: `Find builders' families, templates and operator groups. Captures without a
fingerprint are fingerprinted first. Families keep their ids from run to run;
` + "`pitboss changes`" + ` tells what moved.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runCluster(cmd.Context(), a, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runCluster(ctx context.Context, a *app, asJSON bool) error {
	return a.withHouse(ctx, func(h *flow.House) error {
		failed, err := a.fingerprintPending(ctx, h)
		if err != nil {
			return err
		}
		run, err := h.Cluster(ctx)
		if err != nil {
			return err
		}
		if err := a.showRun(run, asJSON); err != nil {
			return err
		}
		if failed > 0 {
			return fmt.Errorf("%w: %d captures could not be read; `pitboss verify` names them", data.ErrPartial, failed)
		}
		return nil
	})
}

func (a *app) showRun(run data.Run, asJSON bool) error {
	s := clusterSummary{Run: run.ID, Epoch: run.Epoch, Sites: run.Sites, Changes: len(run.Changes)}
	for _, f := range run.Families {
		switch f.Layer {
		case data.LayerBuilder:
			s.Builders++
		case data.LayerTemplate:
			s.Templates++
		case data.LayerOperator:
			s.Operators++
		case data.LayerInfrastructure: // never a family
		}
	}
	if asJSON {
		return a.printJSON(s)
	}
	_, err := fmt.Fprintf(a.stdout, "%d sites: %d builder families, %d templates, %d operator groups; %d changes since the last run\n",
		s.Sites, s.Builders, s.Templates, s.Operators, s.Changes)
	return err
}
