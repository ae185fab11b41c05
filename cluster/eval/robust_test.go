package eval_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"pitboss/cluster/eval"
	"pitboss/data"
	"pitboss/fingerprint"
)

// outcome is what became of rewritten copies.
type outcome struct {
	copies  int
	builder int // are in the builder's family of their original
	skin    int // are in the template of their original
	foreign int // are in the family of another builder
}

// picked chooses one site a template for rewriting, of builders that are
// known, at most n, and as many harmless ones to borrow from.
func picked(s *sample, n int) (victims, lenders []*data.Capture) {
	captures := map[string]*data.Capture{}
	for i := range s.captures {
		if s.captures[i].Home() != nil {
			captures[s.captures[i].Host] = &s.captures[i]
		}
	}
	sold := map[string]int{}
	for _, l := range s.labels {
		sold[l.Builder]++
	}
	seen := map[string]bool{}
	for _, l := range s.labels {
		c := captures[l.Host]
		switch {
		case c == nil || l.Trust < eval.TrustMedium:
		case l.Gambling == "no" && l.Builder == "":
			lenders = append(lenders, c)
		case l.Gambling == "yes" && l.Builder != "" && l.Builder != eval.Unknown && sold[l.Builder] > 1 && l.Template != eval.Unknown && !seen[l.Builder+l.Template]:
			seen[l.Builder+l.Template] = true
			victims = append(victims, c)
		}
	}
	// Evenly over the list, which is by host.
	n = min(n, len(victims))
	out := make([]*data.Capture, n)
	for i := range out {
		out[i] = victims[i*len(victims)/n]
	}
	return out, lenders
}

// try rewrites the victims, clusters them with everything else and looks where
// they went.
func try(t *testing.T, s *sample, originals []data.Fingerprint, victims, lenders []*data.Capture, w rewriter, strength float64) outcome {
	t.Helper()
	truth := map[string]string{}
	for _, l := range s.labels {
		truth[l.Host] = l.Builder
	}
	fps := slices.Clone(originals)
	for i, c := range victims {
		twin := copyOf(c, fmt.Sprintf("copy%02d.example", i))
		w.rewrite(&twin, strength, rand.New(rand.NewPCG(11, uint64(i))), lenders[i%len(lenders)])
		redigest(&twin)
		fps = append(fps, fingerprint.Extract(&twin))
	}
	found := map[string]eval.Found{}
	ofFamily := map[string][]string{} // builders of the labelled sites in a found family
	for _, f := range families(t, fps) {
		found[f.Host] = f
		if b := truth[f.Host]; f.Builder != "" && b != eval.Unknown {
			ofFamily[f.Builder] = append(ofFamily[f.Builder], b)
		}
	}
	var o outcome
	for i, c := range victims {
		o.copies++
		original, twin := found[c.Host], found[fmt.Sprintf("copy%02d.example", i)]
		switch {
		case twin.Builder != "" && twin.Builder == original.Builder:
			o.builder++
		case twin.Builder != "" && len(ofFamily[twin.Builder]) > 0 && !slices.Contains(ofFamily[twin.Builder], truth[c.Host]):
			o.foreign++
		}
		if twin.Template != "" && twin.Template == original.Template {
			o.skin++
		}
	}
	return o
}

// trial is one rewriting with the least shares of copies that must be with
// their builder and in their template: what was measured, less a wide margin.
type trial struct {
	rewriting         string
	strength          float64
	builder, template float64
}

// mostForeign is the largest share of copies that may be with another builder.
const mostForeign = 0.35

func measure(t *testing.T, s *sample, n int, trials []trial) {
	t.Helper()
	originals := s.fingerprints()
	victims, lenders := picked(s, n)
	if len(victims) < 10 || len(lenders) == 0 {
		t.Fatalf("%d sites to rewrite, %d to borrow from", len(victims), len(lenders))
	}
	byName := map[string]rewriter{}
	for _, w := range rewriters() {
		byName[w.name] = w
	}
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "rewriting (%d copies)\tstrength\tsame builder\tsame template\tanother's builder\n", len(victims))
	for _, trial := range trials {
		o := try(t, s, originals, victims, lenders, byName[trial.rewriting], trial.strength)
		builder, template, foreign := share(o.builder, o.copies), share(o.skin, o.copies), share(o.foreign, o.copies)
		fmt.Fprintf(tw, "%s\t%.2f\t%.2f\t%.2f\t%.2f\n", trial.rewriting, trial.strength, builder, template, foreign)
		if builder < trial.builder || template < trial.template || foreign > mostForeign {
			t.Errorf("%s, strength %.2f: %.2f of the copies with their builder, want %.2f; %.2f in their template, want %.2f; %.2f with another builder, at most %.2f",
				trial.rewriting, trial.strength, builder, trial.builder, template, trial.template, foreign, mostForeign)
		}
	}
	if err := tw.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", table.String())
}

func share(n, of int) float64 { return float64(n) / float64(of) }

// A copy that nothing was done to is found, or the tables below say nothing.
func TestAnUntouchedCopyIsFound(t *testing.T) {
	t.Parallel()
	s := demoSample(t, 1)
	victims, lenders := picked(s, 24)
	o := try(t, s, s.fingerprints(), victims, lenders, rewriter{"nothing", func(*data.Capture, float64, *rand.Rand, *data.Capture) {}}, 1)
	if o.builder != o.copies || o.skin < o.copies-1 || o.foreign != 0 {
		t.Errorf("%+v", o)
	}
}

func TestRewrittenDemoSites(t *testing.T) {
	t.Parallel()
	measure(t, demoSample(t, 1), 24, []trial{
		{"rename classes and ids", 0.25, 0.8, 0.4},
		{"rename classes and ids", 0.5, 0.8, 0},
		{"rename classes and ids", 1, 0.8, 0},
		{"rehash assets", 1, 0.8, 0.7},
		{"wrap blocks", 0.5, 0.8, 0.3},
		{"wrap blocks", 1, 0.8, 0},
		{"reorder blocks", 1, 0.8, 0.7},
		{"swap brand, texts, colours", 1, 0.8, 0.7},
		{"insert decoy blocks", 0.1, 0.8, 0.2},
		{"insert decoy blocks", 0.25, 0.8, 0},
		{"insert decoy blocks", 1, 0.8, 0},
		{"head of another site", 1, 0.8, 0.7},
		{"scripts and sheets not fetched", 1, 0.8, 0.7},
		{"texts, assets, order, decoys", 0.25, 0.8, 0},
		{"texts, assets, order, decoys", 1, 0.8, 0},
		{"all of the above", 0.25, 0.8, 0},
		{"all of the above", 0.5, 0.7, 0},
		{"all of the above", 1, 0, 0},
	})
}

func TestRewrittenCorpusSites(t *testing.T) {
	t.Parallel()
	measure(t, corpusOf(t), 30, []trial{
		{"rename classes and ids", 1, 0.5, 0},
		{"rehash assets", 1, 0.8, 0.7},
		{"wrap blocks", 1, 0.8, 0.2},
		{"reorder blocks", 1, 0.8, 0.7},
		{"swap brand, texts, colours", 1, 0.8, 0.7},
		{"insert decoy blocks", 0.25, 0.8, 0},
		{"insert decoy blocks", 1, 0.8, 0},
		{"head of another site", 1, 0.8, 0.7},
		{"scripts and sheets not fetched", 1, 0.8, 0.6},
		{"texts, assets, order, decoys", 1, 0.8, 0},
		{"all of the above", 0.5, 0.7, 0},
		{"all of the above", 1, 0, 0},
	})
}
