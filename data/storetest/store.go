package storetest

import (
	"context"
	"iter"
	"testing"
	"time"

	"pitboss/data"
)

// Store is all that the rooms ask of a store, together; each of them asks
// for a part, in an interface of its own.
type Store interface {
	AddCandidates(ctx context.Context, candidates []data.Candidate) (added int, err error)
	Site(ctx context.Context, host string) (data.Site, error)
	Sites(ctx context.Context) iter.Seq2[data.Site, error]

	Due(ctx context.Context, now time.Time) (int, error)
	Lease(ctx context.Context, now time.Time, n int, ttl time.Duration) ([]data.Lease, error)
	Extend(ctx context.Context, l data.Lease, until time.Time) error
	Release(ctx context.Context, l data.Lease) error
	Commit(ctx context.Context, l data.Lease, v data.Visit, f data.Follow) error

	AddVisits(ctx context.Context, visits []data.Visit) (added int, err error)
	Visits(ctx context.Context, host string) ([]data.Visit, error)
	Pending(ctx context.Context, extractor string) iter.Seq2[data.Visit, error]

	PutFingerprints(ctx context.Context, fingerprints []data.Fingerprint) error
	Fingerprint(ctx context.Context, host string) (data.Fingerprint, error)
	Fingerprints(ctx context.Context) iter.Seq2[data.Fingerprint, error]
	Search(ctx context.Context, indicator string, limit int) ([]data.Hit, error)

	SaveRun(ctx context.Context, r data.Run) error
	CurrentRun(ctx context.Context) (data.Run, error)
	Families(ctx context.Context, layer data.Layer) ([]data.Family, error)
	Family(ctx context.Context, id string) (data.Family, error)
	FamiliesOf(ctx context.Context, host string) ([]data.Family, error)
	Changes(ctx context.Context, since time.Time) ([]data.Change, error)

	AddVerdict(ctx context.Context, v data.Verdict) error
	Verdicts(ctx context.Context) ([]data.Verdict, error)
}

// Run tests a store. Open gives each test an empty one of its own and closes
// it with the test.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, group := range []map[string]func(*testing.T, Store){
		siteTests, frontierTests, visitTests, fingerprintTests, searchTests, runTests, verdictTests,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}
