package fingerprint

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// The normal forms make what a build or a data base numbers compare equal:
// "post-1234" is "post-{n}", "main.3f2a1b9c.js" is "main.*.js", and
// "/notice/view/991" is "/notice/view/{n}".

// normalName returns the normal form of a class name or an id.
func normalName(s string) string {
	if !needsNormal(s) {
		return s
	}
	if head, tail, ok := cutLast(s, "__"); ok && looksRandom(tail) {
		return normalName(head) + "__*" // CSS modules
	}
	for _, p := range [...]string{"css-", "sc-", "jsx-", "svelte-", "astro-", "emotion-", "e-", "jss", "r-", "_"} {
		if rest, ok := strings.CutPrefix(s, p); ok && (looksRandom(rest) || p == "jsx-" || p == "svelte-") {
			return p + "*"
		}
	}
	return mapParts(s, "-_:", func(before, part string) string {
		switch {
		case allDigits(part) && (len(part) >= 3 || namesNumber(before)):
			return "{n}"
		case len(part) >= 8 && isHex(part) && hasDigit(part), len(part) >= 10 && looksRandom(part):
			return "*"
		case len(part) > 4:
			return longDigits(part, 4)
		}
		return part
	})
}

func needsNormal(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' || c == '_' {
			return true
		}
	}
	return strings.HasPrefix(s, "sc-") || strings.HasPrefix(s, "css-") || strings.HasPrefix(s, "svelte-")
}

// namesNumber reports whether a number after this word is a data base's.
func namesNumber(word string) bool {
	switch word {
	case "id", "item", "post", "postid", "page", "category", "cat", "tag", "term", "author", "comment", "widget", "product", "user", "game", "event", "notice", "board", "thread", "topic", "article":
		return true
	}
	return false
}

// mapParts applies f to the parts of s between separators, with the part
// before.
func mapParts(s, separators string, f func(before, part string) string) string {
	var b strings.Builder
	before := ""
	for {
		i := strings.IndexAny(s, separators)
		part := s
		if i >= 0 {
			part = s[:i]
		}
		b.WriteString(f(before, part))
		if i < 0 {
			return b.String()
		}
		b.WriteByte(s[i])
		before, s = part, s[i+1:]
	}
}

// longDigits replaces runs of at least n digits by "{n}".
func longDigits(s string, n int) string {
	if !hasDigit(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		switch {
		case j-i >= n:
			b.WriteString("{n}")
		case j > i:
			b.WriteString(s[i:j])
		default:
			b.WriteByte(s[i])
			j = i + 1
		}
		i = j
	}
	return b.String()
}

// looksRandom reports whether a token looks made by a hash and not by a
// person: at least five letters and digits that change from one to the other
// more than once, or that change case as no word does.
func looksRandom(s string) bool {
	if len(s) < 5 || len(s) > 64 {
		return false
	}
	changes, digits, cases := 0, 0, 0
	for i := range len(s) {
		c := class(s[i])
		if c == 0 {
			return false
		}
		if c == 'd' {
			digits++
		}
		if i == 0 {
			continue
		}
		p := class(s[i-1])
		if (c == 'd') != (p == 'd') {
			changes++
		}
		if c == 'u' && p == 'l' || c == 'l' && p == 'u' && i > 1 && class(s[i-2]) != 'l' && i < len(s)-1 && class(s[i+1]) == 'u' {
			cases++
		}
	}
	switch {
	case digits > 0 && digits < len(s):
		return changes >= 2 || cases >= 1 && changes >= 1 || len(s) >= 8 && isHex(s)
	default:
		return cases >= 3 && len(s) <= 8
	}
}

// class sorts a byte into digit, lower case, upper case or other (0).
func class(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return 'd'
	case c >= 'a' && c <= 'z':
		return 'l'
	case c >= 'A' && c <= 'Z':
		return 'u'
	}
	return 0
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func cutLast(s, sep string) (head, tail string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// assetPath returns the path of an asset with build hashes and versions as
// "*": "/static/js/main.*.js".
func assetPath(u *url.URL, picture bool) string {
	p := u.Path
	if len(p) > 2*maxValue {
		return ""
	}
	segments := strings.Split(p, "/")
	for i, s := range segments {
		segments[i] = assetPart(s)
	}
	if last := len(segments) - 1; picture && isUpload(segments[:last]) {
		segments[last] = "*" + extension(segments[last])
	}
	return strings.Join(segments, "/")
}

// assetPart normalises one segment of an asset's path.
func assetPart(s string) string {
	if !hasDigit(s) && len(s) < 16 {
		return s
	}
	s = mapParts(s, ".-_~@", func(_, part string) string {
		switch {
		case allDigits(part) && len(part) >= 4:
			return "*"
		case len(part) >= 6 && isHex(part) && hasDigit(part), len(part) >= 20 && isHex(part), len(part) >= 8 && looksRandom(part):
			return "*"
		}
		return part
	})
	return starVersions(s)
}

// starVersions replaces "1.12.4" and the like by "*".
func starVersions(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		dots := 0
		for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.' && j > i && j+1 < len(s) && s[j+1] >= '0' && s[j+1] <= '9') {
			if s[j] == '.' {
				dots++
			}
			j++
		}
		switch {
		case dots > 0:
			b.WriteByte('*')
		case j > i:
			b.WriteString(s[i:j])
		default:
			b.WriteByte(s[i])
			j = i + 1
		}
		i = j
	}
	return b.String()
}

// isUpload reports whether the folders are those of uploaded content, whose
// file names say nothing of the template.
func isUpload(dirs []string) bool {
	for _, d := range dirs {
		switch l := strings.ToLower(d); {
		case strings.Contains(l, "upload"), l == "thumb", l == "thumbs", l == "thumbnails", l == "media", l == "files":
			return true
		case len(d) == 4 && (strings.HasPrefix(d, "19") || strings.HasPrefix(d, "20")) && allDigits(d), d == "*":
			return true
		}
	}
	return false
}

// extension returns a file name's extension in lower case, dot included, or ""
// when what follows the last dot is not letters and digits.
func extension(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || len(name)-i > 6 {
		return ""
	}
	for j := i + 1; j < len(name); j++ {
		if class(name[j]) == 0 {
			return ""
		}
	}
	return strings.ToLower(name[i:])
}

// endpoint returns the skeleton of a path and its query: numbers as "{n}",
// ids as "{id}", titles as "{slug}", the names of parameters sorted.
func endpoint(u *url.URL) string {
	if len(u.Path) > 4*maxValue {
		return ""
	}
	segments := strings.Split(u.Path, "/")
	for i, s := range segments {
		segments[i] = pathPart(s)
	}
	out := strings.Join(segments, "/")
	if out == "" {
		out = "/"
	}
	if q := querySkeleton(u.RawQuery); q != "" {
		out += "?" + q
	}
	return out
}

// pathPart returns the skeleton of one segment of a path.
func pathPart(s string) string {
	if s == "" || strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
		return s
	}
	name, ext := s, extension(s)
	name = name[:len(name)-len(ext)]
	if ext != "" && hasDigit(ext) && ext != ".php5" && ext != ".mp4" {
		name, ext = s, ""
	}
	switch {
	case allDigits(name):
		name = "{n}"
	case !isASCII(name):
		name = "{slug}"
	case isUUID(name), len(name) >= 12 && isHex(name) && hasDigit(name), len(name) >= 8 && looksRandom(name):
		name = "{id}"
	case len(name) > 40, len(name) >= 16 && words(name) >= 3:
		name = "{slug}"
	default:
		name = longDigits(name, 1)
	}
	return name + ext
}

func words(s string) int {
	n := 1
	for i := range len(s) {
		switch s[i] {
		case '-', '_', '+', ' ', ',':
			n++
		}
	}
	return n
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && isHex(strings.ReplaceAll(s, "-", ""))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
