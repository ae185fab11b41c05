package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
)

// withHouse opens the data directory for writing, does f and closes it.
func (a *app) withHouse(ctx context.Context, f func(*flow.House) error) error {
	return a.useHouse(ctx, flow.Options{}, f)
}

// readHouse opens a data directory that must exist, beside a running writer if
// there is one.
func (a *app) readHouse(ctx context.Context, f func(*flow.House) error) error {
	err := a.useHouse(ctx, flow.Options{ReadOnly: true}, f)
	if errors.Is(err, errNoHouse) {
		return withRemedy(err, "begin with `pitboss import FILE`, or try `pitboss demo`")
	}
	return err
}

// errNoHouse: there is nothing in the data directory yet.
var errNoHouse = errors.New("no data yet")

func (a *app) useHouse(ctx context.Context, opts flow.Options, f func(*flow.House) error) error {
	log, err := a.logger()
	if err != nil {
		return err
	}
	opts.Log, opts.Progress, opts.Now, opts.Software = log, a.progress(), time.Now, "pitboss "+readBuildInfo().Version
	opts.Model = a.modelFile
	h, err := flow.Open(ctx, a.dataDir, opts)
	if errors.Is(err, data.ErrNotFound) {
		return fmt.Errorf("%w in %s", errNoHouse, a.dataDir)
	}
	if err != nil {
		return err
	}
	return errors.Join(f(h), h.Close())
}
