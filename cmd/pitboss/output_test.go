package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
)

func TestTableAlignsWideCharacters(t *testing.T) {
	t.Parallel()
	tab := newTable(column{head: "HOST"}, column{head: "TITLE", most: 10}, column{head: "SITES", right: true})
	tab.add("a.example", "메이저놀이터 안전", "7")
	tab.add("longer.example", "ok", "120")
	for name, tc := range map[string]struct {
		width int
		want  string
	}{
		"a terminal": {80, "" +
			"HOST            TITLE      SITES\n" +
			"a.example       메이저놀…      7\n" +
			"longer.example  ok           120\n"},
		"a pipe": {0, "" +
			"HOST            TITLE              SITES\n" +
			"a.example       메이저놀이터 안전      7\n" +
			"longer.example  ok                   120\n"},
	} {
		if diff := cmp.Diff(tc.want, string(tab.text(tc.width))); diff != "" {
			t.Errorf("table for %s (-want +got):\n%s", name, diff)
		}
	}
}

// The last column takes what the line has left, and stays readable on a narrow
// terminal.
func TestTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	tab := newTable(column{head: "SITE"}, column{head: "DETAIL", most: 90})
	tab.add("a.example", strings.Repeat("x", 100))
	for width, want := range map[int]int{0: 111, 200: 101, 60: 60, 20: 11 + leastLast} {
		line := strings.Split(string(tab.text(width)), "\n")[1]
		if got := uniseg.StringWidth(line); got != want {
			t.Errorf("on %d columns the line is %d wide, want %d", width, got, want)
		}
	}
}

func TestTableDropsTrailingSpace(t *testing.T) {
	t.Parallel()
	tab := newTable(column{head: "A"}, column{head: "B"})
	tab.add("1")
	tab.add("1", "long")
	var out bytes.Buffer
	if err := tab.write(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasSuffix(line, " \n") {
			t.Errorf("line %q ends in a space", line)
		}
	}
}

func TestSanitize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "바카라 สล็อต nổ hũ", "바카라 สล็อต nổ hũ"},
		{"escape sequence", "a\x1b[31mred", "a\ufffd[31mred"},
		{"title sequence", "\x1b]0;x\a", "\ufffd]0;x\ufffd"},
		{"C1 control", "a\u009b31m", "a\ufffd31m"},
		{"line breaks and tabs", "a\r\n\tb", "a   b"},
		{"direction override", "exe\u202egnp.exe", "exe\ufffdgnp.exe"},
		{"isolates", "\u2066a\u2069", "\ufffda\ufffd"},
		{"zero width", "pay\u200bpal\ufeff", "pay\ufffdpal\ufffd"},
		{"line separator", "a\u2028b", "a\ufffdb"},
		{"private use", "\ue000", "\ufffd"},
		{"invalid UTF-8", "a\xffb", "a\ufffdb"},
		{"emoji with joiner", "👨\u200d👩", "👨\u200d👩"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := sanitize(tt.in); got != tt.want {
				t.Errorf("sanitize(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestJSONIsFaithfulAndHarmless(t *testing.T) {
	t.Parallel()
	in := map[string]string{"title": "a\x1b\u202e\u009b\U000e0001<b>\u2028바카라"}
	line, err := encodeJSON(in)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsFunc(bytes.TrimSuffix(line, []byte("\n")), unsafeRune) {
		t.Errorf("line %q holds raw control characters", line)
	}
	if !bytes.Contains(line, []byte("<b>바카라")) && !bytes.Contains(line, []byte("바카라")) {
		t.Errorf("line %q escapes what needs no escape", line)
	}
	var back map[string]string
	if err := json.Unmarshal(line, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// FuzzCell holds what every cell of a table must be, whatever was captured.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "메이저놀이터 안전", "a\u0301\u0301", "\xff\xfe", "👨\u200d👩\u200d👧"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, most int) {
		got := clip(sanitize(s), most)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		if strings.ContainsFunc(got, unsafeRune) {
			t.Errorf("%q holds control characters", got)
		}
		if w := uniseg.StringWidth(got); most > 1 && w > most {
			t.Errorf("%q is %d columns wide, more than %d", got, w, most)
		}
	})
}
