package eval

import (
	"math"
	"math/rand/v2"
	"testing"

	"pitboss/cluster"
	"pitboss/data"
)

func TestFoldsKeepFamiliesTogether(t *testing.T) {
	t.Parallel()
	a := &Label{Host: "a.example", Template: "t1", Builder: "b"}
	b := &Label{Host: "b.example", Template: "t2", Builder: "b"}
	if foldOf(a) != foldOf(b) {
		t.Error("two templates of one builder are in different folds")
	}
	c := &Label{Host: "c.example", Template: "t3"}
	d := &Label{Host: "d.example", Template: "t3", Builder: Unknown}
	if foldOf(c) != foldOf(d) {
		t.Error("two sites of one template are in different folds")
	}
	seen := map[int]bool{}
	for _, host := range []string{"e", "f", "g", "h", "i", "j", "k", "l", "m", "n"} {
		seen[foldOf(&Label{Host: host + ".example"})] = true
	}
	if len(seen) < 2 {
		t.Error("sites that stand alone all fall into one fold")
	}
}

func TestLogisticFindsTheCurveBehindItsPoints(t *testing.T) {
	t.Parallel()
	const intercept, slope = 2.0, 3.0
	rng := rand.New(rand.NewPCG(1, 2))
	points := make([]point, 20_000)
	for i := range points {
		x := rng.Float64()*4 - 3
		points[i].x = x
		if rng.Float64() < 1/(1+math.Exp(-intercept-slope*x)) {
			points[i].y = 1
		}
	}
	gotIntercept, gotSlope := logistic(points)
	if math.Abs(gotIntercept-intercept) > 0.2 || math.Abs(gotSlope-slope) > 0.2 {
		t.Errorf("logistic = %v, %v, want about %v, %v", gotIntercept, gotSlope, intercept, slope)
	}
}

func TestLogisticOfOneClassIsFinite(t *testing.T) {
	t.Parallel()
	for _, y := range []float64{0, 1} {
		a, b := logistic([]point{{x: -1, y: y}, {x: -2, y: y}})
		if math.IsNaN(a) || math.IsNaN(b) || math.IsInf(a, 0) || math.IsInf(b, 0) {
			t.Errorf("class %v: %v, %v", y, a, b)
		}
	}
}

func TestCalibrationErrorOfKnownOutcomes(t *testing.T) {
	t.Parallel()
	var honest, boastful []outcome
	for i := range 1500 {
		same := float64(i % 2)
		honest = append(honest, outcome{0.5, same})
		boastful = append(boastful, outcome{0.9, same})
	}
	if c := calibrate(honest); c.ECE > 1e-9 || math.Abs(c.Brier-0.25) > 1e-9 || c.Positives != 750 {
		t.Errorf("one half said and one half true: %+v", c)
	}
	if c := calibrate(boastful); math.Abs(c.ECE-0.4) > 1e-9 {
		t.Errorf("nine tenths said, one half true: %+v, want an error of 0.4", c)
	}
	if c := calibrate(nil); c != (Calibration{}) {
		t.Errorf("of nothing: %+v", c)
	}
}

// TestAPlateauBeatsASpike: the highest point on the edge of a cliff is not
// chosen over a lower one whose neighbours are as good.
func TestAPlateauBeatsASpike(t *testing.T) {
	t.Parallel()
	l := &learner{floors: []float64{1, 2, 3, 4, 5}, gaps: []float64{0}, sites: []sited{{}}}
	var grid []trial
	for i, f := range []float64{0.95, 0.2, 0.9, 0.9, 0.9} {
		grid = append(grid, trial{cluster.Layer{Floor: float64(i + 1)}, []contribution{{f, f}}})
	}
	best, f1 := l.plateau(grid, func(sited) bool { return true })
	if best.Floor != 4 && best.Floor != 5 || math.Abs(f1-0.9) > 1e-9 {
		t.Errorf("floor %v with %v, want one in the middle of the plateau", best.Floor, f1)
	}
}

func TestBlockingCountsPairsByFamily(t *testing.T) {
	t.Parallel()
	labels := map[string]*Label{}
	for _, l := range []Label{
		{Host: "a", Template: "t1", Builder: "b", Trust: TrustHigh}, {Host: "b", Template: "t1", Builder: "b", Trust: TrustHigh},
		{Host: "c", Template: "t2", Builder: "b", Trust: TrustHigh}, {Host: "d", Template: Unknown, Builder: "b", Trust: TrustLow},
		{Host: "e", Trust: TrustHigh},
	} {
		labels[l.Host] = &l
	}
	covered := func(a, b string) bool { return a+b == "ab" || a+b == "ba" }
	if share, n := coverage(labels, data.LayerTemplate, TrustMedium, false, covered); share != 1 || n != 1 {
		t.Errorf("template: %v of %d families, want 1 of 1", share, n)
	}
	if share, n := coverage(labels, data.LayerBuilder, TrustMedium, false, covered); math.Abs(share-1.0/3) > 1e-9 || n != 1 {
		t.Errorf("builder: %v of %d families, want a third of 1", share, n)
	}
	if share, _ := coverage(labels, data.LayerBuilder, TrustMedium, true, covered); share != 0 {
		t.Errorf("across skins: %v, want 0", share)
	}
}
