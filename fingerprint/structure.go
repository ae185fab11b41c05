package fingerprint

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"pitboss/data"
)

// Bounds of structures.
const (
	shingleSpan  = 5   // open tags of a shingle
	minSubtree   = 4   // elements of a subtree that is worth a feature
	maxSubtree   = 400 // larger ones are whole pages
	maxChildren  = 64  // different children that a subtree's hash regards
	maxClassAttr = 4_096
)

// structures gathers shingles, subtrees, classes and ids of all pages.
type structures struct {
	docs         []*document
	out          *collector
	classes      map[string]*nameUse // by the class attribute as written
	ids          map[string]*nameUse
	attrs        map[string]uint64 // hash by attribute name; 0: left out
	tags         map[string]uint64
	shingles     *sketch
	bareShingles *sketch
	subtrees     *sketch
	bareSubtrees *sketch
}

// nameUse is what is known of one class attribute or id.
type nameUse struct {
	hash  uint64 // of the normal forms, order and states left out
	names []string
	count int
	spot  spot
}

func newStructures(out *collector) *structures {
	return &structures{
		out:          out,
		classes:      map[string]*nameUse{},
		ids:          map[string]*nameUse{},
		attrs:        map[string]uint64{},
		tags:         map[string]uint64{},
		shingles:     newSketch(data.KindShingle, data.LayerTemplate, shingleSpan),
		bareShingles: newSketch(data.KindBareShingle, data.LayerBuilder, shingleSpan),
		subtrees:     newSketch(data.KindSubtree, data.LayerTemplate, 0),
		bareSubtrees: newSketch(data.KindBareSubtree, data.LayerBuilder, 0),
	}
}

// nodeHash is the hash of one element by itself, in both views.
type nodeHash struct {
	tag     uint64 // the tag's name
	classed uint64 // and the classes
	full    uint64 // and the id
	bare    uint64 // tag and attribute names
	skip    bool   // inside a drawing or the like
}

// read adds one page.
func (s *structures) read(doc *document) {
	s.docs = append(s.docs, doc)
	at := int32(len(s.docs) - 1)
	hashes := make([]nodeHash, len(doc.nodes))
	var window [shingleSpan]uint64
	var bareWindow [shingleSpan]uint64
	seen := 0
	for i := range doc.nodes {
		h := &hashes[i]
		e := &doc.nodes[i]
		if e.parent >= 0 && (hashes[e.parent].skip || doc.nodes[e.parent].node.Data == "svg") {
			h.skip = true
			continue
		}
		s.hash(e.node, h, spot{1, at, int32(i)})
		copy(window[:], window[1:])
		copy(bareWindow[:], bareWindow[1:])
		window[shingleSpan-1], bareWindow[shingleSpan-1] = h.classed, h.tag
		if seen++; seen >= shingleSpan {
			s.shingles.add(mixAll(window[:]), at, int32(i))
			s.bareShingles.add(mixAll(bareWindow[:]), at, int32(i))
		}
	}
	s.trees(doc, hashes, at)
}

func mixAll(hs []uint64) uint64 {
	h := uint64(fnvOffset)
	for _, x := range hs {
		h = (h ^ x) * fnvPrime
		h ^= h >> 29
	}
	return spread(h)
}

// hash computes an element's own hashes and counts its names.
func (s *structures) hash(n *html.Node, h *nodeHash, at spot) {
	h.tag = s.tag(n.Data)
	var classes, id, attrs uint64
	for i := range n.Attr {
		a := &n.Attr[i]
		attrs += s.attr(a.Key, at)
		switch a.Key {
		case "class":
			if u := s.use(s.classes, a.Val, at, true); u != nil {
				classes = u.hash
			}
		case "id":
			if u := s.use(s.ids, a.Val, at, false); u != nil {
				id = u.hash
			}
		}
	}
	h.classed = h.tag ^ classes
	h.full = spread(h.classed + 3*id)
	h.bare = spread(h.tag + 5*attrs)
}

func (s *structures) tag(name string) uint64 {
	h, ok := s.tags[name]
	if !ok {
		h = hashString(name)
		s.tags[name] = h
	}
	return h
}

// attr returns the hash of an attribute's name, 0 for those that depend on the
// content, and notes the names that frameworks give.
func (s *structures) attr(key string, at spot) uint64 {
	h, ok := s.attrs[key]
	if ok {
		return h
	}
	if !isContentAttr(key) {
		h = hashString(attrName(key))
	}
	s.attrs[key] = h
	if isFrameworkAttr(key) && len(key) <= 80 {
		doc := s.docs[at.doc]
		s.out.add(data.Feature{Layer: data.LayerBuilder, Kind: data.KindDataAttr, Value: attrName(key), Source: doc.res.URL, Offset: int(doc.nodes[at.at].offset)})
	}
	return h
}

// isContentAttr names attributes whose presence depends on what is shown.
func isContentAttr(key string) bool {
	switch key {
	case "style", "title", "alt", "width", "height", "target", "rel", "loading", "srcset", "sizes", "checked", "selected", "disabled", "hidden", "decoding", "fetchpriority", "class":
		return true
	}
	return false
}

// isFrameworkAttr reports whether an attribute's name was chosen by a program
// and not by HTML.
func isFrameworkAttr(key string) bool {
	return strings.HasPrefix(key, "data-") || strings.HasPrefix(key, "v-") || strings.HasPrefix(key, "ng-") || strings.HasPrefix(key, "x-") ||
		strings.HasPrefix(key, "wire:") || strings.HasPrefix(key, "hx-") || strings.HasPrefix(key, "_ng") || strings.HasPrefix(key, "@") || strings.HasPrefix(key, ":") ||
		strings.HasPrefix(key, "*ng") || strings.HasPrefix(key, "[") || strings.HasPrefix(key, "(")
}

// attrName returns the normal form of an attribute's name.
func attrName(key string) string {
	for _, p := range [...]string{"data-v-", "_nghost-", "_ngcontent-", "data-astro-cid-", "data-svelte-"} {
		if strings.HasPrefix(key, p) {
			return p + "*"
		}
	}
	return normalName(key)
}

// use counts a class attribute or id and returns what is known of it.
func (s *structures) use(known map[string]*nameUse, raw string, at spot, many bool) *nameUse {
	if u, ok := known[raw]; ok {
		u.count++
		return u
	}
	if len(raw) > maxClassAttr {
		s.out.cut = true
		return nil
	}
	u := &nameUse{count: 1, spot: at}
	if many {
		u.names = strings.Fields(raw)
	} else if raw = strings.TrimSpace(raw); raw != "" {
		u.names = []string{raw}
	}
	for i, n := range u.names {
		if !isState(n) && !slices.Contains(u.names[:min(i, 32)], n) {
			u.hash += hashString(normalName(n))
		}
	}
	known[raw] = u
	return u
}

// isState names classes that scripts and lists set by situation.
func isState(c string) bool {
	switch c {
	case "active", "current", "selected", "open", "opened", "show", "shown", "hide", "hidden", "first", "last", "odd", "even", "on", "off",
		"current-menu-item", "current_page_item", "current-menu-parent", "current-menu-ancestor", "is-active", "disabled", "collapsed", "in", "loaded", "loading", "lazyloaded", "lazyload", "lazy":
		return true
	}
	return false
}

// trees hashes all subtrees, leaves first. Children count once each, without
// order, so that the length of a list does not matter.
func (s *structures) trees(doc *document, hashes []nodeHash, at int32) {
	n := len(doc.nodes)
	first := make([]int32, n) // of an element's children, 0: none (0 is the root)
	next := make([]int32, n)
	size := make([]int32, n)
	var full, bare []uint64
	for i := n - 1; i >= 0; i-- {
		h := &hashes[i]
		if h.skip {
			continue
		}
		full, bare = full[:0], bare[:0]
		size[i] = 1
		for c := first[i]; c != 0; c = next[c] {
			if !slices.Contains(bare[:min(len(bare), maxChildren)], hashes[c].bare) {
				size[i] = min(size[i]+size[c], maxSubtree+1)
				bare = append(bare, hashes[c].bare)
			}
			if !slices.Contains(full[:min(len(full), maxChildren)], hashes[c].full) {
				full = append(full, hashes[c].full)
			}
		}
		h.full = subtreeHash(h.full, full)
		h.bare = subtreeHash(h.bare, bare)
		if size[i] >= minSubtree && size[i] <= maxSubtree {
			s.subtrees.add(h.full, at, int32(i))
			s.bareSubtrees.add(h.bare, at, int32(i))
		}
		if p := doc.nodes[i].parent; p >= 0 {
			next[i] = first[p]
			first[p] = int32(i)
		}
	}
}

// subtreeHash joins an element's hash with those of its different children.
func subtreeHash(own uint64, children []uint64) uint64 {
	h := own
	for _, c := range children[:min(len(children), maxChildren)] {
		h += spread(c ^ 0x9e3779b97f4a7c15)
	}
	return spread(h)
}

// flush hands everything to the collector.
func (s *structures) flush() {
	for _, k := range []*sketch{s.shingles, s.bareShingles, s.subtrees, s.bareSubtrees} {
		k.flush(s.docs, s.out)
	}
	s.names(s.classes, data.LayerTemplate, data.KindClass)
	s.names(s.ids, data.LayerBuilder, data.KindID)
}

// names hands over names as written and, where it differs, in normal form.
func (s *structures) names(known map[string]*nameUse, layer data.Layer, kind data.Kind) {
	uses := make([]*nameUse, 0, len(known))
	for _, u := range known {
		uses = append(uses, u)
	}
	slices.SortFunc(uses, func(a, b *nameUse) int {
		if a.spot.doc != b.spot.doc {
			return int(a.spot.doc - b.spot.doc)
		}
		return int(a.spot.at - b.spot.at)
	})
	for _, u := range uses {
		doc := s.docs[u.spot.doc]
		f := data.Feature{Layer: layer, Kind: kind, Count: u.count, Source: doc.res.URL, Offset: int(doc.nodes[u.spot.at].offset)}
		for _, name := range u.names {
			if len(name) > 80 || strings.Contains(name, "{") || strings.Contains(name, "<") {
				continue // an unfilled view template, not a name
			}
			normal := normalName(name)
			f.Value = normal
			s.out.add(f)
			if normal != name && strings.HasSuffix(normal, "*") {
				f.Value = name
				s.out.add(f)
			}
		}
	}
}
