package fingerprint

import (
	"strings"

	"pitboss/data"
)

// An element is part of the frame when it holds at least this share of the
// page's elements, and this many.
const (
	frameShare = 25 // one in so many
	minFrame   = 4
)

// readFrame adds the names of the elements that hold much of a page: wrapper,
// header, navigation, main column, footer. A plug-in or an embedded widget
// brings many names but holds little; the frame is the builder's own, and a
// reskin that keeps its code keeps most of it.
func readFrame(doc *document, out *collector) {
	size := make([]int32, len(doc.nodes))
	for i := len(doc.nodes) - 1; i >= 0; i-- { // children follow their parent
		size[i]++
		if p := doc.nodes[i].parent; p >= 0 {
			size[p] += size[i]
		}
	}
	least := int32(max(minFrame, len(doc.nodes)/frameShare))
	for i, e := range doc.nodes {
		if size[i] < least || e.node.Data == "html" {
			continue
		}
		for _, a := range e.node.Attr {
			if (a.Key == "class" || a.Key == "id") && len(a.Val) <= maxClassAttr {
				frameNames(doc, e, a.Key, a.Val, out)
			}
		}
	}
}

func frameNames(doc *document, e element, attr, value string, out *collector) {
	mark := "."
	if attr == "id" {
		mark = "#"
	}
	for name := range strings.FieldsSeq(value) {
		if len(name) > 80 || isState(name) || strings.ContainsAny(name, "{<") {
			continue
		}
		out.add(data.Feature{
			Layer: data.LayerBuilder, Kind: data.KindFrame, Value: e.node.Data + mark + normalName(name), Source: doc.res.URL, Offset: int(e.offset),
		})
	}
}
