package crawler

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pitboss/data"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memQueue is a queue in memory, with the fences of the real one.
type memQueue struct {
	mu       sync.Mutex
	jobs     map[string]*memJob
	token    int64
	visits   []data.Visit
	follows  map[string]data.Follow
	extends  int
	releases []string
	calls    []string // "lease", "commit", … and those of the archive

	commitErr error
	leaseErr  error
}

type memJob struct {
	due, until time.Time
	token      int64
	failures   int
}

func newMemQueue(n int) *memQueue {
	q := &memQueue{jobs: map[string]*memJob{}, follows: map[string]data.Follow{}}
	for i := range n {
		q.jobs[fmt.Sprintf("site%04d.example", i)] = &memJob{due: time.Now()}
	}
	return q
}

func (q *memQueue) log(s string) { q.calls = append(q.calls, s) }

func (q *memQueue) Lease(_ context.Context, now time.Time, n int, ttl time.Duration) ([]data.Lease, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.leaseErr != nil {
		return nil, q.leaseErr
	}
	var hosts []string
	for h, j := range q.jobs {
		if !j.due.After(now) && !j.until.After(now) {
			hosts = append(hosts, h)
		}
	}
	slices.Sort(hosts)
	var out []data.Lease
	for _, h := range hosts[:min(n, len(hosts))] {
		q.token++
		j := q.jobs[h]
		j.token, j.until = q.token, now.Add(ttl)
		out = append(out, data.Lease{Host: h, Token: j.token, Until: j.until, Attempt: j.failures})
	}
	return out, nil
}

func (q *memQueue) held(l data.Lease) (*memJob, error) {
	j := q.jobs[l.Host]
	if j == nil || j.token != l.Token || !j.until.After(time.Now()) {
		return nil, fmt.Errorf("%s: %w", l.Host, data.ErrLeaseLost)
	}
	return j, nil
}

func (q *memQueue) Extend(_ context.Context, l data.Lease, until time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.extends++
	j, err := q.held(l)
	if err == nil {
		j.until = until
	}
	return err
}

func (q *memQueue) Release(_ context.Context, l data.Lease) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.releases = append(q.releases, l.Host)
	j, err := q.held(l)
	if err == nil {
		j.until = time.Time{}
	}
	return err
}

func (q *memQueue) Commit(_ context.Context, l data.Lease, v data.Visit, f data.Follow) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.log("commit")
	if q.commitErr != nil {
		return q.commitErr
	}
	j, err := q.held(l)
	if err != nil {
		return err
	}
	j.until, j.due, j.token = time.Time{}, f.Next, 0
	q.visits = append(q.visits, v)
	q.follows[l.Host] = f
	return nil
}

// steal hands a site's lease to somebody else.
func (q *memQueue) steal(host string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.token++
	q.jobs[host].token = q.token
}

// memArchive counts what is appended and what of it is synced.
type memArchive struct {
	q         *memQueue
	mu        sync.Mutex
	appended  []data.RawExchange
	metadata  [][]byte
	appendErr error
	syncErr   error
	syncs     int
}

func (a *memArchive) Append(_ context.Context, e data.RawExchange) (data.Exchange, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.appendErr != nil {
		return data.Exchange{}, a.appendErr
	}
	a.appended = append(a.appended, e)
	return e.Exchange, nil
}

func (a *memArchive) AppendMetadata(_ context.Context, uri, mediaType string, at time.Time, body []byte) (data.Exchange, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.appendErr != nil {
		return data.Exchange{}, a.appendErr
	}
	a.metadata = append(a.metadata, body)
	return data.Exchange{URL: uri, MediaType: mediaType, At: at, Digest: "sha256:x"}, nil
}

func (a *memArchive) Sync() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.syncs++
	a.q.mu.Lock()
	a.q.log("sync")
	a.q.mu.Unlock()
	return a.syncErr
}

// visitFunc is a fetcher.
type visitFunc func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error)

func (f visitFunc) Visit(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
	return f(ctx, r, sink)
}

// pageAfter answers with one page after a time.
func pageAfter(d time.Duration) visitFunc {
	return func(ctx context.Context, r data.Request, sink Sink) (data.Visit, error) {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return data.Visit{}, ctx.Err()
		}
		return visited(ctx, r, sink, data.OutcomeOK, "HTTP/1.1 200 OK\r\n\r\npage", 200)
	}
}

func visited(ctx context.Context, r data.Request, sink Sink, o data.Outcome, response string, status int) (data.Visit, error) {
	now := time.Now().UTC()
	v := data.Visit{ID: r.Visit, Host: r.Host, Started: now, Finished: now, Outcome: o, FinalURL: "http://" + r.Host + "/"}
	v.Hosting.Server = "nginx"
	e, err := sink(ctx, data.RawExchange{
		Exchange: data.Exchange{URL: v.FinalURL, Role: data.RoleHome, Status: status, At: now},
		Response: []byte(response),
	})
	v.Exchanges = append(v.Exchanges, e)
	return v, err
}
