package fingerprint

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"pitboss/data"
)

// readSheet adds the selectors, custom properties and colours of one style
// sheet. Sheets of generic libraries only name the library.
func readSheet(body []byte, source string, offset int, out *collector) {
	readOwnSheet(terminated(body), source, offset, out)
}

// readOwnSheet is readSheet for a body from terminated.
func readOwnSheet(body []byte, source string, offset int, out *collector) {
	r := sheetReader{out: out, source: source, body: body, base: offset, names: map[string]int{}, colors: map[string]int{}}
	lexer := css.NewLexer(parse.NewInputBytes(body))
	for {
		tt, text := lexer.Next()
		if tt == css.ErrorToken {
			r.flush()
			return
		}
		r.token(tt, text)
		r.at += len(text)
	}
}

// terminated copies a text, with room for the zero by which the lexers end
// what they read: they write it behind the text.
func terminated[T string | []byte](text T) []byte {
	return append(make([]byte, 0, len(text)+1), text...)
}

// sheetReader follows a style sheet just far enough to tell selectors from
// declarations.
type sheetReader struct {
	out    *collector
	source string
	body   []byte
	base   int    // offset of the sheet in its resource
	at     int    // of the token in the sheet
	blocks []bool // of the open blocks: holds declarations
	rules  bool   // the prelude is that of an @-rule that holds rules
	dot    bool   // the last token was a dot outside of declarations
	rgb    bool   // a colour function is open
	args   []string
	uses   []nameInSheet  // in the order in which they came first
	names  map[string]int // index in uses of selectors and properties
	colors map[string]int // and of colours
}

// nameInSheet is a selector, custom property or colour as written, and its
// uses. Most come many times, and bringing one into its normal form takes
// longer than reading it.
type nameInSheet struct {
	kind          data.Kind
	name          string // with "." or "#" in front where it is a selector
	count, offset int
}

// maxSheetNames bounds the names that wait to be handed on.
const maxSheetNames = 4_096

// name notes the use of a name, of which the first byte is its mark.
func (r *sheetReader) name(kind data.Kind, text []byte) {
	known := r.names
	if kind == data.KindColor {
		known = r.colors
	}
	if i, ok := known[string(text)]; ok {
		r.uses[i].count++
		return
	}
	if len(r.uses) == maxSheetNames {
		r.flush()
	}
	name := string(text)
	known[name] = len(r.uses)
	r.uses = append(r.uses, nameInSheet{kind, name, 1, r.base + r.at})
}

// flush hands the names on.
func (r *sheetReader) flush() {
	for _, u := range r.uses {
		value := u.name
		switch u.kind {
		case data.KindSelector:
			value = value[:1] + normalName(value[1:])
		case data.KindColor:
			value = hexColor(value[1:])
		}
		if len(value) <= 100 {
			r.out.add(data.Feature{Layer: data.LayerTemplate, Kind: u.kind, Value: value, Source: r.source, Offset: u.offset, Count: u.count})
		}
	}
	r.uses = r.uses[:0]
	clear(r.names)
	clear(r.colors)
}

func (r *sheetReader) token(tt css.TokenType, text []byte) {
	inDecls := len(r.blocks) > 0 && r.blocks[len(r.blocks)-1]
	dot := r.dot
	r.dot = false
	switch tt {
	case css.AtKeywordToken:
		r.rules = holdsRules(strings.ToLower(string(text)))
	case css.LeftBraceToken:
		if len(r.blocks) < maxDepth {
			r.blocks = append(r.blocks, !r.rules)
		}
		r.rules = false
	case css.RightBraceToken:
		if len(r.blocks) > 0 {
			r.blocks = r.blocks[:len(r.blocks)-1]
		}
		r.rules, r.rgb = false, false
	case css.SemicolonToken:
		r.rules = false
	case css.DelimToken:
		r.dot = !inDecls && len(text) == 1 && text[0] == '.'
	case css.IdentToken:
		if dot {
			r.name(data.KindSelector, r.body[r.at-1:r.at+len(text)])
		}
	case css.HashToken:
		if inDecls {
			r.name(data.KindColor, text)
		} else {
			r.name(data.KindSelector, text)
		}
	case css.CustomPropertyNameToken:
		r.name(data.KindProperty, text)
	default:
		r.color(tt, text, inDecls)
	}
}

// color follows the colour functions rgb() and rgba().
func (r *sheetReader) color(tt css.TokenType, text []byte, inDecls bool) {
	switch tt {
	case css.FunctionToken:
		if inDecls && (bytes.EqualFold(text, []byte("rgb(")) || bytes.EqualFold(text, []byte("rgba("))) {
			r.rgb, r.args = true, r.args[:0]
		}
	case css.NumberToken, css.PercentageToken:
		if r.rgb && len(r.args) < 4 {
			r.args = append(r.args, string(text))
		}
	case css.RightParenthesisToken:
		if c := rgbColor(r.args); r.rgb && c != "" {
			r.name(data.KindColor, []byte(c))
		}
		r.rgb = false
	}
}

func holdsRules(at string) bool {
	switch at {
	case "@media", "@supports", "@layer", "@container", "@document", "@-moz-document", "@scope", "@keyframes", "@-webkit-keyframes", "@-moz-keyframes", "@-o-keyframes", "@starting-style":
		return true
	}
	return false
}

// hexColor returns "#rrggbb" of a hexadecimal colour, its opacity left out.
func hexColor(s string) string {
	if !isHex(s) {
		return ""
	}
	s = strings.ToLower(s)
	switch len(s) {
	case 3, 4:
		return string([]byte{'#', s[0], s[0], s[1], s[1], s[2], s[2]})
	case 6, 8:
		return "#" + s[:6]
	}
	return ""
}

func rgbColor(args []string) string {
	if len(args) < 3 {
		return ""
	}
	var c [3]int
	for i := range c {
		v, err := strconv.ParseFloat(strings.TrimSuffix(args[i], "%"), 64)
		if err != nil {
			return ""
		}
		if strings.HasSuffix(args[i], "%") {
			v = v * 255 / 100
		}
		c[i] = int(min(max(v, 0), 255) + 0.5)
	}
	return fmt.Sprintf("#%02x%02x%02x", min(c[0], 255), min(c[1], 255), min(c[2], 255))
}
