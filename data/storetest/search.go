package storetest

import (
	"fmt"
	"testing"

	"pitboss/data"
)

var searchTests = map[string]func(*testing.T, Store){
	"search finds what people paste":      testSearch,
	"search keeps to its limit, in order": testSearchLimit,
	"operators win the search rows":       testSearchPriority,
	"a page cannot crowd out a kind":      testSearchCrowding,
}

func operator(kind data.Kind, value string) data.Feature {
	return data.Feature{Layer: data.LayerOperator, Kind: kind, Value: value, Source: "https://a.example/", Context: "near " + value}
}

func search(t *testing.T, s Store, indicator string) []string {
	t.Helper()
	hits, err := s.Search(t.Context(), indicator, 1000)
	must(t, err)
	return hostsOf(hits, func(h data.Hit) string { return fmt.Sprintf("%s %s %s", h.Host, h.Kind, h.Value) })
}

func testSearch(t *testing.T, s Store) {
	const wallet = "tron:TQ5pzRtU9uYy3dLqZ1nEw2xKxYkN8m4Abc"
	a, b := visit("a", "a.example", "x", 1), visit("b", "b.example", "y", 1)
	addVisits(t, s, a, b)
	fa := fingerprint(a, "1", operator(data.KindTelegram, "LuckyDesk"), operator(data.KindWallet, wallet),
		operator(data.KindPhone, "+821012345678"),
		data.Feature{Layer: data.LayerInfrastructure, Kind: data.KindIP, Value: "192.0.2.1"},
		data.Feature{Layer: data.LayerTemplate, Kind: data.KindFavicon, Value: "-82460412"},
		data.Feature{Layer: data.LayerTemplate, Kind: data.KindClass, Value: "btn-lucky"})
	fb := fingerprint(b, "1", operator(data.KindKakao, "luckydesk"),
		data.Feature{Layer: data.LayerInfrastructure, Kind: data.KindIP, Value: "192.0.2.1"})
	fb.Title = "100%_토토 바카라 Win"
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fb, fa}))

	for indicator, want := range map[string][]string{
		"LUCKYDESK":          {"a.example telegram LuckyDesk", "b.example kakao luckydesk"},
		"  luckydesk\n":      {"a.example telegram LuckyDesk", "b.example kakao luckydesk"},
		"telegram:luckydesk": {"a.example telegram LuckyDesk"},
		"@LuckyDesk":         {"a.example telegram LuckyDesk", "b.example kakao luckydesk"},
		wallet:               {"a.example wallet " + wallet},
		"wallet:" + wallet:   {"a.example wallet " + wallet},
		wallet[5:]:           {"a.example wallet " + wallet},
		"+82 10-1234-5678":   {"a.example phone +821012345678"},
		"-82460412":          {"a.example favicon-mmh3 -82460412"},
		"192.0.2.1":          {"a.example ip 192.0.2.1", "b.example ip 192.0.2.1"},
		"https://B.example/": {"b.example host b.example"},
		"host:b.example":     {"b.example host b.example"},
		"바카라":                {"b.example title 100%_토토 바카라 Win"},
		"title:win":          {"b.example title 100%_토토 바카라 Win"},
		"%_":                 {"b.example title 100%_토토 바카라 Win"},
		"%%":                 nil,
		"btn-lucky":          nil, // thousands of sites have any class
		"luckydes":           nil,
		"kakao:192.0.2.1":    nil,
		"":                   nil,
		" ":                  nil,
		"x' OR '1'='1":       nil,
	} {
		same(t, fmt.Sprintf("hits of %q", indicator), search(t, s, indicator), want)
	}
	hits, err := s.Search(t.Context(), "telegram:luckydesk", 1)
	must(t, err)
	same(t, "hit", hits, []data.Hit{{
		Host: "a.example", Kind: data.KindTelegram, Value: "LuckyDesk", Source: "https://a.example/", Context: "near LuckyDesk",
	}})
}

func testSearchLimit(t *testing.T, s Store) {
	var want []string
	for i := range 9 {
		v := visit(fmt.Sprint(i), fmt.Sprintf("site-%d.example", 8-i), "x", 1)
		addVisits(t, s, v)
		must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fingerprint(v, "1", operator(data.KindQQ, "12345"))}))
		want = append(want, fmt.Sprintf("site-%d.example", i))
	}
	for _, limit := range []int{0, 1, 5, 9, 50} {
		hits, err := s.Search(t.Context(), "12345", limit)
		must(t, err)
		same(t, fmt.Sprint("hits with limit ", limit), hostsOf(hits, func(h data.Hit) string { return h.Host }), want[:min(limit, 9)])
	}
}

func testSearchPriority(t *testing.T, s Store) {
	v := visit("a", "a.example", "x", 1)
	addVisits(t, s, v)
	var features []data.Feature
	for i := range 300 {
		features = append(features, data.Feature{
			Layer: data.LayerInfrastructure, Kind: data.KindOutlinkHost, Value: fmt.Sprintf("%03d.example", i),
		})
	}
	features = append(features, operator(data.KindTelegram, "zz-last"),
		data.Feature{Layer: data.LayerTemplate, Kind: data.KindFavicon, Value: "777"})
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fingerprint(v, "1", features...)}))
	same(t, "operator", search(t, s, "zz-last"), []string{"a.example telegram zz-last"})
	same(t, "favicon", search(t, s, "777"), []string{"a.example favicon-mmh3 777"})
	found := 0
	for i := range 300 {
		found += len(search(t, s, fmt.Sprintf("outlink-host:%03d.example", i)))
	}
	same(t, "links found beside the two", found, 62)
}

func testSearchCrowding(t *testing.T, s Store) {
	v := visit("a", "a.example", "x", 1)
	addVisits(t, s, v)
	var features []data.Feature
	for i := range 500 {
		features = append(features, operator(data.KindQQ, fmt.Sprint(10000+i)))
	}
	features = append(features, operator(data.KindTelegram, "the-real-one"))
	must(t, s.PutFingerprints(t.Context(), []data.Fingerprint{fingerprint(v, "1", features...)}))
	same(t, "hits", search(t, s, "the-real-one"), []string{"a.example telegram the-real-one"})
}
