package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"strconv"
	"strings"
)

const (
	maxHead   = 64 << 10 // bytes of a WARC record's header
	maxRecord = 64 << 20 // bytes of a record that is served
)

// place is where a response lies: the offset of its gzip member (or of the
// record itself in a plain file), what to skip of the decoded member, and the
// length of the block.
type place struct {
	file   *os.File
	zipped bool
	offset int64
	skip   int64
	length int64
}

// index finds responses by host and request target. Bodies stay on disk.
type index struct {
	places  map[string]place // "host path?query"
	known   map[string]bool  // hosts
	files   []*os.File
	skipped int
}

func newIndex() *index { return &index{places: map[string]place{}, known: map[string]bool{}} }

func (ix *index) close() {
	for _, f := range ix.files {
		_ = f.Close() // opened for reading
	}
}

func (ix *index) hosts() []string {
	var out []string
	for h := range ix.known {
		out = append(out, h)
	}
	return out
}

// add indexes one file, plain or gzip, with a member for each record or one
// for all.
func (ix *index) add(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open archive: %w", err)
	}
	ix.files = append(ix.files, f)
	in := &counter{in: bufio.NewReaderSize(f, 1<<16)}
	magic, err := in.in.Peek(2)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if magic[0] != 0x1f || magic[1] != 0x8b {
		err = ix.addRecords(in, place{file: f}, true)
	} else {
		err = ix.addMembers(in, f)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

func (ix *index) addMembers(in *counter, f *os.File) error {
	var z *gzip.Reader
	for {
		at := in.n
		var err error
		if z == nil {
			z, err = gzip.NewReader(in)
		} else {
			err = z.Reset(in)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("gzip member at %d: %w", at, err)
		}
		z.Multistream(false)
		member := &counter{in: bufio.NewReaderSize(z, maxHead)}
		if err := ix.addRecords(member, place{file: f, zipped: true, offset: at}, false); err != nil {
			return fmt.Errorf("gzip member at %d: %w", at, err)
		}
	}
}

// addRecords indexes the records of a member or plain file. base tells where
// the stream begins; a plain file is read by offset, a member by skipping.
func (ix *index) addRecords(in *counter, base place, plain bool) error {
	for {
		head, err := recordHead(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		length, err := strconv.ParseInt(head.Get("Content-Length"), 10, 64)
		if err != nil || length < 0 {
			return fmt.Errorf("record at %d has no length", in.n)
		}
		p := base
		p.length = length
		if plain {
			p.offset = in.n
		} else {
			p.skip = in.n
		}
		ix.addResponse(head, p)
		if _, err := io.CopyN(io.Discard, in, length); err != nil {
			return fmt.Errorf("record at %d is cut: %w", in.n, err)
		}
	}
}

func (ix *index) addResponse(head textproto.MIMEHeader, p place) {
	u, err := url.Parse(strings.Trim(head.Get("Warc-Target-Uri"), "<>"))
	if head.Get("Warc-Type") != "response" || err != nil || u.Host == "" || p.length > maxRecord ||
		(u.Scheme != "http" && u.Scheme != "https") {
		ix.skipped++
		return
	}
	host := hostOnly(u.Host)
	ix.known[host] = true
	if k := key(host, u); ix.places[k].file == nil { // the first answer is kept
		ix.places[k] = p
	}
}

// key is what a request is found by. The scheme is left out: a crawl that
// finds no TLS falls back to plain HTTP.
func key(host string, u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return host + " " + path
}

// find returns the response to a request: of exactly its path and query, else
// of its path alone.
func (ix *index) find(host string, u *url.URL) (place, bool) {
	p, ok := ix.places[key(host, u)]
	if !ok && u.RawQuery != "" {
		alone := *u
		alone.RawQuery = ""
		p, ok = ix.places[key(host, &alone)]
	}
	return p, ok
}

func hostOnly(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// recordHead reads the version line and the fields of a record. It returns
// io.EOF where the stream ends between two records.
func recordHead(in *counter) (textproto.MIMEHeader, error) {
	var block bytes.Buffer
	begun := false
	for {
		line, err := in.line()
		if err != nil {
			if errors.Is(err, io.EOF) && begun {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		trimmed := bytes.TrimRight(line, "\r\n")
		switch {
		case !begun && len(trimmed) == 0:
			continue // the empty lines that end the record before
		case !begun && !bytes.HasPrefix(trimmed, []byte("WARC/")):
			return nil, errors.New("not a WARC record")
		case !begun:
			begun = true
			continue
		}
		block.Write(line)
		if len(trimmed) == 0 {
			break
		}
		if block.Len() > maxHead {
			return nil, errors.New("record header is too long")
		}
	}
	h, err := textproto.NewReader(bufio.NewReader(&block)).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("record header: %w", err)
	}
	return h, nil
}

// read returns the block of a response: HTTP head and body as recorded.
func (p place) read() ([]byte, error) {
	section := io.NewSectionReader(p.file, p.offset, 1<<62-p.offset)
	var in io.Reader = section
	if p.zipped {
		z, err := gzip.NewReader(bufio.NewReader(section))
		if err != nil {
			return nil, fmt.Errorf("open gzip member: %w", err)
		}
		if _, err := io.CopyN(io.Discard, z, p.skip); err != nil {
			return nil, fmt.Errorf("skip to record: %w", err)
		}
		in = z
	}
	block := make([]byte, p.length)
	if _, err := io.ReadFull(in, block); err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return block, nil
}

// counter counts what was taken from a buffered reader. It is an
// io.ByteReader, so gzip takes not a byte more than its member.
type counter struct {
	in *bufio.Reader
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err //nolint:wrapcheck // readers compare io.EOF
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.in.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err //nolint:wrapcheck // as above
}

// line returns a line with its end, at most what the buffer holds.
func (c *counter) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	c.n += int64(len(line))
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, errors.New("header line is too long")
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return bytes.Clone(line), err //nolint:wrapcheck // as above
}
