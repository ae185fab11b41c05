package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"pitboss/data"
)

// maxNote is the most of a candidate's note that is kept, in bytes; see
// data.Candidate.
const maxNote = 200

// sitesPerPage bounds what Sites holds in memory.
const sitesPerPage = 512

// AddCandidates stores candidates in one transaction and returns how many of
// their sites were not known before. A site that is known gains the source,
// unless it came from there already. New sites are due at once. Batches of
// some ten thousand are fastest. The error wraps data.ErrInvalidHost when a
// host is not in canonical form; nothing is stored then.
func (s *Store) AddCandidates(ctx context.Context, candidates []data.Candidate) (added int, err error) {
	// Neighbours in the alphabet are neighbours on disk.
	sorted := slices.Clone(candidates)
	slices.SortStableFunc(sorted, func(a, b data.Candidate) int { return cmp.Compare(a.Host, b.Host) })
	err = s.write(ctx, "add candidates", func(t *txn) error {
		for i := range sorted {
			isNew, err := t.addCandidate(&sorted[i])
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

func (t *txn) addCandidate(c *data.Candidate) (isNew bool, err error) {
	if err := checkHost(c.Host); err != nil {
		return false, err
	}
	id, isNew, err := t.addSite(c.Host, micros(c.Added))
	if err != nil {
		return false, err
	}
	_, err = t.exec(sqlAddSource, id, clean(c.Source), clean(c.How), cut(clean(c.Note), maxNote), micros(c.Added))
	return isNew, err
}

// addSite returns the row of a host, which it makes if there is none.
func (t *txn) addSite(host string, seen int64) (id int64, isNew bool, err error) {
	st, err := t.statement(sqlAddSite)
	if err != nil {
		return 0, false, err
	}
	res, err := st.Exec(host, seen)
	if err != nil {
		return 0, false, err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		id, idErr := res.LastInsertId()
		return id, true, errors.Join(err, idErr)
	}
	if err := t.scan(sqlSiteID, []any{host}, &id); err != nil {
		return 0, false, err
	}
	_, err = t.exec(sqlSeenEarlier, id, seen)
	return id, false, err
}

// siteID returns the row of a host. The error wraps data.ErrNotFound.
func (t *txn) siteID(host string) (id int64, err error) {
	err = t.scan(sqlSiteID, []any{host}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound("site %q is not in the store", host)
	}
	return id, err
}

// Site returns one site with all its sources. The error wraps
// data.ErrNotFound.
func (s *Store) Site(ctx context.Context, host string) (data.Site, error) {
	sites, err := s.readSites(ctx, sqlSite, host)
	if err == nil && len(sites) == 0 {
		err = notFound("site %q is not in the store", host)
	}
	if err != nil {
		return data.Site{}, s.explain("read site", err)
	}
	return sites[0], nil
}

// Sites yields every site by host. It reads in pages: a site is seen as it was
// when its page was read.
func (s *Store) Sites(ctx context.Context) iter.Seq2[data.Site, error] {
	return pages(s, "read sites",
		func(site *data.Site) string { return site.Host },
		func(after string) ([]data.Site, error) {
			return s.readSites(ctx, sqlSites, after, sitesPerPage)
		})
}

func (s *Store) readSites(ctx context.Context, query string, args ...any) (sites []data.Site, err error) {
	err = s.snapshot(ctx, func(tx *sql.Tx) error {
		var ids []int64
		err := readRows(ctx, tx, query, args, func(rows *sql.Rows) error {
			id, site, err := scanSite(rows)
			ids, sites = append(ids, id), append(sites, site)
			return err
		})
		if err != nil {
			return err
		}
		sources, err := tx.PrepareContext(ctx, sqlSources)
		if err != nil {
			return err
		}
		defer sources.Close()
		for i := range sites {
			if err := readSources(ctx, sources, ids[i], &sites[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return sites, err
}

func scanSite(rows *sql.Rows) (id int64, site data.Site, err error) {
	var first, visit, good, next int64
	err = rows.Scan(&id, &site.Host, &site.Status, &first, &visit, &good, &site.Failures, &next, &site.MovedTo)
	site.FirstSeen, site.LastVisit = fromMicros(first), fromMicros(visit)
	site.LastGood, site.Next = fromMicros(good), fromMicros(next)
	return id, site, err
}

func readSources(ctx context.Context, st *sql.Stmt, id int64, site *data.Site) error {
	rows, err := st.QueryContext(ctx, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		c := data.Candidate{Host: site.Host}
		var added int64
		if err := rows.Scan(&c.Source, &c.How, &c.Note, &added); err != nil {
			return err
		}
		c.Added = fromMicros(added)
		site.Sources = append(site.Sources, c)
	}
	return rows.Err()
}

// checkHost refuses what is not canonical, lest one site get two rows.
func checkHost(host string) error {
	canonical, err := data.NormalizeHost(host)
	if err != nil {
		return err
	}
	if canonical != host {
		return fmt.Errorf("%w: %q is not canonical, %q is", data.ErrInvalidHost, host, canonical)
	}
	return nil
}

// clean makes a text that came from outside one that JSON gives back
// unchanged.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// cut shortens s to at most n bytes, without cutting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
