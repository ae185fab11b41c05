package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

func newWhyCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why HOST OTHER",
		Short: "Say what ties two sites, layer by layer, and what speaks against it",
		Args:  exactly("HOST", "OTHER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), a, args, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runWhy(ctx context.Context, a *app, names []string, asJSON bool) error {
	hosts, err := normalizeHosts(names)
	if err != nil {
		return &usageError{err}
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		links, err := h.Why(ctx, hosts[0], hosts[1])
		if err != nil {
			return fmt.Errorf("why: %w", err)
		}
		if asJSON {
			return printEach(a, links)
		}
		for i, l := range links {
			if i > 0 {
				fmt.Fprintln(a.stdout)
			}
			if err := a.showLink(l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *app) showLink(l data.Link) error {
	if l.Layer == data.LayerInfrastructure {
		fmt.Fprintf(a.stdout, "%s: shown for pivoting, ties nothing\n", l.Layer)
	} else {
		fmt.Fprintf(a.stdout, "%s: probability %s, %s\n", l.Layer, probability(l.Probability), bits(l.Weight))
	}
	if len(l.Evidence) == 0 {
		_, err := fmt.Fprintln(a.stdout, "  nothing in common")
		return err
	}
	return a.showEvidence(l.Evidence)
}
