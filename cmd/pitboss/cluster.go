package main

import (
	"context"
	"errors"
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
	First     bool   `json:"first"` // nothing came before that could have changed
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
		first, err := firstRun(ctx, h)
		if err != nil {
			return err
		}
		run, err := h.Cluster(ctx)
		if err != nil {
			return err
		}
		if err := a.showRun(run, first, asJSON); err != nil {
			return err
		}
		if failed > 0 {
			return fmt.Errorf("%w: %d captures could not be read; `pitboss verify` names them", data.ErrPartial, failed)
		}
		return nil
	})
}

// firstRun reports whether no run came before.
func firstRun(ctx context.Context, h *flow.House) (bool, error) {
	_, err := h.Store.CurrentRun(ctx)
	if errors.Is(err, data.ErrNotFound) {
		return true, nil
	}
	return false, err
}

func (a *app) showRun(run data.Run, first, asJSON bool) error {
	s := clusterSummary{Run: run.ID, Epoch: run.Epoch, Sites: run.Sites, Changes: len(run.Changes), First: first}
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
	since := "the first run"
	if !first {
		since = count(s.Changes, "change") + " since the last run"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %d builder families, %d templates, %d operator groups; %s\n",
		count(s.Sites, "site"), s.Builders, s.Templates, s.Operators, since)
	return err
}
