package export

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns a text as one line of at most limit runes, in which nothing
// acts unseen: control and format characters (bidi overrides, zero-width
// joiners, byte-order marks), line separators and broken UTF-8 are written as
// <U+XXXX>. Captured text goes through it before it is shown or exported.
func Visible(s string, limit int) string {
	if plain(s) && len(s) <= limit {
		return s
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > limit {
			b.WriteString("…")
			break
		}
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.In(r, unicode.C):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain reports whether s is printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
