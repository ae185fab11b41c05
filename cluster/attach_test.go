package cluster

import (
	"slices"
	"strings"
	"testing"

	"pitboss/data"
)

// decoys are far more blocks and names than the template has.
func decoys(host string) []string {
	return slices.Concat(series(data.KindClass, host+"decoy", 80), series(data.KindSubtree, host+"decoy", 120), series(data.KindAsset, "/decoy/"+host+"/", 30))
}

// templatesWith groups two copies of a template, a background and one more
// site, under the model that is shipped: its gap is what decoys exploit.
func templatesWith(t *testing.T, more data.Fingerprint, verdicts ...data.Verdict) data.Run {
	t.Helper()
	m, err := DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	in := input(siteOf("a.example", "one", "kit"), siteOf("b.example", "one", "kit"), more)
	in.Model, in.Verdicts = m, verdicts
	return Cluster(in)
}

func inTemplate(run data.Run, host string) bool {
	for i := range run.Families {
		if f := &run.Families[i]; f.Layer == data.LayerTemplate && slices.Contains(hostsOf(f), host) && slices.Contains(hostsOf(f), "a") {
			return true
		}
	}
	return false
}

func TestACopyFullOfDecoysStaysInItsTemplate(t *testing.T) {
	t.Parallel()
	drowned := siteOf("c.example", "one", "kit", decoys("c")...)
	if !inTemplate(templatesWith(t, drowned), "c") {
		t.Error("a site that holds the whole template and decoys stands alone")
	}
}

func TestASiteWithHalfOfATemplateStaysOut(t *testing.T) {
	t.Parallel()
	own := skin("two")
	half := append(slices.Clone(own[:len(own)/2]), skin("one")[:len(skin("one"))/4]...)
	other := page("c.example", half, code("kit"), content("c.example"))
	if inTemplate(templatesWith(t, other), "c") {
		t.Error("a site with a quarter of the template was taken for a copy")
	}
}

func TestAPartedSiteIsNotAttached(t *testing.T) {
	t.Parallel()
	drowned := siteOf("c.example", "one", "kit", decoys("c")...)
	parted := data.Verdict{ID: "1", By: "ann", Kind: data.VerdictCannotLink, Layer: data.LayerTemplate, Hosts: []string{"a.example", "c.example"}, Reason: "a test"}
	if inTemplate(templatesWith(t, drowned, parted), "c") {
		t.Error("attached against a reviewer's verdict")
	}
}

func TestContainsCountsOnlyWhatTheTemplateHas(t *testing.T) {
	t.Parallel()
	s := spaceOf(identity(3), skin("one"), append(skin("one"), decoys("x")...), skin("two"))
	l := handModel().Template
	core := s.profiles[0]
	if got := s.contains(1, &core, &l); got != 1 {
		t.Errorf("a site with the whole template contains %v of it, want 1", got)
	}
	if got := s.contains(2, &core, &l); got != 0 {
		t.Errorf("a site of another template contains %v, want 0", got)
	}
	if got := s.contains(1, &profile{}, &l); got != 0 {
		t.Errorf("an empty template is contained to %v, want 0", got)
	}
}

func TestTheLabFindsTheTemplatesOfARun(t *testing.T) {
	t.Parallel()
	m, err := DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	in := input(siteOf("a.example", "one", "kit"), siteOf("b.example", "one", "kit"), siteOf("c.example", "one", "kit", decoys("c")...))
	in.Model = m
	lab := NewLab(in.Fingerprints, m)
	of := map[string]int{}
	for i, group := range lab.Templates(m.Template) {
		of[lab.Hosts()[i]] = group
	}
	if of["a.example"] != of["b.example"] || of["a.example"] != of["c.example"] || of["a.example"] == of["crowd0.example"] {
		t.Errorf("the lab's groups: %v; a run puts a, b and the drowned c together", of)
	}
	links, err := Why(in, "a.example", "c.example")
	if err != nil {
		t.Fatal(err)
	}
	if last := links[0].Evidence[len(links[0].Evidence)-1]; !strings.Contains(last.Detail, "contains") {
		t.Errorf("the ledger ends with %q, want it to say that the site was attached", last.Detail)
	}
}
