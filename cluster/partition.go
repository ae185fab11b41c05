package cluster

import (
	"container/heap"
	"sort"
)

// edge is a compared pair of nodes, a < b.
type edge struct {
	a, b       int
	similarity int64 // millionths
}

// rules say when two groups may become one.
type rules struct {
	floor    int64    // least mean similarity, in millionths
	gap      int64    // least share of the tighter group's inner similarity, in thousandths; 0: no gap is looked for
	together [][2]int // pairs that reviewers tied
	apart    [][2]int // pairs that reviewers parted; they win over together
}

// partition groups n nodes by average linkage on sparse edges: the two groups
// with the highest mean similarity are joined while the rules allow it. A pair
// without an edge counts as nothing in common, so that a chain of near
// neighbours does not pull unlike ends together (the failure of single
// linkage). copies gives each node's multiplicity: a node that stands for ten
// copies pulls like ten sites.
//
// Where a gap is looked for, two groups whose mean similarity is below rules.gap
// of what the tighter of them has within stay apart for good, and so does
// everything above them in the tree: the knot is closed.
//
// All arithmetic is on integers and ties go to the smallest nodes, so that the
// result does not depend on the order of edges. The result numbers each node's
// group by its smallest node.
func partition(copies []int, edges []edge, r rules) []int {
	p := newPartitioner(copies, edges)
	for _, pair := range r.apart {
		p.forbid(pair[0], pair[1])
	}
	for _, pair := range r.together {
		if a, b := p.linked(pair[0]), p.linked(pair[1]); a != b && !p.never[a][b] {
			p.merge(a, b, true)
		}
	}
	p.start()
	for p.queue.Len() > 0 {
		next := heap.Pop(&p.queue).(proposal)
		if !p.current(next) {
			continue
		}
		if next.sum < r.floor*next.pairs {
			break // the heap is ordered: nothing better follows
		}
		p.join(next, r.gap)
	}
	out := make([]int, len(copies))
	for i := range out {
		out[i] = find(p.group, i)
	}
	return out
}

// tie is the sum of similarity between two groups, over the pairs of sites
// that have an edge.
type tie struct {
	sum, pairs int64
}

// proposal is a merge that was the best one between two groups when it was
// made; it is stale once either group has grown.
type proposal struct {
	a, b       int
	sum, pairs int64 // over all pairs, those without an edge included
	ageA, ageB int
}

type partitioner struct {
	link   []int // union-find of the linkage
	group  []int // union-find of the result; finer than link where a gap was met
	closed []bool
	weight []int64 // sites in the group of a root
	inner  []int64 // sum of similarity over the pairs within
	age    []int
	ties   []map[int]tie // by root, symmetric
	never  []map[int]bool
	queue  proposals
}

func newPartitioner(copies []int, edges []edge) *partitioner {
	n := len(copies)
	p := &partitioner{
		link: make([]int, n), group: make([]int, n), closed: make([]bool, n), weight: make([]int64, n), inner: make([]int64, n),
		age: make([]int, n), ties: make([]map[int]tie, n), never: make([]map[int]bool, n),
	}
	for i, c := range copies {
		p.link[i], p.group[i] = i, i
		p.weight[i] = int64(c)
		p.inner[i] = choose2(int64(c)) * ppm
		p.ties[i] = map[int]tie{}
	}
	for _, e := range edges {
		pairs := p.weight[e.a] * p.weight[e.b]
		t := tie{sum: e.similarity * pairs, pairs: pairs}
		p.ties[e.a][e.b], p.ties[e.b][e.a] = t, t
	}
	return p
}

func choose2(n int64) int64 { return n * (n - 1) / 2 }

// find returns the root of i, halving the path.
func find(parent []int, i int) int {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

func (p *partitioner) linked(i int) int { return find(p.link, i) }

func (p *partitioner) forbid(a, b int) {
	a, b = p.linked(a), p.linked(b)
	if a == b {
		return
	}
	for _, pair := range [][2]int{{a, b}, {b, a}} {
		if p.never[pair[0]] == nil {
			p.never[pair[0]] = map[int]bool{}
		}
		p.never[pair[0]][pair[1]] = true
	}
}

func (p *partitioner) start() {
	for a := range p.ties {
		if p.link[a] != a {
			continue
		}
		for b := range p.ties[a] {
			if a < b {
				p.propose(a, b)
			}
		}
	}
}

func (p *partitioner) propose(a, b int) {
	if p.never[a][b] {
		return
	}
	a, b = min(a, b), max(a, b)
	heap.Push(&p.queue, proposal{a: a, b: b, sum: p.ties[a][b].sum, pairs: p.weight[a] * p.weight[b], ageA: p.age[a], ageB: p.age[b]})
}

func (p *partitioner) current(q proposal) bool {
	return p.link[q.a] == q.a && p.link[q.b] == q.b && p.age[q.a] == q.ageA && p.age[q.b] == q.ageB
}

// join links two groups, and makes them one unless a gap lies between.
func (p *partitioner) join(q proposal, gap int64) {
	apart := gap > 0 && (p.closed[q.a] || p.closed[q.b] || p.beyondGap(q, gap))
	root := p.merge(q.a, q.b, !apart)
	others := make([]int, 0, len(p.ties[root]))
	for other := range p.ties[root] {
		others = append(others, other)
	}
	sort.Ints(others)
	for _, other := range others {
		p.propose(root, other)
	}
}

func (p *partitioner) beyondGap(q proposal, gap int64) bool {
	for _, side := range []int{q.a, q.b} {
		pairs := choose2(p.weight[side])
		if pairs > 0 && perThousand(q.sum, q.pairs) < p.inner[side]/pairs*gap {
			return true
		}
	}
	return false
}

// merge puts b's group into a's (the smaller root stays) and returns the root.
// same says whether they become one group or are only linked.
func (p *partitioner) merge(a, b int, same bool) int {
	if b < a {
		a, b = b, a
	}
	p.inner[a] += p.inner[b] + p.ties[a][b].sum
	delete(p.ties[a], b)
	for other, t := range p.ties[b] {
		delete(p.ties[other], b)
		if other == a {
			continue
		}
		sum := p.ties[a][other]
		sum.sum += t.sum
		sum.pairs += t.pairs
		p.ties[a][other], p.ties[other][a] = sum, sum
	}
	p.ties[b] = nil
	for other := range p.never[b] {
		delete(p.never[other], b)
		p.forbid(a, other)
	}
	p.never[b] = nil
	p.link[b] = a
	p.weight[a] += p.weight[b]
	p.age[a]++
	if same {
		x, y := find(p.group, a), find(p.group, b)
		p.group[max(x, y)] = min(x, y)
	} else {
		p.closed[a] = true
	}
	return a
}

// perThousand is sum/pairs in thousandths, without the overflow that a
// thousandfold sum of millions of copies would meet.
func perThousand(sum, pairs int64) int64 {
	return sum/pairs*1000 + sum%pairs*1000/pairs
}

// proposals is a heap, the highest mean weight first.
type proposals []proposal

func (q proposals) Len() int { return len(q) }

func (q proposals) Less(i, j int) bool {
	x, y := q[i], q[j]
	if mx, my := perThousand(x.sum, x.pairs), perThousand(y.sum, y.pairs); mx != my {
		return mx > my
	}
	if x.a != y.a {
		return x.a < y.a
	}
	return x.b < y.b
}

func (q proposals) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push adds a proposal (container/heap).
func (q *proposals) Push(x any) { *q = append(*q, x.(proposal)) }

// Pop removes the last proposal (container/heap).
func (q *proposals) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
