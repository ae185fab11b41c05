package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"pitboss/cmd/pitboss/internal/flow"
)

// progress shows a bar when a person watches standard error, and nothing at
// all otherwise: logs must not fill with bars.
func (a *app) progress() flow.Progress {
	if a.quiet || !isTerminal(a.stderr) {
		return flow.NoProgress{}
	}
	return &barProgress{out: a.stderr}
}

// redrawAfter keeps the terminal from becoming the slowest part.
const redrawAfter = 100 * time.Millisecond

// barProgress draws one bar after another.
type barProgress struct {
	out io.Writer
	bar *progressbar.ProgressBar
}

// Start begins a step; total is -1 when it is not known.
func (p *barProgress) Start(what string, total int64) {
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(redrawAfter),
		progressbar.OptionClearOnFinish(),
	)
}

// Add moves the bar on.
func (p *barProgress) Add(n int64) {
	if p.bar != nil {
		// A bar that cannot be drawn is no reason to stop the work.
		_ = p.bar.Add64(n)
	}
}

// Done ends the step.
func (p *barProgress) Done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
	p.bar = nil
}
