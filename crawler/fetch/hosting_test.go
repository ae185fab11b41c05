package fetch

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"pitboss/data"
)

func TestHHHash(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		// sha256 of "Server:Date:X-a:X-a", of a field that is folded, of none.
		"HTTP/1.1 200 OK\r\nServer: x\r\nDate: y\r\nX-a: 1\r\nX-a: 2\r\n\r\n": sha("Server:Date:X-a:X-a"),
		"HTTP/1.1 200 OK\nserver: x\n folded: y\nb:c\n\nafter: d":             sha("server:b"),
		"HTTP/1.1 200 OK\r\n\r\n": "",
		"":                        "",
	} {
		if want != "" {
			want = "hhh:1:" + want
		}
		if got := hhHash([]byte(head)); got != want {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
}

// dnsServer answers from a table of zone lines; it counts nothing and knows
// nothing else.
func dnsServer(t *testing.T, zone ...string) string {
	t.Helper()
	records := map[string][]dns.RR{}
	for _, l := range zone {
		rr, err := dns.NewRR(l)
		if err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprint(strings.ToLower(rr.Header().Name), rr.Header().Rrtype)
		records[key] = append(records[key], rr)
	}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(r)
		q := r.Question[0]
		m.Answer = records[fmt.Sprint(strings.ToLower(q.Name), q.Qtype)]
		if q.Qtype == dns.TypeTXT && len(m.Answer) == 0 {
			m.Rcode = dns.RcodeServerFailure
		}
		_ = w.WriteMsg(m)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.ActivateAndServe() }()
	t.Cleanup(func() { pc.Close(); <-done })
	return pc.LocalAddr().String()
}

func TestVisitLooksUpTheDNS(t *testing.T) {
	t.Parallel()
	server := dnsServer(t,
		"www.dns.example. 60 IN A 127.0.0.1",
		"www.dns.example. 60 IN CNAME edge.host.example.",
		"dns.example. 60 IN NS NS2.host.example.", "dns.example. 60 IN NS ns1.host.example.",
		"dns.example. 60 IN MX 10 mail.dns.example.", `dns.example. 60 IN TXT "v=spf1 -all"`,
	)
	addr := plainServer(t, sampleSite())
	_, port, _ := net.SplitHostPort(addr.String())
	cfg := testConfig(addr)
	cfg.ConnectTo = nil
	cfg.Resolvers = []string{server}
	v, _ := visitHost(t, cfg, "www.dns.example:"+port)
	if v.Outcome != data.OutcomeOK {
		t.Fatalf("outcome %s (%s)", v.Outcome, v.Reason)
	}
	want := data.Hosting{
		Addrs: []string{"127.0.0.1"}, CNAMEs: []string{"edge.host.example"}, NameServers: []string{"ns1.host.example", "ns2.host.example"},
		MX: []string{"mail.dns.example"}, TXT: []string{"v=spf1 -all"}, HHHash: v.Hosting.HHHash, Server: "nginx",
	}
	if d := cmp.Diff(want, v.Hosting); d != "" {
		t.Errorf("hosting (-want +got):\n%s", d)
	}
}

// A name that turns out to be a private address is refused, whoever says so.
func TestVisitRefusesNamesOfPrivateAddresses(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig("test")
	cfg.Resolvers = []string{dnsServer(t, "inside.example. 60 IN A 10.0.0.1", "inside.example. 60 IN AAAA ::1")}
	v, _ := visitHost(t, cfg, "inside.example")
	if v.Outcome != data.OutcomePrivate {
		t.Errorf("outcome %s (%s)", v.Outcome, v.Reason)
	}
	v, _ = visitHost(t, cfg, "nothing.example")
	if v.Outcome != data.OutcomeDNS {
		t.Errorf("outcome %s (%s)", v.Outcome, v.Reason)
	}
}

func TestLookUpsFailAlone(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server := dnsServer(t, "alone.example. 60 IN NS ns.alone.example.")
	a := queryDNS(ctx, []string{server}, "www.alone.example")
	if d := cmp.Diff([]string{"ns.alone.example"}, a.ns); d != "" || a.txt != nil {
		t.Errorf("%+v", a)
	}
	f, err := New(Config{Resolvers: []string{server}, ConnectTo: []Rule{{ToHost: "127.0.0.1"}}})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-f.lookUp(ctx, "alone.example"):
		if got.ns != nil {
			t.Error("asked although a connect-to rule applies")
		}
	case <-time.After(time.Second):
		t.Error("no answer")
	}
}

func TestShortenMakesOneSafeLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\r\nb\x00c": "a  b c", "\xff\xfe": "?", strings.Repeat("가", 100): strings.Repeat("가", 16) + "…",
	} {
		if got := shorten(in, 50); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
