package cluster

import (
	"testing"

	"pitboss/data"
)

func TestAnOldDomainIsNotTypicalOfItsFamily(t *testing.T) {
	t.Parallel()
	old := siteOf("a.example", "one", "kit", "redirect:b.example")
	run := Cluster(input(old, siteOf("b.example", "one", "kit"), siteOf("c.example", "one", "kit")))
	if f := familyOf(t, run, data.LayerTemplate, "a"); f.Medoid == "a.example" {
		t.Error("the medoid is a domain that only leads elsewhere")
	}
	alone := Cluster(input(old, siteOf("b.example", "one", "kit", "redirect:c.example")))
	if f := familyOf(t, alone, data.LayerTemplate, "a"); f.Medoid == "" {
		t.Error("a family of old domains has no medoid")
	}
}
