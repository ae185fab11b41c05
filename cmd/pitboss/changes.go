package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

func newChangesCommand(a *app) *cobra.Command {
	var since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "changes",
		Short:   "Show what moved between runs of cluster: the morning's reading",
		Example: "  pitboss changes --since 24h\n  pitboss changes --since 2026-11-01",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runChanges(cmd.Context(), a, since, asJSON)
		},
	}
	cmd.Flags().StringVar(&since, "since", "168h", "a `time`: 2026-11-21, 2026-11-21T08:00:00Z, or an age such as 36h or 7d")
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runChanges(ctx context.Context, a *app, since string, asJSON bool) error {
	from, err := parseSince(since, time.Now())
	if err != nil {
		return err
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		changes, err := h.Store.Changes(ctx, from)
		if err != nil {
			return err
		}
		if asJSON {
			return printEach(a, changes)
		}
		if len(changes) == 0 {
			a.notef("nothing moved since %s", from.UTC().Format(time.RFC3339))
			return nil
		}
		t := newTable(column{head: "WHEN"}, column{head: "WHAT"}, column{head: "LAYER"}, column{head: "FAMILY", most: 24},
			column{head: "SITE OR FAMILY", most: 40}, column{head: "REASON", most: 80})
		for _, c := range changes {
			other := c.Host
			if other == "" {
				other = c.Other
			}
			t.add(c.At.UTC().Format("2006-01-02 15:04"), string(c.Kind), string(c.Layer), c.Family, data.UnicodeHost(other), c.Reason)
		}
		return t.write(a.stdout)
	})
}

// parseSince reads a day, an instant, or an age before now.
func parseSince(s string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	if n, ok := strings.CutSuffix(s, "d"); ok {
		if days, err := strconv.Atoi(n); err == nil && days >= 0 {
			return now.AddDate(0, 0, -days), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return time.Time{}, usagef("--since %q: say a day (2026-11-21), an instant (2026-11-21T08:00:00Z) or an age (36h, 7d)", s)
	}
	return now.Add(-d), nil
}
