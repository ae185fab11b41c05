package cluster

import (
	"testing"

	"pitboss/data"
)

func on(kind data.VerdictKind, layer data.Layer, hosts ...string) data.Verdict {
	v := data.Verdict{ID: "v", Kind: kind, Layer: layer}
	for _, h := range hosts {
		v.Hosts = append(v.Hosts, h+".example")
	}
	return v
}

func about(kind data.VerdictKind, family string, hosts ...string) data.Verdict {
	v := on(kind, "", hosts...)
	v.Family = family
	return v
}

func id(v data.Verdict, name string) data.Verdict {
	v.ID = name
	return v
}

func revoke(name, what string) data.Verdict {
	return data.Verdict{ID: name, Kind: data.VerdictRevoke, Revokes: what}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	first := Cluster(input(twoBuilders()...))
	red, kim := familyOf(t, first, data.LayerTemplate, "a").ID, familyOf(t, first, data.LayerBuilder, "a").ID
	const templates, builders = "a b c | d e | f g", "a b c d e | f g"
	must, cannot := data.VerdictMustLink, data.VerdictCannotLink
	for _, tc := range []struct {
		name              string
		verdicts          []data.Verdict
		template, builder string
	}{
		{"none", nil, templates, builders},
		{"a site is confirmed in a template", []data.Verdict{about(data.VerdictConfirm, red, "h")}, "a b c h | d e | f g", "a b c d e h | f g"},
		{"a site is confirmed in a builder's family", []data.Verdict{about(data.VerdictConfirm, kim, "h")}, templates, "a b c d e h | f g"},
		{"a site is rejected from a template, not from the builder", []data.Verdict{about(data.VerdictReject, red, "c")}, "a b | d e | f g", builders},
		{"a site is rejected from a builder's family, so from the template too", []data.Verdict{about(data.VerdictReject, kim, "c")}, "a b | d e | f g", "a b d e | f g"},
		{"two builders are one", []data.Verdict{on(must, data.LayerBuilder, "a", "g")}, templates, "a b c d e f g"},
		{"without a layer the builder is meant", []data.Verdict{on(must, "", "a", "g")}, templates, "a b c d e f g"},
		{"two sites are one template", []data.Verdict{on(must, data.LayerTemplate, "f", "h")}, "a b c | d e | f g h", "a b c d e | f g h"},
		{"two templates are two builders", []data.Verdict{on(cannot, data.LayerBuilder, "a", "d")}, templates, "a b c | d e | f g"},
		{"two sites of a template are not one", []data.Verdict{on(cannot, data.LayerTemplate, "f", "g")}, "a b c | d e", builders},
		{"two sites of a template are two builders", []data.Verdict{on(cannot, data.LayerBuilder, "f", "g")}, "a b c | d e", "a b c d e"},
		{"the later verdict wins", []data.Verdict{on(must, "", "a", "g"), on(cannot, "", "g", "a")}, templates, builders},
		{"the later verdict wins, the other way", []data.Verdict{on(cannot, data.LayerTemplate, "g", "f"), on(must, data.LayerTemplate, "f", "g")}, templates, builders},
		{"one was taken back", []data.Verdict{id(on(must, "", "a", "g"), "x"), revoke("y", "x")}, templates, builders},
		{"taking back was taken back", []data.Verdict{id(on(must, "", "a", "g"), "x"), revoke("y", "x"), revoke("z", "y")}, templates, "a b c d e f g"},
		{"the earlier one counts again when the later is taken back", []data.Verdict{on(must, "", "a", "g"), id(on(cannot, "", "a", "g"), "x"), revoke("y", "x")}, templates, "a b c d e f g"},
		{"an unknown site", []data.Verdict{on(must, "", "a", "nobody"), on(cannot, "", "nobody", "b")}, templates, builders},
		{"an unknown family", []data.Verdict{about(data.VerdictConfirm, "t0", "h"), about(data.VerdictReject, "b0", "a")}, templates, builders},
		{"a site with itself", []data.Verdict{on(cannot, "", "a", "a"), about(data.VerdictConfirm, red, "a")}, templates, builders},
		{"one site, or three, are no pair", []data.Verdict{on(cannot, "", "a"), on(must, "", "a", "f", "h")}, templates, builders},
		{"nothing of pairs", []data.Verdict{on(data.VerdictGambling, "", "a"), on(data.VerdictHarmless, "", "h")}, templates, builders},
		{"a layer that has no families", []data.Verdict{on(must, data.LayerInfrastructure, "a", "g")}, templates, builders},
	} {
		in := input(twoBuilders()...)
		in.Verdicts, in.Previous, in.PreviousEpoch = tc.verdicts, first.Families, first.Epoch
		run := Cluster(in)
		if got := groupsOf(run.Families, data.LayerTemplate); got != tc.template {
			t.Errorf("%s: templates %q, want %q", tc.name, got, tc.template)
		}
		if got := groupsOf(run.Families, data.LayerBuilder); got != tc.builder {
			t.Errorf("%s: builders %q, want %q", tc.name, got, tc.builder)
		}
	}
}

func TestVerdictsOnOperators(t *testing.T) {
	t.Parallel()
	has := map[string][]string{"a": {"telegram:boss_one"}, "b": {"telegram:boss_one", "phone:+82101"}, "f": {"phone:+82101"}}
	for _, tc := range []struct {
		name     string
		verdicts []data.Verdict
		want     string
	}{
		{"none", nil, "a b f"},
		{"two sites that share nothing", []data.Verdict{on(data.VerdictMustLink, data.LayerOperator, "d", "g")}, "a b f | d g"},
		{"the ends of a chain are parted", []data.Verdict{on(data.VerdictCannotLink, data.LayerOperator, "a", "f")}, "b f"},
		{"parting builders says nothing of operators", []data.Verdict{on(data.VerdictCannotLink, data.LayerBuilder, "a", "f")}, "a b f"},
	} {
		in := input(with(has)...)
		in.Verdicts = tc.verdicts
		if got := groupsOf(Cluster(in).Families, data.LayerOperator); got != tc.want {
			t.Errorf("%s: operators %q, want %q", tc.name, got, tc.want)
		}
	}
}

// A reviewer parts exact copies: each stands on its own, whatever it shares.
func TestPartedCopiesStayApart(t *testing.T) {
	t.Parallel()
	fps := append(twoBuilders(), page("p.example", skin("gold"), code("max")), page("q.example", skin("gold"), code("max")))
	in := input(fps...)
	in.Verdicts = []data.Verdict{on(data.VerdictCannotLink, data.LayerTemplate, "p", "q")}
	wantGroups(t, Cluster(in), data.LayerTemplate, "a b c | d e | f g")
	wantGroups(t, Cluster(in), data.LayerBuilder, "a b c d e | f g | p q")
}

func TestNames(t *testing.T) {
	t.Parallel()
	in := input(twoBuilders()...)
	first := Cluster(in)
	kim, lee := familyOf(t, first, data.LayerBuilder, "a").ID, familyOf(t, first, data.LayerBuilder, "f").ID
	name := func(verdict, family, text string) data.Verdict {
		return data.Verdict{ID: verdict, Kind: data.VerdictName, Family: family, Name: text}
	}
	in.Previous = first.Families
	in.Verdicts = []data.Verdict{
		name("1", kim, "Kim"), name("2", kim, "Workshop Kim"), name("3", kim, "Nonsense"), revoke("4", "3"),
		name("5", lee, "Lee"), revoke("6", "5"), name("7", "b-gone", "Nobody"),
	}
	run := Cluster(in)
	if got := familyOf(t, run, data.LayerBuilder, "a").Name; got != "Workshop Kim" {
		t.Errorf("the family is called %q", got)
	}
	if got := familyOf(t, run, data.LayerBuilder, "f").Name; got != "" {
		t.Errorf("a name that was taken back stands: %q", got)
	}
}

// A verdict goes on holding in the runs after the one that followed it.
func TestVerdictsHoldOverRuns(t *testing.T) {
	t.Parallel()
	in := input(twoBuilders()...)
	run := Cluster(in)
	in.Verdicts = []data.Verdict{
		about(data.VerdictReject, familyOf(t, run, data.LayerBuilder, "a").ID, "c"),
		about(data.VerdictConfirm, familyOf(t, run, data.LayerTemplate, "f").ID, "h"),
	}
	for range 4 {
		in.Previous, in.PreviousEpoch = run.Families, run.Epoch
		run = Cluster(in)
		wantGroups(t, run, data.LayerTemplate, "a b | d e | f g h")
		wantGroups(t, run, data.LayerBuilder, "a b d e | f g h")
	}
	if len(run.Changes) != 0 {
		t.Errorf("nothing new, and yet %+v", run.Changes)
	}
}

func TestAReviewersTieIsEvidence(t *testing.T) {
	t.Parallel()
	for _, layer := range []data.Layer{data.LayerTemplate, data.LayerBuilder, data.LayerOperator} {
		in := input(twoBuilders()...)
		in.Verdicts = []data.Verdict{{ID: "1", By: "ann", Kind: data.VerdictMustLink, Layer: layer, Hosts: []string{"a.example", "h.example"}, Reason: "seen"}}
		f := familyOf(t, Cluster(in), layer, "h")
		for _, m := range f.Members {
			if m.Host != "h.example" {
				continue
			}
			if m.Nearest == "" || len(m.Evidence) == 0 || m.Evidence[0].Kind != "verdict" || m.Confidence < 0.5 {
				t.Errorf("%s: %+v, want the verdict first and a confidence that follows it", layer, m)
			}
		}
	}
}
