package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server serves a web on loopback, one listener for each hosting address.
type Server struct {
	web       *Web
	http      *http.Server
	listeners []net.Listener // by hosting address
	done      sync.WaitGroup
	stop      func() bool // detaches from the context
	closing   sync.Once
	closed    error
}

// Serve starts to serve the web and returns when it listens. Every hosting
// address gets an address of 127.0.0.0/8 of its own; where the system answers
// on 127.0.0.1 only, a port of it. The kernel chooses the ports. The server
// runs until Close or until ctx ends.
func (w *Web) Serve(ctx context.Context) (*Server, error) {
	s := &Server{web: w}
	s.http = &http.Server{
		Handler:           w.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       30 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // aborted handlers are part of the play
	}
	for i := range w.hostings {
		l, err := listenLoopback(ctx, i)
		if err != nil {
			return nil, errors.Join(err, s.closeListeners())
		}
		s.listeners = append(s.listeners, plainListener{l})
	}
	for _, l := range s.listeners {
		s.done.Go(func() { _ = s.http.Serve(l) }) // ends with ErrServerClosed
	}
	s.stop = context.AfterFunc(ctx, s.shutdown)
	return s, nil
}

// listenLoopback binds the i-th hosting address.
func listenLoopback(ctx context.Context, i int) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", fmt.Sprintf("127.77.%d.%d:0", i/8, 10+i))
	if err == nil {
		return l, nil
	}
	if l, err = lc.Listen(ctx, "tcp4", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	return l, nil
}

// ConnectTo returns "address:port" by host: what a crawler needs to find the
// hosts without DNS.
func (s *Server) ConnectTo() map[string]string {
	out := make(map[string]string, len(s.web.sites))
	for _, site := range s.web.sites {
		out[site.Host] = s.listeners[site.hosting].Addr().String()
	}
	return out
}

// Fallback returns an "address:port" that closes the connection for every host
// outside the web. A rule that sends all other hosts there keeps a crawl of
// the web from asking anybody else.
func (s *Server) Fallback() string { return s.listeners[0].Addr().String() }

// Close stops the server and waits for what it started. It may be called
// twice.
func (s *Server) Close() error {
	s.stop()
	s.shutdown()
	return s.closed
}

func (s *Server) shutdown() {
	s.closing.Do(func() {
		if err := s.http.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			s.closed = fmt.Errorf("close demo server: %w", err)
		}
		_ = s.closeListeners() // those that http.Server had not taken over yet
		s.done.Wait()
	})
}

func (s *Server) closeListeners() error {
	var all error
	for _, l := range s.listeners {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// plainListener speaks HTTP only, and closes at once on a TLS greeting, so
// that a crawler which tries https first falls back without a wait.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err //nolint:wrapcheck // http.Server compares it
	}
	return &plainConn{Conn: c, in: bufio.NewReaderSize(c, 4<<10)}, nil
}

// plainConn reads as nothing when the first byte is TLS's handshake record.
type plainConn struct {
	net.Conn

	in    *bufio.Reader
	begun bool
}

const tlsHandshake = 0x16

func (c *plainConn) Read(p []byte) (int, error) {
	if !c.begun {
		first, err := c.in.Peek(1)
		if err != nil {
			return 0, err //nolint:wrapcheck // net/http tells EOF from the rest
		}
		if first[0] == tlsHandshake {
			return 0, io.EOF
		}
		c.begun = true
	}
	return c.in.Read(p) //nolint:wrapcheck // as above
}
