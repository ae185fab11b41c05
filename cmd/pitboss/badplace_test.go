package main

import (
	"bytes"
	"database/sql"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to write what a newer pitboss would
)

// try runs a command line in this process.
func try(t *testing.T, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, stdin, &out, &errs)
	return code, out.String(), errs.String()
}

// imported makes a data directory with one candidate.
func imported(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if code, _, errs := try(t, strings.NewReader("one.example\n"), "import", "--data", dir, "-"); code != exitDone {
		t.Fatalf("import: code %d: %s", code, errs)
	}
	return dir
}

func TestNewerSchemaIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	path := filepath.Join(dir, "pitboss.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`PRAGMA user_version = 9999`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"families"}, {"cluster"}, {"crawl"}, {"import", "-"}} {
		code, _, errs := try(t, strings.NewReader("two.example\n"), append(args, "--data", dir)...)
		if code != exitFailed || !strings.Contains(errs, "newer") || !strings.Contains(errs, "--data") {
			t.Errorf("%v: code %d, standard error %q; want 1, the newer schema and a way out", args, code, errs)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the newer database was changed")
	}
}

func TestSecondWriterIsRefused(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	// A reader of standard input that never ends holds the directory open.
	in, feed := io.Pipe()
	held := make(chan int, 1)
	go func() {
		var out, errs bytes.Buffer
		held <- run(t.Context(), []string{"import", "--data", dir, "-"}, in, &out, &errs)
	}()
	if _, err := feed.Write([]byte("two.example\n")); err != nil { // returns when the reader is at work
		t.Fatal(err)
	}
	code, _, errs := try(t, strings.NewReader("three.example\n"), "import", "--data", dir, "-")
	if code != exitFailed || !strings.Contains(errs, "in use") || !strings.Contains(errs, "wait until the other pitboss has ended") {
		t.Errorf("second writer: code %d, standard error %q", code, errs)
	}
	if code, _, errs := try(t, nil, "site", "one.example", "--data", dir); code != exitDone {
		t.Errorf("a reader beside a writer: code %d: %s", code, errs)
	}
	feed.Close()
	if code := <-held; code != exitDone {
		t.Errorf("the first writer ended with code %d", code)
	}
}

func TestFullStandardOutput(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		lacking(t, "no /dev/full here")
	}
	cmd := exec.CommandContext(t.Context(), program(t), "version")
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	cmd.Stdout = full
	if err := cmd.Run(); err == nil {
		t.Error("output that was lost is reported as done")
	}
}

// lacking skips a test for what the machine lacks; in CI nothing may be
// lacking.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("PITBOSS_CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
