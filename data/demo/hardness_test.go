package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"pitboss/data/demo"
)

// seenSite is what a plain visit sees of a site, as far as exact hashes go.
type seenSite struct {
	demo.Site

	home    string
	icon    string   // sha256 of the favicon; groups as its mmh3 does
	dom     string   // tag names in document order
	sheets  []string // sha256 of style sheets
	scripts []string // sha256 of scripts
	images  []string // sha256 of the first pictures
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

var sourced = regexp.MustCompile(`(?:href|src)="(/[^"]+\.(?:css|js|png|ico|svg))(?:\?[^"]*)?"`)

// home fetches the home page, where a path prefix redirects there too.
func home(t *testing.T, h http.Handler, host string) string {
	t.Helper()
	rec := get(t, h, host, "/")
	if to := rec.Header().Get("Location"); to != "" {
		rec = get(t, h, host, to)
	}
	return rec.Body.String()
}

func see(t *testing.T, h http.Handler, s demo.Site) seenSite {
	t.Helper()
	out := seenSite{Site: s, home: home(t, h, s.Host)}
	var tags []string
	for z := html.NewTokenizer(strings.NewReader(out.home)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if name, _ := z.TagName(); kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			tags = append(tags, string(name))
		}
	}
	out.dom = strings.Join(tags, "|")
	for _, m := range sourced.FindAllStringSubmatch(out.home, -1) {
		if path.Ext(m[1]) == ".png" && len(out.images) >= 8 && !strings.Contains(m[1], "favicon") {
			continue
		}
		body := get(t, h, s.Host, m[1])
		if body.Code != http.StatusOK {
			continue
		}
		sum := digest(body.Body.Bytes())
		switch ext := path.Ext(m[1]); {
		case strings.Contains(path.Base(m[1]), "favicon"):
			out.icon = sum
		case ext == ".css":
			out.sheets = append(out.sheets, sum)
		case ext == ".js":
			out.scripts = append(out.scripts, sum)
		default:
			out.images = append(out.images, sum)
		}
	}
	return out
}

// components groups sites that share any value, the way "same hash" pivots
// do; an empty value groups nobody.
func components(sites []seenSite, values func(seenSite) []string) []int {
	parent := make([]int, len(sites))
	for i := range parent {
		parent[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if parent[i] != i {
			parent[i] = find(parent[i])
		}
		return parent[i]
	}
	first := map[string]int{}
	for i, s := range sites {
		for _, v := range values(s) {
			if v == "" {
				continue
			}
			if j, ok := first[v]; ok {
				parent[find(i)] = find(j)
			} else {
				first[v] = i
			}
		}
	}
	for i := range parent {
		parent[i] = find(i)
	}
	return parent
}

// bcubedF1 compares a grouping with the truth (Bagga and Baldwin 1998).
func bcubedF1(truth []string, group []int) float64 {
	var precision, recall float64
	for i := range truth {
		both, sameGroup, sameTruth := 0, 0, 0
		for j := range truth {
			g, l := group[i] == group[j], i == j || truth[i] != "" && truth[i] == truth[j]
			if g {
				sameGroup++
			}
			if l {
				sameTruth++
			}
			if g && l {
				both++
			}
		}
		precision += float64(both) / float64(sameGroup)
		recall += float64(both) / float64(sameTruth)
	}
	return 2 * precision * recall / (precision + recall) / float64(len(truth))
}

func TestBCubedF1(t *testing.T) {
	t.Parallel()
	truth := []string{"a", "a", "b", ""}
	for _, tc := range []struct {
		name  string
		group []int
		want  float64
	}{
		{"perfect", []int{0, 0, 2, 3}, 1},
		{"all alone", []int{0, 1, 2, 3}, 2 * 1 * 0.75 / 1.75},
		{"all together", []int{0, 0, 0, 0}, 2 * 0.375 * 1 / 1.375},
	} {
		if got := bcubedF1(truth, tc.group); got < tc.want-1e-9 || got > tc.want+1e-9 {
			t.Errorf("%s: %f, want %f", tc.name, got, tc.want)
		}
	}
}

// No exact hash finds the workshops: that is what makes the demo worth
// something.
func TestExactHashesDoNotFindBuilders(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	var sites []seenSite
	var truth []string
	framework := map[string]int{}
	for _, s := range w.Sites() {
		if s.Builder == "?" {
			continue
		}
		seen := see(t, w.Handler(), s)
		sites, truth = append(sites, seen), append(truth, s.Builder)
		for _, v := range append(append([]string(nil), seen.sheets...), seen.scripts...) {
			framework[v]++
		}
	}
	rare := func(values []string) []string { // with public frameworks left out
		var out []string
		for _, v := range values {
			if framework[v] < 40 {
				out = append(out, v)
			}
		}
		return out
	}
	for name, values := range map[string]func(seenSite) []string{
		"favicon":              func(s seenSite) []string { return []string{s.icon} },
		"dom-hash":             func(s seenSite) []string { return []string{s.dom} },
		"html hash":            func(s seenSite) []string { return []string{digest([]byte(s.home))} },
		"style sheets":         func(s seenSite) []string { return s.sheets },
		"rare style sheets":    func(s seenSite) []string { return rare(s.sheets) },
		"scripts":              func(s seenSite) []string { return s.scripts },
		"rare scripts":         func(s seenSite) []string { return rare(s.scripts) },
		"pictures":             func(s seenSite) []string { return s.images },
		"favicon + rare asset": func(s seenSite) []string { return append(rare(append(s.sheets, s.scripts...)), s.icon) },
	} {
		got := bcubedF1(truth, components(sites, values))
		t.Logf("%-22s B³-F1 %.3f", name, got)
		if got >= 0.8 {
			t.Errorf("grouping by %s finds the builders: B³-F1 %.3f, want less than 0.8", name, got)
		}
	}
}

var classAttr = regexp.MustCompile(`class="([^"]*)"`)

// Some skins of each builder share no class, asset or icon, though the code
// base's field names are in both.
func TestSkinsOfABuilderShareNothingOnTheSurface(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	surface, byBuilder := map[string]map[string]bool{}, map[string][]string{}
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		if surface[s.Template] == nil {
			surface[s.Template] = map[string]bool{}
			byBuilder[s.Builder] = append(byBuilder[s.Builder], s.Template)
		}
		seen := see(t, w.Handler(), s)
		for _, m := range classAttr.FindAllStringSubmatch(seen.home, -1) {
			if strings.Contains(m[1], "-") && strings.Count(m[1], " ") == 0 && strings.Contains(seen.home, "hidden>") {
				continue // may be a decoy's
			}
			for c := range strings.FieldsSeq(m[1]) {
				surface[s.Template][c] = true
			}
		}
		for _, m := range sourced.FindAllStringSubmatch(seen.home, -1) {
			surface[s.Template][path.Base(m[1])] = !strings.HasSuffix(m[1], ".png")
		}
		for _, v := range append(append(seen.sheets, seen.scripts...), seen.icon) {
			surface[s.Template][v] = v != ""
		}
	}
	for b, skins := range byBuilder {
		sort.Strings(skins)
		apart := 0
		for i, x := range skins {
			for _, y := range skins[i+1:] {
				if shared := intersection(surface[x], surface[y]); len(shared) == 0 {
					apart++
				} else {
					t.Logf("%s and %s share %v", x, y, shared)
				}
			}
		}
		if apart == 0 {
			t.Errorf("every two skins of %s share something on the surface", b)
		}
	}
}

func intersection(a, b map[string]bool) []string {
	var out []string
	for v := range a {
		if a[v] && b[v] {
			out = append(out, v)
		}
	}
	sort.Strings(out)
	return out
}

var fieldName = regexp.MustCompile(`name="([a-zA-Z_]+)"`)

// What the code base calls its form fields is what its skins do share, and
// other workshops do not.
func TestSkinsOfABuilderShareTheCodeBase(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	fields, builder := map[string]map[string]bool{}, map[string]string{}
	joins := regexp.MustCompile(`href="([^"]*(?:join|openaccount|register|dang-ky|signup|cadastro)[^"]*)"`)
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		seen := see(t, w.Handler(), s)
		m := joins.FindStringSubmatch(seen.home)
		if m == nil {
			continue
		}
		if fields[s.Template] == nil {
			fields[s.Template], builder[s.Template] = map[string]bool{}, s.Builder
		}
		for _, f := range fieldName.FindAllStringSubmatch(get(t, w.Handler(), s.Host, m[1]).Body.String(), -1) {
			fields[s.Template][f[1]] = true
		}
	}
	fork := map[string]bool{"haneul": true, "dallae": true}
	for x := range fields {
		for y := range fields {
			if x >= y {
				continue
			}
			n := len(intersection(fields[x], fields[y]))
			if builder[x] == builder[y] && n < 6 {
				t.Errorf("%s and %s share only %d field names", x, y, n)
			}
			if builder[x] != builder[y] && n > 3 && !(fork[builder[x]] && fork[builder[y]]) {
				t.Errorf("%s and %s of two builders share %v", x, y, intersection(fields[x], fields[y]))
			}
		}
	}
}
