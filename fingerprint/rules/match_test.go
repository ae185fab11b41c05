package rules

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// page is a capture that fills every field.
func page() *data.Capture {
	answer := func(role data.Role, url, contentType, body string) data.Resource {
		return data.Resource{URL: url, Role: role, Status: 200, ContentType: contentType, Body: []byte(body)}
	}
	c := &data.Capture{
		Host: "lobby.example", FinalURL: "https://www.lobby.example/main",
		Resources: []data.Resource{
			answer(data.RoleHome, "https://www.lobby.example/main", "text/html; charset=utf-8", `<!doctype html><html><head><title> Golden Lobby </title>
<link rel="stylesheet" href="/css/skin.css"><style>.lobby-tile{color:red}</style></head><body><svg><title>icon</title></svg>
<img src="//img.example/logo.png"><script>var lobbyKit = 7;</script><script src="js/app.js?v=1"></script></body></html>`),
			answer(data.RoleRedirect, "http://lobby.example/", "text/html", "moved"),
			answer(data.RoleStylesheet, "https://www.lobby.example/css/skin.css", "text/css", ".lobby{--brand:#fff}"),
			answer(data.RoleScript, "https://www.lobby.example/js/app.js?v=1", "text/javascript", "function openLobby(){}"),
			answer(data.RoleRendered, "https://www.lobby.example/main", "text/html", `<html><head><title>Golden Lobby (2)</title></head><body><div id="late">x</div><script>var late = 1;</script></body></html>`),
			answer(data.RoleRobots, "https://www.lobby.example/robots.txt", "text/plain", "User-agent: *"),
			answer(data.RoleErrorPage, "https://www.lobby.example/nope", "text/html", "<title>404</title>"),
		},
	}
	c.Resources[0].Header = []data.HeaderField{{Name: "server", Value: "nginx"}, {Name: "SET-COOKIE", Value: "sid=1; Path=/"}}
	c.Resources[1].Header = []data.HeaderField{{Name: "Set-Cookie", Value: "entry=2"}, {Name: "X-Hop", Value: "1"}}
	return c
}

func texts(in *input, field string) []string {
	var out []string
	for _, v := range in.values[field] {
		out = append(out, v.text)
	}
	return out
}

func TestInput(t *testing.T) {
	t.Parallel()
	c := page()
	in := newInput(c)
	for field, want := range map[string][]string{
		"hostname": {"www.lobby.example"},
		"title":    {"Golden Lobby", "Golden Lobby (2)"},
		"html":     {string(c.Resources[0].Body)},
		"dom":      {string(c.Resources[4].Body)},
		"js":       {"var lobbyKit = 7;", "function openLobby(){}", "var late = 1;"},
		"css":      {".lobby-tile{color:red}", ".lobby{--brand:#fff}"},
		"cookies":  {"sid=1", "entry=2"},
		"headers":  {"Server: nginx", "Set-Cookie: sid=1; Path=/"},
		"requests": {
			"https://www.lobby.example/main", "https://www.lobby.example/css/skin.css", "https://img.example/logo.png",
			"https://www.lobby.example/js/app.js?v=1", "http://lobby.example/",
		},
	} {
		if diff := cmp.Diff(want, texts(in, field)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
	for _, v := range in.values["js"][:1] {
		if got := string(c.Resources[0].Body[v.offset : v.offset+len(v.text)]); got != v.text {
			t.Errorf("offset %d holds %q, want %q", v.offset, got, v.text)
		}
	}
	c.Resources = c.Resources[:1]
	c.FinalURL = ""
	in = newInput(c)
	if got := texts(in, "dom"); len(got) != 1 || got[0] != string(c.Resources[0].Body) {
		t.Errorf("without a rendered page dom is %q, want the page as received", got)
	}
	if got := texts(in, "hostname"); got[0] != "lobby.example" {
		t.Errorf("without a final URL the host is %q", got)
	}
}

// TestInputDecodes reads a page in another charset as UTF-8.
func TestInputDecodes(t *testing.T) {
	t.Parallel()
	in := newInput(&data.Capture{Resources: []data.Resource{{
		URL: "https://a.example/", Role: data.RoleHome, ContentType: "text/html; charset=euc-kr", Body: []byte("<title>\xc4\xab\xc1\xf6\xb3\xeb</title>"),
	}}})
	if got := texts(in, "title"); len(got) != 1 || got[0] != "카지노" {
		t.Errorf("title %q, want 카지노", got)
	}
}

// TestMatch runs one rule each, and says what made it hold.
func TestMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, detection string
		want            string // field, pattern and excerpt of each place; "-": the rule does not hold
	}{
		{"equals", "a: {title: Golden Lobby}\n  condition: a", "title Golden Lobby [Golden Lobby]"},
		{"equals minds no case", "a: {title: golden lobby}\n  condition: a", "title golden lobby [Golden Lobby]"},
		{"equals is whole", "a: {title: Golden}\n  condition: a", "-"},
		{"contains", "a: {js|contains: openLobby}\n  condition: a", "js openLobby [function openLobby(){}]"},
		{"contains minds case", "a: {js|contains: openlobby}\n  condition: a", "-"},
		{"startswith", "a: {cookies|startswith: 'entry='}\n  condition: a", "cookies entry= [entry=2]"},
		{"endswith", "a: {requests|endswith: /skin.css}\n  condition: a", "requests /skin.css [https://www.lobby.example/css/skin.css]"},
		{"re", `a: {css|re: '--brand:#[a-f]{3}'}` + "\n  condition: a", "css --brand:#[a-f]{3} [.lobby{--brand:#fff}]"},
		{"one of several", "a: {hostname: [x.example, www.lobby.example]}\n  condition: a", "hostname www.lobby.example [www.lobby.example]"},
		{"all of several", "a: {js|contains|all: [lobbyKit, late]}\n  condition: a", "js lobbyKit [var lobbyKit = 7;]; js late [var late = 1;]"},
		{"all but one", "a: {js|contains|all: [lobbyKit, never]}\n  condition: a", "-"},
		{"two fields", "a: {title: Golden Lobby, headers: 'Server: nginx'}\n  condition: a", "title Golden Lobby [Golden Lobby]; headers Server: nginx [Server: nginx]"},
		{"one field lacks", "a: {title: Golden Lobby, headers: 'Server: apache'}\n  condition: a", "-"},
		{"list of maps", "a:\n    - title: never\n    - dom|contains: id=\"late\"\n  condition: a", "dom id=\"late\" [<head><title>Golden Lobby (2)</title></head><body><div id=\"late\">x</div><script>var late = 1;</script></body></html>]"},
		{"number", "a: {js|contains: 7}\n  condition: a", "js 7 [var lobbyKit = 7;]"},
		{"and not", "a: {title: Golden Lobby}\n  b: {title: never}\n  condition: a and not b", "title Golden Lobby [Golden Lobby]"},
		{"only not", "a: {title: never}\n  condition: not a", ""},
		{"not", "a: {title: Golden Lobby}\n  condition: not a", "-"},
		{"or", "a: {title: never}\n  b: {cookies: sid=1}\n  condition: a or b", "cookies sid=1 [sid=1]"},
		{"brackets", "a: {title: never}\n  b: {cookies: sid=1}\n  c: {cookies: entry=2}\n  condition: (a or b) and c", "cookies sid=1 [sid=1]; cookies entry=2 [entry=2]"},
		{"1 of them", "a: {title: never}\n  b: {cookies: sid=1}\n  condition: 1 of them", "cookies sid=1 [sid=1]"},
		{"all of them", "a: {title: never}\n  b: {cookies: sid=1}\n  condition: all of them", "-"},
		{"1 of pattern", "sel_a: {title: never}\n  sel_b: {cookies: sid=1}\n  other: {title: never}\n  condition: 1 of sel_*", "cookies sid=1 [sid=1]"},
		{"all of pattern", "sel_a: {title: Golden Lobby}\n  sel_b: {cookies: sid=1}\n  other: {title: never}\n  condition: all of sel_*", "title Golden Lobby [Golden Lobby]; cookies sid=1 [sid=1]"},
		{"1 of name, on which the evaluator panics", "a: {cookies: sid=1}\n  condition: 1 of a", "cookies sid=1 [sid=1]"},
		{"all of name", "a: {cookies: sid=1}\n  b: {title: never}\n  condition: not b and all of a", "cookies sid=1 [sid=1]"},
		{"several conditions", "a: {title: never}\n  b: {cookies: sid=1}\n  condition: [a, b]", "cookies sid=1 [sid=1]"},
		{"other header", "a: {headers|contains: X-Hop}\n  condition: a", "-"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := Parse("r.yml", []byte("title: x\ndetection:\n  "+tc.detection+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			matches, err := (&Set{rules: []*Rule{r}}).Match(t.Context(), page())
			if err != nil {
				t.Fatal(err)
			}
			got := "-"
			if len(matches) > 0 {
				var places []string
				for _, p := range matches[0].Places {
					places = append(places, fmt.Sprintf("%s %s [%s]", p.Field, p.Pattern, p.Excerpt))
				}
				got = strings.Join(places, "; ")
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestMatchPlace holds a place to the bytes it names.
func TestMatchPlace(t *testing.T) {
	t.Parallel()
	c := page()
	set := &Set{}
	for _, pattern := range []string{"html|contains: lobby-tile", "css|contains: lobby-tile", "js|contains: lobbyKit"} {
		r, err := Parse("r.yml", []byte("title: x\ndetection:\n  sel: {"+pattern+"}\n  condition: sel\n"))
		if err != nil {
			t.Fatal(err)
		}
		set = Join(set, &Set{rules: []*Rule{r}})
	}
	matches, err := set.Match(t.Context(), c)
	if err != nil || len(matches) != 3 {
		t.Fatalf("%d matches, error %v", len(matches), err)
	}
	for _, m := range matches {
		p := m.Places[0]
		if p.Selection != "sel" || p.Source != c.Resources[0].URL || !strings.HasPrefix(string(c.Resources[0].Body[p.Offset:]), p.Pattern) {
			t.Errorf("%+v is not where it says", p)
		}
	}
}

func TestMatchStops(t *testing.T) {
	t.Parallel()
	r, err := Parse("r.yml", []byte(goodRule))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Set{rules: []*Rule{r}}).Match(ctx, page()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want Canceled", err)
	}
}

// TestMatchTogether runs one set from several goroutines, as the command does.
func TestMatchTogether(t *testing.T) {
	t.Parallel()
	r, err := Parse("r.yml", []byte("title: x\ndetection:\n  a: {js|re: 'open[A-Z]obby'}\n  condition: a\n"))
	if err != nil {
		t.Fatal(err)
	}
	set := &Set{rules: []*Rule{r, r}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if m, err := set.Match(t.Context(), page()); err != nil || len(m) != 2 {
				t.Errorf("%d matches, error %v; want 2", len(m), err)
			}
		})
	}
	wg.Wait()
}

// TestInputBounds holds a hostile page to the bounds.
func TestInputBounds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 2 * maxValues {
		fmt.Fprintf(&b, `<img src="/%d.png"><script>%d</script>`, i, i)
	}
	b.WriteString(strings.Repeat("<div>", 50_000) + `<title>` + strings.Repeat("x", 1<<20))
	in := newInput(&data.Capture{Resources: []data.Resource{{URL: "https://a.example/", Role: data.RoleHome, ContentType: "text/html", Body: []byte(b.String())}}})
	if in.count > maxValues || in.size > maxInput {
		t.Errorf("%d values of %d bytes, more than the bounds", in.count, in.size)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(goodRule)
	f.Add("title: x\ndetection:\n  a:\n    - html|re: '(a|b)*'\n  condition: 1 of a* and not (all of them)\n")
	f.Add("title: x\ndetection:\n  a: {title: [1, 2.5, true]}\n  condition: [a, 1 of a]\n")
	f.Add("title: x\ndetection:\n  a: &x {html: y}\n  b: *x\n  condition: a | count() > 1\n")
	f.Add("title: x\ndetection:\n  condition: 1 of them\n  a:\n    html|contains|all: ['', '%', '%a%']\n")
	c := page()
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse("fuzz.yml", []byte(text))
		if err != nil {
			var fe *FileError
			if !errors.As(err, &fe) || fe.File != "fuzz.yml" || fe.Line < 0 || fe.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
				t.Fatalf("error %v does not name file and line", err)
			}
			return
		}
		// Whatever is accepted must also run.
		if _, err := (&Set{rules: []*Rule{r}}).Match(t.Context(), c); err != nil {
			t.Fatalf("accepted, and then: %v", err)
		}
	})
}

func FuzzInput(f *testing.F) {
	f.Add("<title>x</title><script>y</script>", "text/html; charset=euc-kr")
	f.Add("<svg><title>x</svg></title><img src='\x00'><link href='//[::1'><style>", "")
	f.Add("\xff\xfe<\x00t\x00", "text/html; charset=utf-16")
	f.Fuzz(func(t *testing.T, body, contentType string) {
		in := newInput(&data.Capture{Host: "a.example", At: time.Unix(0, 0), Resources: []data.Resource{
			{URL: "https://a.example/", Role: data.RoleHome, ContentType: contentType, Body: []byte(body)},
			{URL: body, Role: data.RoleRendered, ContentType: contentType, Body: []byte(body)},
		}})
		for _, v := range in.values["requests"] {
			if _, err := url.Parse(v.text); err != nil && v.text != body {
				t.Errorf("request %q is no URL: %v", v.text, err)
			}
		}
		for _, field := range []string{"js", "css", "title"} {
			for _, v := range in.values[field] {
				if v.offset < 0 || v.offset > len(in.values["html"][0].text)+len(v.text) {
					t.Errorf("%s at %d of %d bytes", field, v.offset, len(in.values["html"][0].text))
				}
			}
		}
	})
}
