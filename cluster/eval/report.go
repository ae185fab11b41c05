package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"sort"
	"text/tabwriter"

	"pitboss/cluster"
	"pitboss/data"
)

// Found is what pitboss says of one site.
type Found struct {
	Host     string
	Template string  // family id; "" stands alone
	Builder  string  // the same
	Operator string  // the same
	Gambling float64 // probability; NaN or negative: not assessed
}

// Pairwise are the figures over pairs of sites whose operator is known.
type Pairwise struct {
	Sites     int     `json:"sites"`
	TruePairs int     `json:"true_pairs"`
	Found     int     `json:"found_pairs"`
	Correct   int     `json:"correct_pairs"`
	Precision float64 `json:"precision"` // 1 when no pair was found
	Recall    float64 `json:"recall"`    // 1 when there is none to find
	F1        float64 `json:"f1"`
}

// Binary are the figures of the gambling assessment at probability one half.
type Binary struct {
	Sites             int      `json:"sites"`
	Positives         int      `json:"positives"`
	Precision         float64  `json:"precision"`
	Recall            float64  `json:"recall"`
	F1                float64  `json:"f1"`
	FalsePositiveRate float64  `json:"false_positive_rate"`
	FalsePositives    []string `json:"false_positives"` // hosts
	FalseNegatives    []string `json:"false_negatives"`
}

// Report is everything that pitboss eval prints.
type Report struct {
	Labels           int      `json:"labels"`  // rows of the file
	Missing          int      `json:"missing"` // labelled hosts without a fingerprint: they count as standing alone
	Template         Scores   `json:"template"`
	Builder          Scores   `json:"builder"`
	TemplateGambling Scores   `json:"template_gambling"`
	BuilderGambling  Scores   `json:"builder_gambling"`
	Operator         Pairwise `json:"operator"`
	Gambling         Binary   `json:"gambling"`
	Linkage          *Linkage `json:"linkage,omitempty"` // nil where it was not measured
}

// Linkage are the figures of the comparison beneath the families.
type Linkage struct {
	Blocking Blocking    `json:"blocking"`
	Template Calibration `json:"template"`
	Builder  Calibration `json:"builder"`
}

// MeasureLinkage measures blocking and calibration of a model on labelled
// sites.
func MeasureLinkage(fps []data.Fingerprint, m cluster.Model, labels []Label, minTrust Trust) *Linkage {
	byHost := make(map[string]*Label, len(labels))
	for i := range labels {
		byHost[labels[i].Host] = &labels[i]
	}
	lab := cluster.NewLab(fps, m)
	return &Linkage{
		Blocking: blocking(lab, byHost, minTrust),
		Template: calibrate(outcomes(lab.Pairs(data.LayerTemplate), byHost, data.LayerTemplate, minTrust)),
		Builder:  calibrate(outcomes(lab.Pairs(data.LayerBuilder), byHost, data.LayerBuilder, minTrust)),
	}
}

// bootstrapRounds is the number of resamples behind each interval.
const bootstrapRounds = 1000

// gamblingCut is the probability from which a site counts as gambling.
const gamblingCut = 0.5

// Evaluate compares what was found with the labels of at least minTrust.
func Evaluate(labels []Label, found []Found, minTrust Trust) Report {
	byHost := make(map[string]Found, len(found))
	for _, f := range found {
		byHost[f.Host] = f
	}
	r := Report{Labels: len(labels)}
	var kept []Label
	for _, l := range labels {
		if _, ok := byHost[l.Host]; !ok {
			r.Missing++
		}
		if l.Trust >= minTrust {
			kept = append(kept, l)
		}
	}
	var gambling []Label
	for _, l := range kept {
		if l.Gambling == "yes" {
			gambling = append(gambling, l)
		}
	}
	template := func(l Label) string { return l.Template }
	builder := func(l Label) string { return l.Builder }
	foundTemplate := func(f Found) string { return f.Template }
	foundBuilder := func(f Found) string { return f.Builder }
	r.Template = layer(kept, byHost, template, foundTemplate)
	r.Builder = layer(kept, byHost, builder, foundBuilder)
	r.TemplateGambling = layer(gambling, byHost, template, foundTemplate)
	r.BuilderGambling = layer(gambling, byHost, builder, foundBuilder)
	r.Operator = operators(kept, byHost)
	r.Gambling = assessment(kept, byHost)
	return r
}

func layer(labels []Label, byHost map[string]Found, truth func(Label) string, got func(Found) string) Scores {
	var t, f groups
	for _, l := range labels {
		if truth(l) == Unknown {
			continue
		}
		t.add(truth(l))
		f.add(got(byHost[l.Host]))
	}
	return Compare(t.of, f.of, bootstrapRounds)
}

// groups numbers group names as they come; each empty name is a group of its
// own.
type groups struct {
	of     []int
	number map[string]int
	next   int
}

func (g *groups) add(name string) {
	n, ok := g.number[name]
	if !ok || name == "" {
		n = g.next
		g.next++
		if g.number == nil {
			g.number = map[string]int{}
		}
		g.number[name] = n
	}
	g.of = append(g.of, n)
}

func operators(labels []Label, byHost map[string]Found) Pairwise {
	var p Pairwise
	var known []Label
	for _, l := range labels {
		if l.Operator != "" && l.Operator != Unknown {
			known = append(known, l)
		}
	}
	p.Sites = len(known)
	for i, a := range known {
		for _, b := range known[i+1:] {
			same := a.Operator == b.Operator
			tied := byHost[a.Host].Operator != "" && byHost[a.Host].Operator == byHost[b.Host].Operator
			if same {
				p.TruePairs++
			}
			if tied {
				p.Found++
			}
			if same && tied {
				p.Correct++
			}
		}
	}
	p.Precision, p.Recall, p.F1 = ratios(p.Correct, p.Found, p.TruePairs)
	return p
}

// ratios are precision, recall and F1; what has no denominator is 1.
func ratios(correct, found, all int) (precision, recall, f1 float64) {
	precision, recall = 1, 1
	if found > 0 {
		precision = float64(correct) / float64(found)
	}
	if all > 0 {
		recall = float64(correct) / float64(all)
	}
	if precision+recall > 0 {
		f1 = 2 * precision * recall / (precision + recall)
	}
	return precision, recall, f1
}

func assessment(labels []Label, byHost map[string]Found) Binary {
	b := Binary{FalsePositives: []string{}, FalseNegatives: []string{}}
	hits, said, negatives := 0, 0, 0
	for _, l := range labels {
		if l.Gambling == "unknown" {
			continue
		}
		b.Sites++
		truth := l.Gambling == "yes"
		guess := byHost[l.Host].Gambling >= gamblingCut
		switch {
		case truth && guess:
			hits++
		case truth:
			b.FalseNegatives = append(b.FalseNegatives, l.Host)
		case guess:
			b.FalsePositives = append(b.FalsePositives, l.Host)
		}
		if guess {
			said++
		}
		if truth {
			b.Positives++
		} else {
			negatives++
		}
	}
	sort.Strings(b.FalsePositives)
	sort.Strings(b.FalseNegatives)
	b.Precision, b.Recall, b.F1 = ratios(hits, said, b.Positives)
	if negatives > 0 {
		b.FalsePositiveRate = float64(said-hits) / float64(negatives)
	}
	return b
}

// WriteJSON writes the report as one object on one line. Each figure stands in
// it twice: nested by layer, for programs, and under its dotted path
// ("template.b3_f1"), for grep and spreadsheets.
func (r Report) WriteJSON(w io.Writer) error {
	nested, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	var object map[string]any
	if err := json.Unmarshal(nested, &object); err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	flat := map[string]any{}
	flatten(flat, "", object)
	maps.Copy(object, flat)
	if err := json.NewEncoder(w).Encode(object); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func flatten(into map[string]any, prefix string, object map[string]any) {
	for k, v := range object {
		if inner, ok := v.(map[string]any); ok {
			flatten(into, prefix+k+".", inner)
		} else {
			into[prefix+k] = v
		}
	}
}

// WriteTable writes the report for people.
func (r Report) WriteTable(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "layer\tsites\tfamilies\tfound\tB³ P\tB³ R\tB³ F1\t95%%\tARI\tAMI\tV\tfalse merge\tsingles alone\n")
	for _, row := range []struct {
		name string
		s    Scores
	}{
		{"template", r.Template},
		{"builder", r.Builder},
		{"template, gambling", r.TemplateGambling},
		{"builder, gambling", r.BuilderGambling},
	} {
		s := row.s
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.3f–%.3f\t%.3f\t%.3f\t%.3f\t%d\t%.3f\n", row.name, s.Sites, s.Families, s.Found,
			s.B3Precision, s.B3Recall, s.B3F1, s.B3F1Low, s.B3F1High, s.ARI, s.AMI, s.VMeasure, s.FalseMerge, s.SinglesAlone)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	o, g := r.Operator, r.Gambling
	_, err := fmt.Fprintf(w, `
operator   %d sites with a known operator, %d true pairs, %d found: precision %.3f, recall %.3f
gambling   %d sites, %d of them gambling: precision %.3f, recall %.3f, F1 %.3f, false positive rate %.4f
labels     %d rows, %d of them without a fingerprint
`, o.Sites, o.TruePairs, o.Found, o.Precision, o.Recall, g.Sites, g.Positives, g.Precision, g.Recall, g.F1, g.FalsePositiveRate, r.Labels, r.Missing)
	if err == nil && r.Linkage != nil {
		err = r.Linkage.write(w)
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (l *Linkage) write(w io.Writer) error {
	b := &l.Blocking
	_, err := fmt.Fprintf(w, `blocking   %.3f of the true template pairs and %.3f of the builder pairs compared (across skins %.3f), %.0f candidates a site
calibrated template: error %.4f, Brier %.4f over %d pairs; builder: error %.4f, Brier %.4f over %d pairs
`, b.Template, b.Builder, b.AcrossSkins, b.PerSite, l.Template.ECE, l.Template.Brier, l.Template.Pairs, l.Builder.ECE, l.Builder.Brier, l.Builder.Pairs)
	if err != nil {
		return fmt.Errorf("write linkage: %w", err)
	}
	return nil
}

// FromRun reads what a run and the assessments say of each site.
func FromRun(run data.Run, gambling map[string]float64) []Found {
	byHost := make(map[string]*Found, len(gambling))
	site := func(host string) *Found {
		f, ok := byHost[host]
		if !ok {
			f = &Found{Host: host}
			byHost[host] = f
		}
		return f
	}
	for host, p := range gambling {
		site(host).Gambling = p
	}
	for _, family := range run.Families {
		for _, m := range family.Members {
			f := site(m.Host)
			switch family.Layer {
			case data.LayerTemplate:
				f.Template = family.ID
			case data.LayerBuilder:
				f.Builder = family.ID
			case data.LayerOperator:
				f.Operator = family.ID
			case data.LayerInfrastructure: // never a family
			}
		}
	}
	out := make([]Found, 0, len(byHost))
	for _, f := range byHost {
		out = append(out, *f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Host < out[j].Host })
	return out
}
