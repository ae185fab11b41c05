package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
)

// errAltered: the archive is not what was archived.
var errAltered = errors.New("the archive differs from what was archived")

func newVerifyCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the digest of every archived record",
		Long: `Read back what every visit saw, and every record of the archive: answers,
requests and observations. A byte that differs from what was archived is
reported with its segment and offset, and the exit code is 1.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), a, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runVerify(ctx context.Context, a *app, asJSON bool) error {
	return a.readHouse(ctx, func(h *flow.House) error {
		res, err := h.Verify(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			err = a.printJSON(res)
		} else {
			for _, p := range res.Problems {
				fmt.Fprintln(a.stdout, sanitize(p))
			}
			_, err = fmt.Fprintf(a.stdout, "%d visits, %d records in %d segments: %d visits altered or missing, %d records damaged\n",
				res.Visits, res.Records, res.Segments, res.Altered, res.Damaged)
		}
		for _, t := range res.Torn {
			a.notef("%s: the segment ends within a record, as a killed crawl or a full disk leaves it; no visit needs that record", sanitize(t))
		}
		if err == nil && !res.Whole() {
			err = withRemedy(fmt.Errorf("%w: %d visits, %d records", errAltered, res.Altered, res.Damaged), "restore the named segments from a copy; their sites can also be visited again")
		}
		return err
	})
}
