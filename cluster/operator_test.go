package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pitboss/data"
)

// with adds features to the named sites of the web of two builders.
func with(features map[string][]string) []data.Fingerprint {
	fps := twoBuilders()
	for i := range fps {
		name := strings.TrimSuffix(fps[i].Host, ".example")
		for _, s := range features[name] {
			fps[i].Features = append(fps[i].Features, feature(s))
		}
		slices.SortFunc(fps[i].Features, func(a, b data.Feature) int {
			return strings.Compare(string(a.Kind)+"\x00"+a.Value, string(b.Kind)+"\x00"+b.Value)
		})
	}
	return fps
}

func TestOperators(t *testing.T) {
	t.Parallel()
	ofKim := func(each func(site string) []string) map[string][]string {
		out := map[string][]string{}
		for _, site := range []string{"a", "b", "c", "d", "e"} {
			out[site] = each(site)
		}
		return out
	}
	for _, tc := range []struct {
		name string
		has  map[string][]string
		want string
	}{
		{"nobody has anything", nil, ""},
		{"an account on two builders' sites", map[string][]string{"a": {"telegram:boss_one"}, "f": {"telegram:boss_one"}}, "a f"},
		{"different accounts", map[string][]string{"a": {"telegram:boss_one"}, "f": {"telegram:boss_two"}}, ""},
		{"the same name on another network", map[string][]string{"a": {"telegram:boss_one"}, "f": {"kakao:boss_one"}}, ""},
		{"some sites of a family", map[string][]string{"a": {"phone:+82101"}, "b": {"phone:+82101"}}, "a b"},
		{"two operators, one of them with two identifiers", map[string][]string{
			"a": {"phone:+82101"}, "b": {"phone:+82101", "wallet:tron:T1"}, "f": {"wallet:tron:T1"}, "c": {"email:x@mail.example"}, "h": {"email:x@mail.example"},
		}, "a b f | c h"},
		{"the developer's account in every copy, each buyer's beside it", ofKim(func(s string) []string {
			return []string{"telegram:kim_develops", "phone:+8210" + s}
		}), ""},
		{"the developer's account, and two buyers with several sites", ofKim(func(s string) []string {
			return []string{"telegram:kim_develops", map[bool]string{true: "phone:+821", false: "phone:+822"}[s < "c"]}
		}), "a b | c d e"},
		{"one operator bought the whole family", ofKim(func(string) []string { return []string{"telegram:boss_one"} }), "a b c d e"},
		{"an account of the developer that another builder's site carries too", func() map[string][]string {
			has := ofKim(func(s string) []string { return []string{"telegram:boss_one", "phone:+8210" + s} })
			has["f"] = []string{"telegram:boss_one"}
			return has
		}(), "a b c d e f"},
		{"an agent's code, an affiliate's id, a social account and an advertiser's id", map[string][]string{
			"a": {"agent-code:7777", "affiliate:aff1", "social-account:x:someone", "ads:adsense:1"},
			"f": {"agent-code:7777", "affiliate:aff1", "social-account:x:someone", "ads:adsense:1"},
		}, ""},
		{"an address that both are hosted on", map[string][]string{"a": {"ip:192.0.2.1", "asn:64500"}, "f": {"ip:192.0.2.1", "asn:64500"}}, ""},
	} {
		run := Cluster(input(with(tc.has)...))
		if got := groupsOf(run.Families, data.LayerOperator); got != tc.want {
			t.Errorf("%s: operators %q, want %q", tc.name, got, tc.want)
		}
		if got := groupsOf(run.Families, data.LayerBuilder); got != "a b c d e | f g" {
			t.Errorf("%s: identifiers moved the builders to %q", tc.name, got)
		}
	}
}

// A kit may be found as several families; the developer's account is on all
// of their sites even so.
func TestTheBuildersAccountOnAKitInTwoFamilies(t *testing.T) {
	t.Parallel()
	fps := func() []data.Fingerprint {
		var out []data.Fingerprint
		for i, kit := range []string{"kim", "kim", "kim", "kim", "lee", "lee", "lee"} {
			host := fmt.Sprintf("s%d.example", i)
			out = append(out, siteOf(host, "skin of "+kit, kit, "analytics:google:G-KIT"))
		}
		return out
	}
	if got := groupsOf(Cluster(input(fps()...)).Families, data.LayerOperator); got != "s0 s1 s2 s3 s4 s5 s6" {
		t.Errorf("nothing speaks of several operators, and yet %q", got)
	}
	each := fps()
	for i := range each {
		each[i].Features = append(each[i].Features, feature(fmt.Sprintf("phone:+8210%d", i/2)))
	}
	if got := groupsOf(Cluster(input(each...)).Families, data.LayerOperator); got != "s0 s1 | s2 s3 | s4 s5" {
		t.Errorf("operators %q, want those of the phones", got)
	}
}

func TestEachHardKindTies(t *testing.T) {
	t.Parallel()
	for kind, weight := range hardKinds {
		run := Cluster(input(with(map[string][]string{"a": {string(kind) + ":someone"}, "g": {string(kind) + ":someone"}})...))
		if got, want := groupsOf(run.Families, data.LayerOperator), "a g"; got != want || weight < operatorCut {
			t.Errorf("%s of weight %d: operators %q, want %q", kind, weight, got, want)
		}
	}
}

func TestAnOperatorsFamilySaysWhy(t *testing.T) {
	t.Parallel()
	run := Cluster(input(with(map[string][]string{
		"a": {"telegram:boss_one", "wallet:tron:T1"}, "f": {"telegram:boss_one", "wallet:tron:T1"}, "h": {"telegram:boss_one"},
	})...))
	f := familyOf(t, run, data.LayerOperator, "a")
	if got := strings.Join(hostsOf(f), " "); got != "a f h" {
		t.Fatalf("members %q", got)
	}
	for _, m := range f.Members {
		if m.Nearest == "" || m.Nearest == m.Host || len(m.Evidence) == 0 || m.Evidence[0].Source == "" || m.Confidence <= 0.5 {
			t.Errorf("%+v", m)
		}
	}
	if a, h := f.Members[0], f.Members[2]; a.Confidence <= h.Confidence || a.Evidence[0].Kind != data.KindWallet || a.Evidence[0].Sites != 2 || a.Evidence[1].Sites != 3 {
		t.Errorf("two identifiers: %+v\none: %+v", a, h)
	}
	if d := f.Defining; len(d) != 2 || d[0].Value != "boss_one" || d[0].Inside != 3 || d[0].Outside != 0 {
		t.Errorf("defining %+v", d)
	}
}

func TestAPublicServiceTiesNobody(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{maxOperatorSites: true, maxOperatorSites + 1: false} {
		var fps []data.Fingerprint
		for i := range n {
			name := fmt.Sprintf("site%03d", i)
			fps = append(fps, page(name+".example", series(data.KindClass, name+"cls", leastTokens), []string{"telegram:helpdesk"}))
		}
		run := Cluster(Input{Fingerprints: fps, Model: handModel(), At: seenAt})
		if got := groupsOf(run.Families, data.LayerOperator) != ""; got != want {
			t.Errorf("an account on %d unlike sites ties them: %v, want %v", n, got, want)
		}
	}
}

func TestWhereDoorwaysLead(t *testing.T) {
	t.Parallel()
	lead := []string{"outlink-host:target-of-doorways.example"}
	for _, tc := range []struct {
		name   string
		has    map[string][]string
		change func([]data.Fingerprint)
		want   string
	}{
		{"some sites of two templates", map[string][]string{"a": lead, "d": lead}, nil, "a d"},
		{"all copies of a template: the link came with it", map[string][]string{"a": lead, "b": lead, "c": lead}, nil, ""},
		{"a harmless site leads there too", map[string][]string{"a": lead, "d": lead, "h": lead}, func(fps []data.Fingerprint) {
			fps[7].Assessment = data.Assessment{Page: data.PageHarmless, Gambling: 0.01}
		}, ""},
		{"review pages lead everywhere", map[string][]string{"a": lead, "d": lead}, func(fps []data.Fingerprint) {
			fps[0].Assessment.Page = data.PageAffiliate
		}, ""},
		{"sites of three builders: a public service", map[string][]string{"a": lead, "f": lead, "h": lead}, nil, ""},
		{"an address is nobody's name", map[string][]string{"a": {"outlink-host:192.0.2.7"}, "d": {"outlink-host:192.0.2.7"}}, nil, ""},
		{"the links of a copied page", map[string][]string{"a": series(data.KindOutlinkHost, "one.example", 5), "d": series(data.KindOutlinkHost, "one.example", 5)}, nil, ""},
	} {
		fps := with(tc.has)
		if tc.change != nil {
			tc.change(fps)
		}
		if got := groupsOf(Cluster(input(fps...)).Families, data.LayerOperator); got != tc.want {
			t.Errorf("%s: operators %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b []int
		want bool
	}{
		{nil, nil, true}, {nil, []int{1}, true}, {[]int{1}, nil, false}, {[]int{1, 3}, []int{1, 2, 3}, true},
		{[]int{0, 1}, []int{1, 2}, false}, {[]int{2, 4}, []int{1, 2, 3}, false}, {[]int{1, 2, 3}, []int{1, 3}, false},
	} {
		if got := within(tc.a, tc.b); got != tc.want {
			t.Errorf("%v within %v: %v", tc.a, tc.b, got)
		}
	}
}
