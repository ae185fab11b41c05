package storetest

import (
	"testing"

	"pitboss/data"
)

var fingerprintTests = map[string]func(*testing.T, Store){
	"fingerprints come back whole, by host": testFingerprintsWhole,
	"a new fingerprint replaces the old":    testFingerprintReplaces,
	"fingerprint of an unknown site":        testFingerprintUnknown,
}

func testFingerprintsWhole(t *testing.T, s Store) {
	a, b := visit("a", "a.example", "x", 1), visit("b", "b.example", "y", 2)
	addVisits(t, s, a, b, visit("c", "c.example", "z", 3))
	fa := fingerprint(a, "1",
		data.Feature{Layer: data.LayerTemplate, Kind: data.KindClass, Value: "btn", Count: 7, Source: "https://a.example/", Offset: 99},
		data.Feature{Layer: data.LayerOperator, Kind: data.KindTelegram, Value: "lucky", Context: "문의 t.me/lucky"})
	fa.Assessment.Reasons = []data.Reason{{Rule: "term:ko:바카라", Weight: 1.25, Detail: "title"}}
	fb := fingerprint(b, "1")
	fb.Complete = false
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fb, fa}))

	same(t, "all", collect(t, s.Fingerprints(t.Context())), []data.Fingerprint{fa, fb})
	got, err := s.Fingerprint(t.Context(), "a.example")
	must(t, err)
	same(t, "one", got, fa)
	_, err = s.Fingerprint(t.Context(), "c.example")
	wantErr(t, err, data.ErrNotFound)
}

func testFingerprintReplaces(t *testing.T, s Store) {
	v := visit("a", "a.example", "x", 1)
	addVisits(t, s, v)
	old := fingerprint(v, "1", operator(data.KindTelegram, "old-name"))
	renewed := fingerprint(v, "2", operator(data.KindTelegram, "new-name"))
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{old}))
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{renewed}))
	same(t, "all", collect(t, s.Fingerprints(t.Context())), []data.Fingerprint{renewed})
	same(t, "hits of the old name", search(t, s, "old-name"), nil)
	same(t, "hits of the new name", search(t, s, "new-name"), []string{"a.example telegram new-name"})
}

func testFingerprintUnknown(t *testing.T, s Store) {
	known := visit("a", "a.example", "x", 1)
	addVisits(t, s, known)
	err := s.PutFingerprints(t.Context(), []data.Fingerprint{
		fingerprint(known, "1"), fingerprint(visit("b", "b.example", "x", 1), "1"),
	})
	wantErr(t, err, data.ErrNotFound)
	same(t, "stored beside it", len(collect(t, s.Fingerprints(t.Context()))), 0)
}
