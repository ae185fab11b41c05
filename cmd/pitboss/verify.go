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
		Args:  noArgs,
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
			_, err = fmt.Fprintf(a.stdout, "%d visits with %d records: %d visits altered or missing\n", res.Visits, res.Records, res.Altered)
		}
		if err == nil && res.Altered > 0 {
			err = withRemedy(fmt.Errorf("%w: %d visits", errAltered, res.Altered), "restore the named segments from a copy; their sites can also be visited again")
		}
		return err
	})
}
