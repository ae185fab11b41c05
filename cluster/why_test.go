package cluster

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

func why(t *testing.T, in Input, a, b string) map[data.Layer]data.Link {
	t.Helper()
	links, err := Why(in, a+".example", b+".example")
	if err != nil {
		t.Fatal(err)
	}
	out := map[data.Layer]data.Link{}
	var layers []data.Layer
	for _, l := range links {
		out[l.Layer] = l
		layers = append(layers, l.Layer)
		if l.A >= l.B {
			t.Errorf("%s: a link of %s and %s", l.Layer, l.A, l.B)
		}
		if sum := sumOf(l.Evidence); sum != l.Weight {
			t.Errorf("%s: terms sum to %d, weight %d", l.Layer, sum, l.Weight)
		}
	}
	if want := []data.Layer{data.LayerTemplate, data.LayerBuilder, data.LayerOperator, data.LayerInfrastructure}; !slices.Equal(layers, want) {
		t.Errorf("layers %q", layers)
	}
	return out
}

func TestWhyOnEveryLayer(t *testing.T) {
	t.Parallel()
	in := input(with(map[string][]string{
		"a": {"telegram:boss_one", "phone:+82101", "ip:192.0.2.1", "asn:64500"},
		"b": {"telegram:boss_one", "ip:192.0.2.1", "asn:64501"},
		"f": {"telegram:boss_one", "phone:+82101", "agent-code:777"},
		"g": {"agent-code:777"},
	})...)
	same := why(t, in, "a", "b")
	other := why(t, in, "a", "d")
	strangers := why(t, in, "a", "g")
	if x, y, z := same[data.LayerTemplate], other[data.LayerTemplate], strangers[data.LayerTemplate]; !(x.Probability > 0.9 && x.Weight > y.Weight && y.Weight >= z.Weight && z.Probability < 0.1) {
		t.Errorf("templates: same %v, same builder %v, strangers %v", x.Probability, y.Probability, z.Probability)
	}
	if x, y, z := same[data.LayerBuilder], other[data.LayerBuilder], strangers[data.LayerBuilder]; !(x.Probability > 0.9 && y.Probability > 0.9 && z.Probability < 0.1) {
		t.Errorf("builders: same template %v, other template %v, strangers %v", x.Probability, y.Probability, z.Probability)
	}
	if l := why(t, in, "a", "f")[data.LayerOperator]; l.Weight != hardKinds[data.KindTelegram]+hardKinds[data.KindPhone]-operatorPrior || l.Probability < 0.9 {
		t.Errorf("two identifiers: %+v", l)
	}
	if l := why(t, in, "f", "g")[data.LayerOperator]; l.Weight != -operatorPrior || l.Probability > 0.1 {
		t.Errorf("an agent's code: %+v", l)
	}
	infra := same[data.LayerInfrastructure]
	if infra.Weight != 0 || infra.Probability != 0 || len(infra.Evidence) != 1 || infra.Evidence[0].Value != "192.0.2.1" {
		t.Errorf("hosting: %+v", infra)
	}
	if l := strangers[data.LayerInfrastructure]; l.Evidence == nil || len(l.Evidence) != 0 {
		t.Errorf("no shared hosting: %+v", l)
	}
}

func TestWhyIsSymmetric(t *testing.T) {
	t.Parallel()
	in := input(twoBuilders()...)
	if d := cmp.Diff(why(t, in, "a", "d"), why(t, in, "d", "a")); d != "" {
		t.Error(d)
	}
}

// An identifier that the kit's developer left behind is shown, and weighs nothing.
func TestWhyShowsTheBuildersOwnAccount(t *testing.T) {
	t.Parallel()
	has := map[string][]string{}
	for _, s := range []string{"a", "b", "c", "d", "e"} {
		has[s] = []string{"telegram:kim_develops", "phone:+8210" + s}
	}
	l := why(t, input(with(has)...), "a", "b")[data.LayerOperator]
	i := slices.IndexFunc(l.Evidence, func(e data.Evidence) bool { return e.Value == "kim_develops" })
	if i < 0 || l.Evidence[i].Weight != 0 || !strings.Contains(l.Evidence[i].Detail, "the builder's") || l.Weight != -operatorPrior {
		t.Errorf("%+v", l)
	}
}

func TestWhyOfExactCopies(t *testing.T) {
	t.Parallel()
	fps := append(twoBuilders(), page("p.example", skin("gold"), code("max")), page("q.example", skin("gold"), code("max")))
	l := why(t, input(fps...), "p", "q")
	if l[data.LayerTemplate].Probability < 0.9 || l[data.LayerBuilder].Probability < 0.9 {
		t.Errorf("template %v, builder %v", l[data.LayerTemplate].Probability, l[data.LayerBuilder].Probability)
	}
}

func TestWhyRefuses(t *testing.T) {
	t.Parallel()
	parked := siteOf("parked.example", "red", "kim")
	parked.Assessment.Page = data.PageParked
	fps := append(twoBuilders(), parked, page("sparse.example", series(data.KindClass, "zqc", 3)))
	for _, tc := range []struct {
		name, a, b string
		is         error
		says       string
	}{
		{"an unknown host", "a.example", "nobody.example", data.ErrNotFound, "nobody.example"},
		{"an unknown host first", "nobody.example", "a.example", data.ErrNotFound, "nobody.example"},
		{"a parked page", "a.example", "parked.example", data.ErrInvalid, "parked page"},
		{"too little to say", "sparse.example", "a.example", data.ErrInvalid, "too little"},
		{"the same host", "a.example", "a.example", data.ErrInvalid, "itself"},
	} {
		links, err := Why(input(fps...), tc.a, tc.b)
		if !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.says) || links != nil {
			t.Errorf("%s: %v, error %v", tc.name, links, err)
		}
	}
}
