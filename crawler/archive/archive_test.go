package archive

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pitboss/data"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// raw is an exchange as the fetcher hands it over.
func raw(url string, role data.Role, response string) data.RawExchange {
	return data.RawExchange{
		Exchange: data.Exchange{URL: url, Role: role, At: day, Addr: "192.0.2.7"},
		Request:  []byte("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
		Response: []byte(response),
	}
}

// rawRecords reads all records of a segment.
func rawRecords(tb testing.TB, path string) ([]found, []string) {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	block := newSpool(tb.TempDir(), 1<<20)
	rd, err := newReader(f, block, 1<<30)
	if err != nil {
		tb.Fatal(err)
	}
	var heads []found
	var blocks []string
	for {
		f, err := rd.next()
		if errors.Is(err, io.EOF) {
			return heads, blocks
		}
		if err != nil {
			tb.Fatal(err)
		}
		heads, blocks = append(heads, f), append(blocks, string(block.buf))
	}
}

func TestAppendWritesWARC11(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{Software: "pitboss 1.2", Now: func() time.Time { return day }})
	x := raw("http://a.example/x\r\nWARC-Type: forged", data.RolePage, "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	x.Truncated = "time"
	e, err := a.Append(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	// echo -n abc | sha256sum
	const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if e.Digest != abc || e.Status != 200 || e.MediaType != "text/html" || e.Record.Segment != "pitboss-20261120100000-000001.warc.gz" || e.Record.Offset == 0 {
		t.Errorf("exchange %+v", e)
	}
	heads, blocks := rawRecords(t, filepath.Join(a.Dir(), e.Record.Segment))
	if len(heads) != 3 || heads[0].get("WARC-Type") != kindInfo || !strings.Contains(blocks[0], "software: pitboss 1.2\r\n") {
		t.Fatalf("records %+v", heads)
	}
	got := map[string]string{}
	for _, f := range heads[1].fields {
		got[f.name] = f.value
	}
	id := got["WARC-Record-ID"]
	delete(got, "WARC-Record-ID")
	delete(got, "WARC-Block-Digest")
	want := map[string]string{
		"WARC-Type": "response", "WARC-Date": "2026-11-20T10:00:00Z", "WARC-IP-Address": "192.0.2.7", "WARC-Truncated": "time",
		"WARC-Target-URI": "http://a.example/x%0D%0AWARC-Type: forged", "WARC-Payload-Digest": abc, "Pitboss-Role": "page",
		"Content-Type": "application/http; msgtype=response", "Content-Length": fmt.Sprint(len(x.Response)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if heads[2].get("WARC-Type") != kindRequest || heads[2].get("WARC-Concurrent-To") != id || blocks[2] != string(x.Request) {
		t.Errorf("request %+v", heads[2])
	}
	for i, h := range heads {
		if h.version != "WARC/1.1" || !h.sum || h.badSum {
			t.Errorf("record %d: version %s, digest declared %v, wrong %v", i, h.version, h.sum, h.badSum)
		}
	}
	if heads[1].offset != e.Record.Offset || heads[2].offset != e.Record.Offset+e.Record.Length {
		t.Errorf("location %+v, records at %d and %d", e.Record, heads[1].offset, heads[2].offset)
	}
}

func TestAppendLoad(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	zw := gzip.NewWriter(&zipped)
	fmt.Fprint(zw, "<html>zipped</html>")
	zw.Close()
	a := openTemp(t, Options{})
	hosting := data.Hosting{Addrs: []string{"192.0.2.7"}, Server: "x"}
	exchanges := []data.RawExchange{
		raw("http://a.example/", data.RoleRedirect, "HTTP/1.1 302 Found\r\nLOCATION: /h\r\nlocation: /i\r\n\r\n"),
		raw("http://a.example/s.css", data.RoleStylesheet, "HTTP/1.0 200\nContent-Type: text/css\n\nbody{}"),
		raw("http://a.example/h", data.RoleHome, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=euc-kr\r\nContent-Encoding: gzip\r\n\r\n"+zipped.String()),
		{Exchange: data.Exchange{URL: "http://a.example/h", Role: data.RoleScreenshot, MediaType: "image/png", At: day}, Response: []byte("\x89PNG")},
	}
	v := data.Visit{ID: "v1", Host: "a.example", Started: day, Outcome: data.OutcomeOK, FinalURL: "http://a.example/h", Hosting: hosting}
	for _, x := range exchanges {
		e, err := a.Append(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		v.Exchanges = append(v.Exchanges, e)
	}
	e, err := a.AppendMetadata(t.Context(), "http://a.example/", "application/json", day, []byte(`{"server":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	v.Exchanges = append(v.Exchanges, e)
	got, err := a.Load(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	want := data.Capture{
		Host: "a.example", Visit: "v1", Digest: v.Digest(), At: day, Outcome: data.OutcomeOK, FinalURL: "http://a.example/h", Hosting: hosting,
		Resources: []data.Resource{
			{
				URL: "http://a.example/h", Role: data.RoleHome, Status: 200, Proto: "HTTP/1.1", ContentType: "text/html; charset=euc-kr",
				Header: []data.HeaderField{{Name: "Content-Type", Value: "text/html; charset=euc-kr"}, {Name: "Content-Encoding", Value: "gzip"}},
				Body:   []byte("<html>zipped</html>"),
			},
			{
				URL: "http://a.example/", Role: data.RoleRedirect, Status: 302, Proto: "HTTP/1.1",
				Header: []data.HeaderField{{Name: "LOCATION", Value: "/h"}, {Name: "location", Value: "/i"}},
			},
			{
				URL: "http://a.example/s.css", Role: data.RoleStylesheet, Status: 200, Proto: "HTTP/1.0", ContentType: "text/css",
				Header: []data.HeaderField{{Name: "Content-Type", Value: "text/css"}}, Body: []byte("body{}"),
			},
			{URL: "http://a.example/h", Role: data.RoleScreenshot, ContentType: "image/png", Body: []byte("\x89PNG")},
		},
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("empty", func(b []byte) string { return string(b) })); diff != "" {
		t.Error(diff)
	}
}

func TestLoadNoticesAlteredBytes(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{})
	one, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\n\r\n<html>one"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\n\r\n<html>two"))
	if err != nil {
		t.Fatal(err)
	}
	swapped := one
	swapped.Record = two.Record
	gone := one
	gone.Record.Segment = "pitboss-20200101000000-000001.warc.gz"
	outside := one
	outside.Record.Segment = "../" + one.Record.Segment
	middle := one
	middle.Record.Offset += 3
	short := one
	short.Record.Length -= 9
	nowhere := one
	nowhere.Record.Length = 0
	for name, tt := range map[string]struct {
		e    data.Exchange
		want error
	}{
		"another record": {swapped, ErrAltered}, "segment gone": {gone, os.ErrNotExist}, "path": {outside, data.ErrInvalid},
		"within a member": {middle, ErrAltered}, "cut": {short, ErrAltered}, "no length": {nowhere, data.ErrInvalid},
	} {
		_, err := a.Load(t.Context(), data.Visit{Host: "a.example", Exchanges: []data.Exchange{tt.e}})
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), fmt.Sprintf("%s:%d", tt.e.Record.Segment, tt.e.Record.Offset)) {
			t.Errorf("%s: error %v, want %v with segment and offset", name, err, tt.want)
		}
	}
}

// TestCheckSegmentNoticesFlippedBytes flips bytes all over a segment. Only what
// changes no record may pass: parts of gzip's own header, and padding.
func TestCheckSegmentNoticesFlippedBytes(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{})
	var last data.Exchange
	for _, uri := range []string{"http://a.example/", "http://b.example/"} {
		x := raw(uri, data.RoleHome, "HTTP/1.1 200 OK\r\n\r\n<html>one")
		x.Request = []byte("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
		var err error
		if last, err = a.Append(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	name := last.Record.Segment
	whole, err := os.ReadFile(filepath.Join(a.Dir(), name))
	if err != nil {
		t.Fatal(err)
	}
	b := openTemp(t, Options{ReadOnly: true})
	path := filepath.Join(b.Dir(), name)
	check := func(content []byte) SegmentCheck {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := b.CheckSegment(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := check(whole); c.Records != 5 || c.Failed != 0 || c.Torn != 0 {
		t.Fatalf("untouched: %+v", c)
	}
	if c := check(whole[:len(whole)-40]); c.Records != 4 || c.Failed != 0 || c.Torn <= last.Record.Offset {
		t.Errorf("torn in the last request: %+v", c)
	}
	want := unzipped(whole)
	for i := 0; i < len(whole); i += 5 {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		if c := check(flipped); c.Failed == 0 && c.Torn == 0 && !bytes.Equal(unzipped(flipped), want) {
			t.Errorf("byte %d of %d: not noticed: %+v", i, len(whole), c)
		}
	}
}

// unzipped is what can be unpacked of a segment.
func unzipped(segment []byte) []byte {
	zr, err := gzip.NewReader(bytes.NewReader(segment))
	if err != nil {
		return nil
	}
	content, err := io.ReadAll(zr)
	if err != nil {
		return nil
	}
	return content
}

func TestLoadBounds(t *testing.T) {
	t.Parallel()
	bomb := gzipMember(bytes.Repeat([]byte("bet "), 1<<20))
	a := openTemp(t, Options{MaxBody: 1000, MaxCapture: 2500})
	v := data.Visit{Host: "a.example"}
	for _, response := range []string{
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + string(bomb),
		"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 1000),
		"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("y", 5000),
		"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("z", 10),
	} {
		e, err := a.Append(t.Context(), raw("http://a.example/", data.RolePage, response))
		if err != nil {
			t.Fatal(err)
		}
		v.Exchanges = append(v.Exchanges, e)
	}
	c, err := a.Load(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		size      int
		truncated bool
	}{{1000, true}, {1000, false}, {500, true}, {0, true}} {
		if r := c.Resources[i]; len(r.Body) != want.size || r.Truncated != want.truncated {
			t.Errorf("resource %d: %d bytes, truncated %v; want %+v", i, len(r.Body), r.Truncated, want)
		}
	}
}

func TestRotationAndSequence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		a, err := Open(dir, Options{SegmentSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\n\r\nx")); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(a.Sync(), a.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "x")); !errors.Is(err, errClosed) {
			t.Errorf("append after close: %v", err)
		}
	}
	a, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	names, err := a.Segments()
	if err != nil || len(names) != 6 {
		t.Fatalf("segments %v, %v", names, err)
	}
	for i, name := range names {
		if !strings.HasSuffix(name, fmt.Sprintf("-%06d.warc.gz", i+1)) {
			t.Errorf("segment %d is %s", i, name)
		}
		if heads, _ := rawRecords(t, filepath.Join(dir, name)); len(heads) != 3 || heads[0].get("WARC-Filename") != name {
			t.Errorf("%s: %d records", name, len(heads))
		}
	}
}

// TestTornSegmentIsSealed: what a crash left stays, and the next record goes
// into a segment of its own.
func TestTornSegmentIsSealed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	appendOne := func(body string) data.Exchange {
		a, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+body))
		if err := errors.Join(err, a.Close()); err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := appendOne("<html>first")
	path := filepath.Join(dir, first.Record.Segment)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(bytes.Clone(whole), whole[first.Record.Offset:first.Record.Offset+first.Record.Length/2]...)
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	second := appendOne("<html>second")
	if second.Record.Segment == first.Record.Segment {
		t.Fatal("the torn segment was written to")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, torn) {
		t.Errorf("the torn segment was changed: %v", err)
	}
	a := openTemp(t, Options{})
	got := importAll(t, a, torn)
	if v := got.one(t, "a.example"); !got.stats.Truncated || v.Exchanges[0].Digest != first.Digest {
		t.Errorf("%+v", got.stats)
	}
}

// TestFailedWriteSeals: a write that fails half way must not be followed by
// records at offsets that are wrong.
func TestFailedWriteSeals(t *testing.T) {
	t.Parallel()
	a, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\n\r\nx")
	before, err := a.Append(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	a.seg.file.Close() // stands for a disk that fails
	if _, err := a.Append(t.Context(), x); err == nil {
		t.Fatal("no error from a failed write")
	}
	after, err := a.Append(t.Context(), x)
	if err != nil || after.Record.Segment == before.Record.Segment {
		t.Errorf("after the failure: %+v, %v", after.Record, err)
	}
	if a.Sync() == nil {
		t.Error("Sync forgot that a segment could not be synced")
	}
	a.Close()
}

func TestNoSpace(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{MinFree: 1 << 62})
	_, err := a.Append(t.Context(), raw("http://a.example/", data.RoleHome, "x"))
	if !errors.Is(err, data.ErrNoSpace) || !strings.Contains(err.Error(), "a.example") {
		t.Errorf("error %v", err)
	}
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if err := noSpace(&os.PathError{Op: "write", Err: cause}); !errors.Is(err, data.ErrNoSpace) || !errors.Is(err, cause) {
			t.Errorf("%v becomes %v", cause, err)
		}
	}
	if err := noSpace(syscall.EIO); errors.Is(err, data.ErrNoSpace) {
		t.Error("EIO is no lack of space")
	}
	if _, err := os.Stat(filepath.Join(a.Dir(), "pitboss")); err == nil || len(mustSegments(t, a)) != 0 {
		t.Error("a segment was begun without space")
	}
}

func mustSegments(t *testing.T, a *Archive) []string {
	t.Helper()
	names, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestConcurrentAppends(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{SegmentSize: 20 << 10})
	const workers, each = 8, 40
	var wg sync.WaitGroup
	visits := make([]data.Visit, workers)
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				body := strings.Repeat(fmt.Sprintf("%d-%d ", w, i), 50)
				e, err := a.Append(t.Context(), raw(fmt.Sprintf("http://h%d.example/%d", w, i), data.RolePage, "HTTP/1.1 200 OK\r\n\r\n"+body))
				if err == nil && i%10 == 0 {
					err = a.Sync()
				}
				if err != nil {
					t.Error(err)
					return
				}
				visits[w].Exchanges = append(visits[w].Exchanges, e)
			}
		})
	}
	wg.Wait()
	for w, v := range visits {
		c, err := a.Load(t.Context(), v)
		if err != nil || len(c.Resources) != each {
			t.Fatalf("%d resources, %v", len(c.Resources), err)
		}
		for i, r := range c.Resources {
			if !bytes.HasPrefix(r.Body, []byte(fmt.Sprintf("%d-%d ", w, i))) {
				t.Fatalf("worker %d, record %d: %.20q", w, i, r.Body)
			}
		}
	}
}

func TestOpenRemovesWhatAKilledWriterLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	left := filepath.Join(dir, "spool-123")
	if err := os.WriteFile(left, []byte("half a record"), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err != nil {
		t.Errorf("a reader touched the writer's file: %v", err)
	}
	if _, err := reader.Append(t.Context(), raw("http://a.example/", data.RoleHome, "HTTP/1.1 200 OK\r\n\r\nx")); !errors.Is(err, errReadOnly) {
		t.Errorf("a reader appends: %v", err)
	}
	if _, err := Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none"), Options{ReadOnly: true}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a reader made the directory: %v", err)
	}
}

func TestSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, limit := range []int64{0, 5, 1 << 20} {
		s := newSpool(dir, limit)
		for range 2 {
			for _, part := range []string{"abc", "defg", "hij"} {
				if n, err := s.Write([]byte(part)); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			got, err := io.ReadAll(s)
			if string(got) != "abcdefghij" || err != nil || s.Len() != 10 {
				t.Errorf("limit %d: %q, %v", limit, got, err)
			}
			if (s.FileName() != "") != (limit < 10) {
				t.Errorf("limit %d: file %q", limit, s.FileName())
			}
			if _, err := s.Seek(-4, io.SeekEnd); err != nil {
				t.Fatal(err)
			}
			if got, _ := io.ReadAll(s); string(got) != "ghij" {
				t.Errorf("after seek: %q", got)
			}
			s.reset()
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
}
