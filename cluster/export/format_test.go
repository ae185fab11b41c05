package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"pitboss/cluster/export"
	"pitboss/data"
)

// sample are listings as the gate returns them: a collapsed www, a plain one, a
// deep one, an internationalised one and one under a private suffix.
func sample(t *testing.T) []data.Listing {
	t.Helper()
	var entries []export.Entry
	for _, h := range []string{"www.abcbet-777.com", "lucky.co.kr", "m.deep.slot-win.net", "xn--9i1bm7h.com", "judi.github.io", "0-9bet_x.lucky-seven.org"} {
		entries = append(entries, gambling(h))
	}
	r := gate(t, export.DefaultPolicy(now), entries...)
	if len(r.Listings) != len(entries) {
		t.Fatalf("sample: %v", r.Refusals)
	}
	return r.Listings
}

var options = export.Options{Title: "Illegal gambling", Homepage: "https://lists.example/", Built: now}

func encode(t *testing.T, f export.Format, listings []data.Listing) string {
	t.Helper()
	var b bytes.Buffer
	sum, err := export.Write(&b, f, options, slices.Values(listings))
	if err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	if sum.Written != len(listings) || len(sum.Left) != 0 {
		t.Fatalf("%s: wrote %d of %d, left %v", f, sum.Written, len(listings), sum.Left)
	}
	return b.String()
}

func names(listings []data.Listing) []string {
	var out []string
	for _, l := range listings {
		out = append(out, l.Domain)
	}
	return out
}

const label = `[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?`

var domainForm = regexp.MustCompile(`^(?:` + label + `\.)+` + label + `$`)

// grammars read the line formats strictly: a line is a comment, one of the
// fixed lines, or an entry of exactly this form.
var grammars = map[export.Format]struct {
	comment string
	fixed   []string
	entry   string // NAME stands for the domain
}{
	export.FormatDomains:       {"# ", nil, `^(NAME)$`},
	export.FormatHosts:         {"# ", nil, `^0\.0\.0\.0 (NAME)$`},
	export.FormatAdblock:       {"! ", nil, `^\|\|(NAME)\^$`},
	export.FormatDnsmasq:       {"# ", nil, `^local=/(NAME)/$`},
	export.FormatUnbound:       {"# ", []string{"server:"}, `^local-zone: "(NAME)\." always_nxdomain$`},
	export.FormatSquid:         {"# ", nil, `^\.(NAME)$`},
	export.FormatNginx:         {"# ", nil, `^\.(NAME) 1;$`},
	export.FormatHAProxy:       {"# ", nil, `^(NAME) 1$`},
	export.FormatHAProxySuffix: {"# ", nil, `^\.(NAME) 1$`},
	export.FormatMihomo:        {"# ", nil, `^\+\.(NAME)$`},
	export.FormatSurge:         {"# ", nil, `^\.(NAME)$`},
}

func TestLineFormats(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	for f, g := range grammars {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			form := regexp.MustCompile(strings.Replace(g.entry, "NAME", strings.Trim(domainForm.String(), "^$"), 1))
			out := encode(t, f, listings)
			var got []string
			for line := range strings.SplitSeq(strings.TrimSuffix(out, "\n"), "\n") {
				switch m := form.FindStringSubmatch(line); {
				case strings.HasPrefix(line, g.comment), slices.Contains(g.fixed, line):
				case m != nil:
					got = append(got, m[1])
				default:
					t.Errorf("line %q is not of the form", line)
				}
			}
			want := names(listings)
			if f == export.FormatHosts { // no wildcards: the captured www too
				want = slices.Insert(want, slices.Index(want, "abcbet-777.com")+1, "www.abcbet-777.com")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			says := strings.Contains(out, "all of its subdomains")
			cannot := f == export.FormatHosts || f == export.FormatHAProxy || f == export.FormatHAProxySuffix
			if says == cannot {
				t.Errorf("header says subdomains are included: %v\n%s", says, out)
			}
			if strings.Contains(out, "\r") || strings.Contains(out, "\n\n") || !strings.HasSuffix(out, "\n") {
				t.Error("line ends are not plain")
			}
		})
	}
}

func TestAdblockHeader(t *testing.T) {
	t.Parallel()
	o := options
	o.Title, o.Homepage = strings.Repeat("\u202e", 500), strings.Repeat("h", 5000)
	var b bytes.Buffer
	if _, err := export.Write(&b, export.FormatAdblock, o, slices.Values(sample(t))); err != nil {
		t.Fatal(err)
	}
	head := b.String()[:min(1024, b.Len())]
	for _, key := range []string{"! Title: ", "! Expires: 1 days\n", "! Last modified: 2026-11-21T12:00:00Z\n", "! Version: 20261121120000\n"} {
		if !strings.Contains(head, key) {
			t.Errorf("%q is not within the first 1,024 bytes:\n%s", key, head)
		}
	}
	if _, rest, _ := strings.Cut(b.String(), "||"); strings.Contains(rest, "!") {
		t.Error("a comment stands among the entries")
	}
}

func TestJSONL(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	var got []data.Listing
	for line := range strings.Lines(encode(t, export.FormatJSONL, listings)) {
		var l data.Listing
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got = append(got, l)
	}
	if diff := cmp.Diff(listings, got); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	attacks := []string{`=HYPERLINK("http://x")`, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u00a0=1", "%0A=1"}
	listings = listings[:5]
	for i := range listings {
		listings[i].Reason, listings[i].Builder = attacks[2*i], attacks[2*i+1]
	}
	rows, err := csv.NewReader(strings.NewReader(encode(t, export.FormatCSV, listings))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(listings) || rows[0][0] != "domain" || rows[0][11] != "reason" {
		t.Fatalf("%d rows, header %v", len(rows), rows[0])
	}
	for i, row := range rows[1:] {
		if row[0] != listings[i].Domain {
			t.Errorf("row %d: domain %q, want %q", i, row[0], listings[i].Domain)
		}
		for _, cell := range row {
			trimmed := strings.TrimLeft(cell, " \u00a0\u3000\t\r\n")
			if trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@%|") || strings.HasPrefix(trimmed, "＝") {
				t.Errorf("row %d: cell %q is a formula", i, cell)
			}
		}
	}
}

func TestHostileListingTexts(t *testing.T) {
	t.Parallel()
	l := sample(t)[:1]
	l[0].Reason = "\u202eright to left\u2028line\x00nul \xff" + strings.Repeat("x", 10_000)
	l[0].Operator, l[0].Page = "a\nb\n0.0.0.0 naver.com", "x\ny"
	for _, f := range export.Formats() {
		if f == export.FormatURLs {
			continue
		}
		out := encode(t, f, l)
		if strings.Contains(out, "\n0.0.0.0 naver.com") || strings.ContainsAny(out, "\u202e\u2028\x00") || len(out) > 4000 {
			t.Errorf("%s carries hostile text:\n%.500s", f, out)
		}
	}
	o := options
	o.Title = "x\n||naver.com^\n"
	var b bytes.Buffer
	if _, err := export.Write(&b, export.FormatAdblock, o, slices.Values(l)); err != nil || strings.Contains(b.String(), "\n||naver") {
		t.Errorf("title breaks out of its comment: %v\n%s", err, b.String())
	}
}

// TestRPZ reads the zone with another DNS library.
func TestRPZ(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	zp := dns.NewZoneParser(strings.NewReader(encode(t, export.FormatRPZ, listings)), "", "rpz")
	var owners []string
	var serial uint32
	for rr, ok := zp.Next(); ok; rr, ok = zp.Next() {
		switch rr := rr.(type) {
		case *dns.SOA:
			serial = rr.Serial
		case *dns.NS:
		case *dns.CNAME:
			if rr.Target != "." {
				t.Errorf("%s points at %s", rr.Hdr.Name, rr.Target)
			}
			owners = append(owners, strings.TrimSuffix(rr.Hdr.Name, ".rpz.pitboss."))
		default:
			t.Errorf("unexpected record %v", rr)
		}
	}
	if err := zp.Err(); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, n := range names(listings) {
		want = append(want, n, "*."+n)
	}
	if diff := cmp.Diff(want, owners); diff != "" || serial != uint32(now.Unix()) {
		t.Errorf("serial %d; owners (-want +got):\n%s", serial, diff)
	}
}

func TestRPZLongNames(t *testing.T) {
	t.Parallel()
	// The longest owner that fits: 255 octets with lengths and root.
	for extra, left := range map[int]int{0: 0, 1: 1} {
		suffix := ".bet-777.com"
		room := 255 - 2 - len("*.") - len(".rpz.pitboss") + extra
		var b strings.Builder
		for n := room - len(suffix); n > 0; {
			take := min(n, 60)
			if n-take == 1 {
				take--
			}
			b.WriteString(strings.Repeat("a", take))
			if n -= take; n > 0 {
				b.WriteByte('.')
				n--
			}
		}
		l := sample(t)[:1]
		l[0].Domain = b.String() + suffix
		l[0].Host = l[0].Domain
		var out bytes.Buffer
		sum, err := export.Write(&out, export.FormatRPZ, options, slices.Values(l))
		if err != nil || len(l[0].Domain) != room || len(sum.Left) != left || sum.Written != 1-left {
			t.Errorf("%d characters: %+v, %v", len(l[0].Domain), sum, err)
		}
		if left == 0 {
			if _, err := dns.NewRR("*." + l[0].Domain + ".rpz.pitboss. CNAME ."); err != nil {
				t.Errorf("owner is too long after all: %v", err)
			}
		}
	}
}

var ruleForm = regexp.MustCompile(`^alert (dns|tls) any any -> any any \(msg:"pitboss gambling site ([^"]+)"; (dns\.query|tls\.sni); dotprefix; content:"\.([^"]+)"; endswith; nocase; classtype:policy-violation; sid:(\d+); rev:1;\)$`)

func TestSuricata(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	seen, got := map[string]bool{}, map[string]int{}
	for line := range strings.Lines(encode(t, export.FormatSuricata, listings)) {
		if strings.HasPrefix(line, "# ") {
			continue
		}
		m := ruleForm.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil || m[2] != m[4] || (m[1] == "dns") != (m[3] == "dns.query") {
			t.Fatalf("rule %q", line)
		}
		if seen[m[5]] {
			t.Errorf("rule id %s stands twice", m[5])
		}
		seen[m[5]] = true
		got[m[4]]++
	}
	for _, n := range names(listings) {
		if got[n] != 2 {
			t.Errorf("%d rules for %s, want one for DNS and one for TLS", got[n], n)
		}
	}
	var alone bytes.Buffer
	if _, err := export.Write(&alone, export.FormatSuricata, options, slices.Values(listings[2:3])); err != nil {
		t.Fatal(err)
	}
	if _, rule, _ := strings.Cut(alone.String(), "alert dns"); !strings.Contains(encode(t, export.FormatSuricata, listings), rule) {
		t.Error("a rule's id depends on the other rules")
	}
}

func TestSingBox(t *testing.T) {
	t.Parallel()
	type set struct {
		Version int `json:"version"`
		Rules   []struct {
			DomainSuffix []string `json:"domain_suffix"`
		} `json:"rules"`
	}
	for _, listings := range [][]data.Listing{sample(t), sample(t)[:1], {}} {
		var s set
		dec := json.NewDecoder(strings.NewReader(encode(t, export.FormatSingBox, listings)))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&s); err != nil || s.Version != 2 {
			t.Fatalf("version %d, %v", s.Version, err)
		}
		var got []string
		for _, r := range s.Rules {
			if len(r.DomainSuffix) == 0 {
				t.Error("a rule without a domain is refused by sing-box")
			}
			got = append(got, r.DomainSuffix...)
		}
		if diff := cmp.Diff(names(listings), got); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	page := func(host, url string) export.Page {
		return export.Page{URL: url, Listing: data.Listing{Host: host, Domain: host}}
	}
	var b bytes.Buffer
	good := []export.Page{page("abcbet-777.com:8443", "https://abcbet-777.com:8443/"), page("flower-shop.com", "https://flower-shop.com/slot/?a=1")}
	if sum, err := export.WritePages(&b, options, slices.Values(good)); err != nil || sum.Written != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if got := b.String()[strings.LastIndex(b.String(), "# "):]; !strings.HasSuffix(got, "\nhttps://abcbet-777.com:8443/\nhttps://flower-shop.com/slot/?a=1\n") {
		t.Errorf("list:\n%s", got)
	}
	for name, p := range map[string]export.Page{
		"home page":     page("flower-shop.com", "https://flower-shop.com/"),
		"another host":  page("flower-shop.com", "https://naver.com/slot"),
		"public suffix": page("github.io", "https://github.io/slot"),
		"address":       page("192.0.2.1", "https://192.0.2.1/slot"),
		"line break":    page("flower-shop.com", "https://flower-shop.com/a\nhttps://naver.com/"),
		"script":        page("flower-shop.com", "javascript:alert(1)"),
		"password":      page("flower-shop.com", "https://naver.com@flower-shop.com/slot"),
		"too long":      page("flower-shop.com", "https://flower-shop.com/"+strings.Repeat("a", 3000)),
	} {
		if _, err := export.WritePages(&bytes.Buffer{}, options, slices.Values([]export.Page{p})); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	if _, err := export.WritePages(&bytes.Buffer{}, options, slices.Values([]export.Page{good[1], good[0]})); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("out of order: error %v, want ErrInvalid", err)
	}
}

// TestWriteRefuses hands over listings that no gate would make.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	one := func(host, domain string) []data.Listing { return []data.Listing{{Host: host, Domain: domain}} }
	for name, listings := range map[string][]data.Listing{
		"public suffix":   one("co.za", "co.za"),
		"private suffix":  one("github.io", "github.io"),
		"suffix's www":    one("www.co.kr", "co.kr"),
		"address":         one("104.21.0.1", "104.21.0.1"),
		"IPv6":            one("[2606:4700::1]", "2606:4700::1"),
		"single label":    one("localhost", "localhost"),
		"upper case":      one("Bet-777.com", "Bet-777.com"),
		"line break":      one("bet-777.com\nnaver.com", "bet-777.com\nnaver.com"),
		"comment":         one("bet-777.com#", "bet-777.com#"),
		"empty":           one("", ""),
		"too long":        one(strings.Repeat("a.", 130)+"com", strings.Repeat("a.", 130)+"com"),
		"long label":      one(strings.Repeat("a", 64)+".com", strings.Repeat("a", 64)+".com"),
		"trailing dot":    one("bet-777.com.", "bet-777.com."),
		"foreign":         one("bet-777.com", "naver.com"),
		"parent":          one("m.bet-777.com", "bet-777.com"),
		"unknown top":     one("bet-777.notatld", "bet-777.notatld"),
		"twice":           append(one("bet-777.com", "bet-777.com"), one("bet-777.com", "bet-777.com")...),
		"out of order":    append(one("z-bet.com", "z-bet.com"), one("a-bet.com", "a-bet.com")...),
		"covered already": append(one("bet-777.com", "bet-777.com"), one("m.bet-777.com", "m.bet-777.com")...),
	} {
		for _, f := range export.Formats() {
			if f == export.FormatURLs {
				continue
			}
			if _, err := export.Write(&bytes.Buffer{}, f, options, slices.Values(listings)); !errors.Is(err, data.ErrInvalid) {
				t.Errorf("%s as %s: error %v, want ErrInvalid", name, f, err)
			}
		}
	}
}

func TestWriteOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]export.Options{
		"no time":  {},
		"bad zone": {Built: now, Zone: "rpz\n$INCLUDE x"},
		"absolute": {Built: now, Zone: "rpz.local."},
	} {
		if _, err := export.Write(&bytes.Buffer{}, export.FormatRPZ, o, slices.Values(sample(t))); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	if _, err := export.Write(&bytes.Buffer{}, "xml", options, slices.Values(sample(t))); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("unknown format: error %v", err)
	}
	if _, err := export.ParseFormat("xml"); !errors.Is(err, data.ErrInvalid) || !strings.Contains(err.Error(), "adblock") {
		t.Errorf("ParseFormat: %v", err)
	}
	if f, err := export.ParseFormat("rpz"); err != nil || f != export.FormatRPZ || f.Extension() != ".zone" {
		t.Errorf("ParseFormat: %v, %v", f, err)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	listings := sample(t)
	shuffled := make([]export.Entry, 0, len(listings))
	for _, l := range slices.Backward(listings) {
		shuffled = append(shuffled, gambling(l.Host))
	}
	again := gate(t, export.DefaultPolicy(now), shuffled...).Listings
	for _, f := range export.Formats() {
		if f == export.FormatURLs {
			continue
		}
		if encode(t, f, listings) != encode(t, f, again) {
			t.Errorf("%s differs for the same input in another order", f)
		}
	}
}

// brokenPipe fails after some bytes, as a full disk does.
type brokenPipe struct{ left int }

var errFull = errors.New("no space left on device")

func (w *brokenPipe) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, errFull
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteReportsAFullDisk(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, 100, 100_000} {
		if _, err := export.Write(&brokenPipe{room}, export.FormatDomains, options, many(20_000)); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: error %v", room, err)
		}
	}
}

// many yields n made-up listings in order, without keeping them.
func many(n int) iter.Seq[data.Listing] {
	return func(yield func(data.Listing) bool) {
		l := data.Listing{Page: data.PageGambling, Gambling: 0.97, FirstSeen: now, LastSeen: now, Expires: now.Add(time.Hour), Reason: "gambling-site 0.97 on 2026-11-20: term:ko:바카라", Capture: strings.Repeat("3f", 32)}
		for i := range n {
			l.Domain = fmt.Sprintf("bet-%07d.com", i)
			l.Host = l.Domain
			if !yield(l) {
				return
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	const n = 100_000
	for _, f := range export.Formats() {
		if f == export.FormatURLs {
			continue
		}
		b.Run(string(f), func(b *testing.B) {
			listings := slices.Collect(many(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := export.Write(discard{}, f, options, slices.Values(listings)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
