package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type labelOptions struct {
	as, reason string
	layer      string
	family     string
	asJSON     bool
}

const labelHelp = `Record a reviewer's verdict. The log of verdicts only grows: revoke takes one
back by its id.

  gambling HOST              the site is an illegal gambling site
  harmless HOST              it is not
  confirm HOST --family ID   the site belongs to the family
  reject HOST --family ID    it does not
  must-link HOST OTHER       the two belong together on --layer
  cannot-link HOST OTHER     they do not
  name NAME --family ID      the family is called so
  revoke VERDICT             takes a verdict back

The next ` + "`pitboss cluster`" + ` and ` + "`pitboss export`" + ` follow it.`

func newLabelCommand(a *app) *cobra.Command {
	var o labelOptions
	cmd := &cobra.Command{
		Use:     "label KIND [HOST…|NAME|VERDICT]",
		Short:   "Record a verdict: gambling, harmless, confirm, reject, must-link, cannot-link, name, revoke",
		Long:    labelHelp,
		Example: "  pitboss label harmless news.example --as kim --reason 'sports paper'\n  pitboss label must-link a.example b.example --as kim --reason 'same admin panel'",
		Args:    atLeastOne("KIND"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLabel(cmd.Context(), a, args, o)
		},
	}
	cmd.Flags().StringVar(&o.as, "as", "", "`name` of the reviewer (required)")
	cmd.Flags().StringVar(&o.reason, "reason", "", "`why`, for whoever reads it later (required)")
	cmd.Flags().StringVar(&o.layer, "layer", string(data.LayerBuilder), "`layer` of must-link and cannot-link")
	cmd.Flags().StringVar(&o.family, "family", "", "`ID` of the family")
	addJSONFlag(cmd, &o.asJSON)
	cmd.AddCommand(newVerdictsCommand(a))
	return cmd
}

func runLabel(ctx context.Context, a *app, args []string, o labelOptions) error {
	v, err := newVerdict(args[0], args[1:], o)
	if err != nil {
		return &usageError{err}
	}
	return a.withHouse(ctx, func(h *flow.House) error {
		if err := checkVerdict(ctx, h, v); err != nil {
			return err
		}
		if err := h.Store.AddVerdict(ctx, v); err != nil {
			return err
		}
		if o.asJSON {
			return a.printJSON(v)
		}
		_, err := fmt.Fprintf(a.stdout, "verdict %s recorded: %s\n", v.ID, v.Kind)
		return err
	})
}

// verdictKinds are the kinds in the order in which the help explains them.
var verdictKinds = []data.VerdictKind{
	data.VerdictGambling, data.VerdictHarmless, data.VerdictConfirm, data.VerdictReject,
	data.VerdictMustLink, data.VerdictCannotLink, data.VerdictName, data.VerdictRevoke,
}

// newVerdict reads a command line into a verdict.
func newVerdict(kind string, args []string, o labelOptions) (data.Verdict, error) {
	if !slices.Contains(verdictKinds, data.VerdictKind(kind)) {
		return data.Verdict{}, fmt.Errorf("unknown kind of verdict %q; say %s", kind, joinStrings(verdictKinds, ""))
	}
	o.as, o.reason = strings.TrimSpace(o.as), strings.TrimSpace(o.reason)
	if o.as == "" || o.reason == "" {
		return data.Verdict{}, errors.New("a verdict needs --as NAME and --reason WHY")
	}
	v := data.Verdict{ID: rand.Text(), At: time.Now().UTC(), By: o.as, Kind: data.VerdictKind(kind), Reason: o.reason}
	want := 1
	switch v.Kind {
	case data.VerdictMustLink, data.VerdictCannotLink:
		want = 2
		layers, err := layersOf(o.layer)
		if err != nil || len(layers) != 1 {
			return v, fmt.Errorf("--layer %q: say builder, template or operator", o.layer)
		}
		v.Layer = layers[0]
	case data.VerdictConfirm, data.VerdictReject, data.VerdictName:
		if o.family == "" {
			return v, fmt.Errorf("%s needs --family ID", kind)
		}
		v.Family = o.family
	case data.VerdictGambling, data.VerdictHarmless, data.VerdictRevoke: // about sites, or another verdict
	}
	if len(args) != want {
		return v, fmt.Errorf("%s takes %d argument(s) after it, got %d", kind, want, len(args))
	}
	switch v.Kind {
	case data.VerdictName:
		if v.Name = strings.TrimSpace(args[0]); v.Name == "" {
			return v, errors.New("a family's name is not empty")
		}
	case data.VerdictRevoke:
		v.Revokes = args[0]
	default:
		var err error
		v.Hosts, err = normalizeHosts(args)
		return v, err
	}
	return v, nil
}

func normalizeHosts(names []string) ([]string, error) {
	var hosts []string
	for _, name := range names {
		host, err := data.NormalizeHost(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(hosts, host) {
			return nil, fmt.Errorf("%s is named twice", host)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// checkVerdict refuses a verdict about something that does not exist: a typing
// error would otherwise lie in the log for ever.
func checkVerdict(ctx context.Context, h *flow.House, v data.Verdict) error {
	for _, host := range v.Hosts {
		if _, err := h.Store.Site(ctx, host); err != nil {
			return withRemedyIf(data.ErrNotFound, fmt.Errorf("site %s: %w", host, err), "import it first: echo %s | pitboss import -", host)
		}
	}
	if v.Family != "" {
		if _, err := h.Store.Family(ctx, v.Family); err != nil {
			return withRemedyIf(data.ErrNotFound, fmt.Errorf("family %s: %w", v.Family, err), "`pitboss families --layer all` lists the ids")
		}
	}
	if v.Revokes == "" {
		return nil
	}
	all, err := h.Store.Verdicts(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(old data.Verdict) bool { return old.ID == v.Revokes }) {
		return withRemedy(fmt.Errorf("verdict %s: %w", v.Revokes, data.ErrNotFound), "`pitboss label list` shows the ids")
	}
	return nil
}

func newVerdictsCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show the log of verdicts, oldest first",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerdicts(cmd.Context(), a, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runVerdicts(ctx context.Context, a *app, asJSON bool) error {
	return a.readHouse(ctx, func(h *flow.House) error {
		all, err := h.Store.Verdicts(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			return printEach(a, all)
		}
		t := newTable(column{head: "VERDICT"}, column{head: "DAY"}, column{head: "BY", most: 20}, column{head: "KIND"},
			column{head: "ABOUT", most: 60}, column{head: "REASON", most: 60})
		for _, v := range all {
			about := append(slices.Clone(v.Hosts), v.Family, v.Name, v.Revokes)
			about = slices.DeleteFunc(about, func(s string) bool { return s == "" })
			t.add(v.ID, day(v.At), v.By, string(v.Kind), joinStrings(about, ""), v.Reason)
		}
		return t.write(a.stdout)
	})
}
