package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pitboss/cmd/pitboss/internal/config"
)

// rootHelp is the first page anybody reads.
const rootHelp = `pitboss finds out who builds illegal gambling sites.

It visits suspected sites, keeps what it saw as evidence, reads the marks that
a builder leaves behind, and groups the sites into builders' families,
templates and operator groups, each with the reasons.

  pitboss demo                  try the whole flow on a made-up web, offline
  pitboss import suspects.txt   candidates: list, hosts, adblock, CSV, JSON lines
  pitboss crawl                 visit the candidates that are due
  pitboss cluster               find the families
  pitboss families              read them

Every flag can be set in the environment (--data is PITBOSS_DATA) or in the
file that --config names (data: DIR). Flags win over the environment, and the
environment wins over the file.

Exit codes: 0 done, 1 failed, 2 usage, 3 done in part, 130 interrupted.`

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:                        "pitboss",
		Short:                      "Find out who builds illegal gambling sites",
		Long:                       rootHelp,
		Args:                       rootArgs,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	addGlobalFlags(root.PersistentFlags(), a)
	addCommands(root, a)
	known := knownFlags(root)
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := config.Apply(cmd.Flags(), known, a.environ); err != nil {
			return &usageError{err}
		}
		return nil
	}
	return root
}

func addGlobalFlags(fs *pflag.FlagSet, a *app) {
	fs.StringVar(&a.dataDir, "data", "pitboss-data", "`folder` with the database and the archive")
	fs.StringVar(&a.configFile, "config", "", "YAML `file` with values for any flag")
	fs.StringVar(&a.modelFile, "model", "", "`file` with a clustering model, as `pitboss learn` writes it, instead of the shipped one")
	fs.StringVar(&a.logLevel, "log-level", "info", "least `level` to log: debug, info, warn, error")
	fs.StringVar(&a.logFormat, "log-format", "text", "`form` of the log: text or json")
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "log errors only, show no progress")
}

// knownFlags are all names that the environment and the file may set. A name
// means the same wherever it occurs, so one flat list will do.
func knownFlags(root *cobra.Command) map[string]bool {
	known := map[string]bool{}
	add := func(f *pflag.Flag) {
		if f.Name != "help" {
			known[f.Name] = true
		}
	}
	root.PersistentFlags().VisitAll(add)
	for _, cmd := range root.Commands() {
		cmd.Flags().VisitAll(add)
	}
	return known
}

// rootArgs answers an unknown command with the likely one.
func rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return usagef("unknown command %q", args[0])
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, got %q", cmd.Name(), args[0])
	}
	return nil
}

// exactly asks for the named arguments, no more and no fewer.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s needs %s; got %d argument(s)", cmd.Name(), strings.Join(names, " "), len(args))
		}
		return nil
	}
}

// atLeastOne asks for one argument or more.
func atLeastOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("%s needs at least one %s", cmd.Name(), name)
		}
		return nil
	}
}

func addJSONFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON lines instead of a table")
}
