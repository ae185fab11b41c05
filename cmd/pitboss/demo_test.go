package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
	"pitboss/data/demo"
)

func TestTruthRow(t *testing.T) {
	t.Parallel()
	truth := map[string]demo.Site{
		"a.example":    {Host: "a.example", Builder: "bumi", Template: "bumi-1"},
		"b.example":    {Host: "b.example", Builder: "bumi", Template: "bumi-2"},
		"c.example":    {Host: "c.example", Builder: "bumi", Template: "bumi-2"},
		"old.example":  {Host: "old.example", Builder: unjudged, Template: unjudged},
		"lone.example": {Host: "lone.example"},
	}
	for name, tc := range map[string]struct {
		hosts []string
		want  []string // sites, true builder, purity, of its sites, skins
	}{
		"an old name that redirects is nobody's": {[]string{"a.example", "b.example", "old.example"}, []string{"3", "bumi", "100%", "67%", "2"}},
		"a stranger lowers the purity":           {[]string{"a.example", "b.example", "c.example", "lone.example"}, []string{"4", "bumi", "75%", "100%", "2"}},
		"nothing to judge":                       {[]string{"old.example"}, []string{"1", "", "–", "–", "0"}},
		"a site that stands alone":               {[]string{"lone.example"}, []string{"1", "nobody's: they stand alone", "100%", "100%", "0"}},
	} {
		f := data.Family{ID: "b1"}
		for _, h := range tc.hosts {
			f.Members = append(f.Members, data.Member{Host: h})
		}
		if diff := cmp.Diff(tc.want, truthRow(f, truth)[1:6]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestProgramNameCanBePasted(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"bin/pitboss": "bin/pitboss", "./pitboss": "./pitboss", "pitboss": "pitboss", "/opt/my tools/pitboss": "'/opt/my tools/pitboss'", "it's/x": `'it'\''s/x'`,
	} {
		if got := programName([]string{arg}); got != want {
			t.Errorf("programName(%q) = %q, want %q", arg, got, want)
		}
	}
	if got := programName(nil); got != "pitboss" {
		t.Errorf("programName of nothing = %q", got)
	}
}

// What the demo says to type next works as it stands.
func TestDemoSuggestionsWork(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the demo crawls a whole made-up web")
	}
	made := madeDemo(t)
	_, next, found := strings.Cut(made.told, "\nNext:\n")
	if !found {
		t.Fatalf("the demo does not say what comes next:\n%s", made.told)
	}
	var tried []string
	for line := range strings.Lines(next) {
		_, args, ok := strings.Cut(line, " --data "+made.dir+" ")
		if !ok {
			t.Errorf("%q does not name the demo's folder", line)
			continue
		}
		words := strings.Fields(args)
		tried = append(tried, words[0])
		if words[0] == "serve" {
			continue // never ends by itself; serve_test.go tries it
		}
		var out, errs bytes.Buffer
		code := run(context.Background(), append([]string{"--data", made.dir}, words...), strings.NewReader(""), &out, &errs)
		if code != exitDone || out.Len() == 0 {
			t.Errorf("%s: exit code %d, %d bytes: %s", strings.TrimSpace(args), code, out.Len(), errs.String())
		}
	}
	if want := []string{"families", "family", "site", "why", "export", "serve"}; !slices.Equal(tried, want) {
		t.Errorf("the demo suggests %q, want %q", tried, want)
	}
}
