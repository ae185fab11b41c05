package rules

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const goodRule = `title: Kit Example
description: |
  A kit.
references:
  - https://example.org/analysis
detection:
  form:
    html|contains: action="/member/join_ok.php"
  script:
    requests|endswith:
      - /js/lobby.js
      - /js/lobby.min.js
  condition: form and script
tags:
  - kit
  - target.bank
`

func TestLoad(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"rules/a-kit.yml":        {Data: []byte(goodRule)},
		"rules/deep/b.yaml":      {Data: []byte(strings.Replace(goodRule, "title:", "id: other\ntitle:", 1))},
		"rules/README.md":        {Data: []byte("no rule")},
		"rules/.github/conf.txt": {Data: []byte("no rule")},
		"plain.txt":              {Data: []byte(goodRule)},
	}
	set, err := Load(fsys, "rules", "plain.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range set.Rules() {
		got = append(got, r.File+" "+r.ID)
	}
	want := []string{"rules/a-kit.yml a-kit", "rules/deep/b.yaml other", "plain.txt plain"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	r := set.Rules()[0]
	if r.Title != "Kit Example" || r.Description != "A kit." || len(r.References) != 1 || len(r.Tags) != 2 {
		t.Errorf("rule = %+v", r)
	}
	if all := Join(set, &Set{}, set).Rules(); len(all) != 6 {
		t.Errorf("%d rules joined, want 6", len(all))
	}
}

// TestLoadNamesWhatIsWrong holds every refusal to its file and line, and the
// good rules beside a bad one to be loaded.
func TestLoadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	rule := func(detection string) string { return "title: x\ndetection:\n" + detection }
	tests := []struct {
		name, text string
		line       int
		want       string
	}{
		{"empty", "", 0, "empty"},
		{"only a comment", "# nothing\n", 0, "empty"},
		{"no YAML", "title: [x\ndetection: {", 1, "did not find expected"},
		{"tab", "title: x\ndetection:\n\ta: b", 3, "cannot start any token"},
		{"a list", "- title: x", 1, "a rule is a mapping"},
		{"a word", "rule", 1, "a rule is a mapping"},
		{"no title", "detection:\n  a:\n    html: x\n  condition: a", 1, "no title"},
		{"title is a list", "title: [a]\ndetection:\n  a:\n    html: x\n  condition: a", 1, "no title"},
		{"no detection", "title: x", 1, "no detection"},
		{"detection is a word", "title: x\ndetection: y", 1, "no detection"},
		{"no condition", rule("  a:\n    html: x\n"), 3, "no condition"},
		{"no selection", rule("  condition: a\n"), 3, "no selection"},
		{"empty conditions", rule("  a:\n    html: x\n  condition: []\n"), 5, "no condition"},
		{"condition is a mapping", rule("  a:\n    html: x\n  condition:\n    b: c\n"), 6, "a line of text"},
		{"unknown field", rule("  a:\n    body|contains: x\n  condition: a"), 4, `unknown field "body"`},
		{"field in another case", rule("  a:\n    HTML|contains: x\n  condition: a"), 4, `unknown field "HTML"`},
		{"unknown modifier", rule("  a:\n    html|matches: x\n  condition: a"), 4, `unknown modifier "matches"`},
		{"modifier that panics", rule("  a:\n    hostname|cidr: x\n  condition: a"), 4, `unknown modifier "cidr"`},
		{"all before", rule("  a:\n    html|all|contains: x\n  condition: a"), 4, "all must stand last"},
		{"two comparisons", rule("  a:\n    html|contains|re: x\n  condition: a"), 4, "re after contains"},
		{"bad expression", rule("  a:\n    html|re:\n      - ok\n      - '(['\n  condition: a"), 6, "missing closing ]"},
		{"long expression", rule("  a:\n    html|re: " + strings.Repeat("a", maxPattern+1) + "\n  condition: a"), 4, "more than 4096"},
		{"null", rule("  a:\n    html:\n  condition: a"), 4, "is no text"},
		{"date", rule("  a:\n    html: 2026-11-21\n  condition: a"), 4, "put it in quotes"},
		{"huge number", rule("  a:\n    html: 99999999999999999999999\n  condition: zz"), 5, "no selection is called zz"},
		{"mapping as value", rule("  a:\n    html:\n      b: c\n  condition: a"), 5, "a value is a text"},
		{"no values", rule("  a:\n    html: []\n  condition: a"), 4, "no value"},
		{"placeholder", rule("  a:\n    html: '%users%'\n  condition: a"), 4, "placeholders"},
		{"keywords", rule("  a:\n    - x\n    - y\n  condition: a"), 4, "words without a field"},
		{"empty selection", rule("  a: []\n  condition: a"), 3, "selection a is empty"},
		{"selection is a word", rule("  a: x\n  condition: a"), 3, "words without a field"},
		{"selection is nothing", rule("  a:\n  condition: a"), 3, "words without a field"},
		{"unknown selection", rule("  a:\n    html: x\n  condition: a and b"), 5, "no selection is called b"},
		{"unknown after not", rule("  a:\n    html: x\n  condition: a and not b"), 5, "no selection is called b"},
		{"unknown pattern", rule("  a:\n    html: x\n  condition: 1 of b*"), 5, "no selection is called b*"},
		{"torn condition", rule("  a:\n    html: x\n  condition: a and"), 5, `condition "a and"`},
		{"empty condition", rule("  a:\n    html: x\n  condition: ''"), 5, "condition"},
		{"open bracket", rule("  a:\n    html: x\n  condition: (a"), 5, "condition"},
		{"counting", rule("  a:\n    html: x\n  condition: a | count() > 5"), 5, "counting"},
		{"near", rule("  a:\n    html: x\n  condition: a | near b"), 5, "condition"},
		{"long condition", rule("  a:\n    html: x\n  condition: " + strings.Repeat("a and ", 1000) + "a"), 5, "more than 4096"},
		{"timeframe", rule("  a:\n    html: x\n  timeframe: 5m\n  condition: a"), 5, "timeframe"},
		{"selection twice", rule("  a:\n    html: x\n  a:\n    html: y\n  condition: a"), 5, `"a" occurs twice`},
		{"alias", rule("  a: &x\n    html: x\n  b: *x\n  condition: a"), 3, "anchors and aliases"},
		{"deep", "title: x\ndetection: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), 2, "nested too deeply"},
		{"references is a mapping", "title: x\nreferences:\n  a: b\ndetection:\n  a:\n    html: x\n  condition: a", 3, "cannot unmarshal"},
		{"long file", strings.Repeat("#", maxFile+1), 0, "more than 1048576"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			set, err := Load(fstest.MapFS{"r/bad.yml": {Data: []byte(tc.text)}, "r/good.yml": {Data: []byte(goodRule)}}, "r")
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Fatalf("error %v, want a *FileError", err)
			}
			if fe.File != "r/bad.yml" || fe.Line != tc.line || !strings.Contains(fe.Error(), tc.want) {
				t.Errorf("error %v (line %d), want line %d and %q", fe, fe.Line, tc.line, tc.want)
			}
			if n := len(set.Rules()); n != 1 {
				t.Errorf("%d rules loaded beside the bad one, want 1", n)
			}
		})
	}
}

func TestLoadMissing(t *testing.T) {
	t.Parallel()
	_, err := Load(fstest.MapFS{}, "no-such.yml")
	if err == nil || err.Error() != "no-such.yml: file does not exist" {
		t.Errorf("error %v", err)
	}
}

// TestPublicRules loads the rule files that PITBOSS_IOK names, a folder with
// those of the public collection. They are not part of this project.
func TestPublicRules(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("PITBOSS_IOK")
	if dir == "" {
		t.Skip("PITBOSS_IOK does not name a folder with IOK's rules: they are not part of the project")
	}
	set, err := Load(os.DirFS(dir), ".")
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d rules loaded", len(set.Rules()))
	if len(set.Rules()) == 0 {
		t.Error("no rule was loaded")
	}
}
