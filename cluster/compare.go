package cluster

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// comparison is how alike two profiles are, view by view.
type comparison struct {
	a, b       int
	similarity int64        // weighted mean over the views that have a say, in millionths
	jaccard    [views]int64 // per view, as measured; -1: no say
	share      [views]int64 // what the view adds to similarity
}

// compare measures a pair under the weights of a layer.
func (s *space) compare(a, b int, l *Layer, weights *[views]int64) comparison {
	c := comparison{a: a, b: b}
	for v := range views {
		c.jaccard[v] = -1
		if weights[v] == 0 {
			continue
		}
		if x, ok := s.alike(a, b, v); ok {
			c.jaccard[v] = x
		}
	}
	c.weigh(l, weights)
	return c
}

// weigh computes the similarity from what was measured, under the weights of a
// layer.
func (c *comparison) weigh(l *Layer, weights *[views]int64) {
	var total int64
	for v := range views {
		if c.jaccard[v] >= 0 {
			total += weights[v]
		}
	}
	c.similarity = 0
	for v := range views {
		c.share[v] = 0
		if weights[v] > 0 && c.jaccard[v] > 0 {
			c.share[v] = raise(c.jaccard[v], l.Power) * weights[v] / total
			c.similarity += c.share[v]
		}
	}
}

func raise(x int64, power float64) int64 {
	if power == 1 || x == 0 {
		return x
	}
	return int64(math.Round(math.Pow(float64(x)/ppm, power) * ppm))
}

// edges compares all candidate pairs of a space, on all cores: each pair has
// its own place, so their number does not matter.
func (s *space) edges(l *Layer) []edge {
	weights := l.weights()
	pairs := s.candidates()
	similar := make([]int64, len(pairs))
	inParallel(len(pairs), func(i int) {
		similar[i] = s.compare(pairs[i][0], pairs[i][1], l, &weights).similarity
	})
	var out []edge
	for i, pair := range pairs {
		if similar[i] > 0 {
			out = append(out, edge{pair[0], pair[1], similar[i]})
		}
	}
	return out
}

// inParallel calls f for each number below n, in runs of neighbours on all
// cores.
func inParallel(n int, f func(int)) {
	const run = 1024
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+run-1)/run) {
		wait.Go(func() {
			for from := int(next.Add(run)) - run; from < n; from = int(next.Add(run)) - run {
				for i := from; i < min(from+run, n); i++ {
					f(i)
				}
			}
		})
	}
	wait.Wait()
}
