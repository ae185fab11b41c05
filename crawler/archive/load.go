package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/gzip"

	"pitboss/data"
)

// ErrAltered: bytes in the archive are not those that were archived.
var ErrAltered = errors.New("archived bytes differ from their digest")

// Load reads back what a visit saw, home page first. Each payload's digest is
// verified; an error names segment and offset. Bodies are decoded within
// Options.MaxBody and Options.MaxCapture; what is cut is marked Truncated. The
// hosting record is verified, and what it says is taken from the visit.
func (a *Archive) Load(ctx context.Context, v data.Visit) (data.Capture, error) {
	c := data.Capture{
		Host: v.Host, Visit: v.ID, Digest: v.Digest(), At: v.Started,
		Outcome: v.Outcome, FinalURL: v.FinalURL, Chain: v.Chain, Hosting: v.Hosting,
		Resources: make([]data.Resource, 0, len(v.Exchanges)),
	}
	l := loader{archive: a, left: a.opts.MaxCapture}
	defer l.close()
	home := -1
	for i := range v.Exchanges {
		if err := ctx.Err(); err != nil {
			return data.Capture{}, err
		}
		e := &v.Exchanges[i]
		res, err := l.resource(e)
		if err != nil {
			return data.Capture{}, fmt.Errorf("load visit %s of %s: record at %s:%d: %w", v.ID, v.Host, e.Record.Segment, e.Record.Offset, err)
		}
		if e.Role == data.RoleHosting {
			continue
		}
		if home < 0 && e.Role == data.RoleHome {
			home = len(c.Resources)
		}
		c.Resources = append(c.Resources, res)
	}
	if home > 0 {
		first := c.Resources[home]
		copy(c.Resources[1:home+1], c.Resources[:home])
		c.Resources[0] = first
	}
	return c, nil
}

// loader reads the records of one visit.
type loader struct {
	archive *Archive
	name    string   // of file
	file    *os.File // the segment read last; a visit rarely has two
	left    int64    // decoded bytes that the capture may still take
}

func (l *loader) close() {
	if l.file != nil {
		l.file.Close()
	}
}

func (l *loader) segment(name string) (*os.File, error) {
	if l.file != nil && l.name == name {
		return l.file, nil
	}
	if name == "" || filepath.Base(name) != name || name == "." || name == ".." {
		return nil, fmt.Errorf("%w: segment name %q", data.ErrInvalid, name)
	}
	l.close()
	l.file = nil
	f, err := os.Open(filepath.Join(l.archive.dir, name))
	if err != nil {
		return nil, err
	}
	l.file, l.name = f, name
	return f, nil
}

// resource reads, verifies and decodes one exchange.
func (l *loader) resource(e *data.Exchange) (data.Resource, error) {
	m, kind, err := l.message(e)
	if err != nil {
		return data.Resource{}, err
	}
	if got := formatSHA256(m.digest); got != e.Digest {
		return data.Resource{}, fmt.Errorf("%w: %s is archived as %s, its bytes give %s", ErrAltered, clip(e.URL), e.Digest, got)
	}
	res := data.Resource{
		URL: e.URL, Role: e.Role, Status: m.status, Proto: m.proto, Header: m.fields,
		ContentType: m.get("Content-Type"),
	}
	if kind != kindResponse {
		res.Status, res.ContentType = e.Status, e.MediaType
	}
	limit := min(l.archive.opts.MaxBody, max(l.left, 0))
	body, short := decodeContent(m.all("Content-Encoding"), m.payload, limit)
	l.left -= int64(len(body))
	res.Body = body
	res.Truncated = short || m.truncated || e.Truncated != ""
	return res, nil
}

// memberReader is what it takes to read one record; kept for the next.
type memberReader struct {
	raw *bufio.Reader
	gz  gzip.Reader
	out *bufio.Reader // of the member
	msg *bufio.Reader // of the HTTP message in its block
}

var memberReaders = sync.Pool{New: func() any {
	return &memberReader{
		raw: bufio.NewReaderSize(nil, 16<<10),
		out: bufio.NewReaderSize(nil, 16<<10),
		msg: bufio.NewReaderSize(nil, 16<<10),
	}
}}

// message reads the record of an exchange.
func (l *loader) message(e *data.Exchange) (message, string, error) {
	f, err := l.segment(e.Record.Segment)
	if err != nil {
		return message{}, "", err
	}
	if e.Record.Offset < 0 || e.Record.Length <= 0 {
		return message{}, "", fmt.Errorf("%w: record location", data.ErrInvalid)
	}
	r := memberReaders.Get().(*memberReader)
	defer memberReaders.Put(r)
	r.raw.Reset(io.NewSectionReader(f, e.Record.Offset, e.Record.Length))
	if err := r.gz.Reset(r.raw); err != nil {
		return message{}, "", damaged(err)
	}
	r.gz.Multistream(false)
	r.out.Reset(&r.gz)
	h, err := readRecordHead(r.out)
	if err != nil {
		return message{}, "", damaged(err)
	}
	m, kind, err := l.content(r, &h)
	if err != nil {
		return m, kind, damaged(err)
	}
	// To the member's end, where its checksum is.
	if _, err := io.Copy(io.Discard, &r.gz); err != nil {
		return m, kind, damaged(err)
	}
	return m, kind, nil
}

// content reads the block of a record whose header was read.
func (l *loader) content(r *memberReader, h *recordHead) (message, string, error) {
	kind := h.get("WARC-Type")
	block := &io.LimitedReader{R: r.out, N: h.length}
	limit := l.archive.opts.MaxBody
	var m message
	var err error
	if kind == kindResponse && isHTTP(h) {
		r.msg.Reset(block)
		m, err = readMessage(r.msg, limit, h.length, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, r.msg) // what follows the last chunk
		}
	} else {
		kind = kindResource
		m, err = readBlock(block, limit, h.length, nil)
	}
	if err == nil && block.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	return m, kind, err
}

// isHTTP reports whether a response record holds HTTP. A few writers leave
// Content-Type out.
func isHTTP(h *recordHead) bool {
	t := h.get("Content-Type")
	return t == "" || mediaType(t) == "application/http"
}

// damaged marks errors of the format, not of the disk.
func damaged(err error) error {
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", ErrAltered, err)
}

// blockReader returns a buffered reader over a spooled block.
func blockReader(s *spool) *bufio.Reader {
	if s.file == nil {
		return bufio.NewReader(bytes.NewReader(s.buf[:s.size]))
	}
	return bufio.NewReader(io.NewSectionReader(s, 0, s.size))
}
