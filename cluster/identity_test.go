package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pitboss/data"
)

func family(id string, hosts string) data.Family {
	f := data.Family{ID: id, Layer: data.LayerBuilder}
	for h := range strings.FieldsSeq(hosts) {
		f.Members = append(f.Members, data.Member{Host: h})
	}
	if strings.HasPrefix(id, "t") {
		f.Layer = data.LayerTemplate
	}
	return f
}

func TestIDsStay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		previous []data.Family
		now      []string
		want     []string // "" is a new id
	}{
		{"the same sites", []data.Family{family("b1", "a b"), family("b2", "c d")}, []string{"a b", "c d"}, []string{"b1", "b2"}},
		{"growth", []data.Family{family("b1", "m n")}, []string{"a b m n"}, []string{"b1"}},
		{"shrinking", []data.Family{family("b1", "a b c d")}, []string{"c d"}, []string{"b1"}},
		{"another order", []data.Family{family("b1", "a b"), family("b2", "c d")}, []string{"c d", "a b"}, []string{"b2", "b1"}},
		{"a split: the larger part keeps the id", []data.Family{family("b1", "a b c d e")}, []string{"a b", "c d e"}, []string{"", "b1"}},
		{"a split in halves: the first keeps it", []data.Family{family("b1", "a b c d")}, []string{"a b", "c d"}, []string{"b1", ""}},
		{"a merge: the larger share gives the id", []data.Family{family("b1", "a b"), family("b2", "c d e")}, []string{"a b c d e"}, []string{"b2"}},
		{"a merge of equals: the earlier id", []data.Family{family("b2", "a b"), family("b1", "c d")}, []string{"a b c d"}, []string{"b1"}},
		{"a swap of most sites", []data.Family{family("b1", "a b c"), family("b2", "d e f")}, []string{"a e f", "b c d"}, []string{"b2", "b1"}},
		{"who loses an id to a larger overlap takes his next best", []data.Family{family("b1", "a b c d e"), family("b2", "f g")}, []string{"a b c", "d e f"}, []string{"b1", "b2"}},
		{"nothing in common", []data.Family{family("b1", "x y")}, []string{"a b"}, []string{""}},
		{"another layer has the sites", []data.Family{family("t1", "a b")}, []string{"a b"}, []string{""}},
	} {
		var now []found
		for _, hosts := range tc.now {
			now = append(now, found{data.LayerBuilder, strings.Fields(hosts)})
		}
		got := assignIDs(now, tc.previous)
		for i, id := range got {
			isNew := !slices.ContainsFunc(tc.previous, func(f data.Family) bool { return f.ID == id })
			if tc.want[i] == "" && !isNew || tc.want[i] != "" && id != tc.want[i] {
				t.Errorf("%s: ids %q, want %q", tc.name, got, tc.want)
			}
			if !strings.HasPrefix(id, "b") {
				t.Errorf("%s: id %q of a builder's family", tc.name, id)
			}
		}
	}
}

func TestANewIDIsNeverATakenOne(t *testing.T) {
	t.Parallel()
	f := found{data.LayerBuilder, []string{"a", "b"}}
	free := newID(&f, map[string]bool{})
	if again := newID(&f, map[string]bool{}); again != free {
		t.Errorf("the same family is %s and %s", free, again)
	}
	// A family that once began with the same site went its own way.
	got := assignIDs([]found{f}, []data.Family{family(free, "x y")})
	if got[0] == free {
		t.Errorf("the id %s of another family was given again", free)
	}
}

// places draws a partition of hosts into families.
func places(t *rapid.T, name string) []data.Family {
	at := map[int][]string{}
	for i := range rapid.IntRange(0, 14).Draw(t, name+" hosts") {
		g := rapid.IntRange(0, 5).Draw(t, name)
		at[g] = append(at[g], fmt.Sprintf("h%02d", i))
	}
	var out []data.Family
	for g := range 6 {
		if len(at[g]) > 1 {
			out = append(out, family(fmt.Sprintf("b%d", g), strings.Join(at[g], " ")))
		}
	}
	return out
}

func TestIDsAreUniqueAndDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		previous, now := places(t, "before"), places(t, "now")
		var families []found
		for i := range now {
			f := found{layer: data.LayerBuilder}
			for _, m := range now[i].Members {
				f.hosts = append(f.hosts, m.Host)
			}
			families = append(families, f)
		}
		ids := assignIDs(families, previous)
		seen := map[string]bool{}
		for i, id := range ids {
			if seen[id] || id == "" {
				t.Fatalf("ids %q", ids)
			}
			seen[id] = true
			now[i].ID = id
		}
		if got := assignIDs(families, rapid.Permutation(previous).Draw(t, "order")); !slices.Equal(got, ids) {
			t.Fatalf("ids %q, in another order %q", ids, got)
		}
		again := assignIDs(families, now)
		if !slices.Equal(again, ids) {
			t.Fatalf("unchanged families went from %q to %q", ids, again)
		}
		if c := changes(now, now, false); len(c) != 0 {
			t.Fatalf("unchanged families changed: %+v", c)
		}
		checkChanges(t, previous, now, changes(previous, now, false))
	})
}

// checkChanges expects that the log tells each birth, end and move once.
func checkChanges(t *rapid.T, previous, now []data.Family, log []data.Change) {
	came, went, joined, left := map[string]int{}, map[string]int{}, map[string]string{}, map[string]string{}
	for _, c := range log {
		switch c.Kind {
		case data.ChangeBorn, data.ChangeSplit:
			came[c.Family]++
		case data.ChangeDied, data.ChangeMerged:
			went[c.Family]++
		case data.ChangeJoined:
			joined[c.Host] = c.Family
		case data.ChangeLeft:
			left[c.Host] = c.Family
		}
		if c.Reason == "" || c.Layer != data.LayerBuilder || c.Kind == data.ChangeSplit && c.Other == "" || c.Kind == data.ChangeMerged && c.Other == "" {
			t.Fatalf("a change that does not say what happened: %+v", c)
		}
	}
	was, is := placesOf(previous), placesOf(now)
	existed, remains := map[string]bool{}, map[string]bool{}
	for _, f := range previous {
		existed[f.ID] = true
	}
	for _, f := range now {
		remains[f.ID] = true
	}
	for _, f := range now {
		if (came[f.ID] == 1) == existed[f.ID] {
			t.Fatalf("%s existed: %v, came %d times", f.ID, existed[f.ID], came[f.ID])
		}
		for _, m := range f.Members {
			if moved := was[place{f.Layer, m.Host}] != f.ID && existed[f.ID]; moved != (joined[m.Host] == f.ID) {
				t.Fatalf("%s moved into %s: %v, told: %q", m.Host, f.ID, moved, joined[m.Host])
			}
		}
	}
	for _, f := range previous {
		if (went[f.ID] == 1) == remains[f.ID] {
			t.Fatalf("%s remains: %v, went %d times", f.ID, remains[f.ID], went[f.ID])
		}
		for _, m := range f.Members {
			if alone := is[place{f.Layer, m.Host}] == "" && remains[f.ID]; alone != (left[m.Host] == f.ID) {
				t.Fatalf("%s left %s: %v, told: %q", m.Host, f.ID, alone, left[m.Host])
			}
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	change := func(kind data.ChangeKind, family, other, host, reason string) data.Change {
		return data.Change{Kind: kind, Layer: data.LayerBuilder, Family: family, Other: other, Host: host, Reason: reason}
	}
	for _, tc := range []struct {
		name          string
		previous, now []data.Family
		model         bool
		want          []data.Change
	}{
		{"nothing", []data.Family{family("b1", "a b")}, []data.Family{family("b1", "a b")}, false, nil},
		{"born", nil, []data.Family{family("b1", "a b")}, false, []data.Change{change(data.ChangeBorn, "b1", "", "", "2 sites")}},
		{"a new site joined", []data.Family{family("b1", "a b")}, []data.Family{family("b1", "a b c")}, false,
			[]data.Change{change(data.ChangeJoined, "b1", "", "c", "new site")}},
		{"a site moved over", []data.Family{family("b1", "a b c"), family("b2", "x y")}, []data.Family{family("b1", "a b"), family("b2", "c x y")}, false,
			[]data.Change{change(data.ChangeJoined, "b2", "b1", "c", "the evidence changed, it was in b1")}},
		{"a site moved over under another model", []data.Family{family("b1", "a b c"), family("b2", "x y")}, []data.Family{family("b1", "a b"), family("b2", "c x y")}, true,
			[]data.Change{change(data.ChangeJoined, "b2", "b1", "c", "the model changed, it was in b1")}},
		{"a site left", []data.Family{family("b1", "a b c")}, []data.Family{family("b1", "a b")}, false,
			[]data.Change{change(data.ChangeLeft, "b1", "", "c", "the evidence changed, it stands alone")}},
		{"merged", []data.Family{family("b1", "a b c"), family("b2", "x y")}, []data.Family{family("b1", "a b c x y")}, false, []data.Change{
			change(data.ChangeJoined, "b1", "b2", "x", "the evidence changed, it was in b2"), change(data.ChangeJoined, "b1", "b2", "y", "the evidence changed, it was in b2"),
			change(data.ChangeMerged, "b2", "b1", "", "2 of its 2 sites are in b1 now"),
		}},
		{"split", []data.Family{family("b1", "a b c d e")}, []data.Family{family("b1", "a b c"), family("b9", "d e")}, false,
			[]data.Change{change(data.ChangeSplit, "b9", "b1", "", "2 of its 2 sites were in b1")}},
		{"born of many", []data.Family{family("b1", "a b c"), family("b2", "x y z")}, []data.Family{family("b1", "a b"), family("b2", "x y"), family("b9", "c n o p z")}, false,
			[]data.Change{change(data.ChangeBorn, "b9", "", "", "5 sites")}},
		{"died", []data.Family{family("b1", "a b")}, nil, false, []data.Change{change(data.ChangeDied, "b1", "", "", "none of its sites are tied any more")}},
	} {
		if d := cmp.Diff(tc.want, changes(tc.previous, tc.now, tc.model)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// One run after the other, as sites come and go: ids stay with their sites,
// and the log tells every move.
func TestIDsOverManyRuns(t *testing.T) {
	t.Parallel()
	fps := generate(rand.New(rand.NewPCG(3, 9)), 90)
	in := Input{Fingerprints: fps[:30], Model: handModel(), At: seenAt}
	run := Cluster(in)
	last := len(fps[:30])
	for last < len(fps) {
		before := run
		last += 15
		in.Fingerprints, in.Previous, in.PreviousEpoch = fps[:last], before.Families, before.Epoch
		run = Cluster(in)
		kept := 0
		for i := range before.Families {
			for j := range run.Families {
				if before.Families[i].ID == run.Families[j].ID && before.Families[i].Layer == run.Families[j].Layer {
					kept++
				}
			}
		}
		if 10*kept < 8*len(before.Families) {
			t.Errorf("at %d sites %d of %d families kept their id", last, kept, len(before.Families))
		}
		for _, c := range run.Changes {
			if c.Run != run.ID || !c.At.Equal(run.At) {
				t.Fatalf("a change of another run: %+v", c)
			}
		}
	}
	in.Previous, in.PreviousEpoch = run.Families, run.Epoch
	if again := Cluster(in); len(again.Changes) != 0 || asJSON(t, again) == "" {
		t.Errorf("the same sites again: %+v", again.Changes)
	}
}

func TestANewModelIsTheReason(t *testing.T) {
	t.Parallel()
	in := input(twoBuilders()...)
	first := Cluster(in)
	in.Previous, in.PreviousEpoch = first.Families, first.Epoch
	in.Model.Version, in.Model.Builder.Floor = "stricter", 0.999
	run := Cluster(in)
	if len(run.Changes) == 0 {
		t.Fatal("a floor of 0.999 changes nothing")
	}
	for _, c := range run.Changes {
		if c.Kind == data.ChangeLeft && !strings.HasPrefix(c.Reason, "the model changed") {
			t.Errorf("%+v", c)
		}
	}
	in.PreviousEpoch = "" // no run before
	in.Previous = nil
	for _, c := range Cluster(in).Changes {
		if c.Kind != data.ChangeBorn {
			t.Errorf("of a first run: %+v", c)
		}
	}
}
