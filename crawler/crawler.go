package crawler

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"pitboss/data"
)

// Queue hands out the sites that are due.
type Queue interface {
	// Lease hands out up to n due sites until now+ttl; none when nothing is due.
	Lease(ctx context.Context, now time.Time, n int, ttl time.Duration) ([]data.Lease, error)
	// Extend prolongs a lease; data.ErrLeaseLost when somebody else has it.
	Extend(ctx context.Context, l data.Lease, until time.Time) error
	// Release gives a lease back unused.
	Release(ctx context.Context, l data.Lease) error
	// Commit stores the visit and completes the lease in one transaction;
	// data.ErrLeaseLost when the lease was taken over.
	Commit(ctx context.Context, l data.Lease, v data.Visit, f data.Follow) error
}

// Sink archives one exchange and returns its index entry. It keeps none of the
// byte slices.
type Sink = func(ctx context.Context, e data.RawExchange) (data.Exchange, error)

// Fetcher makes one visit. A site that fails is a visit with an outcome; an
// error means that ctx ended or the sink failed, and the visit is not stored.
type Fetcher interface {
	Visit(ctx context.Context, r data.Request, sink Sink) (data.Visit, error)
}

// Archive keeps the evidence.
type Archive interface {
	Append(ctx context.Context, e data.RawExchange) (data.Exchange, error)
	AppendMetadata(ctx context.Context, uri, mediaType string, at time.Time, body []byte) (data.Exchange, error)
	// Sync returns once everything appended before is on disk.
	Sync() error
}

// Config says how much is done at once and when to come back.
type Config struct {
	Concurrency int           // visits at once; 0: 16
	Limit       int           // visits of this run; 0: until nothing is due
	LeaseTTL    time.Duration // how long a crashed run keeps a site from others; 0: 5 minutes
	Grace       time.Duration // for visits in flight after a cancel; 0: 10 s
	Schedule    Schedule
	Vantage     data.Vantage // zero: the fetcher's default

	// Progress is called after every committed visit, never concurrently; nil: not at all.
	Progress func(Progress)
	Log      *slog.Logger // nil: silent
}

// Progress is the state of a run after a committed visit.
type Progress struct {
	Host    string
	Outcome data.Outcome
	Reason  string
	Stats   Stats
}

// Stats counts what a run did.
type Stats struct {
	Committed int                  // visits stored
	Good      int                  // of them, those that gave a page
	Outcomes  map[data.Outcome]int // of the committed visits
	Lost      int                  // visits whose lease somebody else had taken
	Abandoned int                  // visits in flight that a cancel cut off; their leases were given back
	Crashed   int                  // visits that panicked on hostile input, committed as protocol errors
	Exchanges int                  // archived answers
	Bytes     int64                // of them, as received
	Syncs     int                  // groups of visits made durable at once
	Elapsed   time.Duration
}

func (s *Stats) clone() Stats {
	c := *s
	c.Outcomes = maps.Clone(s.Outcomes)
	return c
}

// String is one line for people.
func (s *Stats) String() string {
	return fmt.Sprintf("%d visits, %d good, %d exchanges, %d bytes in %s", s.Committed, s.Good, s.Exchanges, s.Bytes, s.Elapsed.Round(time.Millisecond))
}

func (c Config) withDefaults() Config {
	if c.Concurrency <= 0 {
		c.Concurrency = 16
	}
	if c.LeaseTTL <= 0 {
		c.LeaseTTL = 5 * time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 10 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Schedule = c.Schedule.withDefaults()
	return c
}
