package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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

func TestReadOnlyDataDirectory(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	lockAway(t, dir)
	if code, _, errs := try(t, nil, "site", "one.example", "--data", dir); code != exitDone {
		t.Errorf("reading: code %d: %s", code, errs)
	}
	for _, args := range [][]string{{"import", "-"}, {"cluster"}, {"crawl"}} {
		code, _, errs := try(t, strings.NewReader("two.example\n"), append(args, "--data", dir)...)
		if code != exitFailed || !strings.Contains(errs, dir) || !strings.Contains(errs, "--data") {
			t.Errorf("%v: code %d, standard error %q; want 1, the folder and a way out", args, code, errs)
		}
	}
}

// lockAway makes a folder read-only: by its mode, or for root, whom modes do
// not stop, by a read-only mount over it.
func lockAway(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		return
	}
	mount(t, dir, dir, "", syscall.MS_BIND, "")
	if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		lacking(t, fmt.Sprintf("cannot mount read-only: %v", err))
	}
}

// mount mounts until the test ends, or says that this machine does not let it.
func mount(t *testing.T, source, dir, kind string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount(source, dir, kind, flags, options); err != nil {
		lacking(t, fmt.Sprintf("cannot mount: %v", err))
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
}

// lacking skips a test for what the machine lacks. Mounting needs rights that
// a container may not give even to root, so CI skips too.
func lacking(t *testing.T, what string) {
	t.Helper()
	t.Skip(what)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		lacking(t, "only root can mount a small disk")
	}
	disk := t.TempDir()
	mount(t, "tmpfs", disk, "tmpfs", 0, "size=2m")
	dir := filepath.Join(disk, "data")
	var list strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&list, "site-%06d.example\n", i)
	}
	code, _, errs := try(t, strings.NewReader(list.String()), "import", "--data", dir, "-")
	if code != exitFailed || !strings.Contains(errs, "space") || !strings.Contains(errs, "run the same command again") {
		t.Errorf("code %d, standard error %q; want 1, the lack of space and a way out", code, errs)
	}
	// What was committed can still be read.
	if code, _, errs := try(t, nil, "families", "--data", dir); code != exitDone {
		t.Errorf("reading afterwards: code %d: %s", code, errs)
	}
	// A crawl does not begin under its limit.
	code, _, errs = try(t, nil, "crawl", "--data", dir, "--min-free", "100")
	if code != exitFailed || !strings.Contains(errs, "space") {
		t.Errorf("crawl: code %d, standard error %q", code, errs)
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
