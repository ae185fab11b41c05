package fingerprint

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"pitboss/data"
)

// benchPages returns the pages of the corpus, or made-up ones without it.
func benchPages(b *testing.B) (captures []data.Capture, size int64) {
	b.Helper()
	for _, c := range corpus(b) {
		one := c
		one.Resources = nil
		for _, r := range c.Resources {
			if (r.Role == data.RoleHome || r.Role == data.RolePage) && strings.Contains(r.ContentType, "html") && len(captures) < 120 {
				one.Resources = append(one.Resources, r)
				size += int64(len(r.Body))
			}
		}
		if len(one.Resources) > 0 && len(captures) < 120 {
			captures = append(captures, one)
		}
	}
	return captures, size
}

// BenchmarkBareParse is the yardstick: html.Parse on the same bytes.
func BenchmarkBareParse(b *testing.B) {
	captures, size := benchPages(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range captures {
			for _, r := range captures[i].Resources {
				if _, err := html.Parse(bytes.NewReader(r.Body)); err != nil {
					continue // deeper than it allows
				}
			}
		}
	}
}

// BenchmarkParseDocument is our reading of the same pages.
func BenchmarkParseDocument(b *testing.B) {
	captures, size := benchPages(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range captures {
			for j := range captures[i].Resources {
				parseDocument(&captures[i].Resources[j])
			}
		}
	}
}

// BenchmarkFeatures is points 1 to 3 of a page: everything but TLSH, pictures
// and the assessment.
func BenchmarkFeatures(b *testing.B) {
	captures, size := benchPages(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range captures {
			x := newExtraction(&captures[i])
			x.plain = true
			x.read()
			x.out.features()
		}
	}
}

// BenchmarkExtract is everything.
func BenchmarkExtract(b *testing.B) {
	captures, size := benchPages(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for i := range captures {
			Extract(&captures[i])
		}
	}
}

// BenchmarkScript reads the corpus's scripts that are no known libraries.
func BenchmarkScript(b *testing.B) {
	var scripts []data.Resource
	var size int64
	for _, c := range corpus(b) {
		for _, r := range c.Resources {
			if r.Role == data.RoleScript && knownLibrary(r.URL, r.Body) == "" {
				scripts = append(scripts, r)
				size += int64(len(r.Body))
			}
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		out := newCollector()
		for _, r := range scripts {
			readScript(r.Body, r.URL, "shop.example", out)
		}
	}
}

// BenchmarkRatio puts the above in proportion to html.Parse on the same bytes,
// in turns and by the best of all turns, so that other work on the machine
// matters little: parse, features and extract are multiples of its time.
func BenchmarkRatio(b *testing.B) {
	captures, _ := benchPages(b)
	steps := []struct {
		name string
		run  func(c *data.Capture)
	}{
		{"bare", func(c *data.Capture) {
			for _, r := range c.Resources {
				if _, err := html.Parse(bytes.NewReader(r.Body)); err != nil {
					continue // deeper than it allows
				}
			}
		}},
		{"parse", func(c *data.Capture) {
			for j := range c.Resources {
				parseDocument(&c.Resources[j])
			}
		}},
		{"features", func(c *data.Capture) {
			x := newExtraction(c)
			x.plain = true
			x.read()
			x.out.features()
		}},
		{"extract", func(c *data.Capture) { Extract(c) }},
	}
	best := make([]time.Duration, len(steps))
	for b.Loop() {
		for i, s := range steps {
			began := time.Now()
			for j := range captures {
				s.run(&captures[j])
			}
			if took := time.Since(began); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	for i, s := range steps[1:] {
		b.ReportMetric(best[i+1].Seconds()/best[0].Seconds(), s.name+"/bare")
	}
}
