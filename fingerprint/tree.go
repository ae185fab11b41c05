package fingerprint

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// start handles a start tag: closes what it implies closed, makes the element
// and notes what the document lists of it.
func (b *treeBuilder) start(selfClosing bool) {
	name, more := b.z.TagName()
	a := atom.Lookup(name)
	tag := a.String()
	if a == 0 {
		tag = string(name)
	}
	attrs := b.attrs(more)
	b.doc.tags = append(b.doc.tags, tag)
	if b.skeleton(tag, attrs) {
		return
	}
	if b.foreign == 0 {
		b.closeImplied(tag)
	}
	n := b.node(html.ElementNode, tag)
	n.DataAtom, n.Attr = a, attrs
	b.append(n)
	hidden := b.top().hidden || b.hides(n)
	b.note(n, hidden)
	if isVoid(tag) || (selfClosing && b.foreign > 0) || (selfClosing && (tag == "svg" || tag == "math")) {
		return
	}
	b.push(n, hidden)
}

func (b *treeBuilder) attrs(more bool) []html.Attribute {
	if !more {
		return nil
	}
	first := len(b.slabs.attrs)
	for more {
		var k, v []byte
		k, v, more = b.z.TagAttr()
		if len(b.slabs.attrs)-first >= maxAttrs {
			continue
		}
		key := ""
		if a := atom.Lookup(k); a != 0 {
			key = a.String()
		} else {
			key = b.slabs.intern(k)
		}
		b.slabs.attrs = append(b.slabs.attrs, html.Attribute{Key: key, Val: b.slabs.intern(v)})
	}
	last := len(b.slabs.attrs)
	out := b.slabs.attrs[first:last:last]
	if cap(b.slabs.attrs)-last < maxAttrs {
		b.slabs.attrs = make([]html.Attribute, 0, 16*maxAttrs)
	}
	return out
}

// skeleton handles html, head and body, which exist once and may be implied.
// It reports whether the tag is dealt with.
func (b *treeBuilder) skeleton(tag string, attrs []html.Attribute) bool {
	switch tag {
	case "html":
		b.openHTML()
		b.html.Attr = mergeAttrs(b.html.Attr, attrs)
		b.doc.lang = firstOf(b.doc.lang, attr(b.html, "lang"), attr(b.html, "xml:lang"))
		return true
	case "head":
		b.openHTML()
		if b.head == nil && b.body == nil {
			b.head = b.node(html.ElementNode, "head")
			b.head.DataAtom, b.head.Attr = atom.Head, attrs
			b.append(b.head)
			b.push(b.head, false)
		}
		return true
	case "body":
		b.openBody()
		b.body.Attr = mergeAttrs(b.body.Attr, attrs)
		return true
	}
	if b.body == nil && !belongsInHead(tag) {
		if top := b.top().node.Data; top == "" || top == "html" || top == "head" {
			b.openBody()
		}
	}
	b.openHTML()
	return false
}

func (b *treeBuilder) openHTML() {
	if b.html != nil {
		return
	}
	b.html = b.node(html.ElementNode, "html")
	b.html.DataAtom = atom.Html
	b.append(b.html)
	b.push(b.html, false)
}

func (b *treeBuilder) openBody() {
	b.openHTML()
	if b.body != nil {
		return
	}
	if b.head != nil || len(b.stack) > 2 {
		b.popTo(2) // document, html
	}
	b.overflow = 0
	b.body = b.node(html.ElementNode, "body")
	b.body.DataAtom = atom.Body
	b.append(b.body)
	b.push(b.body, false)
}

// end handles an end tag after the rules of HTML, simplified: formatting
// elements leave the stack alone, other inline ones never close a block, and
// nothing closes out of a table cell.
func (b *treeBuilder) end() {
	name, _ := b.z.TagName()
	if b.overflow > 0 {
		b.overflow--
		return
	}
	tag := string(name)
	if tag == "html" || tag == "body" {
		return // what follows still belongs to the body
	}
	formatting, special := isFormatting(tag), isSpecial(tag)
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].node.Data
		if open == tag {
			if formatting && i < len(b.stack)-1 {
				b.remove(i)
			} else {
				b.popTo(i)
			}
			return
		}
		if isBarrier(open) && !isTablePart(tag) {
			return
		}
		if !formatting && !special && isSpecial(open) {
			return
		}
	}
}

// closeImplied closes the elements whose end tag may be left out.
func (b *treeBuilder) closeImplied(tag string) {
	switch tag {
	case "li":
		b.closeUp("ul ol menu", "li")
	case "dt", "dd":
		b.closeUp("dl", "dt", "dd")
	case "option":
		b.closeUp("select datalist", "option")
	case "optgroup":
		b.closeUp("select", "option", "optgroup")
	case "tr":
		b.closeUp("table tbody thead tfoot", "tr", "td", "th")
	case "td", "th":
		b.closeUp("table tr", "td", "th")
	case "tbody", "thead", "tfoot":
		b.closeUp("table", "tbody", "thead", "tfoot", "tr", "td", "th")
	case "a":
		b.closeUp("td th table caption body button object", "a")
	}
	if closesParagraph(tag) {
		b.closeUp("button td th table caption body object", "p")
	}
}

// closeUp closes the outermost open element with one of the names that lies
// inside the nearest element named in stop.
func (b *treeBuilder) closeUp(stop string, names ...string) {
	found := -1
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].node.Data
		if containsWord(stop, open) {
			break
		}
		for _, n := range names {
			if open == n {
				found = i
			}
		}
		if found == i && len(names) == 1 {
			break
		}
	}
	switch {
	case found < 0:
	case names[0] == "a":
		b.remove(found)
	default:
		b.popTo(found)
	}
}

func containsWord(list, word string) bool {
	for rest := list; rest != ""; {
		w, tail, _ := strings.Cut(rest, " ")
		if w == word {
			return true
		}
		rest = tail
	}
	return false
}

func mergeAttrs(have, more []html.Attribute) []html.Attribute {
	for _, a := range more {
		known := false
		for i := range have {
			known = known || have[i].Key == a.Key
		}
		if !known && len(have) < maxAttrs {
			have = append(have, a)
		}
	}
	return have
}

func isVoid(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "keygen", "basefont", "bgsound", "frame":
		return true
	}
	return false
}

func isFormatting(tag string) bool {
	switch tag {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// isBarrier names the elements that an end tag does not reach through.
func isBarrier(tag string) bool {
	switch tag {
	case "table", "td", "th", "caption", "template", "object", "marquee", "svg", "math":
		return true
	}
	return false
}

func isTablePart(tag string) bool {
	switch tag {
	case "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "template", "svg", "math":
		return true
	}
	return false
}

// isSpecial names the block elements of HTML's special category.
func isSpecial(tag string) bool {
	switch tag {
	case "address", "article", "aside", "blockquote", "body", "button", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
		"fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "html",
		"iframe", "li", "listing", "main", "marquee", "menu", "nav", "noembed", "noframes", "noscript", "object", "ol", "p", "pre",
		"script", "section", "select", "style", "summary", "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead",
		"title", "tr", "ul", "caption", "xmp":
		return true
	}
	return false
}

func closesParagraph(tag string) bool {
	switch tag {
	case "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl", "fieldset", "figcaption", "figure",
		"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "main", "menu", "nav", "ol", "p", "pre", "section", "summary",
		"table", "ul", "li", "dt", "dd":
		return true
	}
	return false
}

func belongsInHead(tag string) bool {
	switch tag {
	case "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style", "template", "title":
		return true
	}
	return false
}
