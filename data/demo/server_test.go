package demo_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pitboss/data/demo"
)

// ask sends one request over a connection of its own and returns all bytes.
func ask(t *testing.T, addr, host string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host)
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServerAnswersForEveryHost(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := demo.New(seed)
	s, err := w.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	to := s.ConnectTo()
	addrs, shared := map[string]int{}, 0
	for _, site := range w.Sites() {
		addr := to[site.Host]
		if host, _, err := net.SplitHostPort(addr); err != nil || !net.ParseIP(host).IsLoopback() {
			t.Fatalf("%s is at %q, which is no loopback address", site.Host, addr)
		}
		if addrs[addr]++; addrs[addr] == 2 {
			shared++
		}
		if got := ask(t, addr, site.Host); !strings.HasPrefix(got, "HTTP/1.1 ") {
			t.Errorf("%s answers %.40q", site.Host, got)
		}
	}
	if len(addrs) < 20 || shared < 5 || shared == len(addrs) {
		t.Errorf("%d hosting addresses, %d of them shared: want both kinds", len(addrs), shared)
	}
}

func TestServerClosesWithoutAnswer(t *testing.T) {
	defer goleak.VerifyNone(t)
	s, err := demo.New(seed).Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := ask(t, s.Fallback(), "nobody.example"); got != "" {
		t.Errorf("an unknown host gets %q, want no byte", got)
	}
	if c, err := tls.Dial("tcp", s.Fallback(), &tls.Config{InsecureSkipVerify: true}); err == nil { //nolint:gosec // it must fail
		c.Close()
		t.Error("TLS was spoken")
	}
	c, err := net.Dial("tcp", s.Fallback())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte{0x16, 3, 1, 0, 200}); err != nil { // a greeting that stays unfinished
		t.Fatal(err)
	}
	if b, err := bufio.NewReader(c).ReadByte(); err == nil {
		t.Errorf("half a TLS greeting was answered with %#x", b)
	}
}

func TestServerKeepsConnections(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := demo.New(seed)
	s, err := w.Serve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	host := w.Sites()[0].Host
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.ConnectTo()[host])
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for range 3 {
		resp, err := client.Get("http://" + host + "/robots.txt")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Error(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := demo.New(seed).Serve(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := s.Close(); err != nil { // waits for the end, whoever began it
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if c, err := net.Dial("tcp", s.Fallback()); err == nil {
		c.Close()
		t.Error("still listening")
	}
}
