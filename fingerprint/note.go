package fingerprint

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of the lists of one page.
const (
	maxLinks  = 20_000
	maxEmbeds = 20_000
	maxForms  = 500
	maxMetas  = 500
	maxURL    = 4_096 // bytes of a URL that is resolved; longer ones keep only their text
)

// note adds an element to the lists of the document.
func (b *treeBuilder) note(n *html.Node, hidden bool) {
	switch n.Data {
	case "base":
		if u := b.resolve(attr(n, "href")); u != nil && !b.based && hasAttr(n, "href") {
			b.doc.base, b.based = u, true
		}
	case "a", "area":
		b.noteLink(n, hidden)
	case "meta":
		name := strings.ToLower(firstOf(attr(n, "name"), attr(n, "property"), attr(n, "itemprop"), attr(n, "http-equiv")))
		if name != "" && len(b.doc.metas) < maxMetas {
			b.doc.metas = append(b.doc.metas, metaTag{name: name, content: attr(n, "content")})
		}
	case "form":
		if len(b.doc.forms) < maxForms {
			b.doc.forms = append(b.doc.forms, b.form(n))
			b.forms.open = len(b.doc.forms) - 1
		}
	case "input", "select", "textarea", "button":
		b.noteField(n)
		if strings.EqualFold(attr(n, "type"), "image") {
			b.embed(n, attr(n, "src"))
		}
	case "img":
		b.linkText(fold(attr(n, "alt")))
		b.noteImage(n)
	case "link", "use", "image":
		b.embed(n, firstOf(attr(n, "href"), attr(n, "xlink:href")))
	case "script", "iframe", "frame", "embed", "source", "video", "audio", "track":
		b.noteImage(n)
	case "object":
		b.embed(n, attr(n, "data"))
	}
}

// noteImage notes what an element with src, srcset or a lazy loader's
// attribute loads.
func (b *treeBuilder) noteImage(n *html.Node) {
	src := attr(n, "src")
	if src == "" || strings.HasPrefix(src, "data:") {
		src = firstOf(attr(n, "data-src"), attr(n, "data-original"), attr(n, "data-lazy-src"), src)
	}
	if src == "" {
		src, _, _ = strings.Cut(strings.TrimSpace(attr(n, "srcset")), " ")
	}
	b.embed(n, src)
	if n.Data == "video" {
		b.embed(n, attr(n, "poster"))
	}
}

func (b *treeBuilder) embed(n *html.Node, raw string) {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(b.doc.embeds) >= maxEmbeds {
		return
	}
	e := embed{tag: n.Data, raw: raw, url: b.resolve(raw), offset: b.offset}
	if n.Data == "link" {
		e.rel = strings.ToLower(fold(attr(n, "rel")))
	}
	b.doc.embeds = append(b.doc.embeds, e)
}

func (b *treeBuilder) noteLink(n *html.Node, hidden bool) {
	if !hasAttr(n, "href") || len(b.doc.links) >= maxLinks {
		return
	}
	raw := strings.TrimSpace(attr(n, "href"))
	b.doc.links = append(b.doc.links, link{raw: raw, url: b.resolve(raw), hidden: hidden, offset: b.offset})
	if n.Data == "a" {
		b.link = len(b.doc.links) - 1
	} else {
		b.doc.links[len(b.doc.links)-1].text = cutText(fold(attr(n, "alt")), maxLinkText)
	}
}

func (b *treeBuilder) form(n *html.Node) form {
	f := form{action: strings.TrimSpace(attr(n, "action")), method: "get", offset: b.offset}
	if strings.EqualFold(strings.TrimSpace(attr(n, "method")), "post") {
		f.method = "post"
	}
	f.url = b.resolve(f.action)
	return f
}

func (b *treeBuilder) noteField(n *html.Node) {
	f := field{name: attr(n, "name"), kind: strings.ToLower(attr(n, "type")), id: attr(n, "id"), placeholder: attr(n, "placeholder")}
	switch {
	case n.Data != "input" && n.Data != "button":
		f.kind = n.Data
	case f.kind == "" && n.Data == "button":
		f.kind = "submit"
	case f.kind == "":
		f.kind = "text"
	}
	at := b.forms.open
	if at < 0 {
		if n.Data == "button" {
			return // buttons are everywhere and no form by themselves
		}
		if b.forms.loose < 0 {
			b.doc.forms = append(b.doc.forms, form{method: "get", offset: b.offset})
			b.forms.loose = len(b.doc.forms) - 1
		}
		at = b.forms.loose
	}
	if to := &b.doc.forms[at]; len(to.fields) < maxFields {
		to.fields = append(to.fields, f)
	}
}

// resolve makes a URL absolute, or returns nil when it cannot be parsed.
func (b *treeBuilder) resolve(raw string) *url.URL {
	if len(raw) > maxURL {
		return nil
	}
	u, err := url.Parse(cleanURL(raw))
	if err != nil {
		return nil
	}
	return b.doc.base.ResolveReference(u)
}

// cleanURL removes what a browser removes before it parses a URL: outer white
// space, and tabs and line breaks anywhere; back slashes of web URLs turn.
func cleanURL(raw string) string {
	raw = strings.TrimSpace(raw)
	if strings.ContainsAny(raw, "\t\r\n") {
		raw = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(raw)
	}
	if i := strings.IndexByte(raw, '\\'); i >= 0 && !strings.HasPrefix(raw, "javascript:") && !strings.HasPrefix(raw, "data:") {
		raw = strings.ReplaceAll(raw, `\`, "/")
	}
	return raw
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
