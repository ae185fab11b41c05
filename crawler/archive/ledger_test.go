package archive

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// stored is the size of all segments together.
func stored(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	return bytes
}

// importInto opens the archive in dir as a program of its own would.
func importInto(t *testing.T, dir string, warc []byte) imported {
	t.Helper()
	a, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := importAll(t, a, warc)
	for _, visits := range got.visits {
		for _, v := range visits {
			if _, err := a.Load(t.Context(), v); err != nil {
				t.Error(err)
			}
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestImportStoresARecordOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	records := smallSite()
	first := importInto(t, dir, gzipWARC(records...))
	size := stored(t, dir)
	for name, again := range map[string][]byte{
		"the same file": gzipWARC(records...), "packed otherwise": plainWARC(records...), "in another order": gzipWARC(append(records[1:], records[0])...),
	} {
		got := importInto(t, dir, again)
		if grown := stored(t, dir) - size; grown != 0 {
			t.Errorf("%s: the archive grew by %d bytes", name, grown)
		}
		if name == "the same file" {
			if diff := cmp.Diff(first.visits, got.visits); diff != "" {
				t.Error(diff)
			}
		}
	}
	// A new record is stored, those beside it are not again.
	more := append(records, htmlPage("http://new.example/", 5, "<html>new</html>"))
	importInto(t, dir, gzipWARC(more...))
	alone := t.TempDir()
	importInto(t, alone, gzipWARC(more[len(more)-1]))
	if grown, want := stored(t, dir)-size, stored(t, alone); grown <= 0 || grown > want+100 {
		t.Errorf("one new record took %d bytes, alone it takes %d", grown, want)
	}
}

func TestImportStoresOtherBytesUnderTheSameID(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, other := htmlPage("http://a.example/", 0, "<html>one</html>"), htmlPage("http://a.example/", 0, "<html>two</html>")
	first, second := importInto(t, dir, gzipWARC(one)), importInto(t, dir, gzipWARC(other))
	if a, b := first.one(t, "a.example").Exchanges[0], second.one(t, "a.example").Exchanges[0]; a.Record == b.Record || a.Digest == b.Digest {
		t.Errorf("both are %+v", a)
	}
}

func TestLedgerBelievesOnlyWhatCanBe(t *testing.T) {
	t.Parallel()
	file := gzipWARC(smallSite()...)
	for name, spoil := range map[string]func([]byte) []byte{
		"a torn last entry":    func(b []byte) []byte { return b[:len(b)-5] },
		"nothing":              func([]byte) []byte { return nil },
		"behind the segment":   func(b []byte) []byte { return bytes.ReplaceAll(b, make([]byte, 5), []byte{0, 0, 0, 0, 9}) },
		"a negative offset":    func(b []byte) []byte { b[16] = 0xff; return b },
		"half an entry before": func(b []byte) []byte { return append(make([]byte, 16), b...) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			importInto(t, dir, file)
			paths, err := filepath.Glob(filepath.Join(dir, "*"+ledgerSuffix))
			if err != nil || len(paths) != 1 {
				t.Fatalf("%v %v", paths, err)
			}
			entries, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(paths[0], spoil(entries), 0o644); err != nil {
				t.Fatal(err)
			}
			importInto(t, dir, file) // which loads every visit
			size := stored(t, dir)
			importInto(t, dir, file)
			if stored(t, dir) != size {
				t.Error("what was stored anew was not kept in mind")
			}
		})
	}
}

// An import that is interrupted emits no visit, but goes on without storing
// anything twice.
func TestInterruptedImportDoesNotGrow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	file := gzipWARC(smallSite()...)
	stop := errors.New("stop")
	_, err = a.Import(ctx, bytes.NewReader(file), "x", func(data.Visit) error { cancel(); return stop })
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	size := stored(t, dir)
	importInto(t, dir, file)
	if grown := stored(t, dir) - size; grown != 0 {
		t.Errorf("the archive grew by %d bytes", grown)
	}
}
