package reference

// edges maps a node of a trie and a rune to the next node: a table with open
// addressing, for the lookup of one rune of text is what matching consists of.
type edges struct {
	keys []uint64 // node<<32|rune
	next []int32  // 0: the place is free; no edge leads to the root
	used int
}

func edgeKey(node int32, r rune) uint64 { return uint64(node)<<32 | uint64(uint32(r)) }

// place returns where a key is, or where it would go.
func (e *edges) place(key uint64) int {
	mask := len(e.keys) - 1
	at := int(key*0x9e3779b97f4a7c15>>40) & mask
	for e.next[at] != 0 && e.keys[at] != key {
		at = (at + 1) & mask
	}
	return at
}

// get returns the node that an edge leads to, or 0.
func (e *edges) get(node int32, r rune) int32 {
	if e.used == 0 {
		return 0
	}
	return e.next[e.place(edgeKey(node, r))]
}

// set adds an edge to a node other than the root.
func (e *edges) set(node int32, r rune, next int32) {
	if 3*e.used >= len(e.keys) {
		e.grow()
	}
	at := e.place(edgeKey(node, r))
	if e.next[at] == 0 {
		e.used++
	}
	e.keys[at], e.next[at] = edgeKey(node, r), next
}

func (e *edges) grow() {
	old := *e
	size := max(64, 2*len(old.keys))
	*e = edges{keys: make([]uint64, size), next: make([]int32, size), used: old.used}
	for i, n := range old.next {
		if n != 0 {
			at := e.place(old.keys[i])
			e.keys[at], e.next[at] = old.keys[i], n
		}
	}
}
