package fingerprint

import (
	"strings"
	"unicode/utf8"
)

// fold trims white space and turns inner runs of it into one space.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for word := range strings.FieldsSeq(s) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func isFolded(s string) bool {
	space := true // a leading space is not folded
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ', c == 0xc2, c == 0xe1, c == 0xe2, c == 0xe3:
			return false // white space or what white space beyond ASCII begins with
		}
		space = false
	}
	return !space || s == ""
}

// cutText returns at most n bytes of s, cut between characters.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
