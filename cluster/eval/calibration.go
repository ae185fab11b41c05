package eval

import (
	"math"
	"sort"

	"pitboss/cluster"
	"pitboss/data"
)

// Calibration says how far probabilities of blocked pairs can be believed.
type Calibration struct {
	Pairs     int     `json:"pairs"`     // blocked pairs whose truth is known, copies collapsed
	Positives int     `json:"positives"` // of them, pairs that belong together
	Brier     float64 `json:"brier"`     // mean squared error (Brier 1950)
	ECE       float64 `json:"ece"`       // expected calibration error over equal-mass bins (Naeini et al. 2015)
}

// calibrationBins is the number of bins of equal mass.
const calibrationBins = 15

type outcome struct {
	probability float64
	same        float64 // 1 or 0
}

func calibrate(outcomes []outcome) Calibration {
	c := Calibration{Pairs: len(outcomes)}
	if len(outcomes) == 0 {
		return c
	}
	sort.SliceStable(outcomes, func(i, j int) bool { return outcomes[i].probability < outcomes[j].probability })
	n := float64(len(outcomes))
	for bin := range calibrationBins {
		var said, was float64
		for _, o := range outcomes[bin*len(outcomes)/calibrationBins : (bin+1)*len(outcomes)/calibrationBins] {
			said += o.probability
			was += o.same
			c.Brier += (o.probability - o.same) * (o.probability - o.same) / n
			c.Positives += int(o.same)
		}
		c.ECE += math.Abs(said-was) / n
	}
	return c
}

// truthOf returns a layer's label of a site; known is false where it is left
// out of the figures.
func truthOf(l *Label, layer data.Layer, minTrust Trust) (name string, known bool) {
	name = l.Template
	if layer == data.LayerBuilder {
		name = l.Builder
	}
	return name, l.Trust >= minTrust && name != Unknown
}

// outcomes pairs what was said of blocked pairs with the truth.
func outcomes(pairs []cluster.Pair, labels map[string]*Label, layer data.Layer, minTrust Trust) []outcome {
	var out []outcome
	for _, p := range pairs {
		if same, known := sameGroup(labels[p.A], labels[p.B], layer, minTrust); known {
			out = append(out, outcome{p.Probability, same})
		}
	}
	return out
}

func sameGroup(a, b *Label, layer data.Layer, minTrust Trust) (same float64, known bool) {
	if a == nil || b == nil {
		return 0, false
	}
	x, okA := truthOf(a, layer, minTrust)
	y, okB := truthOf(b, layer, minTrust)
	if x != "" && x == y {
		same = 1
	}
	return same, okA && okB
}

// Blocking says what share of the true pairs became candidates.
type Blocking struct {
	Template     float64 `json:"template"`      // share, averaged by family
	Builder      float64 `json:"builder"`       // the same
	AcrossSkins  float64 `json:"across_skins"`  // builder pairs of different templates only
	PerSite      float64 `json:"per_site"`      // mean candidates of a site
	FamilyCounts [3]int  `json:"family_counts"` // families behind the three shares
}

// blocking measures a lab's candidates against the labels.
func blocking(lab *cluster.Lab, labels map[string]*Label, minTrust Trust) Blocking {
	covered, perSite := lab.Blocked()
	b := Blocking{PerSite: perSite}
	b.Template, b.FamilyCounts[0] = coverage(labels, data.LayerTemplate, minTrust, false, covered)
	b.Builder, b.FamilyCounts[1] = coverage(labels, data.LayerBuilder, minTrust, false, covered)
	b.AcrossSkins, b.FamilyCounts[2] = coverage(labels, data.LayerBuilder, minTrust, true, covered)
	return b
}

func coverage(labels map[string]*Label, layer data.Layer, minTrust Trust, acrossSkins bool, covered func(a, b string) bool) (share float64, families int) {
	members := map[string][]*Label{}
	for _, l := range labels {
		if name, known := truthOf(l, layer, minTrust); known && name != "" {
			members[name] = append(members[name], l)
		}
	}
	sum := 0.0
	for _, name := range sortedKeys(members) {
		pairs, hits := 0, 0
		for i, a := range members[name] {
			for _, b := range members[name][i+1:] {
				if acrossSkins && (a.Template == b.Template || a.Template == "" || b.Template == "") {
					continue
				}
				pairs++
				if covered(a.Host, b.Host) {
					hits++
				}
			}
		}
		if pairs > 0 {
			sum += float64(hits) / float64(pairs)
			families++
		}
	}
	if families == 0 {
		return 1, 0
	}
	return sum / float64(families), families
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
