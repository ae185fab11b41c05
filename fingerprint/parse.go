package fingerprint

import (
	"bytes"
	"math"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"pitboss/data"
)

// Bounds of one page. They are far above what real pages have and keep the
// memory of a hostile one in hand.
const (
	maxDepth     = 256     // deeper elements become siblings of the deepest
	maxNodes     = 300_000 // elements, texts and comments of one page
	maxAttrs     = 64      // attributes of one element
	maxText      = 2 << 20 // bytes of text that are kept of one page
	maxLinkText  = 300     // bytes of text kept of a link
	maxFields    = 500     // fields of one form
	maxScripts   = 500     // inline scripts of a page
	maxHideRules = 2_000   // class and id rules that hide
)

// parseDocument reads one HTML page. It takes time linear in the body, never
// fails, and never panics: what cannot be read is left out. The tree is built
// here from x/net/html's tokenizer and not by html.Parse, which refuses pages
// nested deeper than 512 and can be made to multiply its input by its
// reconstruction of formatting elements.
func parseDocument(res *data.Resource) *document {
	body, _ := decodeText(res.Body, res.ContentType)
	doc := &document{res: res}
	doc.base, _ = url.Parse(res.URL)
	if doc.base == nil {
		doc.base = &url.URL{}
	}
	b := newTreeBuilder(doc, body)
	b.run()
	return doc
}

// treeBuilder makes the tree and the lists of a document in one pass.
type treeBuilder struct {
	doc      *document
	z        *html.Tokenizer
	stack    []openElement
	overflow int // open elements beyond maxDepth
	nodes    int
	offset   int
	counts   openCounts
	head     *html.Node
	body     *html.Node
	html     *html.Node
	link     int // index of the open link, -1: none
	forms    formState
	hide     hideRules
	based    bool // a <base href> was seen
	slabs    slabs
}

// openElement is an element on the stack of open ones.
type openElement struct {
	node   *html.Node
	index  int32 // among the document's elements
	hidden bool
}

// openCounts counts the open elements that are asked for at every tag.
type openCounts struct {
	foreign, p, a int // foreign: svg and math
}

func (c *openCounts) add(tag string, n int) {
	switch tag {
	case "svg", "math":
		c.foreign += n
	case "p":
		c.p += n
	case "a":
		c.a += n
	}
}

// formState tracks which form the next field belongs to.
type formState struct {
	open  int // index of the open form, -1: none
	loose int // index of the form of loose fields, -1: none yet
}

func newTreeBuilder(doc *document, body []byte) *treeBuilder {
	root := &html.Node{Type: html.DocumentNode}
	doc.root = root
	doc.nodes = make([]element, 0, min(len(body)/96, maxNodes)) // about what pages have
	doc.tags = make([]string, 0, cap(doc.nodes))
	doc.text = make([]textRun, 0, cap(doc.nodes)/2)
	return &treeBuilder{
		doc:   doc,
		z:     html.NewTokenizer(bytes.NewReader(body)),
		stack: []openElement{{node: root, index: -1}},
		link:  -1,
		forms: formState{open: -1, loose: -1},
		hide:  readHideRules(body),
		slabs: slabs{attrs: make([]html.Attribute, 0, 16*maxAttrs)},
	}
}

func (b *treeBuilder) run() {
	for b.nodes < maxNodes {
		tt := b.z.Next()
		size := len(b.z.Raw())
		switch tt {
		case html.ErrorToken:
			return
		case html.TextToken:
			b.text()
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(tt == html.SelfClosingTagToken)
		case html.EndTagToken:
			b.end()
		case html.CommentToken:
			b.comment()
		}
		b.offset += size
	}
	b.doc.cut = true
}

// slabs hands out the small pieces of a tree from larger ones, and keeps short
// strings that come again soon, as class names do, only once.
type slabs struct {
	nodes   []html.Node
	attrs   []html.Attribute
	strings [1 << 10]string // the last of those with the same hash
}

// longInterned is the length from which on strings hardly come again.
const longInterned = 64

// intern returns a string of the bytes: the one that was made before, when it
// is still known. Three bytes and the length make a hash that is good enough.
func (s *slabs) intern(b []byte) string {
	if len(b) > longInterned || len(b) == 0 {
		return string(b)
	}
	h := uint(len(b))*0x9e37 ^ uint(b[0])*0x85eb ^ uint(b[len(b)/2])*0xc2b3 ^ uint(b[len(b)-1])*0x27d5
	known := &s.strings[(h>>6)%uint(len(s.strings))]
	if *known != string(b) {
		*known = string(b)
	}
	return *known
}

func (b *treeBuilder) node(t html.NodeType, data string) *html.Node {
	if len(b.slabs.nodes) == 0 {
		b.slabs.nodes = make([]html.Node, 128)
	}
	n := &b.slabs.nodes[0]
	b.slabs.nodes = b.slabs.nodes[1:]
	n.Type, n.Data = t, data
	b.nodes++
	return n
}

func (b *treeBuilder) top() openElement { return b.stack[len(b.stack)-1] }

// append adds a node below the innermost open element.
func (b *treeBuilder) append(n *html.Node) {
	top := b.top()
	parent := top.node
	n.Parent = parent
	if n.Type == html.ElementNode {
		b.doc.nodes = append(b.doc.nodes, element{n, top.index, int32(min(b.offset, math.MaxInt32))})
	}
	if last := parent.LastChild; last != nil {
		last.NextSibling, n.PrevSibling = n, last
	} else {
		parent.FirstChild = n
	}
	parent.LastChild = n
}

// push opens an element, or only counts it when the stack is full.
func (b *treeBuilder) push(n *html.Node, hidden bool) {
	if len(b.stack) >= maxDepth {
		b.overflow++
		return
	}
	b.stack = append(b.stack, openElement{n, int32(len(b.doc.nodes) - 1), hidden})
	b.counts.add(n.Data, 1)
}

// popTo closes every open element from the given place of the stack on.
func (b *treeBuilder) popTo(i int) {
	for _, e := range b.stack[i:] {
		b.closed(e.node.Data)
	}
	b.stack = b.stack[:i]
}

// remove takes one element off the stack and leaves those inside it open, as
// a browser does for misnested formatting.
func (b *treeBuilder) remove(i int) {
	b.closed(b.stack[i].node.Data)
	b.stack = append(b.stack[:i], b.stack[i+1:]...)
}

func (b *treeBuilder) closed(tag string) {
	b.counts.add(tag, -1)
	switch tag {
	case "a":
		b.link = -1
	case "form":
		b.forms.open = -1
	}
}

func (b *treeBuilder) text() {
	raw := b.z.Text()
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	if tag := b.top().node.Data; b.body == nil && (tag == "" || tag == "html" || tag == "head") {
		b.openBody()
	}
	s := string(raw)
	b.append(b.node(html.TextNode, s))
	top := b.top()
	switch top.node.Data {
	case "script":
		if len(b.doc.scripts) < maxScripts && attr(top.node, "src") == "" {
			kind := strings.ToLower(attr(top.node, "type"))
			b.doc.scripts = append(b.doc.scripts, inlineScript{kind: kind, body: s, offset: b.offset})
		}
	case "style":
		if len(b.doc.styles) < maxScripts {
			b.doc.styles = append(b.doc.styles, inlineScript{body: s, offset: b.offset})
		}
	case "title":
		if b.doc.title == "" && b.counts.foreign == 0 {
			b.doc.title = fold(s)
		}
	default:
		t := b.readable(fold(s))
		if t == "" {
			return
		}
		b.doc.text = append(b.doc.text, textRun{text: t, tag: top.node.Data, hidden: top.hidden, offset: b.offset})
		b.linkText(t)
	}
}

// readable returns as much of a text as the page's bound leaves room for.
func (b *treeBuilder) readable(t string) string {
	if left := maxText - b.doc.textSize; len(t) > left {
		t, b.doc.cut = cutText(t, left), true
	}
	b.doc.textSize += len(t)
	return t
}

func (b *treeBuilder) comment() {
	text := string(b.z.Text())
	b.append(b.node(html.CommentNode, text))
	if len(b.doc.comments) < maxScripts {
		b.doc.comments = append(b.doc.comments, comment{text, b.offset})
	}
}

// linkText adds to the text of the open link.
func (b *treeBuilder) linkText(t string) {
	if b.link < 0 || t == "" {
		return
	}
	l := &b.doc.links[b.link]
	if len(l.text) >= maxLinkText {
		return
	}
	if l.text != "" {
		l.text += " "
	}
	l.text += cutText(t, maxLinkText-len(l.text))
}

// attr returns the value of an attribute, or "".
func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return true
		}
	}
	return false
}
