package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// record writes one WARC record.
func record(kind, uri, block string) string {
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, uri, len(block), block)
}

var recorded = []string{
	record("warcinfo", "", "software: by hand\r\n"),
	record("request", "https://one.example/", "GET / HTTP/1.1\r\nHost: one.example\r\n\r\n"),
	record("response", "https://one.example/", "HTTP/1.1 200 OK\r\nx-odd-Case: 1\r\nServer: nginx\r\nContent-Length: 5\r\nX-Last: z\r\n\r\nfirst"),
	record("response", "https://one.example/", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"),
	record("response", "http://one.example/list?page=2", "HTTP/1.1 404 Not Here\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\nplain"),
	record("response", "http://two.example/open", "HTTP/2 200\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\nno length"),
	record("response", "http://two.example/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
	record("response", "http://two.example/app.css?v=2", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"),
	record("response", "http://two.example/app.css", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nany"),
	record("response", "dns:two.example", "two.example. A 192.0.2.1"),
}

// archive writes the records as "plain", "members" (a gzip member each) or
// "whole" (one member for all).
func archive(t *testing.T, form string) string {
	t.Helper()
	var b bytes.Buffer
	switch form {
	case "plain":
		b.WriteString(strings.Join(recorded, ""))
	case "members":
		for _, r := range recorded {
			b.Write(zip(t, r))
		}
	case "whole":
		b.Write(zip(t, strings.Join(recorded, "")))
	}
	name := filepath.Join(t.TempDir(), form+".warc")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func zip(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serving runs the command and returns the printed lines; it is stopped when
// the test ends.
func serving(t *testing.T, args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan int)
	go func() {
		code := run(ctx, args, in, io.Discard)
		_ = in.Close()
		done <- code
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	var all []string
	scan := bufio.NewScanner(out)
	for len(all) < 5+wantListeners(args) && scan.Scan() { // two rules for each of two hosts, one for all others
		all = append(all, scan.Text())
	}
	return all
}

func wantListeners(args []string) int {
	for i, a := range args {
		if a == "-addresses" {
			return int(args[i+1][0] - '0')
		}
	}
	return 1
}

// rules returns "addr:port" by "host:port".
func rules(lines []string) map[string]string {
	out := map[string]string{}
	for _, l := range lines {
		if p := strings.SplitN(l, ":", 3); len(p) == 3 {
			out[p[0]+":"+p[1]] = p[2]
		}
	}
	return out
}

// raw sends one request and returns every byte that came back.
func raw(t *testing.T, addr, method, host, target string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", method, target, host)
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServesAsRecorded(t *testing.T) {
	for _, form := range []string{"plain", "members", "whole"} {
		t.Run(form, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			t.Run("asked", func(t *testing.T) { askAll(t, form) })
		})
	}
}

func askAll(t *testing.T, form string) {
	t.Helper()
	to := rules(serving(t, "-addresses", "3", archive(t, form)))
	for _, tc := range []struct{ name, method, host, target, want string }{
		{"order and case, first of two", "GET", "one.example", "/", "HTTP/1.1 200 OK\r\nx-odd-Case: 1\r\nServer: nginx\r\nContent-Length: 5\r\nX-Last: z\r\n\r\nfirst"},
		{"head", "HEAD", "ONE.example:80", "/", "HTTP/1.1 200 OK\r\nx-odd-Case: 1\r\nServer: nginx\r\nContent-Length: 5\r\nX-Last: z\r\n\r\n"},
		{"framing mended", "GET", "one.example", "/list?page=2", "HTTP/1.1 404 Not Here\r\nContent-Length: 5\r\n\r\nplain"},
		{"newer protocol, coding undone", "GET", "two.example", "/open", "HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\nno length"},
		{"chunks kept", "GET", "two.example", "/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
		{"exact query", "GET", "two.example", "/app.css?v=2", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"},
		{"another query", "GET", "two.example", "/app.css?v=9", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nany"},
		{"another query of a path that is recorded with one only", "GET", "one.example", "/list?page=3", ""},
		{"unknown path", "GET", "one.example", "/list", ""},
		{"unknown host", "GET", "three.example", "/", ""},
		{"another method", "POST", "one.example", "/", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := raw(t, to["one.example:80"], tc.method, tc.host, tc.target)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("bytes on the wire (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSeveralRequestsOnOneConnection(t *testing.T) {
	to := rules(serving(t, archive(t, "members")))
	c, err := net.Dial("tcp", to["one.example:80"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	for range 3 {
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: one.example\r\n\r\n")
		want := "HTTP/1.1 200 OK\r\nx-odd-Case: 1\r\nServer: nginx\r\nContent-Length: 5\r\nX-Last: z\r\n\r\nfirst"
		got := make([]byte, len(want))
		if _, err := io.ReadFull(in, got); err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got %q", got)
		}
	}
}

func TestListenersAndRules(t *testing.T) {
	lines := serving(t, "-addresses", "3", archive(t, "plain"))
	var listening []string
	for _, l := range lines {
		if a, ok := strings.CutPrefix(l, "listening "); ok {
			listening = append(listening, a)
		}
	}
	if len(listening) != 3 {
		t.Fatalf("listeners %v, want 3", listening)
	}
	to := rules(lines)
	for _, rule := range []string{"one.example:80", "one.example:443", "two.example:80", "two.example:443"} {
		if to[rule] == "" {
			t.Errorf("no rule for %s in %v", rule, lines)
		}
	}
	if last := lines[len(lines)-1]; last != "::"+listening[0] {
		t.Errorf("the last rule is %q, want one that catches all other hosts", last)
	}
	if to["one.example:80"] != to["one.example:443"] {
		t.Error("the two ports of a host lead to different addresses")
	}
}

func TestTLS(t *testing.T) {
	for _, withTLS := range []bool{false, true} {
		t.Run(fmt.Sprint(withTLS), func(t *testing.T) {
			args := []string{archive(t, "plain")}
			if withTLS {
				args = append([]string{"-tls"}, args...)
			}
			to := rules(serving(t, args...))
			c, err := tls.Dial("tcp", to["two.example:443"], &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the certificate is made up
			if (err == nil) != withTLS {
				t.Fatalf("handshake: %v", err)
			}
			if err != nil {
				return
			}
			defer c.Close()
			fmt.Fprint(c, "GET /open HTTP/1.1\r\nHost: two.example\r\n\r\n")
			got, err := io.ReadAll(c)
			if err != nil || !strings.HasSuffix(string(got), "no length") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	good := write("good.warc", recorded[2])
	for _, tc := range []struct {
		name, says string
		args       []string
		code       int
	}{
		{"no file", "no WARC file", nil, 2},
		{"unknown flag", "not defined", []string{"-x"}, 2},
		{"too many addresses", "-addresses", []string{"-addresses", "500", good}, 2},
		{"outside loopback", "127.0.0.0/8", []string{"-listen", "0.0.0.0:0", good}, 1},
		{"missing", "no such file", []string{filepath.Join(dir, "none")}, 1},
		{"empty", "EOF", []string{write("empty", "")}, 1},
		{"not WARC", "not a WARC record", []string{write("text", "hello\n")}, 1},
		{"cut", "cut", []string{write("cut", recorded[2][:len(recorded[2])-20])}, 1},
		{"no length", "no length", []string{write("nolength", "WARC/1.1\r\nWARC-Type: response\r\n\r\n")}, 1},
		{"endless line", "too long", []string{write("line", "WARC/1.1\r\nX: "+strings.Repeat("a", 1<<17))}, 1},
		{"help", "usage", []string{"-h"}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			code := run(t.Context(), tc.args, io.Discard, &stderr)
			if code != tc.code || !strings.Contains(stderr.String(), tc.says) {
				t.Errorf("exit %d, want %d; stderr %q should say %q", code, tc.code, &stderr, tc.says)
			}
		})
	}
}

func TestEndsWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	done := make(chan int, 1)
	go func() {
		done <- run(t.Context(), []string{"-for", "20ms", archive(t, "plain")}, io.Discard, io.Discard)
	}()
	select {
	case code := <-done:
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still running")
	}
}

// FuzzIndex feeds hostile files: indexing may refuse, never panic, and what it
// keeps can be prepared.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(strings.Join(recorded, "")))
	f.Add([]byte("WARC/1.0\r\nContent-Length: -1\r\n\r\n"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		name := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ix := newIndex()
		defer ix.close()
		_ = ix.add(name) // an error is an answer
		for _, p := range ix.places {
			if block, err := p.read(); err == nil {
				prepare(block)
			}
		}
	})
}
