package eval

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"pitboss/cluster"
	"pitboss/data"
)

// Learned is a model with how well it does on families it was not learned
// from.
type Learned struct {
	Model       cluster.Model
	Template    OutOfFold
	Builder     OutOfFold
	Blocking    Blocking
	Calibration map[data.Layer]Calibration // out of fold
}

// OutOfFold are B³ figures in which each family was judged by parameters that
// were learned without it.
type OutOfFold struct {
	Precision, Recall, F1 float64
}

// LearnOptions are the size of a search.
type LearnOptions struct {
	MinTrust Trust
	Trials   int    // random weightings tried per layer; 0: 60
	Seed     uint64 // of the search
	Progress io.Writer
}

const (
	folds     = 5
	consensus = 4 // the least number of best trials whose weights are averaged: one best trial is luck
)

// looks are the views that carry a template; the others change with what a
// reskin keeps and are drawn small there. A builder is told by all views.
var looks = map[string]bool{"class": true, "style": true, "tree": true, "asset": true, "bones": true, "run": true, "frame": true}

// draw draws the weights of a trial.
func (l *learner) draw(rng *rand.Rand) cluster.Layer {
	layer := cluster.Layer{Views: map[string]float64{}, Power: 0.5}
	for _, v := range cluster.ViewNames() {
		levels := []float64{0, 0.5, 1, 1.5, 2}
		if l.layer == data.LayerTemplate && !looks[v] {
			levels = []float64{0, 0, 0, 0.25}
		}
		if w := levels[rng.IntN(len(levels))]; w > 0 {
			layer.Views[v] = w
		}
	}
	return layer
}

// learner searches the parameters of one layer.
type learner struct {
	lab    *cluster.Lab
	layer  data.Layer
	sites  []sited
	group  func(cluster.Layer) []int
	floors []float64
	gaps   []float64
	trials []trial
}

// sited is a labelled site: its place in the lab, its true group and its fold.
type sited struct {
	at, truth, fold int
}

type trial struct {
	layer cluster.Layer
	score []contribution // by index of sites
}

// contribution is what one site adds to B³ precision and recall.
type contribution struct{ precision, recall float64 }

// Learn searches both layers' parameters on labelled sites. Weights are drawn
// at random, independently of the labels; the best ones are averaged, then the
// floor and the gap are put where their neighbours do well too, since a cut on
// the edge of a cliff does not carry. Families are in one fold each.
func Learn(ctx context.Context, fps []data.Fingerprint, labels []Label, start cluster.Model, o LearnOptions) (Learned, error) {
	byHost := map[string]*Label{}
	for i := range labels {
		byHost[labels[i].Host] = &labels[i]
	}
	out := Learned{Model: start, Calibration: map[data.Layer]Calibration{}}
	rng := rand.New(rand.NewPCG(o.Seed, 1))
	for _, layer := range []data.Layer{data.LayerTemplate, data.LayerBuilder} {
		l := newLearner(cluster.NewLab(fps, out.Model), layer, byHost, o.MinTrust)
		if err := l.search(ctx, rng, cmp.Or(o.Trials, 60), o.Progress); err != nil {
			return Learned{}, err
		}
		best := l.choose(func(sited) bool { return true })
		figures := l.outOfFold()
		if layer == data.LayerTemplate {
			out.Template, best.Intercept, best.Slope = figures, out.Model.Template.Intercept, out.Model.Template.Slope
			out.Model.Template = best
		} else {
			out.Builder, best.Intercept, best.Slope = figures, out.Model.Builder.Intercept, out.Model.Builder.Slope
			out.Model.Builder = best
		}
	}
	lab := cluster.NewLab(fps, out.Model)
	out.Blocking = blocking(lab, byHost, o.MinTrust)
	for layer, l := range map[data.Layer]*cluster.Layer{data.LayerTemplate: &out.Model.Template, data.LayerBuilder: &out.Model.Builder} {
		out.Calibration[layer] = fitCalibration(lab.Pairs(layer), byHost, layer, o.MinTrust, l)
	}
	return out, nil
}

func newLearner(lab *cluster.Lab, layer data.Layer, labels map[string]*Label, minTrust Trust) *learner {
	l := &learner{lab: lab, layer: layer, group: lab.Templates, floors: []float64{0.15, 0.18, 0.21, 0.25, 0.29, 0.33}, gaps: []float64{0.62, 0.66, 0.7, 0.74, 0.78}}
	if layer == data.LayerBuilder {
		l.group, l.gaps = lab.Builders, []float64{0}
		l.floors = []float64{0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.32, 0.34, 0.36, 0.38}
	}
	number := map[string]int{}
	for i, host := range lab.Hosts() {
		label := labels[host]
		if label == nil {
			continue
		}
		name, known := truthOf(label, layer, minTrust)
		if !known {
			continue
		}
		if name == "" {
			name = "\x00" + host
		}
		if _, ok := number[name]; !ok {
			number[name] = len(number)
		}
		l.sites = append(l.sites, sited{i, number[name], foldOf(label)})
	}
	return l
}

// foldOf puts all sites of a builder, or of a template without one, into one
// fold.
func foldOf(l *Label) int {
	key := l.Builder
	if key == "" || key == Unknown {
		key = "t\x00" + l.Template
	}
	if l.Template == "" || l.Template == Unknown {
		if l.Builder == "" || l.Builder == Unknown {
			key = "h\x00" + l.Host
		}
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, key)
	return int(h.Sum32() % folds)
}

// search tries random weightings at the middle of the floors and gaps, and the
// grid around it for those that do well.
func (l *learner) search(ctx context.Context, rng *rand.Rand, trials int, progress io.Writer) error {
	for n := range trials {
		if err := ctx.Err(); err != nil {
			return err
		}
		if layer := l.draw(rng); len(layer.Views) > 0 {
			l.grid(layer)
		}
		if progress != nil {
			fmt.Fprintf(progress, "%s: %d of %d weightings tried\n", l.layer, n+1, trials)
		}
	}
	return nil
}

// grid tries a weighting at every floor and gap.
func (l *learner) grid(layer cluster.Layer) {
	for _, layer.Floor = range l.floors {
		for _, layer.Gap = range l.gaps {
			l.trials = append(l.trials, trial{layer, l.score(layer)})
		}
	}
}

// score computes each site's part in B³.
func (l *learner) score(layer cluster.Layer) []contribution {
	groups := l.group(layer)
	found, truth, both := map[int]int{}, map[int]int{}, map[[2]int]int{}
	for _, s := range l.sites {
		found[groups[s.at]]++
		truth[s.truth]++
		both[[2]int{groups[s.at], s.truth}]++
	}
	out := make([]contribution, len(l.sites))
	for i, s := range l.sites {
		n := float64(both[[2]int{groups[s.at], s.truth}])
		out[i] = contribution{n / float64(found[groups[s.at]]), n / float64(truth[s.truth])}
	}
	return out
}

func (l *learner) figures(score []contribution, keep func(sited) bool) OutOfFold {
	var f OutOfFold
	n := 0.0
	for i, s := range l.sites {
		if keep(s) {
			f.Precision += score[i].precision
			f.Recall += score[i].recall
			n++
		}
	}
	if n == 0 {
		return f
	}
	f.Precision, f.Recall = f.Precision/n, f.Recall/n
	f.F1 = 2 * f.Precision * f.Recall / (f.Precision + f.Recall)
	return f
}

// choose returns the parameters that the kept sites speak for.
func (l *learner) choose(keep func(sited) bool) cluster.Layer {
	perWeighting := len(l.floors) * len(l.gaps)
	type ranked struct {
		views map[string]float64
		f1    float64
	}
	var list []ranked
	for at := 0; at+perWeighting <= len(l.trials); at += perWeighting {
		_, f1 := l.plateau(l.trials[at:at+perWeighting], keep)
		list = append(list, ranked{l.trials[at].layer.Views, f1})
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.f1, a.f1) })
	list = list[:min(len(list), max(consensus, len(list)/10))]
	mean := cluster.Layer{Views: map[string]float64{}, Power: 0.5}
	for _, r := range list {
		for v, w := range r.views {
			mean.Views[v] += w / float64(len(list))
		}
	}
	for v, w := range mean.Views {
		mean.Views[v] = math.Round(w*100) / 100
	}
	tried := learner{lab: l.lab, layer: l.layer, sites: l.sites, group: l.group, floors: l.floors, gaps: l.gaps}
	tried.grid(mean)
	best, _ := tried.plateau(tried.trials, keep)
	return best
}

// plateau returns the grid point with the best F1 averaged over itself and its
// neighbours.
func (l *learner) plateau(grid []trial, keep func(sited) bool) (cluster.Layer, float64) {
	f1 := make([]float64, len(grid))
	for i := range grid {
		f1[i] = l.figures(grid[i].score, keep).F1
	}
	best, top := 0, -1.0
	for i := range grid {
		floor, gap := i/len(l.gaps), i%len(l.gaps)
		sum, n := 0.0, 0.0
		for j := range grid {
			if adjacent(j/len(l.gaps), floor) && adjacent(j%len(l.gaps), gap) {
				sum += f1[j]
				n++
			}
		}
		if sum/n > top {
			best, top = i, sum/n
		}
	}
	return grid[best].layer, top
}

func adjacent(a, b int) bool { return a-b <= 1 && b-a <= 1 }

// outOfFold judges each fold by what the others chose.
func (l *learner) outOfFold() OutOfFold {
	score := make([]contribution, len(l.sites))
	for fold := range folds {
		chosen := l.score(l.choose(func(s sited) bool { return s.fold != fold }))
		for i, s := range l.sites {
			if s.fold == fold {
				score[i] = chosen[i]
			}
		}
	}
	return l.figures(score, func(sited) bool { return true })
}
