package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
	"pitboss/fingerprint/rules"
)

type matchOptions struct {
	rules  []string // files and folders
	hosts  []string // empty: every site
	asJSON bool
}

func newMatchCommand(a *app) *cobra.Command {
	var o matchOptions
	cmd := &cobra.Command{
		Use:   "match RULES… [HOST…]",
		Short: "Run IOK rules over the archive",
		Long: `Run rules in the form of IOK (Sigma-like YAML) over the latest good capture of
each site, or of the named ones only. RULES are files, or folders of .yml and
.yaml files; an argument that is no file, no folder and does not look like one
is a host.

A rule that cannot be read is named with its line; the others run, and the exit
code is 3.`,
		Example: "  pitboss match rules/\n  pitboss match kit.yml other.yml suspect.example --json",
		Args:    atLeastOne("RULES"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.read(args); err != nil {
				return err
			}
			return runMatch(cmd.Context(), a, o)
		},
	}
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

// read tells rules from hosts.
func (o *matchOptions) read(args []string) error {
	for _, arg := range args {
		_, err := os.Stat(arg)
		lower := strings.ToLower(arg)
		looksLikeFile := strings.ContainsAny(arg, `/\`) || strings.HasSuffix(lower, ".yml") || strings.HasSuffix(lower, ".yaml")
		if err == nil || looksLikeFile {
			o.rules = append(o.rules, arg)
			continue
		}
		host, err := data.NormalizeHost(arg)
		if err != nil {
			return &usageError{fmt.Errorf("%q is no file and no host: %w", arg, err)}
		}
		o.hosts = append(o.hosts, host)
	}
	if len(o.rules) == 0 {
		return usagef("match: name a file or folder with rules first; %q is none", args[0])
	}
	return nil
}

// disk opens files by any path, also those above the working directory.
type disk struct{}

func (disk) Open(name string) (fs.File, error) { return os.Open(name) }

func runMatch(ctx context.Context, a *app, o matchOptions) error {
	for _, name := range o.rules {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("match: %w", err)
		}
	}
	set, bad := rules.Load(disk{}, o.rules...)
	if bad != nil {
		a.notef("%s", sanitizeLines(bad.Error()))
	}
	if len(set.Rules()) == 0 {
		return withRemedy(errors.New("match: no rule could be loaded"), "a folder is searched for files that end in .yml or .yaml")
	}
	return a.readHouse(ctx, func(h *flow.House) error {
		res, err := h.Match(ctx, set, o.hosts)
		if err != nil {
			return withRemedyIf(data.ErrNotFound, fmt.Errorf("match: %w", err), "it was never imported; `pitboss match RULES` without a host runs over all sites")
		}
		if err := a.showMatches(set, res, o.asJSON); err != nil {
			return err
		}
		if bad != nil {
			first, _, _ := strings.Cut(bad.Error(), "\n")
			return fmt.Errorf("%w: some rules could not be read; the first: %s", data.ErrPartial, first)
		}
		if res.Failed > 0 {
			return fmt.Errorf("%w: %d sites could not be matched; the first: %s", data.ErrPartial, res.Failed, res.Problems[0])
		}
		return nil
	})
}

// sanitizeLines keeps the line breaks of a list of errors.
func sanitizeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = sanitize(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (a *app) showMatches(set *rules.Set, res flow.MatchResult, asJSON bool) error {
	if len(res.Matches) == 0 {
		a.notef("none of %d rules holds for any of %d captures", len(set.Rules()), res.Captures)
	}
	if asJSON {
		return printEach(a, res.Matches)
	}
	if len(res.Matches) == 0 {
		return nil
	}
	t := newTable(column{head: "RULE", most: 48}, column{head: "HOST", most: 60}, column{head: "WHERE", most: 100})
	for i := range res.Matches {
		m := &res.Matches[i]
		t.add(m.Rule.ID, data.UnicodeHost(m.Host), m.Where())
	}
	return t.write(a.stdout)
}
