package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"pitboss/data"
)

func TestServeShowsThePagesUntilInterrupted(t *testing.T) {
	t.Parallel()
	dir := imported(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, says := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, nil, says, io.Discard)
		says.Close()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatalf("serve says nothing: %v", err)
	}
	url := strings.TrimSpace(string(line[:n]))
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("pitboss")) {
		t.Errorf("status %d, %d bytes; want the first page", res.StatusCode, len(page))
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("interrupted, serve ended with code %d, want %d: that is the way to end it", code, exitDone)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the pages are still served")
	}
}

func TestExitCodesAndRemedies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err    error
		code   int
		remedy string
	}{
		{errors.New("something"), exitFailed, ""},
		{usagef("--min %d", 0), exitUsage, "pitboss help"},
		{fmt.Errorf("import: %w", data.ErrPartial), exitPartial, ""},
		{fmt.Errorf("open: %w", data.ErrLocked), exitFailed, "wait until the other pitboss has ended"},
		{fmt.Errorf("open: %w", data.ErrNewerSchema), exitFailed, "newer pitboss"},
		{fmt.Errorf("write: %w", syscall.ENOSPC), exitFailed, "free some space"},
		{fmt.Errorf("write: %w", data.ErrNoSpace), exitFailed, "free some space"},
		{fmt.Errorf("open: %w", fs.ErrPermission), exitFailed, "some-folder"},
		{fmt.Errorf("open: %w", syscall.EROFS), exitFailed, "--data"},
		{fmt.Errorf("a: %w", withRemedy(data.ErrLocked, "do %s", "this")), exitFailed, "do this"},
	} {
		if got := exitCode(tt.err); got != tt.code {
			t.Errorf("%v: exit code %d, want %d", tt.err, got, tt.code)
		}
		got := remedyOf(tt.err, "some-folder")
		if !strings.Contains(got, tt.remedy) || (got == "") != (tt.remedy == "") {
			t.Errorf("%v: remedy %q, want %q in it", tt.err, got, tt.remedy)
		}
	}
}

func TestParseSince(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"2026-11-01":           "2026-11-01T00:00:00Z",
		"2026-11-01T08:30:00Z": "2026-11-01T08:30:00Z",
		"36h":                  "2026-11-20T00:00:00Z",
		"7d":                   "2026-11-14T12:00:00Z",
		"0d":                   "2026-11-21T12:00:00Z",
		"90m":                  "2026-11-21T10:30:00Z",
	} {
		got, err := parseSince(in, now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("parseSince(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "yesterday", "-3h", "-1d", "d", "2026-13-01"} {
		if got, err := parseSince(in, now); err == nil || exitCode(err) != exitUsage {
			t.Errorf("parseSince(%q) = %v, %v; want a usage error", in, got, err)
		}
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	root := newRootCommand(newApp(nil, io.Discard, io.Discard, os.Environ()))
	for _, cmd := range root.Commands() {
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") || len(cmd.Short) > 100 {
			t.Errorf("%s: short help %q", cmd.Name(), cmd.Short)
		}
		var out bytes.Buffer
		if code := run(t.Context(), []string{cmd.Name(), "--help"}, nil, &out, io.Discard); code != exitDone || out.Len() == 0 {
			t.Errorf("%s --help: code %d, %d bytes", cmd.Name(), code, out.Len())
		}
	}
}
