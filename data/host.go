package data

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// MaxHostLength is the longest host name that DNS can carry, in octets
// (RFC 1035, 2.3.4, less the root label).
const MaxHostLength = 253

// hostProfile maps as browsers do (UTS 46, non-transitional) and checks what
// the DNS would refuse.
var hostProfile = idna.New(
	idna.MapForLookup(),
	idna.BidiRule(),
	idna.Transitional(false),
	idna.StrictDomainName(false),
	idna.VerifyDNSLength(true),
)

// NormalizeHost returns the canonical form of a host name: A-labels, lower
// case, no trailing dot. It accepts an optional scheme, user info, path and
// port, since people paste URLs; default ports (80, 443) are dropped and any
// other one is kept as "host:port". An IP address is kept in its canonical
// text form (IPv6 in brackets): it can be visited, though never exported. The error wraps
// ErrInvalidHost and names what is wrong.
func NormalizeHost(s string) (string, error) {
	raw := s
	s = strings.TrimSpace(s)
	if i := strings.Index(s, "://"); i >= 0 {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return "", invalidHost(raw, "not a URL with a host")
		}
		if u.Scheme != "http" && u.Scheme != "https" {
			return "", invalidHost(raw, "scheme is neither http nor https")
		}
		s = u.Host
	} else if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	host, port, err := splitPort(s)
	if err != nil {
		return "", invalidHost(raw, err.Error())
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && addr.Zone() == "" {
		return joinPort(addr.Unmap().String(), port), nil
	}
	name, reason := normalizeName(host)
	if reason != "" {
		return "", invalidHost(raw, reason)
	}
	return joinPort(name, port), nil
}

func normalizeName(host string) (name, reason string) {
	host = strings.TrimSuffix(host, ".")
	if host == "" || strings.HasSuffix(host, ".") {
		return "", "empty name or label"
	}
	if len(host) > 4*MaxHostLength {
		return "", "name is too long"
	}
	if !utf8.ValidString(host) {
		return "", "not UTF-8"
	}
	name, err := hostProfile.ToASCII(host)
	if err != nil {
		return "", err.Error()
	}
	name = strings.TrimSuffix(name, ".") // of a full-width one
	if !strings.Contains(name, ".") {
		return "", "a single label is not a public name"
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if !validLabel(l) {
			return "", fmt.Sprintf("label %q is not a host label", l)
		}
	}
	if isNumber(labels[len(labels)-1]) {
		return "", "top-level label is a number"
	}
	// An A-label can decode to what would never have been encoded so.
	if strings.Contains(name, "xn--") {
		if again, err := hostProfile.ToASCII(name); err != nil || again != name {
			return "", "a label does not decode"
		}
	}
	return name, ""
}

// isNumber reports whether a last label would make resolvers and browsers read
// the whole name as an IPv4 address (WHATWG URL, "ends in a number").
func isNumber(l string) bool {
	hex, isHex := strings.CutPrefix(l, "0x")
	return allDigits(l) || isHex && strings.Trim(hex, "0123456789abcdef") == ""
}

// validLabel accepts letters, digits, hyphens inside, and the underscores that
// occur in real host names under wildcard records.
func validLabel(l string) bool {
	if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
		return false
	}
	for i := range len(l) {
		c := l[i]
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func splitPort(s string) (host, port string, err error) {
	if strings.Count(s, ":") > 1 && !strings.HasPrefix(s, "[") { // bare IPv6
		return s, "", nil
	}
	if !strings.Contains(s, ":") || strings.HasSuffix(s, "]") {
		return s, "", nil
	}
	host, port, err = net.SplitHostPort(s)
	if err != nil {
		return "", "", fmt.Errorf("port cannot be read: %w", err)
	}
	if n, err := net.LookupPort("tcp", port); err != nil || n == 0 || !allDigits(port) {
		return "", "", fmt.Errorf("port %q is not a number from 1 to 65535", port)
	}
	return host, strings.TrimLeft(port, "0"), nil
}

func joinPort(host, port string) string {
	if port == "" || port == "80" || port == "443" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// HostName returns a canonical host without its port or brackets.
func HostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

// IsAddress reports whether a canonical host is an IP literal.
func IsAddress(host string) bool {
	_, err := netip.ParseAddr(HostName(host))
	return err == nil
}

// UnicodeHost returns the host with its A-labels decoded for display. Names
// that do not decode are returned as they are.
func UnicodeHost(host string) string {
	u, err := idna.Display.ToUnicode(host)
	if err != nil {
		return host
	}
	return u
}

func invalidHost(s, reason string) error {
	const most = 100
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Errorf("%w: %q: %s", ErrInvalidHost, s, reason)
}
