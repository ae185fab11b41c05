package fetch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// dnsAnswers are the records beside the addresses.
type dnsAnswers struct {
	cnames, ns, mx, txt []string
}

const (
	dnsTimeout  = 5 * time.Second
	mostRecords = 16  // kept of one type
	mostTXT     = 300 // bytes kept of one TXT record
)

// queryDNS asks for CNAME (at the host) and NS, MX, TXT (at the registrable
// domain), all at once.
func queryDNS(ctx context.Context, servers []string, host string) dnsAnswers {
	ctx, cancel := context.WithTimeout(ctx, dnsTimeout)
	defer cancel()
	domain := registrable(host)
	var a dnsAnswers
	var wg sync.WaitGroup
	for _, q := range []struct {
		name  string
		kind  uint16
		value *[]string
	}{
		{host, dns.TypeCNAME, &a.cnames},
		{domain, dns.TypeNS, &a.ns},
		{domain, dns.TypeMX, &a.mx},
		{domain, dns.TypeTXT, &a.txt},
	} {
		wg.Go(func() { *q.value = queryOne(ctx, servers, q.name, q.kind) })
	}
	wg.Wait()
	return a
}

// queryOne returns the values of one record type, sorted; nil when no server answers.
func queryOne(ctx context.Context, servers []string, name string, kind uint16) []string {
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), kind)
	for _, server := range servers {
		answer, err := exchangeDNS(ctx, m, server)
		if err != nil {
			continue
		}
		var out []string
		for _, rr := range answer.Answer {
			if v := recordValue(rr); v != "" && rr.Header().Rrtype == kind && len(out) < mostRecords {
				out = append(out, v)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return nil
}

func exchangeDNS(ctx context.Context, m *dns.Msg, server string) (*dns.Msg, error) {
	for _, network := range []string{"udp", "tcp"} {
		c := dns.Client{Net: network, Timeout: dnsTimeout}
		answer, _, err := c.ExchangeContext(ctx, m, server)
		if err != nil {
			return nil, err
		}
		if !answer.Truncated {
			return answer, nil
		}
	}
	return nil, errors.New("answer is truncated over TCP")
}

func recordValue(rr dns.RR) string {
	switch r := rr.(type) {
	case *dns.CNAME:
		return hostValue(r.Target)
	case *dns.NS:
		return hostValue(r.Ns)
	case *dns.MX:
		return hostValue(r.Mx)
	case *dns.TXT:
		return shorten(strings.Join(r.Txt, ""), mostTXT)
	}
	return ""
}

func hostValue(s string) string {
	return strings.ToLower(strings.TrimSuffix(s, "."))
}
