package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pitboss/data"
)

// visible returns text as one line of at most limit runes in which nothing
// acts unseen: control and format characters, such as bidi overrides and
// zero-width spaces, line separators and broken UTF-8 are written out as
// ⟨U+XXXX⟩, piles of combining marks are cut to three, and addresses are
// defanged.
func visible(s string, limit int) string {
	if len(s) <= limit && harmless(s) {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	n, marks := 0, 0
	for _, r := range s {
		if n++; n > limit {
			b.WriteString(" …")
			break
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > 3 {
				continue
			}
		} else {
			marks = 0
		}
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.In(r, unicode.C, unicode.Zl, unicode.Zp):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return webAddress.ReplaceAllString(strings.TrimSpace(b.String()), "hxxp$1://")
}

// harmless reports whether s is printable ASCII that nobody makes a link of:
// nearly everything that is shown.
func harmless(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.Contains(s, "://")
}

// webAddress is what readers and mail programs make links of.
var webAddress = regexp.MustCompile(`(?i)http(s?)://`)

// defang writes a URL so that no program makes a link of it:
// "hxxps://host[.]example/path".
func defang(raw string, limit int) string {
	s := visible(raw, limit)
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return strings.ReplaceAll(s, ":", "[:]")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	return scheme + "://" + strings.ReplaceAll(rest[:end], ".", "[.]") + strings.ReplaceAll(rest[end:], "://", "[:]//")
}

// day and minute print times in UTC; a zero time is a dash.
func day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateOnly)
}

func minute(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// bits prints a weight of evidence with its sign.
func bits(w data.MilliBits) string {
	return strings.Replace(fmt.Sprintf("%+.1f", float64(w)/1000), "-", "−", 1)
}

// number groups thousands by thin spaces.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// percent prints a probability; certainty is never claimed.
func percent(p float64) string {
	switch {
	case !(p >= 0 && p <= 1):
		return "?"
	case p > 0.995:
		return "> 99 %"
	case p < 0.005:
		return "< 1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// plural is "1 site" or "12 sites".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if before, ok := strings.CutSuffix(noun, "y"); ok {
		noun = before + "ie"
	}
	return number(n) + " " + noun + "s"
}

const maxFileName = 160 // bytes, well below the 255 of common file systems

// fileName returns a name that is safe on every file system and in every URL
// without escaping, and differs for every different text even where case does
// not count: lower-case letters, digits, dot, hyphen and underscore stand for
// themselves, other bytes become ~XX. Long texts end in a digest.
func fileName(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		plain := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0
		if plain && !(i == 0 && reserved(s)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "~%02x", c)
		}
	}
	name := b.String()
	if len(name) > maxFileName {
		sum := sha256.Sum256([]byte(s))
		name = strings.TrimRight(name[:80], "~") + "~~" + hex.EncodeToString(sum[:16])
	}
	if name == "" {
		name = "~"
	}
	return name + ".html"
}

// reserved reports whether Windows would read a name as a device.
func reserved(s string) bool {
	base, _, _ := strings.Cut(s, ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt"))
}
