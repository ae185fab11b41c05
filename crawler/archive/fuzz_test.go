package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"pitboss/data"
)

// FuzzImport: whatever the bytes, an import ends, and every visit that it
// gives can be loaded again.
func FuzzImport(f *testing.F) {
	f.Add(plainWARC(smallSite()...))
	f.Add(gzipWARC(smallSite()...))
	f.Add(gzipMember(plainWARC(smallSite()...)))
	f.Add(plainWARC(moved("http://a.example/", 0, "/x"), moved("http://a.example/x", 1, "http://b.example/"), htmlPage("http://b.example/", 2, "<html>")))
	f.Add([]byte("WARC/1.1\r\nContent-Length: 99999999999\r\n\r\n"))
	f.Add([]byte("WARC/1.0\nWARC-Type: response\nWARC-Date: 2026-01-01\nWARC-Target-URI: http://a.example/\nContent-Length: 3\n\nabc\n\nWARC/1.0\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		a := openTemp(t, Options{MaxRecord: 1 << 20, MemoryLimit: 1 << 10, MaxRows: 8})
		var visits []data.Visit
		stats, err := a.Import(t.Context(), bytes.NewReader(in), "fuzz", func(v data.Visit) error {
			visits = append(visits, v)
			return nil
		})
		if err != nil && !errors.Is(err, ErrNotWARC) {
			t.Fatal(err)
		}
		if stats.Visits != len(visits) || stats.Failed < len(stats.Errors) {
			t.Fatalf("%d visits, %+v", len(visits), stats)
		}
		for _, v := range visits {
			if host, err := data.NormalizeHost(v.Host); err != nil || host != v.Host {
				t.Fatalf("host %q: %v", v.Host, err)
			}
			c, err := a.Load(t.Context(), v)
			if err != nil {
				t.Fatal(err)
			}
			if v.Outcome.Good() && c.Home() == nil {
				t.Fatal("a good visit without a home page")
			}
		}
	})
}

// FuzzMessage: any bytes are some HTTP answer, read to the end and the same
// whether their payload is kept or not.
func FuzzMessage(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	f.Add("HTTP/1.1 103 x\n\nHTTP/1.1 200\n a\n: b\nc: d\n\n")
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, in string) {
		kept, err := readMessage(bufio.NewReader(strings.NewReader(in)), 1<<20, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		dropped, err := readMessage(bufio.NewReaderSize(strings.NewReader(in), 16), 0, 0, nil)
		if err != nil || !bytes.Equal(kept.digest, dropped.digest) || kept.size != dropped.size || kept.status != dropped.status {
			t.Fatalf("%+v, %+v, %v", kept, dropped, err)
		}
		if kept.status != 0 && (kept.status < 100 || kept.status > 999) || int64(len(kept.payload)) != kept.size {
			t.Fatalf("%+v", kept)
		}
		const limit = 1000
		if body, _ := decodeContent(kept.all("Content-Encoding"), kept.payload, limit); len(body) > limit {
			t.Fatalf("decoded %d bytes", len(body))
		}
	})
}

// FuzzDecode: no coding of any bytes passes its bound.
func FuzzDecode(f *testing.F) {
	f.Add("gzip", gzipMember([]byte(strings.Repeat("x", 5000))))
	f.Add("deflate, br", []byte("plain"))
	f.Add("zstd", []byte(zstdMagic+"\x00\x00"))
	f.Fuzz(func(t *testing.T, encoding string, raw []byte) {
		const limit = 2000
		body, truncated := decodeContent(encoding, raw, limit)
		if len(body) > limit || len(body) < min(len(raw), 0) {
			t.Fatalf("%d bytes, truncated %v", len(body), truncated)
		}
	})
}

// FuzzReader: the reader returns every record once and ends.
func FuzzReader(f *testing.F) {
	f.Add(plainWARC(smallSite()...))
	f.Add(gzipWARC(smallSite()...))
	f.Add(append(gzipWARC(smallSite()[:2]...), "junk\x1f\x8b\x08"...))
	f.Fuzz(func(t *testing.T, in []byte) {
		rd, err := newReader(bytes.NewReader(in), newSpool(t.TempDir(), 1<<20), 1<<16)
		if err != nil {
			return
		}
		defer rd.src.close()
		last := int64(-1)
		for n := 0; ; n++ {
			if n > len(in)*100 {
				t.Fatal("it does not end")
			}
			f, err := rd.next()
			if errors.Is(err, io.EOF) {
				return
			}
			var bad *RecordError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			if err == nil {
				if f.offset < last || f.offset > int64(len(in)) {
					t.Fatalf("record at %d after %d", f.offset, last)
				}
				last = f.offset
			}
		}
	})
}
