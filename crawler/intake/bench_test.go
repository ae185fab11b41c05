package intake

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkRead reads 100,000 lines in each format; the figure to look at is
// lines/s on one core.
func BenchmarkRead(b *testing.B) {
	const lines = 100_000
	for _, bench := range []struct {
		format Format
		head   string
		line   string
	}{
		{FormatList, "", "lucky-%06d-bet.example\n"},
		{FormatHosts, "", "0.0.0.0 lucky-%06d-bet.example\n"},
		{FormatAdblock, "[Adblock Plus]\n", "||lucky-%06d-bet.example^\n"},
		{FormatCSV, "id,domain,note\n", "7,lucky-%06d-bet.example,\"from a, feed\"\n"},
		{FormatJSONL, "", "{\"host\":\"lucky-%06d-bet.example\",\"note\":\"from a feed\"}\n"},
	} {
		b.Run(string(bench.format), func(b *testing.B) {
			var in bytes.Buffer
			in.WriteString(bench.head)
			for i := range lines {
				fmt.Fprintf(&in, bench.line, i)
			}
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range Read(bytes.NewReader(in.Bytes()), "bench", Options{}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != lines {
					b.Fatalf("%d candidates", n)
				}
			}
			b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
