package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents are the texts that tell people what to type.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := moduleRoot(t)
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range append(paths, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(p)] = string(raw)
	}
	return out
}

// commandLine finds a call of the program: in a block of shell, or in running
// text between backquotes.
var commandLine = regexp.MustCompile("(?m)(?:^\\s*bin/|\\| bin/|`(?:bin/)?)pitboss ([^`\\n|#]+)")

// TestDocumentedCommandsExist parses every command line of the documentation
// as the program would: a command or flag that was renamed fails here.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	seen := 0
	for name, text := range documents(t) {
		for _, m := range commandLine.FindAllStringSubmatch(text, -1) {
			line := strings.TrimSpace(m[1])
			if err := parses(strings.Fields(line)); err != nil {
				t.Errorf("%s: pitboss %s: %v", name, line, err)
			}
			seen++
		}
	}
	if seen < 30 {
		t.Errorf("only %d command lines found in the documentation", seen)
	}
}

// parses reports whether a command line names a command and its flags.
func parses(args []string) error {
	root := newRootCommand(newApp(strings.NewReader(""), io.Discard, io.Discard, nil))
	for i, a := range args { // quoted words may hold spaces; flags never stand in quotes
		args[i] = strings.Trim(a, "'\"[]…,;.")
	}
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if cmd == root && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && rest[0] != "help" {
		return fmt.Errorf("no command %q", rest[0])
	}
	for _, a := range rest {
		flag, isFlag := strings.CutPrefix(a, "--")
		if flag, _, _ = strings.Cut(flag, "="); isFlag && flag != "" && cmd.Flag(flag) == nil && cmd.InheritedFlags().Lookup(flag) == nil {
			return fmt.Errorf("no flag --%s", flag)
		}
	}
	return nil
}

func TestDocumentedMakeTargetsExist(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(moduleRoot(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):.*## `).FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	for name, text := range documents(t) {
		for _, m := range regexp.MustCompile("(?m)(?:^|`|\\s\\s)make ([a-z-]+)(?:`|\\s|$)").FindAllStringSubmatch(text, -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s: there is no `make %s`", name, m[1])
			}
		}
	}
}

// TestDocumentedFiguresAreTheStored holds the table of docs/quality.md against
// the files that `make quality` compares with.
func TestDocumentedFiguresAreTheStored(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(moduleRoot(t), "docs")
	stored := map[string]map[string]float64{}
	for _, set := range []string{"demo", "corpus"} {
		raw, err := os.ReadFile(filepath.Join(dir, "quality", set+".json"))
		if err != nil {
			t.Fatal(err)
		}
		figures := map[string]float64{}
		if err := json.Unmarshal(raw, &figures); err != nil {
			t.Fatal(err)
		}
		stored[set] = figures
	}
	text := documents(t)["quality.md"]
	for name, demo := range stored["demo"] {
		row := fmt.Sprintf("| `%s` | %.4f | %.4f |", name, demo, stored["corpus"][name])
		if !strings.Contains(text, row) {
			t.Errorf("docs/quality.md lacks the row %q; `make quality-update` writes it", row)
		}
	}
}

// TestDocumentedFilesExist follows the relative links of the documentation.
func TestDocumentedFilesExist(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	for name, text := range documents(t) {
		base := root
		if name != "README.md" && name != "CONTRIBUTING.md" {
			base = filepath.Join(root, "docs")
		}
		for _, m := range regexp.MustCompile(`\]\(([^):#]+)\)`).FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(base, m[1])); err != nil {
				t.Errorf("%s: a link leads nowhere: %v", name, err)
			}
		}
	}
}
