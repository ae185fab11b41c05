package export

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"pitboss/data"
)

// reservedTLDs can never resolve (RFC 2606), so to list a name below them
// blocks nobody. They are let through for the demo and for tests.
var reservedTLDs = map[string]bool{"example": true, "test": true}

// specialTLDs are on the public suffix list, but no site of the web is below
// them in the DNS (RFC 3172, RFC 7686).
var specialTLDs = map[string]bool{"arpa": true, "onion": true}

// validName reports whether s is a canonical DNS name of at least two labels
// that every format can carry: lower-case A-labels, no port, no address.
func validName(s string) bool {
	if len(s) > data.MaxHostLength || s == "" {
		return false
	}
	start, labels, numeric := 0, 0, true
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			c := s[i]
			if c < '0' || c > '9' {
				numeric = false
			}
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return false
			}
			continue
		}
		n := i - start
		if n == 0 || n > 63 || s[start] == '-' || s[i-1] == '-' {
			return false
		}
		labels++
		if i < len(s) {
			start, numeric = i+1, true
		}
	}
	return labels >= 2 && !numeric
}

// nameProblem says in a few words why a name may not be written by any
// encoder, or nothing. An address is no canonical name: its last label is a
// number, or it holds a colon.
func nameProblem(name string) string {
	if !validName(name) {
		return "not a canonical host name"
	}
	suffix, icann := publicsuffix.PublicSuffix(name)
	if suffix == name {
		return "a public suffix"
	}
	if specialTLDs[name[strings.LastIndexByte(name, '.')+1:]] {
		return "not a name of the web"
	}
	if !icann && !strings.Contains(suffix, ".") && !reservedTLDs[suffix] {
		return "not below a top-level domain that exists"
	}
	return ""
}

// registrable returns the registrable domain of a name: one label more than
// its public suffix, private suffixes included.
func registrable(name string) (string, bool) {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	return d, err == nil
}

// listedName is the name under which a captured host is listed: the
// registrable domain when the host is that domain or its www, and the full
// host otherwise, since other hosts of the domain may serve strangers.
func listedName(host string) string {
	if d, ok := registrable(host); ok && host == "www."+d {
		return d
	}
	return host
}

// covers reports whether a listing of name also blocks host.
func covers(name, host string) bool {
	return host == name || len(host) > len(name) && host[len(host)-len(name)-1] == '.' && strings.HasSuffix(host, name)
}

// CompareNames orders names by their labels from the right, as RFC 4034,
// section 6.1, does: a domain comes directly before the names under it.
func CompareNames(a, b string) int {
	for a != "" && b != "" {
		i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
		if c := strings.Compare(a[i+1:], b[j+1:]); c != 0 {
			return c
		}
		a, b = a[:max(i, 0)], b[:max(j, 0)]
	}
	return len(a) - len(b)
}

// urlHost returns the canonical host of a URL, without its port.
func urlHost(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", false
	}
	host, err := data.NormalizeHost(u.Host)
	if err != nil {
		return "", false
	}
	return data.HostName(host), true
}
