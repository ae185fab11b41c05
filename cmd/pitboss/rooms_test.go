package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house rules that a linter cannot see: who may import whom, how long
// files and functions grow, what is documented. They hold for code, not for
// tests, which may reach across rooms.

const (
	maxFileLines    = 600
	maxFuncLinesP95 = 45
	maxFields       = 15
)

// room is one row of the import table: a folder, which of our own packages it
// may import, and why no more.
type room struct {
	dir string
	may []string
	why string
}

// rooms is the import table. The longest matching folder wins.
func rooms() []room {
	return []room{
		{"data", nil, "the nouns stand at the bottom"},
		{"data/sqlite", []string{"data"}, "a store keeps nouns and knows nobody who makes them"},
		{"data/postgres", []string{"data"}, "the same"},
		{"data/storetest", []string{"data"}, "the suite that every store passes"},
		{"data/reference", []string{"data"}, "reference data is read by others and reads nobody"},
		{"data/demo", []string{"data", "data/reference"}, "the made-up web is an input, so it may not know the program"},
		{"fingerprint", []string{"data", "data/reference"}, "pure: capture in, fingerprint out"},
		{"fingerprint/rules", []string{"data"}, "other people's rules over a capture: they see the page, not our reading of it"},
		{"cluster", []string{"data", "data/reference"}, "pure: fingerprints in, families out"},
		{"cluster/eval", []string{"data", "cluster"}, "measures what cluster finds"},
		{"cluster/review", []string{"data"}, "pages over a small store interface of its own"},
		{"cluster/export", []string{"data", "data/reference"}, "encoders and the safety gate"},
		{"crawler", []string{"data"}, "defines the queue, fetcher and archive it needs"},
		{"crawler/fetch", []string{"data", "crawler"}, "implements the crawler's fetcher"},
		{"crawler/browser", []string{"data", "crawler"}, "implements the crawler's renderer"},
		{"crawler/archive", []string{"data", "crawler"}, "WARC writing and reading"},
		{"crawler/intake", []string{"data"}, "lists of candidates"},
		{"cmd", []string{""}, "the command wires all rooms"},
	}
}

// forbidden are packages of others that only the named folders may import.
func forbidden() map[string][]string {
	return map[string][]string{
		"net/http":                          {"crawler", "cluster/review", "data/demo", "cmd"},
		"os/exec":                           {"crawler/browser", "cmd"},
		"database/sql":                      {"data/sqlite", "data/postgres"},
		"github.com/mattn/go-sqlite3":       {"data/sqlite"},
		"github.com/pressly/goose":          {"data/sqlite", "data/postgres"},
		"github.com/gocolly/colly":          {"crawler/fetch"},
		"github.com/projectdiscovery/httpx": {"crawler/fetch"},
		"github.com/miekg/dns":              {"crawler/fetch", "data/demo"},
		"github.com/chromedp/chromedp":      {"crawler/browser"},
		"github.com/internetarchive/gowarc": {"crawler/archive"},
		"github.com/spf13/cobra":            {"cmd"},
		"github.com/bradleyjkemp/sigma-go":  {"fingerprint/rules"},
		"github.com/schollz/progressbar":    {"cmd"},
		"github.com/jackc/pgx":              {"data/postgres"},
	}
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		r, ok := roomOf(f.dir)
		if !ok {
			t.Errorf("%s lies in no room; the top-level folders are data, fingerprint, cluster, crawler, cmd", f.path)
			continue
		}
		for _, imp := range f.ast.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, found := strings.CutPrefix(name, "pitboss/"); found && !mayImport(f.dir, r, ours) {
				t.Errorf("%s imports %s; %s may import %v: %s", f.path, ours, r.dir, r.may, r.why)
			}
			for pkg, dirs := range forbidden() {
				if within(name, pkg) && !slices.ContainsFunc(dirs, func(d string) bool { return within(f.dir, d) }) {
					t.Errorf("%s imports %s, which belongs to %v", f.path, name, dirs)
				}
			}
		}
	}
}

// mayImport allows a room its own inner packages, and what its row says.
func mayImport(dir string, r room, target string) bool {
	if within(target, r.dir) {
		owner, ok := roomOf(target)
		return ok && owner.dir == r.dir || r.dir == "cmd"
	}
	owner, ok := roomOf(target)
	if !ok {
		return false
	}
	return slices.ContainsFunc(r.may, func(m string) bool { return m == "" || m == owner.dir }) && dir != target
}

func roomOf(dir string) (room, bool) {
	var best room
	for _, r := range rooms() {
		if within(dir, r.dir) && len(r.dir) > len(best.dir) {
			best = r
		}
	}
	return best, best.dir != ""
}

// within reports whether a slash path is a folder or lies below it.
func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	for _, f := range sourceFiles(t) {
		if n := f.set.File(f.ast.Pos()).LineCount(); n > maxFileLines {
			t.Errorf("%s has %d lines; at %d a file has become two", f.path, n, maxFileLines)
		}
	}
}

func TestFunctionsStayShort(t *testing.T) {
	t.Parallel()
	type length struct {
		name  string
		lines int
	}
	var all []length
	for _, f := range sourceFiles(t) {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			lines := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
			all = append(all, length{fmt.Sprintf("%s: %s", f.path, fn.Name.Name), lines})
		}
	}
	slices.SortFunc(all, func(a, b length) int { return cmp.Compare(a.lines, b.lines) })
	p95 := all[len(all)*95/100]
	t.Logf("%d functions, median %d lines, p95 %d, longest %s with %d", len(all), all[len(all)/2].lines, p95.lines,
		all[len(all)-1].name, all[len(all)-1].lines)
	if p95.lines > maxFuncLinesP95 {
		t.Errorf("95th percentile of function length is %d lines (%s), more than %d", p95.lines, p95.name, maxFuncLinesP95)
	}
}

func TestExportsAreDocumented(t *testing.T) {
	t.Parallel()
	packages := map[string]bool{}
	for _, f := range sourceFiles(t) {
		packages[f.dir] = packages[f.dir] || f.ast.Doc != nil
		for _, d := range f.ast.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s is exported and has no comment", f.path, name)
			}
		}
	}
	for dir, ok := range packages {
		if !ok {
			t.Errorf("package %s does not say what it is for", dir)
		}
	}
}

// undocumented names the exported things of a declaration that no comment
// stands at. A comment at a group of constants or variables covers the group.
func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && receiverIsExported(d) && !wellKnown(d) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var out []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					out = append(out, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					out = append(out, s.Names[0].Name)
				}
			}
		}
		return out
	}
	return nil
}

// wellKnown reports methods whose meaning the standard library defines.
func wellKnown(d *ast.FuncDecl) bool {
	return d.Recv != nil && slices.Contains([]string{"Error", "Unwrap", "String", "Read", "Write", "Close", "ServeHTTP"}, d.Name.Name)
}

// receiverIsExported is false for methods of unexported types: nobody outside
// reads them.
func receiverIsExported(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	id, ok := typ.(*ast.Ident)
	return !ok || id.IsExported()
}

func TestStructsStaySmall(t *testing.T) {
	t.Parallel()
	flat := map[string]string{
		"cluster/eval/partition.go Scores":          "the figures of one layer, each a key that JSON readers know",
		"fingerprint/assess_observe.go observation": "what one pass over a page counts; taking it apart would make several passes",
	}
	for _, f := range sourceFiles(t) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			_, excused := flat[f.path+" "+spec.Name.Name]
			if s, ok := spec.Type.(*ast.StructType); ok && !excused && s.Fields.NumFields() > maxFields {
				t.Errorf("%s: struct %s has %d fields, more than %d", f.path, spec.Name.Name, s.Fields.NumFields(), maxFields)
			}
			return true
		})
	}
}

// sourceFile is one Go file of the module that is no test.
type sourceFile struct {
	path, dir string // below the module's root, with slashes
	set       *token.FileSet
	ast       *ast.File
}

func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	root := moduleRoot(t)
	var out []sourceFile
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		out = append(out, sourceFile{rel, path.Dir(rel), set, file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no source files found")
	}
	return out
}

// moduleRoot is the folder of go.mod, above the folder the test runs in.
func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
