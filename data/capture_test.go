package data

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func sampleVisit() Visit {
	return Visit{
		ID: "v1", Host: "a.example", Started: time.Unix(1, 0), Outcome: OutcomeOK,
		Exchanges: []Exchange{
			{URL: "https://a.example/", Role: RoleHome, Digest: "sha256:aa", At: time.Unix(1, 0)},
			{URL: "https://a.example/s.js", Role: RoleScript, Digest: "sha256:bb", At: time.Unix(2, 0)},
		},
	}
}

// The digests of captures stand beside stored fingerprints, so the form may
// never change by accident.
func TestVisitDigestIsStable(t *testing.T) {
	t.Parallel()
	v := sampleVisit()
	const want = "1a2ca8899d1a6035b9755b6d6b30aebd777f2ef0dd1b01d25cbeb83c123fcd5e"
	if got := v.Digest(); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestVisitDigest(t *testing.T) {
	t.Parallel()
	base := sampleVisit()
	for name, tc := range map[string]struct {
		change func(*Visit)
		same   bool
	}{
		"another visit at another time": {func(v *Visit) { v.ID, v.Started, v.Exchanges[0].At = "v2", time.Unix(9, 0), time.Unix(9, 0) }, true},
		"another place in the archive":  {func(v *Visit) { v.Exchanges[1].Record = Location{Segment: "b", Offset: 9} }, true},
		"other DNS answers":             {func(v *Visit) { v.Exchanges = append(v.Exchanges, Exchange{Role: RoleHosting, Digest: "sha256:cc"}) }, true},
		"other bytes":                   {func(v *Visit) { v.Exchanges[1].Digest = "sha256:cc" }, false},
		"another URL":                   {func(v *Visit) { v.Exchanges[1].URL += "?2" }, false},
		"another role":                  {func(v *Visit) { v.Exchanges[1].Role = RoleOther }, false},
		"another order":                 {func(v *Visit) { slices.Reverse(v.Exchanges) }, false},
		"one exchange less":             {func(v *Visit) { v.Exchanges = v.Exchanges[:1] }, false},
	} {
		v := sampleVisit()
		tc.change(&v)
		if got := v.Digest() == base.Digest(); got != tc.same {
			t.Errorf("%s: the digest is the same: %v, want %v", name, got, tc.same)
		}
	}
}

func TestVisitJSON(t *testing.T) {
	t.Parallel()
	want := sampleVisit()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Visit
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Digest() != want.Digest() || !got.Started.Equal(want.Started) || got.Outcome != want.Outcome {
		t.Errorf("read back as %+v", got)
	}
}

func TestOnlyAPageIsGood(t *testing.T) {
	t.Parallel()
	for _, o := range []Outcome{
		OutcomeDNS, OutcomeConnect, OutcomeTLS, OutcomeTimeout, OutcomeHTTPError, OutcomeRedirects, OutcomeRobots,
		OutcomePrivate, OutcomeTooLarge, OutcomeNotHTML, OutcomeEmpty, OutcomeProtocol, OutcomeCanceled, OutcomeOutOfScope, "",
	} {
		if o.Good() {
			t.Errorf("a fingerprint would be made of outcome %q", o)
		}
	}
	if !OutcomeOK.Good() {
		t.Error("no fingerprint would be made of a page")
	}
}

func TestHeaderValue(t *testing.T) {
	t.Parallel()
	r := Resource{Header: []HeaderField{{"SERVER", "nginx"}, {"set-cookie", "a=1"}, {"Set-Cookie", "b=2"}}}
	for name, want := range map[string]string{"Server": "nginx", "SET-COOKIE": "a=1", "Location": ""} {
		if got := r.HeaderValue(name); got != want {
			t.Errorf("HeaderValue(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	c := Capture{Resources: []Resource{{Role: RoleRedirect}, {Role: RoleHome, URL: "first"}, {Role: RoleHome, URL: "second"}}}
	if got := c.Home(); got != &c.Resources[1] {
		t.Errorf("home is %+v", got)
	}
	if got := (&Capture{}).Home(); got != nil {
		t.Errorf("an empty capture has the home %+v", got)
	}
}
