package archive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pitboss/data"
)

// benchSite is a page of 30 KB and six assets, as in the yardstick of the
// crawler.
func benchSite(n int) []warcRecord {
	host := fmt.Sprintf("http://bench-%05d.example", n)
	var page strings.Builder
	fmt.Fprintf(&page, "<html><head><title>%d</title>", n)
	for i := range 300 {
		fmt.Fprintf(&page, "<div class=\"c%d x%d\"><a href=\"/p/%d\">Lucky number %d of today</a></div>\n", i%17, (i*n)%97, i, i*i*n)
	}
	records := []warcRecord{htmlPage(host+"/", n%3000, page.String())}
	for i := range 3 {
		records = append(records, asset(fmt.Sprintf("%s/s%d.css", host, i), n%3000, "text/css", strings.Repeat(fmt.Sprintf(".c%d{color:#%06x}\n", i, n*i), 300)))
		records = append(records, asset(fmt.Sprintf("%s/j%d.js", host, i), n%3000, "text/javascript", strings.Repeat(fmt.Sprintf("f%d(%d);\n", i, n*i), 500)))
	}
	return records
}

func BenchmarkLoad(b *testing.B) {
	a := openTemp(b, Options{})
	var file []byte
	for n := range 50 {
		file = append(file, gzipWARC(benchSite(n)...)...)
	}
	var visits []data.Visit
	if _, err := a.Import(b.Context(), bytes.NewReader(file), "bench", func(v data.Visit) error {
		visits = append(visits, v)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var size int64
	i := 0
	for b.Loop() {
		c, err := a.Load(b.Context(), visits[i%len(visits)])
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range c.Resources {
			size += int64(len(r.Body))
		}
		i++
	}
	b.SetBytes(size / int64(b.N))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "captures/s")
}

func BenchmarkImport(b *testing.B) {
	const sites = 100
	var file []byte
	var size int64
	for n := range sites {
		for _, r := range benchSite(n) {
			file = append(file, gzipWARC(r)...)
			size += int64(len(r.block))
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		a := openTemp(b, Options{})
		stats, err := a.Import(b.Context(), bytes.NewReader(file), "bench", func(data.Visit) error { return nil })
		if err != nil || stats.Visits != sites {
			b.Fatal(stats, err)
		}
	}
	b.ReportMetric(float64(sites)*float64(b.N)/b.Elapsed().Seconds(), "sites/s")
}

func BenchmarkAppend(b *testing.B) {
	a := openTemp(b, Options{})
	records := benchSite(1)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			for _, r := range records {
				if _, err := a.Append(b.Context(), raw(r.uri, data.RolePage, r.block)); err != nil {
					b.Error(err)
					return
				}
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sites/s")
}
