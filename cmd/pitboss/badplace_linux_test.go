package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

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
