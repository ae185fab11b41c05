package fingerprint

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glaslos/tlsh"
)

// libraryTLSH is what a library of others says.
func libraryTLSH(body []byte) string {
	h, err := tlsh.HashBytes(body)
	if err != nil || len(body) < minTLSH {
		return ""
	}
	return "T1" + strings.ToUpper(h.String())
}

func TestFuzzyHashAgainstLibrary(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	page := []byte(distinct(`<div class="c#"><a href="/#">가나다 text</a></div>`, 400))
	for _, n := range []int{50, 51, 255, 256, 655, 656, 657, 3198, 3199, 3200, 9_999, len(page)} {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		for name, body := range map[string][]byte{"page": page[:n], "noise": noise, "uniform": bytes.Repeat([]byte("a"), n)} {
			if got, want := fuzzyHash(body), libraryTLSH(body); got != want {
				t.Errorf("%s of %d bytes: %s, want %s", name, n, got, want)
			}
		}
	}
}

func TestFuzzyHashBounds(t *testing.T) {
	t.Parallel()
	page := []byte(distinct("<p>paragraph # of a long page</p>", maxTLSH/30+1))
	if len(page) < maxTLSH+1 {
		t.Fatalf("only %d bytes", len(page))
	}
	for n, want := range map[int]bool{0: false, 4: false, minTLSH - 1: false, minTLSH: true, maxTLSH: true, maxTLSH + 1: false} {
		if got := fuzzyHash(page[:n]); (got != "") != want {
			t.Errorf("%d bytes: %q", n, got)
		}
	}
}

func FuzzFuzzyHash(f *testing.F) {
	f.Add([]byte(strings.Repeat("<li>item</li>", 9)))
	f.Add(bytes.Repeat([]byte{0, 255}, 40))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got, want := fuzzyHash(body), libraryTLSH(body); got != want && len(body) <= maxTLSH {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func BenchmarkFuzzyHash(b *testing.B) {
	page := []byte(distinct(`<div class="c#"><a href="/#">가나다 text</a></div>`, 4_000))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		fuzzyHash(page)
	}
}
