package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"pitboss/data"
)

const (
	maxHTTPHead   = 256 << 10 // bytes of one head, interim heads apart
	maxHeadFields = 1000
	maxInterim    = 5 // 1xx heads before the final one
)

// head is an HTTP response head as it came over the wire.
type head struct {
	proto  string // "HTTP/1.1"; "HTTP/0.9" where there was no head
	status int    // 0: none, or unreadable
	fields []data.HeaderField
	broken bool // no empty line ended it
}

// get returns the first value of a field, its name compared without case.
func (h *head) get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// all returns every value of a field, joined as RFC 9110 5.3 allows.
func (h *head) all(name string) string {
	var out []string
	for _, f := range h.fields {
		if strings.EqualFold(f.Name, name) {
			out = append(out, f.Value)
		}
	}
	return strings.Join(out, ",")
}

// readHead reads an HTTP response head and leaves r at the body. It accepts
// what servers really send: bare line feeds, folded lines, lines without a
// colon (left out), no head at all. Interim 1xx heads are skipped. Bytes that
// do not begin like HTTP are all body. The error is r's own.
func readHead(r *bufio.Reader) (head, error) {
	for range maxInterim {
		h, err := readOneHead(r)
		if err != nil || h.status < 100 || h.status > 199 || h.status == 101 {
			return h, err
		}
		if next, _ := r.Peek(5); string(next) != "HTTP/" {
			return h, nil
		}
	}
	return readOneHead(r)
}

func readOneHead(r *bufio.Reader) (head, error) {
	start, err := r.Peek(5)
	if err != nil && !errors.Is(err, io.EOF) {
		return head{}, err
	}
	if !strings.EqualFold(string(start), "HTTP/") {
		return head{proto: "HTTP/0.9"}, nil
	}
	var h head
	budget := maxHTTPHead
	line, err := readLine(r, &budget)
	if err != nil && !errors.Is(err, io.EOF) {
		return h, err
	}
	h.proto, h.status = parseStatusLine(string(line))
	for err == nil {
		line, err = readLine(r, &budget)
		if err == nil && len(line) == 0 {
			return h, nil
		}
		h.add(line)
	}
	h.broken = true
	if errors.Is(err, io.EOF) || errors.Is(err, errLongHead) {
		err = nil
	}
	return h, err
}

// parseStatusLine reads "HTTP/1.1 200 OK". A status that cannot be read is 0.
func parseStatusLine(line string) (proto string, status int) {
	proto, rest, _ := strings.Cut(line, " ")
	if len(proto) > 16 {
		proto = proto[:16]
	}
	rest = strings.TrimLeft(rest, " \t")
	if len(rest) < 3 || (len(rest) > 3 && rest[3] != ' ' && rest[3] != '\t') {
		return proto, 0
	}
	status, err := strconv.Atoi(rest[:3])
	if err != nil || status < 100 {
		return proto, 0
	}
	return proto, status
}

func (h *head) add(line []byte) {
	if len(line) == 0 || len(h.fields) >= maxHeadFields {
		return
	}
	if line[0] == ' ' || line[0] == '\t' {
		if n := len(h.fields); n > 0 {
			h.fields[n-1].Value += " " + string(bytes.TrimSpace(line))
		}
		return
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	name = bytes.TrimSpace(name)
	if !ok || len(name) == 0 {
		return
	}
	h.fields = append(h.fields, data.HeaderField{Name: string(name), Value: string(bytes.TrimSpace(value))})
}

// errLongHead: a block of header lines exceeds its bound.
var errLongHead = errors.New("header block is too long")

// readLine returns the next line without its end, at most budget bytes, which
// it lowers. The slice is valid until the next read. At the end of the
// stream it returns what there is and io.EOF.
func readLine(r *bufio.Reader, budget *int) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return readLongLine(r, line, budget)
	}
	if *budget -= len(line); *budget < 0 {
		return nil, errLongHead
	}
	return trimEOL(line), err
}

func readLongLine(r *bufio.Reader, first []byte, budget *int) ([]byte, error) {
	line := bytes.Clone(first)
	for {
		if len(line) > *budget {
			return nil, errLongHead
		}
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			if *budget -= len(line); *budget < 0 {
				return nil, errLongHead
			}
			return trimEOL(line), err
		}
	}
}

func trimEOL(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
