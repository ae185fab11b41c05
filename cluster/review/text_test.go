package review

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pitboss/data"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                            "plain",
		"카지노 – 바카라":                        "카지노 – 바카라",
		"two\nlines\tand tab":              "two lines and tab",
		"a\u202eb":                         "a⟨U+202E⟩b",
		"a\u200bb\ufeff":                   "a⟨U+200B⟩b⟨U+FEFF⟩",
		"\x00\x1b[1m":                      "⟨U+0000⟩⟨U+001B⟩[1m",
		"\xff":                             "⟨U+FFFD⟩",
		"e\u0301\u0301\u0301\u0301\u0301x": "e\u0301\u0301\u0301x",
		"see HTTPS://x.example/":           "see hxxpS://x.example/",
		"  spaces  ":                       "spaces",
		strings.Repeat("x", 41):            strings.Repeat("x", 40) + " …",
	} {
		if got := visible(in, 40); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDefang(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://www.bet.example/a.b?x=1":           "hxxps://www[.]bet[.]example/a.b?x=1",
		"HTTP://bet.example":                        "hxxp://bet[.]example",
		"ftp://bet.example/":                        "ftp://bet[.]example/",
		"javascript:alert(1)":                       "javascript[:]alert(1)",
		"feed.txt":                                  "feed.txt",
		"https://bet.example/?to=https://b.example": "hxxps://bet[.]example/?to=hxxps[:]//b.example",
		"": "",
	} {
		if got := defang(in, 200); got != want {
			t.Errorf("defang(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVisibleProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in, limit := rapid.String().Draw(t, "in"), rapid.IntRange(1, 50).Draw(t, "limit")
		out := visible(in, limit)
		if !utf8.ValidString(out) || utf8.RuneCountInString(out) > 10*limit+2 {
			t.Fatalf("%q becomes %q", in, out)
		}
		for _, r := range out {
			if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
				t.Fatalf("U+%04X stays in %q", r, out)
			}
		}
	})
}

// TestFileNameProperty: different texts never share a file, case folded, and
// every name is plain.
func TestFileNameProperty(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[aAbB~./%:0-9-]{0,6}`), rapid.StringMatching(`a{150,170}[ab~]{0,4}`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		fa, fb := fileName(a), fileName(b)
		if a != b && strings.EqualFold(fa, fb) {
			t.Fatalf("%q and %q share %q", a, b, fa)
		}
		if len(fa) > 200 || strings.Trim(fa, "abcdefghijklmnopqrstuvwxyz0123456789.-_~") != "" || fa[0] == '.' {
			t.Fatalf("%q becomes %q", a, fa)
		}
	})
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ got, want string }{
		{number(0), "0"}, {number(999), "999"}, {number(1000), "1\u202f000"}, {number(1234567), "1\u202f234\u202f567"},
		{percent(1), "> 99 %"}, {percent(0.9999), "> 99 %"}, {percent(0.5), "50 %"}, {percent(0.001), "< 1 %"}, {percent(0), "< 1 %"}, {percent(7), "?"},
		{bits(9400), "+9.4"}, {bits(-1800), "−1.8"}, {bits(0), "+0.0"},
		{plural(1, "site"), "1 site"}, {plural(2, "site"), "2 sites"}, {plural(3, "family"), "3 families"},
		{day(time.Time{}), "–"}, {minute(time.Date(2026, 1, 2, 3, 4, 0, 0, time.FixedZone("", 3600))), "2026-01-02 02:04"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestFall(t *testing.T) {
	t.Parallel()
	w := fall([]data.Evidence{{Weight: 6000}, {Weight: 4000}, {Weight: -12000}})
	if w.Total != -2000 || len(w.Terms) != 3 || w.More != 0 {
		t.Fatalf("%+v", w)
	}
	// The sum runs 0 → 6 → 10 → −2 on a scale from −2 to 10.
	for i, want := range []term{{X: "16.67", W: "50.00"}, {X: "66.67", W: "33.33"}, {X: "0.00", W: "100.00", Against: true}} {
		if got := w.Terms[i]; got.X != want.X || got.W != want.W || got.Against != want.Against || w.Zero != "16.67" {
			t.Errorf("term %d at %s wide %s, zero at %s", i, got.X, got.W, w.Zero)
		}
	}
	var many []data.Evidence
	for range maxEvidence + 5 {
		many = append(many, data.Evidence{Weight: 100})
	}
	if w := fall(many); len(w.Terms) != maxEvidence || w.More != 5 || w.Rest != 500 || w.Total != 100*(maxEvidence+5) {
		t.Errorf("%d terms, %d more of %d, together %d", len(w.Terms), w.More, w.Rest, w.Total)
	}
	if w := fall(nil); w.Total != 0 || len(w.Terms) != 0 {
		t.Errorf("nothing adds up to %+v", w)
	}
}

// What a pair starts from is a place and no step; what became of it is words.
func TestFallFromStartToOutcome(t *testing.T) {
	t.Parallel()
	w := fall([]data.Evidence{
		{Kind: data.KindWallet, Weight: 6000}, {Kind: data.KindTelegram, Weight: 6000},
		{Kind: "prior", Weight: -10000}, {Kind: "outcome", Detail: "one builder"},
	})
	if w.Total != 2000 || w.Outcome != "one builder" || len(w.Terms) != 3 {
		t.Fatalf("%+v", w)
	}
	// The sum runs −10 → −4 → 2.
	for i, want := range []term{{X: "0.00", W: "0.60", Start: true}, {X: "0.00", W: "50.00"}, {X: "50.00", W: "50.00"}} {
		if got := w.Terms[i]; got.X != want.X || got.W != want.W || got.Start != want.Start || got.Against {
			t.Errorf("term %d: %+v, want %+v", i, got, want)
		}
	}
	if w.Zero != "83.33" || w.End != "99.40" {
		t.Errorf("zero at %s, end at %s", w.Zero, w.End)
	}
}

func TestLedgersShareReasons(t *testing.T) {
	t.Parallel()
	member := func(host string, confidence float64, kind data.Kind, value string) memberRow {
		return memberRow{Host: host, Member: data.Member{Host: host, Confidence: confidence, Evidence: []data.Evidence{{Kind: kind, Value: value, Weight: 1000}}}}
	}
	got := ledgers([]memberRow{
		member("a.example", 0.8, "view:tree", "one"), member("b.example", 0.9, data.KindWallet, "tron:T1"),
		member("c.example", 0.9, "view:tree", "two"), member("d.example", 0.9, data.KindWallet, "tron:T2"),
	})
	var text []string
	for _, l := range got {
		line := l.Sure() + ":"
		for _, m := range l.Members {
			line += " " + m.Host
		}
		text = append(text, line)
	}
	want := []string{"80 % to 90 %: a.example c.example", "90 %: b.example", "90 %: d.example"}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("ledgers (-want +got):\n%s", diff)
	}
}

func TestTellingValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		e             data.Evidence
		detail, value string
	}{
		{data.Evidence{Kind: "view:name", Value: "form_in", Detail: "ids: 70% alike"}, "70% alike", "form_in"},
		{data.Evidence{Kind: "view:name", Value: "form_in", Detail: "ids: rarest form_in"}, "rarest form_in", ""},
		{data.Evidence{Kind: "view:tree", Value: "05204a156cf5f7e6", Detail: "blocks: alike"}, "alike", ""},
		{data.Evidence{Kind: data.KindTelegram, Value: "boss", Detail: "shared: by 3"}, "shared: by 3", "boss"},
		{data.Evidence{Kind: "x", Value: "https://a.example/", Detail: "seen"}, "seen", "hxxps://a[.]example/"},
	} {
		if got := detailOf(tc.e); got != tc.detail {
			t.Errorf("detail of %+v: %q", tc.e, got)
		}
		if got := telling(tc.e); got != tc.value {
			t.Errorf("telling value of %+v: %q", tc.e, got)
		}
	}
}

func TestOnlyBirths(t *testing.T) {
	t.Parallel()
	born := func(run string) data.Change {
		return data.Change{Run: run, Kind: data.ChangeBorn, Layer: data.LayerBuilder}
	}
	for name, tc := range map[string]struct {
		changes []data.Change
		want    bool
	}{
		"nothing":         {nil, false},
		"the first run":   {[]data.Change{born("1"), born("1")}, true},
		"a second run":    {[]data.Change{born("1"), born("2")}, false},
		"a site moved in": {[]data.Change{born("1"), {Run: "1", Kind: data.ChangeJoined}}, false},
	} {
		s := snapshot{changes: tc.changes}
		if got := s.onlyBirths(); got != tc.want {
			t.Errorf("%s: only births %v, want %v", name, got, tc.want)
		}
	}
}
