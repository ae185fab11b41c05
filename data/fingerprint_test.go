package data

import (
	"slices"
	"testing"
)

func TestMatchable(t *testing.T) {
	t.Parallel()
	for page, want := range map[PageType]bool{
		PageGambling: true, PageDoorway: true, PageAffiliate: true, PageBuilder: true, PageCompromised: true,
		PageLicensed: true, PageGated: true, PageHarmless: true, PageUnclear: true,
		PageParked: false, PageDefault: false, PageChallenge: false, PageSeized: false, PageError: false, PageEmpty: false,
	} {
		if got := page.Matchable(); got != want {
			t.Errorf("%s may be compared: %v, want %v", page, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	f := Fingerprint{Features: []Feature{
		{Kind: KindClass, Value: "b"}, {Kind: KindID, Value: "x"}, {Kind: KindClass, Value: "a"},
	}}
	if got := f.Values(KindClass); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("classes %q", got)
	}
	if got := f.Values(KindPhone); len(got) != 0 {
		t.Errorf("phones %q", got)
	}
}
