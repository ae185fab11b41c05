package fingerprint

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"pitboss/data"
)

// sketch gathers hashed structures of one kind: a bottom-k sketch that
// remembers where each was seen first, so that those which stay can be shown.
type sketch struct {
	kind      data.Kind
	layer     data.Layer
	limit     int
	span      int // open tags that a value covers; 0: the subtree below
	threshold uint64
	spots     map[uint64]spot
	cut       bool
}

// spot is where a structure was seen first, and how often.
type spot struct {
	count, doc, at int32
}

func newSketch(kind data.Kind, layer data.Layer, span int) *sketch {
	return &sketch{kind: kind, layer: layer, limit: limitOf(kind), span: span, threshold: ^uint64(0), spots: map[uint64]spot{}}
}

func (s *sketch) add(h uint64, doc, at int32) {
	if h > s.threshold {
		s.cut = true
		return
	}
	have, ok := s.spots[h]
	if ok {
		have.count++
		s.spots[h] = have
		return
	}
	s.spots[h] = spot{1, doc, at}
	if len(s.spots) >= 4*s.limit {
		s.prune()
	}
}

// prune keeps the smallest hashes.
func (s *sketch) prune() {
	if len(s.spots) <= s.limit {
		return
	}
	s.cut = true
	hashes := make([]uint64, 0, len(s.spots))
	for h := range s.spots {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	s.threshold = hashes[s.limit-1]
	for h := range s.spots {
		if h > s.threshold {
			delete(s.spots, h)
		}
	}
}

// flush hands what was gathered to the collector, with labels for people.
func (s *sketch) flush(docs []*document, out *collector) {
	s.prune()
	out.cut = out.cut || s.cut
	if len(s.spots) > 0 {
		out.expect(s.kind, len(s.spots))
	}
	for h, p := range s.spots {
		doc := docs[p.doc]
		f := data.Feature{Layer: s.layer, Kind: s.kind, Value: hex16(h), Count: int(p.count), Source: doc.res.URL, Offset: int(doc.nodes[p.at].offset)}
		if s.span > 0 {
			run := doc.run(int(p.at), s.span)
			f.Offset = int(run[0].offset)
			f.Label = runLabel(run, s.layer == data.LayerTemplate)
		} else {
			f.Label = treeLabel(doc.nodes[p.at].node, s.layer == data.LayerTemplate)
		}
		out.add(f)
	}
}

// run returns the last open tags up to an element, insides of drawings left
// out as they are from shingles.
func (d *document) run(last, span int) []element {
	out := make([]element, 0, span)
	for i := last; i >= 0 && len(out) < span; i-- {
		if !d.inDrawing(i) {
			out = append(out, d.nodes[i])
		}
	}
	slices.Reverse(out)
	return out
}

func (d *document) inDrawing(i int) bool {
	if !d.drawn {
		return false
	}
	for p := d.nodes[i].parent; p >= 0; p = d.nodes[p].parent {
		if d.nodes[p].node.Data == "svg" {
			return true
		}
	}
	return false
}

// runLabel shows consecutive open tags: "ul.menu li a img span".
func runLabel(run []element, classes bool) string {
	var b strings.Builder
	b.Grow(maxLabel)
	for i, e := range run {
		if i > 0 {
			b.WriteByte(' ')
		}
		writeTag(&b, e.node, classes)
	}
	return b.String()
}

// treeLabel shows the top of a subtree: "div.card>a+img", at most three levels
// and eight elements.
func treeLabel(n *html.Node, classes bool) string {
	var b strings.Builder
	b.Grow(maxLabel)
	left := 8
	writeTree(&b, n, classes, 3, &left)
	return b.String()
}

func writeTree(b *strings.Builder, n *html.Node, classes bool, depth int, left *int) {
	writeTag(b, n, classes)
	*left--
	if depth == 1 {
		return
	}
	var room [4]*html.Node
	kids := room[:0]
	for c := n.FirstChild; c != nil && len(kids) < len(room); c = c.NextSibling {
		if c.Type == html.ElementNode && (len(kids) == 0 || kids[len(kids)-1].Data != c.Data) {
			kids = append(kids, c)
		}
	}
	if len(kids) == 0 || *left <= 0 {
		return
	}
	b.WriteByte('>')
	nested := len(kids) > 1
	if nested {
		b.WriteByte('(')
	}
	for i, c := range kids {
		if *left <= 0 {
			b.WriteString("…")
			break
		}
		if i > 0 {
			b.WriteByte('+')
		}
		writeTree(b, c, classes, depth-1, left)
	}
	if nested {
		b.WriteByte(')')
	}
}

func writeTag(b *strings.Builder, n *html.Node, classes bool) {
	b.WriteString(cutText(n.Data, 20))
	if !classes {
		return
	}
	if id := attr(n, "id"); id != "" && !strings.Contains(id, " ") {
		b.WriteByte('#')
		b.WriteString(cutText(id, 30))
	}
	shown := 0
	for c := range strings.FieldsSeq(cutText(attr(n, "class"), 80)) {
		if shown++; shown > 2 {
			break
		}
		b.WriteByte('.')
		b.WriteString(cutText(c, 30))
	}
}
