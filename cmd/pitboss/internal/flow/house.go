package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"pitboss/crawler/archive"
	"pitboss/data/sqlite"
)

// archiveFolder is the archive's folder below the data directory.
const archiveFolder = "archive"

// Options say how a house is opened. Now is required; the other zero values
// are usable.
type Options struct {
	ReadOnly bool             // reads beside a running writer, changes nothing
	Log      *slog.Logger     // nil: silent
	Progress Progress         // nil: none
	Now      func() time.Time // the clock
	Software string           // named in the archive, "pitboss 1.2"
	MinFree  uint64           // bytes that must stay free on the disk
	Model    string           // file with a clustering model; empty: the one that is shipped
}

// House is an open data directory: the store, and the archive beside it.
type House struct {
	Store *sqlite.Store

	dir     string
	opts    Options
	archive *archive.Archive // opened when first needed
}

// Open opens a data directory. The errors are those of sqlite.Open.
func Open(ctx context.Context, dir string, opts Options) (*House, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Progress == nil {
		opts.Progress = NoProgress{}
	}
	store, err := sqlite.Open(ctx, dir, sqlite.Options{ReadOnly: opts.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	return &House{Store: store, dir: dir, opts: opts}, nil
}

// Close closes the archive, then the store.
func (h *House) Close() error {
	var err error
	if h.archive != nil {
		err = h.archive.Close()
	}
	return errors.Join(err, h.Store.Close())
}

// Archive opens the archive at its first use.
func (h *House) Archive() (*archive.Archive, error) {
	if h.archive != nil {
		return h.archive, nil
	}
	a, err := archive.Open(filepath.Join(h.dir, archiveFolder), archive.Options{
		ReadOnly: h.opts.ReadOnly, MinFree: h.opts.MinFree, Software: h.opts.Software, Now: h.opts.Now,
	})
	if err != nil {
		return nil, err
	}
	h.archive = a
	return a, nil
}
