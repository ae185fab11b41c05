package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"pitboss/data"
)

// clean returns a listing whose texts are safe to show: they may hold what a
// page wrote.
func clean(l data.Listing) data.Listing {
	l.Builder, l.Template, l.Operator = Visible(l.Builder, 100), Visible(l.Template, 100), Visible(l.Operator, 100)
	l.Reason, l.Capture = Visible(l.Reason, 500), Visible(l.Capture, 100)
	l.Page = data.PageType(Visible(string(l.Page), 40))
	l.FirstSeen, l.LastSeen, l.Expires = l.FirstSeen.UTC(), l.LastSeen.UTC(), l.Expires.UTC()
	return l
}

func jsonlEncoder() *encoder {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	return &encoder{line: func(b []byte, l *data.Listing, _ int) ([]byte, error) {
		buf.Reset()
		if err := enc.Encode(clean(*l)); err != nil {
			return b, err
		}
		return append(b, buf.Bytes()...), nil
	}}
}

// csvHeader are the columns, named as in JSON.
var csvHeader = [...]string{
	"domain", "host", "subdomains", "page", "gambling", "builder", "template", "operator",
	"first_seen", "last_seen", "expires", "reason", "capture",
}

func csvEncoder() *encoder {
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	write := func(b []byte, cells []string) ([]byte, error) {
		buf.Reset()
		if err := out.Write(cells); err != nil {
			return b, err
		}
		out.Flush()
		return append(b, buf.Bytes()...), out.Error()
	}
	return &encoder{
		head: func(b []byte, _ *Options) []byte {
			return append(append(b, strings.Join(csvHeader[:], ",")...), '\n')
		},
		line: func(b []byte, raw *data.Listing, _ int) ([]byte, error) {
			l := clean(*raw)
			cells := [len(csvHeader)]string{
				l.Domain, l.Host, strconv.FormatBool(l.Subdomains), string(l.Page),
				strconv.FormatFloat(l.Gambling, 'f', 4, 64), l.Builder, l.Template, l.Operator,
				l.FirstSeen.Format(time.RFC3339), l.LastSeen.Format(time.RFC3339), l.Expires.Format(time.RFC3339),
				l.Reason, l.Capture,
			}
			for i := range cells {
				cells[i] = csvSafe(cells[i])
			}
			return write(b, cells[:])
		},
	}
}

// csvSafe keeps spreadsheets from reading a cell as a formula (OWASP, CSV
// injection): a leading sign, its full-width twin, or one behind spaces gets an
// apostrophe before it.
func csvSafe(s string) string {
	trimmed := strings.TrimLeft(s, " \u00a0\u3000")
	if trimmed == "" {
		return s
	}
	switch r, _ := utf8.DecodeRuneInString(trimmed); r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}

// rpzEncoder writes a zone with relative owners: an absolute one is silently
// ignored by BIND.
func rpzEncoder() *encoder {
	return &encoder{
		comment: "; ", usage: []string{withSubdomains},
		head: func(b []byte, o *Options) []byte {
			b = fmt.Appendf(b, "$ORIGIN %s.\n$TTL 3600\n", o.Zone)
			b = fmt.Appendf(b, "@ SOA localhost. hostmaster.localhost. %d 3600 600 604800 3600\n", uint32(o.Built.Unix()))
			return append(b, "@ NS localhost.\n"...)
		},
		line: func(b []byte, l *data.Listing, _ int) ([]byte, error) {
			b = append(append(b, l.Domain...), " CNAME .\n*."...)
			return append(append(b, l.Domain...), " CNAME .\n"...), nil
		},
		// In octets on the wire: a length before each label and one for the root,
		// so a name of n characters takes n+2 (RFC 1035, 3.1). One owner that is
		// too long breaks the whole zone.
		cannot: func(l *data.Listing, o *Options) string {
			if n := len("*.") + len(l.Domain) + len(".") + len(o.Zone) + 2; n > 255 {
				return fmt.Sprintf("the owner name would take %d octets within the zone %s; 255 are possible", n, o.Zone)
			}
			return ""
		},
	}
}

// suricataEncoder writes two rules a name. Rule ids must differ and should
// outlive a build, so they are hashes of the name, moved on where two collide.
func suricataEncoder() *encoder {
	const first, span = 2_200_000_000, 1_000_000_000
	used := map[uint32]bool{}
	return &encoder{
		comment: "# ", usage: []string{withSubdomains},
		line: func(b []byte, l *data.Listing, _ int) ([]byte, error) {
			h := fnv.New32a()
			_, _ = h.Write([]byte(l.Domain)) // never fails
			slot := h.Sum32() % span
			for used[slot] {
				slot = (slot + 1) % span
			}
			used[slot] = true
			sid := uint32(first) + 2*slot
			b = suricataRule(b, "dns", "dns.query; dotprefix;", l.Domain, sid)
			return suricataRule(b, "tls", "tls.sni; dotprefix;", l.Domain, sid+1), nil
		},
	}
}

func suricataRule(b []byte, proto, buffer, name string, sid uint32) []byte {
	b = append(b, "alert "...)
	b = append(b, proto...)
	b = append(b, ` any any -> any any (msg:"pitboss gambling site `...)
	b = append(b, name...)
	b = append(b, `"; `...)
	b = append(b, buffer...)
	b = append(b, ` content:".`...)
	b = append(b, name...)
	b = append(b, `"; endswith; nocase; classtype:policy-violation; sid:`...)
	b = strconv.AppendUint(b, uint64(sid), 10)
	return append(b, "; rev:1;)\n"...)
}

// singBoxEncoder writes a rule set in source form. A rule without a domain
// would be an error, so an empty list has no rule.
func singBoxEncoder() *encoder {
	began := false
	return &encoder{
		head: func(b []byte, _ *Options) []byte { return append(b, `{"version":2,"rules":[`...) },
		line: func(b []byte, l *data.Listing, _ int) ([]byte, error) {
			if began {
				b = append(b, ",\n\""...)
			} else {
				b, began = append(b, "{\"domain_suffix\":[\n\""...), true
			}
			return append(append(b, l.Domain...), '"'), nil
		},
		tail: func(b []byte) []byte {
			if began {
				b = append(b, "\n]}"...)
			}
			return append(b, "]}\n"...)
		},
	}
}
