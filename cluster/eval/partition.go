package eval

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Scores are the figures of one partition against the truth.
type Scores struct {
	Sites        int     `json:"sites"`    // sites that were counted
	Families     int     `json:"families"` // true groups of two or more
	Found        int     `json:"found"`    // found groups of two or more
	B3Precision  float64 `json:"b3_precision"`
	B3Recall     float64 `json:"b3_recall"`
	B3F1         float64 `json:"b3_f1"`
	B3F1Low      float64 `json:"b3_f1_low"`  // 2.5% bound of a bootstrap over true families
	B3F1High     float64 `json:"b3_f1_high"` // 97.5% bound
	ARI          float64 `json:"ari"`        // Hubert & Arabie 1985
	ARILow       float64 `json:"ari_low"`
	ARIHigh      float64 `json:"ari_high"`
	AMI          float64 `json:"ami"` // Vinh, Epps & Bailey 2010, arithmetic mean
	VMeasure     float64 `json:"v_measure"`
	Homogeneity  float64 `json:"homogeneity"`
	Completeness float64 `json:"completeness"`
	FalseMerge   int     `json:"largest_false_merge"` // most sites in one found group that are not of its majority
	SinglesAlone float64 `json:"singles_alone"`       // share of true singletons that were left alone; 1 when there are none
}

// table is a contingency table: rows are true groups, columns found ones.
type table struct {
	cells map[[2]int]int
	rows  []int
	cols  []int
	n     int
}

func newTable(truth, found []int) *table {
	t := &table{cells: map[[2]int]int{}, rows: make([]int, highest(truth)+1), cols: make([]int, highest(found)+1), n: len(truth)}
	for i := range truth {
		t.cells[[2]int{truth[i], found[i]}]++
		t.rows[truth[i]]++
		t.cols[found[i]]++
	}
	return t
}

func highest(xs []int) int {
	most := -1
	for _, x := range xs {
		most = max(most, x)
	}
	return most
}

// keys returns the cells' places in order, so that sums of floats are the same
// on every run.
func (t *table) keys() [][2]int {
	out := make([][2]int, 0, len(t.cells))
	for k := range t.cells {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i][0] < out[j][0] || out[i][0] == out[j][0] && out[i][1] < out[j][1]
	})
	return out
}

// Compare measures a found partition against the true one. Both give a group
// number for each site; bootstrap is the number of resamples for the intervals
// (0: none).
func Compare(truth, found []int, bootstrap int) Scores {
	if len(truth) == 0 {
		return Scores{SinglesAlone: 1}
	}
	t := newTable(truth, found)
	s := Scores{Sites: t.n, Families: many(t.rows), Found: many(t.cols)}
	s.B3Precision, s.B3Recall, s.B3F1 = bcubed(t)
	s.ARI = adjustedRand(t)
	s.AMI, s.Homogeneity, s.Completeness, s.VMeasure = information(t)
	s.FalseMerge = falseMerge(t)
	s.SinglesAlone = singlesAlone(t, truth, found)
	s.B3F1Low, s.B3F1High, s.ARILow, s.ARIHigh = s.B3F1, s.B3F1, s.ARI, s.ARI
	if bootstrap > 0 {
		intervals(&s, truth, found, bootstrap)
	}
	return s
}

func many(sizes []int) int {
	n := 0
	for _, c := range sizes {
		if c > 1 {
			n++
		}
	}
	return n
}

// bcubed computes B³ precision, recall and F1 (Bagga & Baldwin 1998): the mean
// over sites of the share of its found (true) group that is of its true
// (found) group.
func bcubed(t *table) (precision, recall, f1 float64) {
	for _, k := range t.keys() {
		c := float64(t.cells[k])
		precision += c * c / float64(t.cols[k[1]])
		recall += c * c / float64(t.rows[k[0]])
	}
	precision /= float64(t.n)
	recall /= float64(t.n)
	return precision, recall, 2 * precision * recall / (precision + recall)
}

func pairs(n int) float64 { return float64(n) * float64(n-1) / 2 }

func adjustedRand(t *table) float64 {
	var both, rows, cols float64
	for _, c := range t.cells {
		both += pairs(c) // whole numbers: exact in any order
	}
	for _, c := range t.rows {
		rows += pairs(c)
	}
	for _, c := range t.cols {
		cols += pairs(c)
	}
	all := pairs(t.n)
	if all == 0 {
		return 1
	}
	expected := rows * cols / all
	if limit := (rows + cols) / 2; limit != expected {
		return (both - expected) / (limit - expected)
	}
	return 1 // both partitions are trivial and equal
}

func entropy(sizes []int, n int) float64 {
	h := 0.0
	for _, c := range sizes {
		if c > 0 {
			p := float64(c) / float64(n)
			h -= p * math.Log(p)
		}
	}
	return h
}

func information(t *table) (ami, homogeneity, completeness, v float64) {
	n := float64(t.n)
	mi := 0.0
	for _, k := range t.keys() {
		c := float64(t.cells[k])
		mi += c / n * math.Log(c*n/(float64(t.rows[k[0]])*float64(t.cols[k[1]])))
	}
	hr, hc := entropy(t.rows, t.n), entropy(t.cols, t.n)
	homogeneity, completeness = 1, 1
	if hr > 0 {
		homogeneity = mi / hr
	}
	if hc > 0 {
		completeness = mi / hc
	}
	if homogeneity+completeness > 0 {
		v = 2 * homogeneity * completeness / (homogeneity + completeness)
	}
	expected := expectedInformation(t)
	ami = 1
	if mean := (hr + hc) / 2; math.Abs(mean-expected) > 1e-12 {
		ami = (mi - expected) / (mean - expected)
	}
	return ami, homogeneity, completeness, v
}

// expectedInformation is the mutual information of two random partitions with
// these group sizes (Vinh et al. 2010, eq. 24a), summed over distinct sizes.
func expectedInformation(t *table) float64 {
	n := t.n
	logFact := make([]float64, n+1)
	for i := 2; i <= n; i++ {
		logFact[i] = logFact[i-1] + math.Log(float64(i))
	}
	rows, cols := histogram(t.rows), histogram(t.cols)
	sum := 0.0
	for _, a := range rows {
		for _, b := range cols {
			part := 0.0
			for c := max(1, a.size+b.size-n); c <= min(a.size, b.size); c++ {
				logP := logFact[a.size] + logFact[b.size] + logFact[n-a.size] + logFact[n-b.size] -
					logFact[n] - logFact[c] - logFact[a.size-c] - logFact[b.size-c] - logFact[n-a.size-b.size+c]
				part += float64(c) / float64(n) * math.Log(float64(n)*float64(c)/(float64(a.size)*float64(b.size))) * math.Exp(logP)
			}
			sum += part * float64(a.count) * float64(b.count)
		}
	}
	return sum
}

type sizeCount struct{ size, count int }

func histogram(sizes []int) []sizeCount {
	count := map[int]int{}
	for _, s := range sizes {
		if s > 0 {
			count[s]++
		}
	}
	out := make([]sizeCount, 0, len(count))
	for s, c := range count {
		out = append(out, sizeCount{s, c})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].size < out[j].size })
	return out
}

func falseMerge(t *table) int {
	best := make([]int, len(t.cols))
	for k, c := range t.cells {
		best[k[1]] = max(best[k[1]], c)
	}
	most := 0
	for col, size := range t.cols {
		most = max(most, size-best[col])
	}
	return most
}

func singlesAlone(t *table, truth, found []int) float64 {
	singles, alone := 0, 0
	for i := range truth {
		if t.rows[truth[i]] != 1 {
			continue
		}
		singles++
		if t.cols[found[i]] == 1 {
			alone++
		}
	}
	if singles == 0 {
		return 1
	}
	return float64(alone) / float64(singles)
}

// intervals resamples the true families with replacement. The k-th copy of a
// family lies in the k-th copy of its found group: copies are no false merge of
// one another, while families that were merged stay so.
func intervals(s *Scores, truth, found []int, rounds int) {
	members := make([][]int, highest(truth)+1)
	for i, f := range truth {
		members[f] = append(members[f], i)
	}
	width := highest(found) + 1
	rng := rand.New(rand.NewPCG(1, 2)) // fixed: the same input gives the same interval
	f1s, aris := make([]float64, 0, rounds), make([]float64, 0, rounds)
	for range rounds {
		var rows, cols []int
		copies := make([]int, len(members))
		for draw := range members {
			family := rng.IntN(len(members))
			for _, i := range members[family] {
				rows = append(rows, draw)
				cols = append(cols, found[i]+copies[family]*width)
			}
			copies[family]++
		}
		t := newTable(rows, dense(cols))
		_, _, f1 := bcubed(t)
		f1s, aris = append(f1s, f1), append(aris, adjustedRand(t))
	}
	s.B3F1Low, s.B3F1High = quantile(f1s, 0.025), quantile(f1s, 0.975)
	s.ARILow, s.ARIHigh = quantile(aris, 0.025), quantile(aris, 0.975)
}

func dense(xs []int) []int {
	number := map[int]int{}
	out := make([]int, len(xs))
	for i, x := range xs {
		n, ok := number[x]
		if !ok {
			n = len(number)
			number[x] = n
		}
		out[i] = n
	}
	return out
}

func quantile(xs []float64, q float64) float64 {
	sort.Float64s(xs)
	return xs[min(len(xs)-1, int(q*float64(len(xs))))]
}
