package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pitboss/cluster"
)

func TestLearnRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"no labels":   {"learn"},
		"no trials":   {"learn", "--labels", "x", "--trials", "0"},
		"odd trust":   {"learn", "--labels", "x", "--min-trust", "some"},
		"an argument": {"learn", "x"},
	} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), append([]string{"--data", dir}, args...), strings.NewReader(""), &out, &errs); code != 2 {
			t.Errorf("%s: exit code %d, want 2: %s", name, code, errs.String())
		}
	}
}

// TestLearnWritesAModelThatClusterReads learns from a made-up web with few
// trials: the figures do not matter here, that they are out of fold and that
// the model can be used does.
func TestLearnWritesAModelThatClusterReads(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("crawls a made-up web")
	}
	dir := filepath.Join(t.TempDir(), "demo")
	model := filepath.Join(t.TempDir(), "model.json")
	ok := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(context.Background(), append([]string{"--data", dir}, args...), strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	ok("demo")
	printed := ok("learn", "--labels", filepath.Join(dir, "labels.tsv"), "--trials", "2", "-o", model)
	if !strings.Contains(printed, "out of fold") || !strings.Contains(printed, "builder   B³ precision") {
		t.Errorf("printed %q", printed)
	}
	b, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cluster.ParseModel(b)
	if err != nil || m.Builder.Slope <= 0 {
		t.Errorf("model %+v, error %v", m, err)
	}
	if got := ok("--model", model, "cluster", "--json"); !strings.Contains(got, m.Version) {
		t.Errorf("cluster --model printed %q, want the epoch %s", got, m.Version)
	}
}
