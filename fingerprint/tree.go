package fingerprint

import (
	"slices"
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
	if b.counts.foreign == 0 {
		b.closeImplied(tag)
	}
	n := b.node(html.ElementNode, tag)
	n.DataAtom, n.Attr = a, attrs
	b.doc.drawn = b.doc.drawn || tag == "svg"
	b.append(n)
	hidden := b.top().hidden || b.hides(n)
	b.note(n, hidden)
	if isVoid(tag) || (selfClosing && b.counts.foreign > 0) || (selfClosing && (tag == "svg" || tag == "math")) {
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
		var key string
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

// implied says what a start tag closes: the outermost open element of one of
// the names that lies inside the nearest element of one of the stops.
type implied struct {
	names, stops []atom.Atom
}

// closeImplied closes the elements whose end tag may be left out.
func (b *treeBuilder) closeImplied(tag string) {
	switch tag {
	case "li":
		b.closeUp(implied{atoms(atom.Li), atoms(atom.Ul, atom.Ol, atom.Menu)})
	case "dt", "dd":
		b.closeUp(implied{atoms(atom.Dt, atom.Dd), atoms(atom.Dl)})
	case "option":
		b.closeUp(implied{atoms(atom.Option), atoms(atom.Select, atom.Datalist)})
	case "optgroup":
		b.closeUp(implied{atoms(atom.Option, atom.Optgroup), atoms(atom.Select)})
	case "tr":
		b.closeUp(implied{atoms(atom.Tr, atom.Td, atom.Th), atoms(atom.Table, atom.Tbody, atom.Thead, atom.Tfoot)})
	case "td", "th":
		b.closeUp(implied{atoms(atom.Td, atom.Th), atoms(atom.Table, atom.Tr)})
	case "tbody", "thead", "tfoot":
		b.closeUp(implied{atoms(atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Td, atom.Th), atoms(atom.Table)})
	case "a":
		if b.counts.a > 0 {
			b.closeUp(implied{atoms(atom.A), atoms(atom.Td, atom.Th, atom.Table, atom.Caption, atom.Body, atom.Button, atom.Object)})
		}
	}
	if b.counts.p > 0 && closesParagraph(tag) {
		b.closeUp(implied{atoms(atom.P), atoms(atom.Button, atom.Td, atom.Th, atom.Table, atom.Caption, atom.Body, atom.Object)})
	}
}

func atoms(a ...atom.Atom) []atom.Atom { return a }

func (b *treeBuilder) closeUp(c implied) {
	found := -1
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].node.DataAtom
		if slices.Contains(c.stops, open) {
			break
		}
		if slices.Contains(c.names, open) {
			if found = i; len(c.names) == 1 {
				break
			}
		}
	}
	switch {
	case found < 0:
	case c.names[0] == atom.A:
		b.remove(found)
	default:
		b.popTo(found)
	}
}

// containsWord reports whether a word is among those of a list.
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
