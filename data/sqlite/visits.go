package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"

	"pitboss/data"
)

// visitsPerPage bounds what Pending holds in memory.
const visitsPerPage = 64

// visitRow is a visit as its table has it.
type visitRow struct {
	id      string
	started int64
	good    bool
	movedTo string
	digest  string
	body    []byte
}

func (s *Store) encodeVisit(v *data.Visit) (*visitRow, error) {
	switch {
	case v.ID == "":
		return nil, invalid("visit of %q without an id", v.Host)
	case v.Outcome == "" || v.Outcome == data.OutcomeCanceled:
		return nil, invalid("visit %s with outcome %q, which is never stored", v.ID, v.Outcome)
	}
	body, err := s.codec.encode(v)
	if err != nil {
		return nil, fmt.Errorf("visit %s: %w", v.ID, err)
	}
	return &visitRow{
		id: v.ID, started: micros(v.Started), good: v.Outcome.Good(),
		movedTo: movedTo(v), digest: v.Digest(), body: body,
	}, nil
}

// addVisit reports whether the visit was new.
func (t *txn) addVisit(site int64, v *visitRow) (isNew bool, err error) {
	n, err := t.exec(sqlAddVisit, v.id, site, v.started, v.good, v.movedTo, v.digest, v.body)
	return n > 0, err
}

// summarise writes into the site what its visits say together. It looks at
// them by the time they started, not by the time they came in, so that imports
// give the same in any order.
func (t *txn) summarise(site int64) error {
	var (
		newest  visitRow
		good    visitRow
		goodRow sql.NullInt64
		failed  int
	)
	if err := t.scan(sqlNewestVisit, []any{site}, &newest.started, &newest.good, &newest.movedTo); err != nil {
		return err
	}
	good.started = math.MinInt64
	lastGood := zeroTime
	err := t.scan(sqlNewestGood, []any{site}, &goodRow, &good.started, &good.id)
	if err == nil {
		lastGood = good.started
	} else if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := t.scan(sqlFailedSince, []any{site, good.started, good.id}, &failed); err != nil {
		return err
	}
	_, err = t.exec(sqlSummarise, site, string(status(&newest)), newest.started, lastGood, failed, newest.movedTo, goodRow)
	return err
}

func status(newest *visitRow) data.Status {
	switch {
	case !newest.good:
		return data.StatusFailed
	case newest.movedTo != "":
		return data.StatusMoved
	}
	return data.StatusAlive
}

// AddVisits stores visits that were not made under a lease, in one
// transaction, and returns how many were new; a visit whose id is known is
// left alone. A site that is not known is created, with the visit's origin as
// its source, and is due at once.
func (s *Store) AddVisits(ctx context.Context, visits []data.Visit) (added int, err error) {
	rows := make([]*visitRow, len(visits))
	for i := range visits {
		if err := checkHost(visits[i].Host); err != nil {
			return 0, fmt.Errorf("add visits: %w", err)
		}
		if rows[i], err = s.encodeVisit(&visits[i]); err != nil {
			return 0, fmt.Errorf("add visits: %w", err)
		}
	}
	err = s.write(ctx, "add visits", func(t *txn) error {
		for i := range visits {
			isNew, err := t.importVisit(&visits[i], rows[i])
			if err != nil {
				return err
			}
			if isNew {
				added++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

func (t *txn) importVisit(v *data.Visit, row *visitRow) (isNew bool, err error) {
	site, newSite, err := t.addSite(v.Host, row.started)
	if err != nil {
		return false, err
	}
	if newSite {
		if _, err := t.exec(sqlAddSource, site, clean(v.Origin), importedHow, "", row.started); err != nil {
			return false, err
		}
	}
	isNew, err = t.addVisit(site, row)
	if err != nil || !isNew {
		return false, err
	}
	return true, t.summarise(site)
}

// importedHow is the data.Candidate.How of a site that a capture brought.
const importedHow = "warc"

// Visits returns all visits of a site, newest first; none for a site that is
// not known.
func (s *Store) Visits(ctx context.Context, host string) (visits []data.Visit, err error) {
	err = s.read(ctx, sqlVisits, []any{host}, func(rows *sql.Rows) error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var v data.Visit
		if err := s.codec.decode(body, &v); err != nil {
			return err
		}
		visits = append(visits, v)
		return nil
	})
	if err != nil {
		return nil, s.explain("read visits of "+host, err)
	}
	return visits, nil
}

// Pending yields, by host, the newest good visit of each site whose
// fingerprint is missing, was made of another capture, or by another version
// of the extractor. It reads in pages, so a caller may put the fingerprints
// while it iterates.
func (s *Store) Pending(ctx context.Context, extractor string) iter.Seq2[data.Visit, error] {
	return pages(s, "read pending visits",
		func(v *data.Visit) string { return v.Host },
		func(after string) ([]data.Visit, error) {
			return decodePage(ctx, s, decodeVisit, sqlPending, after, extractor, visitsPerPage)
		})
}

func decodeVisit(c *codec, body []byte, v *data.Visit) error { return c.decode(body, v) }

// decodePage reads rows of a host and a body.
func decodePage[T any](ctx context.Context, s *Store, decode func(*codec, []byte, *T) error, query string, args ...any) ([]T, error) {
	var page []T
	err := s.read(ctx, query, args, func(rows *sql.Rows) error {
		var host string
		var body sql.RawBytes
		if err := rows.Scan(&host, &body); err != nil {
			return err
		}
		var v T
		if err := decode(s.codec, body, &v); err != nil {
			return fmt.Errorf("%s: %w", host, err)
		}
		page = append(page, v)
		return nil
	})
	return page, err
}
