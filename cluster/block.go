package cluster

import "sort"

const (
	// smallSpace is the number of profiles up to which pairs are not rationed.
	smallSpace = 1500
	// maxPosting is the most profiles a token may be in to propose pairs in a
	// larger space: what is in more ties nobody.
	maxPosting = 256
	// maxCandidates bounds the pairs one profile proposes in a larger space.
	maxCandidates = 200
)

// limits returns the longest posting that proposes pairs and the most pairs a
// profile proposes.
func limits(profiles int) (posting, most int) {
	if profiles <= smallSpace {
		return max(maxPosting, profiles/2), profiles
	}
	return maxPosting, maxCandidates
}

// candidates returns the pairs worth comparing, a < b, in order: for each
// profile the others with which it shares the most rarity, over tokens that are
// not in too many profiles (see limits). One rare shared block is
// enough to make a pair, however unlike the rest is.
func (s *space) candidates() [][2]int {
	longest, most := limits(len(s.profiles))
	postings := s.postings(longest)
	pairs := map[[2]int]bool{}
	score := make([]int64, len(s.profiles))
	for i := range s.profiles {
		touched := make([]int, 0, 256)
		for _, ids := range s.profiles[i] {
			for _, id := range ids {
				for _, j := range postings[id] {
					if int(j) == i {
						continue
					}
					if score[j] == 0 {
						touched = append(touched, int(j))
					}
					score[j] += int64(s.weight[id])
				}
			}
		}
		for _, j := range best(touched, score, most) {
			pairs[[2]int{min(i, j), max(i, j)}] = true
		}
		for _, j := range touched {
			score[j] = 0
		}
	}
	out := make([][2]int, 0, len(pairs))
	for pair := range pairs {
		out = append(out, pair)
	}
	sortPairs(out)
	return out
}

func sortPairs(pairs [][2]int) {
	sort.Slice(pairs, func(a, b int) bool {
		return pairs[a][0] < pairs[b][0] || pairs[a][0] == pairs[b][0] && pairs[a][1] < pairs[b][1]
	})
}

// postings lists, for each token that is rare enough, the profiles that have it.
func (s *space) postings(longest int) [][]int32 {
	out := make([][]int32, len(s.weight))
	for i, p := range s.profiles {
		for _, ids := range p {
			for _, id := range ids {
				if s.weight[id] > 0 && len(out[id]) <= longest {
					out[id] = append(out[id], int32(i))
				}
			}
		}
	}
	for id := range out {
		if len(out[id]) > longest {
			out[id] = nil
		}
	}
	return out
}

// best sorts by score, highest first, and keeps the first most.
func best(nodes []int, score []int64, most int) []int {
	sort.Slice(nodes, func(a, b int) bool {
		x, y := nodes[a], nodes[b]
		return score[x] > score[y] || score[x] == score[y] && x < y
	})
	return nodes[:min(len(nodes), most)]
}
