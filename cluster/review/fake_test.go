package review_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"pitboss/cluster/review"
	"pitboss/data"
)

var now = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// fake is a store in memory, for the pages' tests only.
type fake struct {
	sites    []data.Site
	visits   map[string][]data.Visit
	prints   map[string]data.Fingerprint
	run      *data.Run
	verdicts []data.Verdict
	fail     error // returned by Sites
	reads    int   // calls of Sites
}

func (f *fake) Sites(context.Context) iter.Seq2[data.Site, error] {
	f.reads++
	return func(yield func(data.Site, error) bool) {
		if f.fail != nil {
			yield(data.Site{}, f.fail)
			return
		}
		for _, s := range f.sites {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (f *fake) Site(_ context.Context, host string) (data.Site, error) {
	i := slices.IndexFunc(f.sites, func(s data.Site) bool { return s.Host == host })
	if i < 0 {
		return data.Site{}, fmt.Errorf("site %q: %w", host, data.ErrNotFound)
	}
	return f.sites[i], nil
}

func (f *fake) Visits(_ context.Context, host string) ([]data.Visit, error) {
	return f.visits[host], nil
}

func (f *fake) Fingerprints(context.Context) iter.Seq2[data.Fingerprint, error] {
	return func(yield func(data.Fingerprint, error) bool) {
		for _, s := range f.sites {
			if p, ok := f.prints[s.Host]; ok && !yield(p, nil) {
				return
			}
		}
	}
}

func (f *fake) Fingerprint(_ context.Context, host string) (data.Fingerprint, error) {
	if p, ok := f.prints[host]; ok {
		return p, nil
	}
	return data.Fingerprint{}, fmt.Errorf("fingerprint of %q: %w", host, data.ErrNotFound)
}

func (f *fake) CurrentRun(context.Context) (data.Run, error) {
	if f.run == nil {
		return data.Run{}, fmt.Errorf("run: %w", data.ErrNotFound)
	}
	return *f.run, nil
}

func (f *fake) Changes(_ context.Context, since time.Time) ([]data.Change, error) {
	var out []data.Change
	if f.run != nil {
		for _, c := range f.run.Changes {
			if !c.At.Before(since) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

func (f *fake) Verdicts(context.Context) ([]data.Verdict, error) { return f.verdicts, nil }

var _ review.Store = (*fake)(nil)

// add stores a site with one good visit and its fingerprint.
func (f *fake) add(host, title string, page data.PageType, score float64, features ...data.Feature) {
	at := now.Add(-time.Duration(24+len(f.sites)) * time.Hour)
	url := "https://" + host + "/"
	v := data.Visit{
		ID: "visit-" + host, Host: host, Origin: "crawl", Started: at, Finished: at.Add(3 * time.Second), Outcome: data.OutcomeOK,
		FinalURL: url + "main", Vantage: "default",
		Chain: []data.Hop{{URL: "http://" + host + "/", Status: 301, To: url, By: "http"}, {URL: url, To: url + "main", By: "script"}},
		Exchanges: []data.Exchange{
			{URL: url, Role: data.RoleHome, Status: 200, MediaType: "text/html", At: at, Digest: "sha256:" + strings.Repeat("3f", 32), Record: data.Location{Segment: "20261120-000001.warc.gz", Offset: 12_345_678, Length: 9_211}},
			{URL: url + "css/main.css", Role: data.RoleStylesheet, Status: 200, At: at, Digest: "sha256:" + strings.Repeat("a1", 32), Truncated: "length", Record: data.Location{Segment: "20261120-000001.warc.gz", Offset: 12_354_889, Length: 61_022}},
		},
		Hosting: data.Hosting{Addrs: []string{"192.0.2.17"}, ASN: 64500, ASName: "EXAMPLE-NET", Country: "NL", NameServers: []string{"ns1.example.net"}, Server: "nginx"},
	}
	f.sites = append(f.sites, data.Site{
		Host: host, Status: data.StatusAlive, FirstSeen: at.Add(-20 * 24 * time.Hour), LastVisit: at, LastGood: at,
		Sources: []data.Candidate{{Host: host, Source: "feed.txt", How: "list", Note: "reported twice", Added: at.Add(-20 * 24 * time.Hour)}},
	})
	f.visits[host] = []data.Visit{v}
	features = append(features,
		data.Feature{Layer: data.LayerInfrastructure, Kind: data.KindIP, Value: "192.0.2.17", Count: 1},
		data.Feature{Layer: data.LayerInfrastructure, Kind: data.KindASN, Value: "AS64500", Count: 1, Label: "EXAMPLE-NET"},
		data.Feature{Layer: data.LayerTemplate, Kind: data.KindClass, Value: "game-lobby__tile", Count: 42, Source: url},
	)
	f.prints[host] = data.Fingerprint{
		Host: host, Visit: v.ID, Capture: v.Digest(), Extractor: "2026.11-1", At: at, Title: title, Complete: true, Features: features,
		Assessment: data.Assessment{Page: page, Gambling: score, Language: "ko", Reasons: []data.Reason{
			{Rule: "term:ko:바카라", Weight: 2.31, Detail: "“바카라” 14 times, in the navigation and headings"},
			{Rule: "provider:evolution", Weight: 1.4, Detail: "lobby image of Evolution"},
			{Rule: "form:join-code", Weight: 1.12, Detail: "registration form asks for a join code"},
			{Rule: "text:news-like", Weight: -0.42, Detail: "long paragraphs of prose"},
		}},
	}
}

func evidence(nearest string) []data.Evidence {
	return []data.Evidence{
		{Kind: data.KindAPIRoute, Value: "/api/v2/wallet/convertPoint", Detail: "API route that only this family's scripts name", Sites: 3, Weight: 9400, Source: "https://" + nearest + "/js/app.js"},
		{Kind: data.KindBareSubtree, Value: "8c1f0a9be2d3574a", Detail: "registration block of 41 elements, the same without its classes", Sites: 4, Weight: 7250},
		{Kind: data.KindID, Detail: "31 of 34 element ids agree, 12 of them rare", Weight: 5100},
		{Kind: data.KindCookie, Value: "gmsess_v2", Detail: "cookie name seen nowhere else", Sites: 3, Weight: 3300},
		{Kind: data.KindFramework, Value: "jquery 1.12", Detail: "library that most sites use", Sites: 4100, Weight: 20},
		{Kind: data.KindEndpoint, Detail: "home pages link different games", Weight: -1800},
	}
}

func family(id, name string, layer data.Layer, parent string, hosts ...string) data.Family {
	slices.Sort(hosts)
	f := data.Family{
		ID: id, Name: name, Layer: layer, Parent: parent, Medoid: hosts[0], FirstSeen: now.Add(-60 * 24 * time.Hour), LastSeen: now.Add(-20 * time.Hour),
		Defining: []data.Defining{
			{Kind: data.KindAPIRoute, Value: "/api/v2/wallet/convertPoint", Inside: len(hosts), Outside: 0, Lift: 88.5},
			{Kind: data.KindBareSubtree, Value: "8c1f0a9be2d3574a", Label: "registration form, 41 elements", Inside: max(1, len(hosts)-1), Outside: 1, Lift: 61.2},
			{Kind: data.KindCookie, Value: "gmsess_v2", Inside: max(1, len(hosts)-2), Outside: 0, Lift: 40},
		},
	}
	for i, h := range hosts {
		f.Members = append(f.Members, data.Member{Host: h, Confidence: 0.999 - 0.07*float64(i), Nearest: hosts[(i+1)%len(hosts)], Evidence: evidence(hosts[(i+1)%len(hosts)])})
	}
	return f
}

func telegram(account, host string) data.Feature {
	return data.Feature{Layer: data.LayerOperator, Kind: data.KindTelegram, Value: account, Count: 2, Source: "https://" + host + "/", Offset: 20_481, Context: "24시간 문의 텔레그램 @" + account + " 가입코드 문의"}
}

// madeUp is a store with three builders, their templates and two operators.
func madeUp() *fake {
	f := &fake{visits: map[string][]data.Visit{}, prints: map[string]data.Fingerprint{}}
	var golden, tiger, lotus []string
	for i, n := range []string{"alpha", "bravo", "casa", "delta", "echo", "fox", "golf", "hotel"} {
		h := n + "-palace.example"
		golden = append(golden, h)
		f.add(h, strings.ToUpper(n)+" 카지노 — 첫충 30%", data.PageGambling, 0.99-0.01*float64(i), telegram([]string{"goldboss77", "silver_cs"}[i%2], h))
	}
	for _, n := range []string{"gacor", "maxwin", "hoki", "jitu"} {
		h := n + "-slot.example"
		tiger = append(tiger, h)
		f.add(h, "Situs Slot "+n, data.PageDoorway, 0.97, telegram("tiger_id", h))
	}
	for _, n := range []string{"xn--9i1bm7h", "bong88"} {
		h := n + "-lotus.example:8443"
		lotus = append(lotus, h)
		f.add(h, "Nhà cái số 1", data.PageGambling, 0.93)
	}
	f.add("flower-shop.example", "Blumen & Garten", data.PageCompromised, 0.71)
	f.add("chess-club.example", "Chess club", data.PageHarmless, 0.01)
	f.sites = append(f.sites, data.Site{Host: "never-seen.example", Status: data.StatusNew, FirstSeen: now})
	failed := f.visits[golden[0]][0]
	failed.ID, failed.Outcome, failed.Reason, failed.Started = "visit-2", data.OutcomeTimeout, "no answer within 20 s", now.Add(-time.Hour)
	failed.Exchanges, failed.Chain, failed.FinalURL = nil, nil, ""
	f.visits[golden[0]] = append([]data.Visit{failed}, f.visits[golden[0]]...)
	f.run = &data.Run{ID: "run-20261121", At: now.Add(-2 * time.Hour), Epoch: "m1", Sites: len(f.prints), Families: []data.Family{
		family("b-7f21c0", "Golden Palace kit", data.LayerBuilder, "", golden...),
		family("b-03ad9e", "", data.LayerBuilder, "", tiger...),
		family("b-55e1b2", "", data.LayerBuilder, "", lotus...),
		family("t-100001", "", data.LayerTemplate, "b-7f21c0", golden[:5]...),
		family("t-100002", "", data.LayerTemplate, "b-7f21c0", golden[5:]...),
		family("t-100003", "", data.LayerTemplate, "b-03ad9e", tiger...),
		family("o-aa0001", "", data.LayerOperator, "", golden[0], golden[2], golden[4], tiger[0]),
		family("o-aa0002", "", data.LayerOperator, "", golden[1], golden[3]),
	}, Changes: []data.Change{
		{Run: "run-20261121", At: now.Add(-2 * time.Hour), Kind: data.ChangeBorn, Layer: data.LayerBuilder, Family: "b-55e1b2", Reason: "two sites share a code base seen nowhere else"},
		{Run: "run-20261121", At: now.Add(-2 * time.Hour), Kind: data.ChangeJoined, Layer: data.LayerBuilder, Family: "b-7f21c0", Host: golden[7], Reason: "22.4 bits with golf-palace.example"},
		{Run: "run-20260901", At: now.Add(-80 * 24 * time.Hour), Kind: data.ChangeDied, Layer: data.LayerBuilder, Family: "b-old", Reason: "too old to show"},
	}}
	f.verdicts = []data.Verdict{
		{ID: "1", At: now.Add(-30 * time.Hour), By: "ann", Kind: data.VerdictName, Family: "b-7f21c0", Name: "Golden Palace kit", Reason: "named after its footer"},
		{ID: "2", At: now.Add(-29 * time.Hour), By: "bo", Kind: data.VerdictConfirm, Family: "b-7f21c0", Hosts: []string{golden[0]}, Reason: "same admin path"},
	}
	return f
}

func options() review.Options {
	return review.Options{Now: func() time.Time { return now }}
}
