package fingerprint

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/json"

	"pitboss/data"
)

// Bounds of one JSON body.
const (
	maxJSON      = 4 << 20 // bytes that are read
	maxJSONDepth = 64
	minShape     = 3  // keys that make an object's shape worth a feature
	maxShape     = 40 // more keys are a map and no shape
)

// readJSON adds the shapes of the objects in a JSON body: their sorted key
// names, joined by commas.
func readJSON(body []byte, source string, offset int, out *collector) {
	if len(body) > maxJSON {
		body, out.cut = body[:maxJSON], true
	}
	readOwnJSON(terminated(body), source, offset, out)
}

// readOwnJSON is readJSON for a body from terminated.
func readOwnJSON(body []byte, source string, offset int, out *collector) {
	in := parse.NewInputBytes(body)
	p := json.NewParser(in)
	var open []*jsonObject // nil: an array
	for {
		key := p.State() == json.ObjectKeyState
		g, text := p.Next()
		switch g {
		case json.ErrorGrammar:
			return // what was closed so far is known
		case json.StartObjectGrammar, json.StartArrayGrammar:
			if len(open) >= maxJSONDepth {
				out.cut = true
				return
			}
			var o *jsonObject
			if g == json.StartObjectGrammar {
				o = &jsonObject{offset: offset + in.Offset() - 1}
			}
			open = append(open, o)
		case json.EndObjectGrammar:
			open[len(open)-1].flush(source, out)
			open = open[:len(open)-1]
		case json.EndArrayGrammar:
			open = open[:len(open)-1]
		case json.StringGrammar:
			if key && len(text) >= 2 {
				open[len(open)-1].add(text[1 : len(text)-1])
			}
		}
	}
}

// jsonObject is an object that is being read.
type jsonObject struct {
	keys   []string
	many   bool
	offset int
}

func (o *jsonObject) add(key []byte) {
	if len(o.keys) > maxShape || len(key) > 60 {
		o.many = true
		return
	}
	o.keys = append(o.keys, longDigits(string(key), 1))
}

func (o *jsonObject) flush(source string, out *collector) {
	slices.Sort(o.keys)
	o.keys = slices.Compact(o.keys)
	if o.many || len(o.keys) < minShape || len(o.keys) > maxShape {
		return
	}
	shape := strings.Join(o.keys, ",")
	f := data.Feature{Layer: data.LayerBuilder, Kind: data.KindJSONKeys, Value: shape, Source: source, Offset: o.offset}
	if len(shape) > maxValue {
		f.Value, f.Label = hex16(hashString(shape)), shape
	}
	out.add(f)
}
