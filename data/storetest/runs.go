package storetest

import (
	"context"
	"fmt"
	"testing"

	"pitboss/data"
)

var runTests = map[string]func(*testing.T, Store){
	"before the first run":                  testNoRun,
	"a run comes back whole":                testRunWhole,
	"families by layer, id and host":        testFamilies,
	"a new run replaces the current one":    testRunReplaced,
	"a refused run leaves the current one":  testRunRefused,
	"a run saved again logs its moves once": testRunAgain,
	"changes since a time":                  testChanges,
	"large families":                        testLargeFamily,
	"readers see one run or the other":      testReadersSeeOneRun,
}

func family(id string, layer data.Layer, hosts ...string) data.Family {
	f := data.Family{ID: id, Layer: layer, Medoid: hosts[0], FirstSeen: at(0), LastSeen: at(1),
		Defining: []data.Defining{{Kind: data.KindEndpoint, Value: "/api/" + id, Inside: len(hosts), Lift: 3.5}}}
	for _, h := range hosts {
		f.Members = append(f.Members, data.Member{Host: h, Confidence: 0.99, Nearest: hosts[0],
			Evidence: []data.Evidence{{Kind: data.KindEndpoint, Value: "/api/" + id, Detail: "same endpoint", Sites: 2, Weight: 4321}}})
	}
	return f
}

func run(id string, minute int, families ...data.Family) data.Run {
	r := data.Run{ID: id, At: at(minute), Epoch: "e1", Sites: 9, Families: families}
	for _, f := range families {
		r.Changes = append(r.Changes, data.Change{
			Run: id, At: at(minute), Kind: data.ChangeBorn, Layer: f.Layer, Family: f.ID, Reason: "new",
		})
	}
	return r
}

func testNoRun(t *testing.T, s Store) {
	_, err := s.CurrentRun(t.Context())
	wantErr(t, err, data.ErrNotFound)
	_, err = s.Family(t.Context(), "f")
	wantErr(t, err, data.ErrNotFound)
	families, err := s.Families(t.Context(), data.LayerBuilder)
	must(t, err)
	same(t, "families", len(families), 0)
	changes, err := s.Changes(t.Context(), at(-1000))
	must(t, err)
	same(t, "changes", len(changes), 0)
}

func testRunWhole(t *testing.T, s Store) {
	want := run("r1", 0,
		family("z", data.LayerBuilder, "a.example", "b.example"),
		family("a", data.LayerTemplate, "a.example"))
	want.Families[1].Parent = "z"
	want.Families[0].Name = "바카라 builder"
	must(t, s.SaveRun(t.Context(), want))
	got, err := s.CurrentRun(t.Context())
	must(t, err)
	same(t, "run", got, want)
}

func familyIDs(families []data.Family) []string {
	return hostsOf(families, func(f data.Family) string { return f.ID })
}

func testFamilies(t *testing.T, s Store) {
	b1 := family("b1", data.LayerBuilder, "a.example", "b.example")
	b2 := family("b2", data.LayerBuilder, "c.example")
	t1 := family("t1", data.LayerTemplate, "a.example")
	must(t, s.SaveRun(t.Context(), run("r1", 0, b2, b1, t1)))
	for layer, want := range map[data.Layer][]string{
		data.LayerBuilder: {"b2", "b1"}, data.LayerTemplate: {"t1"}, data.LayerOperator: nil, "": {"b2", "b1", "t1"},
	} {
		got, err := s.Families(t.Context(), layer)
		must(t, err)
		same(t, "families of layer "+string(layer), familyIDs(got), want)
	}
	got, err := s.Family(t.Context(), "b1")
	must(t, err)
	same(t, "family", got, b1)
	_, err = s.Family(t.Context(), "b3")
	wantErr(t, err, data.ErrNotFound)
	of, err := s.FamiliesOf(t.Context(), "a.example")
	must(t, err)
	same(t, "families of a site", of, []data.Family{b1, t1})
	of, err = s.FamiliesOf(t.Context(), "unknown.example")
	must(t, err)
	same(t, "families of an unknown site", len(of), 0)
}

func testRunReplaced(t *testing.T, s Store) {
	for i := range 4 {
		id := fmt.Sprint("r", i)
		must(t, s.SaveRun(t.Context(), run(id, i, family("f"+id, data.LayerBuilder, fmt.Sprintf("site-%d.example", i)))))
	}
	got, err := s.CurrentRun(t.Context())
	must(t, err)
	same(t, "current", got.ID, "r3")
	same(t, "its families", familyIDs(got.Families), []string{"fr3"})
	same(t, "its changes", len(got.Changes), 1)
	_, err = s.Family(t.Context(), "fr2")
	wantErr(t, err, data.ErrNotFound)
	of, err := s.FamiliesOf(t.Context(), "site-2.example")
	must(t, err)
	same(t, "families of a site that left", len(of), 0)
	changes, err := s.Changes(t.Context(), at(0))
	must(t, err)
	same(t, "changes of all runs", len(changes), 4)
}

func testRunRefused(t *testing.T, s Store) {
	good := run("r1", 0, family("f", data.LayerBuilder, "a.example"))
	must(t, s.SaveRun(t.Context(), good))
	twice := run("r2", 1, family("f", data.LayerBuilder, "a.example"), family("f", data.LayerTemplate, "a.example"))
	foreign := run("r3", 1, family("f", data.LayerBuilder, "a.example"))
	foreign.Changes[0].Run = "r1"
	for _, bad := range []data.Run{twice, foreign, run("", 1), run("r4", 1, family("", data.LayerBuilder, "a.example"))} {
		if err := s.SaveRun(t.Context(), bad); err == nil {
			t.Fatalf("run %q was saved", bad.ID)
		}
	}
	got, err := s.CurrentRun(t.Context())
	must(t, err)
	same(t, "current", got, good)
	changes, err := s.Changes(t.Context(), at(-1000))
	must(t, err)
	same(t, "changes", changes, good.Changes)
}

func testRunAgain(t *testing.T, s Store) {
	must(t, s.SaveRun(t.Context(), run("r1", 0, family("f", data.LayerBuilder, "a.example"))))
	again := run("r1", 0, family("f", data.LayerBuilder, "a.example", "b.example"))
	must(t, s.SaveRun(t.Context(), again))
	got, err := s.CurrentRun(t.Context())
	must(t, err)
	same(t, "current", got, again)
}

func testChanges(t *testing.T, s Store) {
	first, second := run("r1", 0, family("f", data.LayerBuilder, "a.example")), run("r2", 60)
	second.Changes = []data.Change{
		{Run: "r2", At: at(60), Kind: data.ChangeMerged, Layer: data.LayerBuilder, Family: "f", Other: "g", Reason: "one endpoint"},
		{Run: "r2", At: at(60), Kind: data.ChangeLeft, Layer: data.LayerBuilder, Family: "f", Host: "a.example", Reason: "redesign"},
	}
	must(t, s.SaveRun(t.Context(), first))
	must(t, s.SaveRun(t.Context(), second))
	for minute, want := range map[int][]data.Change{
		-1: append(append([]data.Change{}, first.Changes...), second.Changes...),
		1:  second.Changes, 60: second.Changes, 61: nil,
	} {
		got, err := s.Changes(t.Context(), at(minute))
		must(t, err)
		same(t, fmt.Sprint("changes since minute ", minute), got, want)
	}
}

func testLargeFamily(t *testing.T, s Store) {
	hosts := make([]string, 2*manySites)
	for i := range hosts {
		hosts[i] = fmt.Sprintf("site-%05d.example", i)
	}
	want := family("f", data.LayerBuilder, hosts...)
	must(t, s.SaveRun(t.Context(), run("r1", 0, want)))
	got, err := s.Family(t.Context(), "f")
	must(t, err)
	same(t, "family", got, want)
	of, err := s.FamiliesOf(t.Context(), hosts[len(hosts)-1])
	must(t, err)
	same(t, "family of the last member", familyIDs(of), []string{"f"})
}

// testReadersSeeOneRun reads while runs of one family, two families and so on
// replace each other. A run says how many it has.
func testReadersSeeOneRun(t *testing.T, s Store) {
	const runs = 12
	save := func(n int) error {
		var families []data.Family
		for i := range n {
			families = append(families, family(fmt.Sprintf("r%d-f%d", n, i), data.LayerBuilder, fmt.Sprintf("site-%d.example", i)))
		}
		r := run(fmt.Sprint("r", n), n, families...)
		r.Sites = n
		return s.SaveRun(context.WithoutCancel(t.Context()), r)
	}
	must(t, save(1))
	saved := make(chan error, 1)
	go func() {
		for n := 2; n <= runs; n++ {
			if err := save(n); err != nil {
				saved <- err
				return
			}
		}
		saved <- nil
	}()
	last := 0
	for done := false; !done; {
		select {
		case err := <-saved:
			must(t, err)
			done = true
		default:
		}
		got, err := s.CurrentRun(t.Context())
		if err != nil {
			t.Error(err)
		}
		if len(got.Families) != got.Sites || len(got.Changes) != got.Sites || got.Sites < last {
			t.Errorf("after a run of %d: run %s of %d has %d families and %d changes",
				last, got.ID, got.Sites, len(got.Families), len(got.Changes))
		}
		last = got.Sites
	}
	same(t, "families of the last run", last, runs)
}
