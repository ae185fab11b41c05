package export_test

import (
	"bytes"
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"
	"pgregory.net/rapid"

	"pitboss/cluster/export"
	"pitboss/data"
)

// anyHost draws names of every shape: real suffixes, addresses, ports, broken
// and hostile text, names of others.
func anyHost() *rapid.Generator[string] {
	labels := rapid.StringMatching(`[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9_])?`)
	suffixes := rapid.SampledFrom([]string{
		"com", "net", "co.kr", "co.za", "co.at", "github.io", "pages.dev", "blogspot.com", "example", "test", "kr", "ck", "www.ck", "kawasaki.jp",
		"city.kawasaki.jp", "compute.amazonaws.com", "s3.amazonaws.com", "akadns.net", "go.kr", "ac.uk", "k12.ca.us", "local", "internal", "onion", "arpa", "notatld", "xn--3e0b707e",
	})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string {
			n := rapid.IntRange(0, 4).Draw(t, "labels")
			parts := []string{}
			for range n {
				parts = append(parts, rapid.OneOf(labels, rapid.Just("www"), rapid.Just("google"), rapid.Just("xn--9i1bm7h")).Draw(t, "label"))
			}
			return strings.Join(append(parts, suffixes.Draw(t, "suffix")), ".")
		}),
		rapid.Custom(func(t *rapid.T) string {
			return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "octets"))).String()
		}),
		rapid.SampledFrom(append(known(), "[2606:4700::1]", "104.21.1.1:8080", "0x7f.1", "1.2.3", "a.com:8443", "bet.com.", "BET.com", "a..com", ".com", "bet.com\nnaver.com", "||naver.com^", "bet。com", "카지노.com", "bet.com#x", "*.com", "a.-b.com", " ")),
		rapid.String(),
	)
}

// anyEntry draws entries in which about anything may be wrong or forged.
func anyEntry() *rapid.Generator[export.Entry] {
	kinds := []data.VerdictKind{data.VerdictGambling, data.VerdictHarmless, data.VerdictRevoke, data.VerdictConfirm}
	types := []data.PageType{data.PageGambling, data.PageDoorway, data.PageAffiliate, data.PageCompromised, data.PageLicensed, data.PageHarmless, data.PageParked, ""}
	return rapid.Custom(func(t *rapid.T) export.Entry {
		host := anyHost().Draw(t, "host")
		e := gambling(host)
		often := rapid.IntRange(0, 9)
		other := anyHost().Draw(t, "other")
		if often.Draw(t, "visit") == 0 {
			e.Visit.Host = other
		}
		if often.Draw(t, "print") == 0 {
			e.Fingerprint.Host = other
		}
		if often.Draw(t, "final") < 3 {
			e.Visit.FinalURL = rapid.OneOf(rapid.Just("https://"+other+"/"), rapid.Just("https://"+host+"/deep/page?x=1"), rapid.String()).Draw(t, "url")
		}
		if often.Draw(t, "page") < 4 {
			e.Fingerprint.Assessment.Page = rapid.SampledFrom(types).Draw(t, "type")
			e.Fingerprint.Assessment.Gambling = rapid.Float64().Draw(t, "p")
		}
		if often.Draw(t, "age") < 2 {
			e.Visit.Finished = now.Add(-time.Duration(rapid.IntRange(-100, 3000).Draw(t, "hours")) * time.Hour)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "verdicts") {
			e.Verdicts = append(e.Verdicts, data.Verdict{
				ID: string(rune('a' + i)), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), By: rapid.SampledFrom([]string{"ann", "bo", ""}).Draw(t, "by"),
				Hosts: []string{rapid.SampledFrom([]string{host, other}).Draw(t, "about")}, Revokes: rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "revokes"),
			})
		}
		return e
	})
}

var strictName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)

// TestGateProperty: whatever comes in, what goes out is a captured host or its
// registrable domain, never a suffix, an address or a broken name; every entry
// is accounted for; and the output can be written.
func TestGateProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfNDistinct(anyEntry(), 1, 12, func(e export.Entry) string { return e.Site.Host }).Draw(t, "entries")
		p := export.DefaultPolicy(now)
		p.NoBuiltin = rapid.Bool().Draw(t, "no list")
		r, err := export.Gate(context.Background(), p, seq(entries...))
		if err != nil {
			t.Fatal(err)
		}
		captured := map[string]export.Entry{}
		for _, e := range entries {
			captured[e.Site.Host] = e
		}
		for _, l := range r.Listings {
			checkListed(t, l, captured)
		}
		for _, p := range r.Pages {
			if _, ok := captured[p.Host]; !ok || strings.ContainsAny(p.URL, " \n\"<>") || !strings.Contains(p.URL, data.HostName(p.Host)) && !strings.HasPrefix(p.Host, "www.") {
				t.Fatalf("page %q of %q", p.URL, p.Host)
			}
		}
		if n := len(r.Listings) + len(r.Refusals) + len(r.Pages); n != len(entries) {
			t.Fatalf("%d entries became %d listings, %d pages, %d refusals", len(entries), len(r.Listings), len(r.Pages), len(r.Refusals))
		}
		for _, f := range r.Refusals {
			if f.Check == "" || f.Reason == "" || strings.ContainsAny(f.Reason+f.Host, "\n\x00\u202e") {
				t.Fatalf("refusal %+v", f)
			}
		}
		for _, f := range export.Formats() {
			if f == export.FormatURLs {
				continue
			}
			if _, err := export.Write(&bytes.Buffer{}, f, options, slices.Values(r.Listings)); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
		}
		if _, err := export.WritePages(&bytes.Buffer{}, options, slices.Values(r.Pages)); err != nil {
			t.Fatal(err)
		}
	})
}

func checkListed(t *rapid.T, l data.Listing, captured map[string]export.Entry) {
	e, ok := captured[l.Host]
	if !ok || l.Domain != l.Host && "www."+l.Domain != l.Host {
		t.Fatalf("foreign name: %q for %q", l.Domain, l.Host)
	}
	if !strictName.MatchString(l.Domain) || len(l.Domain) > 253 {
		t.Fatalf("invalid name %q", l.Domain)
	}
	if _, err := netip.ParseAddr(l.Domain); err == nil {
		t.Fatalf("address %q", l.Domain)
	}
	if suffix, _ := publicsuffix.PublicSuffix(l.Domain); suffix == l.Domain {
		t.Fatalf("public suffix %q", l.Domain)
	}
	a := e.Fingerprint.Assessment
	if e.Visit.Host != l.Host || e.Fingerprint.Host != l.Host || a.Gambling < 0.9 || a.Page != data.PageGambling && a.Page != data.PageDoorway {
		t.Fatalf("%q is listed on %+v", l.Domain, a)
	}
	if now.Sub(e.Visit.Finished) > 30*24*time.Hour {
		t.Fatalf("%q is listed on an old capture", l.Domain)
	}
}

// TestWriteProperty: an encoder asked to write anything either refuses or
// writes a strict name.
func TestWriteProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		host := anyHost().Draw(t, "host")
		l := data.Listing{Host: host, Domain: rapid.SampledFrom([]string{host, strings.TrimPrefix(host, "www.")}).Draw(t, "domain"), Reason: rapid.String().Draw(t, "reason")}
		var b bytes.Buffer
		_, err := export.Write(&b, export.FormatDomains, options, slices.Values([]data.Listing{l}))
		suffix, _ := publicsuffix.PublicSuffix(l.Domain)
		if err == nil && (!strictName.MatchString(l.Domain) || suffix == l.Domain || !strings.HasSuffix(b.String(), "\n"+l.Domain+"\n")) {
			t.Fatalf("wrote %q:\n%s", l.Domain, b.String())
		}
	})
}

// TestCompareNamesProperty: a total order in which a name stands right before
// the names below it.
func TestCompareNamesProperty(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`([ab-]{1,2}\.){0,3}[ab]{1,2}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		ab, ba := export.CompareNames(a, b), export.CompareNames(b, a)
		if (ab < 0) != (ba > 0) || (ab == 0) != (a == b) {
			t.Fatalf("%q and %q: %d, %d", a, b, ab, ba)
		}
		if ab < 0 && export.CompareNames(b, c) < 0 && export.CompareNames(a, c) >= 0 {
			t.Fatalf("not transitive: %q %q %q", a, b, c)
		}
		if strings.HasSuffix(c, "."+a) && export.CompareNames(a, b) < 0 && export.CompareNames(b, c) < 0 && !strings.HasSuffix(b, "."+a) {
			t.Fatalf("%q stands between %q and %q", b, a, c)
		}
	})
}
