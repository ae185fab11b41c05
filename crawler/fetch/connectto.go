package fetch

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"pitboss/data"
)

// Rule redirects connections, as curl's --connect-to does: the URL, the Host
// field and the TLS server name stay, only the dialled address changes.
type Rule struct {
	Host   string // lower case; empty matches every host
	Port   string // empty matches every port
	ToHost string // a name or an address without brackets; empty keeps the host
	ToPort string // empty keeps the port
}

// ParseConnectTo reads a rule in curl's syntax, HOST1:PORT1:HOST2:PORT2, where each part may
// be empty and IPv6 addresses stand in brackets. "::127.0.0.1:8080" sends every
// connection to port 8080 of this machine. The error wraps data.ErrInvalid.
func ParseConnectTo(s string) (Rule, error) {
	fields, err := splitConnectTo(s)
	if err != nil {
		return Rule{}, fmt.Errorf("%w: connect-to %q: %w", data.ErrInvalid, shorten(s, 100), err)
	}
	r := Rule{Host: strings.ToLower(fields[0]), Port: fields[1], ToHost: strings.ToLower(fields[2]), ToPort: fields[3]}
	for _, p := range []string{r.Port, r.ToPort} {
		if n, err := strconv.ParseUint(p, 10, 16); p != "" && (err != nil || n == 0) {
			return Rule{}, fmt.Errorf("%w: connect-to %q: port %q is not a number from 1 to 65535", data.ErrInvalid, shorten(s, 100), p)
		}
	}
	return r, nil
}

func splitConnectTo(s string) ([]string, error) {
	var fields []string
	for rest, more := s, true; more; {
		var field string
		if strings.HasPrefix(rest, "[") {
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, fmt.Errorf("bracket is not closed")
			}
			field, rest = rest[1:end], rest[end+1:]
			if addr, err := netip.ParseAddr(field); err != nil || !addr.Is6() {
				return nil, fmt.Errorf("%q is no IPv6 address", field)
			}
			if rest != "" && rest[0] != ':' {
				return nil, fmt.Errorf("text after the bracket")
			}
			rest, more = strings.CutPrefix(rest, ":")
		} else {
			field, rest, more = strings.Cut(rest, ":")
		}
		if strings.ContainsAny(field, " \t\r\n/@?#[]") {
			return nil, fmt.Errorf("%q is no host or port", field)
		}
		fields = append(fields, field)
	}
	if len(fields) != 4 {
		return nil, fmt.Errorf("want HOST:PORT:HOST:PORT, got %d parts", len(fields))
	}
	return fields, nil
}

// String returns the rule in the syntax that ParseConnectTo reads.
func (r Rule) String() string {
	return bracket(r.Host) + ":" + r.Port + ":" + bracket(r.ToHost) + ":" + r.ToPort
}

func bracket(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// apply returns where to connect for a host and port; the first rule that matches
// decides.
func apply(rules []Rule, host, port string) (toHost, toPort string, redirected bool) {
	for _, r := range rules {
		if (r.Host != "" && r.Host != strings.ToLower(host)) || (r.Port != "" && r.Port != port) {
			continue
		}
		if r.ToHost != "" {
			host = r.ToHost
		}
		if r.ToPort != "" {
			port = r.ToPort
		}
		return host, port, true
	}
	return host, port, false
}

// shorten cuts hostile text for a message.
func shorten(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
