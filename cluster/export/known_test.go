package export_test

import (
	_ "embed"
	"strings"
	"testing"

	"pitboss/cluster/export"
	"pitboss/data"
)

//go:embed testdata/known.tsv
var knownDomains string

func known() []string {
	var out []string
	for line := range strings.Lines(knownDomains) {
		if name, _, ok := strings.Cut(line, "\t"); ok && line[0] != '#' {
			out = append(out, name)
		}
	}
	return out
}

// TestKnownDomainsNeverPass: anyone may fake a capture; a name that the world
// relies on is still not listed, nor are its www and its subdomains.
func TestKnownDomainsNeverPass(t *testing.T) {
	t.Parallel()
	names := known()
	if len(names) < 300 {
		t.Fatalf("only %d known domains", len(names))
	}
	for _, name := range names {
		for _, host := range []string{name, "www." + name} {
			if r := gate(t, export.DefaultPolicy(now), gambling(host)); len(r.Listings)+len(r.Pages) != 0 {
				t.Errorf("%s passes as %v", host, domains(r))
			}
		}
	}
}

// TestMistakesNeverPass: what other lists got wrong stays out whoever insists.
func TestMistakesNeverPass(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"co.za", "co.at", "github.io", "pages.dev", "104.21.3.4", "[2606:4700:3033::1]", "xbetservices.akadns.net", "akadns.net", "casinopiernj.com", "www.casinopiernj.com", "tickets.casinopiernj.com", "cloudflare.com", "x.akamaiedge.net", "d111.cloudfront.net"} {
		e := gambling(host)
		e.Verdicts = []data.Verdict{verdict("1", data.VerdictGambling, "ann", host), verdict("2", data.VerdictGambling, "bo", host)}
		if r := gate(t, export.DefaultPolicy(now), e); len(r.Listings)+len(r.Pages) != 0 {
			t.Errorf("%s passes as %v", host, domains(r))
		}
	}
}

// TestKnownDomainsWithoutTheLists: what these sites show refuses them too.
func TestKnownDomainsWithoutTheLists(t *testing.T) {
	t.Parallel()
	p := export.DefaultPolicy(now)
	p.NoBuiltin = true
	for _, name := range known() {
		e := gambling(name)
		e.Fingerprint.Assessment = data.Assessment{Page: data.PageHarmless, Gambling: 0.03}
		if r := gate(t, p, e); len(r.Listings) != 0 {
			t.Errorf("%s passes though its own page is harmless", name)
		}
	}
}
