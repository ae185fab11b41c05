package crawler

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"pitboss/data"
)

// work makes one visit and hands it to the committer.
func (r *run) work(ctx context.Context, l data.Lease) {
	res := result{lease: l}
	sink := func(ctx context.Context, e data.RawExchange) (data.Exchange, error) {
		if e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
			res.asked = max(res.asked, retryAfter(e.Response, e.At))
		}
		res.bytes += int64(len(e.Response))
		return r.archive.Append(ctx, e)
	}
	req := data.Request{Visit: rand.Text(), Host: l.Host, Vantage: r.cfg.Vantage}
	var err error
	res.visit, res.crashed, err = r.visit(ctx, req, sink)
	if err == nil {
		err = r.appendHosting(ctx, &res.visit)
	}
	switch {
	case err == nil:
		r.results <- res
	case ctx.Err() != nil:
		// Cut off: the lease is given back at the end of the run.
		r.cfg.Log.Debug("visit cut off", "host", l.Host)
		r.results <- result{lease: l, visit: data.Visit{Outcome: data.OutcomeCanceled}}
	default:
		r.stop(fmt.Errorf("visit %s: %w", l.Host, err))
	}
}

// visit calls the fetcher and turns a panic into a failed visit: hostile input
// must not end the crawl of all the others.
func (r *run) visit(ctx context.Context, req data.Request, sink Sink) (v data.Visit, crashed bool, err error) {
	started := time.Now().UTC()
	defer func() {
		if p := recover(); p != nil {
			r.cfg.Log.Error("visit crashed", "host", req.Host, "panic", p, "stack", string(debug.Stack()))
			crashed, err = true, nil
			v = data.Visit{
				Origin: "crawl", Started: started, Vantage: req.Vantage.Name,
				Outcome: data.OutcomeProtocol, Reason: "an answer could not be handled (see the log)",
			}
		}
		v.ID, v.Host = req.Visit, req.Host
		if v.Finished.IsZero() {
			v.Finished = time.Now().UTC()
		}
	}()
	v, err = r.fetcher.Visit(ctx, req, sink)
	return v, false, err
}

// appendHosting archives the hosting observations, so that they too can be read
// back from the evidence.
func (r *run) appendHosting(ctx context.Context, v *data.Visit) error {
	body, err := json.Marshal(v.Hosting)
	if err != nil {
		return fmt.Errorf("encode hosting: %w", err)
	}
	if string(body) == "{}" {
		return nil
	}
	// The visited host's own address, not where its redirects ended: an import
	// gives the record to the site that it names.
	uri := "http://" + v.Host + "/"
	e, err := r.archive.AppendMetadata(ctx, uri, "application/json", v.Finished, body)
	if err != nil {
		return fmt.Errorf("archive hosting: %w", err)
	}
	e.Role, e.URL, e.MediaType = data.RoleHosting, uri, "application/json"
	v.Exchanges = append(v.Exchanges, e)
	return nil
}

// commitAll syncs and commits the results, all that are ready at once.
func (r *run) commitAll(ctx context.Context) {
	for res := range r.results {
		group := []result{res}
	more:
		for len(group) < 4*r.cfg.Concurrency {
			select {
			case next, ok := <-r.results:
				if !ok {
					break more
				}
				group = append(group, next)
			default:
				break more
			}
		}
		r.commitGroup(ctx, group)
	}
}

func (r *run) commitGroup(ctx context.Context, group []result) {
	if err := r.archive.Sync(); err != nil {
		// Nothing of the group is safe; its leases are given back.
		r.stop(fmt.Errorf("sync archive: %w", err))
		return
	}
	r.stats.Syncs++
	for _, res := range group {
		if res.visit.Outcome == data.OutcomeCanceled {
			r.stats.Abandoned++
			continue
		}
		follow := data.Follow{Next: r.cfg.Schedule.next(&res.visit, res.lease.Attempt, res.asked)}
		err := r.queue.Commit(ctx, r.current(res.lease), res.visit, follow)
		switch {
		case err == nil:
			r.count(res)
		case errors.Is(err, data.ErrLeaseLost):
			r.stats.Lost++
			r.cfg.Log.Info("result refused: lease lost", "host", res.lease.Host)
		default:
			r.stop(fmt.Errorf("commit %s: %w", res.lease.Host, err))
			continue // its lease stays among those to give back
		}
		r.letGo(res.lease.Host)
	}
}

// current returns the lease with its extended time.
func (r *run) current(l data.Lease) data.Lease {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.held[l.Host]; h != nil && h.lease.Token == l.Token {
		return h.lease
	}
	return l
}

func (r *run) count(res result) {
	s := &r.stats
	s.Committed++
	s.Outcomes[res.visit.Outcome]++
	s.Exchanges += len(res.visit.Exchanges)
	s.Bytes += res.bytes
	if res.visit.Outcome.Good() {
		s.Good++
	}
	if res.crashed {
		s.Crashed++
	}
	if r.cfg.Progress != nil {
		r.cfg.Progress(Progress{Host: res.visit.Host, Outcome: res.visit.Outcome, Reason: res.visit.Reason, Stats: s.clone()})
	}
}

// retryAfter reads the Retry-After field of a response head as received
// (RFC 9110, 10.2.3): seconds, or a date relative to at.
func retryAfter(response []byte, at time.Time) time.Duration {
	_, fields, _ := bytes.Cut(response[:min(len(response), 64<<10)], []byte("\n"))
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(fields))).ReadMIMEHeader()
	value := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(t.Sub(at), 0)
	}
	return 0
}
