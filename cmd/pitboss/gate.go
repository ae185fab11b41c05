package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"pitboss/cluster/eval"
)

// tolerance is how far a figure may fall before it counts as worse.
const tolerance = 0.002

// errWorse: a figure is worse than the stored one.
var errWorse = errors.New("quality fell")

// figure is one headline figure of an evaluation.
type figure struct {
	name  string
	value float64
	lower bool // the lower the better
}

// figuresOf lists the headline figures in the order in which they are read.
func figuresOf(r eval.Report) []figure {
	var out []figure
	for _, l := range []struct {
		name string
		s    eval.Scores
	}{
		{"template", r.Template}, {"builder", r.Builder},
		{"template_gambling", r.TemplateGambling}, {"builder_gambling", r.BuilderGambling},
	} {
		out = append(out,
			figure{l.name + ".b3_precision", l.s.B3Precision, false}, figure{l.name + ".b3_recall", l.s.B3Recall, false},
			figure{l.name + ".b3_f1", l.s.B3F1, false}, figure{l.name + ".ari", l.s.ARI, false})
	}
	return append(out,
		figure{"operator.precision", r.Operator.Precision, false}, figure{"operator.recall", r.Operator.Recall, false},
		figure{"gambling.precision", r.Gambling.Precision, false}, figure{"gambling.recall", r.Gambling.Recall, false},
		figure{"gambling.f1", r.Gambling.F1, false}, figure{"gambling.false_positive_rate", r.Gambling.FalsePositiveRate, true})
}

// storeFigures writes the headline figures for a later compareFigures. They
// are rounded to four digits and hold no host.
func storeFigures(path string, figures []figure) error {
	var b bytes.Buffer
	b.WriteString("{\n")
	for i, f := range figures {
		comma := ","
		if i == len(figures)-1 {
			comma = ""
		}
		fmt.Fprintf(&b, "  %q: %.4f%s\n", f.name, f.value, comma)
	}
	b.WriteString("}\n")
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// compareFigures prints each figure beside the stored one. The error wraps
// errWorse when one fell by more than the tolerance.
func compareFigures(w io.Writer, path string, figures []figure) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("stored figures: %w", err)
	}
	var stored map[string]float64
	if err := json.Unmarshal(raw, &stored); err != nil {
		return fmt.Errorf("stored figures %s: %w", path, err)
	}
	t := newTable(column{head: "FIGURE"}, column{head: "STORED", right: true}, column{head: "NOW", right: true}, column{head: "CHANGE"})
	var worse []string
	for _, f := range figures {
		old, ok := stored[f.name]
		change := f.value - old
		verdict := ""
		switch gain := gainOf(f, change); {
		case !ok:
			verdict = "new"
		case gain < -tolerance:
			verdict = fmt.Sprintf("%+.4f worse", change)
			worse = append(worse, f.name)
		case gain > tolerance:
			verdict = fmt.Sprintf("%+.4f better", change)
		}
		t.add(f.name, fmt.Sprintf("%.4f", old), fmt.Sprintf("%.4f", f.value), verdict)
	}
	if err := t.write(w); err != nil {
		return err
	}
	if len(worse) > 0 {
		return withRemedy(fmt.Errorf("%w: %s", errWorse, strings.Join(worse, ", ")), "mend it, or store the new figures with a reason: eval --store %s", path)
	}
	return nil
}

func gainOf(f figure, change float64) float64 {
	if f.lower {
		return -change
	}
	return change
}
