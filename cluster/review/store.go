package review

import (
	"context"
	"iter"
	"time"

	"pitboss/data"
)

// Store is what the pages are made from.
type Store interface {
	// Sites yields every site, in any order.
	Sites(ctx context.Context) iter.Seq2[data.Site, error]
	// Site returns one site, or an error that wraps data.ErrNotFound.
	Site(ctx context.Context, host string) (data.Site, error)
	// Visits returns the visits of a site, newest first.
	Visits(ctx context.Context, host string) ([]data.Visit, error)
	// Fingerprints yields the latest fingerprint of every site that has one.
	Fingerprints(ctx context.Context) iter.Seq2[data.Fingerprint, error]
	// Fingerprint returns that of one site, or an error that wraps
	// data.ErrNotFound.
	Fingerprint(ctx context.Context, host string) (data.Fingerprint, error)
	// CurrentRun returns the last clustering with all its families, or an error
	// that wraps data.ErrNotFound when there is none yet.
	CurrentRun(ctx context.Context) (data.Run, error)
	// Changes returns what changed since a time, oldest first.
	Changes(ctx context.Context, since time.Time) ([]data.Change, error)
	// Verdicts returns the whole log of verdicts.
	Verdicts(ctx context.Context) ([]data.Verdict, error)
}

// Options are what the pages say about themselves.
type Options struct {
	Title  string           // of the report; "pitboss" when empty
	Now    func() time.Time // the clock; time.Now when nil
	Recent time.Duration    // how far back "lately" reaches; 14 days when zero
	Fresh  time.Duration    // how long Handler keeps what it read; 30 s when zero
}

func (o *Options) complete() {
	if o.Title == "" {
		o.Title = "pitboss"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Recent == 0 {
		o.Recent = 14 * 24 * time.Hour
	}
	if o.Fresh == 0 {
		o.Fresh = 30 * time.Second
	}
}
