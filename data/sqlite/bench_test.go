package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pitboss/data"
)

// batchSize is what AddCandidates is fastest with.
const batchSize = 50_000

// BenchmarkAddCandidates reports the time of one candidate. With -benchtime
// 10000000x it imports ten million.
func BenchmarkAddCandidates(b *testing.B) {
	s := open(b, b.TempDir())
	random := rand.New(rand.NewPCG(1, 2))
	batch := make([]data.Candidate, 0, batchSize)
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(batch) {
		batch = batch[:0]
		for range min(batchSize, b.N-n) {
			batch = append(batch, data.Candidate{
				Host:   fmt.Sprintf("%012x-site.example", random.Uint64N(1<<48)),
				Source: "feed-2026-11-21.txt", How: "list", Added: noon,
			})
		}
		if _, err := s.AddCandidates(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCommit(b *testing.B) {
	s := open(b, b.TempDir())
	if _, err := s.AddCandidates(b.Context(), candidatesOf(b.N)); err != nil {
		b.Fatal(err)
	}
	leases, err := s.Lease(b.Context(), noon, b.N, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, l := range leases {
		v := visitOf(l.Host, l.Host)
		if err := s.Commit(b.Context(), l, v, data.Follow{Next: noon.Add(time.Hour)}); err != nil {
			b.Fatal(err)
		}
	}
}

// realistic is a fingerprint with as many features as a page of 100 KB gives.
func realistic(host string) data.Fingerprint {
	f := data.Fingerprint{Host: host, Visit: host, Capture: host, Extractor: "1", At: noon, Title: "Lucky " + host}
	page := "https://" + host + "/"
	add := func(layer data.Layer, kind data.Kind, n int, form string) {
		for i := range n {
			f.Features = append(f.Features, data.Feature{
				Layer: layer, Kind: kind, Value: fmt.Sprintf(form, i), Count: 1 + i%5, Source: page, Offset: 40 * i,
			})
		}
	}
	add(data.LayerTemplate, data.KindClass, 250, "game-list__item-%d")
	add(data.LayerTemplate, data.KindShingle, 400, "%016x")
	add(data.LayerTemplate, data.KindSubtree, 300, "%016x")
	add(data.LayerBuilder, data.KindEndpoint, 60, "/member/action-%d/{n}")
	add(data.LayerBuilder, data.KindID, 80, "btnDeposit%d")
	add(data.LayerOperator, data.KindTelegram, 2, "lucky-%d-"+host)
	add(data.LayerInfrastructure, data.KindIP, 2, "192.0.2.%d")
	add(data.LayerInfrastructure, data.KindOutlinkHost, 30, "link-%d.example")
	return f
}

func BenchmarkPutFingerprints(b *testing.B) {
	const perCall = 64
	s := open(b, b.TempDir())
	if _, err := s.AddCandidates(b.Context(), candidatesOf(b.N)); err != nil {
		b.Fatal(err)
	}
	list := make([]data.Fingerprint, b.N)
	for i := range list {
		list[i] = realistic(hostOf(i))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += perCall {
		if err := s.PutFingerprints(b.Context(), list[i:min(i+perCall, b.N)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFingerprints(b *testing.B) {
	s := open(b, b.TempDir())
	const stored = 512
	if _, err := s.AddCandidates(b.Context(), candidatesOf(stored)); err != nil {
		b.Fatal(err)
	}
	for i := range stored {
		if err := s.PutFingerprints(b.Context(), []data.Fingerprint{realistic(hostOf(i))}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		for _, err := range s.Fingerprints(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n == b.N {
				break
			}
		}
	}
}

// BenchmarkSaveRun reports the time of one member, with evidence, in families
// of fifty.
func BenchmarkSaveRun(b *testing.B) {
	s := open(b, b.TempDir())
	r := data.Run{ID: "r", At: noon, Sites: b.N}
	for i := 0; i < b.N; i += 50 {
		f := data.Family{ID: fmt.Sprint("f", i), Layer: data.LayerTemplate, Medoid: hostOf(i)}
		for j := i; j < min(i+50, b.N); j++ {
			m := data.Member{Host: hostOf(j), Confidence: 0.98, Nearest: hostOf(i)}
			for k := range 8 {
				m.Evidence = append(m.Evidence, data.Evidence{Kind: data.KindEndpoint, Value: fmt.Sprintf("/a/%d", k),
					Detail: "12 of 14 endpoints are the same; 3 templates have them", Sites: 3, Weight: 5000})
			}
			f.Members = append(f.Members, m)
		}
		r.Families = append(r.Families, f)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := s.SaveRun(b.Context(), r); err != nil {
		b.Fatal(err)
	}
}
