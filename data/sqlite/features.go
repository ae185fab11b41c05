package sqlite

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"pitboss/data"
)

// A fingerprint has a thousand features and more, and clustering reads all of
// them at every run. As JSON that is eight times slower to read than what
// stands here, so features have a form of their own behind the JSON of
// the rest:
//
//	head length, head (JSON of the fingerprint without its features),
//	number of names, names (layers, kinds and sources, each once),
//	number of features, features (layer, kind and source as indexes of names;
//	value, label and context; count and offset)
//
// Numbers are varints (package encoding/binary), texts their length in bytes
// and the bytes. The whole is compressed.

// encodeFingerprint is the form in which a fingerprint is stored.
func (c *codec) encodeFingerprint(f *data.Fingerprint) ([]byte, error) {
	alone := *f
	alone.Features = nil
	head, err := json.Marshal(&alone)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	const perFeature = 48 // what most need
	buf := make([]byte, 0, len(head)+perFeature*len(f.Features))
	buf = appendText(buf, string(head))
	buf = appendFeatures(buf, f.Features)
	if len(buf) > maxBody {
		return nil, invalid("a fingerprint of %d bytes; the most is %d", len(buf), maxBody)
	}
	return c.enc.EncodeAll(buf, make([]byte, 0, len(buf)/2)), nil
}

func (c *codec) decodeFingerprint(body []byte, f *data.Fingerprint) error {
	buf, err := c.dec.DecodeAll(body, nil)
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	r := &featureReader{buf: buf}
	head := r.bytes()
	if r.failed {
		return errCutFeatures
	}
	if err := json.Unmarshal(head, f); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	f.Features, err = r.features()
	return err
}

var errCutFeatures = errors.New("decode: the features are cut off or damaged")

func appendFeatures(buf []byte, features []data.Feature) []byte {
	index := map[string]uint64{}
	var names []string
	name := func(s string) uint64 {
		i, ok := index[s]
		if !ok {
			i = uint64(len(names))
			index[s] = i
			names = append(names, s)
		}
		return i
	}
	var rows []byte
	for i := range features {
		f := &features[i]
		rows = binary.AppendUvarint(rows, name(string(f.Layer)))
		rows = binary.AppendUvarint(rows, name(string(f.Kind)))
		rows = binary.AppendUvarint(rows, name(f.Source))
		rows = appendText(rows, f.Value)
		rows = appendText(rows, f.Label)
		rows = appendText(rows, f.Context)
		rows = binary.AppendVarint(rows, int64(f.Count))
		rows = binary.AppendVarint(rows, int64(f.Offset))
	}
	buf = binary.AppendUvarint(buf, uint64(len(names)))
	for _, n := range names {
		buf = appendText(buf, n)
	}
	buf = binary.AppendUvarint(buf, uint64(len(features)))
	return append(buf, rows...)
}

func appendText(buf []byte, s string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
}

// featureReader reads what appendFeatures wrote. After a failure it gives
// zeros.
type featureReader struct {
	buf    []byte
	failed bool
}

// leastFeature is the fewest bytes that a feature takes, and more than a name
// does, so that a damaged number cannot claim more than there is.
const leastFeature = 8

func (r *featureReader) features() ([]data.Feature, error) {
	names := make([]string, r.length(1))
	for i := range names {
		names[i] = r.text()
	}
	features := make([]data.Feature, r.length(leastFeature))
	name := func() string {
		i := r.number()
		if i >= uint64(len(names)) {
			r.failed = true
			return ""
		}
		return names[i]
	}
	for i := range features {
		features[i] = data.Feature{
			Layer: data.Layer(name()), Kind: data.Kind(name()), Source: name(),
			Value: r.text(), Label: r.text(), Context: r.text(),
			Count: r.signed(), Offset: r.signed(),
		}
	}
	if r.failed || len(r.buf) > 0 {
		return nil, errCutFeatures
	}
	return features, nil
}

func (r *featureReader) number() uint64 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 {
		r.failed = true
		r.buf = nil
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

func (r *featureReader) signed() int {
	v, n := binary.Varint(r.buf)
	if n <= 0 || v > math.MaxInt || v < math.MinInt {
		r.failed = true
		r.buf = nil
		return 0
	}
	r.buf = r.buf[n:]
	return int(v)
}

// length reads how many things follow that take at least each bytes.
func (r *featureReader) length(each int) int {
	v := r.number()
	if v > uint64(len(r.buf)/each) {
		r.failed = true
		r.buf = nil
		return 0
	}
	return int(v)
}

func (r *featureReader) bytes() []byte {
	n := r.length(1)
	b := r.buf[:n]
	r.buf = r.buf[n:]
	return b
}

// text copies, so that one value that a caller keeps does not keep them all.
func (r *featureReader) text() string { return string(r.bytes()) }
