package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"pitboss/data"
)

// TestMain lets the scripts run this program under its own name.
func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){"pitboss": main})
}

// cleaning removes the shared demo after the last test.
type cleaning struct{ m *testing.M }

func (c cleaning) Run() int {
	code := c.m.Run()
	if sharedDemo.Load() {
		os.RemoveAll(makeDemo().dir)
	}
	return code
}

// sharedDemo is set once a test has asked for the demo.
var sharedDemo atomic.Bool

// TestScripts runs the command line as its users do, one file a theme.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			return writeInputs(env.WorkDir)
		},
		Cmds: scriptCommands(),
	})
}

// TestDemoScripts runs the reading commands on the data of one demo, which all
// scripts share read-only copies of.
func TestDemoScripts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the demo crawls a whole made-up web")
	}
	made := madeDemo(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "demo"),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FAMILY", made.family)
			env.Setenv("HOST", made.host)
			env.Setenv("OTHER", made.other)
			return made.copyTo(env.WorkDir)
		},
		Cmds: scriptCommands(),
	})
}

// scriptCommands are what the scripts need beyond the built-in ones.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits":    scriptExits,
		"cut":      scriptCut,
		"zip":      scriptGzip,
		"lines":    scriptLines,
		"damage":   scriptDamage,
		"harmless": scriptHarmless,
	}
}

// scriptExits runs "exits CODE pitboss ARG…" and asserts the exit code.
func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit interface{ ExitCode() int }
	if err != nil {
		var ok bool
		if exit, ok = err.(interface{ ExitCode() int }); !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s: exit code %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// scriptCut runs "cut FILE BYTES TO": the first bytes of a file.
func scriptCut(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	if n < 0 {
		n += len(raw)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), raw[:n], 0o600))
}

// scriptGzip runs "zip FILE TO".
func scriptGzip(ts *testscript.TestScript, _ bool, args []string) {
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	_, err = zw.Write(raw)
	ts.Check(err)
	ts.Check(zw.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// scriptLines runs "lines FILE COUNT" and asserts the number of lines.
func scriptLines(ts *testscript.TestScript, _ bool, args []string) {
	got := strings.Count(ts.ReadFile(args[0]), "\n")
	if fmt.Sprint(got) != args[1] {
		ts.Fatalf("%s has %d lines, want %s", args[0], got, args[1])
	}
}

// scriptDamage flips a byte in every 32 KiB of every archived segment.
func scriptDamage(ts *testscript.TestScript, _ bool, _ []string) {
	segments, err := filepath.Glob(ts.MkAbs("pitboss-data/archive/*.warc.gz"))
	ts.Check(err)
	if len(segments) == 0 {
		ts.Fatalf("no segments to damage")
	}
	for _, s := range segments {
		raw, err := os.ReadFile(s)
		ts.Check(err)
		for i := 16 << 10; i < len(raw); i += 32 << 10 {
			raw[i] ^= 0xff
		}
		ts.Check(os.WriteFile(s, raw, 0o600))
	}
}

// scriptHarmless runs "harmless FILE": no name in the list is that of a site
// which the demo's truth calls harmless, nor above one.
func scriptHarmless(ts *testscript.TestScript, _ bool, args []string) {
	listed := map[string]bool{}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			listed[name] = true
		}
	}
	if len(listed) == 0 {
		ts.Fatalf("%s lists nothing", args[0])
	}
	for line := range strings.Lines(ts.ReadFile("labels.tsv")) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) != 7 || fields[4] != "no" {
			continue
		}
		for name := fields[0]; name != ""; _, name, _ = strings.Cut(name, ".") {
			if listed[name] {
				ts.Fatalf("%s lists %s, and the truth calls %s harmless (%s)", args[0], name, fields[0], fields[5])
			}
		}
	}
}

// demoFixture is the data of a demo and what to ask it about.
type demoFixture struct {
	dir                 string
	told                string // what the demo printed
	family, host, other string
	err                 error
}

// makeDemo runs the demo once for all tests of this process.
var makeDemo = sync.OnceValue(func() demoFixture {
	dir, err := os.MkdirTemp("", "pitboss-demo-test-*")
	if err != nil {
		return demoFixture{err: err}
	}
	f := demoFixture{dir: dir}
	var out, log bytes.Buffer
	if code := run(context.Background(), []string{"demo", "--data", dir}, strings.NewReader(""), &out, &log); code != exitDone {
		f.err = fmt.Errorf("demo ended with code %d: %s", code, log.String())
		return f
	}
	f.told = out.String()
	out.Reset()
	if code := run(context.Background(), []string{"export", "jsonl", "--data", dir}, strings.NewReader(""), &out, &log); code != exitDone {
		f.err = fmt.Errorf("export ended with code %d: %s", code, log.String())
		return f
	}
	f.err = f.choose(&out)
	return f
})

// choose picks two listed sites of one builder to look at.
func (f *demoFixture) choose(listings io.Reader) error {
	first := map[string]string{}
	for dec := json.NewDecoder(listings); ; {
		var l data.Listing
		if err := dec.Decode(&l); err != nil {
			return fmt.Errorf("no two listed sites of one builder: %w", err)
		}
		if other := first[l.Builder]; l.Builder != "" && other != "" {
			f.family, f.host, f.other = l.Builder, other, l.Host
			return nil
		}
		first[l.Builder] = l.Host
	}
}

// copyTo gives a script the demo's data without its 40 MB report.
func (f demoFixture) copyTo(dir string) error {
	to := filepath.Join(dir, "pitboss-data")
	if err := os.CopyFS(filepath.Join(to, "archive"), os.DirFS(filepath.Join(f.dir, "archive"))); err != nil {
		return err
	}
	for name, path := range map[string]string{"pitboss.db": filepath.Join(to, "pitboss.db"), demoLabels: filepath.Join(dir, demoLabels)} {
		raw, err := os.ReadFile(filepath.Join(f.dir, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func madeDemo(t *testing.T) demoFixture {
	t.Helper()
	sharedDemo.Store(true)
	f := makeDemo()
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f
}

// writeInputs writes what a script cannot hold as text.
func writeInputs(dir string) error {
	program := append([]byte("\x7fELF\x02\x01\x01\x00"), bytes.Repeat([]byte{0, 1, 2, 0xff}, 200)...)
	zip := append([]byte("PK\x03\x04"), program...)
	return errors.Join(
		writeWARC(filepath.Join(dir, "two.warc")),
		os.WriteFile(filepath.Join(dir, "binary.bin"), program, 0o600),
		os.WriteFile(filepath.Join(dir, "site.wacz"), zip, 0o600),
	)
}

// writeWARC writes two captured sites of one make, as another tool's WARC.
func writeWARC(path string) error {
	var b strings.Builder
	record := func(n int, uri, body string) {
		answer := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\n"+
			"WARC-Date: 2026-11-20T08:00:00Z\r\nWARC-Target-URI: %s\r\nContent-Type: application/http; msgtype=response\r\n"+
			"Content-Length: %d\r\n\r\n%s\r\n\r\n", n, uri, len(answer), answer)
	}
	page := func(brand string) string {
		return `<!doctype html><html lang="ko"><head><title>` + brand + ` 카지노 바카라 슬롯</title></head><body>` +
			`<div class="lobby-grid"><form action="/member/join_ok.php"><input name="recomm_code"><input name="bank_owner"></form>` +
			`<a href="/game/baccarat_evo.php">바카라</a><a href="/board/notice_view.php?no=1">첫충 매충 롤링</a></div></body></html>`
	}
	record(1, "http://lobby-one.test/", page("하나"))
	record(2, "http://lobby-two.test/", page("둘"))
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

// TestRunIsUsableAsFunction holds that run touches neither the process's
// streams nor its exit.
func TestRunIsUsableAsFunction(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"version"}, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Errorf("code %d, want %d: %s", code, exitDone, errs.String())
	}
	if !strings.HasPrefix(out.String(), "pitboss ") {
		t.Errorf("output %q does not name the program", out.String())
	}
	if code := run(context.Background(), []string{"no-such"}, strings.NewReader(""), io.Discard, &errs); code != exitUsage {
		t.Errorf("code %d of an unknown command, want %d", code, exitUsage)
	}
}

func TestInterruptedCommandSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("a.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	code := run(ctx, []string{"import", "--data", t.TempDir(), list}, strings.NewReader(""), io.Discard, &errs)
	if code != exitInterrupted {
		t.Errorf("code %d, want %d: %s", code, exitInterrupted, errs.String())
	}
	if n := strings.Count(errs.String(), "\n"); n != 1 {
		t.Errorf("%d lines on standard error, want one:\n%s", n, errs.String())
	}
}
