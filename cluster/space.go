package cluster

import (
	"math"
	"sort"

	"pitboss/data"
)

// profile is what one node (a site, or a template as a whole) consists of: the
// ids of its tokens by view, ascending.
type profile [views][]int32

// vocabulary numbers tokens in their order, so that numbers depend on the set
// of tokens alone.
type vocabulary struct {
	tokens []token
	number map[token]int32
}

func newVocabulary(lists [][]token) *vocabulary {
	v := &vocabulary{number: map[token]int32{}}
	for _, list := range lists {
		for _, t := range list {
			v.number[t] = 0
		}
	}
	v.tokens = make([]token, 0, len(v.number))
	for t := range v.number {
		v.tokens = append(v.tokens, t)
	}
	sort.Slice(v.tokens, func(i, j int) bool { return v.tokens[i].before(v.tokens[j]) })
	for i, t := range v.tokens {
		v.number[t] = int32(i)
	}
	return v
}

func (v *vocabulary) profile(list []token) profile {
	var p profile
	for _, t := range list { // sorted, so numbers ascend
		p[t.view] = append(p[t.view], v.number[t])
	}
	return p
}

// space is a set of profiles in which rarity is defined.
type space struct {
	vocab    *vocabulary
	profiles []profile
	frequent []int32          // per token: distinct profiles that have it
	weight   []data.MilliBits // per token: log2(distinct profiles / frequency), 0 for what all have
	mass     [][views]int64   // per profile and view: sum of weights
	distinct int              // distinct profiles
}

// newSpace computes rarity. group numbers each profile's group: profiles of
// one group (exact copies) count once, so that a large builder does not make
// its own script common.
func newSpace(vocab *vocabulary, profiles []profile, group []int) *space {
	s := &space{vocab: vocab, profiles: profiles, frequent: make([]int32, len(vocab.tokens)), weight: make([]data.MilliBits, len(vocab.tokens))}
	last := make([]int32, len(vocab.tokens)) // 1 + the group that was counted last
	for _, i := range byGroup(group) {
		mark := int32(group[i]) + 1
		for _, ids := range profiles[i] {
			for _, id := range ids {
				if last[id] != mark {
					last[id] = mark
					s.frequent[id]++
				}
			}
		}
	}
	s.distinct = distinctOf(group)
	for id, n := range s.frequent {
		if n > 0 {
			s.weight[id] = rarity(s.distinct, int(n))
		}
	}
	s.mass = make([][views]int64, len(profiles))
	for i, p := range profiles {
		for v, ids := range p {
			for _, id := range ids {
				s.mass[i][v] += int64(s.weight[id])
			}
		}
	}
	return s
}

// rarity is the information of seeing a token that n of total have, in
// milli-bits, with one imagined further profile that has none of it.
func rarity(total, n int) data.MilliBits {
	return data.MilliBits(math.Round(1000 * math.Log2(float64(total+1)/float64(n))))
}

func byGroup(group []int) []int {
	order := make([]int, len(group))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return group[order[a]] < group[order[b]] })
	return order
}

func distinctOf(group []int) int {
	seen := map[int]bool{}
	for _, g := range group {
		seen[g] = true
	}
	return len(seen)
}

// shared sums the weights of the tokens that two profiles have in common in a
// view, in milli-bits.
func (s *space) shared(a, b int, v view) int64 {
	x, y := s.profiles[a][v], s.profiles[b][v]
	var sum int64
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			sum += int64(s.weight[x[i]])
			i++
			j++
		}
	}
	return sum
}

// ppm is the unit of similarity: a millionth.
const ppm = 1_000_000

// minMass is the least mass, in milli-bits, that a view must have on one side
// to have a say: below it, its agreement is chance and its absence says
// nothing.
const minMass = 8000

// alike is the weighted Jaccard similarity of two profiles in a view, in
// millionths; ok is false when the view has no say.
func (s *space) alike(a, b int, v view) (similarity int64, ok bool) {
	ma, mb := s.mass[a][v], s.mass[b][v]
	if max(ma, mb) < minMass {
		return 0, false
	}
	both := s.shared(a, b, v)
	return both * ppm / (ma + mb - both), true
}
