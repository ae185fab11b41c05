package archive

import "hash/maphash"

// recent is a map that forgets: it keeps at least the last n entries, at most
// twice as many, and only a hash of each key.
type recent[V any] struct {
	n         int
	seed      maphash.Seed
	cur, prev map[uint64]V
}

func newRecent[V any](n int) recent[V] {
	return recent[V]{n: n, seed: maphash.MakeSeed(), cur: map[uint64]V{}}
}

// put keeps a value; an empty key keeps nothing.
func (r *recent[V]) put(key string, v V) {
	if key == "" {
		return
	}
	if len(r.cur) >= r.n {
		r.prev, r.cur = r.cur, map[uint64]V{}
	}
	r.cur[maphash.String(r.seed, key)] = v
}

// get returns a kept value.
func (r *recent[V]) get(key string) (v V, ok bool) {
	if key == "" {
		return v, false
	}
	h := maphash.String(r.seed, key)
	if v, ok = r.cur[h]; !ok {
		v, ok = r.prev[h]
	}
	return v, ok
}
