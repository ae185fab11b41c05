package main

import (
	"fmt"
	"strings"

	"pitboss/cluster/review"
	"pitboss/data"
)

// Two terms of a ledger are no evidence: what a pair starts from, and what
// became of it.
const (
	kindPrior   data.Kind = "prior"
	kindOutcome data.Kind = "outcome"
)

// evidenceName is what reviewers call a kind, on the pages too.
func evidenceName(k data.Kind) string { return review.KindName(k) }

// showEvidence prints a ledger as it is read: where one starts from, what was
// found, heaviest first, the sum, and what follows.
func (a *app) showEvidence(evidence []data.Evidence) error {
	t := newTable(column{head: "BITS", right: true}, column{head: "EVIDENCE"}, column{head: "DETAIL", most: 160})
	row := func(e data.Evidence) {
		t.add(fmt.Sprintf("%+.1f", float64(e.Weight)/1000), evidenceName(e.Kind), detailOf(e))
	}
	var sum data.MilliBits
	var outcomes []string
	for _, e := range evidence {
		sum += e.Weight
		switch e.Kind {
		case kindPrior:
			row(e)
		case kindOutcome:
			outcomes = append(outcomes, e.Detail)
		}
	}
	terms := 0
	for _, e := range evidence {
		if e.Kind != kindPrior && e.Kind != kindOutcome {
			row(e)
			terms++
		}
	}
	if len(t.rows) > 1 && sum != 0 {
		t.add(fmt.Sprintf("%+.1f", float64(sum)/1000), "together", "")
	}
	if terms == 0 && len(t.rows) == 0 && len(outcomes) == 0 {
		_, err := fmt.Fprintln(a.stdout, "  no evidence is recorded")
		return err
	}
	if len(t.rows) > 0 {
		if err := t.write(a.stdout); err != nil {
			return err
		}
	}
	for _, o := range outcomes {
		fmt.Fprintf(a.stdout, "Outcome: %s\n", sanitize(o))
	}
	return nil
}

// ofView reports evidence about a whole view of a site, not about one value.
func ofView(e data.Evidence) bool { return strings.HasPrefix(string(e.Kind), "view:") }

// detailOf leaves out the name of the view, which stands beside it, and adds
// the shared value where the sentence does not name it.
func detailOf(e data.Evidence) string {
	detail := e.Detail
	if _, after, ok := strings.Cut(detail, ": "); ok && ofView(e) {
		detail = after
	}
	value := telling(e.Value)
	if value == "" || strings.Contains(detail, value) {
		return detail
	}
	return strings.TrimSpace(value + "  " + detail)
}
