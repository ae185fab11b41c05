package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"pitboss/data"
)

// TestFullDisk gives SQLite no more pages, which it reports as it does a full
// disk.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := openStore(t, t.TempDir())
	limit := func(pages int) {
		t.Helper()
		if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	batch := func(n int) []data.Candidate {
		out := make([]data.Candidate, 500)
		for i := range out {
			out[i] = data.Candidate{Host: fmt.Sprintf("site-%d-%d.example", n, i), Source: "list"}
		}
		return out
	}
	limit(100)
	stored := 0
	var err error
	for n := 0; err == nil; n++ {
		if n == 1000 {
			t.Fatal("half a million sites fit into 100 pages")
		}
		var added int
		added, err = s.AddCandidates(t.Context(), batch(n))
		stored += added
	}
	if !errors.Is(err, data.ErrNoSpace) || !strings.Contains(err.Error(), s.path) || !strings.Contains(err.Error(), "free some") {
		t.Errorf("got %v, want an error that wraps %q, names the file and the remedy", err, data.ErrNoSpace)
	}
	if got := countSites(t, s); got != stored {
		t.Errorf("%d sites stand, want the %d of the batches before", got, stored)
	}
	limit(1 << 20)
	if added, err := s.AddCandidates(t.Context(), batch(9999)); err != nil || added != 500 {
		t.Errorf("with space again: %d added, %v", added, err)
	}
}

func countSites(t *testing.T, s *Store) (n int) {
	t.Helper()
	for _, err := range s.Sites(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err   error
		wraps error
		word  string
	}{
		"full":           {sqlite3.Error{Code: sqlite3.ErrFull}, data.ErrNoSpace, "free some"},
		"quota":          {sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EDQUOT}, data.ErrNoSpace, "free some"},
		"no space":       {&wrapped{syscall.ENOSPC}, data.ErrNoSpace, "free some"},
		"busy":           {sqlite3.Error{Code: sqlite3.ErrBusy}, data.ErrLocked, "close it"},
		"read-only":      {sqlite3.Error{Code: sqlite3.ErrReadonly}, nil, "writable"},
		"read-only disk": {&wrapped{syscall.EROFS}, nil, "writable"},
		"below a file":   {&wrapped{syscall.ENOTDIR}, nil, "part of this path"},
		"no right":       {&wrapped{syscall.EACCES}, nil, "writable"},
		"no database":    {sqlite3.Error{Code: sqlite3.ErrNotADB}, nil, "not a SQLite database"},
		"damaged":        {sqlite3.Error{Code: sqlite3.ErrCorrupt}, nil, "restore it"},
		"anything else":  {errors.New("odd"), nil, "odd"},
	} {
		got := explainFile("the/file", tc.err)
		if tc.wraps != nil && !errors.Is(got, tc.wraps) {
			t.Errorf("%s: %v does not wrap %q", name, got, tc.wraps)
		}
		if !errors.Is(got, tc.err) || !strings.Contains(got.Error(), tc.word) {
			t.Errorf("%s: %v hides its cause or does not say %q", name, got, tc.word)
		}
		if name != "anything else" && !strings.Contains(got.Error(), "the/file") {
			t.Errorf("%s: %v does not name the file", name, got)
		}
	}
}

type wrapped struct{ err error }

func (w *wrapped) Error() string { return "write: " + w.err.Error() }
func (w *wrapped) Unwrap() error { return w.err }
