package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is what decode can undo.
const acceptEncoding = "gzip, deflate, br, zstd"

// mostEncodings bounds how often a body may be compressed over.
const mostEncodings = 2

// errDecoded: the decoded body is longer than the limit.
var errDecoded = errors.New("decoded body is over the limit")

// decode undoes the content encodings, at most limit bytes of it. It returns
// what could be decoded even with an error. A body that is not what its header
// says is returned as it is, which is what a reader wants and some servers send.
func decode(body []byte, encodings string, limit int64, large *slot) ([]byte, error) {
	names := strings.FieldsFunc(strings.ToLower(encodings), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	if len(names) > mostEncodings {
		names = names[len(names)-mostEncodings:]
	}
	for _, name := range slices.Backward(names) {
		r := decoder(name, body)
		if r == nil {
			continue
		}
		out, err := readBounded(r, limit, large)
		if c, ok := r.(io.Closer); ok {
			c.Close() //nolint:errcheck // a reader over memory
		}
		if errors.Is(err, errDecoded) || (err != nil && len(out) > 0) {
			return out, err
		}
		if err != nil {
			return body, nil //nolint:nilerr // not compressed after all
		}
		body = out
	}
	if int64(len(body)) > limit {
		return body[:limit], errDecoded
	}
	return body, nil
}

// decoder returns nil for an encoding that changes nothing, is unknown, or
// whose magic number the body lacks.
func decoder(name string, body []byte) io.Reader {
	src := bytes.NewReader(body)
	switch name {
	case "gzip", "x-gzip":
		if r, err := gzip.NewReader(src); err == nil {
			return r
		}
	case "deflate":
		if r, err := zlib.NewReader(src); err == nil {
			return r
		}
		src.Reset(body)
		return flate.NewReader(bufio.NewReader(src)) // what some servers mean by deflate
	case "br":
		return brotli.NewReader(src)
	case "zstd":
		r, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err == nil {
			return r.IOReadCloser()
		}
	}
	return nil
}

func readBounded(r io.Reader, limit int64, large *slot) ([]byte, error) {
	var out []byte
	var chunk [32 << 10]byte
	for {
		if err := large.need(len(out)); err != nil {
			return out, err
		}
		n, err := r.Read(chunk[:])
		if room := limit - int64(len(out)); int64(n) > room {
			return appendBounded(out, chunk[:room], limit), errDecoded
		}
		out = appendBounded(out, chunk[:n], limit)
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return out, err
		}
	}
}
