package fingerprint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"pitboss/data"
)

// Bounds of one script.
const (
	maxRestarts   = 64 // times that reading goes on after an error
	scriptSketch  = 24 // sampled shingles of the token stream of one script
	scriptSpan    = 6  // names and strings of one of those
	minScriptSize = 12 // names and strings that make a script worth hashing
	maxStringName = 60 // longer strings are content
)

// script reads one script's tokens once, for everything that is wanted of it.
//
// The stream that is hashed holds what survives both renaming and
// minification: property names and string literals, in order. Local names,
// numbers, punctuation, white space and comments change and are left out.
type script struct {
	stream tokenStream
	out    *collector
	host   string // the site's, to tell own URLs from foreign ones
	source string
	base   int // offset of the script in its resource
	offset int

	depth     int // open brackets of any kind
	prev      js.TokenType
	prevText  []byte // of the last identifier
	call      []byte // name of the function whose "(" was the last token
	declare   bool   // the next name is declared: var, let, const, function, class
	variables bool   // a comma leads to a further declared name
	obscured  int    // names made by an obfuscator
	global    []byte // property of window that may be assigned
	windowed  bool   // the last tokens were "window."
}

// tokenStream is the hashed stream of one script: as a whole, and in pieces.
type tokenStream struct {
	hash    uint64 // over the whole
	items   int
	window  [scriptSpan]uint64
	sampled map[uint64]int // shingles with the offset they end at
	ceiling uint64         // shingles over it are out
}

// readScript adds what a script file tells.
func readScript(body []byte, source, host string, out *collector) {
	readOwnScript(terminated(body), data.KindScriptToken, source, 0, host, out)
}

// readOwnScript adds what a script from terminated tells. The hash of its
// token stream becomes a feature of the given kind.
func readOwnScript(body []byte, kind data.Kind, source string, base int, host string, out *collector) {
	s := &script{out: out, host: host, source: source, base: base, stream: tokenStream{sampled: map[uint64]int{}, ceiling: ^uint64(0)}}
	restarts := 0
	for at := 0; at < len(body); {
		used, done := s.lex(body[at:], at)
		if restarts++; done || restarts > maxRestarts {
			out.cut = out.cut || !done
			break
		}
		at += used
		s.depth = 1 // after an error nothing is known to be global
	}
	s.finish(kind)
}

// lex reads tokens up to the first error and returns how far to skip.
func (s *script) lex(body []byte, at int) (used int, done bool) {
	l := js.NewLexer(parse.NewInputBytes(body))
	for {
		tt, text := l.Next()
		if (tt == js.DivToken || tt == js.DivEqToken) && !endsOperand(s.prev) {
			if rt, re := l.RegExp(); rt == js.RegExpToken {
				tt, text = rt, re
			}
		}
		if tt == js.ErrorToken {
			if errors.Is(l.Err(), io.EOF) {
				return used, true
			}
			next := bytes.IndexByte(body[min(used, len(body)):min(used+4096, len(body))], '\n')
			if next < 0 {
				next = 4096
			}
			return used + next + 1, false
		}
		s.offset = at + used
		used += len(text)
		s.token(tt, text)
	}
}

// endsOperand reports whether a slash after this token divides.
func endsOperand(tt js.TokenType) bool {
	switch tt {
	case js.CloseParenToken, js.CloseBracketToken, js.CloseBraceToken, js.StringToken, js.TemplateToken, js.TemplateEndToken, js.RegExpToken,
		js.ThisToken, js.TrueToken, js.FalseToken, js.NullToken, js.SuperToken, js.IncrToken, js.DecrToken, js.PrivateIdentifierToken:
		return true
	}
	return js.IsNumeric(tt) || js.IsIdentifier(tt)
}

func (s *script) token(tt js.TokenType, text []byte) {
	switch tt {
	case js.LineTerminatorToken, js.CommentLineTerminatorToken:
		if s.prev != js.CommaToken {
			s.variables = false
		}
		return
	case js.WhitespaceToken, js.CommentToken:
		return
	case js.OpenBraceToken, js.OpenParenToken, js.OpenBracketToken:
		s.depth++
	case js.CloseBraceToken, js.CloseParenToken, js.CloseBracketToken:
		s.depth = max(0, s.depth-1)
	case js.TemplateStartToken:
		s.depth++
		s.literal(templateText(text)+"{}", true)
	case js.TemplateEndToken:
		s.depth = max(0, s.depth-1)
	case js.StringToken, js.TemplateToken:
		if len(text) >= 2 {
			s.string(text[1 : len(text)-1])
		}
	}
	if js.IsIdentifierName(tt) {
		s.name(tt, text)
	}
	s.follow(tt)
	s.prev = tt
}

func templateText(text []byte) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(text), "`"), "${")
}

// follow keeps the little state that names and strings are read by.
func (s *script) follow(tt js.TokenType) {
	switch tt {
	case js.OpenParenToken:
		s.call = s.prevText
	case js.EqToken:
		if s.global != nil {
			s.addGlobal(string(s.global))
		}
		s.global, s.call = nil, nil
	case js.DotToken:
		s.windowed = string(s.prevText) == "window" && js.IsIdentifierName(s.prev)
		s.call = nil
	default:
		s.call = nil
	}
	if !js.IsIdentifierName(tt) {
		s.prevText = nil
		s.global = nil
		if tt != js.DotToken {
			s.windowed = false
		}
		switch {
		case tt == js.CommaToken:
			s.declare = s.variables && s.depth == 0
		case tt == js.SemicolonToken:
			s.declare, s.variables = false, false
		case tt != js.MulToken: // function* name
			s.declare = false
		}
	}
}

// name handles an identifier or keyword.
func (s *script) name(tt js.TokenType, text []byte) {
	property := s.prev == js.DotToken || s.prev == js.OptChainToken
	s.global = nil
	switch {
	case property:
		s.item(hashBytes(text))
		if s.windowed {
			s.global = text
			s.windowed = false
		}
	case tt == js.VarToken || tt == js.FunctionToken || tt == js.ClassToken || tt == js.ConstToken || tt == js.LetToken:
		s.declare = s.depth == 0 && startsStatement(s.prev)
		s.variables = s.declare && tt != js.FunctionToken && tt != js.ClassToken
		s.prevText = nil
		return
	case js.IsIdentifier(tt):
		if len(text) > 4 && text[0] == '_' && text[1] == '0' && text[2] == 'x' {
			s.obscured++
		}
		if s.declare && s.depth == 0 {
			s.addGlobal(string(text))
			s.declare = false
		}
	}
	s.prevText = text
}

// startsStatement reports whether a declaration after this token is one of
// the outermost scope and not part of an expression.
func startsStatement(prev js.TokenType) bool {
	switch prev {
	case js.ErrorToken, js.SemicolonToken, js.CloseBraceToken, js.CloseParenToken, js.AsyncToken, js.ExportToken, js.DefaultToken, js.StringToken:
		return true
	}
	return js.IsNumeric(prev) || js.IsIdentifier(prev) || prev == js.CloseBracketToken || prev == js.TrueToken || prev == js.FalseToken || prev == js.NullToken
}

func (s *script) addGlobal(name string) {
	if len(name) < 3 || len(name) > 60 || strings.HasPrefix(name, "_0x") || isStandardGlobal(name) {
		return
	}
	s.add(data.KindGlobal, longDigits(name, 4), "")
}

func isStandardGlobal(name string) bool {
	switch name {
	case "location", "onload", "self", "top", "parent", "name", "status", "history", "open", "close", "scrollTo", "onscroll", "onresize", "document", "window":
		return true
	}
	return false
}

func (s *script) add(kind data.Kind, value, label string) {
	s.out.add(data.Feature{Layer: data.LayerBuilder, Kind: kind, Value: value, Label: label, Source: s.source, Offset: s.base + s.offset})
}

// string handles a string literal. Most are neither key nor route, so that
// looking at their bytes is enough.
func (s *script) string(text []byte) {
	if len(s.call) > 0 || bytes.IndexByte(text, '/') >= 0 || bytes.IndexByte(text, '.') >= 0 {
		s.literal(string(text), false)
		return
	}
	s.item(literalHash(text))
}

// literalHash returns the hash of a string by which it joins the stream: that
// of its text, or 1 for content, of which only the place is left.
func literalHash(text []byte) uint64 {
	if len(text) > maxStringName {
		return 1
	}
	h := uint64(fnvOffset)
	for _, c := range text {
		if c >= utf8.RuneSelf || c >= '0' && c <= '9' {
			return 1
		}
		h = (h ^ uint64(c)) * fnvPrime
	}
	return spread(h)
}

// literal handles the text of a string or the start of a template.
func (s *script) literal(text string, open bool) {
	s.item(literalHash([]byte(text)))
	if isTranslator(string(s.call)) && isKey(text) {
		s.add(data.KindI18NKey, text, "")
	}
	if r := s.route(text, open); r != "" {
		s.add(data.KindAPIRoute, r, "")
	}
}

// isTranslator names the functions that look up interface text.
func isTranslator(name string) bool {
	switch name {
	case "t", "$t", "_t", "tc", "$tc", "te", "i18n", "__", "_", "trans", "translate", "lang", "getText", "gettext", "formatMessage", "getLang", "L":
		return true
	}
	return false
}

// isKey reports whether a string looks like the key of a text: words joined
// by dots, or by underscores.
func isKey(s string) bool {
	if len(s) < 4 || len(s) > 80 || !strings.ContainsAny(s, "._") {
		return false
	}
	for i := range len(s) {
		if class(s[i]) == 0 && s[i] != '.' && s[i] != '_' && s[i] != '-' {
			return false
		}
	}
	return class(s[0]) != 'd' && s[len(s)-1] != '.'
}

// route returns the skeleton of a path literal, or "" when the string is none.
// A foreign host stays in front of its path.
func (s *script) route(text string, open bool) string {
	if len(text) < 4 || len(text) > maxValue || strings.ContainsAny(text, " <>()\\^|*+,;'\"\n\t") || !isASCII(text) {
		return ""
	}
	text = strings.ReplaceAll(text, `{}`, "{n}")
	switch {
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "https://"), strings.HasPrefix(text, "//"):
		u, err := url.Parse(text)
		if err != nil || !strings.Contains(u.Host, ".") || len(u.Path) < 2 {
			return ""
		}
		if sameSite(u.Hostname(), s.host) {
			return endpoint(u)
		}
		return strings.ToLower(u.Hostname()) + endpoint(u)
	case text[0] == '/' && class(text[1]) > 'd':
	case looksLikeRelativeRoute(text):
		text = "/" + text
	default:
		return ""
	}
	if strings.Count(text, "/") < 2 && !strings.ContainsAny(text, ".?") {
		if len(text) < 5 || open {
			return ""
		}
	}
	u, err := url.Parse(text)
	if err != nil || isStaticFile(u.Path) {
		return ""
	}
	return endpoint(u)
}

// looksLikeRelativeRoute accepts "api/user/info", "user/login.do" and
// "ajax.php?act=x".
func looksLikeRelativeRoute(s string) bool {
	if class(s[0]) < 'l' {
		return false
	}
	path, _, query := strings.Cut(s, "?")
	for _, ext := range [...]string{".php", ".do", ".asp", ".aspx", ".jsp", ".ashx", ".action", ".json"} {
		if strings.HasSuffix(path, ext) {
			return true
		}
	}
	first, _, ok := strings.Cut(path, "/")
	switch first {
	case "api", "ajax", "rest", "v1", "v2", "service", "gateway", "app", "user", "member", "account":
		return ok
	}
	return query && ok
}

func isStaticFile(path string) bool {
	switch extension(path) {
	case ".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".woff", ".woff2", ".ttf", ".mp3", ".mp4", ".ico", ".map", ".vue", ".ts", ".tsx", ".jsx", ".mjs":
		return true
	}
	return false
}

// item adds one name or string to the hashed stream.
func (s *script) item(h uint64) { s.stream.add(h, s.offset) }

func (t *tokenStream) add(h uint64, offset int) {
	t.hash = join(t.hash, h)
	t.items++
	w := &t.window
	w[0], w[1], w[2], w[3], w[4], w[5] = w[1], w[2], w[3], w[4], w[5], h // a call to copy takes longer
	if t.items >= scriptSpan {
		t.sample(mixAll(t.window[:]), offset)
	}
}

// sample keeps the shingles with the smallest hashes.
func (t *tokenStream) sample(h uint64, offset int) {
	if h > t.ceiling {
		return
	}
	if _, ok := t.sampled[h]; ok {
		return
	}
	t.sampled[h] = offset
	if len(t.sampled) >= 4*scriptSketch {
		t.thin()
	}
}

func (t *tokenStream) thin() {
	if len(t.sampled) <= scriptSketch {
		return
	}
	hashes := slices.Sorted(maps.Keys(t.sampled))
	t.ceiling = hashes[scriptSketch-1]
	for _, h := range hashes[scriptSketch:] {
		delete(t.sampled, h)
	}
}

// finish adds the hash of the whole stream and the sampled shingles.
func (s *script) finish(kind data.Kind) {
	s.offset = 0
	if s.obscured >= 20 {
		s.add(data.KindFramework, "javascript-obfuscator", "names of the form _0x…")
		return // its names are random: nothing else repeats
	}
	if s.stream.items < minScriptSize {
		return
	}
	s.add(kind, hex16(spread(s.stream.hash)), fmt.Sprintf("script of %d names and strings", s.stream.items))
	if kind != data.KindScriptToken {
		return
	}
	s.stream.thin()
	for h, at := range s.stream.sampled {
		s.offset = at
		s.add(data.KindScriptToken, hex16(h), fmt.Sprintf("%d names and strings in a row", scriptSpan))
	}
}
