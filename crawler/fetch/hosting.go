package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"pitboss/data"
)

// observe notes what the last answer on the way to the home page says about the host.
func (v *visit) observe(a *answer) {
	h := &v.out.Hosting
	h.Server = shorten(a.header.Get("Server"), 200)
	h.HHHash = hhHash(a.raw[:a.head])
	h.Certificate = a.cert
}

// hosting completes the observations at the end of a visit.
func (v *visit) hosting(d dnsAnswers) {
	h := &v.out.Hosting
	addrs := make([]netip.Addr, 0, len(v.target.all))
	addrs = append(addrs, v.target.all...)
	slices.SortFunc(addrs, netip.Addr.Compare)
	h.Addrs = nil
	for _, a := range slices.Compact(addrs)[:min(len(slices.Compact(addrs)), mostRecords)] {
		h.Addrs = append(h.Addrs, a.String())
	}
	h.CNAMEs, h.NameServers, h.MX, h.TXT = d.cnames, d.ns, d.mx, d.txt
}

// hhHash computes the HHHash of a response head as received: the names of its
// fields, in order and case, duplicates kept, joined by ":" (reference implementation by
// A. Dulaunoy). The digit is the HTTP major version.
func hhHash(head []byte) string {
	lines := bytes.Split(head, []byte("\n"))
	var names []string
	for _, l := range lines[1:] {
		l = bytes.TrimRight(l, "\r")
		if len(l) == 0 {
			break
		}
		if l[0] == ' ' || l[0] == '\t' {
			continue // continues the field before
		}
		name, _, ok := bytes.Cut(l, []byte(":"))
		if ok {
			names = append(names, string(bytes.TrimRight(name, " \t")))
		}
	}
	if len(names) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(names, ":")))
	return "hhh:1:" + hex.EncodeToString(sum[:])
}

// mostNames bounds the alternative names that are kept of a certificate.
const mostNames = 100

// certificate describes the leaf that was presented, and why a browser would refuse it.
func certificate(state tls.ConnectionState, host string, now time.Time, roots *x509.CertPool) *data.Certificate {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	sum := sha256.Sum256(leaf.Raw)
	spki := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	c := &data.Certificate{
		SHA256: hex.EncodeToString(sum[:]), SPKI: hex.EncodeToString(spki[:]),
		Issuer: shorten(leaf.Issuer.String(), 300), Subject: shorten(leaf.Subject.String(), 300),
		NotBefore: leaf.NotBefore.UTC(), NotAfter: leaf.NotAfter.UTC(),
		Problem: certificateProblem(state.PeerCertificates, host, now, roots),
	}
	if leaf.SerialNumber != nil {
		c.Serial = shorten(leaf.SerialNumber.Text(16), 100)
	}
	for _, n := range leaf.DNSNames {
		if len(c.Names) == mostNames {
			break
		}
		c.Names = append(c.Names, shorten(n, data.MaxHostLength))
	}
	return c
}

// mostChain bounds the certificates that are looked at to verify one.
const mostChain = 8

// certificateProblem names the first thing that is wrong, the cheapest checks
// first; empty: a browser would accept it.
func certificateProblem(chain []*x509.Certificate, host string, now time.Time, roots *x509.CertPool) string {
	leaf := chain[0]
	switch {
	case now.After(leaf.NotAfter):
		return "expired on " + leaf.NotAfter.UTC().Format(time.DateOnly)
	case now.Before(leaf.NotBefore):
		return "not valid before " + leaf.NotBefore.UTC().Format(time.DateOnly)
	}
	selfSigned := bytes.Equal(leaf.RawIssuer, leaf.RawSubject) && len(chain) == 1
	if err := leaf.VerifyHostname(host); err != nil {
		if selfSigned {
			return "self-signed, for another name"
		}
		return "for another name"
	}
	pool := x509.NewCertPool()
	for _, c := range chain[1:min(len(chain), mostChain)] {
		pool.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool, CurrentTime: now})
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil:
		return ""
	case selfSigned:
		return "self-signed"
	case errors.As(err, &unknown):
		return "unknown authority"
	}
	return shorten(fmt.Sprintf("%s", err), 200)
}

// lookUp asks the configured resolvers for what else the DNS says about a host. The
// channel yields one value; each record type may fail alone.
func (f *Fetcher) lookUp(ctx context.Context, host string) <-chan dnsAnswers {
	out := make(chan dnsAnswers, 1)
	name := data.HostName(host)
	_, _, redirected := apply(f.dial.rules, name, "443")
	if len(f.cfg.Resolvers) == 0 || redirected || data.IsAddress(host) {
		out <- dnsAnswers{}
		return out
	}
	go func() { out <- queryDNS(ctx, f.cfg.Resolvers, name) }()
	return out
}
