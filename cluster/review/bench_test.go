package review_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"pitboss/cluster/review"
	"pitboss/data"
)

// BenchmarkWriteStatic writes a report of two thousand sites in forty
// families, each site with four hundred features.
func BenchmarkWriteStatic(b *testing.B) {
	const sites, size = 2000, 50
	f := &fake{visits: map[string][]data.Visit{}, prints: map[string]data.Fingerprint{}}
	f.run = &data.Run{ID: "r", At: now}
	var hosts []string
	for i := range sites {
		host := fmt.Sprintf("site-%05d.example", i)
		var features []data.Feature
		for j := range 400 {
			features = append(features, data.Feature{Layer: data.LayerTemplate, Kind: data.KindClass, Value: fmt.Sprintf("class-%d-%d", i/size, j), Count: 1, Source: "https://" + host + "/"})
		}
		f.add(host, "Title", data.PageGambling, 0.95, append(features, telegram(fmt.Sprintf("boss%d", i/size), host))...)
		hosts = append(hosts, host)
		if len(hosts) == size {
			f.run.Families = append(f.run.Families, family(fmt.Sprintf("b-%04d", i), "", data.LayerBuilder, "", hosts...))
			hosts = nil
		}
	}
	for b.Loop() {
		if err := review.WriteStatic(context.Background(), f, filepath.Join(b.TempDir(), "report"), options()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(sites*b.N)/b.Elapsed().Seconds(), "sites/s")
}
