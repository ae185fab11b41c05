package intake

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding/unicode"

	"pitboss/data"
)

// Format is a form in which candidates come. Its text is also Candidate.How.
type Format string

// The formats. FormatAuto recognises one of the others.
const (
	FormatAuto    Format = ""
	FormatList    Format = "list"    // a host or URL a line; # comments
	FormatHosts   Format = "hosts"   // 0.0.0.0 name [name…]
	FormatAdblock Format = "adblock" // ||name^
	FormatCSV     Format = "csv"     // header with host, domain, url, hostname, fqdn, name or indicator
	FormatJSONL   Format = "jsonl"   // an object a line, keys as the columns of CSV
)

// Options of Read. The zero value is usable.
type Options struct {
	Format  Format    // default FormatAuto
	Now     time.Time // becomes Candidate.Added
	MaxLine int       // longest line in bytes; default 64 KiB
	Stats   *Stats    // filled while reading, if not nil
}

// Stats counts what Read saw.
type Stats struct {
	Format     Format
	Lines      int
	Candidates int
	Repeated   int            // names that directly repeated the one before
	Skipped    map[string]int // left out on purpose, by reason; no errors
}

// Reasons in Stats.Skipped.
const (
	SkipException = "exception rule"                 // adblock @@
	SkipCosmetic  = "cosmetic rule"                  // adblock ##, #@#, #?#, …
	SkipPattern   = "rule that names no whole host"  // adblock paths, wildcards, regular expressions
	SkipLocal     = "local name"                     // localhost and the like in hosts files
	SkipDisabled  = "rule that switches another off" // adblock $badfilter
	SkipElsewhere = "rule for some pages only"       // adblock $domain=, which says what those pages load
)

// Errors that end the reading. Their text says what to do.
var (
	ErrEmpty  = errors.New("the input is empty")
	ErrBinary = errors.New("the input is not text")
	ErrFormat = errors.New("unknown format")
)

// LineError is a line that gives no candidate.
type LineError struct {
	Name string // of the input
	Line int    // from 1
	Text string // of the line, shortened
	Err  error
}

// Error names input, line, text and cause on one line.
func (e *LineError) Error() string {
	return fmt.Sprintf("%s:%d: %q: %v", e.Name, e.Line, e.Text, e.Err)
}

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }

// Causes of line errors besides data.ErrInvalidHost.
var (
	errLongLine = errors.New("the line is too long")
	errNoColumn = errors.New("no value for the host")
	errQuote    = errors.New("a quoted field does not end")
)

const (
	defaultMaxLine = 64 << 10
	sniffSize      = 32 << 10
	maxNote        = 200 // bytes, see data.Candidate
)

// Read returns the candidates of r, in order. name is the input's name for
// Candidate.Source and errors. Errors are *LineError and reading goes on after
// them, except for the last one, which may be ErrEmpty, ErrBinary, ErrFormat
// or r's own.
func Read(r io.Reader, name string, o Options) iter.Seq2[data.Candidate, error] {
	return func(yield func(data.Candidate, error) bool) {
		if o.MaxLine <= 0 {
			o.MaxLine = defaultMaxLine
		}
		if o.Stats == nil {
			o.Stats = &Stats{}
		}
		if o.Stats.Skipped == nil {
			o.Stats.Skipped = map[string]int{}
		}
		if err := read(r, name, o, yield); err != nil && !errors.Is(err, errStop) {
			yield(data.Candidate{}, fmt.Errorf("read %s: %w", name, err))
		}
	}
}

// errStop: the caller wants no more.
var errStop = errors.New("stop")

func read(r io.Reader, name string, o Options, yield func(data.Candidate, error) bool) error {
	lines, err := open(r, o.MaxLine)
	if err != nil {
		return err
	}
	head, err := lines.peek()
	if err != nil {
		return err
	}
	if err := checkText(head); err != nil {
		return err
	}
	format := o.Format
	if format == FormatAuto {
		if format, err = detect(head); err != nil {
			return err
		}
	}
	o.Stats.Format = format
	p := newParser(format, o.Stats)
	if p == nil {
		return fmt.Errorf("%w %q; known are list, hosts, adblock, csv and jsonl", ErrFormat, format)
	}
	s := &sink{name: name, yield: yield, stats: o.Stats, lines: lines}
	s.template = data.Candidate{Source: filepath.Base(name), How: string(format), Added: o.Now}
	return s.run(p)
}

// open undoes gzip, and then UTF-16, where the input begins so.
func open(r io.Reader, maxLine int) (*lineReader, error) {
	size := max(sniffSize, maxLine)
	br := bufio.NewReaderSize(r, size)
	head, err := br.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(head) == "\x1f\x8b" {
		zr, err := gzip.NewReader(br)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, inputError(fmt.Errorf("gzip: %w", err))
		}
		br = bufio.NewReaderSize(zr, size)
		head, _ = br.Peek(2) // an error comes again with the first line
	}
	if mark := string(head); mark == "\xff\xfe" || mark == "\xfe\xff" { // what Windows calls Unicode text
		br = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(br), size)
	}
	return &lineReader{r: br, max: maxLine}, nil
}

// parser turns a line into candidates. A line's slice is valid during the call
// only.
type parser interface {
	parse(line []byte, s *sink) error
}

func newParser(f Format, stats *Stats) parser {
	switch f {
	case FormatList:
		return listParser{}
	case FormatHosts:
		return hostsParser{skipped: stats.Skipped}
	case FormatAdblock:
		return adblockParser{skipped: stats.Skipped}
	case FormatCSV:
		return &csvParser{}
	case FormatJSONL:
		return jsonParser{}
	}
	return nil
}

// sink takes what parsers find, and hands it to the caller.
type sink struct {
	name     string
	yield    func(data.Candidate, error) bool
	stats    *Stats
	lines    *lineReader
	template data.Candidate
	last     string // host yielded before
	line     int    // the line that is being parsed
}

func (s *sink) run(p parser) error {
	for {
		line, err := s.lines.next()
		if errors.Is(err, io.EOF) {
			return s.finish()
		}
		s.line = s.lines.number
		s.stats.Lines = s.line
		if err == nil {
			err = p.parse(line, s)
		} else if !errors.Is(err, errLongLine) {
			return err
		}
		if err == nil {
			continue
		}
		if err := s.fail(line, err); err != nil {
			return err
		}
	}
}

// finish refuses an input that held nothing at all, which is rather a mistake
// of the one who made it.
func (s *sink) finish() error {
	if s.stats.Lines == 0 {
		return emptyError()
	}
	return nil
}

// fail yields a line's error, unless it is the end of all.
func (s *sink) fail(line []byte, err error) error {
	if errors.Is(err, errStop) || errors.Is(err, ErrFormat) {
		return err
	}
	if !s.yield(data.Candidate{}, &LineError{Name: s.name, Line: s.line, Text: clip(line), Err: err}) {
		return errStop
	}
	return nil
}

// host yields one candidate. The error tells why the text is no host to visit.
func (s *sink) host(text, note string) error {
	host, err := normalize(text)
	if err != nil {
		return err
	}
	if host == s.last {
		s.stats.Repeated++
		return nil
	}
	s.last = host
	c := s.template
	c.Host, c.Note = host, cleanNote(note)
	s.stats.Candidates++
	if !s.yield(c, nil) {
		return errStop
	}
	return nil
}

// cleanNote makes foreign text fit for one line of at most maxNote bytes.
func cleanNote(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if len(s) <= maxNote {
		return s
	}
	s = s[:maxNote]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}

func clip(line []byte) string {
	const most = 120
	s := strings.ToValidUTF8(string(line[:min(len(line), most)]), "\uFFFD")
	if len(line) > most {
		s += "…"
	}
	return s
}
