package fetch

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"pitboss/data"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	public, private := newGuard(false), newGuard(true)
	for _, c := range []struct {
		addr     string
		refusal  string // empty: allowed
		evenOpen bool   // refused with AllowPrivate too
	}{
		{"8.8.8.8", "", false},
		{"1.1.1.1", "", false},
		{"172.15.255.255", "", false},
		{"172.32.0.1", "", false},
		{"100.63.255.255", "", false},
		{"100.128.0.1", "", false},
		{"2606:4700::1111", "", false},
		{"2400:cb00::1", "", false},
		{"::ffff:8.8.8.8", "", false},
		{"64:ff9b::8.8.8.8", "", false},
		{"127.0.0.1", "loopback", false},
		{"127.255.255.254", "loopback", false},
		{"10.1.2.3", "private", false},
		{"172.16.0.1", "private", false},
		{"172.31.255.255", "private", false},
		{"192.168.1.1", "private", false},
		{"100.64.0.1", "carrier-grade", false},
		{"100.127.255.255", "carrier-grade", false},
		{"169.254.1.1", "link-local", false},
		{"192.0.0.8", "protocol", false},
		{"192.0.2.1", "documentation", false},
		{"198.18.0.1", "benchmarking", false},
		{"198.51.100.7", "documentation", false},
		{"203.0.113.9", "documentation", false},
		{"192.88.99.1", "6to4", false},
		{"0.0.0.0", "unspecified", true},
		{"0.1.2.3", "unspecified", true},
		{"169.254.169.254", "metadata", true},
		{"169.254.170.2", "metadata", true},
		{"100.100.100.200", "metadata", true},
		{"168.63.129.16", "metadata", true},
		{"224.0.0.1", "multicast", true},
		{"239.255.255.250", "multicast", true},
		{"240.0.0.1", "reserved", true},
		{"255.255.255.255", "reserved", true},
		{"::1", "loopback", false},
		{"::", "unspecified", true},
		{"::127.0.0.1", "IPv4-compatible", false},
		{"::ffff:127.0.0.1", "loopback", false},
		{"::ffff:169.254.169.254", "metadata", true},
		{"::ffff:0:127.0.0.1", "IPv4-translated", false},
		{"64:ff9b::127.0.0.1", "loopback within NAT64", false},
		{"64:ff9b::10.0.0.1", "private within NAT64", false},
		{"64:ff9b::169.254.169.254", "metadata within NAT64", true},
		{"64:ff9b:1::1", "NAT64", false},
		{"2002:7f00:1::", "loopback within 6to4", false},
		{"2002:a00:1::", "private within 6to4", false},
		{"2002:808:808::", "6to4", false},
		{"2002:a9fe:a9fe::", "metadata within 6to4", true},
		{"2001::1", "protocol", false}, // Teredo
		{"2606:4700::5efe:10.0.0.1", "private within ISATAP", false},
		{"2001:db8::1", "documentation", false},
		{"fc00::1", "private", false},
		{"fd12:3456::1", "private", false},
		{"fd00:ec2::254", "metadata", true},
		{"fe80::1", "link-local", false},
		{"fe80::1%eth0", "scoped", true},
		{"fec0::1", "site-local", false},
		{"ff02::1", "multicast", true},
		{"100::1", "discard", false},
		{"4000::1", "not global", false},
	} {
		addr := netip.MustParseAddr(c.addr)
		if got := public.refusal(addr); (got == "") != (c.refusal == "") || !strings.Contains(got, c.refusal) {
			t.Errorf("%s: refusal %q, want %q", c.addr, got, c.refusal)
		}
		if got := private.refusal(addr); (got != "") != c.evenOpen {
			t.Errorf("%s with private addresses open: refusal %q, want refused: %v", c.addr, got, c.evenOpen)
		}
	}
	if public.refusal(netip.Addr{}) == "" {
		t.Error("the zero address is allowed")
	}
}

func TestControlJudgesTheDialledAddress(t *testing.T) {
	t.Parallel()
	g := newGuard(false)
	for _, address := range []string{"127.0.0.1:80", "[::1]:443", "[::ffff:10.0.0.1]:80", "nonsense"} {
		if g.control(t.Context(), "tcp", address, nil) == nil {
			t.Errorf("%s is allowed", address)
		}
	}
	if err := g.control(t.Context(), "tcp", "8.8.8.8:53", nil); err != nil {
		t.Errorf("a public address: %v", err)
	}
	f, err := New(DefaultConfig("1"))
	if err != nil {
		t.Fatal(err)
	}
	var refused *AddressError
	if err := f.Control("tcp", "169.254.169.254:80", nil); !errors.As(err, &refused) {
		t.Errorf("Control: %v, want an AddressError", err)
	}
}

func TestLiteralAddress(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "2130706433": "127.0.0.1", "0x7f000001": "127.0.0.1", "0x7f.1": "127.0.0.1",
		"017700000001": "127.0.0.1", "0177.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "127.0.1": "127.0.0.1",
		"10.0.513": "10.0.2.1", "0": "0.0.0.0", "127.0.0.1.": "127.0.0.1", "[::1]": "::1", "::1": "::1",
		"0xA9FEA9FE": "169.254.169.254", "4294967295": "255.255.255.255",
		"4294967296": "", "256.0.0.1": "", "1.2.3.4.5": "", "example.com": "", "08.0.0.1": "", "": "", "1..2": "",
		"127.0.0.256": "", "0x": "", "1e3": "", "-1": "", "+1": "",
	} {
		got, ok := literalAddress(host)
		if ok != (want != "") || (ok && got.String() != want) {
			t.Errorf("literalAddress(%q) = %v, %v, want %q", host, got, ok, want)
		}
	}
}

// Whatever way leads to a private address, the guard stands before it.
func TestVisitRefusesPrivateAddresses(t *testing.T) {
	t.Parallel()
	touched := func(c net.Conn, _ *http.Request) { t.Error("the server was reached"); c.Close() }
	addr := rawServer(t, touched)
	cfg := testConfig(addr)
	cfg.AllowPrivate = false
	for _, host := range []string{"rebound.example", "127.0.0.1", "127.0.0.1:8080"} {
		v, _ := visitHost(t, cfg, host)
		if v.Outcome != data.OutcomePrivate || !strings.Contains(v.Reason, "loopback") {
			t.Errorf("%s: outcome %s (%s)", host, v.Outcome, v.Reason)
		}
	}
}

func TestVisitRefusesRedirectsToPrivateAddresses(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"http://127.0.0.2/", "http://2130706434/", "http://0x7f000002/", "http://0177.0.0.2/", "http://[::ffff:127.0.0.2]/",
		"http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/", "http://[64:ff9b::7f00:2]/",
		"https://192.168.0.1/",
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(rawServer(t, behaviour{serve: redirectTo(location)}.handler()))
			cfg.ConnectTo[0].Host = "start.example"
			cfg.Limits.Connect = cfg.Limits.Request
			f, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			// Only the test server's own address is open.
			f.dial.guard.private = append(f.dial.guard.private[:0:0], block("127.0.0.2/31", "loopback"))
			f.dial.guard.private = append(f.dial.guard.private, privateBlocks()[1:]...)
			f.dial.guard.allowPrivate = false
			var c collected
			v, err := f.Visit(t.Context(), data.Request{Visit: "v", Host: "start.example"}, c.sink)
			if err != nil {
				t.Fatal(err)
			}
			if v.Outcome != data.OutcomePrivate {
				t.Errorf("outcome %s (%s)", v.Outcome, v.Reason)
			}
			if len(v.Chain) != 1 || v.Chain[0].By != "http" || v.Chain[0].Status != 302 {
				t.Errorf("chain %+v", v.Chain)
			}
		})
	}
}

func FuzzLiteralAddress(f *testing.F) {
	for _, s := range []string{"127.1", "0x7f.1", "[::1]", "4294967295", "a.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		addr, ok := literalAddress(s)
		if ok != addr.IsValid() {
			t.Errorf("%q: %v, %v", s, addr, ok)
		}
	})
}
