package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type familiesOptions struct {
	layer  string
	min    int
	asJSON bool
}

func newFamiliesCommand(a *app) *cobra.Command {
	var o familiesOptions
	cmd := &cobra.Command{
		Use:     "families",
		Short:   "List the families that were found, largest first",
		Example: "  pitboss families\n  pitboss families --layer operator --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runFamilies(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.layer, "layer", string(data.LayerBuilder), "`layer`: builder, template, operator or all")
	cmd.Flags().IntVar(&o.min, "min", 2, "least `number` of sites")
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

// layersOf reads the value of --layer.
func layersOf(s string) ([]data.Layer, error) {
	switch l := data.Layer(s); l {
	case "all":
		return []data.Layer{data.LayerBuilder, data.LayerTemplate, data.LayerOperator}, nil
	case data.LayerBuilder, data.LayerTemplate, data.LayerOperator:
		return []data.Layer{l}, nil
	case data.LayerInfrastructure:
		return nil, usagef("--layer infrastructure: infrastructure never makes families; try `pitboss search`")
	}
	return nil, usagef("--layer %q: say builder, template, operator or all", s)
}

func runFamilies(ctx context.Context, a *app, o familiesOptions) error {
	layers, err := layersOf(o.layer)
	if err != nil {
		return err
	}
	if o.min < 1 {
		return usagef("--min %d: at least 1", o.min)
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		var all []data.Family
		for _, l := range layers {
			families, err := h.Store.Families(ctx, l)
			if err != nil {
				return err
			}
			slices.SortStableFunc(families, func(x, y data.Family) int { return cmp.Compare(len(y.Members), len(x.Members)) })
			all = append(all, families...)
		}
		all = slices.DeleteFunc(all, func(f data.Family) bool { return len(f.Members) < o.min })
		if len(all) == 0 {
			a.notef("no families with at least %d sites; has `pitboss cluster` been run?", o.min)
		}
		switch {
		case o.asJSON:
			return printEach(a, all)
		case len(all) == 0:
			return nil
		}
		return a.familiesTable(all)
	})
}

func (a *app) familiesTable(families []data.Family) error {
	t := newTable(column{head: "FAMILY", most: 24}, column{head: "LAYER"}, column{head: "NAME", most: 24}, column{head: "SITES", right: true},
		column{head: "MEDOID", most: 32}, column{head: "LAST SEEN"}, column{head: "KNOWN BY", most: 48})
	for _, f := range families {
		t.add(f.ID, string(f.Layer), f.Name, strconv.Itoa(len(f.Members)), data.UnicodeHost(f.Medoid), day(f.LastSeen), knownBy(f))
	}
	return t.write(a.stdout)
}

// knownBy names a family's first defining feature.
func knownBy(f data.Family) string {
	if len(f.Defining) == 0 {
		return ""
	}
	d := f.Defining[0]
	return string(d.Kind) + " " + cmp.Or(d.Label, d.Value)
}

func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateOnly)
}

func probability(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) }

// bits prints a weight of evidence, "+3.2 bits".
func bits(m data.MilliBits) string { return fmt.Sprintf("%+.1f bits", float64(m)/1000) }

// printEach prints one JSON object a line.
func printEach[T any](a *app, all []T) error {
	for _, v := range all {
		if err := a.printJSON(v); err != nil {
			return err
		}
	}
	return nil
}

// joinStrings is strings.Join for any text type, with an answer for nothing.
func joinStrings[T ~string](parts []T, none string) string {
	if len(parts) == 0 {
		return none
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = string(p)
	}
	return strings.Join(out, ", ")
}
