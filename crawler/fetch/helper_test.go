package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pitboss/data"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collected is a sink that keeps copies.
type collected struct {
	mu  sync.Mutex
	all []data.RawExchange
}

func (c *collected) sink(_ context.Context, e data.RawExchange) (data.Exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Request, e.Response = bytes.Clone(e.Request), bytes.Clone(e.Response)
	c.all = append(c.all, e)
	sum := sha256.Sum256(e.Response)
	e.Digest = "sha256:" + hex.EncodeToString(sum[:])
	return e.Exchange, nil
}

// byRole returns the paths of the exchanges with a role, in order.
func (c *collected) byRole(r data.Role) []string {
	var out []string
	for _, e := range c.all {
		if e.Role == r {
			out = append(out, e.URL)
		}
	}
	return out
}

// toLoopback sends every connection to a test server.
func toLoopback(addr net.Addr) []Rule {
	ap := netip.MustParseAddrPort(addr.String())
	return []Rule{{ToHost: ap.Addr().String(), ToPort: portString(ap)}}
}

func portString(ap netip.AddrPort) string {
	_, port, _ := net.SplitHostPort(ap.String())
	return port
}

// testConfig has no delays and short times.
func testConfig(addr net.Addr) Config {
	cfg := DefaultConfig("test")
	cfg.Delay = 0
	cfg.AllowPrivate = true
	cfg.ConnectTo = toLoopback(addr)
	cfg.Limits.Request = 1200 * time.Millisecond
	cfg.Limits.Connect = 1200 * time.Millisecond
	cfg.Limits.Duration = 5 * time.Second
	return cfg
}

// visitHost makes one visit with a configuration.
func visitHost(t *testing.T, cfg Config, host string) (data.Visit, *collected) {
	t.Helper()
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var c collected
	v, err := f.Visit(t.Context(), data.Request{Visit: "v1", Host: host}, c.sink)
	if err != nil {
		t.Fatalf("Visit: %v", err)
	}
	return v, &c
}

// rawServer answers each connection with a function of the request.
func rawServer(t *testing.T, serve func(c net.Conn, r *http.Request)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				if r := readRequest(c); r != nil {
					serve(c, r)
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return l.Addr()
}

// readRequest reads one request, nil when it is none (a TLS hello).
func readRequest(c net.Conn) *http.Request {
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r, err := http.ReadRequest(newByteReader(c))
	if err != nil {
		return nil
	}
	return r
}

// siteServer serves a handler over TLS with httptest's self-signed certificate.
func siteServer(t *testing.T, h http.Handler) net.Addr {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr()
}

func plainServer(t *testing.T, h http.Handler) net.Addr {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr()
}

func write(w io.Writer, s string) { _, _ = io.WriteString(w, s) }

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
