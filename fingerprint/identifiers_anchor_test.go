package fingerprint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pitboss/data/reference"
)

// plainHits finds anchors in the obvious way.
func plainHits(body []byte) []anchorHit {
	var out []anchorHit
	patterns := reference.IdentifierPatterns()
	for i := range body {
		for n := range patterns {
			if strings.HasPrefix(string(body[i:min(len(body), i+64)]), patterns[n].Anchor) && standsAlone(body, i) {
				out = append(out, anchorHit{i, n})
			}
		}
	}
	return out
}

func foundHits(body []byte) []anchorHit {
	index := map[string]int{}
	for n, p := range reference.IdentifierPatterns() {
		index[p.Anchor+" "+p.Expr.String()] = n
	}
	var out []anchorHit
	anchorIndex().find(body, func(p *reference.IdentifierPattern, at int) {
		out = append(out, anchorHit{at, index[p.Anchor+" "+p.Expr.String()]})
	})
	return out
}

func compareHits(t *testing.T, body []byte) {
	t.Helper()
	if diff := cmp.Diff(plainHits(body), foundHits(body), cmp.AllowUnexported(anchorHit{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%.200q: places by reading every byte (-) and by pairs (+):\n%s", body, diff)
	}
}

// TestAnchorsAtEveryPlace holds each anchor to be found at even and odd
// places, at the beginning, at the end and behind what it may stand behind.
func TestAnchorsAtEveryPlace(t *testing.T) {
	t.Parallel()
	for _, p := range reference.IdentifierPatterns() {
		for _, before := range []string{"", "/", "//", "x", "xx", ".", "..", "-", "_", "가", "가 ", `"`, "a b"} {
			for _, after := range []string{"", "1", "winner_cs"} {
				compareHits(t, []byte(before+p.Anchor+after))
			}
		}
	}
}

func TestAnchorsInOrder(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, p := range reference.IdentifierPatterns() {
		all.WriteString(p.Sample + " ")
	}
	body := []byte(strings.Repeat(all.String()+"x", 30)) // more than wait to be ordered
	if hits := foundHits(body); len(hits) <= maxHits {
		t.Fatalf("only %d hits", len(hits))
	}
	compareHits(t, body)
}

func FuzzAnchors(f *testing.F) {
	f.Add([]byte(`<a href="https://t.me/+AbCdEf0123456789">G-ABC123 ym(1)`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) < 1<<14 {
			compareHits(t, body)
		}
	})
}

func TestLongName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body     string
		at       int
		from, to int
	}{
		{"", 0, -1, -1},
		{"abc", 0, -1, -1},
		{"abcd", 0, 0, 4},
		{"abc abcd", 0, 4, 8},
		{"abc-abc-abcdef-abcd", 0, 8, 14},
		{"abcd abcd", 4, 5, 9},
		{"abc_d9/", 0, 0, 6},
		{"가나다abc라abcde", 0, 15, 20},
		{"abcd", 4, -1, -1},
	} {
		if from, to := longName([]byte(c.body), c.at, 4); from != c.from || to != c.to {
			t.Errorf("%q from %d: %d–%d, want %d–%d", c.body, c.at, from, to, c.from, c.to)
		}
	}
}
