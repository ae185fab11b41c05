package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"pitboss/data"
)

const page200 = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 44\r\n\r\n" +
	"<html><body>a page like any other</body></ht"

// body200 is an answer with the right length.
func body200(kind, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body)
}

// behaviour is a server that means harm, or knows no better.
type behaviour struct {
	name    string
	serve   func(c net.Conn, r *http.Request) // of every path but robots.txt
	robots  func(c net.Conn, r *http.Request) // nil: 404
	outcome data.Outcome
	reason  string // part of the visit's reason
}

func say(s string) func(net.Conn, *http.Request) {
	return func(c net.Conn, _ *http.Request) { write(c, s) }
}

// forever writes a chunk until the client has had enough.
func forever(head, chunk string, pause time.Duration) func(net.Conn, *http.Request) {
	return func(c net.Conn, _ *http.Request) {
		write(c, head)
		for {
			if _, err := io.WriteString(c, chunk); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}
}

func redirectTo(location string) func(net.Conn, *http.Request) {
	return say("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n")
}

func reset(c net.Conn, _ *http.Request) {
	if tc, ok := c.(*net.TCPConn); ok {
		tc.SetLinger(0)
	}
}

// bomb is an answer whose body grows a thousandfold.
func bomb(encoding string, size int) string {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if encoding == "br" {
		w = brotli.NewWriter(&b)
	}
	write(w, "<html>")
	zeros := make([]byte, 1<<20)
	for range size >> 20 {
		w.Write(zeros)
	}
	w.Close()
	return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: " + encoding +
		"\r\nContent-Length: " + strconv.Itoa(b.Len()) + "\r\n\r\n" + b.String()
}

func behaviours() []behaviour {
	manyLinks := "<html><body>many" + strings.Repeat(`<a href="/x">l</a><link rel=stylesheet href=/s><iframe src=/f></iframe>`, 10_000)
	deep := "<html><body>deep " + strings.Repeat("<div>", 100_000)
	return []behaviour{
		{name: "ordinary page", serve: say(page200), outcome: data.OutcomeOK},
		{name: "slow loris head", serve: forever("HTTP/1.1 200 OK\r\n", "X-A: b\r\n", 50*time.Millisecond), outcome: data.OutcomeTimeout},
		{name: "slow loris body", serve: forever("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", "x", 50*time.Millisecond), outcome: data.OutcomeTimeout, reason: "body did not end"},
		{name: "silence", serve: func(c net.Conn, _ *http.Request) { io.Copy(io.Discard, c) }, outcome: data.OutcomeTimeout, reason: "no answer in time"},
		{name: "endless body", serve: forever("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", strings.Repeat("x", 64<<10), 0), outcome: data.OutcomeTooLarge, reason: "over the limit"},
		{name: "endless chunks", serve: forever("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", "8000\r\n"+strings.Repeat("x", 0x8000)+"\r\n", 0), outcome: data.OutcomeTooLarge},
		{name: "header flood", serve: forever("HTTP/1.1 200 OK\r\n", strings.Repeat("X-Flood: abcdefgh\r\n", 1000), 0), outcome: data.OutcomeTooLarge, reason: "head"},
		{name: "one endless header line", serve: forever("HTTP/1.1 200 OK\r\nX-Long: ", strings.Repeat("x", 8192), 0), outcome: data.OutcomeTooLarge, reason: "head"},
		{name: "cookie of 1 MB", serve: say("HTTP/1.1 200 OK\r\nSet-Cookie: a=" + strings.Repeat("c", 1<<20) + "\r\n\r\n"), outcome: data.OutcomeTooLarge, reason: "head"},
		{name: "cookie of 100 KB", serve: say("HTTP/1.1 200 OK\r\nSet-Cookie: a=" + strings.Repeat("c", 100<<10) + "\r\nContent-Length: 10\r\nContent-Type: text/html\r\n\r\n<html>page"), outcome: data.OutcomeOK},
		{name: "gzip bomb", serve: say(bomb("gzip", 64<<20)), outcome: data.OutcomeTooLarge, reason: "decompressed"},
		{name: "brotli bomb", serve: say(bomb("br", 64<<20)), outcome: data.OutcomeTooLarge, reason: "decompressed"},
		{name: "gzip that is none", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n<html>page"), outcome: data.OutcomeOK},
		{name: "length too long", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html>short"), outcome: data.OutcomeOK},
		{name: "length too short", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n<html>pageHTTP/1.1 200 OK\r\n\r\nsmuggled"), outcome: data.OutcomeOK},
		{name: "length of many terabytes", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999999\r\n\r\n<html>x"), outcome: data.OutcomeOK},
		{name: "negative length", serve: say("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<html>x"), outcome: data.OutcomeProtocol},
		{name: "two lengths", serve: say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<html>"), outcome: data.OutcomeProtocol},
		{name: "reset before the answer", serve: reset, outcome: data.OutcomeConnect, reason: "closed without an answer"},
		{name: "closed before the answer", serve: say(""), outcome: data.OutcomeConnect, reason: "closed without an answer"},
		{name: "closed within the head", serve: say("HTTP/1.1 200 OK\r\nServer: x\r\n"), outcome: data.OutcomeProtocol, reason: "within the head"},
		{name: "HTTP/0.9", serve: say("<html>an old page</html>"), robots: say("<html>an old page</html>"), outcome: data.OutcomeProtocol},
		{name: "SSH", serve: say("SSH-2.0-OpenSSH_9.2\r\n"), robots: say("SSH-2.0-OpenSSH_9.2\r\n"), outcome: data.OutcomeProtocol},
		{name: "NUL bytes in the page", serve: say(body200("text/html", "<html>\x00a\x00<a href='/\x00'>b\x00</html>")), outcome: data.OutcomeOK},
		{name: "NUL bytes in the head", serve: say("HTTP/1.1 200 OK\r\nX-\x00: a\r\n\r\n<html>"), outcome: data.OutcomeProtocol},
		{name: "status that is no number", serve: say("HTTP/1.1 two OK\r\n\r\n"), outcome: data.OutcomeProtocol},
		{name: "endless 100 Continue", serve: forever("", "HTTP/1.1 100 Continue\r\n\r\n", 0), outcome: data.OutcomeProtocol, reason: "interim"},
		{name: "one 100 Continue", serve: say("HTTP/1.1 100 Continue\r\n\r\n" + page200), outcome: data.OutcomeOK},
		{name: "101 unasked", serve: say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), outcome: data.OutcomeProtocol},
		{name: "unknown transfer encoding", serve: say("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n<html>"), outcome: data.OutcomeProtocol},
		{name: "redirect to itself", serve: redirectTo("/"), outcome: data.OutcomeRedirects, reason: "circle"},
		{name: "endless redirect", serve: func(c net.Conn, r *http.Request) { redirectTo("/a"+r.URL.Path)(c, r) }, outcome: data.OutcomeRedirects, reason: "more than 10"},
		{name: "redirect to file", serve: redirectTo("file:///etc/passwd"), outcome: data.OutcomeOutOfScope},
		{name: "redirect to gopher", serve: redirectTo("gopher://127.0.0.1:70/x"), outcome: data.OutcomeOutOfScope},
		{name: "redirect to script", serve: redirectTo("javascript:alert(1)"), outcome: data.OutcomeOutOfScope},
		{name: "redirect to nothing", serve: redirectTo("http://"), outcome: data.OutcomeOutOfScope},
		{name: "meta refresh circle", serve: say(body200("text/html", `<meta http-equiv=refresh content="0;url=/?a=1">x`)), outcome: data.OutcomeOK},
		{name: "meta refresh to data", serve: say(body200("text/html", `<meta http-equiv=refresh content="0;url=data:text/html,x">x`)), outcome: data.OutcomeOutOfScope},
		{name: "robots of 50 MB", serve: say(page200), robots: func(c net.Conn, _ *http.Request) {
			write(c, "HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
			line := strings.Repeat("Disallow: /x\n", 1000)
			for range 4000 {
				if _, err := io.WriteString(c, line); err != nil {
					return
				}
			}
		}, outcome: data.OutcomeOK},
		{name: "robots forbids", serve: say(page200), robots: say(body200("text/plain", "User-agent: *\nDisallow: /")), outcome: data.OutcomeRobots, reason: "forbids"},
		{name: "robots forbids us by name", serve: say(page200), robots: say(body200("text/plain", "User-agent: pitboss\nDisallow: /\n\nUser-agent: *\nAllow: /")), outcome: data.OutcomeRobots},
		{name: "robots answers 500", serve: say(page200), robots: say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), outcome: data.OutcomeRobots, reason: "RFC 9309"},
		{name: "robots closes", serve: say(page200), robots: say(""), outcome: data.OutcomeOK},
		{name: "robots is silent", serve: say(page200), robots: func(c net.Conn, _ *http.Request) { io.Copy(io.Discard, c) }, outcome: data.OutcomeTimeout, reason: "robots.txt"},
		{name: "robots redirects for ever", serve: say(page200), robots: redirectTo("/robots.txt"), outcome: data.OutcomeOK},
		{name: "robots of noise", serve: say(page200), robots: say(body200("text/plain", "\x00\xff:\n::::\nUser-agent\nDisallow: [(*\nCrawl-delay: 1e99\n")), outcome: data.OutcomeOK},
		{name: "status 404", serve: say("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"), outcome: data.OutcomeHTTPError, reason: "404"},
		{name: "status 503", serve: say("HTTP/1.1 503 Busy\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n"), outcome: data.OutcomeHTTPError, reason: "503"},
		{name: "empty", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"), outcome: data.OutcomeEmpty},
		{name: "a chunk that is none", serve: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello"), outcome: data.OutcomeProtocol, reason: "broke off"},
		{name: "white space", serve: say(body200("text/html", " \n\t ")), outcome: data.OutcomeEmpty},
		{name: "a picture", serve: say(body200("image/png", "\x89PNG\r\n\x1a\n....")), outcome: data.OutcomeNotHTML, reason: "image/png"},
		{name: "no type, a picture", serve: say("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\x89PNG\r\n\x1a\n...."), outcome: data.OutcomeNotHTML},
		{name: "no type, a page", serve: say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<html>page"), outcome: data.OutcomeOK},
		{name: "unknown charset", serve: say(body200("text/html; charset=klingon", "<html>page")), outcome: data.OutcomeOK},
		{name: "10,000 links", serve: say(body200("text/html", manyLinks)), outcome: data.OutcomeOK},
		{name: "100,000 nested elements", serve: say(body200("text/html", deep)), outcome: data.OutcomeOK},
		{name: "frames within frames", serve: func(c net.Conn, r *http.Request) {
			write(c, body200("text/html", fmt.Sprintf("<html>frame <iframe src='%sf/'></iframe>", r.URL.Path)))
		}, outcome: data.OutcomeOK},
	}
}

// only answers robots.txt by its own rule, and everything but the home page with 404
// so that what is tested is the home page.
func (b behaviour) handler() func(net.Conn, *http.Request) {
	return func(c net.Conn, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt" && b.robots != nil:
			b.robots(c, r)
		case r.URL.Path == "/robots.txt":
			write(c, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		default:
			b.serve(c, r)
		}
	}
}

func TestHostileServers(t *testing.T) {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	all := behaviours()
	if len(all) < 40 {
		t.Fatalf("%d behaviours", len(all))
	}
	t.Run("all", func(t *testing.T) {
		for _, b := range all {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				v, c := visitHost(t, testConfig(rawServer(t, b.handler())), "hostile.example")
				if v.Outcome != b.outcome || !strings.Contains(v.Reason, b.reason) {
					t.Errorf("outcome %s (%s), want %s (… %s …)", v.Outcome, v.Reason, b.outcome, b.reason)
				}
				if (v.Reason == "") != (v.Outcome == data.OutcomeOK) || strings.ContainsAny(v.Reason, "\n\r\x00") {
					t.Errorf("reason %q of outcome %s", v.Reason, v.Outcome)
				}
				if v.Outcome == data.OutcomeOK && len(c.byRole(data.RoleHome)) != 1 {
					t.Errorf("home pages: %v", c.byRole(data.RoleHome))
				}
				if n := len(c.all); n > DefaultLimits().Requests {
					t.Errorf("%d requests", n)
				}
			})
		}
	})
	var after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("heap grew by %d MiB", grown>>20)
	}
}

// Many hostile answers at once: the memory that is held stays bounded, however
// much they send or unpack to, and every connection is closed in the end.
func TestHostileServersAtOnce(t *testing.T) {
	const visits, most = 64, 300 << 20
	var wicked []net.Addr
	for _, b := range behaviours() {
		switch b.name {
		case "endless body", "endless chunks", "header flood", "gzip bomb", "brotli bomb", "robots of 50 MB":
			wicked = append(wicked, rawServer(t, b.handler()))
		}
	}
	before := descriptors(t)
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() { peak <- watchHeap(stop) }()
	f := make([]*Fetcher, len(wicked))
	for i, addr := range wicked {
		cfg := testConfig(addr)
		cfg.Limits.Request, cfg.Limits.Duration = 20*time.Second, time.Minute
		var err error
		if f[i], err = New(cfg); err != nil {
			t.Fatal(err)
		}
		f[i].large = f[0].large // one crawl
	}
	var wg sync.WaitGroup
	for i := range visits {
		wg.Go(func() {
			sink := func(_ context.Context, e data.RawExchange) (data.Exchange, error) { return e.Exchange, nil }
			v, err := f[i%len(f)].Visit(t.Context(), data.Request{Host: fmt.Sprintf("wicked%d.example", i)}, sink)
			if err != nil || (v.Outcome != data.OutcomeTooLarge && v.Outcome != data.OutcomeOK) {
				t.Errorf("outcome %s (%s), %v", v.Outcome, v.Reason, err)
			}
		})
	}
	wg.Wait()
	close(stop)
	if p := <-peak; p > most {
		t.Errorf("heap reached %d MiB", p>>20)
	} else {
		t.Logf("heap reached %d MiB", p>>20)
	}
	for wait := time.Now().Add(5 * time.Second); descriptors(t) > before+2 && time.Now().Before(wait); {
		time.Sleep(10 * time.Millisecond) // the servers close their side in their own time
	}
	if now := descriptors(t); now > before+2 {
		t.Errorf("%d descriptors before, %d after", before, now)
	}
}

// descriptors counts the open files of this process; 0 where that cannot be seen.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

func watchHeap(stop <-chan struct{}) uint64 {
	var most uint64
	var m runtime.MemStats
	for {
		select {
		case <-stop:
			return most
		case <-time.After(5 * time.Millisecond):
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
}
