package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"pitboss/data"
)

// Name is the database file below the data directory.
const Name = "pitboss.db"

// applicationID marks the file as ours, "pitb"; see the first migration.
const applicationID = 0x70697462

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Options say how a store is opened.
type Options struct {
	// ReadOnly opens without the writer's lock and changes nothing, beside a
	// running writer or on a directory that cannot be written.
	ReadOnly bool
}

// Open opens the store in dir. For writing, it creates directory and database
// where they are missing, brings the schema up to date, and drops the leases
// that a killed writer left: their holder cannot be alive.
//
// The error wraps data.ErrLocked when another process writes, and
// data.ErrNewerSchema when a newer pitboss has written; for reading,
// data.ErrNotFound when there is no store yet.
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	migrations, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return openWith(ctx, dir, opts, migrations)
}

func openWith(ctx context.Context, dir string, opts Options, migrations fs.FS) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{path: filepath.Join(dir, Name), codec: codec}
	if opts.ReadOnly {
		err = s.openForReading(ctx, dir, migrations)
	} else {
		err = s.openForWriting(ctx, dir, migrations)
	}
	if err != nil {
		_ = s.release() // nothing was written through it
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

func (s *Store) openForWriting(ctx context.Context, dir string, migrations fs.FS) error {
	if err := makeDir(dir); err != nil {
		return err
	}
	if err := checkFile(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	s.lock = lock
	return explainFile(s.path, s.connectForWriting(ctx, migrations))
}

func (s *Store) connectForWriting(ctx context.Context, migrations fs.FS) (err error) {
	if s.writer, err = openPool(s.path, 1, writerSettings); err != nil {
		return err
	}
	if err := migrate(ctx, s.writer, s.path, migrations); err != nil {
		return err
	}
	if _, err := s.writer.ExecContext(ctx, sqlDropLeases); err != nil {
		return fmt.Errorf("drop old leases: %w", err)
	}
	s.reader, err = openPool(s.path, readers(), readerSettings)
	return err
}

func (s *Store) openForReading(ctx context.Context, dir string, migrations fs.FS) error {
	if err := checkFile(s.path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: no store in %s: import something first, or name the right data directory", data.ErrNotFound, dir)
	} else if err != nil {
		return err
	}
	return explainFile(s.path, s.connectForReading(ctx, migrations))
}

func (s *Store) connectForReading(ctx context.Context, migrations fs.FS) (err error) {
	if s.reader, err = openPool(s.path, readers(), readerSettings); err != nil {
		return err
	}
	have, err := schemaVersion(ctx, s.reader, s.path)
	if cannotShare(err) {
		have, err = s.reopenFrozen(ctx, err)
	}
	if err != nil {
		return err
	}
	want, err := newestMigration(migrations)
	if err != nil {
		return err
	}
	if have > want {
		return newerSchema(s.path, have, want)
	}
	if have < want {
		return fmt.Errorf("%s has schema %d and this program needs %d: run a command that writes once, such as import, to bring it up to date", s.path, have, want)
	}
	return nil
}

// cannotShare reports whether SQLite failed to make or join the shared-memory
// file that readers of a WAL database need, as it does where the directory
// cannot be written.
func cannotShare(err error) bool {
	var dbErr sqlite3.Error
	if !errors.As(err, &dbErr) {
		return false
	}
	return dbErr.Code == sqlite3.ErrCantOpen || dbErr.Code == sqlite3.ErrReadonly
}

// reopenFrozen opens a database in a directory that cannot be written as one
// that nobody changes. That is only true while no write-ahead log waits beside
// it.
func (s *Store) reopenFrozen(ctx context.Context, why error) (version int64, err error) {
	if info, err := os.Stat(s.path + "-wal"); err == nil && info.Size() > 0 {
		return 0, fmt.Errorf("%s has a write-ahead log that is not merged yet and its directory cannot be written: open it once where it can, or copy the directory (%w)", s.path, why)
	}
	if err := s.reader.Close(); err != nil {
		return 0, err
	}
	if s.reader, err = openPool(s.path, readers(), frozenSettings); err != nil {
		return 0, err
	}
	return schemaVersion(ctx, s.reader, s.path)
}

func makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, not a directory: name another data directory", dir)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return explainFile(dir, err)
	}
	return nil
}

// checkFile returns an error that wraps fs.ErrNotExist, or says that path is
// nothing that could hold a database.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return explainFile(path, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file: move it away or name another data directory", path)
	}
	return nil
}

// Settings of the three sorts of connections, as go-sqlite3 reads them. A
// statement waits ten seconds for a lock, which only a foreign program could
// hold for longer.
const (
	writerSettings = "mode=rwc&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_busy_timeout=10000&_txlock=immediate&_cache_size=-65536"
	readerSettings = "mode=ro&_query_only=on&_busy_timeout=10000&_cache_size=-16384"
	frozenSettings = "mode=ro&_query_only=on&immutable=1&_cache_size=-16384"
)

func openPool(path string, conns int, settings string) (*sql.DB, error) {
	source := url.URL{Scheme: "file", Path: path, RawQuery: settings}
	db, err := sql.Open("sqlite3", source.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// readers is how many reads can go on at once: one a core, and some for
// callers that look things up while another read waits.
func readers() int { return runtime.GOMAXPROCS(0) + 2 }

func migrate(ctx context.Context, db *sql.DB, path string, migrations fs.FS) error {
	have, err := schemaVersion(ctx, db, path)
	if err != nil {
		return err
	}
	want, err := newestMigration(migrations)
	if err != nil {
		return err
	}
	if have > want {
		return newerSchema(path, have, want)
	}
	if have == want {
		return nil
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema from version %d to %d: %w", have, want, err)
	}
	return nil
}

func newestMigration(migrations fs.FS) (int64, error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	var newest int64
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("read migrations: %w", err)
		}
		newest = max(newest, v)
	}
	return newest, nil
}

// schemaVersion returns 0 for a new, empty database, and an error for one of
// another program.
func schemaVersion(ctx context.Context, db *sql.DB, path string) (int64, error) {
	var app, tables, versions int64
	if err := db.QueryRowContext(ctx, sqlIdentity).Scan(&app, &tables, &versions); err != nil {
		return 0, err
	}
	if versions == 0 || app != applicationID {
		// A first migration that was cut off leaves goose's table alone.
		if tables > versions {
			return 0, fmt.Errorf("%s is another program's database: move it away or name another data directory", path)
		}
		return 0, nil
	}
	var v int64
	if err := db.QueryRowContext(ctx, sqlVersion).Scan(&v); err != nil {
		return 0, err
	}
	return v, nil
}

func newerSchema(path string, have, want int64) error {
	return fmt.Errorf("%w: %s has version %d and this program knows up to %d: install a newer pitboss, or name another data directory",
		data.ErrNewerSchema, path, have, want)
}
