package cluster

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pitboss/data"
)

func TestTheShippedModelIsSound(t *testing.T) {
	t.Parallel()
	m, err := DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]Layer{"template": m.Template, "builder": m.Builder} {
		for view := range l.Views {
			if l.Views[view] == 0 {
				t.Errorf("%s: view %s stands in the file without a weight", name, view)
			}
		}
		if even := math.Exp(-l.Intercept / l.Slope); even <= 0.01 || even >= 1 {
			t.Errorf("%s: the odds are even at similarity %.4f", name, even)
		}
	}
}

const soundLayer = `{"views": {"class": 1}, "power": 1, "floor": 0.2, "gap": 0, "intercept": 1, "slope": 1}`

func TestParseModel(t *testing.T) {
	t.Parallel()
	file := func(version, template, builder string) string {
		return `{"version": "` + version + `", "template": ` + template + `, "builder": ` + builder + `}`
	}
	m, err := ParseModel([]byte(file("x", soundLayer, soundLayer)))
	if err != nil || m.Version != "x" || m.Builder.Views["class"] != 1 || m.Template.Floor != 0.2 {
		t.Errorf("%+v, %v", m, err)
	}
	change := func(old, replacement string) string {
		if !strings.Contains(soundLayer, old) {
			t.Fatalf("%q is not in the layer", old)
		}
		return strings.Replace(soundLayer, old, replacement, 1)
	}
	for _, tc := range []struct{ name, text, says string }{
		{"nothing", "", "read model"},
		{"no JSON", "views: 1", "read model"},
		{"a word for a number", file("x", change(`"power": 1`, `"power": "one"`), soundLayer), "read model"},
		{"no version", file("", soundLayer, soundLayer), "without a version"},
		{"no builder layer", `{"version": "x", "template": ` + soundLayer + `}`, "layer builder: invalid: no view"},
		{"an unknown view", file("x", change("class", "klass"), soundLayer), `layer template: invalid: unknown view "klass"`},
		{"a negative weight", file("x", soundLayer, change(`"class": 1`, `"class": -1`)), "layer builder: invalid: weight"},
		{"weights of nothing", file("x", change(`"class": 1`, `"class": 0`), soundLayer), "no view has a weight"},
		{"no floor", file("x", change(`"floor": 0.2`, `"floor": 0`), soundLayer), "floor 0"},
		{"a floor above one", file("x", change(`"floor": 0.2`, `"floor": 1.1`), soundLayer), "floor 1.1"},
		{"a negative gap", file("x", change(`"gap": 0`, `"gap": -0.1`), soundLayer), "gap -0.1"},
		{"a gap above one", file("x", change(`"gap": 0`, `"gap": 2`), soundLayer), "gap 2"},
		{"no power", file("x", change(`"power": 1`, `"power": 0`), soundLayer), "power 0"},
		{"a power above one", file("x", change(`"power": 1`, `"power": 3`), soundLayer), "power 3"},
		{"a slope that falls", file("x", change(`"slope": 1`, `"slope": -1`), soundLayer), "slope -1"},
	} {
		_, err := ParseModel([]byte(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: error %v, want one that says %q", tc.name, err, tc.says)
		}
		if err != nil && !strings.Contains(tc.says, "read model") && !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: error %v is not ErrInvalid", tc.name, err)
		}
	}
}

func FuzzParseModel(f *testing.F) {
	f.Add(modelFile)
	f.Add([]byte(`{"version": "x", "template": ` + soundLayer + `, "builder": ` + soundLayer + `}`))
	f.Add([]byte(`{"version": "x", "template": {"views": {"class": 1e308, "tree": 1e308}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseModel(text)
		if err != nil {
			return
		}
		for _, l := range []Layer{m.Template, m.Builder} {
			var sum int64
			for _, w := range l.weights() {
				if w < 0 {
					t.Fatalf("weights %v", l.weights())
				}
				sum += w
			}
			if sum < ppm-int64(views) || sum > ppm+int64(views) {
				t.Fatalf("weights %v sum to %d", l.weights(), sum)
			}
		}
	})
}

func TestProbabilitiesAreMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := Layer{Intercept: rapid.Float64Range(-10, 10).Draw(t, "intercept"), Slope: rapid.Float64Range(0.1, 10).Draw(t, "slope")}
		a, b := rapid.Int64Range(0, ppm).Draw(t, "a"), rapid.Int64Range(0, ppm).Draw(t, "b")
		a, b = min(a, b), max(a, b)
		if l.logOdds(a) > l.logOdds(b) {
			t.Fatalf("%d is worth %d, %d is worth %d", a, l.logOdds(a), b, l.logOdds(b))
		}
		p, q := probability(l.logOdds(a)), probability(l.logOdds(b))
		if p > q || p < 0 || q > 1 {
			t.Fatalf("probabilities %v and %v", p, q)
		}
	})
}

func TestProbability(t *testing.T) {
	t.Parallel()
	for bits, want := range map[data.MilliBits]float64{0: 0.5, 1000: 0.6667, -1000: 0.3333, 10000: 0.999, 1 << 40: 1, -1 << 40: 0} {
		if got := probability(bits); got != want {
			t.Errorf("%d milli-bits are %v, want %v", bits, got, want)
		}
	}
	// The log-odds of the definition, in nats: 1 + 2·ln(0.5).
	l := Layer{Intercept: 1, Slope: 2}
	if got, want := l.logOdds(ppm/2), data.MilliBits(math.Round(1000*(1+2*math.Log(0.5))/math.Ln2)); got != want {
		t.Errorf("log-odds %d, want %d", got, want)
	}
}
