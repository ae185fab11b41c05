package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type searchOptions struct {
	limit  int
	asJSON bool
}

func newSearchCommand(a *app) *cobra.Command {
	var o searchOptions
	cmd := &cobra.Command{
		Use:     "search INDICATOR",
		Short:   "Find the sites that carry an indicator: host, handle, wallet, id, hash, address",
		Example: "  pitboss search @some_channel\n  pitboss search 203.0.113.7\n  pitboss search -- -1335345823",
		Args:    exactly("INDICATOR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runSearch(cmd.Context(), a, args[0], o)
		},
	}
	cmd.Flags().IntVar(&o.limit, "limit", 100, "most `hits` to print")
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

func runSearch(ctx context.Context, a *app, indicator string, o searchOptions) error {
	if o.limit < 1 {
		return usagef("--limit %d: at least 1", o.limit)
	}
	if strings.TrimSpace(indicator) == "" {
		return usagef("search needs an INDICATOR that is not empty")
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		hits, err := h.Store.Search(ctx, indicator, o.limit)
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			a.notef("no site carries %q", sanitize(indicator))
		}
		if o.asJSON {
			return printEach(a, hits)
		}
		if len(hits) == 0 {
			return nil
		}
		t := newTable(column{head: "SITE", most: 40}, column{head: "KIND"}, column{head: "VALUE", most: 60}, column{head: "CONTEXT", most: 70})
		for _, hit := range hits {
			t.add(data.UnicodeHost(hit.Host), string(hit.Kind), hit.Value, hit.Context)
		}
		return t.write(a.stdout)
	})
}
