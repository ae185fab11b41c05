package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// byHost serves a handler for each host name; other hosts' connections close.
func byHost(hosts map[string]http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := hosts[r.Host]; h != nil {
			h(w, r)
			return
		}
		panic(http.ErrAbortHandler)
	})
}

func document(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		write(w, body)
	}
}

func TestVisitFollowsEveryKindOfRedirect(t *testing.T) {
	t.Parallel()
	addr := siteServer(t, byHost(map[string]http.HandlerFunc{
		"old.example": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			http.Redirect(w, r, "https://www.old.example/", http.StatusMovedPermanently)
		},
		"www.old.example": document(`<meta http-equiv=refresh content="0;url=https://mid.example/">`),
		"mid.example":     document(`<script>location.replace("https://new.example/")</script>`),
		"new.example":     document("<html><body>here we are</body></html>"),
	}))
	v, c := visitHost(t, testConfig(addr), "old.example")
	if v.Outcome != data.OutcomeOK || v.Host != "old.example" || v.FinalURL != "https://new.example/" {
		t.Fatalf("outcome %s (%s), final %s", v.Outcome, v.Reason, v.FinalURL)
	}
	want := []data.Hop{
		{URL: "https://old.example/", Status: 301, To: "https://www.old.example/", By: "http"},
		{URL: "https://www.old.example/", To: "https://mid.example/", By: "meta"},
		{URL: "https://mid.example/", To: "https://new.example/", By: "script"},
	}
	if d := cmp.Diff(want, v.Chain); d != "" {
		t.Errorf("chain (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"https://old.example/", "https://www.old.example/", "https://mid.example/"}, c.byRole(data.RoleRedirect)); d != "" {
		t.Errorf("redirects:\n%s", d)
	}
	if d := cmp.Diff([]string{"https://new.example/"}, c.byRole(data.RoleHome)); d != "" {
		t.Errorf("home:\n%s", d)
	}
	if n := len(c.byRole(data.RoleRobots)); n != 4 {
		t.Errorf("%d robots.txt of 4 hosts", n)
	}
}

// A site that sets a cookie and redirects to the same address is no circle.
func TestVisitSendsCookiesBack(t *testing.T) {
	t.Parallel()
	addr := siteServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("seen"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		document("<html>welcome back")(w, r)
	}))
	v, _ := visitHost(t, testConfig(addr), "cookie.example")
	if v.Outcome != data.OutcomeOK {
		t.Errorf("outcome %s (%s)", v.Outcome, v.Reason)
	}
}

// The archived bytes are those of the wire: order and case of the fields,
// chunks, compression.
func TestVisitTapsTheWire(t *testing.T) {
	t.Parallel()
	const sent = "HTTP/1.1 200 OK\r\nsErVeR: Odd\r\nX-B: 1\r\nX-A: 2\r\nx-b: 3\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"6;ext=1\r\n<html>\r\n4\r\npage\r\n0\r\nTrailer: x\r\n\r\n"
	addr := rawServer(t, behaviour{serve: say(sent)}.handler())
	v, c := visitHost(t, testConfig(addr), "wire.example")
	if v.Outcome != data.OutcomeOK {
		t.Fatalf("outcome %s (%s)", v.Outcome, v.Reason)
	}
	i := 0
	for c.all[i].Role != data.RoleHome {
		i++
	}
	if got := string(c.all[i].Response); got != sent {
		t.Errorf("response %q", got)
	}
	req := string(c.all[i].Request)
	if !strings.HasPrefix(req, "GET / HTTP/1.1\r\nHost: wire.example\r\nUser-Agent: pitboss/test (") || !strings.HasSuffix(req, "\r\n\r\n") {
		t.Errorf("request %q", req)
	}
	if want := hhHash([]byte("x\r\nsErVeR: \r\nX-B:\r\nX-A:\r\nx-b:\r\nContent-Type:\r\nTransfer-Encoding:\r\n\r\n")); v.Hosting.HHHash != want {
		t.Errorf("HHHash %s, want %s", v.Hosting.HHHash, want)
	}
	e := c.all[i].Exchange
	if e.Status != 200 || e.MediaType != "text/html" || e.Addr != "127.0.0.1" || e.At.IsZero() || e.Truncated != "" {
		t.Errorf("exchange %+v", e)
	}
}

func TestVisitKeepsOneConnectionAHost(t *testing.T) {
	t.Parallel()
	var conns atomic.Int64
	s := sampleSite()
	addr := countingServer(t, s, &conns)
	v, c := visitHost(t, testConfig(addr), "one.example")
	if v.Outcome != data.OutcomeOK || len(c.all) < 10 {
		t.Fatalf("outcome %s, %d exchanges", v.Outcome, len(c.all))
	}
	// One for the TLS hello that the plain server refuses.
	if n := conns.Load(); n != 2 {
		t.Errorf("%d connections for %d exchanges", n, len(c.all))
	}
}

func countingServer(t *testing.T, h http.Handler, conns *atomic.Int64) net.Addr {
	t.Helper()
	s := &http.Server{Handler: h, ConnState: func(_ net.Conn, st http.ConnState) {
		if st == http.StateNew {
			conns.Add(1)
		}
	}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() { s.Close(); wg.Wait() })
	return l.Addr()
}

// A server that closes the connection for every path it does not know still
// gets its site crawled.
func TestVisitOfAServerThatClosesOnUnknownPaths(t *testing.T) {
	t.Parallel()
	known := map[string]string{"/": body200("text/html", samplePage), "/a.css": body200("text/css", "b{}"), "/login": body200("text/html", "<html>l")}
	addr := rawServer(t, func(c net.Conn, r *http.Request) { write(c, known[r.URL.Path]) })
	v, c := visitHost(t, testConfig(addr), "closing.example")
	if v.Outcome != data.OutcomeOK {
		t.Fatalf("outcome %s (%s)", v.Outcome, v.Reason)
	}
	var got []string
	for _, e := range c.all {
		got = append(got, strings.TrimPrefix(e.URL, "http://closing.example"))
	}
	if d := cmp.Diff([]string{"/", "/a.css", "/login"}, got); d != "" {
		t.Errorf("exchanges:\n%s", d)
	}
}

func TestVisitObeysRobotsForResources(t *testing.T) {
	t.Parallel()
	var asked sync.Map
	addr := siteServer(t, byHost(map[string]http.HandlerFunc{
		"site.example": func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Host+r.URL.Path, true)
			if r.URL.Path == "/robots.txt" {
				write(w, "User-agent: *\nDisallow: /no\nAllow: /no/but\n")
				return
			}
			w.Header().Set("Content-Type", "text/html")
			write(w, `<link rel=stylesheet href="/no/a.css"><link rel=stylesheet href="/no/but/b.css">
				<script src="https://cdn.example/yes.js"></script><script src="https://cdn.example/never.js"></script>page`)
		},
		"cdn.example": func(w http.ResponseWriter, r *http.Request) {
			asked.Store(r.Host+r.URL.Path, true)
			write(w, "User-agent: pitboss\nDisallow: /never")
		},
	}))
	v, c := visitHost(t, testConfig(addr), "site.example")
	for path, want := range map[string]bool{
		"site.example/no/a.css": false, "site.example/no/but/b.css": true, "cdn.example/robots.txt": true,
		"cdn.example/yes.js": true, "cdn.example/never.js": false,
	} {
		if _, got := asked.Load(path); got != want {
			t.Errorf("%s requested: %v", path, got)
		}
	}
	if d := cmp.Diff([]string{"https://site.example/robots.txt"}, c.byRole(data.RoleRobots)); d != "" {
		t.Errorf("archived robots.txt of %s:\n%s", v.Host, d)
	}
}

func TestVisitStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Type", "text/html")
		for i := range 100 {
			fmt.Fprintf(w, `<script src="/%d.js"></script><img src="/%d.png"><a href="/p%s">x</a>`, i, i, strings.Repeat("a", i))
		}
		write(w, "page")
	}))
	t.Run("requests", func(t *testing.T) {
		cfg := testConfig(addr)
		cfg.Limits.Requests = 9
		v, c := visitHost(t, cfg, "many.example")
		if v.Outcome != data.OutcomeOK || len(c.all) != 9 || requests.Load() != 9 {
			t.Errorf("outcome %s, %d exchanges, %d requests", v.Outcome, len(c.all), requests.Load())
		}
	})
	t.Run("bytes", func(t *testing.T) {
		cfg := testConfig(addr)
		cfg.Limits.Bytes = 40 << 10
		v, c := visitHost(t, cfg, "heavy.example")
		total := 0
		for _, e := range c.all {
			total += len(e.Response)
		}
		if v.Outcome != data.OutcomeOK || total > 41<<10 {
			t.Errorf("outcome %s (%s), %d bytes", v.Outcome, v.Reason, total)
		}
	})
	t.Run("time", func(t *testing.T) {
		cfg := testConfig(addr)
		cfg.Delay = 300 * time.Millisecond
		cfg.Limits.Duration = 1500 * time.Millisecond
		v, c := visitHost(t, cfg, "slow.example")
		if v.Outcome != data.OutcomeOK || len(c.all) < 2 || len(c.all) > 6 {
			t.Errorf("outcome %s (%s), %d exchanges", v.Outcome, v.Reason, len(c.all))
		}
	})
}

func TestVisitLeavesAHostThatAsksForIt(t *testing.T) {
	t.Parallel()
	var after atomic.Int64
	var refused atomic.Bool
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			document(samplePage)(w, r)
		case r.URL.Path == "/robots.txt":
			http.NotFound(w, r)
		case refused.Swap(true):
			after.Add(1)
		default:
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	v, c := visitHost(t, testConfig(addr), "busy.example")
	if v.Outcome != data.OutcomeOK || after.Load() != 0 || len(c.all) != 3 {
		t.Errorf("outcome %s, %d requests after the refusal, %d exchanges", v.Outcome, after.Load(), len(c.all))
	}
}

func TestVisitTellsTheSinksError(t *testing.T) {
	t.Parallel()
	f, err := New(testConfig(plainServer(t, sampleSite())))
	if err != nil {
		t.Fatal(err)
	}
	full := func(context.Context, data.RawExchange) (data.Exchange, error) {
		return data.Exchange{}, data.ErrNoSpace
	}
	if _, err := f.Visit(t.Context(), data.Request{Host: "full.example"}, full); !errors.Is(err, data.ErrNoSpace) {
		t.Errorf("error %v", err)
	}
}

func TestVisitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 10)
	addr := rawServer(t, func(c net.Conn, _ *http.Request) {
		reached <- struct{}{}
		var b bytes.Buffer
		_, _ = b.ReadFrom(c)
	})
	cfg := testConfig(addr)
	cfg.Limits.Request, cfg.Limits.Duration = time.Minute, time.Minute
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	var c collected
	v, err := f.Visit(ctx, data.Request{Host: "hanging.example"}, c.sink)
	if !errors.Is(err, context.Canceled) || v.Outcome != data.OutcomeCanceled {
		t.Errorf("outcome %s, error %v", v.Outcome, err)
	}
}

// Two visits of an unchanged site archive the same exchanges in the same order.
func TestVisitIsRepeatable(t *testing.T) {
	t.Parallel()
	cfg := testConfig(siteServer(t, byHost(map[string]http.HandlerFunc{
		"same.example": document(samplePage + `<script src="https://cdn.example/"></script>`),
		"cdn.example":  document("var a"),
	})))
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var urls [2][]string
	for i := range urls {
		var c collected
		if _, err := f.Visit(t.Context(), data.Request{Host: "same.example"}, c.sink); err != nil {
			t.Fatal(err)
		}
		for _, e := range c.all {
			urls[i] = append(urls[i], e.URL)
		}
	}
	if d := cmp.Diff(urls[0], urls[1]); d != "" || len(urls[0]) < 8 {
		t.Errorf("%d exchanges:\n%s", len(urls[0]), d)
	}
}

func TestNewRefusesBadConfigurations(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"line break in the agent": func(c *Config) { c.Vantage.UserAgent = "a\r\nX: y" },
		"resolver without a port": func(c *Config) { c.Resolvers = []string{"127.0.0.1"} },
		"negative delay":          func(c *Config) { c.Delay = -1 },
		"negative address limit":  func(c *Config) { c.AddressLimit = -1 },
	} {
		cfg := DefaultConfig("1")
		change(&cfg)
		if _, err := New(cfg); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Config{}); err != nil {
		t.Errorf("zero config: %v", err)
	}
}

// A site whose https does not answer is asked over http for its own https
// addresses too; other hosts are not.
func TestVisitStaysOnHTTPWhereHTTPSDoesNotAnswer(t *testing.T) {
	t.Parallel()
	addr := plainServer(t, byHost(map[string]http.HandlerFunc{
		"plain.example": func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				document(`<html><link rel=stylesheet href="https://plain.example/own.css"><script src="https://cdn.example/foreign.js"></script>page`)(w, r)
			case "/own.css":
				write(w, "b{}")
			default:
				http.NotFound(w, r)
			}
		},
	}))
	v, c := visitHost(t, testConfig(addr), "plain.example")
	if d := cmp.Diff([]string{"http://plain.example/own.css"}, c.byRole(data.RoleStylesheet)); d != "" || v.Outcome != data.OutcomeOK {
		t.Errorf("outcome %s, style sheets:\n%s", v.Outcome, d)
	}
	if got := c.byRole(data.RoleScript); got != nil {
		t.Errorf("scripts %v", got)
	}
}

// Waiting for the turn of a crowded address is not the site's fault and costs
// its visit nothing.
func TestVisitWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	cfg := testConfig(plainServer(t, sampleSite()))
	cfg.AddressLimit = 1
	cfg.Limits.Duration, cfg.Limits.Request, cfg.Limits.Connect = time.Second, time.Second, time.Second
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr("127.0.0.1")
	if err := f.gate.enter(t.Context(), addr); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(2500*time.Millisecond, func() { f.gate.leave(addr) })
	var c collected
	v, err := f.Visit(t.Context(), data.Request{Host: "patient.example"}, c.sink)
	if err != nil || v.Outcome != data.OutcomeOK || len(c.all) < 10 {
		t.Errorf("outcome %s (%s), %d exchanges, %v", v.Outcome, v.Reason, len(c.all), err)
	}
}

// proberFunc is a Prober.
type proberFunc func(ctx context.Context, url string, h *data.Hosting) error

func (f proberFunc) Probe(ctx context.Context, url string, h *data.Hosting) error {
	return f(ctx, url, h)
}

func TestVisitAsksTheProber(t *testing.T) {
	t.Parallel()
	addr := plainServer(t, sampleSite())
	_, port, _ := net.SplitHostPort(addr.String())
	cfg := testConfig(addr)
	cfg.ConnectTo = nil
	cfg.Resolvers = []string{dnsServer(t, "probed.example. 60 IN A 127.0.0.1")}
	var fail error
	cfg.Probe = proberFunc(func(_ context.Context, url string, h *data.Hosting) error {
		if url != "http://probed.example:"+port+"/" {
			t.Errorf("probed %s", url)
		}
		h.CDN = "acme"
		return fail
	})
	for _, fail = range []error{nil, errors.New("httpx is broken")} {
		v, _ := visitHost(t, cfg, "probed.example:"+port)
		if v.Outcome != data.OutcomeOK || v.Hosting.CDN != "acme" || v.Hosting.Server != "nginx" {
			t.Errorf("with %v: outcome %s (%s), hosting %+v", fail, v.Outcome, v.Reason, v.Hosting)
		}
	}
	cfg.ConnectTo = toLoopback(addr)
	cfg.Probe = proberFunc(func(context.Context, string, *data.Hosting) error {
		t.Error("probed although a connect-to rule applies")
		return nil
	})
	visitHost(t, cfg, "probed.example")
}
