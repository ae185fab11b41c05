package fingerprint

import (
	"slices"
	"strings"
	"testing"
)

// plainPresent is present in the obvious way.
func plainPresent(texts []string, body string) []bool {
	out := make([]bool, len(texts))
	for i, text := range texts {
		out[i] = strings.Contains(body, text)
	}
	return out
}

var someNeedles = []string{"qq", "G-", "ym(", "t.me/", "t.me/+", "curacao egaming", "예금주", "số tài khoản", "aaaa", "curaçao"}

func TestPresent(t *testing.T) {
	t.Parallel()
	ns := newNeedles(someNeedles)
	bodies := []string{"", "q", "qq", "xqq", "qxq", "G", "aG-", "t.me/+x", "x t.me", "aaaaa", "curacao egamin"}
	for _, text := range someNeedles {
		for _, before := range []string{"", "x", "xy", "가", "aaa"} {
			bodies = append(bodies, before+text, before+text+"z", before+text[:len(text)-1], before+text[1:])
		}
	}
	for _, body := range bodies {
		want := plainPresent(someNeedles, body)
		if got := present(ns, body); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", body, got, want)
		}
		if got := present(ns, []byte(body)); !slices.Equal(got, want) {
			t.Errorf("bytes %q: %v, want %v", body, got, want)
		}
	}
}

func TestEachNeedleFindsEveryPlace(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("qqq t.me/+ aaaaaa ", 7) + "x" + strings.Repeat("G-qq", 5)
	type hit struct{ at, needle int }
	var got, want []hit
	eachNeedle(newNeedles(someNeedles), body, func(at, needle int) { got = append(got, hit{at, needle}) })
	for at := range body {
		for i, text := range someNeedles {
			if strings.HasPrefix(body[at:], text) {
				want = append(want, hit{at, i})
			}
		}
	}
	order := func(a, b hit) int { return (a.at-b.at)*len(someNeedles) + a.needle - b.needle }
	slices.SortFunc(got, order)
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func FuzzPresent(f *testing.F) {
	f.Add("qqG-t.me/+예금주")
	ns := newNeedles(someNeedles)
	f.Fuzz(func(t *testing.T, body string) {
		if got, want := present(ns, body), plainPresent(someNeedles, body); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", body, got, want)
		}
	})
}
