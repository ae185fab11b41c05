package export

import (
	"testing"

	"pitboss/data/reference"
)

// TestAuthorities: an authority that pages may name and whose jurisdiction we
// do not know would exempt everywhere.
func TestAuthorities(t *testing.T) {
	t.Parallel()
	for _, a := range reference.Authorities() {
		if where, ok := authorityJurisdiction(a.ID + ":123"); !ok || where == "" {
			t.Errorf("the jurisdiction of authority %q is not known", a.ID)
		}
	}
	if where, ok := authorityJurisdiction("UKGC : 1"); where != "GB" || !ok {
		t.Errorf("UKGC counts in %q", where)
	}
	if _, ok := authorityJurisdiction("moon"); ok {
		t.Error("an unknown authority is known")
	}
}
