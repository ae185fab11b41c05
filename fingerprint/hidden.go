package fingerprint

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// hideRules are the classes and ids that the page's own style elements hide.
type hideRules struct {
	classes, ids map[string]bool
}

// hides reports whether an element is hidden by itself.
func (b *treeBuilder) hides(n *html.Node) bool {
	switch n.Data {
	case "noscript", "template":
		return true
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hidingStyle(a.Val) {
				return true
			}
		case "id":
			if b.hide.ids[a.Val] {
				return true
			}
		case "class":
			if len(b.hide.classes) == 0 {
				continue
			}
			for c := range strings.FieldsSeq(a.Val) {
				if b.hide.classes[c] {
					return true
				}
			}
		}
	}
	return false
}

// hidingStyle reports whether CSS declarations take an element out of sight:
// not displayed, invisible, of no size, or placed far off the screen.
func hidingStyle(decls string) bool {
	zero := 0
	clipped := false
	for rest := decls; rest != ""; {
		var d string
		d, rest, _ = strings.Cut(rest, ";")
		name, value, ok := strings.Cut(d, ":")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		switch name {
		case "display":
			if cssValue(value) == "none" {
				return true
			}
		case "visibility":
			if v := cssValue(value); v == "hidden" || v == "collapse" {
				return true
			}
		case "font-size":
			if isTiny(cssValue(value)) {
				return true
			}
		case "left", "top", "text-indent", "margin-left", "margin-top", "right":
			if n, ok := leadingNumber(cssValue(value)); ok && n <= -900 {
				return true
			}
		case "width", "height", "max-height", "max-width":
			if isTiny(cssValue(value)) {
				zero++
			}
		case "overflow":
			clipped = cssValue(value) == "hidden"
		}
	}
	return zero > 0 && clipped || zero > 1
}

// cssValue returns a declaration's value in lower case, without "!important".
func cssValue(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.TrimSpace(strings.TrimSuffix(s, "!important"))
}

// isTiny reports a size of one pixel at most.
func isTiny(value string) bool {
	n, ok := leadingNumber(value)
	return ok && n <= 1 && !hasRelativeUnit(value)
}

// hasRelativeUnit reports whether "1" of the unit is a readable size.
func hasRelativeUnit(v string) bool {
	if n, ok := leadingNumber(v); ok && n == 0 {
		return false
	}
	v = strings.TrimLeft(v, "+-.0123456789")
	return v != "" && v != "px" && v != "pt"
}

func leadingNumber(v string) (float64, bool) {
	end := 0
	for end < len(v) && end < 12 && (v[end] == '-' || v[end] == '.' || v[end] == '+' || v[end] >= '0' && v[end] <= '9') {
		end++
	}
	n, err := strconv.ParseFloat(v[:end], 64)
	return n, err == nil
}

// readHideRules finds the simple rules (one class or id, outside of @-rules)
// of a page's style elements that hide. Style elements may stand behind what
// they hide, so they are looked up before the page is read.
func readHideRules(body []byte) hideRules {
	r := hideRules{classes: map[string]bool{}, ids: map[string]bool{}}
	for rest := body; ; {
		i := indexFold(rest, "<style")
		if i < 0 {
			return r
		}
		rest = rest[i:]
		open := bytes.IndexByte(rest, '>')
		if open < 0 {
			return r
		}
		end := indexFold(rest, "</style")
		if end < 0 {
			end = len(rest)
		}
		if end > open {
			r.read(string(rest[open+1 : end]))
		}
		rest = rest[end:]
	}
}

// indexFold is bytes.Index for a lower-case ASCII needle that starts with "<",
// without regard to case. It is linear: candidates are the "<" of the text.
func indexFold(s []byte, needle string) int {
	for at := 0; ; {
		i := bytes.IndexByte(s[at:], '<')
		if i < 0 || len(s)-at-i < len(needle) {
			return -1
		}
		at += i
		if c := s[at+1] | 0x20; c != needle[1] && s[at+1] != needle[1] {
			at++
			continue
		}
		if strings.EqualFold(string(s[at:at+len(needle)]), needle) {
			return at
		}
		at++
	}
}

// read adds the hiding rules of one style sheet.
func (r hideRules) read(css string) {
	depth := 0
	for css != "" && len(r.classes)+len(r.ids) < maxHideRules {
		i := strings.IndexByte(css, '{')
		if i < 0 {
			return
		}
		head := css[:i]
		css = css[i+1:]
		for end := strings.IndexByte(head, '}'); end >= 0; end = strings.IndexByte(head, '}') {
			head = head[end+1:]
			depth = max(depth-1, 0)
		}
		if strings.IndexByte(head, '@') >= 0 {
			depth++
			continue
		}
		end := strings.IndexByte(css, '}')
		if end < 0 {
			end = len(css)
		}
		if depth == 0 {
			if simple := simpleSelectors(head); len(simple) > 0 && hidingStyle(css[:end]) {
				r.add(simple)
			}
		}
		css = css[min(end+1, len(css)):]
	}
}

func (r hideRules) add(selectors []string) {
	for _, s := range selectors {
		if s[0] == '.' {
			r.classes[s[1:]] = true
		} else {
			r.ids[s[1:]] = true
		}
	}
}

// simpleSelectors returns those of a rule's selectors that are one class or
// one id.
func simpleSelectors(head string) []string {
	if i := strings.LastIndex(head, "*/"); i >= 0 {
		head = head[i+2:]
	}
	var out []string
	for s := range strings.SplitSeq(head, ",") {
		s = strings.TrimSpace(s)
		if len(s) >= 2 && len(s) <= 100 && (s[0] == '.' || s[0] == '#') && isSimple(s[1:]) {
			out = append(out, s)
		}
	}
	return out
}

// isSimple reports whether the rest of a selector names nothing further.
func isSimple(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ' ', '.', '#', '>', '+', '~', ':', '[', '*':
			return false
		}
	}
	return true
}
