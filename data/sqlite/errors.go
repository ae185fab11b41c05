package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"pitboss/data"
)

// ErrReadOnly is returned by the writing methods of a store that was opened
// for reading only.
var ErrReadOnly = errors.New("store is open for reading only")

// explain says what was being done and where, what stands behind an error of
// SQLite or the file system, and what to do about it. It wraps the sentinels
// of package data that callers branch on.
func (s *Store) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, explainFile(s.path, err))
}

func explainFile(path string, err error) error {
	var dbErr sqlite3.Error
	isDB := errors.As(err, &dbErr)
	switch {
	case isDB && dbErr.Code == sqlite3.ErrFull, isDB && outOfSpace(dbErr.SystemErrno), outOfSpace(err):
		return fmt.Errorf("%w for %s: free some and run the same command again; nothing committed is lost (%w)", data.ErrNoSpace, path, err)
	case isDB && (dbErr.Code == sqlite3.ErrBusy || dbErr.Code == sqlite3.ErrLocked):
		return fmt.Errorf("%w: another program holds %s: close it and try again (%w)", data.ErrLocked, path, err)
	case isDB && dbErr.Code == sqlite3.ErrNotADB:
		return fmt.Errorf("%s is not a SQLite database: move it away or name another data directory (%w)", path, err)
	case isDB && dbErr.Code == sqlite3.ErrCorrupt:
		return fmt.Errorf("%s is damaged: restore it from a backup, or move it away and import the archive again (%w)", path, err)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: a part of this path is a file: name another data directory (%w)", path, err)
	case isDB && dbErr.Code == sqlite3.ErrReadonly, errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s cannot be written: make it and its directory writable, or name another data directory (%w)", path, err)
	}
	return err
}

func outOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", data.ErrInvalid, fmt.Sprintf(format, args...))
}

func notFound(format string, args ...any) error {
	return fmt.Errorf("%w: %s", data.ErrNotFound, fmt.Sprintf(format, args...))
}
