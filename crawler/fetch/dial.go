package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"pitboss/data"
)

// dialer turns a host and port into a guarded connection. Names are resolved
// here and the connection goes to the address that was judged, so an answer that
// changes between two look-ups cannot get past the guard.
type dialer struct {
	guard    *guard
	rules    []Rule
	resolver *net.Resolver
	timeout  time.Duration
	ciphers  []uint16
}

func newDialer(cfg Config) (*dialer, error) {
	d := &dialer{
		guard:    newGuard(cfg.AllowPrivate),
		rules:    cfg.ConnectTo,
		resolver: net.DefaultResolver,
		timeout:  cfg.Limits.Connect,
	}
	for _, r := range cfg.Resolvers {
		if _, err := netip.ParseAddrPort(r); err != nil {
			return nil, fmt.Errorf("%w: resolver %q: want address:port", data.ErrInvalid, r)
		}
	}
	if len(cfg.Resolvers) > 0 {
		d.resolver = &net.Resolver{PreferGo: true, Dial: dialResolver(cfg.Resolvers)}
	}
	// Old servers offer nothing but what Go calls insecure; a witness looks at
	// them all the same.
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		d.ciphers = append(d.ciphers, c.ID)
	}
	return d, nil
}

func dialResolver(servers []string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var nd net.Dialer
		var errs []error
		for _, s := range servers {
			c, err := nd.DialContext(ctx, network, s)
			if err == nil {
				return c, nil
			}
			errs = append(errs, err)
		}
		return nil, errors.Join(errs...)
	}
}

// target is where to connect for an authority.
type target struct {
	addrs      []netip.Addr // allowed ones, IPv4 first
	all        []netip.Addr // everything the name resolves to
	port       string
	redirected bool // by a connect-to rule
}

// resolve applies the connect-to rules, resolves the name and asks the guard.
func (d *dialer) resolve(ctx context.Context, host, port string) (target, error) {
	var t target
	host, t.port, t.redirected = apply(d.rules, host, port)
	if addr, ok := literalAddress(host); ok {
		t.all = []netip.Addr{addr}
	} else {
		ctx, cancel := context.WithTimeout(ctx, d.timeout)
		defer cancel()
		all, err := d.resolver.LookupNetIP(ctx, "ip", host)
		if err != nil {
			return t, stopped(data.OutcomeDNS, "resolve %s: %s", host, plain(err))
		}
		t.all = all
	}
	var refused error
	for i, a := range t.all {
		a = a.Unmap()
		t.all[i] = a
		if err := d.guard.check(a); err != nil {
			refused = err
			continue
		}
		t.addrs = append(t.addrs, a)
	}
	if len(t.addrs) == 0 && refused != nil {
		return t, fmt.Errorf("%s: %w", host, refused)
	}
	if len(t.addrs) == 0 {
		return t, stopped(data.OutcomeDNS, "resolve %s: no address", host)
	}
	slices.SortStableFunc(t.addrs, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return t, nil
}

// mostAddresses bounds how many addresses of one name are tried.
const mostAddresses = 3

// connect dials the target's addresses one after the other.
func (d *dialer) connect(ctx context.Context, t target) (net.Conn, netip.Addr, error) {
	nd := net.Dialer{Timeout: d.timeout, ControlContext: d.guard.control, KeepAlive: -1}
	var last error
	for _, a := range t.addrs[:min(len(t.addrs), mostAddresses)] {
		c, err := nd.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), t.port))
		if err == nil {
			return c, a, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, netip.Addr{}, last
}

// handshake makes a TLS session over c. The certificate is not judged here: a
// broken one is recorded, not refused.
func (d *dialer) handshake(ctx context.Context, c net.Conn, host string) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	name := host
	if _, ok := literalAddress(host); ok {
		name = ""
	}
	t := tls.Client(c, &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true, // judged afterwards, see certificate
		NextProtos:         []string{"http/1.1"},
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       d.ciphers,
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384},
	})
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return t, nil
}
