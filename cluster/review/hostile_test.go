package review_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"

	"pitboss/data"
)

// hostile texts, each of which tries to become something else than text.
var hostile = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`</title></head><body onload=alert(1)>`,
	`{{template "top"}}`,
	"javascript:alert(1)",
	"\u202egnp.exe \u2066isolated\u2069",
	"zero\u200bwidth\ufeffmark\u00adhyphen",
	"nul\x00bell\x07escape\x1b[31m",
	"broken \xff\xfe utf-8",
	"line\u2028separator\nand break",
	"z" + strings.Repeat("\u0351", 500) + "algo",
	strings.Repeat("very long ", 20_000),
	strings.Repeat("無", 50_000),
	"../../../../etc/passwd",
	"https://evil.example/?q=https://other.example/",
}

// poisoned puts one hostile text wherever a page may show captured text.
func poisoned(text string) *fake {
	f := madeUp()
	host := "alpha-palace.example"
	p := f.prints[host]
	p.Title, p.Extractor, p.Capture = text, text, text
	p.Assessment.Page, p.Assessment.Language, p.Assessment.Licences = data.PageType(text), text, []string{text}
	p.Assessment.Reasons = []data.Reason{{Rule: text, Weight: 1, Detail: text}}
	p.Features = []data.Feature{
		{Layer: data.LayerOperator, Kind: data.KindTelegram, Value: text, Label: text, Source: text, Context: text, Count: 1},
		{Layer: data.LayerBuilder, Kind: data.Kind(text), Value: text, Label: text, Source: text},
		{Layer: data.LayerInfrastructure, Kind: data.KindServer, Value: text},
	}
	f.prints[host] = p
	twin := p
	twin.Host = "bravo-palace.example"
	f.prints[twin.Host] = twin
	v := f.visits[host][1]
	v.FinalURL, v.Reason, v.Origin, v.Vantage, v.Outcome = text, text, text, text, data.OutcomeOK
	v.Chain = []data.Hop{{URL: text, To: text, By: text}}
	v.Exchanges = []data.Exchange{{URL: text, Role: data.Role(text), Digest: text, Truncated: text, Record: data.Location{Segment: text}}}
	v.Hosting = data.Hosting{Addrs: []string{text}, ASN: 1, ASName: text, Country: text, CNAMEs: []string{text}, TXT: []string{text}, MX: []string{text}, Server: text, CDN: text, JARM: text, HHHash: text,
		Certificate: &data.Certificate{Subject: text, Issuer: text, SHA256: text, Names: []string{text, text}, Problem: text}}
	f.visits[host] = []data.Visit{v}
	for i := range f.sites {
		if f.sites[i].Host == host {
			f.sites[i].Sources = []data.Candidate{{Source: text, How: text, Note: text}}
			f.sites[i].MovedTo, f.sites[i].Status = text, data.Status(text)
		}
	}
	fam := &f.run.Families[0]
	fam.Name, fam.Medoid = text, text
	fam.Defining = []data.Defining{{Kind: data.Kind(text), Value: text, Label: text}}
	fam.Members[0].Nearest = text
	fam.Members[0].Evidence = []data.Evidence{{Kind: data.Kind(text), Value: text, Detail: text, Source: text, Weight: 1}}
	f.run.Changes[0].Reason, f.run.Changes[0].Host = text, text
	f.run.Epoch = text
	f.verdicts[0].Reason, f.verdicts[0].By, f.verdicts[0].Name, f.verdicts[0].Hosts = text, text, text, []string{text, host}
	return f
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		t.Run(text[:min(20, len(text))], func(t *testing.T) {
			t.Parallel()
			h := serve(poisoned(text))
			for _, target := range []string{"/", "/builders.html", "/sites.html", "/indicators.html", "/family/b-7f21c0.html", "/site/alpha-palace.example.html"} {
				w := get(h, http.MethodGet, target)
				if w.Code != http.StatusOK {
					t.Fatalf("%s: status %d", target, w.Code)
				}
				inert(t, target, w.Body.String())
			}
		})
	}
}

// inert asserts that a page holds nothing that runs, loads, leads away or acts
// unseen, and that it is bounded.
func inert(t *testing.T, target, body string) {
	t.Helper()
	if len(body) > 400_000 {
		t.Errorf("%s: %d bytes", target, len(body))
	}
	if !utf8.ValidString(body) {
		t.Errorf("%s: broken UTF-8", target)
	}
	for _, r := range body {
		if r != '\n' && unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			t.Errorf("%s: holds U+%04X", target, r)
			break
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("script,img,iframe,object,embed,form,[onload],[onerror],[onmouseover],[style],[src]").Length(); n != 0 {
		t.Errorf("%s: %d elements that may act", target, n)
	}
	if n := doc.Find("title").Length(); n != 1 || doc.Find("body").Length() != 1 || doc.Find("main").Length() != 1 || doc.Find("footer").Length() != 1 {
		t.Errorf("%s: the page's frame is broken", target)
	}
	doc.Find("[href]").Each(func(_ int, s *goquery.Selection) {
		if href := s.AttrOr("href", ""); strings.Contains(href, ":") || strings.HasPrefix(href, "/") || !strings.HasSuffix(href, ".html") && !strings.HasSuffix(href, ".css") {
			t.Errorf("%s: link to %q", target, href)
		}
	})
	if strings.Contains(strings.ToLower(doc.Find("body").Text()), "http://") || strings.Contains(strings.ToLower(doc.Find("body").Text()), "https://") {
		t.Errorf("%s: shows an address that is not defanged", target)
	}
}

// TestHostileNames writes sites and families whose names try to leave the
// report's directory, to collide, or to be too long for a file system.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(strings.Repeat("a", 60)+".", 4) + "example"
	names := []string{
		"../../escape.example", "a/b.example", "a~2fb.example", "UPPER.example", "upper.example", "con.example", "com1.example", "trailing.example.",
		"[2001:db8::1]:8443", "a.example:81", "a.example~3a81", ".hidden", long + "1", long + "2", strings.Repeat("/", 300), "nul\x00.example", "ünicode.example", " ",
	}
	f := &fake{visits: map[string][]data.Visit{}, prints: map[string]data.Fingerprint{}}
	f.run = &data.Run{ID: "r", At: now}
	for _, n := range names {
		f.sites = append(f.sites, data.Site{Host: n})
		f.run.Families = append(f.run.Families, data.Family{ID: n, Layer: data.LayerBuilder, Members: []data.Member{{Host: n}}})
	}
	dir := report(t, f)
	for _, sub := range []string{"site", "family"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			t.Fatal(err)
		}
		folded := map[string]bool{}
		for _, e := range entries {
			folded[strings.ToLower(e.Name())] = true
			if len(e.Name()) > 200 || strings.HasPrefix(e.Name(), ".") || strings.ContainsAny(e.Name(), "%:\\<>\"|?* ") {
				t.Errorf("%s/%s is not a safe file name", sub, e.Name())
			}
		}
		if len(folded) != len(names) {
			t.Errorf("%s: %d files for %d names", sub, len(folded), len(names))
		}
	}
	if outside, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(dir)), "*escape*")); len(outside) != 0 {
		t.Errorf("written outside the report: %v", outside)
	}
}
