package rules

import (
	"bytes"
	"net/textproto"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"pitboss/data"
)

// Bounds of one capture.
const (
	maxBody   = 20 << 20 // bytes that are read of one answer
	maxInput  = 64 << 20 // bytes of all fields
	maxValues = 20_000   // values of all fields
)

// value is one value of a field, with where it stands.
type value struct {
	text   string
	source string // URL of the answer; "" for the site's name
	offset int    // byte offset in that answer as UTF-8
}

// input is what rules see of a capture: IOK's Input, field by field.
//
// As in IOK, html, title and headers are those of the home page. dom is the
// page after its scripts ran where that was captured, and the page as received
// where it was not. js and css hold what stands in the page, and every file.
// requests are the URLs that were fetched or that the page would fetch.
type input struct {
	values map[string][]value
	size   int
	count  int
	seen   map[string]bool // requests
}

func (in *input) add(field string, v value) {
	if in.count >= maxValues || in.size+len(v.text) > maxInput {
		return
	}
	if in.values == nil {
		in.values = map[string][]value{}
	}
	in.values[field] = append(in.values[field], v)
	in.size += len(v.text)
	in.count++
}

func (in *input) request(u string) {
	if u == "" || in.seen[u] {
		return
	}
	in.seen[u] = true
	in.add("requests", value{text: u, source: u})
}

func newInput(c *data.Capture) *input {
	in := &input{seen: map[string]bool{}}
	in.add("hostname", value{text: hostname(c)})
	rendered := false
	for i := range c.Resources {
		r := &c.Resources[i]
		rendered = rendered || r.Role == data.RoleRendered
		in.resource(r)
	}
	if home := in.values["html"]; !rendered && len(home) > 0 {
		in.add("dom", home[0])
	}
	return in
}

// hostname is that of the page, not of where the visit began.
func hostname(c *data.Capture) string {
	if u, err := url.Parse(c.FinalURL); err == nil && u.Hostname() != "" {
		return strings.ToLower(u.Hostname())
	}
	return data.HostName(c.Host)
}

func (in *input) resource(r *data.Resource) {
	switch r.Role {
	case data.RoleHosting, data.RoleScreenshot, data.RoleRobots, data.RoleSitemap, data.RoleErrorPage:
		return // our own questions, not requests of the page
	}
	for _, h := range r.Header {
		if strings.EqualFold(h.Name, "Set-Cookie") {
			pair, _, _ := strings.Cut(h.Value, ";")
			in.add("cookies", value{text: strings.TrimSpace(pair), source: r.URL})
		}
	}
	switch r.Role {
	case data.RoleHome:
		for _, h := range r.Header {
			in.add("headers", value{text: textproto.CanonicalMIMEHeaderKey(h.Name) + ": " + h.Value, source: r.URL})
		}
		text := textOf(r)
		in.add("html", value{text: text, source: r.URL})
		in.request(r.URL)
		in.page(text, r.URL)
	case data.RoleRendered:
		text := textOf(r)
		in.add("dom", value{text: text, source: r.URL})
		in.page(text, r.URL)
	case data.RoleScript:
		in.request(r.URL)
		in.add("js", value{text: textOf(r), source: r.URL})
	case data.RoleStylesheet:
		in.request(r.URL)
		in.add("css", value{text: textOf(r), source: r.URL})
	default:
		in.request(r.URL)
	}
}

// textOf returns a body as UTF-8.
func textOf(r *data.Resource) string {
	body := r.Body[:min(len(r.Body), maxBody)]
	if utf8.Valid(body) {
		return string(body)
	}
	enc, _, _ := charset.DetermineEncoding(body, r.ContentType)
	if out, err := enc.NewDecoder().Bytes(body); err == nil {
		return string(out)
	}
	return string(body)
}

// page reads what stands in a page: title, scripts, styles, and what it loads.
// It only tokenizes, so nesting costs nothing.
func (in *input) page(text, source string) {
	base, err := url.Parse(source)
	if err != nil {
		base = &url.URL{}
	}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(maxBody)
	offset, drawings := 0, 0
	within := atom.Atom(0) // the element whose text comes next
	for {
		tt := z.Next()
		size := len(z.Raw())
		switch tt {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			within = atom.Lookup(name)
			if within == atom.Svg && tt == html.StartTagToken {
				drawings++
			}
			if more {
				in.loads(z, within, base)
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); bytes.EqualFold(name, []byte("svg")) {
				drawings = max(drawings-1, 0)
			}
			within = 0
		case html.TextToken:
			in.content(within, drawings > 0, value{text: string(z.Text()), source: source, offset: offset})
			within = 0
		}
		offset += size
	}
}

// content keeps the text of a title, script or style element.
func (in *input) content(element atom.Atom, drawing bool, v value) {
	if strings.TrimSpace(v.text) == "" {
		return
	}
	switch element {
	case atom.Title:
		if !drawing {
			v.text = strings.TrimSpace(v.text)
			in.add("title", v)
		}
	case atom.Script:
		in.add("js", v)
	case atom.Style:
		in.add("css", v)
	}
}

// loads notes the request that an element makes.
func (in *input) loads(z *html.Tokenizer, element atom.Atom, base *url.URL) {
	var want string
	switch element {
	case atom.Link:
		want = "href"
	case atom.Img, atom.Script:
		want = "src"
	default:
		return
	}
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		if string(key) != want || len(val) == 0 {
			continue
		}
		if ref, err := url.Parse(strings.TrimSpace(string(val))); err == nil {
			in.request(base.ResolveReference(ref).String())
		}
	}
}

// event is the input as the evaluator reads it.
func (in *input) event() map[string]any {
	out := map[string]any{}
	for _, f := range fields() {
		values := in.values[f.name]
		if !f.many {
			text := ""
			if len(values) > 0 {
				text = values[0].text
			}
			out[f.name] = text
			continue
		}
		list := make([]any, len(values))
		for i := range values {
			list[i] = values[i].text
		}
		out[f.name] = list
	}
	return out
}
