package sqlite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"pitboss/data"
)

// statements reads the constants of queries.go.
func statements(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "queries.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			text, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found[name.Name] = text
		}
		return false
	})
	return found
}

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestEveryStatementPrepares(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	found := statements(t)
	if len(found) < 50 {
		t.Fatalf("only %d statements were found", len(found))
	}
	for name, query := range found {
		st, err := s.writer.PrepareContext(t.Context(), query)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		st.Close()
	}
}

// TestReadsUseAnIndex keeps the statements that run once a site, or once a
// question of a user, from reading whole tables.
func TestReadsUseAnIndex(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	wholeTable := map[string]string{
		"sqlSearchTitle": "a part of a title may be anywhere; the index alone is read",
		"sqlVerdicts":    "reads the log",
		"sqlPruneRuns":   "there are at most three",
		"sqlCurrentRun":  "there is one",
		"sqlDropRun":     "its foreign key looks at the current run",
		"sqlAddRun":      "the same",
		"sqlVersion":     "a row a migration",
		"sqlDropLeases":  "once, at opening",
		"sqlIdentity":    "once, at opening",
	}
	for name, query := range statements(t) {
		if strings.HasPrefix(query, "PRAGMA") || wholeTable[name] != "" {
			continue
		}
		rows, err := s.writer.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(detail, "SCAN ") && !strings.Contains(detail, "CONSTANT ROW") {
				t.Errorf("%s: %s", name, detail)
			}
		}
		if err := rows.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		rows.Close()
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000",
	} {
		var got string
		if err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", pragma, got, err, want)
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), "DELETE FROM sites"); err == nil {
		t.Error("a reading connection can write")
	}
}

func TestLogsOnlyGrow(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	run := data.Run{ID: "r", Changes: []data.Change{{Run: "r", Kind: data.ChangeBorn, Family: "f"}}}
	if err := s.SaveRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	v := data.Verdict{ID: "v", Kind: data.VerdictGambling, By: "mina", Reason: "seen"}
	if err := s.AddVerdict(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE verdicts SET body = '{}'`, `DELETE FROM verdicts`, `UPDATE changes SET reason = ''`, `DELETE FROM changes`,
	} {
		if _, err := s.writer.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "only grows") {
			t.Errorf("%s: got %v, want a refusal", statement, err)
		}
	}
}

func TestOlderSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := migrationFiles.ReadFile("migrations/00001_store.sql")
	if err != nil {
		t.Fatal(err)
	}
	later := fstest.MapFS{
		"00001_store.sql": {Data: first},
		"00002_later.sql": {Data: []byte("-- +goose Up\nCREATE TABLE later (x INTEGER) STRICT;\n")},
	}
	_, err = openWith(t.Context(), dir, Options{ReadOnly: true}, later)
	if err == nil || !strings.Contains(err.Error(), "schema 1 and this program needs 2") || !strings.Contains(err.Error(), "writes once") {
		t.Fatalf("got %v, want an error that names both versions and the remedy", err)
	}
	for _, opts := range []Options{{}, {ReadOnly: true}} {
		s, err := openWith(t.Context(), dir, opts, later)
		if err != nil {
			t.Fatalf("%+v: %v", opts, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOldRunsArePruned(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	for _, id := range []string{"r1", "r2", "r3", "r3", "r4"} {
		run := data.Run{ID: id}
		for _, family := range []string{"f", "g", "h"} {
			run.Families = append(run.Families, data.Family{ID: family, Members: []data.Member{{Host: "a.example"}, {Host: "b.example"}}})
			run.Changes = append(run.Changes, data.Change{Kind: data.ChangeBorn, Family: family})
		}
		if err := s.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	for table, want := range map[string]int{
		"runs": keptRuns, "families": 3 * keptRuns, "member_chunks": 3 * keptRuns, "members": 6 * keptRuns, "changes": 12, "current_run": 1,
	} {
		var got int
		if err := s.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&got); err != nil || got != want {
			t.Errorf("%s has %d rows, %v; want %d", table, got, err, want)
		}
	}
}
