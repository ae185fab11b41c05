package flow_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/cluster/eval"
	"pitboss/cluster/export"
	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/crawler"
	"pitboss/crawler/fetch"
	"pitboss/data"
)

// now is the clock of all tests: a day after the captures.
func now() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }

func open(t *testing.T, dir string, opts flow.Options) *flow.House {
	t.Helper()
	opts.Now = now
	h, err := flow.Open(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return h
}

// warc returns records of sites that one workshop made, and one that it did
// not.
func warc(sites int) []byte {
	var b bytes.Buffer
	record := func(n int, host, body string) {
		answer := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
		fmt.Fprintf(&b, "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\n"+
			"WARC-Date: 2026-11-20T08:00:00Z\r\nWARC-Target-URI: http://%s/\r\nContent-Type: application/http; msgtype=response\r\n"+
			"Content-Length: %d\r\n\r\n%s\r\n\r\n", n, host, len(answer), answer)
	}
	var shelves strings.Builder
	for i, tag := range []string{"section", "article", "aside", "nav", "header", "footer", "figure", "dl", "ol", "table", "fieldset", "details"} {
		fmt.Fprintf(&shelves, `<%s class="hall-%c"><h%d>바카라</h%d><p class="odds-%c"><b>슬롯</b></p></%s>`, tag, 'a'+i, 1+i%6, 1+i%6, 'a'+i, tag)
	}
	for i := range sites {
		record(i, fmt.Sprintf("lobby-%d.test", i), `<!doctype html><html lang="ko"><head><title>카지노 바카라 슬롯</title></head><body>`+
			`<div class="lobby-grid hall-frame"><form id="joinBox" action="/member/join_ok.php"><input name="recomm_code"><input name="bank_owner">`+
			`<input name="bank_num"></form><ul class="game-shelf"><li><a href="/game/baccarat_evo.php">바카라</a></li>`+
			`<li><a href="/game/slot_list.php">슬롯 잭팟</a></li></ul><a href="/board/notice_view.php?no=1">첫충 매충 롤링 환전</a>`+shelves.String()+`</div></body></html>`)
	}
	record(sites, "garden.test", `<html lang="en"><head><title>Garden club</title></head><body><h1>Roses</h1><p>We meet on Mondays.</p></body></html>`)
	return b.Bytes()
}

func gzipped(t *testing.T, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportTellsFormsApart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		raw         []byte
		form        flow.Form
		added       int
		bad         int
		fails, says string
	}{
		{name: "list", raw: []byte("a.example\nb.example\n"), form: flow.FormCandidates, added: 2},
		{name: "list in gzip", raw: gzipped(t, []byte("a.example\n")), form: flow.FormCandidates, added: 1},
		{name: "list with a bad line", raw: []byte("a.example\nno host!\n"), form: flow.FormCandidates, added: 1, bad: 1},
		{name: "list without a last line break", raw: []byte("a.example"), form: flow.FormCandidates, added: 1},
		{name: "WARC", raw: warc(2), form: flow.FormWARC, added: 3},
		{name: "WARC in gzip", raw: gzipped(t, warc(2)), form: flow.FormWARC, added: 3},
		{name: "nothing", fails: "empty"},
		{name: "a program", raw: append([]byte("\x7fELF"), make([]byte, 500)...), fails: "not text"},
		{name: "an ARC file", raw: []byte("filedesc://x.arc 0.0.0.0 20200101000000 text/plain 76\n1 0 x\n"), fails: "ARC format"},
		{name: "gzip that breaks off in its head", raw: []byte("\x1f\x8b\x08\x00\x00"), fails: "breaks off"},
		{name: "gzip that breaks off before its first line", raw: gzipped(t, []byte(strings.Repeat("a.example\n", 9)))[:12], fails: "breaks off"},
		{name: "a zip file", raw: []byte("PK\x03\x04and so on"), fails: "zip"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := open(t, t.TempDir(), flow.Options{})
			res, err := h.Import(t.Context(), bytes.NewReader(tt.raw), "input")
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Fatalf("error %v, want one that says %q", err, tt.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if res.Form != tt.form || res.Added != tt.added || res.Bad != tt.bad || len(res.Problems) != tt.bad {
				t.Errorf("got %+v, want form %s, %d added, %d bad", res, tt.form, tt.added, tt.bad)
			}
			again, err := h.Import(t.Context(), bytes.NewReader(tt.raw), "input")
			if err != nil || again.Added != 0 {
				t.Errorf("a second import added %d (%v), want none", again.Added, err)
			}
		})
	}
}

func TestFailingReaderKeepsWhatCameBefore(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), flow.Options{})
	broken := errors.New("the wire was cut")
	var list strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&list, "site-%d.example\n", i)
	}
	_, err := h.Import(t.Context(), &failingReader{strings.NewReader(list.String()), broken}, "input")
	if !errors.Is(err, broken) {
		t.Errorf("error %v does not wrap that of the reader", err)
	}
	if _, err := h.Store.Site(t.Context(), "site-0.example"); err != nil {
		t.Errorf("what was read before the failure is lost: %v", err)
	}
}

// failingReader gives its own error instead of the end.
type failingReader struct {
	r   *strings.Reader
	err error
}

func (f *failingReader) Read(p []byte) (int, error) {
	if f.r.Len() == 0 {
		return 0, f.err
	}
	return f.r.Read(p)
}

// counted is a Progress that adds up.
type counted struct{ steps, added, ended int }

func (c *counted) Start(string, int64) { c.steps++ }
func (c *counted) Add(n int64)         { c.added += int(n) }
func (c *counted) Done()               { c.ended++ }

// interruptedReader gives its text and then has the context end, as Ctrl-C in
// the middle of a long list does.
type interruptedReader struct {
	io.Reader

	cancel context.CancelFunc
}

func (r *interruptedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p[:min(len(p), 16)])
	if err != nil {
		r.cancel()
		return copy(p, "last.example\n"), nil //nolint:nilerr // the interruption comes where the list ends, and reading goes on
	}
	return n, nil
}

func TestInterruptedImportKeepsWhatCameBefore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		raw   []byte
		added int
	}{
		{"list", []byte("a.example\nb.example\n" + strings.Repeat("# a comment that fills the buffer\n", 2000)), 2},
		{"WARC", append(warc(2), strings.Repeat("\r\n", 40000)...), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			h := open(t, t.TempDir(), flow.Options{})
			res, err := h.Import(ctx, &interruptedReader{bytes.NewReader(tt.raw), cancel}, "input")
			if !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "add ") {
				t.Errorf("error %v, want the interruption alone", err)
			}
			if res.Added != tt.added {
				t.Errorf("%d added, want %d", res.Added, tt.added)
			}
		})
	}
}

func TestFingerprintIsResumable(t *testing.T) {
	t.Parallel()
	var progress counted
	h := open(t, t.TempDir(), flow.Options{Progress: &progress})
	if _, err := h.Import(t.Context(), bytes.NewReader(warc(5)), "a.warc"); err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Fingerprint(canceled, false); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled round ended with %v", err)
	}
	for _, tt := range []struct {
		all  bool
		want int
	}{{false, 6}, {false, 0}, {true, 6}} {
		res, err := h.Fingerprint(t.Context(), tt.all)
		if err != nil || res.Made != tt.want || res.Failed != 0 {
			t.Errorf("all=%v: made %d, failed %d (%v), want %d and none", tt.all, res.Made, res.Failed, err, tt.want)
		}
	}
	if progress.steps != progress.ended {
		t.Errorf("%d steps begun, %d ended", progress.steps, progress.ended)
	}
}

func TestUnreadableCapturesAreCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir, flow.Options{})
	if _, err := h.Import(t.Context(), bytes.NewReader(warc(3)), "a.warc"); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "archive", "*.warc.gz"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	for _, s := range segments {
		if err := os.Truncate(s, 10); err != nil {
			t.Fatal(err)
		}
	}
	res, err := h.Fingerprint(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if res.Made != 0 || res.Failed != 4 || len(res.Problems) != 4 {
		t.Errorf("got %+v, want four failures, each with its reason", res)
	}
	verified, err := h.Verify(t.Context())
	if err != nil || verified.Altered != 4 {
		t.Errorf("verify found %d altered visits (%v), want 4", verified.Altered, err)
	}
}

// A request record is named by no visit, and is evidence all the same.
func TestVerifyReadsRequestsToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir, flow.Options{})
	ask := "GET / HTTP/1.1\r\nHost: garden.test\r\n\r\n"
	request := fmt.Sprintf("WARC/1.1\r\nWARC-Type: request\r\nWARC-Record-ID: <urn:uuid:10000000-0000-4000-8000-000000000000>\r\n"+
		"WARC-Date: 2026-11-20T08:00:00Z\r\nWARC-Target-URI: http://garden.test/\r\nContent-Type: application/http; msgtype=request\r\n"+
		"Content-Length: %d\r\n\r\n%s\r\n\r\n", len(ask), ask)
	if _, err := h.Import(t.Context(), strings.NewReader(request+string(warc(1))), "a.warc"); err != nil {
		t.Fatal(err)
	}
	before, err := h.Verify(t.Context())
	if err != nil || !before.Whole() || before.Visits != 2 || before.Records != 4 || before.Segments != 1 {
		t.Fatalf("%+v, %v; want two visits and four records, one of them warcinfo", before, err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "archive", "*.warc.gz"))
	if err != nil || len(segments) != 1 {
		t.Fatalf("%v, %v", segments, err)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	second := 1 + bytes.Index(b[1:], []byte("\x1f\x8b\x08")) // behind warcinfo
	b[second+100] ^= 1
	if err := os.WriteFile(segments[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	after, err := h.Verify(t.Context())
	if err != nil || after.Whole() || after.Altered != 0 || after.Damaged == 0 || !strings.Contains(after.Problems[0], "offset") {
		t.Errorf("%+v, %v; want damage that no visit notices", after, err)
	}
}

func TestFlowFromImportToExport(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), flow.Options{})
	ctx := t.Context()
	if _, err := h.Import(ctx, bytes.NewReader(warc(6)), "a.warc"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Fingerprint(ctx, false); err != nil {
		t.Fatal(err)
	}
	first, err := h.Cluster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Cluster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Families, second.Families); diff != "" || len(second.Changes) != 0 {
		t.Errorf("the same input gives other families, with %d changes:\n%s", len(second.Changes), diff)
	}
	labels := "host\ttemplate\tbuilder\toperator\tgambling\tkind\ttrust\n"
	for i := range 6 {
		labels += fmt.Sprintf("lobby-%d.test\tt\tb\t\tyes\tx\thigh\n", i)
	}
	labels += "garden.test\t\t\t\tno\tx\thigh\n"
	report, err := h.Eval(ctx, strings.NewReader(labels), eval.TrustLow)
	if err != nil {
		t.Fatal(err)
	}
	if report.Template.B3F1 != 1 || report.Builder.B3Precision != 1 {
		t.Errorf("six equal sites and a stranger: template F1 %.3f, builder precision %.3f, want 1", report.Template.B3F1, report.Builder.B3Precision)
	}
	links, err := h.Why(ctx, "lobby-0.test", "lobby-1.test")
	if err != nil || len(links) != 4 || links[0].Probability < 0.5 {
		t.Errorf("why: %v, %+v; want four layers, the template likely", err, links)
	}
	gated, err := h.Gate(ctx, export.DefaultPolicy(now()))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range gated.Listings {
		if l.Host == "garden.test" {
			t.Error("the garden club is listed")
		}
	}
	if n := len(gated.Listings) + len(gated.Pages) + len(gated.Refusals); n != 7 {
		t.Errorf("the gate decided on %d sites, want 7", n)
	}
	dir := t.TempDir()
	if err := h.Report(ctx, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		t.Error(err)
	}
}

func TestVerdictsReachTheGateAndRevocationsToo(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), flow.Options{})
	ctx := t.Context()
	if _, err := h.Import(ctx, bytes.NewReader(warc(1)), "a.warc"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Fingerprint(ctx, false); err != nil {
		t.Fatal(err)
	}
	check := func() string {
		res, err := h.Gate(ctx, export.DefaultPolicy(now()))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range res.Refusals {
			if r.Host == "lobby-0.test" {
				return r.Check
			}
		}
		return ""
	}
	before := check()
	harmless := data.Verdict{ID: "v1", At: now(), By: "kim", Kind: data.VerdictHarmless, Hosts: []string{"lobby-0.test"}, Reason: "a test"}
	if err := h.Store.AddVerdict(ctx, harmless); err != nil {
		t.Fatal(err)
	}
	if got := check(); got != export.CheckVerdict {
		t.Errorf("called harmless, the site is refused by %q, want %q", got, export.CheckVerdict)
	}
	revoke := data.Verdict{ID: "v2", At: now(), By: "kim", Kind: data.VerdictRevoke, Revokes: "v1", Reason: "a mistake"}
	if err := h.Store.AddVerdict(ctx, revoke); err != nil {
		t.Fatal(err)
	}
	if got := check(); got != before {
		t.Errorf("taken back, the site is refused by %q, want %q as before", got, before)
	}
}

func TestCrawlStopsBeforeAFullDisk(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir(), flow.Options{MinFree: 1 << 62})
	_, err := h.Crawl(t.Context(), fetch.DefaultConfig("test"), crawler.Config{})
	if !errors.Is(err, data.ErrNoSpace) {
		t.Errorf("error %v, want one that wraps data.ErrNoSpace", err)
	}
}

func TestOpenNamesTheFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nowhere")
	_, err := flow.Open(t.Context(), dir, flow.Options{ReadOnly: true, Now: now})
	if !errors.Is(err, data.ErrNotFound) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want data.ErrNotFound with the folder's name", err)
	}
}

func TestProbeIsMadeOnlyOfSensibleVisits(t *testing.T) {
	t.Parallel()
	visits, err := flow.WithProbe(fetch.DefaultConfig("test"), true)
	if err != nil || visits.Probe == nil {
		t.Fatalf("no probe: %v", err)
	}
	// The guard of the visits holds for the probe's own dials.
	hosting := data.Hosting{Server: "kept"}
	if err := visits.Probe.Probe(t.Context(), "http://127.0.0.1:1/", &hosting); err == nil || hosting.CDN != "" || hosting.Server != "kept" {
		t.Errorf("a probe of loopback gives %+v, %v", hosting, err)
	}
	visits.Resolvers = []string{"no address"}
	if _, err := flow.WithProbe(visits, false); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("a resolver without a port: %v", err)
	}
}
