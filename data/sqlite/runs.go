package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"pitboss/data"
)

const (
	// keptRuns is how many runs are kept: the current one, and the one before
	// for readers that began with it.
	keptRuns = 2
	// membersPerChunk bounds a blob of members with their evidence.
	membersPerChunk = 512
)

// SaveRun stores a run and makes it the current one in the same transaction,
// so that a reader sees the whole of one run or of another. All but the last
// two runs are dropped; their changes stay in the log. A run that is saved
// again replaces itself, and its changes are logged the first time only.
func (s *Store) SaveRun(ctx context.Context, r data.Run) error {
	if r.ID == "" {
		return fmt.Errorf("save run: %w", invalid("a run without an id"))
	}
	return s.write(ctx, "save run "+r.ID, func(t *txn) error {
		if _, err := t.exec(sqlDropRun, r.ID); err != nil {
			return err
		}
		var id int64
		if err := t.scan(sqlAddRun, []any{r.ID, micros(r.At), r.Epoch, r.Sites}, &id); err != nil {
			return err
		}
		for i := range r.Families {
			if err := t.addFamily(id, &r.Families[i]); err != nil {
				return fmt.Errorf("family %s: %w", r.Families[i].ID, err)
			}
		}
		if err := t.addChanges(&r); err != nil {
			return err
		}
		if _, err := t.exec(sqlFlipRun, id); err != nil {
			return err
		}
		_, err := t.exec(sqlPruneRuns, keptRuns)
		return err
	})
}

func (t *txn) addFamily(run int64, f *data.Family) error {
	if f.ID == "" {
		return invalid("a family without an id, medoid %s", f.Medoid)
	}
	alone := *f
	alone.Members = nil
	body, err := t.codec.encode(&alone)
	if err != nil {
		return err
	}
	var id int64
	if err := t.scan(sqlAddFamily, []any{run, f.ID, string(f.Layer), body}, &id); err != nil {
		return err
	}
	for i := 0; i < len(f.Members); i += membersPerChunk {
		chunk := f.Members[i:min(i+membersPerChunk, len(f.Members))]
		body, err := t.codec.encode(chunk)
		if err != nil {
			return err
		}
		if _, err := t.exec(sqlAddChunk, id, i/membersPerChunk, body); err != nil {
			return err
		}
		for j := range chunk {
			if _, err := t.exec(sqlAddMember, run, chunk[j].Host, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *txn) addChanges(r *data.Run) error {
	var known bool
	if err := t.scan(sqlKnownRun, []any{r.ID}, &known); err != nil || known {
		return err
	}
	for _, c := range r.Changes {
		if c.Run == "" {
			c.Run = r.ID
		}
		if c.Run != r.ID {
			return invalid("a change of run %s in run %s", c.Run, r.ID)
		}
		_, err := t.exec(sqlAddChange, c.Run, micros(c.At), string(c.Kind), string(c.Layer),
			c.Family, c.Other, c.Host, clean(c.Reason))
		if err != nil {
			return err
		}
	}
	return nil
}

// CurrentRun returns the run that was saved last, with all its families and
// changes. The error wraps data.ErrNotFound before the first one.
func (s *Store) CurrentRun(ctx context.Context) (run data.Run, err error) {
	err = s.inRun(ctx, func(tx *sql.Tx, id int64, r data.Run) error {
		run = r
		var err error
		if run.Families, err = s.readFamilies(ctx, tx, sqlFamilies, id, ""); err != nil {
			return err
		}
		run.Changes, err = readChanges(ctx, tx, sqlChangesOfRun, run.ID)
		return err
	})
	if err != nil {
		return data.Run{}, s.explain("read run", err)
	}
	return run, nil
}

// Families returns the families of one layer in the current run, or of every
// layer for an empty one, in the order in which they were saved; none before
// the first run.
func (s *Store) Families(ctx context.Context, layer data.Layer) ([]data.Family, error) {
	return s.someFamilies(ctx, sqlFamilies, string(layer))
}

// FamiliesOf returns the families of the current run that a site is in; none
// before the first run.
func (s *Store) FamiliesOf(ctx context.Context, host string) ([]data.Family, error) {
	return s.someFamilies(ctx, sqlFamiliesOf, host)
}

func (s *Store) someFamilies(ctx context.Context, query, by string) (families []data.Family, err error) {
	err = s.inRun(ctx, func(tx *sql.Tx, id int64, _ data.Run) error {
		families, err = s.readFamilies(ctx, tx, query, id, by)
		return err
	})
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return nil, s.explain("read families", err)
	}
	return families, nil
}

// Family returns one family of the current run. The error wraps
// data.ErrNotFound.
func (s *Store) Family(ctx context.Context, id string) (data.Family, error) {
	var families []data.Family
	err := s.inRun(ctx, func(tx *sql.Tx, run int64, _ data.Run) (err error) {
		families, err = s.readFamilies(ctx, tx, sqlFamily, run, id)
		return err
	})
	if err == nil && len(families) == 0 {
		err = notFound("family %q is not in the current run", id)
	}
	if err != nil {
		return data.Family{}, s.explain("read family", err)
	}
	return families[0], nil
}

// inRun runs f on the current run, without its families and changes, and on
// the state of the database in which it is current.
func (s *Store) inRun(ctx context.Context, f func(tx *sql.Tx, id int64, r data.Run) error) error {
	return s.snapshot(ctx, func(tx *sql.Tx) error {
		var (
			id, at int64
			r      data.Run
		)
		err := tx.QueryRowContext(ctx, sqlCurrentRun).Scan(&id, &r.ID, &at, &r.Epoch, &r.Sites)
		if errors.Is(err, sql.ErrNoRows) {
			return notFound("nothing has been clustered yet")
		}
		if err != nil {
			return err
		}
		r.At = fromMicros(at)
		return f(tx, id, r)
	})
}

func (s *Store) readFamilies(ctx context.Context, tx *sql.Tx, query string, args ...any) (families []data.Family, err error) {
	var ids []int64
	err = readRows(ctx, tx, query, args, func(rows *sql.Rows) error {
		var (
			id   int64
			body sql.RawBytes
			f    data.Family
		)
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		if err := s.codec.decode(body, &f); err != nil {
			return err
		}
		ids, families = append(ids, id), append(families, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	chunks, err := tx.PrepareContext(ctx, sqlChunks)
	if err != nil {
		return nil, err
	}
	defer chunks.Close()
	for i := range families {
		if families[i].Members, err = s.readMembers(ctx, chunks, ids[i]); err != nil {
			return nil, fmt.Errorf("members of family %s: %w", families[i].ID, err)
		}
	}
	return families, nil
}

func (s *Store) readMembers(ctx context.Context, chunks *sql.Stmt, family int64) (members []data.Member, err error) {
	rows, err := chunks.QueryContext(ctx, family)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		var chunk []data.Member
		if err := s.codec.decode(body, &chunk); err != nil {
			return nil, err
		}
		members = append(members, chunk...)
	}
	return members, rows.Err()
}

// Changes returns the log's entries at or after a time, oldest first.
func (s *Store) Changes(ctx context.Context, since time.Time) ([]data.Change, error) {
	changes, err := readChanges(ctx, s.reader, sqlChangesSince, micros(since))
	if err != nil {
		return nil, s.explain("read changes", err)
	}
	return changes, nil
}

func readChanges(ctx context.Context, q queryer, query string, arg any) (changes []data.Change, err error) {
	err = readRows(ctx, q, query, []any{arg}, func(rows *sql.Rows) error {
		var c data.Change
		var at int64
		err := rows.Scan(&c.Run, &at, &c.Kind, &c.Layer, &c.Family, &c.Other, &c.Host, &c.Reason)
		c.At = fromMicros(at)
		changes = append(changes, c)
		return err
	})
	return changes, err
}
