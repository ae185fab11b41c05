package cluster

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// clique ties all pairs of the nodes with one similarity, given in per cent.
func clique(percent int64, nodes ...int) []edge {
	var out []edge
	for i, a := range nodes {
		for _, b := range nodes[i+1:] {
			out = append(out, edge{min(a, b), max(a, b), percent * ppm / 100})
		}
	}
	return out
}

// between ties each node of one list with each of the other.
func between(percent int64, x, y []int) []edge {
	var out []edge
	for _, a := range x {
		for _, b := range y {
			out = append(out, edge{min(a, b), max(a, b), percent * ppm / 100})
		}
	}
	return out
}

func TestPartition(t *testing.T) {
	t.Parallel()
	knots := slices.Concat(clique(90, 0, 1, 2), clique(90, 3, 4, 5), between(40, []int{0, 1, 2}, []int{3, 4, 5}))
	chain := slices.Concat(clique(60, 0, 1), clique(60, 1, 2), clique(60, 2, 3), clique(60, 3, 4))
	for _, tc := range []struct {
		name   string
		copies []int
		edges  []edge
		rules  rules
		want   []int
	}{
		{"nothing", nil, nil, rules{floor: 1}, []int{}},
		{"no edges", ones(3), nil, rules{floor: 1}, []int{0, 1, 2}},
		{"at the floor they are joined", ones(2), clique(30, 0, 1), rules{floor: 30 * ppm / 100}, []int{0, 0}},
		{"below the floor they are not", ones(2), clique(29, 0, 1), rules{floor: 30 * ppm / 100}, []int{0, 1}},
		{"a chain does not pull its ends together", ones(5), chain, rules{floor: 40 * ppm / 100}, []int{0, 0, 2, 2, 4}},
		{"the mean decides, not the best pair", ones(4), slices.Concat(clique(80, 0, 1), clique(80, 2, 3), clique(79, 1, 2)), rules{floor: 25 * ppm / 100}, []int{0, 0, 2, 2}},
		{"two knots without a look at the gap", ones(6), knots, rules{floor: 20 * ppm / 100}, []int{0, 0, 0, 0, 0, 0}},
		{"two knots with a gap between", ones(6), knots, rules{floor: 20 * ppm / 100, gap: 600}, []int{0, 0, 0, 3, 3, 3}},
		{"a gap that is wide enough to be crossed", ones(6), knots, rules{floor: 20 * ppm / 100, gap: 400}, []int{0, 0, 0, 0, 0, 0}},
		{"nothing joins above a gap", ones(7), slices.Concat(knots, between(38, []int{6}, []int{0, 1, 2, 3, 4, 5})), rules{floor: 20 * ppm / 100, gap: 600}, []int{0, 0, 0, 3, 3, 3, 6}},
		{"a loose group without a denser knot is one", ones(6), clique(30, 0, 1, 2, 3, 4, 5), rules{floor: 20 * ppm / 100, gap: 600}, []int{0, 0, 0, 0, 0, 0}},
		{"a copy-less pair may be half alike", []int{1, 1}, clique(50, 0, 1), rules{floor: 20 * ppm / 100, gap: 600}, []int{0, 0}},
		{"ten copies are a knot, and half alike lies beyond its gap", []int{10, 1}, clique(50, 0, 1), rules{floor: 20 * ppm / 100, gap: 600}, []int{0, 1}},
		{"a third that one of two knows", ones(3), slices.Concat(clique(60, 0, 1), clique(60, 1, 2)), rules{floor: 25 * ppm / 100}, []int{0, 0, 0}},
		{"ten copies that do not know the third weigh ten times", []int{10, 1, 1}, slices.Concat(clique(70, 0, 1), clique(60, 1, 2)), rules{floor: 25 * ppm / 100}, []int{0, 0, 2}},
		{"reviewers tie what shares nothing", ones(3), nil, rules{floor: ppm, together: [][2]int{{0, 2}}}, []int{0, 1, 0}},
		{"reviewers part what is alike", ones(3), clique(90, 0, 1, 2), rules{floor: 1, apart: [][2]int{{0, 1}}}, []int{0, 1, 0}},
		{"parting wins over tying", ones(2), clique(90, 0, 1), rules{floor: 1, together: [][2]int{{0, 1}}, apart: [][2]int{{0, 1}}}, []int{0, 1}},
		{"parting wins over a chain of ties", ones(3), nil, rules{floor: 1, together: [][2]int{{0, 1}, {1, 2}}, apart: [][2]int{{0, 2}}}, []int{0, 0, 2}},
		{"parting is inherited by a grown group", ones(4), slices.Concat(clique(95, 0, 1), clique(95, 2, 3), between(90, []int{0, 1}, []int{2, 3})), rules{floor: 1, apart: [][2]int{{0, 3}}}, []int{0, 0, 2, 2}},
	} {
		if got := partition(tc.copies, tc.edges, tc.rules); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// graph draws a small graph with multiplicities. Few different similarities,
// so that ties happen.
func graph(t *rapid.T) (copies []int, edges []edge) {
	n := rapid.IntRange(1, 9).Draw(t, "nodes")
	copies = rapid.SliceOfN(rapid.IntRange(1, 3), n, n).Draw(t, "copies")
	for a := range n {
		for b := a + 1; b < n; b++ {
			if s := rapid.Int64Range(0, 6).Draw(t, "similarity"); s > 0 {
				edges = append(edges, edge{a, b, s * ppm / 6})
			}
		}
	}
	return copies, edges
}

func pairsAmong(t *rapid.T, n int, name string) [][2]int {
	var out [][2]int
	for range rapid.IntRange(0, 3).Draw(t, name) {
		a, b := rapid.IntRange(0, n-1).Draw(t, name+" a"), rapid.IntRange(0, n-1).Draw(t, name+" b")
		if a != b {
			out = append(out, [2]int{min(a, b), max(a, b)})
		}
	}
	return out
}

func TestPartitionDoesNotDependOnTheOrderOfEdges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		copies, edges := graph(t)
		r := rules{
			floor: rapid.Int64Range(1, ppm).Draw(t, "floor"), gap: rapid.Int64Range(0, 1000).Draw(t, "gap"),
			together: pairsAmong(t, len(copies), "together"), apart: pairsAmong(t, len(copies), "apart"),
		}
		want := partition(copies, slices.Clone(edges), r)
		if got := partition(copies, rapid.Permutation(edges).Draw(t, "order"), r); !slices.Equal(got, want) {
			t.Fatalf("%v in another order, %v before", got, want)
		}
		for i, root := range want {
			if root > i || want[root] != root {
				t.Fatalf("%v: a group is not numbered by its smallest node", want)
			}
		}
		for _, p := range r.apart {
			if want[p[0]] == want[p[1]] {
				t.Fatalf("%v: %v were to stay apart", want, p)
			}
		}
		if len(r.apart) == 0 {
			for _, p := range r.together {
				if want[p[0]] != want[p[1]] {
					t.Fatalf("%v: %v were to be together", want, p)
				}
			}
		}
	})
}

// slowLinkage is average linkage as the books define it: every step looks at
// all pairs of groups.
func slowLinkage(copies []int, edges []edge, floor int64) []int {
	similarity := map[[2]int]int64{}
	for _, e := range edges {
		similarity[[2]int{e.a, e.b}], similarity[[2]int{e.b, e.a}] = e.similarity, e.similarity
	}
	group := identity(len(copies))
	for {
		bestA, bestB, bestMean, bestSum, bestPairs := -1, -1, int64(-1), int64(0), int64(1)
		for a := range copies {
			for b := a + 1; b < len(copies); b++ {
				if group[a] != a || group[b] != b {
					continue
				}
				var sum, pairs int64
				for i := range copies {
					for j := range copies {
						if group[i] == a && group[j] == b {
							sum += similarity[[2]int{i, j}] * int64(copies[i]*copies[j])
							pairs += int64(copies[i] * copies[j])
						}
					}
				}
				if mean := sum * 1000 / pairs; sum > 0 && mean > bestMean {
					bestA, bestB, bestMean, bestSum, bestPairs = a, b, mean, sum, pairs
				}
			}
		}
		if bestA < 0 || bestSum < floor*bestPairs {
			return group
		}
		for i := range group {
			if group[i] == bestB {
				group[i] = bestA
			}
		}
	}
}

func TestPartitionIsAverageLinkage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		copies, edges := graph(t)
		floor := rapid.Int64Range(1, ppm).Draw(t, "floor")
		if got, want := partition(copies, edges, rules{floor: floor}), slowLinkage(copies, edges, floor); !slices.Equal(got, want) {
			t.Fatalf("%v, by the definition %v", got, want)
		}
	})
}

// A gap only ever keeps apart: what it finds is finer than what is found
// without one.
func TestAGapOnlySplits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		copies, edges := graph(t)
		floor := rapid.Int64Range(1, ppm).Draw(t, "floor")
		coarse := partition(copies, edges, rules{floor: floor})
		fine := partition(copies, edges, rules{floor: floor, gap: rapid.Int64Range(1, 1000).Draw(t, "gap")})
		for i := range fine {
			if coarse[i] != coarse[fine[i]] {
				t.Fatalf("%v is no refinement of %v", fine, coarse)
			}
		}
	})
}

func TestTheMeanOfManyCopiesDoesNotOverflow(t *testing.T) {
	t.Parallel()
	const copies = 1_000_000
	pairs := int64(copies) * copies
	if got := perThousand(pairs*ppm/2, pairs); got != 1000*ppm/2 {
		t.Errorf("mean %d, want %d", got, 1000*ppm/2)
	}
	edges := []edge{{0, 1, ppm / 2}, {1, 2, ppm / 4}}
	got := partition([]int{copies, copies, 1}, edges, rules{floor: ppm / 3})
	if got[0] != got[1] || got[1] == got[2] {
		t.Errorf("groups %v, want the two large nodes together and the third alone", got)
	}
}
