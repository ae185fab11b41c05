package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

func pack(t testing.TB, encoding string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "raw deflate":
		w, err = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	t.Parallel()
	page := []byte("<html>" + strings.Repeat("words and words ", 100))
	for _, c := range []struct {
		name, encodings string
		body            []byte
		want            []byte
	}{
		{"identity", "", page, page},
		{"gzip", "gzip", pack(t, "gzip", page), page},
		{"x-gzip, upper case", "X-GZIP", pack(t, "gzip", page), page},
		{"deflate", "deflate", pack(t, "deflate", page), page},
		{"raw deflate", "deflate", pack(t, "raw deflate", page), page},
		{"br", "br", pack(t, "br", page), page},
		{"zstd", "zstd", pack(t, "zstd", page), page},
		{"twice", "gzip, br", pack(t, "br", pack(t, "gzip", page)), page},
		{"unknown", "rot13", page, page},
		{"gzip that is none", "gzip", page, page},
		{"empty", "gzip", nil, nil},
	} {
		got, err := decode(c.body, c.encodings, 1<<20, nil)
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %d bytes, %v, want %d", c.name, len(got), err, len(c.want))
		}
	}
}

func TestDecodeKeepsWhatACutStreamHolds(t *testing.T) {
	t.Parallel()
	page := make([]byte, 1<<20)
	for i := range page {
		page[i] = byte(i * i >> 3)
	}
	whole := pack(t, "gzip", page)
	got, err := decode(whole[:len(whole)/2], "gzip", 2<<20, nil)
	if err == nil || len(got) < 1000 || !bytes.HasPrefix(page, got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestDecodeIsBounded(t *testing.T) {
	t.Parallel()
	big := make([]byte, 8<<20)
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "identity"} {
		body := big
		if encoding != "identity" {
			body = pack(t, encoding, big)
		}
		got, err := decode(body, encoding, 1<<20, nil)
		if !errors.Is(err, errDecoded) || len(got) != 1<<20 {
			t.Errorf("%s: %d bytes, %v", encoding, len(got), err)
		}
	}
	if got, err := decode(pack(t, "gzip", big), "gzip", 8<<20, nil); err != nil || len(got) != 8<<20 {
		t.Errorf("just within the limit: %d bytes, %v", len(got), err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, e := range []string{"gzip", "deflate", "br", "zstd"} {
		f.Add(e, pack(f, e, []byte("hello hello hello")))
	}
	f.Add("gzip,br,zstd,deflate", []byte("x"))
	f.Fuzz(func(t *testing.T, encodings string, body []byte) {
		got, _ := decode(body, encodings, 64<<10, nil)
		if len(got) > 64<<10 {
			t.Errorf("%d bytes", len(got))
		}
	})
}
