package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"pitboss/data"
)

func readString(t testing.TB, s string, limit int64) message {
	t.Helper()
	m, err := readMessage(bufio.NewReader(strings.NewReader(s)), limit, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadMessage(t *testing.T) {
	t.Parallel()
	fields := func(pairs ...string) []data.HeaderField {
		var out []data.HeaderField
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, data.HeaderField{Name: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	te := fields("Transfer-Encoding", "chunked")
	tests := []struct {
		name      string
		in        string
		proto     string
		status    int
		fields    []data.HeaderField
		payload   string
		truncated bool
	}{
		{"plain", "HTTP/1.1 200 OK\r\nX-b: 1\r\nX-A:2 \r\nx-b: 3\r\n\r\nbody\r\n", "HTTP/1.1", 200, fields("X-b", "1", "X-A", "2", "x-b", "3"), "body\r\n", false},
		{"bare line feeds", "HTTP/1.0 404 Not Found\nA: b\n\nbody", "HTTP/1.0", 404, fields("A", "b"), "body", false},
		{"no reason", "HTTP/2 301\r\n\r\n", "HTTP/2", 301, nil, "", false},
		{"lower case", "http/1.1 200 ok\r\n\r\nx", "http/1.1", 200, nil, "x", false},
		{"folded line", "HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n", "HTTP/1.1", 200, fields("A", "b c"), "", false},
		{"line without colon", "HTTP/1.1 200 OK\r\nnonsense\r\n: x\r\nA: b\r\n\r\nx", "HTTP/1.1", 200, fields("A", "b"), "x", false},
		{"status out of range", "HTTP/1.1 20000 OK\r\n\r\nx", "HTTP/1.1", 0, nil, "x", false},
		{"status no number", "HTTP/1.1 abc\r\n\r\nx", "HTTP/1.1", 0, nil, "x", false},
		{"no head", "<html>old</html>", "HTTP/0.9", 0, nil, "<html>old</html>", false},
		{"empty", "", "HTTP/0.9", 0, nil, "", false},
		{"head breaks off", "HTTP/1.1 200 OK\r\nA: b\r\nConte", "HTTP/1.1", 200, fields("A", "b"), "", true},
		{"only a status line", "HTTP/1.1 200 OK", "HTTP/1.1", 200, nil, "", true},
		{"interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nx", "HTTP/1.1", 200, fields("A", "b"), "x", false},
		{"interim alone", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1", 100, nil, "", false},
		{"chunked", chunked + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", "HTTP/1.1", 200, te, "abc0123456789", false},
		{"chunked, bare line feeds", chunked + "3\nabc\n0\n\n", "HTTP/1.1", 200, te, "abc", false},
		{"chunked breaks off", chunked + "3\r\nabc\r\nA\r\n0123", "HTTP/1.1", 200, te, "abc0123", true},
		{"chunked without end", chunked + "3\r\nabc\r\n", "HTTP/1.1", 200, te, "abc", true},
		{"chunked turns bad", chunked + "3\r\nabc\r\nzz\r\nx", "HTTP/1.1", 200, te, "abc", true},
		{"chunk size overflows", chunked + "ffffffffffffffff\r\nabc", "HTTP/1.1", 200, te, "abc", true},
		{"stored decoded", chunked + "<html>", "HTTP/1.1", 200, te, "<html>", false},
		{"stored decoded, begins with hex", chunked + "bad luck", "HTTP/1.1", 200, te, "", true},
		{"stored decoded, a long hex word", chunked + strings.Repeat("a", 40), "HTTP/1.1", 200, te, strings.Repeat("a", 40), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := readString(t, tt.in, 1<<20)
			want := message{
				head: head{proto: tt.proto, status: tt.status, fields: tt.fields}, payload: []byte(tt.payload),
				size: int64(len(tt.payload)), truncated: tt.truncated,
			}
			sum := sha256.Sum256([]byte(tt.payload))
			if !bytes.Equal(m.digest, sum[:]) {
				t.Error("digest is not that of the payload")
			}
			m.digest, m.broken = nil, false
			if diff := cmp.Diff(want, m, cmp.AllowUnexported(message{}, head{}), cmp.Transformer("s", func(b []byte) string { return string(b) })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadMessageBounds(t *testing.T) {
	t.Parallel()
	m := readString(t, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X: y\r\n", 5000)+"\r\nbody", 2)
	if len(m.fields) != maxHeadFields || string(m.payload) != "bo" || !m.truncated || m.size != 4 {
		t.Errorf("%d fields, payload %q of %d", len(m.fields), m.payload, m.size)
	}
	m = readString(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("y", 1<<20)+"\r\n\r\nbody", 100)
	if !m.broken || len(m.fields) != 0 {
		t.Errorf("an endless head: %d fields, broken %v", len(m.fields), m.broken)
	}
	if m = readString(t, strings.Repeat("HTTP/1.1 100 C\r\n\r\n", 50)+"x", 1<<20); m.status != 100 {
		t.Errorf("endless interim heads: %d", m.status)
	}
}

func compressed(t *testing.T, coding, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w interface {
		Write([]byte) (int, error)
		Close() error
	}
	var err error
	switch coding {
	case "gzip":
		return gzipMember([]byte(s))
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, err = flate.NewWriter(&b, 5)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecodeContent(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<p>바카라 baccarat</p>", 200)
	noise := "\x00\x01\x02\xfe\xff" + strings.Repeat("\x93\x00", 50)
	gz := compressed(t, "gzip", text)
	tests := []struct {
		name      string
		encoding  string
		raw       []byte
		limit     int64
		want      string
		truncated bool
	}{
		{"none", "", []byte(text), 1 << 20, text, false},
		{"identity", "identity", []byte(text), 1 << 20, text, false},
		{"unknown", "sdch", []byte(text), 1 << 20, text, false},
		{"gzip", "gzip", gz, 1 << 20, text, false},
		{"x-gzip, upper case", " X-GZIP ", gz, 1 << 20, text, false},
		{"gzip and bytes after it", "gzip", append(bytes.Clone(gz), "padding\x00\x00"...), 1 << 20, text, false},
		{"gzip, two members", "gzip", append(bytes.Clone(gz), gz...), 1 << 20, text + text, false},
		{"deflate as zlib", "deflate", compressed(t, "zlib", text), 1 << 20, text, false},
		{"deflate, raw", "deflate", compressed(t, "flate", text), 1 << 20, text, false},
		{"br", "br", compressed(t, "br", text), 1 << 20, text, false},
		{"zstd", "zstd", compressed(t, "zstd", text), 1 << 20, text, false},
		{"two codings", "gzip, br", compressed(t, "br", string(gz)), 1 << 20, text, false},
		{"too many codings", "gzip,gzip,gzip,gzip", gz, 1 << 20, string(gz), false},
		{"limit", "gzip", gz, 100, text[:100], true},
		{"limit of plain", "", []byte(text), 100, text[:100], true},
		{"limit is just the size", "br", compressed(t, "br", text), int64(len(text)), text, false},
		{"gzip that lies", "gzip", []byte(text), 1 << 20, text, false},
		{"br that lies", "br", []byte(text), 1 << 20, text, false},
		{"zstd that lies", "zstd", []byte(text), 1 << 20, text, false},
		{"deflate that lies", "deflate", []byte(text), 1 << 20, text, false},
		{"gzip cut within its header", "gzip", gz[:12], 1 << 20, "", true},
		{"noise", "gzip", []byte(noise), 1 << 20, noise, false},
		{"empty", "gzip", nil, 1 << 20, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, truncated := decodeContent(tt.encoding, tt.raw, tt.limit)
			if string(got) != tt.want || truncated != tt.truncated {
				t.Errorf("%d bytes, truncated %v; want %d, %v: %.60q", len(got), truncated, len(tt.want), tt.truncated, got)
			}
		})
	}
	// A body that breaks off keeps what came.
	var long strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for range 400_000 {
		long.WriteByte(byte(random.IntN(100)) * 2) // hard to compress: several blocks of every coding
	}
	for _, coding := range []string{"gzip", "br", "zstd", "zlib"} {
		raw := compressed(t, coding, long.String())
		name := strings.Replace(coding, "zlib", "deflate", 1)
		got, truncated := decodeContent(name, raw[:len(raw)-len(raw)/4], 1<<20)
		if !truncated || !strings.HasPrefix(long.String(), string(got)) || len(got) < 100 {
			t.Errorf("%s cut: %d bytes, truncated %v", coding, len(got), truncated)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for declared, want := range map[string]bool{
		// Of "abc", by coreutils and Python's base64.b32encode.
		"sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5":                                   true,
		"SHA-1:a9993e364706816aba3e25717850c26c9cd0d89d":                          true,
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad": true,
		"sha256:xj4bnp4pahh6uqkbidpf3lrceoyagyndsylxvhfucd7wd4qacwwq====":         true,
		"md5:900150983cd24fb0d6963f7d28e17f72":                                    true,
		"sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA":                                   false,
		"sha256:0000000000000000000000000000000000000000000000000000000000000000": false,
	} {
		c := newCheck(declared)
		if c == nil {
			t.Errorf("%s is not understood", declared)
			continue
		}
		c.Write([]byte("abc"))
		if c.ok() != want {
			t.Errorf("%s: %v", declared, !want)
		}
	}
	for _, unknown := range []string{"", "sha1", "sha1:short", "blake9:abcd", "sha256:!!"} {
		if c := newCheck(unknown); c != nil || !c.ok() {
			t.Errorf("%q was checked", unknown)
		}
	}
}
