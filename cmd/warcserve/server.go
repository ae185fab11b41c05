package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"hash/fnv"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const requestTimeout = 60 * time.Second

// server answers on its listeners until it is closed.
type server struct {
	ix        *index
	tls       *tls.Config // nil: a TLS greeting closes the connection
	listeners []net.Listener
	mu        sync.Mutex
	conns     map[net.Conn]bool // nil when closed
	done      sync.WaitGroup
}

func start(ctx context.Context, opts options, ix *index) (*server, error) {
	s := &server{ix: ix, conns: map[net.Conn]bool{}}
	if opts.tls {
		cert, err := selfSigned()
		if err != nil {
			return nil, err
		}
		s.tls = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	}
	for i := range opts.addresses {
		l, err := listen(ctx, opts.listen, i)
		if err != nil {
			s.close()
			return nil, err
		}
		s.listeners = append(s.listeners, l)
	}
	for _, l := range s.listeners {
		s.done.Go(func() { s.accept(l) })
	}
	return s, nil
}

// listen binds the i-th address. From the second on, the third number of the
// first address is counted up and the system chooses the port.
func listen(ctx context.Context, first string, i int) (net.Listener, error) {
	at, err := netip.ParseAddrPort(first)
	if err != nil {
		return nil, fmt.Errorf("-listen: %w", err)
	}
	if !at.Addr().IsLoopback() || !at.Addr().Is4() {
		return nil, fmt.Errorf("-listen: %s is no address of 127.0.0.0/8", at.Addr())
	}
	var lc net.ListenConfig
	if i > 0 {
		b := at.Addr().As4()
		b[2] += byte(i) //nolint:gosec // at most 200, and wrapping is harmless
		l, err := lc.Listen(ctx, "tcp4", netip.AddrPortFrom(netip.AddrFrom4(b), 0).String())
		if err == nil {
			return l, nil
		}
		at = netip.AddrPortFrom(at.Addr(), 0) // systems that answer on one address only
	}
	l, err := lc.Listen(ctx, "tcp4", at.String())
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// addressOf returns "addr:port" of the listener that a host is given to.
func (s *server) addressOf(host string) string {
	h := fnv.New32a()
	h.Write([]byte(host))
	return s.listeners[int(h.Sum32()%uint32(len(s.listeners)))].Addr().String()
}

func (s *server) close() {
	s.mu.Lock()
	open := s.conns
	s.conns = nil
	s.mu.Unlock()
	for _, l := range s.listeners {
		_ = l.Close() // its goroutine ends by it
	}
	for c := range open {
		_ = c.Close()
	}
	s.done.Wait()
}

func (s *server) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of descriptors, for a moment
			continue
		}
		if !s.track(c) {
			_ = c.Close()
			return
		}
		s.done.Go(func() {
			defer s.untrack(c)
			s.converse(c)
		})
	}
}

func (s *server) track(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		return false
	}
	s.conns[c] = true
	return true
}

func (s *server) untrack(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// converse answers the requests of one connection.
func (s *server) converse(raw net.Conn) {
	in := bufio.NewReader(raw)
	_ = raw.SetDeadline(time.Now().Add(requestTimeout))
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	conn := raw
	if first[0] == 0x16 { // TLS handshake record
		if s.tls == nil {
			return
		}
		conn = tls.Server(peeked{raw, in}, s.tls)
		in = bufio.NewReader(conn)
	}
	for s.answer(conn, in) {
		_ = raw.SetDeadline(time.Now().Add(requestTimeout))
	}
}

// answer serves one request and reports whether another may follow.
func (s *server) answer(conn net.Conn, in *bufio.Reader) bool {
	req, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	p, found := s.ix.find(hostOnly(req.Host), req.URL)
	if !found || (req.Method != http.MethodGet && req.Method != http.MethodHead) {
		return false
	}
	block, err := p.read()
	if err != nil {
		return false
	}
	resp := prepare(block)
	out := net.Buffers{resp.head}
	if req.Method == http.MethodGet {
		out = append(out, resp.body)
	}
	if _, err := out.WriteTo(conn); err != nil {
		return false
	}
	if c, ok := conn.(*tls.Conn); ok && resp.close {
		_ = c.CloseWrite() // a body that ends with the connection needs the alert
	}
	return !resp.close && !req.Close
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn

	in *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.in.Read(b) } //nolint:wrapcheck // net.Conn's contract

func selfSigned() (tls.Certificate, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "warcserve"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(48 * time.Hour), DNSNames: []string{"warcserve.invalid"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, nil
}
