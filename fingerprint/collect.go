package fingerprint

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"pitboss/data"
)

// Bounds of a feature's text, in bytes.
const (
	maxValue   = 256
	maxLabel   = 120
	maxContext = 120
	maxSource  = 2_048
)

// collector gathers the features of one capture, each kind and value once with
// the number of times it was seen and the place where it was seen first.
// Every kind is bounded. Of more values than fit, those with the smallest hash
// stay: a choice that two similar sites make alike, and that does not depend
// on the order in which features come (a bottom-k sketch).
type collector struct {
	kinds  map[data.Kind]*bucket
	cut    bool      // a bound cut something off
	last   *bucket   // of the feature before, for most come in rows of one kind
	source [2]string // as it came with the feature before, and as it is kept
	slab   []collected
}

// bucket holds the values of one kind.
type bucket struct {
	kind      data.Kind
	limit     int
	threshold uint64 // values with a larger hash are out for good
	values    map[string]*collected
}

type collected struct {
	feature data.Feature
	hash    uint64
}

func newCollector() *collector {
	return &collector{kinds: map[data.Kind]*bucket{}}
}

// add notes one sighting of a feature. A Count of zero means one. The value
// must be in canonical form; an empty value or one over 256 bytes is dropped,
// for a value that was cut would match what it must not.
func (c *collector) add(f data.Feature) {
	if f.Value == "" {
		return
	}
	b := c.bucket(f.Kind)
	f.Count = max(f.Count, 1)
	if have, ok := b.values[f.Value]; ok {
		have.feature.Count += f.Count
		return
	}
	if !utf8.ValidString(f.Value) {
		f.Value = strings.ToValidUTF8(f.Value, "\uFFFD")
		c.add(f)
		return
	}
	if len(f.Value) > maxValue {
		c.cut = true
		return
	}
	h := hashString(f.Value)
	if h > b.threshold {
		c.cut = true
		return
	}
	c.keep(b, f, h)
	if len(b.values) >= 2*b.limit {
		b.prune()
		c.cut = true
	}
}

// keep adds a new value to its bucket.
func (c *collector) keep(b *bucket, f data.Feature, h uint64) {
	f.Label = cutText(strings.ToValidUTF8(f.Label, "\uFFFD"), maxLabel)
	f.Context = cutText(strings.ToValidUTF8(f.Context, "\uFFFD"), maxContext)
	if f.Source != c.source[0] {
		c.source = [2]string{f.Source, cutText(strings.ToValidUTF8(f.Source, "\uFFFD"), maxSource)}
	}
	f.Source = c.source[1]
	if len(c.slab) == 0 {
		c.slab = make([]collected, 32)
	}
	c.slab[0] = collected{f, h}
	b.values[f.Value] = &c.slab[0]
	c.slab = c.slab[1:]
}

func (c *collector) bucket(k data.Kind) *bucket {
	if c.last != nil && c.last.kind == k {
		return c.last
	}
	b := c.kinds[k]
	if b == nil {
		b = &bucket{kind: k, limit: limitOf(k), threshold: ^uint64(0), values: map[string]*collected{}}
		c.kinds[k] = b
	}
	c.last = b
	return b
}

// expect makes room for further values of a kind.
func (c *collector) expect(k data.Kind, n int) {
	if b := c.bucket(k); len(b.values) == 0 {
		b.values = make(map[string]*collected, min(n, 2*b.limit))
	}
}

// prune keeps the values with the smallest hashes and closes the door on
// larger ones.
func (b *bucket) prune() {
	if len(b.values) <= b.limit {
		return
	}
	hashes := make([]uint64, 0, len(b.values))
	for _, v := range b.values {
		hashes = append(hashes, v.hash)
	}
	slices.Sort(hashes)
	b.threshold = hashes[b.limit-1]
	for value, v := range b.values {
		if v.hash > b.threshold {
			delete(b.values, value)
		}
	}
}

// features returns everything, sorted by kind, then value.
func (c *collector) features() []data.Feature {
	total := 0
	for _, b := range c.kinds {
		if len(b.values) > b.limit {
			b.prune()
			c.cut = true
		}
		total += len(b.values)
	}
	out := make([]data.Feature, 0, total)
	type entry struct {
		value string
		*collected
	}
	var row []entry
	for _, k := range slices.Sorted(maps.Keys(c.kinds)) {
		row = row[:0]
		for value, v := range c.kinds[k].values {
			row = append(row, entry{value, v})
		}
		slices.SortFunc(row, func(a, b entry) int { return strings.Compare(a.value, b.value) })
		for _, v := range row {
			out = append(out, v.feature)
		}
	}
	return out
}

// limitOf returns how many values of a kind a fingerprint holds. The sum over
// all kinds stays below 6,000.
func limitOf(k data.Kind) int {
	switch k {
	case data.KindShingle:
		return 500
	case data.KindSubtree:
		return 450
	case data.KindBareSubtree, data.KindBareShingle, data.KindClass:
		return 350
	case data.KindSelector:
		return 300
	case data.KindID, data.KindAsset, data.KindScriptToken:
		return 250
	case data.KindEndpoint, data.KindAPIRoute:
		return 200
	case data.KindGlobal, data.KindParam, data.KindAssetHash, data.KindText:
		return 150
	case data.KindFrame:
		return 120
	case data.KindProperty, data.KindDataAttr, data.KindOutlinkHost, data.KindInlineScript, data.KindI18NKey:
		return 100
	case data.KindColor, data.KindComment, data.KindScriptHash, data.KindAgentCode, data.KindPhone, data.KindEmail:
		return 60
	case data.KindDOMHash, data.KindHTMLHash, data.KindTLSH, data.KindGenerator, data.KindErrorPage:
		return 4
	case data.KindFavicon, data.KindFaviconMD5, data.KindFaviconSHA:
		return 8
	case data.KindIconPHash, data.KindScreenPHash:
		return 3 * maxIcons
	case data.KindSPKI, data.KindCert, data.KindJARM, data.KindHHHash, data.KindServer, data.KindCDN, data.KindASN:
		return 4
	}
	return 32
}

// hashString is FNV-1a, 64 bits, with a finalizer that spreads it: the sketch
// takes the smallest, so every bit must count.
func hashString(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return spread(h)
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// spread is the finalizer of MurmurHash3, 64 bits.
func spread(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// join mixes a further hash into an ordered one.
func join(h, more uint64) uint64 {
	return spread(h*31 + more)
}

// hex16 prints a hash the way hashed features show it.
func hex16(h uint64) string {
	const digits = "0123456789abcdef"
	var b [16]byte
	for i := range b {
		b[i] = digits[h>>(60-4*i)&15]
	}
	return string(b[:])
}

// hashBytes is hashString of bytes.
func hashBytes(s []byte) uint64 {
	h := uint64(fnvOffset)
	for _, c := range s {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return spread(h)
}
