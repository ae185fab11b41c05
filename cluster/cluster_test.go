package cluster

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pitboss/data"
)

func TestClusterFindsTemplatesAndBuilders(t *testing.T) {
	t.Parallel()
	run := Cluster(input(twoBuilders()...))
	wantGroups(t, run, data.LayerTemplate, "a b c | d e | f g")
	wantGroups(t, run, data.LayerBuilder, "a b c d e | f g")
	wantGroups(t, run, data.LayerOperator, "")
	if run.Epoch != "by hand" || !run.At.Equal(seenAt) || run.Sites != 20 || run.ID == "" {
		t.Errorf("run %q of %v, epoch %q, %d sites", run.ID, run.At, run.Epoch, run.Sites)
	}
	for i := range run.Families {
		f := &run.Families[i]
		if f.FirstSeen != seenAt || f.LastSeen != seenAt || !slices.Contains(hostsOf(f), strings.TrimSuffix(f.Medoid, ".example")) {
			t.Errorf("family %s: seen %v–%v, medoid %s", f.ID, f.FirstSeen, f.LastSeen, f.Medoid)
		}
		if wantParent := f.Layer == data.LayerTemplate; wantParent != (f.Parent != "") {
			t.Errorf("%s family %s has the parent %q", f.Layer, f.ID, f.Parent)
		}
		for _, m := range f.Members {
			if m.Nearest == m.Host || !slices.Contains(hostsOf(f), strings.TrimSuffix(m.Nearest, ".example")) || len(m.Evidence) < 2 {
				t.Errorf("%s in %s: nearest %q, %d terms", m.Host, f.ID, m.Nearest, len(m.Evidence))
			}
		}
	}
	if red, blue := familyOf(t, run, data.LayerTemplate, "a"), familyOf(t, run, data.LayerTemplate, "d"); red.Parent != blue.Parent || red.Parent != familyOf(t, run, data.LayerBuilder, "e").ID {
		t.Errorf("parents %q and %q", red.Parent, blue.Parent)
	}
}

func TestAnEmptyInputIsAnEmptyRun(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]Input{
		"nothing":        {Model: handModel(), At: seenAt},
		"one site":       {Model: handModel(), At: seenAt, Fingerprints: []data.Fingerprint{siteOf("a.example", "red", "kim")}},
		"nothing to say": {Model: handModel(), At: seenAt, Fingerprints: []data.Fingerprint{page("a.example"), page("b.example")}},
	} {
		if run := Cluster(in); len(run.Families) != 0 || len(run.Changes) != 0 {
			t.Errorf("%s: %d families, %d changes", name, len(run.Families), len(run.Changes))
		}
	}
}

// A parked page is somebody else's page: however alike, it takes no part.
func TestPagesOfOthersNeverTakePart(t *testing.T) {
	t.Parallel()
	fps := twoBuilders()
	for i := range 4 {
		f := siteOf("parked"+string(rune('0'+i))+".example", "red", "kim", "telegram:the_boss")
		f.Assessment.Page = data.PageParked
		fps = append(fps, f)
	}
	fps = append(fps, page("sparse.example", skin("red")[:leastTokens-4]))
	run := Cluster(input(fps...))
	wantGroups(t, run, data.LayerTemplate, "a b c | d e | f g")
	wantGroups(t, run, data.LayerBuilder, "a b c d e | f g")
	wantGroups(t, run, data.LayerOperator, "")
}

func TestCopiesAreATemplate(t *testing.T) {
	t.Parallel()
	fps := twoBuilders()
	for _, h := range []string{"p", "q", "r"} { // copies without any content of their own
		fps = append(fps, page(h+".example", skin("gold"), code("max")))
	}
	run := Cluster(input(fps...))
	wantGroups(t, run, data.LayerTemplate, "a b c | d e | f g | p q r")
	if m := familyOf(t, run, data.LayerTemplate, "q").Members[1]; m.Nearest == m.Host || m.Confidence < 0.9 {
		t.Errorf("a copy: %+v", m)
	}
}

// However many sites a builder sold, what he wrote stays rare.
func TestALargeBuilderIsFoundAsASmallOneIs(t *testing.T) {
	t.Parallel()
	fps := twoBuilders()
	for i := range 60 {
		fps = append(fps, page("copy"+string(rune('a'+i/26))+string(rune('a'+i%26))+".example", skin("red"), code("kim")))
	}
	run := Cluster(input(fps...))
	if a, d := familyOf(t, run, data.LayerBuilder, "a"), familyOf(t, run, data.LayerBuilder, "d"); a.ID != d.ID || len(a.Members) != 65 {
		t.Errorf("families %s and %s, %d sites", a.ID, d.ID, len(a.Members))
	}
	if red := familyOf(t, run, data.LayerTemplate, "a"); len(red.Members) != 63 {
		t.Errorf("%d sites of the template", len(red.Members))
	}
}

func TestDefiningFeaturesTellAFamilyApart(t *testing.T) {
	t.Parallel()
	run := Cluster(input(twoBuilders()...))
	f := familyOf(t, run, data.LayerTemplate, "a")
	if len(f.Defining) == 0 || len(f.Defining) > maxDefining {
		t.Fatalf("%d defining features", len(f.Defining))
	}
	perKind := map[data.Kind]int{}
	for _, d := range f.Defining {
		perKind[d.Kind]++
		if d.Inside < 2 || d.Lift <= 1 {
			t.Errorf("%s:%s is inside %d, outside %d, lift %v", d.Kind, d.Value, d.Inside, d.Outside, d.Lift)
		}
		if strings.HasPrefix(d.Value, "kim") && (d.Inside != 3 || d.Outside != 2 || d.Lift != 4) {
			t.Errorf("%s:%s is on 3 sites of this template and 2 of the other among 20: %+v", d.Kind, d.Value, d)
		}
	}
	for k, n := range perKind {
		if n > maxSameKind {
			t.Errorf("%d of kind %s", n, k)
		}
	}
	if f.Defining[0].Outside != 0 {
		t.Errorf("the first has %d sites outside", f.Defining[0].Outside)
	}
}

func asJSON(t *testing.T, run data.Run) string {
	t.Helper()
	b, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// This test does not run in parallel: it changes the number of processors.
func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	in := input(generate(rand.New(rand.NewPCG(7, 7)), 150)...)
	var want string
	for i, procs := range []int{1, 2, 2} {
		before := runtime.GOMAXPROCS(procs)
		got := asJSON(t, Cluster(in))
		runtime.GOMAXPROCS(before)
		if i == 0 {
			want = got
		} else if got != want {
			t.Fatalf("on %d processors:\n%s", procs, cmp.Diff(want, got))
		}
	}
	if !strings.Contains(want, `"layer":"builder"`) {
		t.Error("nothing was found that could differ")
	}
}

func TestOrderOfInputChangesNothing(t *testing.T) {
	t.Parallel()
	fps := generate(rand.New(rand.NewPCG(5, 5)), 60)
	previous := Cluster(input(fps[:40]...))
	in := input(fps...)
	in.Previous, in.PreviousEpoch = previous.Families, previous.Epoch
	want := asJSON(t, Cluster(in))
	rapid.Check(t, func(rt *rapid.T) {
		again := in
		again.Fingerprints = rapid.Permutation(in.Fingerprints).Draw(rt, "fingerprints")
		again.Previous = rapid.Permutation(in.Previous).Draw(rt, "previous")
		if got := asJSON(t, Cluster(again)); got != want {
			rt.Fatal("another order gives another run")
		}
	})
}

func TestClusterLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in := input(twoBuilders()...)
	slices.Reverse(in.Fingerprints)
	in.Previous = Cluster(in).Families
	before, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	Cluster(in)
	if _, err := Why(in, "a.example", "d.example"); err != nil {
		t.Fatal(err)
	}
	after, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(before), string(after)); d != "" {
		t.Error(d)
	}
}

// Families are a partition of the sites, whatever the sites are.
func TestFamiliesAreSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fps := generate(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), rapid.IntRange(1, 40).Draw(t, "sites"))
		run := Cluster(Input{Fingerprints: fps, Model: handModel(), At: seenAt})
		ids, builder := map[string]bool{}, map[string]string{}
		place := map[data.Layer]map[string]bool{data.LayerTemplate: {}, data.LayerBuilder: {}, data.LayerOperator: {}}
		for i := range run.Families {
			f := &run.Families[i]
			if ids[f.ID] || len(f.Members) < 2 || !strings.HasPrefix(f.ID, prefixes[f.Layer]) {
				t.Fatalf("family %q of %d sites, its id seen before: %v", f.ID, len(f.Members), ids[f.ID])
			}
			ids[f.ID] = true
			for _, m := range f.Members {
				if place[f.Layer][m.Host] {
					t.Fatalf("%s is in two %s families", m.Host, f.Layer)
				}
				place[f.Layer][m.Host] = true
				if f.Layer == data.LayerBuilder {
					builder[m.Host] = f.ID
				}
				if m.Confidence < 0 || m.Confidence > 1 || math.IsNaN(m.Confidence) {
					t.Fatalf("%s in %s: confidence %v", m.Host, f.ID, m.Confidence)
				}
			}
			if !slices.IsSortedFunc(f.Members, func(a, b data.Member) int { return strings.Compare(a.Host, b.Host) }) {
				t.Fatalf("members of %s are not in order", f.ID)
			}
		}
		for i := range run.Families { // a template lies within one builder family
			f := &run.Families[i]
			for _, m := range f.Members {
				if f.Layer == data.LayerTemplate && (f.Parent == "" || builder[m.Host] != f.Parent) {
					t.Fatalf("%s: template %s has the parent %q, builder %q", m.Host, f.ID, f.Parent, builder[m.Host])
				}
			}
		}
	})
}

// sumOf adds the terms of a ledger.
func sumOf(terms []data.Evidence) data.MilliBits {
	var sum data.MilliBits
	for _, e := range terms {
		sum += e.Weight
	}
	return sum
}

func TestLedgersSumToTheLogOdds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fps := generate(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2)), 24)
		in := Input{Fingerprints: fps, Model: handModel(), At: seenAt}
		in.Model.Builder.Power = 0.5
		hosts := sitesOf(fps)
		a := rapid.IntRange(0, len(hosts)-2).Draw(t, "a")
		b := rapid.IntRange(a+1, len(hosts)-1).Draw(t, "b")
		links, err := Why(in, hosts[a].fp.Host, hosts[b].fp.Host)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			if sum := sumOf(l.Evidence); sum != l.Weight {
				t.Fatalf("%s: terms sum to %d, the weight is %d\n%+v", l.Layer, sum, l.Weight, l.Evidence)
			}
			if l.Layer != data.LayerInfrastructure && l.Probability != probability(l.Weight) {
				t.Fatalf("%s: weight %d, probability %v", l.Layer, l.Weight, l.Probability)
			}
		}
		for _, f := range Cluster(in).Families {
			for _, m := range f.Members {
				want := probability(sumOf(m.Evidence))
				if math.Abs(m.Confidence-want) > 0.001 {
					t.Fatalf("%s in %s: confidence %v, its terms say %v", m.Host, f.ID, m.Confidence, want)
				}
			}
		}
	})
}

func TestTheHeaviestTermsStandFirst(t *testing.T) {
	t.Parallel()
	for _, f := range Cluster(input(twoBuilders()...)).Families {
		for _, m := range f.Members {
			last := len(m.Evidence) - 1
			if !slices.IsSortedFunc(m.Evidence[:last], func(a, b data.Evidence) int { return int(b.Weight - a.Weight) }) || m.Evidence[last].Kind != "prior" {
				t.Errorf("%s in %s: %+v", m.Host, f.ID, m.Evidence)
			}
		}
	}
}

func TestFirstAndLastSeen(t *testing.T) {
	t.Parallel()
	fps := twoBuilders()
	fps[0].At, fps[2].At = seenAt.Add(-48*time.Hour), seenAt.Add(time.Hour)
	f := familyOf(t, Cluster(input(fps...)), data.LayerTemplate, "b")
	if !f.FirstSeen.Equal(fps[0].At) || !f.LastSeen.Equal(fps[2].At) {
		t.Errorf("seen %v–%v", f.FirstSeen, f.LastSeen)
	}
}
