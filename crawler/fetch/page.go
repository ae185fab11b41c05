package fetch

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what the visit needs to know of a document.
type page struct {
	base     *url.URL // for its references
	refresh  string   // target of a meta refresh
	location string   // target of a plain script redirect
	styles   []string
	scripts  []string
	icons    []string
	manifest string
	images   []string
	frames   []string
	anchors  []string
	inline   []string // code that may hold a redirect
	text     int      // length of the visible text, roughly
	forms    int
}

const (
	mostRefs   = 2000     // references kept of one kind
	mostNodes  = 200_000  // nodes walked
	mostInline = 64 << 10 // bytes of one inline script searched for a redirect
	mostCode   = 16       // inline scripts searched
	mostRef    = 2048     // bytes of a reference; longer ones are no addresses
)

// readPage walks a document once.
func readPage(doc *goquery.Selection, at *url.URL) *page {
	p := &page{base: at}
	nodes := 0
	for _, root := range doc.Nodes {
		// Descendants walks without recursion: depth is the document's choice.
		for n := range root.Descendants() {
			if nodes++; nodes > mostNodes {
				break
			}
			p.node(n)
		}
	}
	if p.thin() {
		for _, code := range p.inline {
			if p.location = scriptTarget(code); p.location != "" {
				break
			}
		}
	}
	p.inline = nil
	return p
}

func (p *page) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		if n.Parent == nil || (n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Noscript) {
			p.text += len(strings.TrimSpace(n.Data))
		}
	case html.ElementNode:
		p.element(n)
	}
}

func (p *page) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Base:
		if u, err := resolveURL(p.base, attr(n, "href")); err == nil && attr(n, "href") != "" {
			p.base = u
		}
	case atom.Meta:
		if strings.EqualFold(attr(n, "http-equiv"), "refresh") && p.refresh == "" {
			p.refresh = refreshTarget(attr(n, "content"))
		}
	case atom.Link:
		p.link(n)
	case atom.Script:
		p.script(n)
	case atom.Img:
		p.image(n)
	case atom.Iframe, atom.Frame:
		add(&p.frames, attr(n, "src"))
	case atom.A, atom.Area:
		add(&p.anchors, attr(n, "href"))
	case atom.Form:
		p.forms++
	}
}

// link sorts a link element by its relations. "icon" and "apple-touch-icon" are icons as a
// browser reads them; "mask-icon" is a stencil and is left out.
func (p *page) link(n *html.Node) {
	href := attr(n, "href")
	for rel := range strings.FieldsSeq(strings.ToLower(attr(n, "rel"))) {
		switch rel {
		case "stylesheet":
			add(&p.styles, href)
			return
		case "icon", "apple-touch-icon", "apple-touch-icon-precomposed":
			add(&p.icons, href)
			return
		case "manifest":
			if p.manifest == "" && len(href) <= mostRef {
				p.manifest = href
			}
			return
		case "preload":
			if strings.EqualFold(attr(n, "as"), "style") {
				add(&p.styles, href) // turned into a style sheet by a script
				return
			}
		}
	}
}

// image takes the address that lazy loading hides, else the plain one.
func (p *page) image(n *html.Node) {
	for _, name := range []string{"data-src", "data-original", "src"} {
		if src := attr(n, name); src != "" && !strings.HasPrefix(src, "data:") {
			add(&p.images, src)
			return
		}
	}
}

func (p *page) script(n *html.Node) {
	if src := attr(n, "src"); src != "" {
		add(&p.scripts, src)
		return
	}
	if n.FirstChild != nil && len(p.inline) < mostCode {
		code := n.FirstChild.Data
		if code = code[:min(len(code), mostInline)]; strings.Contains(code, "location") {
			p.inline = append(p.inline, code)
		}
	}
}

// thin reports whether a page shows so little that a redirect in its script is
// what it is for. A location in the script of a full page belongs to a button.
func (p *page) thin() bool {
	return p.text < 300 && p.forms == 0 && len(p.anchors) <= 3 && len(p.frames) == 0
}

func add(list *[]string, ref string) {
	ref = strings.TrimSpace(ref)
	if ref != "" && len(ref) <= mostRef && len(*list) < mostRefs {
		*list = append(*list, ref)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}
