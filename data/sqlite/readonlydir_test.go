package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pitboss/data/sqlite"
)

// publicDir is one that nobody may enter too, as t.TempDir is not.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pitboss-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// protect takes the right to write from everybody.
func protect(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) // for the removal
}

func runChild(t *testing.T, role, dir string) string {
	t.Helper()
	out, _ := startChild(t, role, dir).CombinedOutput() // its output tells more than its exit code
	return strings.TrimSpace(string(out))
}

func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	dir := publicDir(t)
	fill(t, dir, 3)
	protect(t, dir)
	if out := runChild(t, roleReader, dir); out != "sites: 3" {
		t.Errorf("reader: %s", out)
	}
	out := runChild(t, roleWriter, dir)
	for _, want := range []string{"error:", dir, "cannot be written", "make it and its directory writable"} {
		if !strings.Contains(out, want) {
			t.Errorf("writer: %q is not in: %s", want, out)
		}
	}
}

func TestReadOnlyDirectoryBesideAWriter(t *testing.T) {
	t.Parallel()
	dir := publicDir(t)
	s := open(t, dir)
	if _, err := s.AddCandidates(t.Context(), candidatesOf(4)); err != nil {
		t.Fatal(err)
	}
	protect(t, dir)
	if out := runChild(t, roleReader, dir); out != "sites: 4" {
		t.Errorf("reader: %s", out)
	}
}

// TestReadOnlyCopyWithLog is a copy of a store that was in use, on a medium
// that cannot be written: what waits in its log must not be passed over in
// silence.
func TestReadOnlyCopyWithLog(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), publicDir(t)
	s := open(t, from)
	if _, err := s.AddCandidates(t.Context(), candidatesOf(4)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{sqlite.Name, sqlite.Name + "-wal"} {
		bytes, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), bytes, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	protect(t, to)
	out := runChild(t, roleReader, to)
	for _, want := range []string{"error:", to, "write-ahead log", "copy the directory"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in: %s", want, out)
		}
	}
}
