package export

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"pitboss/data"
)

// Format names an output form.
type Format string

// The formats. Every name format includes the subdomains of a listed name
// where its consumer can say so; FormatHosts cannot.
const (
	FormatDomains       Format = "domains"        // one name a line
	FormatHosts         Format = "hosts"          // 0.0.0.0 name
	FormatAdblock       Format = "adblock"        // ||name^
	FormatJSONL         Format = "jsonl"          // one data.Listing a line
	FormatCSV           Format = "csv"            // RFC 4180, with header
	FormatDnsmasq       Format = "dnsmasq"        // local=/name/, dnsmasq ≥ 2.86
	FormatUnbound       Format = "unbound"        // local-zone … always_nxdomain
	FormatRPZ           Format = "rpz"            // response policy zone
	FormatSquid         Format = "squid"          // dstdomain file
	FormatNginx         Format = "nginx"          // include of a map with hostnames
	FormatHAProxy       Format = "haproxy"        // map_str: the names themselves
	FormatHAProxySuffix Format = "haproxy-suffix" // map_end: everything below them
	FormatSingBox       Format = "singbox"        // rule set, source form, version 2
	FormatMihomo        Format = "mihomo"         // domain rule provider, text
	FormatSurge         Format = "surge"          // DOMAIN-SET
	FormatSuricata      Format = "suricata"       // DNS and TLS rules
	FormatURLs          Format = "urls"           // full URLs, see WritePages
)

// Formats returns every format in the order of their description.
func Formats() []Format {
	return []Format{
		FormatDomains, FormatHosts, FormatAdblock, FormatJSONL, FormatCSV, FormatDnsmasq, FormatUnbound, FormatRPZ,
		FormatSquid, FormatNginx, FormatHAProxy, FormatHAProxySuffix, FormatSingBox, FormatMihomo, FormatSurge,
		FormatSuricata, FormatURLs,
	}
}

// ParseFormat returns the format of that name; the error wraps data.ErrInvalid
// and names those that exist.
func ParseFormat(s string) (Format, error) {
	if f := Format(s); slices.Contains(Formats(), f) {
		return f, nil
	}
	var names []string
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return "", fmt.Errorf("%w format %q: choose one of %s", data.ErrInvalid, s, strings.Join(names, ", "))
}

// Extension returns the usual file name extension of a format, with its dot.
func (f Format) Extension() string {
	switch f {
	case FormatJSONL:
		return ".jsonl"
	case FormatCSV:
		return ".csv"
	case FormatDnsmasq, FormatUnbound, FormatNginx:
		return ".conf"
	case FormatRPZ:
		return ".zone"
	case FormatHAProxy, FormatHAProxySuffix:
		return ".map"
	case FormatSingBox:
		return ".json"
	case FormatSuricata:
		return ".rules"
	}
	return ".txt"
}

// Options are what a list says about itself.
type Options struct {
	Title    string    // one line; "pitboss gambling list" when empty
	Homepage string    // URL, optional
	Built    time.Time // of the build; needed
	Zone     string    // origin of the RPZ zone, "rpz.pitboss" when empty; keep it short
}

// Summary is what was written.
type Summary struct {
	Written int            // listings that are in the output
	Left    []data.Refusal // listings that this format cannot say
}

// encoder is one format. Only line is needed.
type encoder struct {
	comment string                                                 // line prefix of the header's comments; empty: none possible
	usage   []string                                               // what the comments say beyond the title
	head    func(b []byte, o *Options) []byte                      // follows the comments
	line    func(b []byte, l *data.Listing, n int) ([]byte, error) // appends the n-th listing
	tail    func(b []byte) []byte                                  // closes the output
	cannot  func(l *data.Listing, o *Options) (reason string)      // why the format cannot say a listing
}

// Write encodes listings, which must come in the order of [CompareNames] and
// without a name under another, as [Gate] returns them; their number is not
// bounded. It refuses, with an error that wraps data.ErrInvalid, to write a
// public suffix, an address, an invalid name, or a name that was not captured.
// The output depends on its arguments alone.
func Write(w io.Writer, f Format, o Options, listings iter.Seq[data.Listing]) (Summary, error) {
	enc, ok := newEncoder(f)
	if !ok {
		return Summary{}, fmt.Errorf("%w format for names: %q", data.ErrInvalid, f)
	}
	if err := o.complete(); err != nil {
		return Summary{}, err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	b := enc.begin(&o)
	var sum Summary
	var err error
	var l data.Listing // one for all: a million would be a million allocations
	var last string
	for next := range listings {
		l = next
		if err := checkListing(&l, last); err != nil {
			return sum, err
		}
		last = l.Domain
		if enc.cannot != nil {
			if reason := enc.cannot(&l, &o); reason != "" {
				sum.Left = append(sum.Left, data.Refusal{Host: l.Host, Check: "format", Reason: reason})
				continue
			}
		}
		if b, err = enc.line(b, &l, sum.Written); err != nil {
			return sum, fmt.Errorf("encode %s: %w", l.Domain, err)
		}
		sum.Written++
		if len(b) >= 1<<15 {
			if _, err := out.Write(b); err != nil {
				return sum, fmt.Errorf("write %s list: %w", f, err)
			}
			b = b[:0]
		}
	}
	if enc.tail != nil {
		b = enc.tail(b)
	}
	if _, err := out.Write(b); err != nil {
		return sum, fmt.Errorf("write %s list: %w", f, err)
	}
	if err := out.Flush(); err != nil {
		return sum, fmt.Errorf("write %s list: %w", f, err)
	}
	return sum, nil
}

// checkListing is the last line of defence, whoever made the listing.
func checkListing(l *data.Listing, last string) error {
	if p := nameProblem(l.Domain); p != "" {
		return fmt.Errorf("%w listing: %.100q is %s", data.ErrInvalid, l.Domain, p)
	}
	host := data.HostName(l.Host)
	if host != l.Domain && host != "www."+l.Domain {
		return fmt.Errorf("%w listing: %s was not captured, %.100q was", data.ErrInvalid, l.Domain, l.Host)
	}
	if last != "" && CompareNames(last, l.Domain) >= 0 {
		return fmt.Errorf("%w order: %s after %s", data.ErrInvalid, l.Domain, last)
	}
	if last != "" && covers(last, l.Domain) {
		return fmt.Errorf("%w listing: %s is blocked by %s already", data.ErrInvalid, l.Domain, last)
	}
	return nil
}

// Validate reports options that no list can be written with. The error wraps
// data.ErrInvalid.
func (o Options) Validate() error { return o.complete() }

func (o *Options) complete() error {
	if o.Built.IsZero() {
		return fmt.Errorf("%w options: no time of the build", data.ErrInvalid)
	}
	if o.Title == "" {
		o.Title = "pitboss gambling list"
	}
	if o.Zone == "" {
		o.Zone = "rpz.pitboss"
	}
	if !validName(o.Zone) && !validName(o.Zone+".x") {
		return fmt.Errorf("%w options: zone %.100q", data.ErrInvalid, o.Zone)
	}
	o.Title, o.Homepage = Visible(o.Title, 100), Visible(o.Homepage, 200)
	o.Built = o.Built.UTC().Truncate(time.Second)
	return nil
}

// begin returns everything before the first listing.
func (e *encoder) begin(o *Options) []byte {
	var b []byte
	if e.comment != "" {
		for _, line := range e.about(o) {
			b = append(b, e.comment...)
			b = append(b, line...)
			b = append(b, '\n')
		}
	}
	if e.head != nil {
		b = e.head(b, o)
	}
	return b
}

// about are the header's lines. Blockers look for these keys within the first
// 1,024 characters.
func (e *encoder) about(o *Options) []string {
	lines := []string{
		"Title: " + o.Title,
		"Expires: 1 days",
		"Last modified: " + o.Built.Format(time.RFC3339),
		"Version: " + o.Built.Format("20060102150405"),
	}
	if o.Homepage != "" {
		lines = append(lines, "Homepage: "+o.Homepage)
	}
	return append(lines, e.usage...)
}
