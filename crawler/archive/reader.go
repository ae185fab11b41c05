package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const (
	maxRecordHead = 64 << 10
	warcBuffer    = 64 << 10
)

// recordHead is the header of a WARC record.
type recordHead struct {
	version string
	fields  []field
	length  int64
}

type field struct{ name, value string }

// get returns the first value of a field, its name compared without case.
func (h *recordHead) get(name string) string {
	for i := range h.fields {
		if strings.EqualFold(h.fields[i].name, name) {
			return h.fields[i].value
		}
	}
	return ""
}

// uri returns WARC-Target-URI; the first draft of the standard, which wget
// follows, wrote it in angle brackets.
func (h *recordHead) uri() string {
	return strings.TrimSuffix(strings.TrimPrefix(h.get("WARC-Target-URI"), "<"), ">")
}

// date returns WARC-Date, or the zero time.
func (h *recordHead) date() time.Time {
	value := h.get("WARC-Date")
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "20060102150405"} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() > 1990 && t.Year() < 3000 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// RecordError is one record of an import that could not be used.
type RecordError struct {
	Offset int64  // in the file as given: of the gzip member, or of the record where the file is not gzip
	Record string // WARC-Target-URI or WARC-Record-ID, if known
	Err    error
}

// Error names offset, record and cause on one line.
func (e RecordError) Error() string {
	if e.Record == "" {
		return fmt.Sprintf("offset %d: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("offset %d: %q: %v", e.Offset, clip(e.Record), e.Err)
}

// Unwrap returns the cause.
func (e RecordError) Unwrap() error { return e.Err }

// Causes of record errors.
var (
	errTruncated = errors.New("the file ends within this record")
	errMalformed = errors.New("malformed record")
	errTooLarge  = errors.New("record is too large")
	errDigest    = errors.New("digest differs from the bytes")
)

// reader reads the records of a WARC file of any writer, one after another.
type reader struct {
	src       *members
	br        *bufio.Reader
	max       int64  // largest block that is taken
	block     *spool // of the current record; nil: it is digested only
	truncated bool   // the file ends within a record
}

// newReader begins to read. The block of each record is written to block,
// unless that is nil.
func newReader(r io.Reader, block *spool, maxBlock int64) (*reader, error) {
	src, err := newMembers(r)
	if err != nil {
		return nil, err
	}
	return &reader{src: src, br: bufio.NewReaderSize(src, warcBuffer), max: maxBlock, block: block}, nil
}

// found is one record, complete; its block is in reader.block.
type found struct {
	recordHead

	offset int64
	badSum bool   // the declared block digest is not that of the block
	sum    bool   // a block digest was declared and could be checked
	sha256 []byte // of the block
}

// position is the decompressed offset of the next unread byte.
func (r *reader) position() int64 { return r.src.out - int64(r.br.Buffered()) }

// next returns the next record. A *RecordError tells of one that cannot be
// used: the next call goes on after it. io.EOF is the end, also of a cut
// file. Any other error is the input's or the disk's.
func (r *reader) next() (found, error) {
	if err := r.skipBlank(); err != nil {
		return found{}, r.fail(err, r.damageAt(), "")
	}
	f := found{offset: r.src.locate(r.position())}
	h, err := readRecordHead(r.br)
	if err != nil {
		if errors.Is(err, errMalformed) {
			return f, r.skipToRecord(f.offset, err)
		}
		return f, r.fail(err, f.offset, "")
	}
	f.recordHead = h
	name := h.uri()
	if name == "" {
		name = h.get("WARC-Record-ID")
	}
	if err := r.readBlock(&f); err != nil {
		return f, r.fail(err, f.offset, name)
	}
	if err := r.endRecord(); err != nil {
		if errors.Is(err, errMalformed) {
			return f, r.skipToRecord(f.offset, err)
		}
		return f, r.fail(err, f.offset, name)
	}
	if f.length > r.max {
		return f, &RecordError{f.offset, name, fmt.Errorf("%w: %d bytes, the limit is %d", errTooLarge, f.length, r.max)}
	}
	return f, nil
}

// damageAt is where reading stopped in the file.
func (r *reader) damageAt() int64 {
	if r.src.gz != nil {
		return r.src.errAt
	}
	return r.position()
}

func (r *reader) skipBlank() error {
	for {
		c, err := r.br.ReadByte()
		if err != nil {
			return err
		}
		if c != '\r' && c != '\n' {
			return r.br.UnreadByte()
		}
	}
}

// readBlock spools the content, or passes over it where it is too large.
func (r *reader) readBlock(f *found) error {
	body := io.LimitReader(r.br, f.length)
	own, sum := sha256.New(), newCheck(f.get("WARC-Block-Digest"))
	writers := []io.Writer{own}
	if r.block != nil {
		r.block.reset()
		writers = append(writers, r.block)
	}
	if sum != nil {
		writers = append(writers, sum)
	}
	dst := io.MultiWriter(writers...)
	if f.length > r.max {
		dst, sum = io.Discard, nil
	}
	pooled := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(pooled)
	n, err := io.CopyBuffer(struct{ io.Writer }{dst}, body, *pooled)
	if err == nil && n < f.length {
		err = io.ErrUnexpectedEOF
	}
	f.sum, f.badSum = sum != nil, !sum.ok()
	f.sha256 = own.Sum(nil)
	return err
}

// endRecord passes over the line ends that follow a block, and looks beyond
// them, which makes the decompressor verify a member that ends here.
func (r *reader) endRecord() error {
	first, err := r.br.Peek(1)
	if err == nil && first[0] != '\r' && first[0] != '\n' {
		return fmt.Errorf("%w: the block is longer than its Content-Length", errMalformed)
	}
	if err == nil {
		err = r.skipBlank()
	}
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil // complete by its own length; the next call reports the cut
	case r.position() <= r.src.verified:
		return nil // the damage is in the next member
	}
	return err
}

// fail turns an error of the stream into what next returns.
func (r *reader) fail(err error, offset int64, name string) error {
	switch {
	case r.src.count.err != nil:
		return r.src.count.err
	case errors.Is(err, errSpool):
		return err
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		if r.truncated {
			return io.EOF
		}
		r.truncated = true
		return &RecordError{offset, name, errTruncated}
	}
	if !r.src.resync() {
		r.src.err = io.EOF
	}
	r.br.Reset(r.src)
	return &RecordError{offset, name, fmt.Errorf("%w: %w", errMalformed, err)}
}

// skipToRecord goes on at the next line that begins a record.
func (r *reader) skipToRecord(offset int64, cause error) error {
	lineStart := true
	for {
		if next, _ := r.br.Peek(len(warcMagic) + 2); lineStart && isVersion(next) {
			return &RecordError{offset, "", cause}
		}
		_, err := r.br.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if e := r.fail(err, offset, ""); !errors.Is(e, io.EOF) && r.src.count.err != nil {
				return e
			}
			return &RecordError{offset, "", cause}
		}
		lineStart = err == nil
	}
}

// isVersion reports whether a line begins as a record does: "WARC/1." or
// "WARC/0.".
func isVersion(line []byte) bool {
	return len(line) > len(warcMagic)+1 && bytes.HasPrefix(line, []byte(warcMagic)) &&
		(line[5] == '0' || line[5] == '1') && line[6] == '.'
}

// readRecordHead reads a record's header, bounded. Malformed ones give
// errMalformed.
func readRecordHead(r *bufio.Reader) (recordHead, error) {
	budget := maxRecordHead
	var h recordHead
	line, err := readLine(r, &budget)
	if err != nil {
		return h, headError(err)
	}
	if !isVersion(line) || len(line) > 20 {
		return h, fmt.Errorf("%w: it begins with %q", errMalformed, line[:min(len(line), 24)])
	}
	h.version = string(line)
	for {
		line, err = readLine(r, &budget)
		if err != nil {
			return h, headError(err)
		}
		if len(line) == 0 {
			break
		}
		h.add(line)
	}
	length := h.get("Content-Length")
	h.length, err = strconv.ParseInt(length, 10, 64)
	if err != nil || h.length < 0 {
		return h, fmt.Errorf("%w: Content-Length is %q", errMalformed, clip(length))
	}
	return h, nil
}

func headError(err error) error {
	switch {
	case errors.Is(err, errLongHead):
		return fmt.Errorf("%w: %w", errMalformed, err)
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return err
}

func (h *recordHead) add(line []byte) {
	if line[0] == ' ' || line[0] == '\t' { // a folded line, as WARC 1.0 allowed
		if n := len(h.fields); n > 0 {
			h.fields[n-1].value += " " + string(bytes.TrimSpace(line))
		}
		return
	}
	name, value, _ := bytes.Cut(line, []byte(":"))
	h.fields = append(h.fields, field{string(bytes.TrimSpace(name)), string(bytes.TrimSpace(value))})
}
