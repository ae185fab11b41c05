package cluster

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"pitboss/data"
)

// Model is what was learned from labelled families: how views weigh, where
// groups end, and what a similarity is worth as a probability. It is shipped
// with the program; docs/quality.md says how it was learned and how it is
// checked.
type Model struct {
	Version  string `json:"version"` // names the model epoch
	Template Layer  `json:"template"`
	Builder  Layer  `json:"builder"`
}

// Layer is the part of a model for one layer.
type Layer struct {
	Views map[string]float64 `json:"views"` // weight of each view in the similarity
	Power float64            `json:"power"` // a view's Jaccard similarity is raised to it before averaging
	Floor float64            `json:"floor"` // least mean similarity of two groups that are joined, 0–1
	Gap   float64            `json:"gap"`   // least share of the tighter group's inner similarity; 0: not looked at
	// Calibration: log-odds (natural) that a pair belongs together are
	// Intercept + Slope · ln(similarity).
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"`
}

//go:embed model.json
var modelFile []byte

// DefaultModel returns the model that is shipped with the program.
func DefaultModel() (Model, error) {
	return ParseModel(modelFile)
}

// ParseModel reads and checks a model file.
func ParseModel(b []byte) (Model, error) {
	var m Model
	if err := json.Unmarshal(b, &m); err != nil {
		return Model{}, fmt.Errorf("read model: %w", err)
	}
	for name, l := range map[string]Layer{"template": m.Template, "builder": m.Builder} {
		if err := l.validate(); err != nil {
			return Model{}, fmt.Errorf("model, layer %s: %w", name, err)
		}
	}
	if m.Version == "" {
		return Model{}, fmt.Errorf("%w: model without a version", data.ErrInvalid)
	}
	return m, nil
}

func (l Layer) validate() error {
	known := map[string]bool{}
	for _, name := range viewNames {
		known[name] = true
	}
	sum := 0.0
	for name, w := range l.Views {
		if !known[name] {
			return fmt.Errorf("%w: unknown view %q", data.ErrInvalid, name)
		}
		if w < 0 || math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("%w: weight of view %q is %v", data.ErrInvalid, name, w)
		}
		sum += w
	}
	switch {
	case sum == 0:
		return fmt.Errorf("%w: no view has a weight", data.ErrInvalid)
	case l.Floor <= 0 || l.Floor > 1 || l.Gap < 0 || l.Gap > 1 || l.Power <= 0 || l.Power > 1:
		return fmt.Errorf("%w: floor %v, gap %v or power %v is outside 0–1", data.ErrInvalid, l.Floor, l.Gap, l.Power)
	case l.Slope <= 0:
		return fmt.Errorf("%w: slope %v: more alike must not be less likely", data.ErrInvalid, l.Slope)
	}
	return nil
}

// weights returns the view weights as whole numbers that sum to about a
// million, so that similarities are integers.
func (l Layer) weights() [views]int64 {
	sum := 0.0
	for _, w := range l.Views {
		sum += w
	}
	var out [views]int64
	for v, name := range viewNames {
		out[v] = int64(math.Round(l.Views[name] / sum * ppm))
	}
	return out
}

// rules returns where the layer's groups end.
func (l *Layer) rules() rules {
	return rules{floor: int64(l.Floor * ppm), gap: int64(l.Gap * 1000)}
}

// ViewNames returns the views that a layer may weigh.
func ViewNames() []string { return slices.Clone(viewNames[:]) }

// logOdds returns the calibrated log-odds of a similarity, in milli-bits.
func (l Layer) logOdds(similarity int64) data.MilliBits {
	s := max(float64(similarity)/ppm, 1e-4)
	return data.MilliBits(math.Round(1000 * (l.Intercept + l.Slope*math.Log(s)) / math.Ln2))
}

// probability turns log-odds in milli-bits into a probability.
func probability(w data.MilliBits) float64 {
	p := 1 / (1 + math.Exp2(-float64(w)/1000))
	return math.Round(p*1e4) / 1e4
}
