package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// message is an HTTP response with its payload: transfer-decoded, still
// content-encoded.
type message struct {
	head
	payload   []byte // the first bytes, up to the reader's limit
	size      int64  // of the whole payload
	digest    []byte // sha256 of the whole payload
	truncated bool   // the wire or the limit cut it
}

var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// readMessage reads a response to its end, keeps at most limit bytes of the
// payload and digests all of it. Every way into and out of the archive goes
// through here, so that a digest means the same everywhere. extra, if not nil,
// receives the whole payload too.
func readMessage(r *bufio.Reader, limit, hint int64, extra io.Writer) (message, error) {
	h, err := readHead(r)
	if err != nil {
		return message{}, err
	}
	m := message{head: h, truncated: h.broken}
	var body io.Reader = r
	if chunked := newChunkReader(r, h.all("Transfer-Encoding")); chunked != nil {
		body = chunked
	}
	err = m.readPayload(body, limit, hint, extra)
	if errors.Is(err, errChunk) {
		m.truncated = true
		err = nil
	}
	return m, err
}

// readBlock reads a block that is payload as a whole: of resource and metadata
// records.
func readBlock(r io.Reader, limit, hint int64, extra io.Writer) (message, error) {
	var m message
	return m, m.readPayload(r, limit, hint, extra)
}

func (m *message) readPayload(r io.Reader, limit, hint int64, extra io.Writer) error {
	sum := sha256.New()
	pooled := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(pooled)
	if hint = min(hint, limit); hint > 0 {
		m.payload = make([]byte, 0, hint)
	}
	var err error
	for err == nil {
		var n int
		n, err = r.Read(*pooled)
		part := (*pooled)[:n]
		sum.Write(part)
		if extra != nil {
			if _, werr := extra.Write(part); werr != nil {
				return werr
			}
		}
		m.size += int64(n)
		if room := limit - int64(len(m.payload)); int64(n) > room {
			m.truncated = true
			part = part[:room]
		}
		m.payload = append(m.payload, part...)
	}
	m.digest = sum.Sum(nil)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// errChunk: a chunked body breaks off or is malformed.
var errChunk = errors.New("chunked body breaks off")

// chunkReader undoes the chunked transfer coding (RFC 9112, 7.1). What came before a
// break is kept.
type chunkReader struct {
	r    *bufio.Reader
	left uint64
	end  error
	any  bool
}

// newChunkReader returns nil when the body is not chunked, or was stored
// decoded beneath a header that says it is, as several writers do.
func newChunkReader(r *bufio.Reader, coding string) *chunkReader {
	if !strings.Contains(strings.ToLower(coding), "chunked") {
		return nil
	}
	start, _ := r.Peek(18)
	digits := 0
	for digits < len(start) && isHex(start[digits]) {
		digits++
	}
	if digits == 0 || digits > 16 {
		return nil
	}
	if digits < len(start) && !strings.ContainsRune(" ;\t\r\n", rune(start[digits])) {
		return nil
	}
	return &chunkReader{r: r}
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// Read returns decoded bytes; io.EOF after the last chunk, errChunk at a break.
func (c *chunkReader) Read(p []byte) (int, error) {
	if c.end != nil {
		return 0, c.end
	}
	if c.left == 0 {
		if c.end = c.nextChunk(); c.end != nil {
			return 0, c.end
		}
	}
	if uint64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= uint64(n)
	if err != nil {
		c.end = err
		if errors.Is(err, io.EOF) {
			c.end = errChunk
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, c.end
}

func (c *chunkReader) nextChunk() error {
	const longestLine = 4 << 10
	budget := longestLine
	line, err := readLine(c.r, &budget)
	if c.any && err == nil && len(line) == 0 { // the line end after a chunk
		line, err = readLine(c.r, &budget)
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		if errors.Is(err, io.EOF) || errors.Is(err, errLongHead) {
			return errChunk
		}
		return err
	}
	c.any = true
	size, _, _ := bytes.Cut(line, []byte(";"))
	c.left, err = strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 64)
	if err != nil {
		return errChunk
	}
	if c.left == 0 {
		return io.EOF // trailers are not part of the payload
	}
	return nil
}

const maxCodings = 3 // Content-Encoding may name several

// decodeContent undoes Content-Encoding, at most limit bytes. A header that
// lies (the body is plain already, as in WARCs whose writer decoded it) gives
// the raw bytes.
func decodeContent(encoding string, raw []byte, limit int64) (body []byte, truncated bool) {
	codings := strings.Split(strings.ToLower(encoding), ",")
	if len(codings) > maxCodings {
		return cut(raw, limit)
	}
	body = raw
	for _, coding := range slices.Backward(codings) {
		var short bool
		body, short = decodeOne(strings.TrimSpace(coding), body, limit)
		truncated = truncated || short
	}
	body, short := cut(body, limit)
	return body, truncated || short
}

func cut(b []byte, limit int64) ([]byte, bool) {
	if int64(len(b)) > limit {
		return b[:limit], true
	}
	return b, false
}

func decodeOne(coding string, raw []byte, limit int64) ([]byte, bool) {
	if len(raw) == 0 {
		return raw, false
	}
	var out []byte
	var err error
	switch coding {
	case "gzip", "x-gzip":
		out, err = decodeGzip(raw, limit)
	case "deflate":
		out, err = decodeDeflate(raw, limit)
	case "br":
		out, err = decodeBrotli(raw, limit)
	case "zstd":
		out, err = decodeZstd(raw, limit)
	default:
		return raw, false
	}
	if err == nil {
		return cut(out, limit)
	}
	begun := bytes.HasPrefix(raw, []byte(gzipMagic)) || bytes.HasPrefix(raw, []byte(zstdMagic))
	if !begun && (len(out) == 0 || looksPlain(raw)) {
		return raw, false
	}
	out, _ = cut(out, limit)
	return out, true
}

// looksPlain reports whether bytes that failed to decode are text after all.
func looksPlain(b []byte) bool {
	b = b[:min(len(b), 512)]
	for i := 0; i < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b); i++ {
		b = b[:len(b)-1] // the cut may lie within a character
	}
	return len(b) > 0 && utf8.Valid(b) && bytes.IndexByte(b, 0) < 0
}

// readBounded reads one byte past the limit, so that the caller sees that
// there was more.
func readBounded(r io.Reader, limit int64, hint int) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(int(min(int64(hint), limit)) + bytes.MinRead)
	_, err := out.ReadFrom(io.LimitReader(r, limit+1))
	return out.Bytes(), err
}

var gzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}

// decodeGzip reads all members. Bytes after the last one, which some servers
// pad with, are passed over.
func decodeGzip(raw []byte, limit int64) ([]byte, error) {
	zr := gzipReaders.Get().(*gzip.Reader)
	defer gzipReaders.Put(zr)
	in := bytes.NewReader(raw)
	var out []byte
	for n := 0; int64(len(out)) <= limit; n++ {
		if err := zr.Reset(in); err != nil {
			if n > 0 {
				break
			}
			return nil, err
		}
		zr.Multistream(false)
		part, err := readBounded(zr, limit-int64(len(out)), 4*in.Len())
		if n == 0 {
			out = part
		} else {
			out = append(out, part...)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// decodeDeflate accepts zlib, as the standard says, and raw deflate, as some
// servers send.
func decodeDeflate(raw []byte, limit int64) ([]byte, error) {
	if zr, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
		return readBounded(zr, limit, 4*len(raw))
	}
	return readBounded(flate.NewReader(bytes.NewReader(raw)), limit, 4*len(raw))
}

var brotliReaders = sync.Pool{New: func() any { return brotli.NewReader(nil) }}

func decodeBrotli(raw []byte, limit int64) ([]byte, error) {
	br := brotliReaders.Get().(*brotli.Reader)
	defer brotliReaders.Put(br)
	if err := br.Reset(bytes.NewReader(raw)); err != nil {
		return nil, err
	}
	return readBounded(br, limit, 4*len(raw))
}

func decodeZstd(raw []byte, limit int64) ([]byte, error) {
	// RFC 9659 bounds the window of HTTP's zstd to 8 MB.
	// The decoder would take a reader over bytes whole, past every bound.
	in := struct{ io.Reader }{bytes.NewReader(raw)}
	zr, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	defer zr.Close()
	return readBounded(zr, limit, 4*len(raw))
}
