package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// ErrNotWARC: the input is no WARC file; the text says what it looks like and
// what to do.
var ErrNotWARC = errors.New("not a WARC file")

const (
	gzipMagic = "\x1f\x8b\x08"
	zstdMagic = "\x28\xb5\x2f\xfd"
	warcMagic = "WARC/"
	sniffSize = 4 << 10  // raw bytes that tell a WARC from something else
	peekSize  = 64 << 10 // raw bytes in view, for sniffing and resynchronising
)

// IsWARC reports whether a file that begins with head (a few kilobytes are
// plenty) is a WARC file: plain, gzip or zstd.
func IsWARC(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(unpackHead(head), "\r\n"), []byte(warcMagic))
}

// unpackHead returns the first decompressed bytes of a file's head.
func unpackHead(head []byte) []byte {
	var r io.Reader
	switch {
	case bytes.HasPrefix(head, []byte(gzipMagic)):
		zr, err := gzip.NewReader(bytes.NewReader(head))
		if err != nil {
			return nil
		}
		r = zr
	case bytes.HasPrefix(head, []byte(zstdMagic)):
		zr, err := newZstd(bytes.NewReader(head))
		if err != nil {
			return nil
		}
		defer zr.Close()
		r = zr
	default:
		return head
	}
	first := make([]byte, 64)
	n, _ := io.ReadFull(r, first) // a cut head still gives its first bytes
	return first[:n]
}

func newZstd(r io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(64<<20), zstd.WithDecoderLowmem(true))
}

// counter counts what was read, and keeps an error of the input itself apart
// from errors of its format.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// members presents a WARC file as one decompressed stream, whatever its
// packing, and remembers where each gzip member begins. A single Read never
// crosses into the next member.
type members struct {
	count *counter
	in    *bufio.Reader
	gz    *gzip.Reader // nil unless the file is gzip
	zstd  *zstd.Decoder
	inGz  bool  // within a member
	err   error // sticky until resync
	errAt int64 // offset in the file of the member with err

	out      int64    // decompressed bytes handed out
	verified int64    // of them, those of members whose checksum was right
	starts   []member // those that a reader may still ask for
}

// member is where a gzip member begins.
type member struct {
	out int64 // decompressed position
	in  int64 // offset in the file
}

// newMembers sniffs the packing. The error is ErrNotWARC with a remedy, or the
// input's own.
func newMembers(r io.Reader) (*members, error) {
	m := &members{count: &counter{r: r}}
	m.in = bufio.NewReaderSize(m.count, peekSize)
	head, err := m.in.Peek(sniffSize)
	if m.count.err != nil {
		return nil, m.count.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !IsWARC(head) && !couldBeCut(head) {
		return nil, notWARC(head)
	}
	switch {
	case bytes.HasPrefix(head, []byte(gzipMagic)):
		m.gz = new(gzip.Reader)
	case bytes.HasPrefix(head, []byte(zstdMagic)):
		if m.zstd, err = newZstd(m.in); err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
	}
	return m, nil
}

// couldBeCut reports whether a short file is the start of a WARC, too little of it
// to unpack the first bytes.
func couldBeCut(head []byte) bool {
	if len(head) == 0 || len(head) >= sniffSize {
		return false
	}
	for _, magic := range []string{gzipMagic, warcMagic} {
		if bytes.HasPrefix(head, []byte(magic)) || bytes.HasPrefix([]byte(magic), head) {
			return len(head) < len(magic) || bytes.HasPrefix([]byte(warcMagic), unpackHead(head))
		}
	}
	return false
}

func notWARC(head []byte) error {
	inner := unpackHead(head)
	switch {
	case len(head) == 0:
		return fmt.Errorf("%w: it is empty; check how it was made or copied", ErrNotWARC)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return fmt.Errorf("%w but a zip archive; if it is a WACZ, unpack it and import the files in its archive/ folder", ErrNotWARC)
	case bytes.HasPrefix(inner, []byte("filedesc://")):
		return fmt.Errorf("%w but the older ARC format; convert it first, for example with `warcio recompress`", ErrNotWARC)
	case bytes.HasPrefix(head, []byte("\x5d\x2a\x4d\x18")):
		return fmt.Errorf("%w that can be read: zstd with a dictionary; unpack it with `zstd -d` first", ErrNotWARC)
	}
	return fmt.Errorf("%w: it begins with %q, not with \"WARC/1.1\" (plain, gzip or zstd); "+
		"import lists of hosts as text, CSV or JSON lines instead", ErrNotWARC, inner[:min(len(inner), 24)])
}

// offset returns the position in the file of what was consumed of it.
func (m *members) offset() int64 { return m.count.n - int64(m.in.Buffered()) }

// Read implements io.Reader over all members.
func (m *members) Read(p []byte) (int, error) {
	for m.err == nil {
		n, err := m.readSome(p)
		m.out += int64(n)
		if m.count.err != nil {
			err = m.count.err
		}
		if err != nil {
			m.err = err
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, m.err
}

func (m *members) readSome(p []byte) (int, error) {
	switch {
	case m.zstd != nil:
		return m.zstd.Read(p)
	case m.gz == nil:
		return m.in.Read(p)
	}
	if !m.inGz {
		if err := m.open(); err != nil {
			return 0, err
		}
	}
	n, err := m.gz.Read(p)
	if errors.Is(err, io.EOF) {
		m.inGz, m.verified, err = false, m.out+int64(n), nil
	}
	return n, err
}

// open begins the next gzip member. io.EOF means a clean end.
func (m *members) open() error {
	start := m.offset()
	m.errAt = start
	if _, err := m.in.Peek(1); err != nil {
		return err
	}
	err := m.gz.Reset(m.in)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	m.gz.Multistream(false)
	m.inGz = true
	m.starts = append(m.starts, member{out: m.out, in: start})
	return nil
}

// locate returns where the member (or, unpacked, the byte) lies that holds a
// decompressed position, and forgets the members before it.
func (m *members) locate(out int64) int64 {
	if m.gz == nil {
		return out
	}
	last := -1
	for i, s := range m.starts {
		if s.out <= out {
			last = i
		}
	}
	if last < 0 {
		return 0
	}
	m.starts = m.starts[last:]
	return m.starts[0].in
}

// resync goes on after damage: to the next gzip member that begins with a
// WARC record. It returns false when there is none.
func (m *members) resync() bool {
	if m.count.err != nil || m.gz == nil {
		return false
	}
	m.inGz = false
	for {
		window, err := m.in.Peek(peekSize)
		i := bytes.Index(window, []byte(gzipMagic))
		if i < 0 {
			if err != nil {
				return false
			}
			i = len(window) - len(gzipMagic) + 1
			m.in.Discard(i)
			continue
		}
		if i > 0 {
			m.in.Discard(i)
			continue
		}
		if IsWARC(window) {
			m.err, m.errAt = nil, m.offset()
			return true
		}
		m.in.Discard(1)
	}
}

// close frees the decoder.
func (m *members) close() {
	if m.zstd != nil {
		m.zstd.Close()
	}
}
