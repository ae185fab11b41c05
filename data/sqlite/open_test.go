package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"pitboss/data"
	"pitboss/data/sqlite"
)

// wantRefusal opens and expects an error that wraps want, if any, and says all
// the words.
func wantRefusal(t *testing.T, dir string, readOnly bool, want error, words ...string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{ReadOnly: readOnly})
	if err == nil {
		s.Close()
		t.Fatalf("read-only %v: it opened", readOnly)
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("read-only %v: got %v, want an error that wraps %q", readOnly, err, want)
	}
	if strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "data directory (") > 1 {
		t.Errorf("read-only %v: the error is said twice: %v", readOnly, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("read-only %v: %q is not in: %v", readOnly, w, err)
		}
	}
}

func TestOneWriterAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, dir, false, data.ErrLocked, dir, fmt.Sprintf("process %d", os.Getpid()), "wait for it or stop it")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestLockOfAnUnknownProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "pitboss.lock"), []byte("no number"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, dir, false, data.ErrLocked, "another process")
}

func TestReadersBesideTheWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	r := openAs(t, dir, sqlite.Options{ReadOnly: true})
	openAs(t, dir, sqlite.Options{ReadOnly: true})
	for i, c := range candidatesOf(3) {
		if _, err := w.AddCandidates(t.Context(), []data.Candidate{c}); err != nil {
			t.Fatal(err)
		}
		if site, err := r.Site(t.Context(), c.Host); err != nil || site.Host != c.Host {
			t.Fatalf("site %d is not seen by a reader: %v", i, err)
		}
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 1)
	s := openAs(t, dir, sqlite.Options{ReadOnly: true})
	ctx := t.Context()
	_, candidateErr := s.AddCandidates(ctx, candidatesOf(2))
	_, leaseErr := s.Lease(ctx, noon, 1, 1)
	_, visitErr := s.AddVisits(ctx, []data.Visit{visitOf("v", hostOf(0))})
	for name, err := range map[string]error{
		"AddCandidates": candidateErr, "Lease": leaseErr, "AddVisits": visitErr,
		"Extend":          s.Extend(ctx, data.Lease{}, noon),
		"Release":         s.Release(ctx, data.Lease{}),
		"Commit":          s.Commit(ctx, data.Lease{Host: hostOf(0)}, visitOf("v", hostOf(0)), data.Follow{}),
		"PutFingerprints": s.PutFingerprints(ctx, []data.Fingerprint{{Host: hostOf(0)}}),
		"SaveRun":         s.SaveRun(ctx, runOf("r", 1)),
		"AddVerdict":      s.AddVerdict(ctx, data.Verdict{ID: "v", Kind: data.VerdictGambling, By: "mina", Reason: "seen"}),
	} {
		if !errors.Is(err, sqlite.ErrReadOnly) {
			t.Errorf("%s: got %v, want an error that wraps %q", name, err, sqlite.ErrReadOnly)
		}
	}
	if n, err := s.Due(ctx, noon); err != nil || n != 1 {
		t.Errorf("%d sites are due, %v; want 1", n, err)
	}
}

func TestNothingToRead(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	wantRefusal(t, dir, true, data.ErrNotFound, dir, "import")
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening for reading made the directory: %v", err)
	}
}

func TestOddPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "q?mode=memory", "h#x", "p%2Fq", "한국", "new/deep/dir"} {
		dir := filepath.Join(t.TempDir(), name)
		fill(t, dir, 1)
		if _, err := os.Stat(filepath.Join(dir, sqlite.Name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		openAs(t, dir, sqlite.Options{ReadOnly: true})
	}
}

func TestNoStoreThere(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, path, text string) string {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct {
		make  func(t *testing.T, dir string) (data string)
		words []string
	}{
		"the directory is a file": {
			func(t *testing.T, dir string) string { return write(t, filepath.Join(dir, "file"), "x") },
			[]string{"file", "director"},
		},
		"the directory is below a file": {
			func(t *testing.T, dir string) string {
				return filepath.Join(write(t, filepath.Join(dir, "file"), "x"), "y")
			},
			[]string{"a part of this path is a file", "name another"},
		},
		"the database is a directory": {
			func(t *testing.T, dir string) string {
				if err := os.Mkdir(filepath.Join(dir, sqlite.Name), 0o700); err != nil {
					t.Fatal(err)
				}
				return dir
			},
			[]string{sqlite.Name, "is not a file", "move it away"},
		},
		"a text": {
			func(t *testing.T, dir string) string {
				write(t, filepath.Join(dir, sqlite.Name), strings.Repeat("no database\n", 1000))
				return dir
			},
			[]string{sqlite.Name, "not a SQLite database", "move it away"},
		},
		"another program's database": {
			func(t *testing.T, dir string) string {
				execSQL(t, dir, `CREATE TABLE bookmarks (url TEXT)`)
				return dir
			},
			[]string{sqlite.Name, "another program's database", "move it away"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := tc.make(t, t.TempDir())
			wantRefusal(t, dir, false, nil, tc.words...)
			wantRefusal(t, dir, true, nil, tc.words...)
		})
	}
}

// execSQL changes a database behind the store's back.
func execSQL(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(dir, sqlite.Name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, st := range statements {
		if _, err := db.ExecContext(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 1)
	execSQL(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`)
	for _, readOnly := range []bool{false, true} {
		wantRefusal(t, dir, readOnly, data.ErrNewerSchema, sqlite.Name, "version 99", "up to 1", "install a newer pitboss")
	}
}

// TestCutOffMigration is a first start that was killed after goose made its
// own table.
func TestCutOffMigration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	execSQL(t, dir,
		`CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)`)
	wantRefusal(t, dir, true, nil, "schema 0", "needs 1", "writes once")
	fill(t, dir, 1)
	openAs(t, dir, sqlite.Options{ReadOnly: true})
}

func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 2000)
	path := filepath.Join(dir, sqlite.Name)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const spared = 4096 // the first page: what it is, and its tables
	_, err = f.WriteAt(make([]byte, info.Size()-spared), spared)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{ReadOnly: true})
	if err == nil {
		defer s.Close()
		for _, iterErr := range s.Sites(t.Context()) {
			err = errors.Join(err, iterErr)
		}
	}
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v, want an error that names the file and says it is damaged", err)
	}
}
