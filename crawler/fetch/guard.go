package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// AddressError says that the guard refused an address.
type AddressError struct {
	Addr   netip.Addr
	Reason string // what kind of address it is
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("address %s is refused: %s", e.Addr, e.Reason)
}

// addressBlock is a range that is never a public web server.
type addressBlock struct {
	prefix netip.Prefix
	reason string
}

func block(prefix, reason string) addressBlock {
	return addressBlock{netip.MustParsePrefix(prefix), reason}
}

// neverBlocks returns what stays closed even for tests: addresses that reach a
// cloud's control plane or no single host at all.
func neverBlocks() []addressBlock {
	return []addressBlock{
		block("0.0.0.0/8", "unspecified"),
		block("169.254.169.254/32", "cloud metadata"),
		block("169.254.170.2/32", "cloud metadata"),
		block("100.100.100.200/32", "cloud metadata"),
		block("168.63.129.16/32", "cloud metadata"),
		block("192.0.0.192/32", "cloud metadata"),
		block("fd00:ec2::254/128", "cloud metadata"),
		block("fd20:ce::254/128", "cloud metadata"),
		block("224.0.0.0/4", "multicast"),
		block("240.0.0.0/4", "reserved"),
		block("ff00::/8", "multicast"),
		block("::/128", "unspecified"),
	}
}

// privateBlocks returns what AllowPrivate opens: the special-purpose registries of
// IANA (RFC 6890 and its updates), less what is in neverBlocks.
func privateBlocks() []addressBlock {
	return []addressBlock{
		block("127.0.0.0/8", "loopback"),
		block("10.0.0.0/8", "private"),
		block("172.16.0.0/12", "private"),
		block("192.168.0.0/16", "private"),
		block("100.64.0.0/10", "carrier-grade NAT"),
		block("169.254.0.0/16", "link-local"),
		block("192.0.0.0/24", "protocol assignments"),
		block("192.0.2.0/24", "documentation"),
		block("198.51.100.0/24", "documentation"),
		block("203.0.113.0/24", "documentation"),
		block("192.88.99.0/24", "6to4 relay"),
		block("198.18.0.0/15", "benchmarking"),
		block("::1/128", "loopback"),
		block("::/96", "IPv4-compatible"),
		block("::ffff:0:0:0/96", "IPv4-translated"),
		block("64:ff9b:1::/48", "local NAT64"),
		block("100::/64", "discard"),
		block("2001::/23", "protocol assignments"),
		block("2001:db8::/32", "documentation"),
		block("2002::/16", "6to4"),
		block("3fff::/20", "documentation"),
		block("5f00::/16", "segment routing"),
		block("fc00::/7", "private"),
		block("fe80::/10", "link-local"),
		block("fec0::/10", "site-local"),
	}
}

// guard judges addresses. Build one with newGuard.
type guard struct {
	never, private []addressBlock
	nat64, public6 netip.Prefix
	allowPrivate   bool
}

func newGuard(allowPrivate bool) *guard {
	return &guard{
		never:        neverBlocks(),
		private:      privateBlocks(),
		nat64:        netip.MustParsePrefix("64:ff9b::/96"),
		public6:      netip.MustParsePrefix("2000::/3"),
		allowPrivate: allowPrivate,
	}
}

// check returns an *AddressError when the address must not be dialled. IPv4
// addresses that hide in IPv6 ones (mapped, NAT64, 6to4, translated, ISATAP) are judged
// as themselves.
func (g *guard) check(addr netip.Addr) error {
	if reason := g.refusal(addr); reason != "" {
		return &AddressError{Addr: addr, Reason: reason}
	}
	return nil
}

func (g *guard) refusal(addr netip.Addr) string {
	if !addr.IsValid() {
		return "no address"
	}
	if addr.Zone() != "" {
		return "scoped to an interface"
	}
	addr = addr.Unmap()
	if inner, kind := embedded(addr, g.nat64); inner.IsValid() {
		if reason := g.refusal(inner); reason != "" {
			return reason + " within " + kind
		}
	}
	if reason := find(g.never, addr); reason != "" {
		return reason
	}
	if g.allowPrivate {
		return ""
	}
	if reason := find(g.private, addr); reason != "" {
		return reason
	}
	if addr.Is6() && !g.nat64.Contains(addr) && !g.public6.Contains(addr) {
		return "not global unicast"
	}
	return ""
}

func find(blocks []addressBlock, addr netip.Addr) string {
	for _, b := range blocks {
		if b.prefix.Contains(addr) {
			return b.reason
		}
	}
	return ""
}

// embedded returns the IPv4 address within an IPv6 address, and by which
// mechanism it is there. The zero Addr: there is none.
func embedded(addr netip.Addr, nat64 netip.Prefix) (netip.Addr, string) {
	if !addr.Is6() {
		return netip.Addr{}, ""
	}
	b := addr.As16()
	last := netip.AddrFrom4([4]byte(b[12:16]))
	switch {
	case nat64.Contains(addr):
		return last, "NAT64"
	case b[0] == 0x20 && b[1] == 0x02:
		return netip.AddrFrom4([4]byte(b[2:6])), "6to4"
	case (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe:
		return last, "ISATAP"
	}
	return netip.Addr{}, ""
}

// control is a net.Dialer.ControlContext: it sees the address that is really
// dialled, after every resolution.
func (g *guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dialled address %q: %w", address, err)
	}
	return g.check(ap.Addr())
}

// literalAddress reads a host that is an address in any form that a resolver
// of the C library accepts: "127.0.0.1", "2130706433", "0x7f.1", "017700000001"
// (inet_aton), and IPv6 with or without brackets.
func literalAddress(host string) (netip.Addr, bool) {
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr, true
	}
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var value uint64
	for i, p := range parts {
		n, ok := addressNumber(p)
		if !ok {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			if n > 0xff {
				return netip.Addr{}, false
			}
			value |= n << (8 * (3 - i))
			continue
		}
		if n >= 1<<(8*(5-len(parts))) {
			return netip.Addr{}, false
		}
		value |= n
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

func addressNumber(s string) (uint64, bool) {
	base, digits := 10, s
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		base, digits = 16, s[2:]
	case len(s) > 1 && s[0] == '0':
		base, digits = 8, s[1:]
	}
	n, err := strconv.ParseUint(digits, base, 33)
	return n, err == nil
}

// Control is a net.Dialer.Control with the guard of this fetcher, for dialers
// that are not ours (the prober's). It refuses with an *AddressError.
func (f *Fetcher) Control(network, address string, c syscall.RawConn) error {
	return f.dial.guard.control(context.Background(), network, address, c)
}

// splitAuthority splits "host:port" or "host", with a default port.
func splitAuthority(authority, port string) (string, string) {
	if h, p, err := net.SplitHostPort(authority); err == nil && p != "" {
		return h, p
	}
	return strings.Trim(strings.TrimSuffix(authority, ":"), "[]"), port
}
