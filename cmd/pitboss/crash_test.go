package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
	"pitboss/data/demo"
)

// program is this test binary under the name that makes it run main.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("pitboss") // testscript.Main put it there
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKilledCrawlLosesNothing kills a crawl of the demo web with SIGKILL, more
// than once and at different moments, and lets the same command finish. Every
// site is then visited, each visit is there once, and every archived record
// that the store names can be read back.
func TestKilledCrawlLosesNothing(t *testing.T) {
	t.Parallel()
	web := demo.New(7)
	server, err := web.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	conf := filepath.Join(dir, "crawl.yaml")
	store := filepath.Join(dir, "data")
	writeCrawlConfig(t, conf, server)
	var list strings.Builder
	for _, s := range web.Sites() {
		list.WriteString(s.Host + "\n")
	}
	pitboss(t, list.String(), "import", "--data", store, "-")

	kills := 0
	for _, visits := range []int{5, 40, 90} {
		if crawlAndKill(t, conf, store, visits) {
			kills++
		}
	}
	if kills < 2 {
		t.Fatalf("%d of 3 crawls were killed while they ran; the test shows nothing", kills)
	}
	pitboss(t, "", "crawl", "--data", store, "--config", conf)
	checkAllVisited(t, store, len(web.Sites()))
}

// writeCrawlConfig sends every connection of a crawl to the demo web.
func writeCrawlConfig(t *testing.T, path string, server *demo.Server) {
	t.Helper()
	var conf strings.Builder
	conf.WriteString("allow-private-addresses: true\ndelay: 1ms\nper-address: 0\nconcurrency: 8\nmin-free: 1\nlog-level: error\nconnect-to:\n")
	for host, addr := range server.ConnectTo() {
		fmt.Fprintf(&conf, "  - %q\n", host+"::"+addr)
	}
	fmt.Fprintf(&conf, "  - %q\n", "::"+server.Fallback())
	if err := os.WriteFile(path, []byte(conf.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pitboss runs a command that must succeed.
func pitboss(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("pitboss %v: %v\n%s", args, err, errs.String())
	}
	return out.String()
}

// crawlAndKill lets a crawl commit some visits and kills it. It reports
// whether the crawl was still at work.
func crawlAndKill(t *testing.T, conf, store string, visits int) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), "crawl", "--data", store, "--config", conf, "--print-visits")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	buf := make([]byte, 1024)
	for seen < visits {
		n, err := out.Read(buf)
		seen += bytes.Count(buf[:n], []byte("\n"))
		if err != nil {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func checkAllVisited(t *testing.T, dir string, sites int) {
	t.Helper()
	ctx := context.Background()
	h, err := flow.Open(ctx, dir, flow.Options{ReadOnly: true, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ids, n := map[string]bool{}, 0
	for site, err := range h.Store.Sites(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		visits, err := h.Store.Visits(ctx, site.Host)
		if err != nil {
			t.Fatal(err)
		}
		if len(visits) != 1 {
			t.Errorf("%s has %d visits committed, want one", site.Host, len(visits))
		}
		for _, v := range visits {
			if ids[v.ID] {
				t.Errorf("visit %s was committed twice", v.ID)
			}
			ids[v.ID] = true
			if v.Outcome == data.OutcomeCanceled {
				t.Errorf("%s: a cut-off visit was stored", site.Host)
			}
		}
	}
	if n != sites {
		t.Errorf("%d sites, want %d", n, sites)
	}
	res, err := h.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if res.Altered != 0 {
		t.Errorf("%d visits name records that are not in the archive: %v", res.Altered, res.Problems)
	}
}

// TestInterruptedCrawlEndsCleanly sends SIGINT, as Ctrl-C does.
func TestInterruptedCrawlEndsCleanly(t *testing.T) {
	t.Parallel()
	web := demo.New(8)
	server, err := web.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	dir := t.TempDir()
	conf, store := filepath.Join(dir, "crawl.yaml"), filepath.Join(dir, "data")
	writeCrawlConfig(t, conf, server)
	var list strings.Builder
	for _, s := range web.Sites() {
		list.WriteString(s.Host + "\n")
	}
	pitboss(t, list.String(), "import", "--data", store, "-")

	cmd := exec.CommandContext(t.Context(), program(t), "crawl", "--data", store, "--config", conf, "--print-visits", "--concurrency", "2")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest := new(bytes.Buffer)
	if _, err := rest.ReadFrom(out); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Fatalf("ended with %v, want exit code %d\n%s", err, exitInterrupted, errs.String())
	}
	if !strings.Contains(errs.String(), "the same command goes on") {
		t.Errorf("standard error does not say how to go on:\n%s", errs.String())
	}
	pitboss(t, "", "crawl", "--data", store, "--config", conf)
	checkAllVisited(t, store, len(web.Sites()))
}
