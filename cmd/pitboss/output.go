package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// column is one column of a table for people.
type column struct {
	head  string
	most  int  // widest cell on a terminal, in columns; longer ones are cut with "…"
	right bool // numbers stand to the right
}

// table prints rows under heads. Cells are captured text more often than not,
// so they are sanitised; widths count wide characters as two. A terminal gets
// cells that fit it, a file or a pipe gets them whole.
type table struct {
	columns []column
	rows    [][]string
}

func newTable(columns ...column) *table { return &table{columns: columns} }

func (t *table) add(cells ...string) {
	row := make([]string, len(t.columns))
	for i := range row {
		if i < len(cells) {
			row[i] = sanitize(cells[i])
		}
	}
	t.rows = append(t.rows, row)
}

// write prints the table, each column as wide as its widest cell.
func (t *table) write(w io.Writer) error {
	_, err := w.Write(t.text(terminalWidth(w)))
	return err
}

// text lays the table out for a terminal of so many columns; zero is no
// terminal, where nothing is cut.
func (t *table) text(width int) []byte {
	heads := make([]string, len(t.columns))
	for i, c := range t.columns {
		heads[i] = c.head
	}
	rows := append([][]string{heads}, t.rows...)
	if width > 0 {
		rows = t.fit(rows, width)
	}
	widths := widest(rows)
	var b bytes.Buffer
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if i > 0 {
				line.WriteString(columnGap)
			}
			if t.columns[i].right {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

const (
	columnGap = "  "
	leastLast = 24 // columns that the last cell keeps, however narrow the terminal
)

// fit cuts each cell to its column's bound and the last one to what is left of
// the line, where that is enough to be read.
func (t *table) fit(rows [][]string, width int) [][]string {
	cut := make([][]string, len(rows))
	for r, row := range rows {
		cut[r] = make([]string, len(row))
		for i, cell := range row {
			cut[r][i] = clip(cell, t.columns[i].most)
		}
	}
	last := len(t.columns) - 1
	left := width
	for _, w := range widest(cut)[:last] {
		left -= w + len(columnGap)
	}
	for r := range cut {
		cut[r][last] = clip(cut[r][last], max(left, leastLast))
	}
	return cut
}

// widest is the width of each column, in terminal columns.
func widest(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	return widths
}

// terminalWidth is the number of columns of the terminal that w is, zero when
// it is none.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return 0
	}
	const usual = 80
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return width
}

// brief cuts a text for a terminal and leaves it whole everywhere else.
func (a *app) brief(s string, most int) string {
	if !isTerminal(a.stdout) {
		return s
	}
	return clip(s, most)
}

// clip cuts a text to at most so many terminal columns, never inside a
// character as people see it. Zero leaves it whole.
func clip(s string, most int) string {
	if most <= 0 || uniseg.StringWidth(s) <= most {
		return s
	}
	var b strings.Builder
	used := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if used+g.Width() > most-1 {
			break
		}
		used += g.Width()
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}

// sanitize makes captured text safe for a terminal: no escape sequences, no
// line breaks, nothing that turns the direction of writing or hides itself.
func sanitize(s string) string {
	clean := func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t':
			return ' '
		case unsafeRune(r):
			return utf8.RuneError
		}
		return r
	}
	return strings.Map(clean, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// unsafeRune reports control and format characters (Unicode Cc and Cf, which
// covers the bidirectional overrides and the zero-width ones), line and
// paragraph separators. The joiners that scripts and emoji need stay.
func unsafeRune(r rune) bool {
	const zwnj, zwj = '\u200c', '\u200d'
	if r == zwnj || r == zwj {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// printJSON writes one object on one line. Characters that could play tricks
// on a terminal are written as \u escapes, which a JSON reader undoes.
func (a *app) printJSON(v any) error {
	line, err := encodeJSON(v)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(line)
	return err
}

func encodeJSON(v any) ([]byte, error) {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	if !bytes.ContainsFunc(raw.Bytes(), unsafeRune) {
		return raw.Bytes(), nil
	}
	var out bytes.Buffer
	for _, r := range strings.TrimSuffix(raw.String(), "\n") {
		switch {
		case !unsafeRune(r):
			out.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
