package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// ledgerOf is what the cluster room writes about a pair: heaviest first, then
// what it started from and what became of it.
func ledgerOf(shared string) []data.Evidence {
	return []data.Evidence{
		{Kind: "view:name", Value: shared, Detail: "ids, globals and data attributes: 70% alike, 20 shared", Weight: 6600},
		{Kind: data.KindWallet, Value: "tron:T1", Detail: "the same identifier stands on 5 sites", Weight: 4000},
		{Kind: "view:tree", Value: "05204a156cf5f7e6", Detail: "page blocks: 22% alike", Weight: 2000},
		{Kind: data.KindTelegram, Value: "boss", Detail: "on 3 sites", Weight: 1000},
		{Kind: kindPrior, Detail: "what two sites with next to nothing in common start from", Weight: -10000},
		{Kind: kindOutcome, Detail: "one builder"},
	}
}

func TestEvidenceReadsFromStartToOutcome(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := newApp(nil, &out, nil, nil).showEvidence(ledgerOf("form_masuk")); err != nil {
		t.Fatal(err)
	}
	want := " BITS  EVIDENCE         DETAIL\n" +
		"-10.0  start            what two sites with next to nothing in common start from\n" +
		" +6.6  ids and globals  form_masuk  70% alike, 20 shared\n" +
		" +4.0  wallet           tron:T1  the same identifier stands on 5 sites\n" +
		" +2.0  page blocks      22% alike\n" +
		" +1.0  telegram         boss  on 3 sites\n" +
		" +3.6  together\n" +
		"Outcome: one builder\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}

func TestEvidenceOfNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := newApp(nil, &out, nil, nil).showEvidence(nil); err != nil || out.String() != "  no evidence is recorded\n" {
		t.Errorf("showed %q, %v", out.String(), err)
	}
}

func TestWhyInOneLine(t *testing.T) {
	t.Parallel()
	const want = "ids and globals +6.6 form_masuk; wallet +4.0 tron:T1; page blocks +2.0; 1 more"
	if got := why(ledgerOf("form_masuk")); got != want {
		t.Errorf("why %q, want %q", got, want)
	}
	if got := why(nil); got != "" {
		t.Errorf("no evidence gives %q", got)
	}
}

func TestLedgersBringEqualReasonsTogether(t *testing.T) {
	t.Parallel()
	other := ledgerOf("form_masuk")
	other[1].Value = "tron:T2"
	got := ledgers([]data.Member{
		{Host: "lone.example", Evidence: other},
		{Host: "a.example", Evidence: ledgerOf("form_masuk")},
		{Host: "b.example", Evidence: ledgerOf("another value of the same view")},
	})
	var hosts [][]string
	for _, l := range got {
		hosts = append(hosts, l.hosts)
	}
	if diff := cmp.Diff([][]string{{"a.example", "b.example"}, {"lone.example"}}, hosts); diff != "" {
		t.Errorf("ledgers (-want +got):\n%s", diff)
	}
}
