package fetch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// A page cannot use the crawler to reach what only its owner can reach.
func TestResourcesAreGuarded(t *testing.T) {
	t.Parallel()
	var reached sync.Map
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Store(r.Host, true)
		document(`<script src="http://169.254.169.254/latest/meta-data/"></script><link rel=icon href="http://[fd00:ec2::254]/i">
			<link rel=stylesheet href="http://0.0.0.0/a.css"><script src="http://2852039166/x.js"></script>
			<link rel=manifest href="file:///etc/passwd"><script src="http://[::ffff:169.254.169.254]/y.js"></script>
			<link rel=stylesheet href="/ok.css">a page`)(w, r)
	}))
	cfg := testConfig(addr)
	cfg.ConnectTo[0].Host = "site.example"
	v, c := visitHost(t, cfg, "site.example")
	if v.Outcome != data.OutcomeOK {
		t.Fatalf("outcome %s (%s)", v.Outcome, v.Reason)
	}
	reached.Range(func(host, _ any) bool {
		if host != "site.example" {
			t.Errorf("%s was reached", host)
		}
		return true
	})
	if d := cmp.Diff([]string{"http://site.example/ok.css"}, c.byRole(data.RoleStylesheet)); d != "" {
		t.Errorf("style sheets:\n%s", d)
	}
}

func TestFramesBringTheirAssets(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/":      `<html><frameset><frame src="/main"><frame src="https://other.example/ad"></frameset>`,
		"/main":  `<html><link rel=stylesheet href="main.css"><script src="/main.js"></script>the real page`,
		"/login": "<html>log in",
	}
	addr := siteServer(t, byHost(map[string]http.HandlerFunc{"framed.example": func(w http.ResponseWriter, r *http.Request) {
		if body, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html")
			write(w, body)
			return
		}
		http.NotFound(w, r)
	}}))
	_, c := visitHost(t, testConfig(addr), "framed.example")
	if d := cmp.Diff([]string{"https://framed.example/main"}, c.byRole(data.RolePage)); d != "" {
		t.Errorf("pages:\n%s", d)
	}
	if d := cmp.Diff([]string{"https://framed.example/main.css"}, c.byRole(data.RoleStylesheet)); d != "" {
		t.Errorf("style sheets:\n%s", d)
	}
	if d := cmp.Diff([]string{"https://framed.example/main.js"}, c.byRole(data.RoleScript)); d != "" {
		t.Errorf("scripts:\n%s", d)
	}
}

func TestImagesAreFewAndOfTheSite(t *testing.T) {
	t.Parallel()
	addr := siteServer(t, byHost(map[string]http.HandlerFunc{
		"pics.example": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				write(w, strings.Repeat("x", 2<<20))
				return
			}
			w.Header().Set("Content-Type", "text/html")
			write(w, `pictures <img src="https://ads.example/1.png"><img src="https://img.pics.example/z.png">`)
			for i := range 30 {
				fmt.Fprintf(w, `<img src="/%d.png"><img src="/0.png">`, i)
			}
		},
		"ads.example":      func(http.ResponseWriter, *http.Request) { t.Error("the picture of another site was fetched") },
		"img.pics.example": func(w http.ResponseWriter, _ *http.Request) { write(w, "png") },
	}))
	cfg := testConfig(addr)
	cfg.Limits.Images = 5
	_, c := visitHost(t, cfg, "pics.example")
	got := c.byRole(data.RoleImage)
	if len(got) != 5 || got[0] != "https://img.pics.example/z.png" || got[4] != "https://pics.example/3.png" {
		t.Errorf("images %v", got)
	}
	for _, e := range c.all {
		if e.Role == data.RoleImage && strings.HasSuffix(e.URL, "/0.png") && (e.Truncated != "length" || len(e.Response) > mostImage+4096) {
			t.Errorf("%s: %d bytes, truncated %q", e.URL, len(e.Response), e.Truncated)
		}
	}
}

func TestADeadHostIsAskedOnce(t *testing.T) {
	t.Parallel()
	var dials atomic.Int64
	dead := tlsServer(t, func(c net.Conn) { dials.Add(1); io.Copy(io.Discard, c) })
	site := plainServer(t, document(`<script src="https://dead.example/1.js"></script><script src="https://dead.example/2.js"></script>
		<script src="https://dead.example/3.js"></script><link rel=stylesheet href="https://dead.example/a.css">a page`))
	cfg := testConfig(site)
	cfg.ConnectTo = append(toLoopback(dead), cfg.ConnectTo...)
	cfg.ConnectTo[0].Host = "dead.example"
	cfg.Limits.Connect = 600 * time.Millisecond
	v, c := visitHost(t, cfg, "alive.example")
	if v.Outcome != data.OutcomeOK || dials.Load() != 1 {
		t.Errorf("outcome %s, %d dials", v.Outcome, dials.Load())
	}
	if n := len(c.byRole(data.RoleErrorPage)); n != 1 {
		t.Errorf("%d error pages: the visit did not go on", n)
	}
}

// A truncated body says by what, in the words of WARC-Truncated.
func TestTruncationIsTold(t *testing.T) {
	t.Parallel()
	css := map[string]func(net.Conn, *http.Request){
		"/length.css":     forever("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", 8<<10), 0),
		"/disconnect.css": say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
		"/chunk.css":      say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"),
		"/whole.css":      say("HTTP/1.1 200 OK\r\n\r\nto the end of the connection"),
		"/time.css":       forever("HTTP/1.1 200 OK\r\n\r\n", "x", 20*time.Millisecond),
	}
	home := `<link rel=stylesheet href="/length.css"><link rel=stylesheet href="/disconnect.css"><link rel=stylesheet href="/chunk.css">
		<link rel=stylesheet href="/whole.css"><link rel=stylesheet href="/time.css">a page`
	addr := rawServer(t, behaviour{serve: func(c net.Conn, r *http.Request) {
		if serve := css[r.URL.Path]; serve != nil {
			serve(c, r)
			return
		}
		write(c, body200("text/html", home))
	}}.handler())
	cfg := testConfig(addr)
	cfg.Limits.Body = 64 << 10
	_, c := visitHost(t, cfg, "cut.example")
	got := map[string]string{}
	for _, e := range c.all {
		if e.Role == data.RoleStylesheet {
			got[strings.TrimPrefix(e.URL, "http://cut.example/")] = e.Truncated
		}
	}
	want := map[string]string{"length.css": "length", "disconnect.css": "disconnect", "chunk.css": "disconnect", "whole.css": "", "time.css": "time"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("truncated (-want +got):\n%s", d)
	}
}

func TestVantage(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []http.Header
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Header.Clone())
		mu.Unlock()
		document("<html>page")(w, r)
	}))
	f, err := New(testConfig(addr))
	if err != nil {
		t.Fatal(err)
	}
	phone := data.Vantage{Name: "phone-kr", UserAgent: "Phone/1", AcceptLanguage: "ko", Mobile: true}
	for _, c := range []struct {
		vantage               data.Vantage
		name, agent, language string
		mobile                string
	}{
		{data.Vantage{}, "default", DefaultVantage("test").UserAgent, DefaultVantage("").AcceptLanguage, ""},
		{phone, "phone-kr", "Phone/1", "ko", "?1"},
	} {
		seen = nil
		var archived collected
		v, err := f.Visit(t.Context(), data.Request{Host: "vantage.example", Vantage: c.vantage}, archived.sink)
		if err != nil || v.Vantage != c.name || len(seen) == 0 {
			t.Fatalf("vantage %q, %d requests, %v", v.Vantage, len(seen), err)
		}
		for _, h := range seen {
			if h.Get("User-Agent") != c.agent || h.Get("Accept-Language") != c.language || h.Get("Sec-CH-UA-Mobile") != c.mobile {
				t.Errorf("sent %v", h)
			}
		}
	}
}

// The name in a server's log leads to somebody or to nobody, never to a made-up
// address.
func TestNamedVantage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ version, contact, agent string }{
		{"", "", "pitboss/0 (research on illegal gambling)"},
		{"1.2", "", "pitboss/1.2 (research on illegal gambling)"},
		{"1.2", "mailto:ops@lab.example", "pitboss/1.2 (+mailto:ops@lab.example; research on illegal gambling)"},
	} {
		v := NamedVantage(c.version, c.contact)
		if v.UserAgent != c.agent || v.Name != "default" || productToken(v.UserAgent) != "pitboss" {
			t.Errorf("%q: %+v, want %q", c.contact, v, c.agent)
		}
	}
	cfg := DefaultConfig("1")
	cfg.Vantage = NamedVantage("1", "x\r\nEvil: 1")
	if _, err := New(cfg); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("a contact with a line break: %v", err)
	}
}

// A cookie that is larger than servers accept is not sent back.
func TestLargeCookiesAreNotSentBack(t *testing.T) {
	t.Parallel()
	var most atomic.Int64
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), int64(len(r.Header.Get("Cookie")))))
		w.Header().Set("Set-Cookie", "small=1")
		w.Header().Add("Set-Cookie", "large="+strings.Repeat("c", 20<<10))
		document("<html>page")(w, r)
	}))
	v, c := visitHost(t, testConfig(addr), "cookies.example")
	if v.Outcome != data.OutcomeOK || len(c.all) < 3 || most.Load() > mostCookie {
		t.Errorf("outcome %s (%s), a Cookie field of %d bytes", v.Outcome, v.Reason, most.Load())
	}
}

func TestOnlyGetIsSent(t *testing.T) {
	t.Parallel()
	f, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{f: f, ctx: t.Context()}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, "BREW"} {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/", strings.NewReader("a=b"))
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := v.RoundTrip(req); err == nil {
			resp.Body.Close()
			t.Errorf("%s is sent", method)
		}
	}
}
