package eval

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Bagga & Baldwin 1998, section 3.1: twelve mentions of three entities, and
// two answers that the older MUC score cannot tell apart.
var (
	baggaTruth  = []int{0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2}
	baggaFirst  = []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}
	baggaSecond = []int{0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}
)

func TestBCubed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name              string
		truth, found      []int
		precision, recall float64
	}{
		{"Bagga & Baldwin 1998, first answer: 76.2%", baggaTruth, baggaFirst, 16.0 / 21, 1},
		{"Bagga & Baldwin 1998, second answer: 58.3%", baggaTruth, baggaSecond, 7.0 / 12, 1},
		{"turned round, precision and recall change places", baggaFirst, baggaTruth, 1, 16.0 / 21},
		{"by hand: one of three strayed", []int{0, 0, 0, 1, 1}, []int{0, 0, 1, 1, 1}, (1 + 1 + 1.0/3 + 2.0/3 + 2.0/3) / 5, (2.0/3 + 2.0/3 + 1.0/3 + 1 + 1) / 5},
		{"everything in one", []int{0, 0, 1, 2}, []int{0, 0, 0, 0}, (0.5 + 0.5 + 0.25 + 0.25) / 4, 1},
		{"everything alone", []int{0, 0, 1, 2}, []int{0, 1, 2, 3}, 1, 0.75},
	} {
		s := Compare(tc.truth, tc.found, 0)
		near(t, tc.name+": precision", s.B3Precision, tc.precision, 1e-12)
		near(t, tc.name+": recall", s.B3Recall, tc.recall, 1e-12)
		near(t, tc.name+": F1", s.B3F1, 2*tc.precision*tc.recall/(tc.precision+tc.recall), 1e-12)
	}
}

// The values are those that scikit-learn 1.5 documents (user guide 2.3.11 and
// the docstrings) or asserts in its own tests (test_supervised.py), as precise
// as they are printed there.
func TestScikitLearnValues(t *testing.T) {
	t.Parallel()
	guide := []int{0, 0, 0, 1, 1, 1}
	for _, tc := range []struct {
		name         string
		truth, found []int
		of           func(Scores) float64
		want, within float64
	}{
		{"user guide, ARI", guide, []int{0, 0, 1, 1, 2, 2}, ari, 0.24, 0.005},
		{"user guide, ARI in full", guide, []int{0, 0, 1, 1, 2, 2}, ari, 8.0 / 33, 1e-12},
		{"user guide since 0.22 (arithmetic mean), AMI", guide, []int{0, 0, 1, 1, 2, 2}, ami, 0.298792, 5e-7},
		{"user guide, homogeneity", guide, []int{0, 0, 1, 1, 2, 2}, homogeneity, 0.66, 0.01},
		{"user guide, completeness", guide, []int{0, 0, 1, 1, 2, 2}, completeness, 0.42, 0.005},
		{"user guide, V-measure", guide, []int{0, 0, 1, 1, 2, 2}, vMeasure, 0.516, 0.0005},
		{"user guide, completeness of a split class", guide, []int{0, 0, 0, 1, 2, 2}, completeness, 0.68, 0.01},
		{"user guide, V-measure of a split class", guide, []int{0, 0, 0, 1, 2, 2}, vMeasure, 0.81, 0.005},
		{"user guide, AMI of independent labels", []int{0, 1, 2, 0, 3, 4, 5, 1}, []int{1, 1, 0, 0, 2, 2, 2, 2}, ami, -1.0 / 6, 1e-9},
		{"user guide, ARI of independent labels", []int{0, 0, 0, 0, 0, 0, 1, 1}, []int{0, 1, 2, 3, 4, 5, 5, 6}, ari, -0.07, 0.005},
		{"docstring, ARI of an incomplete answer", []int{0, 0, 1, 1}, []int{0, 0, 1, 2}, ari, 0.57, 0.005},
		{"docstring, ARI of an impure answer", []int{0, 0, 1, 2}, []int{0, 0, 1, 1}, ari, 0.57, 0.005},
		{"docstring, ARI of discordant labels", []int{0, 0, 1, 1}, []int{0, 1, 0, 1}, ari, -0.5, 1e-12},
		{"docstring, V-measure of an incomplete answer", []int{0, 0, 1, 1}, []int{0, 0, 1, 2}, vMeasure, 0.8, 0.0005},
		{"test_adjusted_mutual_info_score", sklearnA, sklearnB, ami, 0.27821, 5e-6},
	} {
		near(t, tc.name, tc.of(Compare(tc.truth, tc.found, 0)), tc.want, tc.within)
	}
	// Before 0.22 the guide printed the same example normalised by the larger entropy.
	old := newTable(guide, []int{0, 0, 1, 1, 2, 2})
	expected := expectedInformation(old)
	near(t, "user guide before 0.22, AMI", (mutual(guide, []int{0, 0, 1, 1, 2, 2})-expected)/(entropy(old.cols, old.n)-expected), 0.22504, 5e-6)
	near(t, "test_expected_mutual_info", expectedInformation(newTable(sklearnA, sklearnB)), 0.15042, 5e-6)
}

var (
	sklearnA = []int{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}
	sklearnB = []int{0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 2, 0, 2, 2, 2, 1, 1}
)

func ari(s Scores) float64          { return s.ARI }
func ami(s Scores) float64          { return s.AMI }
func homogeneity(s Scores) float64  { return s.Homogeneity }
func completeness(s Scores) float64 { return s.Completeness }
func vMeasure(s Scores) float64     { return s.VMeasure }

// The closed formula of the expectation is checked against its definition: the
// mean of the mutual information over all orders of one side.
func TestExpectedInformationIsTheMeanOverAllOrders(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ a, b []int }{
		{[]int{0, 0, 0, 1, 1, 1}, []int{0, 0, 1, 1, 2, 2}},
		{[]int{0, 0, 0, 0, 1, 2}, []int{0, 0, 0, 0, 0, 1}},
		{[]int{0, 1, 2, 3, 4, 5, 6}, []int{0, 0, 1, 1, 2, 2, 2}},
	} {
		sum, n := 0.0, 0
		permutations(slices.Clone(tc.b), func(b []int) {
			sum += mutual(tc.a, b)
			n++
		})
		near(t, "expected information", expectedInformation(newTable(tc.a, tc.b)), sum/float64(n), 1e-9)
	}
}

// mutual is the definition of mutual information, in nats.
func mutual(a, b []int) float64 {
	n, sum := float64(len(a)), 0.0
	for x := range 1 + slices.Max(a) {
		for y := range 1 + slices.Max(b) {
			var inA, inB, both float64
			for i := range a {
				if a[i] == x {
					inA++
				}
				if b[i] == y {
					inB++
				}
				if a[i] == x && b[i] == y {
					both++
				}
			}
			if both > 0 {
				sum += both / n * math.Log(both*n/(inA*inB))
			}
		}
	}
	return sum
}

func permutations(xs []int, visit func([]int)) {
	var rec func(k int)
	rec = func(k int) {
		if k == len(xs) {
			visit(xs)
			return
		}
		for i := k; i < len(xs); i++ {
			xs[k], xs[i] = xs[i], xs[k]
			rec(k + 1)
			xs[k], xs[i] = xs[i], xs[k]
		}
	}
	rec(0)
}

func TestDegeneratePartitions(t *testing.T) {
	t.Parallel()
	one, alone := []int{0, 0, 0, 0}, []int{0, 1, 2, 3}
	big := make([]int, 2000)
	for i := range big {
		big[i] = i
	}
	perfect := func(sites, groups int) Scores {
		return Scores{
			Sites: sites, Families: groups, Found: groups, B3Precision: 1, B3Recall: 1, B3F1: 1, B3F1Low: 1, B3F1High: 1,
			ARI: 1, ARILow: 1, ARIHigh: 1, AMI: 1, VMeasure: 1, Homogeneity: 1, Completeness: 1, SinglesAlone: 1,
		}
	}
	for _, tc := range []struct {
		name         string
		truth, found []int
		want         Scores
	}{
		{"nothing", nil, nil, Scores{SinglesAlone: 1}},
		{"one site", []int{0}, []int{0}, perfect(1, 0)},
		{"both all in one", one, one, perfect(4, 1)},
		{"both all alone", alone, alone, perfect(4, 0)},
		{"two thousand alone", big, big, perfect(2000, 0)},
		{"split into all alone", one, alone, Scores{
			Sites: 4, Families: 1, B3Precision: 1, B3Recall: 0.25, B3F1: 0.4, B3F1Low: 0.4, B3F1High: 0.4,
			Homogeneity: 1, SinglesAlone: 1,
		}},
		{"all merged into one", alone, one, Scores{
			Sites: 4, Found: 1, B3Precision: 0.25, B3Recall: 1, B3F1: 0.4, B3F1Low: 0.4, B3F1High: 0.4,
			Completeness: 1, FalseMerge: 3,
		}},
	} {
		got := Compare(tc.truth, tc.found, 0)
		if d := cmp.Diff(tc.want, got, cmpopts.EquateApprox(0, 1e-9)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

func TestFalseMergeAndSinglesAlone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name         string
		truth, found []int
		merge        int
		alone        float64
	}{
		{"three families of two in one group: four are not of its majority", []int{0, 0, 1, 1, 2, 2}, []int{0, 0, 0, 0, 0, 0}, 4, 1},
		{"the worst group counts, not the sum", []int{0, 0, 0, 1, 2, 2, 2, 3, 3}, []int{0, 0, 0, 0, 1, 1, 1, 1, 1}, 2, 0},
		{"a single swallowed, a single left", []int{0, 0, 1, 2}, []int{0, 0, 0, 1}, 1, 0.5},
		{"two singles found together are not alone", []int{0, 1, 2, 2}, []int{0, 0, 1, 1}, 1, 0},
		{"a split is no merge", []int{0, 0, 0, 0}, []int{0, 0, 1, 1}, 0, 1},
	} {
		s := Compare(tc.truth, tc.found, 0)
		if s.FalseMerge != tc.merge || s.SinglesAlone != tc.alone {
			t.Errorf("%s: false merge %d, alone %v; want %d, %v", tc.name, s.FalseMerge, s.SinglesAlone, tc.merge, tc.alone)
		}
	}
}

// partitionOf draws group numbers without holes, as Compare wants them.
func partitionOf(n int, label string) *rapid.Generator[[]int] {
	return rapid.Custom(func(t *rapid.T) []int {
		most := rapid.IntRange(1, n).Draw(t, label+" groups")
		return dense(rapid.SliceOfN(rapid.IntRange(0, most-1), n, n).Draw(t, label))
	})
}

func TestScoresDoNotDependOnOrderOrNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "sites")
		truth, found := partitionOf(n, "truth").Draw(t, "t"), partitionOf(n, "found").Draw(t, "f")
		order := rapid.Permutation(identityOf(n)).Draw(t, "order")
		rename := rapid.Permutation(identityOf(1+slices.Max(found))).Draw(t, "names")
		truth2, found2 := make([]int, n), make([]int, n)
		for i, j := range order {
			truth2[i], found2[i] = truth[j], rename[found[j]]
		}
		a, b := Compare(truth, found, 0), Compare(truth2, found2, 0)
		if d := cmp.Diff(a, b, cmpopts.EquateApprox(0, 1e-9)); d != "" {
			t.Fatalf("order or numbers change the scores:\n%s", d)
		}
	})
}

func TestScoresStayInTheirBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "sites")
		truth, found := partitionOf(n, "truth").Draw(t, "t"), partitionOf(n, "found").Draw(t, "f")
		s := Compare(truth, found, 20)
		for name, x := range map[string]float64{
			"precision": s.B3Precision, "recall": s.B3Recall, "F1": s.B3F1, "F1 low": s.B3F1Low, "F1 high": s.B3F1High,
			"homogeneity": s.Homogeneity, "completeness": s.Completeness, "V": s.VMeasure, "alone": s.SinglesAlone,
		} {
			if !(x >= -1e-9 && x <= 1+1e-9) {
				t.Fatalf("%s is %v", name, x)
			}
		}
		for name, x := range map[string]float64{"ARI": s.ARI, "AMI": s.AMI, "ARI low": s.ARILow, "ARI high": s.ARIHigh} {
			if !(x >= -1-1e-9 && x <= 1+1e-9) {
				t.Fatalf("%s is %v", name, x)
			}
		}
		if s.B3F1Low > s.B3F1High || s.ARILow > s.ARIHigh {
			t.Fatalf("an interval is turned round: %+v", s)
		}
		if same := Compare(truth, truth, 0); math.Abs(same.B3F1-1) > 1e-9 || math.Abs(same.ARI-1) > 1e-9 || math.Abs(same.AMI-1) > 1e-6 {
			t.Fatalf("a partition against itself: %+v", same)
		}
		back := Compare(found, truth, 0)
		near(t, "ARI is symmetric", s.ARI, back.ARI, 1e-9)
		near(t, "AMI is symmetric", s.AMI, back.AMI, 1e-9)
		near(t, "precision is the other's recall", s.B3Precision, back.B3Recall, 1e-9)
		near(t, "homogeneity is the other's completeness", s.Homogeneity, back.Completeness, 1e-9)
	})
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	truth, found := make([]int, 60), make([]int, 60)
	for i := range truth {
		truth[i] = i / 6
		found[i] = i / 6
		if i%6 == 0 && i%4 == 0 { // every other family loses a site to the first
			found[i] = 0
		}
	}
	s := Compare(truth, found, 500)
	if again := Compare(truth, found, 500); again != s {
		t.Errorf("two runs differ:\n%+v\n%+v", s, again)
	}
	if !(s.B3F1Low < s.B3F1 && s.B3F1 < s.B3F1High) || !(s.ARILow < s.ARI && s.ARI < s.ARIHigh) {
		t.Errorf("the figure is not within its interval: %+v", s)
	}
	if width := s.B3F1High - s.B3F1Low; width > 0.3 {
		t.Errorf("the interval of ten families is %v wide", width)
	}
	if point := Compare(truth, found, 0); point.B3F1Low != point.B3F1 || point.B3F1High != point.B3F1 {
		t.Errorf("without resamples the interval is not the point: %+v", point)
	}
	// A family drawn twice must not count as merged with itself.
	if perfect := Compare(truth, truth, 200); perfect.B3F1Low != 1 || perfect.ARILow != 1 {
		t.Errorf("a perfect answer has the interval %v–%v, ARI from %v", perfect.B3F1Low, perfect.B3F1High, perfect.ARILow)
	}
}

func identityOf(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

type tester interface {
	Helper()
	Errorf(format string, args ...any)
}

func near(t tester, name string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.12f, want %.12f", name, got, want)
	}
}
