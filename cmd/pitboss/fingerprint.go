package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type fingerprintOptions struct {
	all    bool
	asJSON bool
}

func newFingerprintCommand(a *app) *cobra.Command {
	var o fingerprintOptions
	cmd := &cobra.Command{
		Use:   "fingerprint",
		Short: "Compute fingerprints from the archive",
		Long: `Compute the fingerprint of each site's latest good capture that this version
has not read yet. Import and cluster do so by themselves; use this command after
an upgrade, or with --all to compute every fingerprint again.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runFingerprint(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.all, "all", false, "also compute again what is up to date")
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

func runFingerprint(ctx context.Context, a *app, o fingerprintOptions) error {
	return a.withHouse(ctx, func(h *flow.House) error {
		res, err := h.Fingerprint(ctx, o.all)
		if err != nil {
			return err
		}
		if o.asJSON {
			err = a.printJSON(res)
		} else {
			_, err = fmt.Fprintf(a.stdout, "%d fingerprints made, %d captures could not be read\n", res.Made, res.Failed)
		}
		if err == nil && res.Failed > 0 {
			err = fmt.Errorf("%w: %d captures could not be read; the first: %s", data.ErrPartial, res.Failed, res.Problems[0])
		}
		return err
	})
}

// fingerprintPending makes what is missing and reports on standard error. It
// returns how many captures could not be read.
func (a *app) fingerprintPending(ctx context.Context, h *flow.House) (failed int, err error) {
	res, err := h.Fingerprint(ctx, false)
	if err != nil {
		return 0, err
	}
	if res.Made+res.Failed > 0 {
		a.notef("%d fingerprints made", res.Made)
	}
	for _, p := range res.Problems {
		a.notef("no fingerprint: %s", sanitize(p))
	}
	return res.Failed, nil
}
