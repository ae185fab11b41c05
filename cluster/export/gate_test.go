package export_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/cluster/export"
	"pitboss/data"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// gambling returns an entry that deserves to be listed: seen yesterday, with a
// high score.
func gambling(host string) export.Entry {
	at := now.Add(-24 * time.Hour)
	v := data.Visit{
		ID: "v-" + host, Host: host, Started: at, Finished: at.Add(time.Second), Outcome: data.OutcomeOK,
		FinalURL:  "https://" + host + "/",
		Exchanges: []data.Exchange{{URL: "https://" + host + "/", Role: data.RoleHome, Status: 200, Digest: "sha256:" + host}},
	}
	return export.Entry{
		Site:  data.Site{Host: host, Status: data.StatusAlive, FirstSeen: at.Add(-48 * time.Hour), LastVisit: at, LastGood: at},
		Visit: v,
		Fingerprint: data.Fingerprint{
			Host: host, Visit: v.ID, Capture: v.Digest(), At: at,
			Assessment: data.Assessment{
				Page: data.PageGambling, Gambling: 0.99,
				Reasons: []data.Reason{{Rule: "term:ko:바카라", Weight: 2}, {Rule: "form:join-code", Weight: 1}},
			},
		},
		Families: map[data.Layer]string{data.LayerBuilder: "b1", data.LayerTemplate: "t1"},
	}
}

func seq(entries ...export.Entry) iter.Seq2[export.Entry, error] {
	return func(yield func(export.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func gate(t *testing.T, p export.Policy, entries ...export.Entry) export.Result {
	t.Helper()
	r, err := export.Gate(context.Background(), p, seq(entries...))
	if err != nil {
		t.Fatalf("Gate: %v", err)
	}
	return r
}

func domains(r export.Result) []string {
	var out []string
	for _, l := range r.Listings {
		out = append(out, l.Domain)
	}
	return out
}

func verdict(id string, kind data.VerdictKind, by, host string) data.Verdict {
	return data.Verdict{ID: id, Kind: kind, By: by, Hosts: []string{host}, At: now.Add(-time.Hour), Reason: "looked"}
}

func TestGateListsItsOwnCapture(t *testing.T) {
	t.Parallel()
	e := gambling("www.lucky-seven-bet.com")
	r := gate(t, export.DefaultPolicy(now), e)
	want := []data.Listing{{
		Host: "www.lucky-seven-bet.com", Domain: "lucky-seven-bet.com", Subdomains: true,
		Page: data.PageGambling, Gambling: 0.99, Builder: "b1", Template: "t1",
		FirstSeen: e.Site.FirstSeen, LastSeen: e.Visit.Finished, Expires: e.Visit.Finished.Add(30 * 24 * time.Hour),
		Reason: "gambling-site 0.99 on 2026-11-20: term:ko:바카라, form:join-code", Capture: e.Fingerprint.Capture,
	}}
	if diff := cmp.Diff(want, r.Listings); diff != "" {
		t.Errorf("listings (-want +got):\n%s", diff)
	}
	if len(r.Refusals)+len(r.Pages) != 0 {
		t.Errorf("refusals %v, pages %v", r.Refusals, r.Pages)
	}
}

func TestGateCollapse(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"abcbet-777.com":                 "abcbet-777.com",
		"www.abcbet-777.com":             "abcbet-777.com",
		"m.abcbet-777.com":               "m.abcbet-777.com",
		"a.b.abcbet-777.com":             "a.b.abcbet-777.com",
		"abcbet-777.co.kr":               "abcbet-777.co.kr",
		"slot-abc.github.io":             "slot-abc.github.io",
		"slot-abc.pages.dev":             "slot-abc.pages.dev",
		"x.slot-abc.pages.dev":           "x.slot-abc.pages.dev",
		"slot-abc.tistory.com":           "slot-abc.tistory.com",
		"xn--9i1bm7h.com":                "xn--9i1bm7h.com",
		"www.casino-demo.example":        "casino-demo.example",
		"judi-slot.biz.id":               "judi-slot.biz.id",
		"www.judi-slot.web.id":           "judi-slot.web.id",
		"bet_under.abcbet-777.com":       "bet_under.abcbet-777.com",
		"slotgacor.s3.amazonaws.com":     "slotgacor.s3.amazonaws.com",
		"www.slot-abc.azurewebsites.net": "slot-abc.azurewebsites.net",
	} {
		if got := domains(gate(t, export.DefaultPolicy(now), gambling(host))); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is listed as %v, want %s", host, got, want)
		}
	}
}

func TestGateRefusals(t *testing.T) {
	t.Parallel()
	const host = "abcbet-777.com"
	tests := []struct {
		name  string
		host  string
		check string
		spoil func(*export.Entry)
	}{
		{"upper case", "ABCbet-777.com", export.CheckName, nil},
		{"trailing dot", "abcbet-777.com.", export.CheckName, nil},
		{"unicode", "카지노.com", export.CheckName, nil},
		{"space", "abc bet.com", export.CheckName, nil},
		{"line break", "abc.com\n0.0.0.0 naver.com", export.CheckName, nil},
		{"empty", "", export.CheckName, nil},
		{"IPv4", "104.21.7.9", export.CheckAddress, nil},
		{"IPv4 with port", "104.21.7.9:8080", export.CheckAddress, nil},
		{"IPv6", "[2606:4700::1]", export.CheckAddress, nil},
		{"ICANN suffix", "co.za", export.CheckSuffix, nil},
		{"another", "co.at", export.CheckSuffix, nil},
		{"private suffix", "github.io", export.CheckSuffix, nil},
		{"private suffix of a CDN", "pages.dev", export.CheckSuffix, nil},
		{"www of a suffix", "www.co.za", export.CheckMistake, nil},
		{"no such top level", "casino.notatld", export.CheckSuffix, nil},
		{"internal name", "casino.internal", export.CheckSuffix, nil},
		{"hidden service", "casinocasinocasinocasinocasinocasinocasinocasinocasinoca.onion", export.CheckSuffix, nil},
		{"reverse zone", "1.0.0.127.in-addr.arpa", export.CheckSuffix, nil},
		{"vendor's CNAME target", "xbetservices.akadns.net", export.CheckMistake, nil},
		{"water park", "www.casinopiernj.com", export.CheckMistake, nil},
		{"never captured", host, export.CheckCaptured, func(e *export.Entry) { e.Visit = data.Visit{} }},
		{"failed visit", host, export.CheckCaptured, func(e *export.Entry) { e.Visit.Outcome = data.OutcomeTimeout }},
		{"no time", host, export.CheckCaptured, func(e *export.Entry) { e.Visit.Started, e.Visit.Finished = time.Time{}, time.Time{} }},
		{"another host's visit", host, export.CheckCapture, func(e *export.Entry) { e.Visit.Host = "other-bet.com" }},
		{"another host's fingerprint", host, export.CheckCapture, func(e *export.Entry) { e.Fingerprint.Host = "other-bet.com" }},
		{"an older capture's fingerprint", host, export.CheckCapture, func(e *export.Entry) { e.Fingerprint.Capture = "0123" }},
		{"no capture named", host, export.CheckCapture, func(e *export.Entry) { e.Fingerprint.Capture = "" }},
		{"another visit, nothing to compare", host, export.CheckCapture, func(e *export.Entry) { e.Visit.Exchanges, e.Visit.ID = nil, "v2" }},
		{"moved", host, export.CheckMoved, func(e *export.Entry) { e.Site.Status, e.Site.MovedTo = data.StatusMoved, "new-bet.com" }},
		{"ended elsewhere", host, export.CheckMoved, func(e *export.Entry) { e.Visit.FinalURL = "https://new-bet.com/" }},
		{"subdomain ended at its parent", "m.abcbet-777.com", export.CheckMoved, func(e *export.Entry) { e.Visit.FinalURL = "https://abcbet-777.com/" }},
		{"look-alike tail", host, export.CheckMoved, func(e *export.Entry) { e.Visit.FinalURL = "https://evilabcbet-777.com/" }},
		{"final URL is no URL", host, export.CheckMoved, func(e *export.Entry) { e.Visit.FinalURL = "javascript:alert(1)" }},
		{"licensed page", host, export.CheckLicensed, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageLicensed }},
		{"Ontario operator", "betmgm.ca", export.CheckLicensed, nil},
		{"land casino", "www.bellagio.com", export.CheckAllow, nil},
		{"bank", "www.kbstar.com", export.CheckAllow, nil},
		{"below a bank", "login.kbstar.com", export.CheckAllow, nil},
		{"portal", "cafe.naver.com", export.CheckAllow, nil},
		{"CDN host", "x.cdnjs.com", export.CheckAllow, nil},
		{"platform itself", "www.tistory.com", export.CheckAllow, nil},
		{"government", "casino.example.go.kr", export.CheckPublic, nil},
		{"government of a state", "camara.sp.leg.br", export.CheckPublic, nil},
		{"school", "slot.chungbuk.ac.kr", export.CheckPublic, nil},
		{"army", "slot.army.mil", export.CheckPublic, nil},
		{"victim", host, export.CheckVictim, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageCompromised }},
		{"reviewer says harmless", host, export.CheckVerdict, func(e *export.Entry) {
			e.Verdicts = []data.Verdict{verdict("1", data.VerdictHarmless, "ann", host)}
		}},
		{"one against two", host, export.CheckVerdict, func(e *export.Entry) {
			e.Verdicts = []data.Verdict{verdict("1", data.VerdictHarmless, "ann", host), verdict("2", data.VerdictGambling, "bo", host), verdict("3", data.VerdictGambling, "cy", host)}
		}},
		{"harmless subdomain", host, export.CheckVerdict, func(e *export.Entry) {
			e.Verdicts = []data.Verdict{verdict("1", data.VerdictHarmless, "ann", "help."+host)}
		}},
		{"parked", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageParked }},
		{"harmless", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageHarmless }},
		{"unclear", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageUnclear }},
		{"gated", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageGated }},
		{"seized", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageSeized }},
		{"affiliate, by default", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageAffiliate }},
		{"builder, by default", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = data.PageBuilder }},
		{"no page type", host, export.CheckPage, func(e *export.Entry) { e.Fingerprint.Assessment.Page = "" }},
		{"under the threshold", host, export.CheckGambling, func(e *export.Entry) { e.Fingerprint.Assessment.Gambling = 0.8999 }},
		{"over one", host, export.CheckGambling, func(e *export.Entry) { e.Fingerprint.Assessment.Gambling = 1.5 }},
		{"stale", host, export.CheckStale, func(e *export.Entry) { e.Visit.Finished = now.Add(-31 * 24 * time.Hour) }},
		{"in the future", host, export.CheckStale, func(e *export.Entry) { e.Visit.Finished = now.Add(48 * time.Hour) }},
		{"dead", host, export.CheckFailing, func(e *export.Entry) { e.Site.Failures = 2 }},
		{"port, ended elsewhere", host + ":8443", export.CheckPort, func(e *export.Entry) { e.Visit.FinalURL = "https://" + host + "/" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := gambling(tt.host)
			if tt.spoil != nil {
				tt.spoil(&e)
			}
			r := gate(t, export.DefaultPolicy(now), e)
			if len(r.Refusals) != 1 || len(r.Listings)+len(r.Pages) != 0 {
				t.Fatalf("result %+v, want one refusal", r)
			}
			if got := r.Refusals[0]; got.Check != tt.check || got.Reason == "" {
				t.Errorf("refused by %q because %q, want %q", got.Check, got.Reason, tt.check)
			}
		})
	}
}

func TestGateNeverListsForFamilyAlone(t *testing.T) {
	t.Parallel()
	e := gambling("member-of-family.com")
	e.Fingerprint.Assessment = data.Assessment{Page: data.PageUnclear, Gambling: 0.2}
	e.Fingerprint.Features = []data.Feature{{Layer: data.LayerOperator, Kind: data.KindTelegram, Value: "boss"}}
	e.Families = map[data.Layer]string{data.LayerBuilder: "b1", data.LayerTemplate: "t1", data.LayerOperator: "o1"}
	e.Verdicts = []data.Verdict{verdict("1", data.VerdictConfirm, "ann", e.Site.Host), verdict("2", data.VerdictConfirm, "bo", e.Site.Host)}
	if r := gate(t, export.DefaultPolicy(now), e); len(r.Listings) != 0 {
		t.Errorf("listed for its family: %+v", r.Listings)
	}
}

func TestGateReviewers(t *testing.T) {
	t.Parallel()
	const host = "casino.example-school.ac.kr"
	two := []data.Verdict{verdict("1", data.VerdictGambling, "Ann", host), verdict("2", data.VerdictGambling, "bo", host)}
	revoke := data.Verdict{ID: "3", Kind: data.VerdictRevoke, By: "bo", Revokes: "2", At: now}
	tests := map[string]struct {
		verdicts []data.Verdict
		want     int
	}{
		"nobody":                   {nil, 0},
		"one":                      {two[:1], 0},
		"two":                      {two, 1},
		"one person twice":         {[]data.Verdict{two[0], verdict("2", data.VerdictGambling, " ann ", host)}, 0},
		"nameless":                 {[]data.Verdict{two[0], verdict("2", data.VerdictGambling, "", host)}, 0},
		"about another host":       {[]data.Verdict{two[0], verdict("2", data.VerdictGambling, "bo", "other.com")}, 0},
		"revoked":                  {append(slices.Clone(two), revoke), 0},
		"revocation revoked":       {append(slices.Clone(two), revoke, data.Verdict{ID: "4", Kind: data.VerdictRevoke, Revokes: "3", At: now.Add(time.Minute)}), 1},
		"changed to harmless":      {append(slices.Clone(two), data.Verdict{ID: "5", Kind: data.VerdictHarmless, By: "ann", Hosts: []string{host}, At: now}), 0},
		"harmless, then convinced": {append([]data.Verdict{{ID: "0", Kind: data.VerdictHarmless, By: "ann", Hosts: []string{host}, At: now.Add(-5 * time.Hour)}}, two...), 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := gambling(host)
			e.Verdicts = tt.verdicts
			if r := gate(t, export.DefaultPolicy(now), e); len(r.Listings) != tt.want {
				t.Errorf("%d listings, want %d; refusals %v", len(r.Listings), tt.want, r.Refusals)
			}
		})
	}
}

func TestGateHelpPages(t *testing.T) {
	t.Parallel()
	const host = "quit-betting-line.org"
	prevention, gamesOnly := data.Reason{Rule: "prevention", Weight: -0.4}, data.Reason{Rule: "games-only", Weight: -1.1}
	two := []data.Verdict{verdict("1", data.VerdictGambling, "ann", host), verdict("2", data.VerdictGambling, "bo", host)}
	for name, tt := range map[string]struct {
		reasons  []data.Reason
		verdicts []data.Verdict
		want     int
	}{
		"a notice of responsible play": {[]data.Reason{prevention}, nil, 1},
		"drawn by scripts":             {[]data.Reason{gamesOnly}, nil, 1},
		"help":                         {[]data.Reason{prevention, gamesOnly}, nil, 0},
		"weight decides":               {[]data.Reason{prevention, {Rule: "games-only", Weight: 0.1}}, nil, 1},
		"two reviewers insist":         {[]data.Reason{prevention, gamesOnly}, two, 1},
		"one does":                     {[]data.Reason{prevention, gamesOnly}, two[:1], 0},
	} {
		e := gambling(host)
		e.Fingerprint.Assessment.Reasons, e.Verdicts = tt.reasons, tt.verdicts
		r := gate(t, export.DefaultPolicy(now), e)
		if len(r.Listings) != tt.want || tt.want == 0 && r.Refusals[0].Check != export.CheckHelp {
			t.Errorf("%s: %d listings, refusals %v", name, len(r.Listings), r.Refusals)
		}
	}
}

func TestGateUserLists(t *testing.T) {
	t.Parallel()
	top, bad, err := export.ReadNames(strings.NewReader("# top\n1,popular-shop.com\n\n2,good.github.io\nplain.net\n3,not a name\n"))
	if err != nil || bad != 1 || top.Len() != 3 {
		t.Fatalf("ReadNames: %d names, %d bad, %v", top.Len(), bad, err)
	}
	p := export.DefaultPolicy(now)
	p.Top, p.Allow = top, export.NewNames("my.own-site.org", "github.io")
	r := gate(t, p, gambling("popular-shop.com"), gambling("x.popular-shop.com"), gambling("plain.net"), gambling("bad.github.io"), gambling("own-site.org"), gambling("good.github.io"), gambling("notplain.net"))
	if diff := cmp.Diff([]string{"bad.github.io", "notplain.net"}, domains(r)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	for _, f := range r.Refusals {
		want := export.CheckTop
		if f.Host == "own-site.org" {
			want = export.CheckAllow
		}
		if f.Check != want {
			t.Errorf("%s refused by %s, want %s", f.Host, f.Check, want)
		}
	}
}

func TestGateJurisdiction(t *testing.T) {
	t.Parallel()
	licensed := gambling("some-licensed-book.com")
	licensed.Fingerprint.Assessment.Page = data.PageLicensed
	licensed.Fingerprint.Assessment.Licences = []string{"UKGC:12345"}
	unknown := gambling("some-other-book.com")
	unknown.Fingerprint.Assessment.Page = data.PageLicensed
	unknown.Fingerprint.Assessment.Licences = []string{"moon authority:1"}
	ontario := gambling("betmgm.ca")
	for jurisdiction, want := range map[string][]string{
		"":      nil,
		"GB":    {"betmgm.ca"},
		"KR":    {"betmgm.ca", "some-licensed-book.com"},
		"CA-ON": {"some-licensed-book.com"},
	} {
		p := export.DefaultPolicy(now)
		p.Jurisdiction = jurisdiction
		got := domains(gate(t, p, licensed, unknown, ontario))
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", jurisdiction, diff)
		}
	}
}

func TestGateNeighbours(t *testing.T) {
	t.Parallel()
	harmless := func(host string) export.Entry {
		e := gambling(host)
		e.Fingerprint.Assessment = data.Assessment{Page: data.PageHarmless, Gambling: 0.01}
		return e
	}
	insisted := gambling("abcbet-777.com")
	insisted.Verdicts = []data.Verdict{verdict("1", data.VerdictGambling, "ann", "abcbet-777.com"), verdict("2", data.VerdictGambling, "bo", "abcbet-777.com")}
	reviewed := harmless("help.abcbet-777.com")
	reviewed.Verdicts = []data.Verdict{verdict("3", data.VerdictHarmless, "cy", "help.abcbet-777.com")}
	tests := map[string]struct {
		entries []export.Entry
		want    []string
	}{
		"subdomain is harmless":  {[]export.Entry{gambling("abcbet-777.com"), harmless("help.abcbet-777.com")}, nil},
		"order does not matter":  {[]export.Entry{harmless("help.abcbet-777.com"), gambling("abcbet-777.com")}, nil},
		"parent is harmless":     {[]export.Entry{gambling("bad.abcbet-777.com"), harmless("abcbet-777.com")}, []string{"bad.abcbet-777.com"}},
		"www is bad, bare good":  {[]export.Entry{gambling("www.abcbet-777.com"), harmless("abcbet-777.com")}, nil},
		"two reviewers insist":   {[]export.Entry{insisted, harmless("help.abcbet-777.com")}, []string{"abcbet-777.com"}},
		"not against a reviewer": {[]export.Entry{insisted, reviewed}, nil},
		"tail is no parent":      {[]export.Entry{gambling("bet-777.com"), harmless("abcbet-777.com")}, []string{"bet-777.com"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gate(t, export.DefaultPolicy(now), tt.entries...)
			if diff := cmp.Diff(tt.want, domains(r)); diff != "" {
				t.Errorf("listed (-want +got):\n%s\n%v", diff, r.Refusals)
			}
		})
	}
}

func TestGateMergesAndOrders(t *testing.T) {
	t.Parallel()
	older := gambling("www.zz-bet.com")
	older.Visit.Finished = older.Visit.Finished.Add(-time.Hour)
	r := gate(t, export.DefaultPolicy(now), gambling("zz-bet.com"), gambling("m.zz-bet.com"), older, gambling("a.aa-bet.com"), gambling("b-bet.co.kr"), gambling("az-bet.net"))
	if diff := cmp.Diff([]string{"a.aa-bet.com", "zz-bet.com", "b-bet.co.kr", "az-bet.net"}, domains(r)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if r.Listings[1].Host != "zz-bet.com" {
		t.Errorf("kept %s, want the one seen last", r.Listings[1].Host)
	}
	var hosts []string
	for _, f := range r.Refusals {
		hosts = append(hosts, f.Host+" "+f.Check)
	}
	if diff := cmp.Diff([]string{"m.zz-bet.com covered", "www.zz-bet.com covered"}, hosts); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
}

func TestGatePages(t *testing.T) {
	t.Parallel()
	victim := gambling("flower-shop.com")
	victim.Fingerprint.Assessment.Page = data.PageCompromised
	victim.Visit.FinalURL = "https://user:pw@Flower-Shop.com/wp-content/slot gacor/?a=1 2#top"
	port := gambling("abcbet-777.com:8443")
	index := gambling("book-shop.com")
	index.Fingerprint.Assessment.Page = data.PageCompromised
	index.Visit.FinalURL = "https://book-shop.com/index.php"
	twin := gambling("www.flower-shop.com")
	twin.Fingerprint.Assessment.Page = data.PageCompromised
	twin.Visit.FinalURL = "https://flower-shop.com/wp-content/slot%20gacor/?a=1%202"
	r := gate(t, export.DefaultPolicy(now), twin, victim, port, index)
	var urls []string
	for _, p := range r.Pages {
		urls = append(urls, p.URL)
	}
	want := []string{"https://abcbet-777.com:8443/", "https://flower-shop.com/wp-content/slot%20gacor/?a=1%202"}
	if diff := cmp.Diff(want, urls); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if len(r.Listings) != 0 || len(r.Refusals) != 2 || r.Refusals[0].Check != export.CheckVictim || r.Refusals[1].Check != export.CheckCovered {
		t.Errorf("listings %v, refusals %v", r.Listings, r.Refusals)
	}
}

func TestPolicyValidate(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*export.Policy){
		"no time":          func(p *export.Policy) { p.Now = time.Time{} },
		"no age":           func(p *export.Policy) { p.MaxAge = 0 },
		"coin toss":        func(p *export.Policy) { p.MinGambling = 0.5 },
		"over one":         func(p *export.Policy) { p.MinGambling = 1.01 },
		"no pages":         func(p *export.Policy) { p.Pages = nil },
		"lists victims":    func(p *export.Policy) { p.Pages = append(p.Pages, data.PageCompromised) },
		"lists harmless":   func(p *export.Policy) { p.Pages = append(p.Pages, data.PageHarmless) },
		"lists dead sites": func(p *export.Policy) { p.MaxFailures = 0 },
	} {
		p := export.DefaultPolicy(now)
		spoil(&p)
		if _, err := export.Gate(context.Background(), p, seq()); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
}

func TestGateErrors(t *testing.T) {
	t.Parallel()
	boom := errors.New("disk")
	_, err := export.Gate(context.Background(), export.DefaultPolicy(now), func(yield func(export.Entry, error) bool) { yield(export.Entry{}, boom) })
	if !errors.Is(err, boom) {
		t.Errorf("error %v, want that of the iteration", err)
	}
	if _, err := export.Gate(context.Background(), export.DefaultPolicy(now), seq(gambling("a-bet.com"), gambling("a-bet.com"))); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid for a site that comes twice", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := export.Gate(ctx, export.DefaultPolicy(now), seq(gambling("a-bet.com"))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func BenchmarkGate(b *testing.B) {
	entries := make([]export.Entry, 2000)
	for i, l := range slices.Collect(many(len(entries))) {
		entries[i] = gambling(l.Host)
	}
	for b.Loop() {
		if r, err := export.Gate(context.Background(), export.DefaultPolicy(now), seq(entries...)); err != nil || len(r.Listings) != len(entries) {
			b.Fatalf("%d listings, %v", len(r.Listings), err)
		}
	}
	b.ReportMetric(float64(len(entries)*b.N)/b.Elapsed().Seconds(), "entries/s")
}
