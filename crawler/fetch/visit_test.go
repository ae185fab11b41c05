package fetch

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

func newByteReader(r io.Reader) *bufio.Reader { return bufio.NewReader(r) }

const samplePage = `<!doctype html><html><head><title>Lucky</title>
<link rel="stylesheet" href="/a.css"><link rel="shortcut icon" href="/i.png">
<link rel=manifest href="/m.json"><script src="/s.js"></script></head>
<body><img src="/logo.png"><a href="/login">in</a><a href="/news/1">1</a><a href="/news/2">2</a>
<a href="/logout">out</a><a href="/app.apk">app</a><a href="https://elsewhere.example/">x</a>
<iframe src="/frame"></iframe><p>` + "welcome to a page with enough text to be one" + `</p></body></html>`

func sampleSite() http.Handler {
	mux := http.NewServeMux()
	files := map[string]string{
		"/a.css": "b{}", "/i.png": "png", "/m.json": "{}", "/s.js": "1", "/logo.png": "png", "/login": "<html>login",
		"/news/1": "<html>n", "/frame": `<html><link rel=stylesheet href="/f.css">`, "/f.css": "i{}", "/favicon.ico": "ico",
		"/robots.txt": "User-agent: *\nDisallow: /private",
	}
	for p, body := range files {
		mux.HandleFunc(p, func(w http.ResponseWriter, _ *http.Request) { write(w, body) })
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Server", "nginx")
		write(w, samplePage)
	})
	return mux
}

func TestVisitSite(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func() (v data.Visit, c *collected){
		"https": func() (data.Visit, *collected) {
			return visitHost(t, testConfig(siteServer(t, sampleSite())), "lucky.example")
		},
		"http": func() (data.Visit, *collected) {
			return visitHost(t, testConfig(plainServer(t, sampleSite())), "lucky.example")
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, c := serve()
			if v.Outcome != data.OutcomeOK || v.FinalURL != name+"://lucky.example/" {
				t.Fatalf("outcome %s (%s), final %s", v.Outcome, v.Reason, v.FinalURL)
			}
			base := name + "://lucky.example"
			got := []string{}
			for _, e := range c.all {
				got = append(got, string(e.Role)+" "+strings.TrimPrefix(e.URL, base))
			}
			want := []string{
				"robots /robots.txt", "home /", "stylesheet /a.css", "script /s.js", "icon /i.png", "icon /favicon.ico",
				"manifest /m.json", "error-page " + errorPath("lucky.example"), "page /frame", "stylesheet /f.css",
				"page /login", "page /news/1", "image /logo.png",
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("exchanges (-want +got):\n%s", d)
			}
			if (v.Hosting.Certificate != nil) != (name == "https") {
				t.Errorf("certificate %v", v.Hosting.Certificate)
			}
			if v.Hosting.Server != "nginx" || !strings.HasPrefix(v.Hosting.HHHash, "hhh:1:") {
				t.Errorf("hosting %+v", v.Hosting)
			}
		})
	}
}
