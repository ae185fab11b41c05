package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type familyOptions struct {
	evidence bool
	asJSON   bool
}

func newFamilyCommand(a *app) *cobra.Command {
	var o familyOptions
	cmd := &cobra.Command{
		Use:   "family ID",
		Short: "Show one family: its sites, what defines it, why each site is in it",
		Long: `Show one family: what defines it, its sites, and why each site is in it. Sites
that are in it for the same reasons share one ledger of evidence.`,
		Args: exactly("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFamily(cmd.Context(), a, args[0], o)
		},
	}
	cmd.Flags().BoolVar(&o.evidence, "evidence", false, fmt.Sprintf("print every ledger, not the first %d alone", shownLedgers))
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

func runFamily(ctx context.Context, a *app, id string, o familyOptions) error {
	return a.readHouse(ctx, func(h *flow.House) error {
		f, err := h.Store.Family(ctx, id)
		if err != nil {
			return withRemedyIf(data.ErrNotFound, fmt.Errorf("family %s: %w", id, err), "`pitboss families --layer all` lists the ids")
		}
		if o.asJSON {
			return a.printJSON(f)
		}
		return a.showFamily(f, o)
	})
}

func (a *app) showFamily(f data.Family, o familyOptions) error {
	w := a.stdout
	fmt.Fprintf(w, "%s family %s", f.Layer, sanitize(f.ID))
	if f.Name != "" {
		fmt.Fprintf(w, " %q", sanitize(f.Name))
	}
	fmt.Fprintf(w, "\n%s, seen %s to %s, most typical %s\n", count(len(f.Members), "site"), day(f.FirstSeen), day(f.LastSeen), sanitize(data.UnicodeHost(f.Medoid)))
	if f.Parent != "" {
		fmt.Fprintf(w, "a template of builder family %s\n", sanitize(f.Parent))
	}
	if len(f.Defining) > 0 {
		fmt.Fprintln(w, "\nWhat defines it")
		t := newTable(column{head: "KIND"}, column{head: "INSIDE", right: true}, column{head: "OUTSIDE", right: true},
			column{head: "LIFT", right: true}, column{head: "VALUE", most: 80})
		for _, d := range f.Defining {
			t.add(string(d.Kind), strconv.Itoa(d.Inside), strconv.Itoa(d.Outside), strconv.FormatFloat(d.Lift, 'f', 1, 64), cmp.Or(d.Label, d.Value))
		}
		if err := t.write(w); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "\nIts sites")
	t := newTable(column{head: "SITE", most: 40}, column{head: "CONFIDENCE", right: true}, column{head: "NEAREST", most: 40}, column{head: "WHY", most: 100})
	for _, m := range f.Members {
		t.add(data.UnicodeHost(m.Host), probability(m.Confidence), data.UnicodeHost(m.Nearest), why(m.Evidence))
	}
	if err := t.write(w); err != nil {
		return err
	}
	return a.showLedgers(ledgers(f.Members), o.evidence)
}

// ledger is the evidence of the members that have the same.
type ledger struct {
	hosts    []string
	evidence []data.Evidence
}

// shownLedgers is how many ledgers of a family are printed unasked.
const shownLedgers = 4

// ledgers brings members together that are in a family for the same reasons,
// the most frequent reasons first. How alike whole views are makes them the
// same, whatever values each member shares there.
func ledgers(members []data.Member) []ledger {
	var out []ledger
	at := map[string]int{}
	for _, m := range members {
		var key strings.Builder
		for _, e := range m.Evidence {
			fmt.Fprintf(&key, "%s\x00%d\n", e.Kind, e.Weight)
			if !ofView(e) {
				fmt.Fprintf(&key, "%s\x00%s\n", e.Value, e.Detail)
			}
		}
		i, ok := at[key.String()]
		if !ok {
			i = len(out)
			at[key.String()] = i
			out = append(out, ledger{evidence: m.Evidence})
		}
		out[i].hosts = append(out[i].hosts, data.UnicodeHost(m.Host))
	}
	slices.SortStableFunc(out, func(x, y ledger) int { return cmp.Compare(len(y.hosts), len(x.hosts)) })
	return out
}

func (a *app) showLedgers(all []ledger, whole bool) error {
	shown := all
	if !whole {
		shown = all[:min(shownLedgers, len(all))]
	}
	for _, l := range shown {
		fmt.Fprintf(a.stdout, "\nWhy %s\n", a.brief(sanitize(strings.Join(l.hosts, ", ")), 110))
		if err := a.showEvidence(l.evidence); err != nil {
			return err
		}
	}
	if n := len(all) - len(shown); n > 0 {
		fmt.Fprintf(a.stdout, "\nand %s; --evidence prints them too, site HOST that of one site\n", count(n, "more ledger"))
	}
	return nil
}

// whyTerms is how many terms stand for a ledger in one line.
const whyTerms = 3

// why is the heaviest evidence in one line: "analytics +8.0 google:G-1; …".
func why(evidence []data.Evidence) string {
	var terms []string
	more := 0
	for _, e := range evidence {
		switch {
		case e.Kind == kindPrior || e.Kind == kindOutcome:
		case len(terms) == whyTerms:
			more++
		default:
			terms = append(terms, strings.TrimSpace(fmt.Sprintf("%s %+.1f %s", evidenceName(e.Kind), float64(e.Weight)/1000, telling(e.Value))))
		}
	}
	line := strings.Join(terms, "; ")
	if more > 0 {
		line += fmt.Sprintf("; %d more", more)
	}
	return line
}

// telling leaves out hashes, which tell a reader nothing.
func telling(value string) string {
	if len(value) >= 16 && strings.Trim(value, "0123456789abcdef") == "" {
		return ""
	}
	return value
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
