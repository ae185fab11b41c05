package eval

import (
	"math"

	"pitboss/cluster"
	"pitboss/data"
)

// point is a pair for the calibration: ln(similarity), whether it belongs
// together, and the folds of its sites.
type point struct {
	x, y         float64
	foldA, foldB int
}

// fitCalibration learns what a similarity is worth, writes it into the layer
// and returns the figures in which each pair was judged by a curve learned
// without its families.
func fitCalibration(pairs []cluster.Pair, labels map[string]*Label, layer data.Layer, minTrust Trust, l *cluster.Layer) Calibration {
	var points []point
	for _, p := range pairs {
		a, b := labels[p.A], labels[p.B]
		if same, known := sameGroup(a, b, layer, minTrust); known {
			points = append(points, point{math.Log(math.Max(p.Similarity, 1e-4)), same, foldOf(a), foldOf(b)})
		}
	}
	var judged []outcome
	for fold := range folds {
		var others []point
		for _, p := range points {
			if p.foldA != fold && p.foldB != fold {
				others = append(others, p)
			}
		}
		intercept, slope := logistic(others)
		for _, p := range points {
			if p.foldA == fold {
				judged = append(judged, outcome{1 / (1 + math.Exp(-intercept-slope*p.x)), p.y})
			}
		}
	}
	l.Intercept, l.Slope = logistic(points)
	return calibrate(judged)
}

// newtonSteps is enough for two parameters to settle.
const newtonSteps = 60

// logistic fits log-odds = intercept + slope·x by damped Newton steps with a
// small ridge, and rounds to two digits: more would not be knowledge.
func logistic(points []point) (intercept, slope float64) {
	const ridge = 1e-3
	slope = 1
	for range newtonSteps {
		ga, gb := -ridge*intercept, -ridge*slope
		haa, hab, hbb := ridge, 0.0, ridge
		for _, p := range points {
			q := 1 / (1 + math.Exp(-intercept-slope*p.x))
			w := q * (1 - q)
			ga += p.y - q
			gb += (p.y - q) * p.x
			haa += w
			hab += w * p.x
			hbb += w * p.x * p.x
		}
		det := haa*hbb - hab*hab
		if det <= 0 || math.IsNaN(det) {
			break
		}
		intercept += 0.5 * (hbb*ga - hab*gb) / det
		slope += 0.5 * (haa*gb - hab*ga) / det
	}
	return math.Round(intercept*100) / 100, math.Round(slope*100) / 100
}
