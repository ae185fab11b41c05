package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pitboss/data"
)

// The ledger keeps in mind which records were imported, so that importing a
// file again, or going on with an interrupted import, stores none twice.
//
// Beside a segment that holds imported records lies a file of the same name
// that ends in ".imported". It has an entry of 32 bytes for each of them: the
// first 16 bytes of the record's key, and offset and length in the segment as
// big-endian numbers. Entries are written once their records are on the disk; a
// torn last entry is ignored. Without the files nothing is lost but the memory.
const (
	ledgerSuffix = ".imported"
	ledgerEntry  = 32
	mostLedger   = 4_000_000 // entries held in memory, some 250 MB; later ones are stored again if they come again
	ledgerEvery  = 256       // records between two writes, each with a sync of the segment
)

type recordKey [16]byte

// place is a location whose segment is a number, for there are many.
type place struct {
	segment        int32
	length, offset int64
}

// ledger is loaded by each import.
type ledger struct {
	archive  *Archive
	segments []string
	numbers  map[string]int32
	known    map[recordKey]place
	pending  map[string][]byte // entries that wait for their segment's sync
	waiting  int
}

func (a *Archive) openLedger() (*ledger, error) {
	l := &ledger{archive: a, numbers: map[string]int32{}, known: map[recordKey]place{}, pending: map[string][]byte{}}
	segments, err := a.Segments()
	if err != nil {
		return nil, err
	}
	for _, name := range segments {
		if err := l.load(name); err != nil {
			return nil, fmt.Errorf("read the ledger of %s: %w", name, err)
		}
	}
	return l, nil
}

// load reads the entries of one segment, those that lie within it.
func (l *ledger) load(segment string) error {
	entries, err := os.ReadFile(l.path(segment))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(l.archive.dir, segment))
	if err != nil {
		return err
	}
	for ; len(entries) >= ledgerEntry; entries = entries[ledgerEntry:] {
		at := data.Location{
			Segment: segment,
			Offset:  int64(binary.BigEndian.Uint64(entries[16:])), //nolint:gosec // checked below
			Length:  int64(binary.BigEndian.Uint64(entries[24:])), //nolint:gosec // checked below
		}
		if at.Offset >= 0 && at.Length > 0 && at.Length <= info.Size() && at.Offset <= info.Size()-at.Length {
			l.keep(recordKey(entries[:16]), at)
		}
	}
	return nil
}

func (l *ledger) path(segment string) string {
	return filepath.Join(l.archive.dir, strings.TrimSuffix(segment, ".warc.gz")+ledgerSuffix)
}

// keyOf tells records apart by all that is stored of them: writers that
// number their records anew, or not at all, have other dates or bytes.
func keyOf(f *found) recordKey {
	h := sha256.New()
	for _, s := range []string{f.get("WARC-Type"), f.get("WARC-Record-ID"), f.uri(), f.get("WARC-Date")} {
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	h.Write(f.sha256)
	return recordKey(h.Sum(nil)[:16])
}

func (l *ledger) find(key recordKey) (data.Location, bool) {
	p, ok := l.known[key]
	if !ok {
		return data.Location{}, false
	}
	return data.Location{Segment: l.segments[p.segment], Offset: p.offset, Length: p.length}, true
}

func (l *ledger) keep(key recordKey, at data.Location) {
	if len(l.known) >= mostLedger {
		return
	}
	number, ok := l.numbers[at.Segment]
	if !ok {
		number = int32(len(l.segments)) //nolint:gosec // segments are few
		l.numbers[at.Segment] = number
		l.segments = append(l.segments, at.Segment)
	}
	l.known[key] = place{segment: number, length: at.Length, offset: at.Offset}
}

// add notes a record that was appended; save makes the note durable.
func (l *ledger) add(key recordKey, at data.Location) {
	l.keep(key, at)
	entries := l.pending[at.Segment]
	entries = append(entries, key[:]...)
	entries = binary.BigEndian.AppendUint64(entries, uint64(at.Offset)) //nolint:gosec // never negative
	entries = binary.BigEndian.AppendUint64(entries, uint64(at.Length)) //nolint:gosec // as above
	l.pending[at.Segment] = entries
	l.waiting++
}

// save writes what was added. The archive was synced before.
func (l *ledger) save() error {
	for segment, entries := range l.pending {
		if err := appendEntries(l.path(segment), entries); err != nil {
			return fmt.Errorf("write the ledger of %s: %w", segment, noSpace(err))
		}
		delete(l.pending, segment)
	}
	l.waiting = 0
	return nil
}

// appendEntries adds entries behind the last whole one.
func appendEntries(path string, entries []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.WriteAt(entries, end-end%ledgerEntry)
	}
	return errors.Join(err, f.Close())
}
