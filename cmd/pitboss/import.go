package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

type importOptions struct {
	files  []string
	source string
	asJSON bool
}

func newImportCommand(a *app) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE…",
		Short: "Read candidates from lists, or captures from WARC files",
		Long: `Read candidates (a plain list, hosts file, adblock list, CSV with a header or
JSON lines, gzipped or not) or captures (WARC, WARC.gz). What a file is, is
told from its first bytes. "-" reads standard input.

Lines and records that cannot be read are counted and shown; the rest is
imported and the exit code is 3. Importing the same file twice adds nothing.`,
		Example: "  pitboss import suspects.txt\n  pitboss import crawl-2026.warc.gz\n  cat feed | pitboss import --source feed -",
		Args:    atLeastOne("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runImport(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.source, "source", "", "`name` of the source, instead of the file's")
	addJSONFlag(cmd, &o.asJSON)
	return cmd
}

func runImport(ctx context.Context, a *app, o importOptions) error {
	// All files are looked at before the first is read, so that a misspelt
	// name costs nothing.
	for _, name := range o.files {
		if err := checkInput(name); err != nil {
			return err
		}
	}
	return a.withHouse(ctx, func(h *flow.House) error {
		bad, captures := 0, false
		for _, name := range o.files {
			res, err := a.importFile(ctx, h, name, o)
			if err != nil {
				return fmt.Errorf("import %s: %w", name, err)
			}
			bad += res.Bad
			captures = captures || res.Form == flow.FormWARC
		}
		if captures {
			failed, err := a.fingerprintPending(ctx, h)
			if err != nil {
				return err
			}
			bad += failed
		}
		if bad > 0 {
			entries := "entries"
			if bad == 1 {
				entries = "entry"
			}
			return fmt.Errorf("%w: %d %s could not be read, the rest is imported", data.ErrPartial, bad, entries)
		}
		return nil
	})
}

// checkInput refuses what cannot be a list or a WARC before anything is done.
func checkInput(name string) error {
	if name == "-" {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if info.IsDir() {
		return withRemedy(fmt.Errorf("import %s: is a directory", name), "name the files in it: pitboss import %s",
			filepath.Join(name, "*"))
	}
	return nil
}

func (a *app) importFile(ctx context.Context, h *flow.House, name string, o importOptions) (flow.ImportResult, error) {
	r := a.stdin
	source := o.source
	if name == "-" {
		if source == "" {
			source = "stdin"
		}
	} else {
		f, err := os.Open(name)
		if err != nil {
			return flow.ImportResult{}, err
		}
		defer f.Close()
		r = f
		if source == "" {
			source = filepath.Base(name)
		}
	}
	res, err := h.Import(ctx, r, source)
	if res.Read+res.Bad > 0 {
		err = errors.Join(err, a.showImport(res, o.asJSON))
	}
	return res, err
}

func (a *app) showImport(res flow.ImportResult, asJSON bool) error {
	for _, p := range res.Problems {
		if !strings.HasPrefix(p, res.Name+":") { // a record's; those of lines begin with "name:line:"
			p = res.Name + ": " + p
		}
		a.notef("%s", sanitize(p))
	}
	if more := res.Bad - len(res.Problems); more > 0 && len(res.Problems) > 0 {
		a.notef("%s: and %d more", sanitize(res.Name), more)
	}
	for _, why := range slices.Sorted(maps.Keys(res.Skipped)) {
		a.notef("%s: %d left out: %s", sanitize(res.Name), res.Skipped[why], why)
	}
	if res.Truncated {
		a.notef("%s: the file ends within a record; everything before it was read", sanitize(res.Name))
	}
	if asJSON {
		return a.printJSON(res)
	}
	read, added := "candidates", "new sites"
	if res.Form == flow.FormWARC {
		read, added = "records", "new visits"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %d %s read, %d %s, %d bad\n", sanitize(res.Name), res.Read, read, res.Added, added, res.Bad)
	return err
}
