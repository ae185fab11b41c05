package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"pitboss/data"
)

// Lease hands out up to n sites that are due at now and that nobody holds, the
// longest due first, then by host. Each lease lasts for ttl and carries a
// token that is greater than every one the site had before.
func (s *Store) Lease(ctx context.Context, now time.Time, n int, ttl time.Duration) ([]data.Lease, error) {
	if n <= 0 {
		return nil, nil
	}
	var found []dueLease
	err := s.write(ctx, "lease sites", func(t *txn) error {
		until := now.Add(ttl)
		return readRows(ctx, t.tx, sqlLease, []any{micros(now), n, micros(until)}, func(rows *sql.Rows) error {
			d := dueLease{Lease: data.Lease{Until: until}}
			err := rows.Scan(&d.Host, &d.Token, &d.Attempt, &d.next)
			found = append(found, d)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b dueLease) int {
		return cmp.Or(cmp.Compare(a.next, b.next), cmp.Compare(a.Host, b.Host))
	})
	leases := make([]data.Lease, len(found))
	for i := range found {
		leases[i] = found[i].Lease
	}
	return leases, nil
}

// dueLease is a lease with the time its site was due, in microseconds.
type dueLease struct {
	data.Lease

	next int64
}

// Due counts the sites that Lease could hand out at now.
func (s *Store) Due(ctx context.Context, now time.Time) (int, error) {
	var n int
	err := s.reader.QueryRowContext(ctx, sqlDue, micros(now)).Scan(&n)
	return n, s.explain("count due sites", err)
}

// Extend makes a lease last until a time. The error wraps data.ErrLeaseLost
// when the lease is no longer the site's last one, or was completed.
func (s *Store) Extend(ctx context.Context, l data.Lease, until time.Time) error {
	return s.write(ctx, "extend lease", func(t *txn) error {
		n, err := t.exec(sqlExtend, l.Host, l.Token, micros(until))
		return held(l, n, err)
	})
}

// Release gives a lease back; the site stays due. Errors as Extend.
func (s *Store) Release(ctx context.Context, l data.Lease) error {
	return s.write(ctx, "release lease", func(t *txn) error {
		n, err := t.exec(sqlRelease, l.Host, l.Token)
		return held(l, n, err)
	})
}

func held(l data.Lease, rows int64, err error) error {
	if err == nil && rows == 0 {
		return lost(l)
	}
	return err
}

func lost(l data.Lease) error {
	return fmt.Errorf("%w: %s, token %d", data.ErrLeaseLost, l.Host, l.Token)
}

// Commit stores what came of a lease: the visit with the index of its
// exchanges, what it says of the site, and when the site is due again; and
// completes the lease. All of it or nothing is stored. A lease that ran out is
// still good while nobody else has got the site; otherwise the error wraps
// data.ErrLeaseLost. A canceled visit is refused with data.ErrInvalid: release
// its lease instead.
func (s *Store) Commit(ctx context.Context, l data.Lease, v data.Visit, f data.Follow) error {
	if v.Host != l.Host {
		return fmt.Errorf("commit visit: %w", invalid("visit of %q under a lease of %q", v.Host, l.Host))
	}
	row, err := s.encodeVisit(&v)
	if err != nil {
		return fmt.Errorf("commit visit of %s: %w", l.Host, err)
	}
	return s.write(ctx, "commit visit of "+l.Host, func(t *txn) error {
		var site int64
		err := t.scan(sqlComplete, []any{l.Host, l.Token, micros(f.Next)}, &site)
		if errors.Is(err, sql.ErrNoRows) {
			return lost(l)
		}
		if err != nil {
			return err
		}
		isNew, err := t.addVisit(site, row)
		if err != nil {
			return err
		}
		if !isNew {
			return invalid("visit %q is in the store already", v.ID)
		}
		return t.summarise(site)
	})
}
