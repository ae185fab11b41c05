package export

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
)

// TestAllowFiles lints the committed lists: sorted, canonical, each with a
// category and a source, and large enough to be worth something.
func TestAllowFiles(t *testing.T) {
	t.Parallel()
	list, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(list.names) < 1500 {
		t.Errorf("only %d names", len(list.names))
	}
	files, err := allowFiles.ReadDir("allow")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := allowFiles.ReadFile("allow/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
		if lines[0] != "# domain\tcategory\tjurisdiction\tsource" {
			t.Errorf("%s begins with %q", f.Name(), lines[0])
		}
		if !slices.IsSorted(lines[1:]) {
			t.Errorf("%s is not sorted", f.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(list.names)) {
		a := list.names[name]
		if (a.category == categoryLicensed) != (a.jurisdiction != "") {
			t.Errorf("%s: category %s with jurisdiction %q", name, a.category, a.jurisdiction)
		}
		if suffix, icann := publicsuffix.PublicSuffix(name); icann && suffix == name && a.category != categorySuffix && publicBody("x."+name) == "" {
			t.Errorf("%s: %s is a registry's suffix", name, a.category)
		}
	}
}

func TestAllowFind(t *testing.T) {
	t.Parallel()
	list, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"naver.com":                        "naver.com",
		"cafe.naver.com":                   "naver.com",
		"notnaver.com":                     "",
		"tistory.com":                      "tistory.com",
		"slot.tistory.com":                 "",
		"co.za":                            "co.za",
		"slot.co.za":                       "",
		"www.co.za":                        "co.za",
		"azurewebsites.net":                "azurewebsites.net",
		"slot.azurewebsites.net":           "",
		"x.slot.azurewebsites.net":         "",
		"console.aliyun.com":               "aliyun.com",
		"www.herokuapp.com":                "herokuapp.com",
		"slot.s3.amazonaws.com":            "",
		"ec2-1-2-3-4.region.amazonaws.com": "amazonaws.com",
		"xbetservices.akadns.net":          "akadns.net",
		"d111.cloudfront.net":              "cloudfront.net",
		"storage.googleapis.com":           "googleapis.com",
	} {
		if a, ok := list.find(name); a.domain != want || ok != (want != "") {
			t.Errorf("find(%s) = %q, want %q", name, a.domain, want)
		}
	}
}

func TestAllowLines(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"naver.com", "naver.com\tportal\t\t", "Naver.com\tportal\t\tx", "naver.com\t\t\tx", "1.2.3.4\tx\t\tx", "a\tb\tc\td\te"} {
		l := &allowList{names: map[string]allowed{}, within: map[string]string{}}
		if err := l.add(line); err == nil {
			t.Errorf("%q is taken", line)
		}
	}
	l := &allowList{names: map[string]allowed{}, within: map[string]string{}}
	if err := l.add("a.com\tx\t\ty"); err != nil {
		t.Fatal(err)
	}
	if err := l.add("a.com\tz\t\ty"); err == nil {
		t.Error("a name stands twice")
	}
}

func TestPublicBody(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"irs.gov": "government", "x.gov.uk": "government", "korea.go.kr": "government", "camara.sp.leg.br": "government", "x.sp.gov.br": "government",
		"impots.gouv.fr": "government", "army.mil": "military", "navy.mi.th": "military", "who.int": "international body",
		"mit.edu": "school", "snu.ac.kr": "school", "seoul.es.kr": "school", "x.k12.ca.us": "school",
		"x.go.it": "", "go.com": "", "bet.co.kr": "", "edu.example": "", "ac.com": "", "gov-uk.com": "", "bet-777.com": "", "x.mi.it": "",
	} {
		if got := publicBody(name); got != want {
			t.Errorf("publicBody(%s) = %q, want %q", name, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": "plain", "카지노": "카지노", "a\nb\tc": "a b c", "a\u202eb": "a<U+202E>b", "\x00\u2028": "<U+0000><U+2028>", "\xff": "<U+FFFD>",
		strings.Repeat("x", 12): strings.Repeat("x", 10) + "…",
	} {
		if got := Visible(in, 10); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzPageURL: what comes out of a captured URL is one plain line that parses
// to the same host, or nothing.
func FuzzPageURL(f *testing.F) {
	for _, seed := range []string{"https://a.com/x?y=1#z", "http://u:p@A.com:80/%2e%2e/\n", "https://a.com/%zz", "//a.com/x", "https://[::1]/x", "https://a.com/?q=\u202e\"'<>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := pageURL(raw)
		if !ok {
			return
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f }) || len(got) > maxURL {
			t.Fatalf("%q becomes %q", raw, got)
		}
		before, ok1 := urlHost(raw)
		after, ok2 := urlHost(got)
		if before != after || ok1 != ok2 {
			t.Fatalf("%q of %q becomes %q of %q", raw, before, got, after)
		}
	})
}

// FuzzListedName: a host is listed as itself or without its www, never as more.
func FuzzListedName(f *testing.F) {
	for _, seed := range []string{"www.a.com", "a.co.kr", "www.co.kr", "104.21.1.1", "a.github.io", "www.github.io", ".com", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		name := listedName(host)
		if name != host && "www."+name != host {
			t.Fatalf("%q is listed as %q", host, name)
		}
		if nameProblem(name) == "" && !validName(name) {
			t.Fatalf("%q is no name", name)
		}
	})
}
