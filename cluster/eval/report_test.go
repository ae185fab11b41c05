package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pitboss/data"
)

func TestEmptyStandsAloneAndUnknownIsLeftOut(t *testing.T) {
	t.Parallel()
	labels := []Label{
		{Host: "a", Template: "t", Builder: "b", Trust: TrustHigh, Gambling: "yes"},
		{Host: "b", Template: "t", Builder: Unknown, Trust: TrustHigh, Gambling: "yes"},
		{Host: "c", Template: "", Builder: "b", Trust: TrustHigh, Gambling: "no"},
		{Host: "d", Template: "", Builder: "", Trust: TrustHigh, Gambling: "no"},
		{Host: "e", Template: Unknown, Builder: Unknown, Trust: TrustHigh, Gambling: "unknown"},
		{Host: "gone", Template: "t", Builder: "b", Trust: TrustHigh, Gambling: "unknown"},
	}
	found := []Found{
		{Host: "a", Template: "t1", Builder: "b1"}, {Host: "b", Template: "t1", Builder: "b1"}, {Host: "c", Builder: "b1"},
		{Host: "d"}, {Host: "e", Template: "t1", Builder: "b1"}, {Host: "nobody asked", Template: "t1", Builder: "b1"},
	}
	r := Evaluate(labels, found, TrustLow)
	if r.Labels != 6 || r.Missing != 1 {
		t.Errorf("%d labels, %d missing; want 6 and 1", r.Labels, r.Missing)
	}
	// Template: a, b and gone are one family, c and d stand alone; gone was not found.
	if s := r.Template; s.Sites != 5 || s.Families != 1 || s.Found != 1 || s.SinglesAlone != 1 || s.B3Precision != 1 {
		t.Errorf("template %+v", s)
	}
	near(t, "template recall", r.Template.B3Recall, (2.0/3+2.0/3+1.0/3+1+1)/5, 1e-12)
	// Builder: a, c and gone; d alone; b and e are left out though they were found with a.
	if s := r.Builder; s.Sites != 4 || s.Families != 1 || s.B3Precision != 1 || s.FalseMerge != 0 {
		t.Errorf("builder %+v", s)
	}
	if s := r.TemplateGambling; s.Sites != 2 || s.B3F1 != 1 {
		t.Errorf("template among gambling sites %+v", s)
	}
	if s := r.BuilderGambling; s.Sites != 1 {
		t.Errorf("builder among gambling sites %+v", s)
	}
}

func TestLowTrustIsLeftOut(t *testing.T) {
	t.Parallel()
	labels := []Label{
		{Host: "a", Template: "t", Builder: "b", Operator: "o", Gambling: "yes", Trust: TrustHigh},
		{Host: "b", Template: "t", Builder: "b", Operator: "o", Gambling: "yes", Trust: TrustMedium},
		{Host: "c", Template: "t", Builder: "b", Operator: "o", Gambling: "no", Trust: TrustLow},
	}
	found := []Found{{Host: "a", Gambling: 1}, {Host: "b", Gambling: 1}, {Host: "c", Gambling: 1}}
	for trust, want := range map[Trust]int{TrustLow: 3, TrustMedium: 2, TrustHigh: 1} {
		r := Evaluate(labels, found, trust)
		if r.Template.Sites != want || r.Builder.Sites != want || r.Operator.Sites != want || r.Gambling.Sites != want || r.Labels != 3 {
			t.Errorf("from trust %d on: %+v", trust, r)
		}
	}
}

func TestOperatorPairs(t *testing.T) {
	t.Parallel()
	labels := []Label{
		{Host: "a", Operator: "x"}, {Host: "b", Operator: "x"}, {Host: "c", Operator: "x"},
		{Host: "d", Operator: "y"}, {Host: "e", Operator: ""}, {Host: "f", Operator: Unknown},
	}
	for _, tc := range []struct {
		name  string
		found []Found
		want  Pairwise
	}{
		{"two of three pairs missed, one false", []Found{
			{Host: "a", Operator: "1"}, {Host: "b", Operator: "1"}, {Host: "c", Operator: "2"}, {Host: "d", Operator: "2"},
			{Host: "e", Operator: "1"}, {Host: "f", Operator: "1"},
		}, Pairwise{Sites: 4, TruePairs: 3, Found: 2, Correct: 1, Precision: 0.5, Recall: 1.0 / 3, F1: 0.4}},
		{"nothing found", nil, Pairwise{Sites: 4, TruePairs: 3, Precision: 1, Recall: 0, F1: 0}},
		{"all found", []Found{{Host: "a", Operator: "1"}, {Host: "b", Operator: "1"}, {Host: "c", Operator: "1"}, {Host: "d"}},
			Pairwise{Sites: 4, TruePairs: 3, Found: 3, Correct: 3, Precision: 1, Recall: 1, F1: 1}},
	} {
		got := Evaluate(labels, tc.found, TrustLow).Operator
		if d := cmp.Diff(tc.want, got, cmpopts.EquateApprox(0, 1e-12)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
	none := Evaluate([]Label{{Host: "a"}, {Host: "b"}}, nil, TrustLow).Operator
	if want := (Pairwise{Precision: 1, Recall: 1, F1: 1}); none != want {
		t.Errorf("no operator known: %+v", none)
	}
}

func TestGamblingFigures(t *testing.T) {
	t.Parallel()
	labels := []Label{
		{Host: "hit", Gambling: "yes"}, {Host: "edge", Gambling: "yes"}, {Host: "miss", Gambling: "yes"}, {Host: "absent", Gambling: "yes"},
		{Host: "nan", Gambling: "yes"}, {Host: "clean", Gambling: "no"}, {Host: "alarm", Gambling: "no"}, {Host: "void", Gambling: "no"},
		{Host: "shop", Gambling: "no"}, {Host: "who", Gambling: "unknown"},
	}
	found := []Found{
		{Host: "hit", Gambling: 0.99}, {Host: "edge", Gambling: 0.5}, {Host: "miss", Gambling: 0.49}, {Host: "nan", Gambling: math.NaN()},
		{Host: "clean", Gambling: 0.1}, {Host: "alarm", Gambling: 0.7}, {Host: "void", Gambling: -1}, {Host: "who", Gambling: 1},
	}
	want := Binary{
		Sites: 9, Positives: 5, Precision: 2.0 / 3, Recall: 0.4, F1: 0.5, FalsePositiveRate: 0.25,
		FalsePositives: []string{"alarm"}, FalseNegatives: []string{"absent", "miss", "nan"},
	}
	if d := cmp.Diff(want, Evaluate(labels, found, TrustLow).Gambling, cmpopts.EquateApprox(0, 1e-12)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	nobody := Evaluate(nil, nil, TrustLow).Gambling
	if nobody.Precision != 1 || nobody.Recall != 1 || nobody.FalsePositiveRate != 0 {
		t.Errorf("without labels: %+v", nobody)
	}
}

func TestFromRun(t *testing.T) {
	t.Parallel()
	family := func(id string, layer data.Layer, hosts ...string) data.Family {
		f := data.Family{ID: id, Layer: layer}
		for _, h := range hosts {
			f.Members = append(f.Members, data.Member{Host: h})
		}
		return f
	}
	run := data.Run{Families: []data.Family{
		family("t1", data.LayerTemplate, "b", "a"), family("b1", data.LayerBuilder, "a", "b", "c"), family("o1", data.LayerOperator, "c"),
		family("i1", data.LayerInfrastructure, "a"),
	}}
	got := FromRun(run, map[string]float64{"a": 0.9, "d": 0.1})
	want := []Found{
		{Host: "a", Template: "t1", Builder: "b1", Gambling: 0.9}, {Host: "b", Template: "t1", Builder: "b1"},
		{Host: "c", Builder: "b1", Operator: "o1"}, {Host: "d", Gambling: 0.1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func sampleReport() Report {
	labels := []Label{
		{Host: "a", Template: "t", Builder: "b", Operator: "o", Gambling: "yes"},
		{Host: "b", Template: "t", Builder: "b", Operator: "o", Gambling: "no"}, {Host: "c", Gambling: "no"},
	}
	return Evaluate(labels, []Found{
		{Host: "a", Template: "1", Builder: "1", Gambling: 0.8}, {Host: "b", Template: "1", Gambling: 0.9}, {Host: "c", Builder: "1"},
	}, TrustLow)
}

func TestJSONHasNestedAndDottedKeys(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := sampleReport().WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 1 || !strings.HasSuffix(out.String(), "\n") {
		t.Errorf("%d lines, want one", n)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"labels", "missing", "template.b3_precision", "template.b3_recall", "template.b3_f1", "template.b3_f1_low", "template.ari", "template.ami",
		"template.v_measure", "template.largest_false_merge", "template.singles_alone", "builder.b3_f1", "template_gambling.b3_f1",
		"builder_gambling.ari", "operator.precision", "operator.true_pairs", "gambling.f1", "gambling.false_positive_rate",
	} {
		flat, ok := got[key]
		if !ok {
			t.Errorf("no key %q", key)
			continue
		}
		nested := any(got)
		for part := range strings.SplitSeq(key, ".") {
			nested = nested.(map[string]any)[part]
		}
		if flat != nested {
			t.Errorf("%s is %v flat and %v nested", key, flat, nested)
		}
	}
	if hosts, ok := got["gambling.false_positives"].([]any); !ok || len(hosts) != 1 || hosts[0] != "b" {
		t.Errorf("false positives %v", got["gambling.false_positives"])
	}
	var back Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sampleReport(), back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

func TestAnEmptyReportCanBeWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := Evaluate(nil, nil, TrustLow)
	if err := r.WriteJSON(&out); err != nil {
		t.Error(err) // NaN would fail here
	}
	if err := r.WriteTable(&out); err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), "NaN") {
		t.Errorf("NaN in\n%s", out.String())
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := sampleReport().WriteTable(&out); err != nil {
		t.Fatal(err)
	}
	var fields []string
	for line := range strings.Lines(out.String()) {
		fields = append(fields, strings.Join(strings.Fields(line), " "))
	}
	for _, want := range []string{
		"template 3 1 1 1.000 1.000 1.000 1.000–1.000 1.000 1.000 1.000 0 1.000",
		"operator 2 sites with a known operator, 1 true pairs, 0 found: precision 1.000, recall 0.000",
		"gambling 3 sites, 1 of them gambling: precision 0.500, recall 1.000, F1 0.667, false positive rate 0.5000",
		"labels 3 rows, 0 of them without a fingerprint",
	} {
		found := false
		for _, f := range fields {
			found = found || f == want
		}
		if !found {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
}

type fullDisk struct{}

var errFull = errors.New("no space")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWritersSayWhatFailed(t *testing.T) {
	t.Parallel()
	r := sampleReport()
	if err := r.WriteJSON(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("JSON: %v", err)
	}
	if err := r.WriteTable(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("table: %v", err)
	}
}
