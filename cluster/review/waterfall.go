package review

import (
	"fmt"

	"pitboss/data"
)

// waterfall is evidence added up term by term.
type waterfall struct {
	Terms []term
	Total data.MilliBits
	More  int // terms left out, their weight in Total
	Rest  data.MilliBits
}

// term is one step. X and W are its bar's place in a drawing that is a hundred
// units wide; Zero is where nothing is known yet.
type term struct {
	data.Evidence
	X, W, Zero string
	Against    bool
}

// fall lays evidence out. The scale spans everything that the running sum
// reaches.
func fall(evidence []data.Evidence) waterfall {
	var w waterfall
	low, high, sum := data.MilliBits(0), data.MilliBits(0), data.MilliBits(0)
	for i, e := range evidence {
		sum += e.Weight
		if i < maxEvidence {
			low, high = min(low, sum), max(high, sum)
		} else {
			w.More++
			w.Rest += e.Weight
		}
	}
	w.Total = sum
	span := float64(max(1, high-low))
	at := data.MilliBits(0)
	for _, e := range evidence[:len(evidence)-w.More] {
		from, to := at, at+e.Weight
		at = to
		left, right := float64(min(from, to)-low)*100/span, float64(max(from, to)-low)*100/span
		w.Terms = append(w.Terms, term{
			Evidence: e, Against: e.Weight < 0, Zero: fmt.Sprintf("%.2f", float64(-low)*100/span),
			X: fmt.Sprintf("%.2f", left), W: fmt.Sprintf("%.2f", max(0.6, right-left)),
		})
	}
	return w
}
