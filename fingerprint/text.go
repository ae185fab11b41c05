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
	return strings.Join(strings.Fields(s), " ")
}

func isFolded(s string) bool {
	space := true // a leading space is not folded
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf, c < ' ':
			return false // let the slow path decide
		case c == ' ' && space:
			return false
		}
		space = c == ' '
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
