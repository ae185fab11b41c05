package reference

import "testing"

func TestEdges(t *testing.T) {
	t.Parallel()
	var e edges
	if e.get(0, 'a') != 0 {
		t.Error("an empty table knows an edge")
	}
	want := map[uint64]int32{}
	for i := range int32(5_000) {
		node, r := i/7, (i%7)*0x2f1
		e.set(node, r, i+1)
		want[edgeKey(node, r)] = i + 1
	}
	e.set(3, 0x2f1, 77)
	want[edgeKey(3, 0x2f1)] = 77
	for key, next := range want {
		if got := e.get(int32(key>>32), rune(uint32(key))); got != next {
			t.Errorf("node %d, rune %x: %d, want %d", key>>32, uint32(key), got, next)
		}
	}
	if e.used != len(want) {
		t.Errorf("%d edges, want %d", e.used, len(want))
	}
	for _, absent := range []struct {
		node int32
		r    rune
	}{{0, 1}, {4_000, 0}, {-1, 0}, {2, -1}} {
		if got := e.get(absent.node, absent.r); got != 0 {
			t.Errorf("node %d, rune %x leads to %d", absent.node, absent.r, got)
		}
	}
}
