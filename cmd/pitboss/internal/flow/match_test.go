package flow_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
	"pitboss/fingerprint/rules"
)

func ruleSet(t *testing.T) *rules.Set {
	t.Helper()
	set, err := rules.Load(fstest.MapFS{
		"join.yml": {Data: []byte("title: Join\ndetection:\n  a:\n    html|contains: /member/join_ok.php\n  condition: a\n")},
		"rose.yml": {Data: []byte("title: Rose\ndetection:\n  a:\n    html|contains: Roses\n  b:\n    html|contains: nowhere\n  condition: a and not b\n")},
		"lack.yml": {Data: []byte("title: Lack\ndetection:\n  a:\n    hostname|startswith: lobby-\n  condition: not a\n")},
	}, "join.yml", "rose.yml", "lack.yml")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func matched(res flow.MatchResult) []string {
	var out []string
	for i := range res.Matches {
		m := &res.Matches[i]
		out = append(out, m.Host+" "+m.Rule.ID+" "+m.Where())
	}
	return out
}

func TestMatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir, flow.Options{})
	if _, err := h.Import(t.Context(), bytes.NewReader(warc(2)), "two.warc"); err != nil {
		t.Fatal(err)
	}
	res, err := h.Match(t.Context(), ruleSet(t), nil)
	if err != nil || res.Captures != 3 || res.Failed != 0 {
		t.Fatalf("%d captures, %d failed, error %v; want 3 captures", res.Captures, res.Failed, err)
	}
	form := `join html: lobby-grid hall-frame"><form id="joinBox" action="/member/join_ok.php"><input name="recomm_code"><input name="bank_owne`
	want := []string{
		"garden.test rose html: " + `ng="en"><head><title>Garden club</title></head><body><h1>Roses</h1><p>We meet on Mondays.</p></body></html>`,
		"garden.test lack by what is not there",
		"lobby-0.test " + form,
		"lobby-1.test " + form,
	}
	if diff := cmp.Diff(want, matched(res)); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}

	res, err = h.Match(t.Context(), ruleSet(t), []string{"lobby-1.test", "lobby-1.test"})
	if err != nil || res.Captures != 1 || len(res.Matches) != 1 {
		t.Errorf("one site: %+v, %v", res, err)
	}
	if _, err = h.Match(t.Context(), ruleSet(t), []string{"never.test"}); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("unknown site: error %v, want ErrNotFound", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = h.Match(ctx, ruleSet(t), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

// TestMatchCountsWhatIsMissing takes the archive away under the store.
func TestMatchCountsWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir, flow.Options{})
	if _, err := h.Import(t.Context(), bytes.NewReader(warc(2)), "two.warc"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Store.AddCandidates(t.Context(), []data.Candidate{{Host: "later.test", Source: "list", How: "list", Added: now()}}); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "archive", "*.warc.gz"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("segments %v, error %v", segments, err)
	}
	for _, s := range segments {
		if err := os.Truncate(s, 100); err != nil {
			t.Fatal(err)
		}
	}
	res, err := h.Match(t.Context(), ruleSet(t), []string{"garden.test", "later.test", "lobby-0.test"})
	if err != nil || res.Failed != 3 || len(res.Problems) != 3 || len(res.Matches) != 0 {
		t.Errorf("%+v, error %v; want 3 sites failed and no error", res, err)
	}
}
