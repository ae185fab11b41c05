package archive

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// summary is what a test compares of a visit.
type summary struct {
	Outcome data.Outcome
	Final   string
	Chain   []string
	Roles   []string
}

func summarise(v data.Visit) summary {
	s := summary{Outcome: v.Outcome, Final: v.FinalURL, Roles: roles(v)}
	for _, h := range v.Chain {
		s.Chain = append(s.Chain, fmt.Sprintf("%d %s > %s", h.Status, h.URL, h.To))
	}
	return s
}

func TestGrouping(t *testing.T) {
	t.Parallel()
	status := func(code int, uri string, seconds int, media, body string) warcRecord {
		return response(uri, seconds, fmt.Sprintf("HTTP/1.1 %d X\nContent-Type: %s", code, media), body)
	}
	tests := []struct {
		name    string
		records []warcRecord
		want    map[string]summary
		skipped map[string]int
	}{
		{
			name: "redirect to https and a start page",
			records: []warcRecord{
				moved("http://a.example/", 0, "https://a.example/"), moved("https://a.example/", 1, "/ko/"),
				htmlPage("https://a.example/ko/", 2, "<html>"), htmlPage("https://a.example/ko/2", 3, "<html>"),
			},
			want: map[string]summary{"a.example": {
				data.OutcomeOK, "https://a.example/ko/",
				[]string{"301 http://a.example/ > https://a.example/", "301 https://a.example/ > https://a.example/ko/"},
				[]string{"redirect http://a.example/", "redirect https://a.example/", "home https://a.example/ko/", "page https://a.example/ko/2"},
			}},
		},
		{
			name: "redirect to another host takes its page and assets along",
			records: []warcRecord{
				moved("http://old.example/", 0, "http://new.example/"), htmlPage("http://new.example/", 1, `<html><img src="//img.example.net/x.png">`),
				asset("http://new.example/a.js", 2, "text/javascript", "1"), asset("http://img.example.net/x.png", 3, "image/png", "x"), htmlPage("http://new.example/more", 4, "<html>"),
			},
			want: map[string]summary{
				"old.example": {
					data.OutcomeOK, "http://new.example/", []string{"301 http://old.example/ > http://new.example/"},
					[]string{"redirect http://old.example/", "home http://new.example/", "script http://new.example/a.js", "image http://img.example.net/x.png"},
				},
				"new.example": {data.OutcomeOK, "http://new.example/", nil, []string{
					"home http://new.example/", "script http://new.example/a.js", "image http://img.example.net/x.png", "page http://new.example/more",
				}},
			},
		},
		{
			name:    "redirect out of the file",
			records: []warcRecord{moved("http://a.example/", 0, "http://elsewhere.example/")},
			want: map[string]summary{"a.example": {
				data.OutcomeOutOfScope, "", []string{"301 http://a.example/ > http://elsewhere.example/"}, []string{"redirect http://a.example/"},
			}},
		},
		{
			name:    "redirects in a circle",
			records: []warcRecord{moved("http://a.example/", 0, "/x"), moved("http://a.example/x", 1, "/")},
			want: map[string]summary{"a.example": {
				data.OutcomeRedirects, "", []string{"301 http://a.example/ > http://a.example/x", "301 http://a.example/x > http://a.example/"},
				[]string{"redirect http://a.example/", "redirect http://a.example/x"},
			}},
		},
		{
			name:    "first document where there is no root",
			records: []warcRecord{asset("http://a.example/x.css", 0, "text/css", ""), moved("http://a.example/go", 1, "/promo"), htmlPage("http://a.example/promo", 2, "<html>"), htmlPage("http://a.example/b", 3, "<html>")},
			want: map[string]summary{"a.example": {
				data.OutcomeOK, "http://a.example/promo", []string{"301 http://a.example/go > http://a.example/promo"},
				[]string{"stylesheet http://a.example/x.css", "redirect http://a.example/go", "home http://a.example/promo", "page http://a.example/b"},
			}},
		},
		{
			name:    "a forbidden root beside a page",
			records: []warcRecord{status(403, "http://a.example/", 0, "text/html", "<html>no"), htmlPage("http://a.example/promo", 1, "<html>")},
			want: map[string]summary{"a.example": {
				data.OutcomeOK, "http://a.example/promo", nil, []string{"other http://a.example/", "home http://a.example/promo"},
			}},
		},
		{
			name: "outcomes",
			records: []warcRecord{
				status(503, "http://down.example/", 0, "text/html", "<html>busy"), status(200, "http://empty.example/", 0, "text/html", ""),
				status(200, "http://pdf.example/", 0, "application/pdf", "%PDF"), {kind: "response", id: "x", uri: "http://odd.example/", at: at(0), block: "<html>no head"},
				{kind: "resource", id: "y", uri: "http://saved.example/", at: at(0), fields: []string{"Content-Type: text/html"}, block: "<html>saved"},
			},
			want: map[string]summary{
				"down.example":  {data.OutcomeHTTPError, "http://down.example/", nil, []string{"home http://down.example/"}},
				"empty.example": {data.OutcomeEmpty, "http://empty.example/", nil, []string{"home http://empty.example/"}},
				"pdf.example":   {data.OutcomeNotHTML, "http://pdf.example/", nil, []string{"home http://pdf.example/"}},
				"odd.example":   {data.OutcomeProtocol, "http://odd.example/", nil, []string{"home http://odd.example/"}},
				"saved.example": {data.OutcomeOK, "http://saved.example/", nil, []string{"home http://saved.example/"}},
			},
		},
		{
			name: "ports are sites of their own",
			records: []warcRecord{
				htmlPage("http://A.example:80/", 0, "<html>"), htmlPage("http://a.example:8080/", 1, "<html>"), asset("https://a.example:443/x.css", 2, "text/css", ""),
			},
			want: map[string]summary{
				"a.example":      {data.OutcomeOK, "http://A.example:80/", nil, []string{"home http://A.example:80/", "stylesheet https://a.example:443/x.css"}},
				"a.example:8080": {data.OutcomeOK, "http://a.example:8080/", nil, []string{"home http://a.example:8080/"}},
			},
		},
		{
			name: "foreign resources, before and after the page, by style sheet, and nobody's",
			records: []warcRecord{
				asset("https://cdn.example.net/early.js", 0, "text/javascript", "1"),
				htmlPage("http://a.example/", 1, `<html><script src="https://cdn.example.net/early.js"></script><link rel=stylesheet href=//cdn.example.net/s.css>`),
				htmlPage("http://b.example/", 1, `<html><link rel=stylesheet href='http://cdn.example.net/s.css#x'>`),
				asset("https://cdn.example.net/s.css", 2, "text/css", "@font-face{src:url(https://fonts.example.org/f.woff2)}"),
				asset("https://fonts.example.org/f.woff2", 3, "font/woff2", "x"),
				status(404, "https://cdn.example.net/missing.js", 4, "text/html", "<html>no"),
			},
			want: map[string]summary{
				"a.example": {data.OutcomeOK, "http://a.example/", nil, []string{"script https://cdn.example.net/early.js", "home http://a.example/", "stylesheet https://cdn.example.net/s.css", "other https://fonts.example.org/f.woff2"}},
				"b.example": {data.OutcomeOK, "http://b.example/", nil, []string{"home http://b.example/", "stylesheet https://cdn.example.net/s.css", "other https://fonts.example.org/f.woff2"}},
			},
			skipped: map[string]int{SkipUnattached: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := importAll(t, openTemp(t, Options{}), plainWARC(tt.records...))
			summaries := map[string]summary{}
			for host := range got.visits {
				v := got.one(t, host)
				summaries[host] = summarise(v)
				if v.Outcome != data.OutcomeOK && v.Reason == "" {
					t.Errorf("%s: %s without a reason", host, v.Outcome)
				}
			}
			if diff := cmp.Diff(tt.want, summaries); diff != "" {
				t.Error(diff)
			}
			if tt.skipped == nil {
				tt.skipped = map[string]int{}
			}
			if diff := cmp.Diff(tt.skipped, got.stats.Skipped); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDeriveRole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		url, media string
		status     int
		want       data.Role
	}{
		{"http://a.example/robots.txt", "text/plain", 200, data.RoleRobots},
		{"http://a.example/sitemap_index.xml", "text/xml", 200, data.RoleSitemap},
		{"http://a.example/sitemap.xml.gz", "application/gzip", 200, data.RoleSitemap},
		{"http://a.example/favicon.ico", "", 200, data.RoleIcon},
		{"http://a.example/favicon.ico", "image/vnd.microsoft.icon", 200, data.RoleIcon},
		{"http://a.example/img/apple-touch-icon-120.png", "image/png", 200, data.RoleIcon},
		{"http://a.example/img/banner.png", "image/png", 200, data.RoleImage},
		{"http://a.example/manifest.json", "application/json", 200, data.RoleManifest},
		{"http://a.example/x.webmanifest", "text/plain", 200, data.RoleManifest},
		{"http://a.example/a.js?v=1", "text/plain", 200, data.RoleScript},
		{"http://a.example/a.mjs", "application/octet-stream", 200, data.RoleScript},
		{"http://a.example/a", "application/x-javascript", 200, data.RoleScript},
		{"http://a.example/a.css", "", 200, data.RoleStylesheet},
		{"http://a.example/api", "application/vnd.api+json", 200, data.RoleData},
		{"http://a.example/feed", "application/rss+xml", 200, data.RoleData},
		{"http://a.example/f.woff2", "font/woff2", 200, data.RoleOther},
		{"http://a.example/a.js", "text/javascript", 500, data.RoleOther},
		{"http://a.example/x", "text/html", 200, data.RolePage},
		{"http://a.example/x", "text/html", 404, data.RoleErrorPage},
		{"http://a.example/favicon.ico", "text/html", 404, data.RoleErrorPage},
		{"http://a.example/x", "text/html", 500, data.RoleOther},
	}
	for _, tt := range tests {
		r := &row{html: tt.media == "text/html"}
		r.URL, r.MediaType, r.Status = tt.url, tt.media, tt.status
		if got := deriveRole(r, false, false); got != tt.want {
			t.Errorf("%s as %s, status %d: %s, want %s", tt.url, tt.media, tt.status, got, tt.want)
		}
	}
}

// TestReimport: our own segments come back with roles and hosting.
func TestReimport(t *testing.T) {
	t.Parallel()
	a := openTemp(t, Options{})
	hosting := data.Hosting{Addrs: []string{"192.0.2.7"}, ASN: 64500, NameServers: []string{"ns.example"}, Server: "x", HHHash: "hhh:1:00"}
	var want []data.Visit
	for i := range 2 { // the second one within the hour
		v := data.Visit{Host: "a.example"}
		for _, x := range []data.RawExchange{
			raw("http://a.example/robots.txt", data.RoleRobots, "HTTP/1.1 404 Not Found\r\n\r\n"),
			raw("http://a.example/", data.RoleRedirect, "HTTP/1.1 302 Found\r\nLocation: /main\r\n\r\n"),
			raw("http://a.example/main", data.RoleHome, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>%d<img src=//cdn.example/i.png>", i)),
			raw("http://a.example/nothing-here", data.RoleErrorPage, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>soft"),
			raw("http://cdn.example/i.png", data.RoleIcon, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
		} {
			x.At = at(60 * i)
			e, err := a.Append(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			v.Exchanges = append(v.Exchanges, e)
		}
		body, err := json.Marshal(hosting)
		if err != nil {
			t.Fatal(err)
		}
		e, err := a.AppendMetadata(t.Context(), "http://a.example/main", "application/json", at(60*i), body)
		if err != nil {
			t.Fatal(err)
		}
		v.Exchanges = append(v.Exchanges, e)
		want = append(want, v)
	}
	segment, err := os.ReadFile(filepath.Join(a.Dir(), want[0].Exchanges[0].Record.Segment))
	if err != nil {
		t.Fatal(err)
	}
	b := openTemp(t, Options{})
	got := importAll(t, b, segment).visits["a.example"]
	if len(got) != 2 {
		t.Fatalf("%d visits", len(got))
	}
	for i := range got {
		if got[i].Digest() != want[i].Digest() {
			t.Errorf("visit %d: %v, want %v", i, roles(got[i]), roles(want[i]))
		}
		if diff := cmp.Diff(hosting, got[i].Hosting); diff != "" {
			t.Error(diff)
		}
		if last := got[i].Exchanges[len(got[i].Exchanges)-1]; last.Role != data.RoleHosting || last.Digest != want[i].Exchanges[5].Digest {
			t.Errorf("hosting record %+v", last)
		}
		if _, err := b.Load(t.Context(), got[i]); err != nil {
			t.Error(err)
		}
	}
}

func TestImportBounds(t *testing.T) {
	t.Parallel()
	var records []warcRecord
	for i := range 60 {
		page := htmlPage(fmt.Sprintf("http://h%02d.example/", i), i, "<html>")
		records = append(records, page, asset(page.uri+"a.css", i, "text/css", ""))
	}
	got := importAll(t, openTemp(t, Options{MaxRows: 20}), plainWARC(records...))
	if got.stats.Visits != 60 || got.order[0] != "h00.example" || got.order[59] != "h59.example" {
		t.Errorf("%d visits, %v", got.stats.Visits, got.order)
	}
	for host := range got.visits {
		if v := got.one(t, host); len(v.Exchanges) != 2 {
			t.Errorf("%s: %v", host, roles(v))
		}
	}

	records = records[:0]
	for i := range maxExchanges + 10 {
		records = append(records, htmlPage(fmt.Sprintf("http://deep.example/%d", i), i, "<html>"))
	}
	records = append(records, htmlPage("http://deep.example/", 999, "<html>home"))
	got = importAll(t, openTemp(t, Options{}), gzipWARC(records...))
	v := got.one(t, "deep.example")
	if len(v.Exchanges) != maxExchanges+1 || v.Exchanges[maxExchanges].Role != data.RoleHome || got.stats.Skipped[SkipOverLimit] != 10 {
		t.Errorf("%d exchanges, %+v", len(v.Exchanges), got.stats)
	}
}

// TestImportLargeRecords: blocks over the memory limit are spooled and kept,
// those over the record limit left out.
func TestImportLargeRecords(t *testing.T) {
	t.Parallel()
	big := "<html>" + strings.Repeat("0123456789", 30_000)
	a := openTemp(t, Options{MemoryLimit: 10_000, MaxRecord: 400_000})
	got := importAll(t, a, gzipWARC(
		htmlPage("http://a.example/", 0, big), asset("http://a.example/huge.bin", 1, "application/x-x", big+big), asset("http://a.example/s.css", 2, "text/css", "x"),
	))
	v := got.one(t, "a.example")
	if diff := cmp.Diff([]string{"home http://a.example/", "stylesheet http://a.example/s.css"}, roles(v)); diff != "" {
		t.Error(diff)
	}
	if got.stats.Failed != 1 || !strings.Contains(got.stats.Errors[0].Error(), "huge.bin") {
		t.Errorf("%+v", got.stats)
	}
	if c, err := a.Load(t.Context(), v); err != nil || string(c.Home().Body) != big {
		t.Errorf("body differs: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(a.Dir(), "spool-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
