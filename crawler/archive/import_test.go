package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"pitboss/data"
)

// smallSite is a site with an asset on a foreign host.
func smallSite() []warcRecord {
	page := `<html><head><link rel="icon" href="/i/mark.png"><link rel=stylesheet href="https://cdn.example.net/a.css?x=1&amp;y=2"></head></html>`
	return []warcRecord{
		{kind: "warcinfo", id: "info", at: day, fields: []string{"Content-Type: application/warc-fields"}, block: "software: test\r\n"},
		htmlPage("https://site.example/", 0, page),
		asset("https://cdn.example.net/a.css?x=1&y=2", 1, "text/css", "body{}"),
		asset("https://site.example/i/mark.png", 2, "image/png", "\x89PNG"),
		asset("https://stranger.example.org/t.js", 3, "text/javascript", "1"),
	}
}

func TestImportPackings(t *testing.T) {
	t.Parallel()
	plain := plainWARC(smallSite()...)
	var zst bytes.Buffer
	zw, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range smallSite() {
		zst.Write(zw.EncodeAll(r.bytes(), nil))
	}
	var blocks bytes.Buffer // as of a parallel compressor: members cut records apart
	for i := 0; i < len(plain); i += 100 {
		blocks.Write(gzipMember(plain[i:min(i+100, len(plain))]))
	}
	want := []string{
		"home https://site.example/", "stylesheet https://cdn.example.net/a.css?x=1&y=2", "icon https://site.example/i/mark.png",
	}
	for name, file := range map[string][]byte{
		"plain": plain, "gzip by record": gzipWARC(smallSite()...), "gzip as a whole": gzipMember(plain),
		"gzip in blocks": blocks.Bytes(), "zstd": zst.Bytes(),
		"bare line feeds": bytes.ReplaceAll(plain, []byte("\r\nWARC-"), []byte("\nWARC-")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !IsWARC(file) || !IsWARC(file[:min(len(file), 256)]) {
				t.Error("not recognised")
			}
			a := openTemp(t, Options{})
			got := importAll(t, a, file)
			v := got.one(t, "site.example")
			if diff := cmp.Diff(want, roles(v)); diff != "" {
				t.Error(diff)
			}
			wantStats := ImportStats{Records: 5, Exchanges: 4, Visits: 1, Skipped: map[string]int{SkipUnattached: 1}}
			if diff := cmp.Diff(wantStats, got.stats); diff != "" {
				t.Error(diff)
			}
			if v.Origin != "import test.warc.gz" || v.Vantage != "import" || !v.Started.Equal(at(0)) || !v.Finished.Equal(at(2)) || v.Outcome != data.OutcomeOK {
				t.Errorf("visit %+v", v)
			}
			c, err := a.Load(t.Context(), v)
			if err != nil {
				t.Fatal(err)
			}
			if c.Digest != v.Digest() || len(c.Resources) != 3 || string(c.Resources[1].Body) != "body{}" {
				t.Errorf("capture %+v", c)
			}
		})
	}
}

// TestImportWget follows GNU Wget 1.21: the request before its response,
// addresses in angle brackets, sha1 digests, chunked bodies as received.
func TestImportWget(t *testing.T) {
	t.Parallel()
	page := htmlPage("<http://wget.example/>", 0, "10\r\n<html>0123456789\r\n0\r\n\r\n")
	page.block = strings.Replace(page.block, "Server: nginx", "Server: nginx\r\nTransfer-Encoding: chunked", 1)
	page.fields = append(page.fields, "WARC-Concurrent-To: <urn:uuid:req1>", "WARC-Warcinfo-ID: <urn:uuid:info>",
		"WARC-Block-Digest: "+sha1Of(page.block), "WARC-Payload-Digest: "+sha1Of("10\r\n<html>0123456789\r\n0\r\n\r\n"))
	css := asset("<http://static.wget.example/s.css>", 1, "text/css", "a{}")
	css.fields = append(css.fields, "WARC-Concurrent-To: <urn:uuid:req2>")
	req := func(id, uri string, seconds int, block string) warcRecord {
		return warcRecord{kind: "request", id: id, uri: uri, at: at(seconds), block: block, fields: []string{"Content-Type: application/http;msgtype=request"}}
	}
	a := openTemp(t, Options{})
	got := importAll(t, a, gzipWARC(
		warcRecord{kind: "warcinfo", id: "info", at: day, fields: []string{"WARC-Filename: x.warc.gz"}, block: "software: Wget/1.21\r\n"},
		req("req1", "<http://wget.example/>", 0, "GET / HTTP/1.1\r\nHost: wget.example\r\n\r\n"), page,
		req("req2", "<http://static.wget.example/s.css>", 1, "GET /s.css HTTP/1.1\r\nReferer: http://wget.example/\r\n\r\n"), css,
		warcRecord{kind: "metadata", id: "m1", uri: "<metadata://gnu.org/software/wget/warc/MANIFEST.txt>", at: at(9), block: "x"},
		warcRecord{kind: "resource", id: "m2", uri: "<metadata://gnu.org/software/wget/warc/wget.log>", at: at(9), block: "log"},
	))
	v := got.one(t, "wget.example")
	if diff := cmp.Diff([]string{"home http://wget.example/", "stylesheet http://static.wget.example/s.css"}, roles(v)); diff != "" {
		t.Error(diff)
	}
	// Wget's payload digest covers the chunked bytes.
	if got.stats.Failed != 0 || got.stats.Skipped[SkipURI] != 2 {
		t.Errorf("%+v", got.stats)
	}
	c, err := a.Load(t.Context(), v)
	if err != nil || string(c.Home().Body) != "<html>0123456789" {
		t.Errorf("body %q, %v", c.Home().Body, err)
	}
}

// TestImportHeritrix follows Heritrix 3: dns records, response before request
// and metadata, revisits by digest, truncation, an hour-long crawl.
func TestImportHeritrix(t *testing.T) {
	t.Parallel()
	home := htmlPage("http://h.example/", 1, "<html>one</html>")
	home.fields = append(home.fields, "WARC-Payload-Digest: "+sha1Of("<html>one</html>"))
	logo := asset("http://h.example/logo.gif", 3, "image/gif", "GIF89a")
	logo.fields = append(logo.fields, "WARC-Truncated: length")
	again := warcRecord{
		kind: "revisit", id: "rev", uri: "http://h.example/index.html", at: at(4),
		fields: []string{"Content-Type: application/http; msgtype=response", "WARC-Truncated: length", "WARC-Payload-Digest: " + sha1Of("<html>one</html>"),
			"WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"},
		block: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
	}
	lost := again
	lost.id, lost.uri = "lost", "http://h.example/lost"
	lost.fields = []string{"WARC-Payload-Digest: " + sha1Of("elsewhere")}
	a := openTemp(t, Options{})
	got := importAll(t, a, gzipWARC(
		warcRecord{kind: "response", id: "dns", uri: "dns:h.example", at: at(0), fields: []string{"Content-Type: text/dns"}, block: "20261120100000\nh.example. 300 IN A 192.0.2.7\n"},
		home, request(home, "Host: h.example"),
		warcRecord{kind: "metadata", id: "md", uri: "http://h.example/", at: at(1), fields: []string{"Content-Type: application/warc-fields"}, block: "seed: \r\nfetchTimeMs: 12\r\n"},
		asset("http://h.example/robots.txt", 2, "text/plain", "User-agent: *\n"), logo, again, lost,
		response("http://h.example/gone", 5, "HTTP/1.1 404 Not Found\nContent-Type: text/html", "<html>no</html>"),
		htmlPage("http://h.example/", 3600+6, "<html>two</html>"),
	))
	if len(got.visits["h.example"]) != 2 {
		t.Fatalf("%d visits, want one for each hour", len(got.visits["h.example"]))
	}
	v := got.visits["h.example"][0]
	want := []string{
		"home http://h.example/", "robots http://h.example/robots.txt", "image http://h.example/logo.gif",
		"page http://h.example/index.html", "error-page http://h.example/gone",
	}
	if diff := cmp.Diff(want, roles(v)); diff != "" {
		t.Error(diff)
	}
	if v.Exchanges[3].Digest != v.Exchanges[0].Digest || v.Exchanges[3].Record != v.Exchanges[0].Record || v.Exchanges[2].Truncated != "length" {
		t.Errorf("revisit or truncation: %+v", v.Exchanges)
	}
	if diff := cmp.Diff(map[string]int{SkipURI: 1, SkipRevisit: 1}, got.stats.Skipped); diff != "" {
		t.Error(diff)
	}
	c, err := a.Load(t.Context(), v)
	if err != nil || string(c.Resources[3].Body) != "<html>one</html>" || !c.Resources[2].Truncated {
		t.Errorf("%v %+v", err, c.Resources)
	}
	if diff := cmp.Diff(data.Hosting{Addrs: []string{"192.0.2.7"}, Server: "nginx", HHHash: hhHash([]data.HeaderField{{Name: "Server"}, {Name: "Content-Type"}})}, v.Hosting); diff != "" {
		t.Error(diff)
	}
}

// TestImportBrowsertrix follows Browsertrix Crawler 1.x: sha256 digests in
// hex, bodies stored decoded beneath their Content-Encoding, request
// after response with Referer and Sec-Fetch-Dest, screenshots as urn:view.
func TestImportBrowsertrix(t *testing.T) {
	t.Parallel()
	home := response("https://b.example/", 0, "HTTP/1.1 200 OK\ncontent-type: text/html\ncontent-encoding: br\ntransfer-encoding: chunked", "<html>plain</html>")
	script := response("https://cdn.example.net/app.js", 1, "HTTP/1.1 200 OK\ncontent-type: text/javascript\ncontent-encoding: gzip", "let a = 1")
	frame := htmlPage("https://ads.example.org/frame", 2, "<html>ad</html>")
	a := openTemp(t, Options{})
	got := importAll(t, a, gzipWARC(
		home, request(home, "sec-fetch-dest: document"),
		script, request(script, "referer: https://b.example/", "sec-fetch-dest: script"),
		frame, request(frame, "referer: https://b.example/", "sec-fetch-dest: iframe"),
		warcRecord{kind: "resource", id: "shot", uri: "urn:view:https://b.example/", at: at(3), fields: []string{"Content-Type: image/png"}, block: "\x89PNG"},
		warcRecord{kind: "resource", id: "info", uri: "urn:pageinfo:https://b.example/", at: at(3), fields: []string{"Content-Type: application/json"}, block: "{}"},
	))
	want := []string{"home https://b.example/", "script https://cdn.example.net/app.js", "other https://ads.example.org/frame"}
	v := got.one(t, "b.example")
	if diff := cmp.Diff(want, roles(v)); diff != "" {
		t.Error(diff)
	}
	if len(got.order) != 1 || got.stats.Skipped[SkipURI] != 2 {
		t.Errorf("hosts %v, %+v", got.order, got.stats)
	}
	c, err := a.Load(t.Context(), v)
	if err != nil || string(c.Home().Body) != "<html>plain</html>" || string(c.Resources[1].Body) != "let a = 1" {
		t.Errorf("%v %+v", err, c.Resources)
	}
}

func TestImportTwiceGivesTheSameVisits(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{})
	first, second := importAll(t, a, gzipWARC(smallSite()...)), importAll(t, a, plainWARC(smallSite()...))
	opts := []cmp.Option{cmpopts.IgnoreFields(data.Location{}, "Segment", "Offset", "Length")}
	if diff := cmp.Diff(first.visits, second.visits, opts...); diff != "" {
		t.Error(diff)
	}
	if id := first.one(t, "site.example").ID; len(id) != 32 {
		t.Errorf("id %q", id)
	}
}

// TestImportCutAnywhere cuts a file at every byte: nothing panics, and what
// stands before the cut is there.
func TestImportCutAnywhere(t *testing.T) {
	t.Parallel()
	records := []warcRecord{htmlPage("http://a.example/", 0, "<html>a</html>"), htmlPage("http://b.example/", 0, "<html>b</html>"), htmlPage("http://c.example/", 0, "<html>c</html>")}
	for name, pack := range map[string]func(...warcRecord) []byte{
		"plain": plainWARC, "gzip": gzipWARC,
		"whole": func(r ...warcRecord) []byte { return gzipMember(plainWARC(r...)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := pack(records...)
			a := openTemp(t, Options{})
			most := 0
			for n := 1; n <= len(file); n++ {
				var hosts []string
				stats, err := a.Import(t.Context(), bytes.NewReader(file[:n]), "cut", func(v data.Visit) error {
					hosts = append(hosts, v.Host)
					return nil
				})
				if err != nil {
					t.Fatalf("cut at %d of %d: %v", n, len(file), err)
				}
				complete := 0
				for i := range records {
					if name != "whole" && n >= len(pack(records[:i+1]...)) {
						complete++
					}
				}
				if len(hosts) < complete || len(hosts) < most {
					t.Fatalf("cut at %d: %v, but %d records are complete", n, hosts, max(complete, most))
				}
				most = len(hosts)
				atBoundary := n == len(file) || name != "whole" && n == len(pack(records[:complete]...))
				if name == "gzip" && stats.Truncated == atBoundary {
					t.Fatalf("cut at %d: truncated is %v", n, stats.Truncated)
				}
				if stats.Truncated && len(stats.Errors) != 1 {
					t.Fatalf("cut at %d: errors %v", n, stats.Errors)
				}
			}
			if most != 3 {
				t.Errorf("the whole file gives %d visits", most)
			}
		})
	}
}

func TestImportGoesOnAfterDamage(t *testing.T) {
	t.Parallel()
	a, b, c := htmlPage("http://a.example/", 0, "<html>a</html>"), htmlPage("http://b.example/", 0, strings.Repeat("<html>b</html>", 50)), htmlPage("http://c.example/", 0, "<html>c</html>")
	noDate := b
	noDate.at = at(0).AddDate(-1000, 0, 0)
	badSum := b
	badSum.fields = append([]string{"WARC-Block-Digest: " + sha1Of("something else")}, b.fields...)
	flipped := gzipWARC(b)
	flipped[len(flipped)-6] ^= 1 // the checksum
	garbled := gzipWARC(b)
	copy(garbled[12:], "\xff\xff\xff\xff\xff\xff")
	join := func(middle []byte, pack func(...warcRecord) []byte) []byte {
		return bytes.Join([][]byte{pack(a), middle, pack(c)}, nil)
	}
	tests := []struct {
		name  string
		file  []byte
		cause error
	}{
		{"no date", join(gzipWARC(noDate), gzipWARC), errMalformed},
		{"block digest", join(gzipWARC(badSum), gzipWARC), errDigest},
		{"gzip checksum", join(flipped, gzipWARC), errMalformed},
		{"gzip data", join(garbled, gzipWARC), errMalformed},
		{"junk between members", join([]byte("junk \x1f\x8b\x08 junk"), gzipWARC), errMalformed},
		{"junk between records", join([]byte("junk\r\nmore junk\r\n"), plainWARC), errMalformed},
		{"junk in a member", join(gzipMember([]byte("nothing of the kind\n")), gzipWARC), errMalformed},
		{"bad length", join(bytes.Replace(plainWARC(b), []byte("Content-Length: "), []byte("Content-Length: x"), 1), plainWARC), errMalformed},
		{"short length", join(bytes.Replace(plainWARC(b), []byte("Content-Length: 7"), []byte("Content-Length: "), 1), plainWARC), errMalformed},
		{"endless header", join([]byte("WARC/1.0\r\nX: "+strings.Repeat("x", 200<<10)+"\r\n\r\n"), plainWARC), errMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := importAll(t, openTemp(t, Options{}), tt.file)
			got.one(t, "a.example")
			got.one(t, "c.example")
			if len(got.order) != 2 || got.stats.Failed == 0 || got.stats.Truncated {
				t.Fatalf("hosts %v, %+v", got.order, got.stats)
			}
			e := got.stats.Errors[0]
			if !errors.Is(e, tt.cause) || e.Offset <= 0 || e.Offset >= int64(len(tt.file)) || !strings.Contains(e.Error(), fmt.Sprint(e.Offset)) {
				t.Errorf("error %v at %d, want %v", e, e.Offset, tt.cause)
			}
		})
	}
}

// TestImportPayloadDigests: a wrong payload digest is always told; the record
// is kept only where the block digest vouches for it.
func TestImportPayloadDigests(t *testing.T) {
	t.Parallel()
	page := func(host, digest string, more ...string) warcRecord {
		r := response("http://"+host+"/", 0, "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Encoding: gzip", string(gzipMember([]byte("<html>x</html>"))))
		r.fields = append(append(r.fields, "WARC-Payload-Digest: "+digest), more...)
		return r
	}
	vouched := page("vouched.example", sha1Of("other"))
	vouched.fields = append(vouched.fields, "WARC-Block-Digest: "+sha1Of(vouched.block))
	got := importAll(t, openTemp(t, Options{}), gzipWARC(
		page("right.example", sha1Of(string(gzipMember([]byte("<html>x</html>"))))), page("decoded.example", sha1Of("<html>x</html>")),
		page("wrong.example", sha1Of("other")), vouched, page("strange.example", "crc32:00"),
	))
	if diff := cmp.Diff([]string{"right.example", "decoded.example", "vouched.example", "strange.example"}, got.order); diff != "" {
		t.Error(diff)
	}
	if got.stats.Failed != 2 || !errors.Is(got.stats.Errors[0], errDigest) || got.stats.Errors[0].Record != "http://wrong.example/" {
		t.Errorf("%+v", got.stats)
	}
}

func TestImportShowsTheFirstErrors(t *testing.T) {
	t.Parallel()
	var file []byte
	for i := range 40 {
		r := htmlPage(fmt.Sprintf("http://h%d.example/", i), 0, "<html>")
		if i > 0 {
			r.fields = append(r.fields, "WARC-Block-Digest: "+sha1Of("x"))
		}
		file = append(file, gzipWARC(r)...)
	}
	got := importAll(t, openTemp(t, Options{}), file)
	if got.stats.Failed != 39 || len(got.stats.Errors) != maxErrors || got.stats.Visits != 1 || got.stats.Records != 40 {
		t.Errorf("%+v", got.stats)
	}
}

func TestImportRefusesWhatIsNoWARC(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ in, remedy string }{
		"empty":     {"", "empty"},
		"list":      {"a.example\nb.example\n" + strings.Repeat("c.example\n", 20), "lists of hosts"},
		"gzip list": {string(gzipMember([]byte(strings.Repeat("a.example\n", 100)))), "lists of hosts"},
		"wacz":      {"PK\x03\x04" + strings.Repeat("x", 100), "WACZ"},
		"arc":       {"filedesc://x.arc 0.0.0.0 20260101000000 text/plain 76\n" + strings.Repeat("x", 100), "convert"},
		"zstd dict": {"\x5d\x2a\x4d\x18" + strings.Repeat("x", 100), "zstd -d"},
		"nothing":   {"WARC/9.9\r\n" + strings.Repeat("x", 100), "no record"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := openTemp(t, Options{}).Import(t.Context(), strings.NewReader(tt.in), "list.txt", func(data.Visit) error { return nil })
			if !errors.Is(err, ErrNotWARC) || !strings.Contains(err.Error(), tt.remedy) || !strings.Contains(err.Error(), "list.txt") {
				t.Errorf("error %v, want one that says %q", err, tt.remedy)
			}
		})
	}
}

func TestImportReportsItsSurroundings(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{})
	file := gzipWARC(smallSite()...)
	keep := func(data.Visit) error { return nil }
	cable := errors.New("cable")
	if _, err := a.Import(t.Context(), io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(cable)), "x", keep); !errors.Is(err, cable) {
		t.Errorf("failing input: %v", err)
	}
	full := errors.New("store is full")
	if _, err := a.Import(t.Context(), bytes.NewReader(file), "x", func(data.Visit) error { return full }); !errors.Is(err, full) {
		t.Errorf("failing emit: %v", err)
	}
	tight := openTemp(t, Options{MinFree: 1 << 62})
	if _, err := tight.Import(t.Context(), bytes.NewReader(file), "x", keep); !errors.Is(err, data.ErrNoSpace) {
		t.Errorf("no space: %v", err)
	}
}
