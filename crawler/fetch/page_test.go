package fetch

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

func parsePage(t testing.TB, html, at string) *page {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	return readPage(doc.Find("html"), u)
}

func TestReadPage(t *testing.T) {
	t.Parallel()
	p := parsePage(t, `<html><head><base href="/sub/"><title>x</title>
<link rel="Stylesheet" href="a.css"><link rel="preload" as="style" href="b.css"><link rel=preload as=font href=f.woff>
<link rel="shortcut icon" href="i.ico"><link rel="apple-touch-icon" href=t.png><link rel=mask-icon href=m.svg>
<link rel="manifest" href="m.json"><link rel=canonical href="/c"><style>a{}</style>
<script src="s.js"></script><script>var a = 1</script></head>
<body><img src="data:image/gif;base64,AA" data-src="lazy.png"><img src="b.png"><img>
<iframe src="f.html"></iframe><a href=" /p1 ">one</a><area href="/p2"><form></form></body></html>`, "https://h.example/x/y")
	got := map[string][]string{"styles": p.styles, "scripts": p.scripts, "icons": p.icons, "images": p.images, "frames": p.frames, "anchors": p.anchors, "manifest": {p.manifest}, "base": {p.base.String()}}
	want := map[string][]string{
		"styles": {"a.css", "b.css"}, "scripts": {"s.js"}, "icons": {"i.ico", "t.png"}, "images": {"lazy.png", "b.png"},
		"frames": {"f.html"}, "anchors": {"/p1", "/p2"}, "manifest": {"m.json"}, "base": {"https://h.example/sub/"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if p.forms != 1 {
		t.Errorf("%d forms", p.forms)
	}
}

func TestReadPageIsBounded(t *testing.T) {
	t.Parallel()
	p := parsePage(t, "<html>"+strings.Repeat("<a href=/x>y</a>", 5000)+"<a href="+strings.Repeat("z", 5000)+">", "http://h.example/")
	if len(p.anchors) != mostRefs {
		t.Errorf("%d anchors", len(p.anchors))
	}
}

func TestRedirectOf(t *testing.T) {
	t.Parallel()
	full := "<p>" + strings.Repeat("a page with text ", 40)
	for _, c := range []struct {
		name, html string
		status     int
		header     map[string][]string
		to, by     string
	}{
		{"location", "", 301, map[string][]string{"Location": {" /new "}}, "/new", "http"},
		{"308", "", 308, map[string][]string{"Location": {"/new"}}, "/new", "http"},
		{"location of 200", "<html>x", 200, map[string][]string{"Location": {"/new"}}, "", ""},
		{"302 without location", "", 302, nil, "", ""},
		{"304", "", 304, map[string][]string{"Location": {"/new"}}, "", ""},
		{"refresh field", "", 200, map[string][]string{"Refresh": {"0; url=/r"}}, "/r", "http"},
		{"meta", `<meta http-equiv="REFRESH" content="3; URL='/m'">` + full, 200, nil, "/m", "meta"},
		{"meta without url=", `<meta http-equiv="refresh" content="0;/m">`, 200, nil, "/m", "meta"},
		{"meta later", `<meta http-equiv="refresh" content="300;url=/m">`, 200, nil, "", ""},
		{"meta reload", `<meta http-equiv="refresh" content="5">`, 200, nil, "", ""},
		{"meta to itself", `<meta http-equiv="refresh" content="5;url=/home#top">`, 200, nil, "", ""},
		{"meta of an error", `<meta http-equiv="refresh" content="0;url=/m">`, 404, nil, "", ""},
		{"location=", `<script>location = "/s"</script>`, 200, nil, "/s", "script"},
		{"window.location.href=", `<script>window.location.href='https://o.example/';</script>`, 200, nil, "https://o.example/", "script"},
		{"replace", `<script>setTimeout(function(){ top.location.replace("/s") }, 10)</script>`, 200, nil, "/s", "script"},
		{"assign", `<script>document.location.assign('/s')</script>`, 200, nil, "/s", "script"},
		{"first script counts", `<script>var a</script><script>location.href="/1"</script><script>location.href="/2"</script>`, 200, nil, "/1", "script"},
		{"computed", `<script>location.href = "/s?" + x</script>`, 200, nil, "", ""},
		{"another object", `<script>my.location = "/s"; mylocation = "/t"</script>`, 200, nil, "", ""},
		{"comparison", `<script>if (location.href == "/s") {}</script>`, 200, nil, "", ""},
		{"full page", `<script>location.href="/s"</script>` + full, 200, nil, "", ""},
		{"form", `<script>location.href="/s"</script><form></form>`, 200, nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := &answer{url: "https://h.example/home", status: c.status, header: c.header}
			to, by := redirectOf(a, parsePage(t, c.html, a.url))
			if to != c.to || by != c.by {
				t.Errorf("%q by %q, want %q by %q", to, by, c.to, c.by)
			}
		})
	}
}

func TestResolveURL(t *testing.T) {
	t.Parallel()
	base, _ := url.Parse("https://h.example/a/b?q")
	for ref, want := range map[string]string{
		"c": "https://h.example/a/c", "/c#f": "https://h.example/c", "//o.example": "https://o.example/", "?x": "https://h.example/a/b?x",
		" \n/c\t": "https://h.example/c", `\c`: "https://h.example/c", "http://u:p@o.example/": "http://o.example/", "/100%": "https://h.example/100%25",
		"": "https://h.example/a/b?q", "javascript:x": "", "mailto:a@b": "", "file:///x": "", "http://": "", "http://[::1": "", "/\x00": "", "HTTP://O.example/": "http://O.example/",
	} {
		u, err := resolveURL(base, ref)
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: %q (%v), want %q", ref, got, err, want)
		}
	}
}

func TestChoosePages(t *testing.T) {
	t.Parallel()
	home, _ := url.Parse("https://h.example/")
	p := &page{base: home, anchors: []string{
		"/", "#top", "/a-long-way/down/below", "/x", "/news/1", "/news/2", "/member/login.php", "/bbs/board.php?bo_table=free&page=2",
		"/bbs/board.php?page=9&bo_table=gallery", "/logout.php", "/member/join", "https://o.example/login", "/app.apk", "/photo.jpg", "javascript:x",
		"/promo", "/en?action=delete", "/t/0123456789abcdef", "/t/fedcba9876543210",
	}}
	var got []string
	for _, u := range choosePages(p, home, 20) {
		got = append(got, u.RequestURI())
	}
	want := []string{"/promo", "/member/join", "/member/login.php", "/bbs/board.php?bo_table=free&page=2", "/x", "/news/1", "/t/0123456789abcdef", "/a-long-way/down/below"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if n := len(choosePages(p, home, 3)); n != 3 {
		t.Errorf("%d pages", n)
	}
}

func TestErrorPathIsFixedByTheHost(t *testing.T) {
	t.Parallel()
	a, b := errorPath("a.example"), errorPath("b.example")
	if a == b || a != errorPath("a.example") || len(a) != 17 || strings.Contains(a[1:], "/") {
		t.Errorf("%s, %s", a, b)
	}
}

func TestIsHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, body string
		want       bool
	}{
		{"text/html", "", true},
		{"TEXT/HTML; charset=klingon", "", true},
		{"application/xhtml+xml", "", true},
		{"", "<!doctype html>", true},
		{"", "\xef\xbb\xbf \n<HTML lang=ko>", true},
		{"application/octet-stream", "<html>", true},
		{"text/xml", "<?xml version='1.0'?><!DOCTYPE html><html>", true},
		{"text/xml", "<rss>", false},
		{"", "{}", false},
		{"text/plain", "<html>", false},
		{"image/png", "<html>", false},
		{"application/json", "{}", false},
	} {
		if got := isHTML(c.kind, []byte(c.body)); got != c.want {
			t.Errorf("%q %q: %v", c.kind, c.body, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"5": 5 * time.Second, "": 0, "-5": 0, "99999999999999999999": 0, "Thu, 01 Jan 2026 00:01:00 GMT": time.Minute, "Wed, 01 Jan 2020 00:00:00 GMT": 0,
	} {
		if got := RetryAfter(v, at); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}

func TestRegistrable(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"www.lucky.example": "lucky.example", "a.b.co.kr": "b.co.kr", "me.github.io": "me.github.io", "WWW.Lucky.Example.": "lucky.example",
		"127.0.0.1": "127.0.0.1", "com": "com", "": "",
	} {
		if got := registrable(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add(samplePage)
	f.Add(`<base href="//[::1"><meta http-equiv=refresh content="0;url=x"><script>location="/`)
	f.Add(`<frameset><frame src="x"><template><a href=y></template>`)
	f.Fuzz(func(t *testing.T, html string) {
		p := parsePage(t, html, "https://h.example/")
		if len(p.anchors) > mostRefs {
			t.Error("unbounded")
		}
		home, _ := url.Parse("https://h.example/")
		for _, u := range choosePages(p, home, 4) {
			if u.Hostname() != "h.example" {
				t.Errorf("page of another host: %s", u)
			}
		}
		redirectOf(&answer{url: "https://h.example/", status: 200}, p)
	})
}

func FuzzRefreshTarget(f *testing.F) {
	for _, s := range []string{"0;url=/x", "5", "0 , URL = '/x", "1.5;\"x\"", ";url=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := refreshTarget(s); len(got) > mostRef || (got != "" && !strings.Contains(s, got)) {
			t.Errorf("%q gave %q", s, got)
		}
	})
}

func FuzzScriptTarget(f *testing.F) {
	for _, s := range []string{`location="/x"`, `top.location.replace('y')`, `location.href = "a" + b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := scriptTarget(s); !strings.Contains(s, got) {
			t.Errorf("%q gave %q", s, got)
		}
	})
}
