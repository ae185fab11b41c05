package fingerprint

import (
	"bufio"
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// belief is what is held of a signal's weight before any page is seen: its
// sign, which training may not turn, and the mean that the regularisation
// pulls to. Signals that the training data hardly show keep about their prior.
type belief struct {
	name  string
	sign  int     // +1: never lowers the odds; -1: never raises them
	prior float64 // log-odds per unit
}

// beliefs lists the signals in the order in which they are computed.
func beliefs() []belief {
	return []belief{
		{"core-in-title", 1, 1.5}, {"game-in-title", 1, 0.8},
		{"core-in-meta", 1, 1.0}, {"game-in-meta", 1, 0.5},
		{"core-in-headings", 1, 0.8}, {"game-in-headings", 1, 0.4},
		{"core-in-links", 1, 0.8}, {"game-in-links", 1, 0.4},
		{"core-terms", 1, 0.9}, {"core-density", 1, 0.5},
		{"game-terms", 1, 0.5}, {"game-density", 1, 0.25},
		{"money-with-games", 1, 0.6}, {"promo-with-games", 1, 0.6},
		{"affiliate-with-games", 1, 0.5}, {"builder-with-games", 1, 0.8},
		{"providers", 1, 1.2}, {"licence-claim", 1, 0.7}, {"messenger-with-games", 1, 0.4},
		{"brand-in-title", 1, 1.8}, {"host-name", 1, 0.6},
		{"join-code-form", 1, 1.2}, {"bank-form", 1, 1.2},
		{"interface-words", 1, 0.8}, {"interface-money", 1, 0.6},
		{"core-in-scripts", 1, 0.5}, {"core-hidden", 1, 0.4},
		{"prevention", -1, -0.8}, {"news", -1, -0.6}, {"sport", -1, -0.3}, {"crypto", -1, -0.3},
		{"video-games", -1, -0.5}, {"venue", -1, -0.4}, {"demo", -1, -0.7},
		{"prevention-topic", -1, -2.5}, {"article", -1, -0.8}, {"other-text", -1, -0.3}, {"games-only", -1, -1.0},
	}
}

// model is a logistic regression: the log-odds are the bias plus the sum of
// weight times signal. Nothing else enters.
type model struct {
	bias    float64
	weights map[string]float64
}

//go:embed assess_weights.tsv
var weightsFile string

// loadModel reads the trained weights.
var loadModel = sync.OnceValue(func() model {
	m, err := parseModel(weightsFile)
	if err != nil {
		panic(fmt.Sprintf("assess_weights.tsv: %v", err)) // part of the program; a test reads it
	}
	return m
})

func parseModel(text string) (model, error) {
	m := model{weights: map[string]float64{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(line, "\t")
		w, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return m, fmt.Errorf("weight of %q: %w", name, err)
		}
		if name == "bias" {
			m.bias = w
		} else {
			m.weights[name] = w
		}
	}
	return m, lines.Err()
}

// logOdds returns the log-odds that a capture with these signals is of a site
// that offers or promotes gambling.
func (m model) logOdds(signals []Signal) float64 {
	sum := m.bias
	for _, s := range signals {
		sum += m.weights[s.Name] * s.Value
	}
	return sum
}

func probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// example is one labelled capture of the training.
type example struct {
	host, group string
	gambling    bool
	signals     []Signal
	weight      float64
}

// train fits the model: logistic regression by projected gradient descent with
// weights w minimising
//
//	Σ weight·logloss + λ/2·Σ (w - prior)²,   sign(w) as believed.
//
// The bias is not regularised. It is deterministic.
func train(examples []example, lambda float64) model {
	prior := beliefs()
	x := make([][]float64, len(examples))
	for i, e := range examples {
		x[i] = make([]float64, len(prior))
		for j := range e.signals {
			x[i][j] = e.signals[j].Value
		}
	}
	w, bias := make([]float64, len(prior)), -3.0
	for j, b := range prior {
		w[j] = b.prior
	}
	step := make([]float64, len(prior)+1) // sums of squares, as AdaGrad keeps them
	for range 4_000 {
		grad, gradBias := gradient(examples, x, w, bias, prior, lambda)
		for j, g := range grad {
			step[j] += g * g
			w[j] -= 0.3 * g / math.Sqrt(step[j]+1e-9)
			if w[j]*float64(prior[j].sign) < 0 {
				w[j] = 0
			}
		}
		step[len(prior)] += gradBias * gradBias
		bias -= 0.3 * gradBias / math.Sqrt(step[len(prior)]+1e-9)
	}
	m := model{bias: bias, weights: map[string]float64{}}
	for j, b := range prior {
		m.weights[b.name] = w[j]
	}
	return m
}

func gradient(examples []example, x [][]float64, w []float64, bias float64, prior []belief, lambda float64) (grad []float64, gradBias float64) {
	grad = make([]float64, len(w))
	for j, b := range prior {
		grad[j] = lambda * (w[j] - b.prior)
	}
	for i, e := range examples {
		sum := bias
		for j, v := range x[i] {
			sum += w[j] * v
		}
		miss := probability(sum)
		if e.gambling {
			miss--
		}
		miss *= e.weight
		gradBias += miss
		for j, v := range x[i] {
			grad[j] += miss * v
		}
	}
	return grad, gradBias
}
