package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"

	"pitboss/data"
)

// Store is an open data directory. It is safe for concurrent use.
type Store struct {
	path   string
	codec  *codec
	lock   *os.File // nil: for reading only
	writer *sql.DB  // one connection; nil: for reading only
	reader *sql.DB
}

// Close merges the write-ahead log into the database and gives the writer's
// lock up. Iterators that are still running fail.
func (s *Store) Close() error {
	readErr := s.reader.Close() // a reader would hold the merge up
	var mergeErr error
	if s.writer != nil {
		_, err := s.writer.Exec(sqlCheckpoint)
		mergeErr = s.explain("merge the write-ahead log", err)
		if errors.Is(mergeErr, data.ErrNoSpace) {
			mergeErr = nil // what is committed stands in the log; the next opening merges
		}
	}
	return errors.Join(readErr, mergeErr, s.release())
}

// release closes what is open. The lock goes last.
func (s *Store) release() error {
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	s.codec.dec.Close()
	return errors.Join(errs...)
}

// write runs f in one transaction of the only writing connection. Everything
// or nothing of it is on disk when write returns.
func (s *Store) write(ctx context.Context, doing string, f func(*txn) error) error {
	if s.writer == nil {
		return fmt.Errorf("%s: %w", doing, ErrReadOnly)
	}
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(doing, err)
	}
	t := &txn{ctx: ctx, tx: tx, codec: s.codec, stmts: map[string]*sql.Stmt{}}
	if err := f(t); err != nil {
		// What made it fail is worth more than a failing rollback.
		_ = tx.Rollback()
		return s.explain(doing, err)
	}
	return s.explain(doing, tx.Commit())
}

// txn is a writing transaction with the statements it has prepared.
type txn struct {
	ctx   context.Context
	tx    *sql.Tx
	codec *codec
	stmts map[string]*sql.Stmt
	runs  int
}

// prepare returns the statement of a query, prepared at first use.
func (t *txn) prepare(query string) (*sql.Stmt, error) {
	if st, ok := t.stmts[query]; ok {
		return st, nil
	}
	st, err := t.tx.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = st
	return st, nil
}

// exec runs a statement and returns how many rows it changed. The driver
// starts a goroutine for each statement under a context that can end, so
// statements run without it and it is looked at between them.
func (t *txn) exec(query string, args ...any) (int64, error) {
	st, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	res, err := st.Exec(args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// scan reads the only row of a query; sql.ErrNoRows if there is none.
func (t *txn) scan(query string, args []any, into ...any) error {
	st, err := t.statement(query)
	if err != nil {
		return err
	}
	return st.QueryRow(args...).Scan(into...)
}

func (t *txn) statement(query string) (*sql.Stmt, error) {
	const every = 64
	if t.runs++; t.runs%every == 0 {
		if err := t.ctx.Err(); err != nil {
			return nil, err
		}
	}
	return t.prepare(query)
}

// read runs f over the rows of a query, outside of any writing transaction.
func (s *Store) read(ctx context.Context, query string, args []any, f func(*sql.Rows) error) error {
	return readRows(ctx, s.reader, query, args, f)
}

// queryer is a connection pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readRows(ctx context.Context, q queryer, query string, args []any, f func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// snapshot runs f on one state of the database, whatever is written meanwhile.
func (s *Store) snapshot(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it changed nothing
	return f(tx)
}

// pages yields what next reads, page by page, each from behind the last host
// of the page before. No connection is held while the consumer works.
func pages[T any](s *Store, doing string, host func(*T) string, next func(after string) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := ""
		for {
			page, err := next(after)
			if err != nil {
				var zero T
				yield(zero, s.explain(doing, err))
				return
			}
			if len(page) == 0 {
				return
			}
			for i := range page {
				if !yield(page[i], nil) {
					return
				}
			}
			after = host(&page[len(page)-1])
		}
	}
}
