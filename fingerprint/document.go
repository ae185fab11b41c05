package fingerprint

import (
	"net/url"

	"golang.org/x/net/html"

	"pitboss/data"
)

// document is one HTML page, parsed once and read by every extractor.
type document struct {
	res      *data.Resource
	base     *url.URL   // what relative URLs resolve against (<base href> applied)
	root     *html.Node // the tree, in x/net/html's nodes
	title    string
	lang     string    // <html lang>
	text     []textRun // text in document order; scripts, styles and the title left out
	links    []link    // <a href> and <area href>
	embeds   []embed   // everything the page loads: link, script, img, iframe, source …
	forms    []form
	scripts  []inlineScript
	styles   []inlineScript // style elements
	comments []comment
	metas    []metaTag
	pageTree
}

// pageTree is what is known of a page's tree beside its nodes.
type pageTree struct {
	tags  []string  // names of all start tags in the order of the source
	nodes []element // elements of the tree in document order
	cut   bool      // the page was longer than what was read of it
	drawn bool      // there is an svg element

	textSize int // bytes of text
}

// textRun is the text of one text node, white space folded.
type textRun struct {
	text   string
	tag    string // the element that holds it
	hidden bool   // inside display:none, visibility:hidden, hidden, off-screen, zero size, <noscript> or <template>
	offset int    // of the text node in the page as UTF-8
}

// link is one hyperlink.
type link struct {
	raw    string   // the href as written
	url    *url.URL // resolved; nil when it cannot be parsed
	text   string   // folded text inside, image alt included
	hidden bool
	offset int // of the tag in the page as UTF-8
}

// embed is one reference that a browser would load.
type embed struct {
	tag    string // "script", "link", "img", "iframe", …
	rel    string // of a link element, lower case
	raw    string
	url    *url.URL
	offset int
}

// form is one form with its fields. Loose fields of a page without a form
// belong to one form whose action is empty.
type form struct {
	action string // as written
	url    *url.URL
	method string // "get" or "post"
	fields []field
	offset int
}

// field is one form control.
type field struct {
	name, kind, id, placeholder string
}

// inlineScript is a script written in the page.
type inlineScript struct {
	kind   string // type attribute, lower case
	body   string
	offset int
	copied []byte // see bytes
}

// bytes returns the script as bytes that may not be changed. There is room for
// a zero behind them, see terminated.
func (s *inlineScript) bytes() []byte {
	if s.copied == nil {
		s.copied = terminated(s.body)
	}
	return s.copied
}

// metaTag is one meta element with a name or property.
type metaTag struct {
	name, content string // name in lower case
}

// element is one element of the tree with its place.
type element struct {
	node   *html.Node
	parent int32 // index among the document's elements, -1: none
	offset int32 // of the start tag in the page as UTF-8
}

// comment is one HTML comment.
type comment struct {
	text   string
	offset int
}
