package demo_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"pitboss/data"
	"pitboss/data/demo"
)

const seed = 1

// get asks the web's handler for one path of a host.
func get(t *testing.T, h http.Handler, host, target string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, target, nil)
	req.Host = host
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func TestWebIsLargeAndVaried(t *testing.T) {
	t.Parallel()
	sites := demo.New(seed).Sites()
	if len(sites) < 220 {
		t.Errorf("%d sites, want at least 220", len(sites))
	}
	skins, kinds, builders := map[string]map[string]int{}, map[string]int{}, map[string]map[string]bool{}
	for _, s := range sites {
		kinds[s.Kind]++
		if s.Kind != "gambling-site" {
			continue
		}
		if skins[s.Builder] == nil {
			skins[s.Builder] = map[string]int{}
		}
		skins[s.Builder][s.Template]++
		if builders[s.Operator] == nil {
			builders[s.Operator] = map[string]bool{}
		}
		builders[s.Operator][s.Builder] = true
	}
	if len(skins) < 6 {
		t.Errorf("%d builders, want at least 6", len(skins))
	}
	for b, of := range skins {
		if len(of) < 3 {
			t.Errorf("builder %s has skins %v, want at least 3", b, of)
		}
	}
	reselling := 0
	for _, of := range builders {
		if len(of) > 1 {
			reselling++
		}
	}
	if reselling < 4 {
		t.Errorf("%d operators run sites of several builders, want at least 4", reselling)
	}
	for _, k := range []string{
		"redirect", "parked", "default-page", "challenge", "compromised", "affiliate", "builder-sales",
		"licensed", "singleton-gambling", "theme-harbour", "harmless-sportsnews", "harmless-restaurant", "harmless-pokerclub",
		"harmless-videogame", "harmless-help", "harmless-school", "harmless-shop",
	} {
		if kinds[k] == 0 {
			t.Errorf("no site of kind %s", k)
		}
	}
}

func TestHostsAreReservedNames(t *testing.T) {
	t.Parallel()
	for _, s := range demo.New(seed).Sites() {
		if got, err := data.NormalizeHost(s.Host); err != nil || got != s.Host {
			t.Errorf("host %q is not canonical: %q, %v", s.Host, got, err)
		}
		if !strings.HasSuffix(s.Host, ".example") && !strings.HasSuffix(s.Host, ".test") {
			t.Errorf("host %q is outside the reserved domains", s.Host)
		}
	}
}

func TestSameSeedSameWeb(t *testing.T) {
	t.Parallel()
	a, b, other := demo.New(seed), demo.New(seed), demo.New(seed+1)
	var la, lb, lo bytes.Buffer
	for w, out := range map[*demo.Web]*bytes.Buffer{a: &la, b: &lb, other: &lo} {
		if err := w.WriteLabels(out); err != nil {
			t.Fatal(err)
		}
	}
	if la.String() != lb.String() {
		t.Error("labels of the same seed differ")
	}
	if la.String() == lo.String() {
		t.Error("labels of another seed are the same")
	}
	for _, s := range a.Sites() {
		if x, y := get(t, a.Handler(), s.Host, "/"), get(t, b.Handler(), s.Host, "/"); x.Body.String() != y.Body.String() {
			t.Errorf("home page of %s differs between two webs of one seed", s.Host)
		}
	}
}

func TestLabelsAreTheTruth(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	var b bytes.Buffer
	if err := w.WriteLabels(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if want := "host\ttemplate\tbuilder\toperator\tgambling\tkind\ttrust"; lines[0] != want {
		t.Errorf("header %q, want %q", lines[0], want)
	}
	for i, s := range w.Sites() {
		want := strings.Join([]string{s.Host, s.Template, s.Builder, s.Operator, s.Gambling, s.Kind, "high"}, "\t")
		if lines[i+1] != want {
			t.Errorf("line %d is %q, want %q", i+2, lines[i+1], want)
		}
	}
}

var linked = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

func TestEveryLinkAnswers(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	h := w.Handler()
	for _, s := range w.Sites() {
		if s.Kind == "redirect" || s.Kind == "challenge" {
			continue
		}
		todo, seen := []string{"/"}, map[string]bool{"/": true}
		for len(todo) > 0 {
			target := todo[0]
			todo = todo[1:]
			rec := get(t, h, s.Host, target)
			if to := rec.Header().Get("Location"); to != "" {
				todo = append(todo, to)
				continue
			}
			if rec.Code != http.StatusOK {
				t.Errorf("%s%s answers %d", s.Host, target, rec.Code)
			}
			if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
				continue
			}
			for _, m := range linked.FindAllStringSubmatch(rec.Body.String(), -1) {
				next := strings.ReplaceAll(m[1], "&amp;", "&")
				if strings.HasPrefix(next, "/") && !seen[next] && !strings.Contains(next, "/img/") && !strings.ContainsAny(next, "?") {
					seen[next] = true
					todo = append(todo, next)
				}
			}
		}
	}
}

func TestPagesLookReal(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		rec := get(t, w.Handler(), s.Host, "/")
		if to := rec.Header().Get("Location"); to != "" {
			rec = get(t, w.Handler(), s.Host, to)
		}
		if n := rec.Body.Len(); n < 8<<10 || n > 64<<10 {
			t.Errorf("home page of %s (%s) has %d bytes", s.Host, s.Template, n)
		}
		if strings.Contains(rec.Body.String(), "<no value>") {
			t.Errorf("home page of %s has an unfilled place", s.Host)
		}
		if len(rec.Result().Cookies()) == 0 {
			t.Errorf("home page of %s sets no cookie", s.Host)
		}
	}
}

func do(h http.Handler, method, host string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "/", nil)
	req.Host = host
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

// Any seed gives a web: no draw may run out of hosts, and the kinds are always
// there.
func TestOtherSeeds(t *testing.T) {
	t.Parallel()
	for n := range uint64(20) {
		sites := demo.New(1000 + n*7919).Sites()
		hosts := map[string]bool{}
		for _, s := range sites {
			hosts[s.Host] = true
		}
		if len(sites) < 200 || len(hosts) != len(sites) {
			t.Errorf("seed %d: %d sites with %d hosts", 1000+n*7919, len(sites), len(hosts))
		}
	}
}
