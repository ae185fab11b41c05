package fingerprint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"pitboss/data"
)

// readSheet adds the selectors, custom properties and colours of one style
// sheet. Sheets of generic libraries only name the library.
func readSheet(body []byte, source string, offset int, out *collector) {
	r := sheetReader{out: out, source: source}
	lexer := css.NewLexer(parse.NewInputBytes(slices.Clip(body)))
	for {
		tt, text := lexer.Next()
		if tt == css.ErrorToken {
			return
		}
		r.offset = offset
		offset += len(text)
		r.token(tt, text)
	}
}

// sheetReader follows a style sheet just far enough to tell selectors from
// declarations.
type sheetReader struct {
	out    *collector
	source string
	offset int
	blocks []bool // of the open blocks: holds declarations
	at     bool   // the prelude is that of an @-rule that holds rules
	dot    bool   // the last token was a dot outside of declarations
	fn     string // open colour function
	args   []string
}

func (r *sheetReader) token(tt css.TokenType, text []byte) {
	inDecls := len(r.blocks) > 0 && r.blocks[len(r.blocks)-1]
	dot := r.dot
	r.dot = false
	switch tt {
	case css.AtKeywordToken:
		r.at = holdsRules(strings.ToLower(string(text)))
	case css.LeftBraceToken:
		if len(r.blocks) < maxDepth {
			r.blocks = append(r.blocks, !r.at)
		}
		r.at = false
	case css.RightBraceToken:
		if len(r.blocks) > 0 {
			r.blocks = r.blocks[:len(r.blocks)-1]
		}
		r.at, r.fn = false, ""
	case css.SemicolonToken:
		r.at = false
	case css.DelimToken:
		r.dot = !inDecls && len(text) == 1 && text[0] == '.'
	case css.IdentToken:
		if dot {
			r.add(data.KindSelector, "."+normalName(string(text)))
		}
	case css.HashToken:
		if inDecls {
			r.color(hexColor(string(text[1:])))
		} else {
			r.add(data.KindSelector, "#"+normalName(string(text[1:])))
		}
	case css.CustomPropertyNameToken:
		r.add(data.KindProperty, string(text))
	case css.FunctionToken:
		if name := strings.ToLower(string(text)); inDecls && (name == "rgb(" || name == "rgba(") {
			r.fn, r.args = name, r.args[:0]
		}
	case css.NumberToken, css.PercentageToken:
		if r.fn != "" && len(r.args) < 4 {
			r.args = append(r.args, string(text))
		}
	case css.RightParenthesisToken:
		if r.fn != "" {
			r.color(rgbColor(r.args))
			r.fn = ""
		}
	}
}

func (r *sheetReader) color(c string) {
	if c != "" {
		r.add(data.KindColor, c)
	}
}

func (r *sheetReader) add(kind data.Kind, value string) {
	if len(value) <= 100 {
		r.out.add(data.Feature{Layer: data.LayerTemplate, Kind: kind, Value: value, Source: r.source, Offset: r.offset})
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
