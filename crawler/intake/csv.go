package intake

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// header says which columns of a CSV matter.
type header struct {
	separator byte
	host      int
	notes     []int
}

// readHeader recognises a header line: one of the known names, between
// commas, semicolons or tabs, whichever gives the most columns.
func readHeader(line string) (header, bool) {
	var best header
	most := 0
	for _, sep := range []byte(",;\t") {
		fields, open := splitFields(line, sep, nil)
		if open || len(fields) <= most {
			continue
		}
		h := header{separator: sep, host: -1}
		for i, f := range fields {
			name := strings.ToLower(strings.TrimSpace(f))
			if isHostColumn(name) && (h.host < 0 || preferred(name, fields[h.host])) {
				h.host = i
			}
			if isNoteColumn(name) {
				h.notes = append(h.notes, i)
			}
		}
		if h.host >= 0 {
			best, most = h, len(fields)
		}
	}
	return best, most > 0
}

// preferred reports whether a column names hosts more surely than another:
// "name" may be anybody's.
func preferred(name, than string) bool {
	order := []string{"host", "hostname", "fqdn", "domain", "url", "indicator", "name"}
	return slices.Index(order, name) < slices.Index(order, strings.ToLower(strings.TrimSpace(than)))
}

// splitFields splits a CSV record (RFC 4180). A quote that does not begin a
// field is text. open reports that a quoted field does not end in it.
func splitFields(line string, sep byte, into []string) (fields []string, open bool) {
	fields = into[:0]
	for {
		if !strings.HasPrefix(strings.TrimLeft(line, " "), `"`) {
			i := strings.IndexByte(line, sep)
			if i < 0 {
				return append(fields, line), false
			}
			fields, line = append(fields, line[:i]), line[i+1:]
			continue
		}
		value, rest, ok := quotedField(strings.TrimLeft(line, " ")[1:])
		if !ok {
			return append(fields, value), true
		}
		fields = append(fields, value)
		i := strings.IndexByte(rest, sep)
		if i < 0 {
			return fields, false
		}
		line = rest[i+1:]
	}
}

// quotedField reads up to the closing quote; two quotes stand for one.
func quotedField(s string) (value, rest string, ok bool) {
	i := strings.IndexByte(s, '"')
	if i >= 0 && !strings.HasPrefix(s[i:], `""`) {
		return s[:i], s[i+1:], true
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i+1:]
		if !strings.HasPrefix(s, `"`) {
			return b.String(), s, true
		}
		b.WriteByte('"')
		s = s[1:]
		i = strings.IndexByte(s, '"')
	}
	b.WriteString(s)
	return b.String(), "", false
}

// csvParser reads CSV. Quoted fields may span a few lines.
type csvParser struct {
	header header
	ready  bool
	fields []string
}

const maxRecordLines = 50 // of one CSV record

func (p *csvParser) parse(line []byte, s *sink) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if !p.ready {
		return p.begin(string(line))
	}
	text := string(line)
	var open bool
	if p.fields, open = splitFields(text, p.header.separator, p.fields); open {
		if err := p.readOn(text, s); err != nil {
			return err
		}
	}
	if p.header.host >= len(p.fields) || strings.TrimSpace(p.fields[p.header.host]) == "" {
		return fmt.Errorf("%w: column %d is missing or empty", errNoColumn, p.header.host+1)
	}
	var notes []string
	for _, i := range p.header.notes {
		if i < len(p.fields) && p.fields[i] != "" {
			notes = append(notes, p.fields[i])
		}
	}
	return s.host(p.fields[p.header.host], joinNotes(notes))
}

// begin reads the header; comments may stand before it.
func (p *csvParser) begin(line string) error {
	if strings.HasPrefix(line, "#") {
		return nil
	}
	h, ok := readHeader(line)
	if !ok {
		return fmt.Errorf("%w: the CSV header %q has no column host, domain, url, hostname, fqdn, name or indicator", ErrFormat, clip([]byte(line)))
	}
	p.header, p.ready = h, true
	return nil
}

// readOn appends lines until the quoted field ends. If it does not, the lines
// are given back and read on their own.
func (p *csvParser) readOn(text string, s *sink) error {
	var taken [][]byte
	var err error
	for range maxRecordLines {
		var line []byte
		if line, err = s.lines.next(); err != nil {
			break // returned again by the next call
		}
		taken = append(taken, bytes.Clone(line))
		text += "\n" + string(line)
		if len(text) > s.lines.max {
			break
		}
		var open bool
		if p.fields, open = splitFields(text, p.header.separator, p.fields); !open {
			return nil
		}
	}
	s.lines.giveBack(taken, err)
	return errQuote
}
