package review

import (
	"fmt"
	"strings"

	"pitboss/data"
)

// Two terms of a ledger are no evidence: what a pair starts from, and what
// became of it.
const (
	kindPrior   data.Kind = "prior"
	kindOutcome data.Kind = "outcome"
)

// waterfall is evidence added up term by term, from where it starts to what
// follows.
type waterfall struct {
	Terms   []term
	Total   data.MilliBits
	More    int // terms left out, their weight in Total
	Rest    data.MilliBits
	Outcome string
	Zero    string // where nothing speaks for or against, in the drawing
	End     string // where the sum ends
}

// term is one step. X and W are its bar's place in a drawing that is a hundred
// units wide. The start is a place, no step.
type term struct {
	data.Evidence

	X, W    string
	Against bool
	Start   bool
}

// fall lays evidence out: the start first, then what was found, heaviest first.
// The scale spans everything that the running sum reaches.
func fall(evidence []data.Evidence) waterfall {
	var w waterfall
	var steps []data.Evidence
	var outcomes []string
	for _, e := range evidence {
		if e.Kind == kindPrior {
			steps = append(steps, e)
		}
	}
	for _, e := range evidence {
		switch e.Kind {
		case kindPrior:
		case kindOutcome:
			outcomes = append(outcomes, e.Detail)
		default:
			steps = append(steps, e)
		}
	}
	w.Outcome = strings.Join(outcomes, "; ")
	if n := len(steps) - maxEvidence; n > 0 {
		w.More = n
		for _, e := range steps[maxEvidence:] {
			w.Rest += e.Weight
		}
		steps = steps[:maxEvidence]
	}
	w.draw(steps)
	return w
}

// draw places the steps on the scale.
func (w *waterfall) draw(steps []data.Evidence) {
	low, high, sum := data.MilliBits(0), data.MilliBits(0), data.MilliBits(0)
	for _, e := range steps {
		sum += e.Weight
		low, high = min(low, sum), max(high, sum)
	}
	w.Total = sum + w.Rest
	low, high = min(low, w.Total), max(high, w.Total)
	place := func(at data.MilliBits) float64 { return float64(at-low) * 100 / float64(max(1, high-low)) }
	const hair = 0.6 // the least width that can be seen
	mark := func(at data.MilliBits) string { return fmt.Sprintf("%.2f", min(place(at), 100-hair)) }
	w.Zero, w.End = mark(0), mark(w.Total)
	at := data.MilliBits(0)
	for _, e := range steps {
		from, to := at, at+e.Weight
		at = to
		t := term{Evidence: e, Against: e.Weight < 0, Start: e.Kind == kindPrior}
		left, width := place(min(from, to)), place(max(from, to))-place(min(from, to))
		if t.Start {
			t.Against, left, width = false, place(to), 0
		}
		t.X, t.W = fmt.Sprintf("%.2f", min(left, 100-hair)), fmt.Sprintf("%.2f", max(hair, width))
		w.Terms = append(w.Terms, t)
	}
}

// ledger is the waterfall of the members that are in a family for the same
// reasons.
type ledger struct {
	Members []*memberRow
	Fall    waterfall
}

// Sure is the confidence that the members have in common, or its range.
func (l ledger) Sure() string {
	low, high := l.Members[0].Member.Confidence, l.Members[0].Member.Confidence
	for _, m := range l.Members {
		low, high = min(low, m.Member.Confidence), max(high, m.Member.Confidence)
	}
	if percent(low) == percent(high) {
		return percent(low)
	}
	return percent(low) + " to " + percent(high)
}

// ledgers brings members together whose evidence is of the same kinds and
// weights, in the order of their first member. How alike whole views are makes
// them the same, whatever values each member shares there.
func ledgers(members []memberRow) []ledger {
	var out []ledger
	at := map[string]int{}
	for i := range members {
		m := &members[i]
		var key strings.Builder
		for _, e := range m.Member.Evidence {
			fmt.Fprintf(&key, "%s\x00%d\x00", e.Kind, e.Weight)
			if !strings.HasPrefix(string(e.Kind), "view:") {
				fmt.Fprintf(&key, "%s\x00%s\x00", e.Value, e.Detail)
			}
		}
		n, ok := at[key.String()]
		if !ok {
			n = len(out)
			at[key.String()] = n
			out = append(out, ledger{Fall: fall(m.Member.Evidence)})
		}
		out[n].Members = append(out[n].Members, m)
	}
	return out
}
