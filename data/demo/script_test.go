package demo_test

import (
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"pitboss/data/demo"
)

// mainScripts hands over the main script of every site that has one.
func mainScripts(t *testing.T, w *demo.Web, visit func(demo.Site, string)) {
	t.Helper()
	source := regexp.MustCompile(`<script[^>]* src="(/[^"?]+\.js)`)
	for _, s := range w.Sites() {
		if s.Kind == "redirect" {
			continue
		}
		for _, m := range source.FindAllStringSubmatch(home(t, w.Handler(), s.Host), -1) {
			if strings.HasPrefix(m[1], "/vendor/") {
				continue
			}
			rec := get(t, w.Handler(), s.Host, m[1])
			if rec.Code != http.StatusOK {
				t.Errorf("%s%s answers %d", s.Host, m[1], rec.Code)
				continue
			}
			visit(s, rec.Body.String())
		}
	}
}

// Minifying and renaming must leave scripts that a browser would run.
func TestScriptsParse(t *testing.T) {
	t.Parallel()
	minified := 0
	mainScripts(t, demo.New(seed), func(s demo.Site, text string) {
		if _, err := js.Parse(parse.NewInputString(text), js.Options{}); err != nil {
			t.Errorf("script of %s (%s): %v", s.Host, s.Template, err)
		}
		if s.Kind == "gambling-site" && strings.Count(text, "\n") < 3 {
			minified++
		}
	})
	if minified < 20 {
		t.Errorf("%d minified scripts, want more", minified)
	}
}

func TestInlineScriptsParse(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	homes(t, demo.New(seed), func(s demo.Site, page string) {
		for _, m := range inline.FindAllStringSubmatch(page, -1) {
			if _, err := js.Parse(parse.NewInputString(m[1]), js.Options{}); err != nil {
				t.Errorf("inline script of %s: %v in %.80s", s.Host, err, m[1])
			}
		}
	})
}

// Local names are renamed in minified scripts; what a code base is known by,
// its API routes, stays in every skin.
func TestScriptsKeepTheirRoutes(t *testing.T) {
	t.Parallel()
	routes := map[string][]string{
		"haneul": {"/member/ajax.mb_", ".php"}, "dallae": {"/member/ajax.mb_"}, "jinlong": {"/user/chkuser.json"},
		"bumi": {"/api/register/check"}, "song": {"/auth/otp/send", "/sanh/ve"}, "chang": {"/signup/otp-request", "/wallet/deposit-slot"}, "onda": {"/pix/cobranca", "/cadastro"},
	}
	marked := regexp.MustCompile(`\b\w+_l\b`)
	mainScripts(t, demo.New(seed), func(s demo.Site, text string) {
		if s.Kind != "gambling-site" {
			return
		}
		for _, r := range routes[s.Builder] {
			if !strings.Contains(text, r) {
				t.Errorf("script of %s (%s) lacks %s", s.Host, s.Template, r)
			}
		}
		if left := marked.FindString(text); left != "" {
			t.Errorf("script of %s still has the marked name %s", s.Host, left)
		}
	})
}

// Asset names of modern skins carry a build hash, the old-fashioned ones a
// version in the query.
func TestAssetNamesCarryBuilds(t *testing.T) {
	t.Parallel()
	w := demo.New(seed)
	hashed, plain := regexp.MustCompile(`\.[0-9a-z]{8}\.css"`), regexp.MustCompile(`\.css\?v=[0-9a-z]{4}"`)
	seen := map[string]map[string]bool{}
	for _, s := range w.Sites() {
		if s.Kind != "gambling-site" {
			continue
		}
		page := home(t, w.Handler(), s.Host)
		if !hashed.MatchString(page) && !plain.MatchString(page) {
			t.Errorf("%s (%s) has neither build hash nor version", s.Host, s.Template)
		}
		if m := regexp.MustCompile(`href="([^"]+\.css)`).FindAllStringSubmatch(page, -1); len(m) > 0 {
			if seen[s.Template] == nil {
				seen[s.Template] = map[string]bool{}
			}
			seen[s.Template][path.Base(m[len(m)-1][1])] = true
		}
	}
	several := 0
	for _, names := range seen {
		if len(names) > 1 {
			several++
		}
	}
	if several < 10 {
		t.Errorf("asset names differ between sites in %d skins only", several)
	}
}
