package storetest

import (
	"testing"

	"pitboss/data"
)

var verdictTests = map[string]func(*testing.T, Store){
	"verdicts stay in the order they came": testVerdicts,
	"revocations are entries":              testRevocation,
	"verdicts nobody stands for":           testBadVerdict,
}

func verdict(id string, minute int) data.Verdict {
	return data.Verdict{
		ID: id, At: at(minute), By: "mina", Kind: data.VerdictCannotLink, Layer: data.LayerBuilder,
		Hosts: []string{"a.example", "b.example"}, Reason: "different kits, seen side by side",
	}
}

func testVerdicts(t *testing.T, s Store) {
	want := []data.Verdict{verdict("v2", 5), verdict("v1", 9), verdict("v3", 1)}
	for _, v := range want {
		must(t, s.AddVerdict(t.Context(), v))
	}
	got, err := s.Verdicts(t.Context())
	must(t, err)
	same(t, "verdicts", got, want)
}

func testRevocation(t *testing.T, s Store) {
	v := verdict("v1", 1)
	revoke := data.Verdict{ID: "v2", At: at(2), By: "jun", Kind: data.VerdictRevoke, Revokes: "v1", Reason: "mixed up the tabs"}
	wantErr(t, s.AddVerdict(t.Context(), revoke), data.ErrNotFound)
	must(t, s.AddVerdict(t.Context(), v))
	must(t, s.AddVerdict(t.Context(), revoke))
	got, err := s.Verdicts(t.Context())
	must(t, err)
	same(t, "verdicts", got, []data.Verdict{v, revoke})
}

func testBadVerdict(t *testing.T, s Store) {
	must(t, s.AddVerdict(t.Context(), verdict("v1", 1)))
	for name, spoil := range map[string]func(*data.Verdict){
		"no id":                       func(v *data.Verdict) { v.ID = "" },
		"taken id":                    func(v *data.Verdict) { v.ID = "v1" },
		"no kind":                     func(v *data.Verdict) { v.Kind = "" },
		"no name":                     func(v *data.Verdict) { v.By = "" },
		"no reason":                   func(v *data.Verdict) { v.Reason = "" },
		"revocation of nothing":       func(v *data.Verdict) { v.Kind = data.VerdictRevoke },
		"another kind that names one": func(v *data.Verdict) { v.Revokes = "v1" },
	} {
		v := verdict("v2", 2)
		spoil(&v)
		if err := s.AddVerdict(t.Context(), v); err == nil {
			t.Errorf("%s: it was stored", name)
		} else {
			wantErr(t, err, data.ErrInvalid)
		}
	}
	got, err := s.Verdicts(t.Context())
	must(t, err)
	same(t, "verdicts", got, []data.Verdict{verdict("v1", 1)})
}
