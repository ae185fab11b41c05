package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"
)

// memConn answers with fixed bytes.
type memConn struct {
	net.Conn

	in *bytes.Reader
}

func (c *memConn) Read(p []byte) (int, error)  { return c.in.Read(p) }
func (c *memConn) Write(p []byte) (int, error) { return len(p), nil }
func (c *memConn) SetDeadline(time.Time) error { return nil }
func (c *memConn) Close() error                { return nil }

func wireOf(response []byte) *wire {
	w := &wire{Conn: &memConn{in: bytes.NewReader(response)}, addr: netip.MustParseAddr("192.0.2.1")}
	w.br = bufio.NewReader(w)
	return w
}

func ask(t testing.TB, w *wire, b bounds) (*answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://h.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.exchange(t.Context(), req, b)
}

func TestExchange(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
	for _, c := range []struct {
		name, sent     string
		raw, body, cut string
		reusable       bool
		err            error
		headLimit      int64
	}{
		{name: "length", sent: head + "body", raw: head + "body", body: "body", reusable: true},
		{name: "asked to close", sent: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nb", raw: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nb", body: "b"},
		{name: "more than the length", sent: head + "bodyHTTP/1.1", raw: head + "body", body: "body"},
		{name: "no body", sent: "HTTP/1.1 204 No\r\n\r\n", raw: "HTTP/1.1 204 No\r\n\r\n", reusable: true},
		{name: "HTTP/1.0", sent: "HTTP/1.0 200 OK\r\n\r\nold", raw: "HTTP/1.0 200 OK\r\n\r\nold", body: "old"},
		{name: "bare line feeds", sent: "HTTP/1.1 200 OK\nA: b\n\nx", raw: "HTTP/1.1 200 OK\nA: b\n\nx", body: "x"},
		{name: "interim answers are left out", sent: "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + head + "body", raw: head + "body", body: "body", reusable: true},
		{name: "cut body", sent: head + "bo", raw: head + "bo", body: "bo", cut: "disconnect"},
		{name: "nothing", sent: "", err: errClosed},
		{name: "noise", sent: "hello\r\n\r\n", err: errProtocol},
		{name: "half a head", sent: "HTTP/1.1 200 OK\r\nA:", err: errProtocol},
		{name: "head over the limit", sent: head + "body", err: errHead, headLimit: 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := bounds{head: 4096, body: 4096, wantBody: true}
			if c.headLimit > 0 {
				b.head = c.headLimit
			}
			w := wireOf([]byte(c.sent))
			a, err := ask(t, w, b)
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if string(a.raw) != c.raw || string(a.body) != c.body || a.truncated != c.cut || a.reusable != c.reusable {
				t.Errorf("raw %q, body %q, truncated %q, reusable %v", a.raw, a.body, a.truncated, a.reusable)
			}
			if !bytes.HasSuffix(a.raw[:a.head], []byte("\n")) {
				t.Errorf("head %q", a.raw[:a.head])
			}
		})
	}
}

// The bound holds to within what the buffer had read along with the head.
func TestExchangeStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	const limit = 20_000
	for _, head := range []string{"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"} {
		a, err := ask(t, wireOf(append([]byte(head), make([]byte, 1_000_000)...)), bounds{head: 8192, body: limit, wantBody: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.raw) != a.head+limit || len(a.body) != limit || a.truncated != "length" || a.reusable {
			t.Errorf("%q: %d bytes, body %d, truncated %q", head, len(a.raw), len(a.body), a.truncated)
		}
	}
}

func TestExchangeTwiceOverOneConnection(t *testing.T) {
	t.Parallel()
	one := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
	r, s := net.Pipe()
	defer r.Close()
	go func() {
		defer s.Close()
		br := bufio.NewReader(s)
		for range 2 {
			if _, err := http.ReadRequest(br); err != nil {
				return
			}
			write(s, one)
		}
	}()
	w := &wire{Conn: r}
	w.br = bufio.NewReader(w)
	for range 2 {
		a, err := ask(t, w, bounds{head: 4096, body: 4096, wantBody: true})
		if err != nil || string(a.raw) != one || string(a.body) != "one" || !a.reusable {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if _, err := ask(t, w, bounds{head: 4096, body: 4096}); !errors.Is(err, errClosed) {
		t.Errorf("third request: %v", err)
	}
}

// One slot for large answers: the second waits for the first, or for its context.
func TestSlot(t *testing.T) {
	t.Parallel()
	sem := semaphore.NewWeighted(1)
	first := &slot{ctx: t.Context(), sem: sem}
	if err := first.need(largeFrom - 1); err != nil || first.held {
		t.Errorf("a small answer takes a slot: %v", err)
	}
	if err := first.need(largeFrom); err != nil || !first.held {
		t.Errorf("a large answer takes none: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	second := &slot{ctx: ctx, sem: sem}
	if err := second.need(largeFrom); !errors.Is(err, context.Canceled) {
		t.Errorf("the second: %v", err)
	}
	first.release()
	first.release()
	second.ctx = t.Context()
	if err := second.need(largeFrom); err != nil {
		t.Errorf("after the first: %v", err)
	}
	second.release()
	(*slot)(nil).release()
}

func TestAppendBounded(t *testing.T) {
	t.Parallel()
	var b []byte
	for range 1000 {
		b = appendBounded(b, make([]byte, 100), 100_000)
	}
	if len(b) != 100_000 || cap(b) > 100_000 {
		t.Errorf("length %d, capacity %d", len(b), cap(b))
	}
}

func FuzzExchange(f *testing.F) {
	for _, s := range []string{
		page200, "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 100 C\r\n\r\n" + page200,
		"HTTP/0.9 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx", "\x16\x03\x01",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, response []byte) {
		a, err := ask(t, wireOf(response), bounds{head: 2048, body: 1024, wantBody: true})
		if err != nil {
			if !errors.Is(err, errClosed) && !errors.Is(err, errProtocol) && !errors.Is(err, errHead) && !errors.Is(err, io.EOF) {
				t.Errorf("unnamed error %v", err)
			}
			return
		}
		if !bytes.Contains(response, a.raw) || a.head > len(a.raw) || len(a.raw) > 2048+1024+4096 || len(a.body) > len(a.raw) {
			t.Errorf("%d bytes became raw %d (head %d), body %d", len(response), len(a.raw), a.head, len(a.body))
		}
		hhHash(a.raw[:a.head])
	})
}
