package review_test

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"pitboss/cluster/review"
	"pitboss/data"
)

// report writes the pages of a store and returns their directory.
func report(t *testing.T, store review.Store) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "report")
	if err := review.WriteStatic(context.Background(), store, dir, options()); err != nil {
		t.Fatalf("WriteStatic: %v", err)
	}
	return dir
}

func open(t *testing.T, dir, name string) *goquery.Document {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := goquery.NewDocumentFromReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// want asserts the text of the selected elements, white space folded.
func want(t *testing.T, doc *goquery.Document, selector string, texts ...string) {
	t.Helper()
	var got []string
	doc.Find(selector).Each(func(_ int, s *goquery.Selection) { got = append(got, strings.Join(strings.Fields(s.Text()), " ")) })
	if strings.Join(got, "\n") != strings.Join(texts, "\n") {
		t.Errorf("%s:\n got %q\nwant %q", selector, got, texts)
	}
}

func TestStaticPages(t *testing.T) {
	t.Parallel()
	dir := report(t, madeUp())

	index := open(t, dir, "index.html")
	want(t, index, ".facts dt", "sites watched", "fingerprinted", "show gambling", "builders", "templates", "operators")
	want(t, index, ".facts dd", "17", "16", "15", "3", "3", "2")
	want(t, index, "#builders tbody th", "Golden Palace kit", "b-03ad9e", "b-55e1b2")
	want(t, index, "#builders tbody td:nth-child(2)", "8", "4", "2")
	want(t, index, "#page-types th", "gambling site", "doorway", "compromised", "not gambling")
	want(t, index, "#builders tbody td:nth-child(4)", "8", "4", "2")
	want(t, index, "#changes .note", "born 1 builder · joined 1 builder")
	want(t, index, "#changes tbody .mark", "joined", "born")

	builders := open(t, dir, "builders.html")
	want(t, builders, "#families tbody th", "Golden Palace kit", "b-03ad9e", "b-55e1b2")
	want(t, builders, `nav a[aria-current]`, "Builders")
	want(t, open(t, dir, "templates.html"), "#families tbody td:nth-child(4)", "Golden Palace kit", "b-03ad9e", "Golden Palace kit")

	fam := open(t, dir, "family/b-7f21c0.html")
	want(t, fam, "h1", "Golden Palace kit")
	want(t, fam, "#defining tbody tr:first-child td.num", "8 / 8", "0", "88.5×")
	want(t, fam, "#templates tbody th", "t-100001", "t-100002")
	want(t, fam, "#operators th", "o-aa0001", "o-aa0002")
	want(t, fam, "#sites tbody tr:first-child .num", "99 %", "> 99 %")
	want(t, fam, "#hosting h3", "network (ASN) 1 different", "IP address 1 different")
	if n := fam.Find("#why summary a").Length(); n != 8 {
		t.Errorf("%d sites are explained, want all 8", n)
	}
	first := fam.Find("#why details").First()
	if got := strings.Fields(first.Find("tfoot .num").Text()); len(got) != 1 || got[0] != "+23.3" {
		t.Errorf("sum of evidence %q, want +23.3", got)
	}
	if got := first.Find("tr.against td.num").Text(); got != "−1.8" {
		t.Errorf("evidence against %q, want −1.8", got)
	}
	want(t, fam, "#verdicts tbody .mark", "name", "confirm")

	site := open(t, dir, "site/alpha-palace.example.html")
	want(t, site, "h1", "alpha-palace.example")
	want(t, site, "#assessment tbody td.num", "+2.31", "+1.40", "+1.12", "−0.42")
	want(t, site, "#families .layer", "operator", "builder", "template")
	want(t, site, "#visits .mark", "timeout", "page received")
	want(t, site, "#chain .hop", "301 http →", "script →")
	want(t, site, "#evidence tbody td:first-child", "home", "stylesheet")
	want(t, site, "#features .context", "24시간 문의 텔레그램 @goldboss77 가입코드 문의")
	if got := site.Find("#evidence").Text(); !strings.Contains(got, strings.Repeat("3f", 32)) || !strings.Contains(got, "20261120-000001.warc.gz at byte 12\u202f345\u202f678") {
		t.Errorf("digest or WARC location missing from %q", got)
	}

	want(t, open(t, dir, "indicators.html"), "section:first-of-type h2", "telegram 3")
	want(t, open(t, dir, "site/never-seen.example.html"), "#visits .empty", "Never visited.")
}

// TestLinks follows every link of every page: relative, inside the report, and
// to a file that was written.
func TestLinks(t *testing.T) {
	t.Parallel()
	dir := report(t, madeUp())
	pages, links := 0, 0
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".html") {
			return err
		}
		pages++
		rel, _ := filepath.Rel(dir, file)
		doc := open(t, dir, rel)
		doc.Find("[src],script,iframe,img,form,[style],[onclick]").Each(func(_ int, s *goquery.Selection) {
			t.Errorf("%s holds <%s>, which may load or run something", rel, goquery.NodeName(s))
		})
		doc.Find("[href]").Each(func(_ int, s *goquery.Selection) {
			links++
			href := s.AttrOr("href", "")
			u, err := url.Parse(href)
			if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") {
				t.Errorf("%s links to %q, which is not relative", rel, href)
				return
			}
			target := path.Join(path.Dir(filepath.ToSlash(rel)), u.Path)
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(target))); err != nil || strings.HasPrefix(target, "..") {
				t.Errorf("%s links to %q: %v", rel, href, err)
			}
		})
		return nil
	})
	if err != nil || pages < 25 || links < 10*pages {
		t.Errorf("%d pages, %d links, %v", pages, links, err)
	}
}

func TestWriteStaticIsRepeatable(t *testing.T) {
	t.Parallel()
	store := madeUp()
	a, b := report(t, store), report(t, store)
	err := filepath.WalkDir(a, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(a, file)
		one, err1 := os.ReadFile(file)
		two, err2 := os.ReadFile(filepath.Join(b, rel))
		if err1 != nil || err2 != nil || string(one) != string(two) {
			t.Errorf("%s differs between two reports of the same store", rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteStaticTargets(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "a", "report")
	if err := review.WriteStatic(ctx, madeUp(), dir, options()); err != nil {
		t.Fatalf("new directory: %v", err)
	}
	stray := filepath.Join(dir, "site", "gone.example.html")
	if err := os.WriteFile(stray, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := review.WriteStatic(ctx, madeUp(), dir, options()); err != nil {
		t.Fatalf("over a report of ours: %v", err)
	}
	if _, err := os.Stat(stray); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a page of the old report stayed: %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(dir)); len(entries) != 1 {
		t.Errorf("left beside the report: %v", entries)
	}

	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := review.WriteStatic(ctx, madeUp(), foreign, options()); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("foreign directory: %v, want ErrInvalid", err)
	}
	if raw, err := os.ReadFile(filepath.Join(foreign, "thesis.txt")); err != nil || string(raw) != "mine" {
		t.Errorf("foreign file: %q, %v", raw, err)
	}
	file := filepath.Join(foreign, "thesis.txt")
	if err := review.WriteStatic(ctx, madeUp(), file, options()); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("over a file: %v, want ErrInvalid", err)
	}
	if err := review.WriteStatic(ctx, madeUp(), t.TempDir(), options()); err != nil {
		t.Errorf("empty directory: %v", err)
	}
}

func TestWriteStaticKeepsTheOldReport(t *testing.T) {
	t.Parallel()
	store := madeUp()
	dir := report(t, store)
	before, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	same := func(when string) {
		t.Helper()
		if after, err := os.ReadFile(filepath.Join(dir, "index.html")); err != nil || string(after) != string(before) {
			t.Errorf("%s: the old report is gone: %v", when, err)
		}
	}

	broken := madeUp()
	broken.fail = errors.New("disk")
	if err := review.WriteStatic(context.Background(), broken, dir, options()); !errors.Is(err, broken.fail) {
		t.Errorf("error %v, want that of the store", err)
	}
	same("store failed")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := review.WriteStatic(ctx, store, dir, options()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	same("canceled")

	// Killed between the two renames: the old report lies aside, the new one is
	// not in place yet.
	parent, base := filepath.Split(dir)
	if err := os.Rename(dir, filepath.Join(parent, "."+base+".old")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(parent, "."+base+".new"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := review.WriteStatic(context.Background(), broken, dir, options()); !errors.Is(err, broken.fail) {
		t.Errorf("error %v, want that of the store", err)
	}
	same("killed before")
	if err := review.WriteStatic(context.Background(), store, dir, options()); err != nil {
		t.Errorf("after a kill: %v", err)
	}
	same("written again")
}

func TestEmptyStore(t *testing.T) {
	t.Parallel()
	dir := report(t, &fake{})
	index := open(t, dir, "index.html")
	want(t, index, ".empty", "No families yet. They appear after the first clustering.", "No site has been fingerprinted yet.", "No sites yet.", "Nothing changed.")
	want(t, open(t, dir, "builders.html"), ".empty", "No families on this layer.")
	want(t, open(t, dir, "indicators.html"), ".empty", "No identifier is shared by two sites.")
}
