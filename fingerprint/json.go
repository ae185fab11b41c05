package fingerprint

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

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
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var open []*jsonObject // nil: an array
	for {
		at := int(dec.InputOffset())
		tok, err := dec.Token()
		if err != nil {
			return // what was closed so far is known
		}
		switch d, _ := tok.(json.Delim); d {
		case '{':
			if len(open) >= maxJSONDepth {
				out.cut = true
				return
			}
			valued(open)
			open = append(open, &jsonObject{offset: offset + at})
		case '[':
			if len(open) >= maxJSONDepth {
				out.cut = true
				return
			}
			valued(open)
			open = append(open, nil)
		case '}', ']':
			if o := open[len(open)-1]; o != nil {
				o.flush(source, out)
			}
			open = open[:len(open)-1]
		default:
			if len(open) == 0 || open[len(open)-1] == nil {
				continue
			}
			if o := open[len(open)-1]; o.value {
				o.value = false
			} else if key, ok := tok.(string); ok {
				o.add(key)
			}
		}
	}
}

// jsonObject is an object that is being read.
type jsonObject struct {
	keys   []string
	value  bool // the next token is a value
	many   bool
	offset int
}

// valued notes that the value of the innermost object's key has begun.
func valued(open []*jsonObject) {
	if len(open) > 0 && open[len(open)-1] != nil {
		open[len(open)-1].value = false
	}
}

func (o *jsonObject) add(key string) {
	o.value = true
	if len(o.keys) > maxShape {
		o.many = true
		return
	}
	if len(key) > 60 {
		o.many = true
		return
	}
	o.keys = append(o.keys, longDigits(key, 1))
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
