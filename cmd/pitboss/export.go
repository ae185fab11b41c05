package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pitboss/cluster/export"
	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type exportOptions struct {
	format       string
	output       string
	refused      string
	at           string
	title        string
	zone         string
	jurisdiction string
	allow, top   string
	minGambling  float64
	maxAge       time.Duration
}

func newExportCommand(a *app) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export FORMAT",
		Short: "Write a blocklist of what passes the safety gate",
		Long: `Write the sites that pass the safety gate. A host is listed only on its own
recent gambling capture. Public suffixes, addresses, hacked legitimate sites,
licensed operators, names on the allow lists and names never captured are
refused; --refused FILE says which and why.

Formats: ` + formatNames() + `.

"urls" lists full URLs, for sites that cannot be told apart by name: hacked pages
and sites on a port of their own.`,
		Example: "  pitboss export adblock -o gambling.txt --refused refused.jsonl\n  pitboss export rpz --zone rpz.example",
		Args:    exactly("FORMAT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.format = args[0]
			return runExport(cmd.Context(), a, o)
		},
	}
	p := export.DefaultPolicy(time.Time{})
	fs := cmd.Flags()
	fs.StringVarP(&o.output, "output", "o", "", "`file` to write, replaced only when complete; default standard output")
	fs.StringVar(&o.refused, "refused", "", "`file` for the refusals, JSON lines")
	fs.StringVar(&o.at, "at", "", "`time` of the build (RFC 3339), so that a list can be made again byte for byte; default now")
	fs.StringVar(&o.title, "title", "", "`title` in the list's header")
	fs.StringVar(&o.zone, "zone", "", "`name` of the RPZ zone")
	fs.StringVar(&o.jurisdiction, "jurisdiction", p.Jurisdiction, "`code` of where the list is used (KR, CA-ON): only its licences exempt; empty: any licence does")
	fs.StringVar(&o.allow, "allow", "", "`file` of names that need two reviewers to be listed")
	fs.StringVar(&o.top, "top", "", "`file` of popular names that need two reviewers to be listed")
	fs.Float64Var(&o.minGambling, "min-gambling", p.MinGambling, "least `probability` of gambling")
	fs.DurationVar(&o.maxAge, "max-age", p.MaxAge, "greatest `age` of the capture")
	return cmd
}

func formatNames() string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

func runExport(ctx context.Context, a *app, o exportOptions) error {
	format, err := export.ParseFormat(o.format)
	if err != nil {
		return &usageError{err}
	}
	policy, err := o.policy()
	if err != nil {
		return err
	}
	about := export.Options{Title: o.title, Built: policy.Now, Zone: o.zone}
	if err := about.Validate(); err != nil {
		return &usageError{err}
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		result, err := h.Gate(ctx, policy)
		if err != nil {
			return err
		}
		var sum export.Summary
		err = a.writeTo(o.output, func(w io.Writer) error {
			if format == export.FormatURLs {
				sum, err = export.WritePages(w, about, slices.Values(result.Pages))
			} else {
				sum, err = export.Write(w, format, about, slices.Values(result.Listings))
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("export %s: %w", format, err)
		}
		refusals := slices.Concat(result.Refusals, sum.Left)
		a.showRefusals(sum.Written, refusals)
		return a.writeRefusals(o.refused, refusals)
	})
}

func (o exportOptions) policy() (export.Policy, error) {
	now := time.Now()
	if o.at != "" {
		at, err := time.Parse(time.RFC3339, o.at)
		if err != nil {
			return export.Policy{}, usagef("--at %q: say a time such as 2026-11-21T08:00:00Z", o.at)
		}
		now = at
	}
	p := export.DefaultPolicy(now)
	p.MinGambling, p.MaxAge, p.Jurisdiction = o.minGambling, o.maxAge, o.jurisdiction
	if err := p.Validate(); err != nil {
		return p, &usageError{err}
	}
	var err error
	if p.Allow, err = readNames(o.allow); err != nil {
		return p, fmt.Errorf("--allow: %w", err)
	}
	if p.Top, err = readNames(o.top); err != nil {
		return p, fmt.Errorf("--top: %w", err)
	}
	return p, nil
}

// readNames reads a list of names that guards the export. A line that cannot be
// read is an error: a guard with a hole is none.
func readNames(path string) (*export.Names, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no file means no list, which the policy knows as nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, bad, err := export.ReadNames(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if bad > 0 {
		return nil, fmt.Errorf("%s: %w: %d lines are no names", path, data.ErrInvalid, bad)
	}
	return names, nil
}

// writeTo writes to a file or to standard output. The file appears under its
// name only when it is complete.
func (a *app) writeTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (a *app) writeRefusals(path string, refusals []data.Refusal) error {
	if path == "" {
		return nil
	}
	return a.writeTo(path, func(w io.Writer) error {
		b := bufio.NewWriter(w)
		for _, r := range refusals {
			line, err := encodeJSON(r)
			if err != nil {
				return err
			}
			b.Write(line)
		}
		return b.Flush()
	})
}

// showRefusals sums up on standard error what the gate did.
func (a *app) showRefusals(written int, refusals []data.Refusal) {
	byCheck := map[string]int{}
	for _, r := range refusals {
		byCheck[r.Check]++
	}
	var parts []string
	for check, n := range byCheck {
		parts = append(parts, fmt.Sprintf("%s %d", check, n))
	}
	slices.Sort(parts)
	a.notef("%d entries written, %d sites refused", written, len(refusals))
	if len(parts) > 0 {
		a.notef("refused: %s", strings.Join(parts, ", "))
	}
}
