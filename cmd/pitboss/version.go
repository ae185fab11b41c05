package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is stamped by the Makefile through -ldflags "-X main.version=…".
var version string

// buildInfo is what `pitboss version` prints.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from a changed work tree
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// readBuildInfo prefers the stamped version and falls back to what the Go
// tool recorded, so that `go install` gives a useful answer too.
func readBuildInfo() buildInfo {
	b := buildInfo{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Revision = s.Value
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
		if b.Version == "" && info.Main.Version != "(devel)" {
			b.Version = info.Main.Version
		}
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	return b
}

func (b buildInfo) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "pitboss %s", b.Version)
	if b.Revision != "" {
		fmt.Fprintf(&s, " (%.12s", b.Revision)
		if b.Modified {
			s.WriteString(", modified")
		}
		s.WriteString(")")
	}
	fmt.Fprintf(&s, " %s %s", b.Go, b.Platform)
	return s.String()
}

func newVersionCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print which pitboss this is",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVersion(cmd.Context(), a, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runVersion(_ context.Context, a *app, asJSON bool) error {
	b := readBuildInfo()
	if asJSON {
		return a.printJSON(b)
	}
	_, err := fmt.Fprintln(a.stdout, b)
	return err
}
