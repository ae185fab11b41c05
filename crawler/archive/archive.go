package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"pitboss/data"
)

// Options of an archive. The zero value is usable.
type Options struct {
	ReadOnly    bool             // only reads, perhaps beside a running writer
	SegmentSize int64            // a segment is closed once it is larger; default 1 GiB
	MinFree     uint64           // Append refuses when fewer bytes are free; default 0, no limit
	MemoryLimit int64            // largest block that Import keeps in memory; default 4 MiB
	MaxRecord   int64            // Import skips larger blocks; default 1 GiB
	MaxBody     int64            // decoded bytes of a resource; default 8 MiB
	MaxCapture  int64            // decoded bytes of a capture; default 64 MiB
	MaxRows     int              // index rows that Import holds at once; default 50,000
	Software    string           // named in the warcinfo record; default "pitboss"
	Now         func() time.Time // names segments and dates warcinfo; default time.Now
}

func (o *Options) setDefaults() {
	setDefault(&o.SegmentSize, 1<<30)
	setDefault(&o.MemoryLimit, 4<<20)
	setDefault(&o.MaxRecord, 1<<30)
	setDefault(&o.MaxBody, 8<<20)
	setDefault(&o.MaxCapture, 64<<20)
	setDefault(&o.MaxRows, 50_000)
	setDefault(&o.Software, "pitboss")
	if o.Now == nil {
		o.Now = time.Now
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Archive is a directory of WARC segments. Its methods may be called from
// several goroutines; only one process may write at a time, which the data
// directory's lock sees to.
type Archive struct {
	dir  string
	opts Options

	mu      sync.Mutex // guards the next five
	seg     *segment   // nil: the next Append starts one
	seq     int        // of the last segment
	written int64      // bytes handed to the system by this Archive
	syncErr error      // a failed fsync is never forgotten
	closed  bool

	syncMu sync.Mutex // one fsync at a time; taken before mu
	synced int64      // of written, what has reached the disk
}

// errClosed: the archive was used after Close. errReadOnly: it was opened for
// reading.
var (
	errClosed   = errors.New("archive is closed")
	errReadOnly = errors.New("archive is open for reading only")
)

// Open opens or creates an archive, and removes the temporary files that a
// killed writer left. No segment is begun before the first Append. With
// Options.ReadOnly the directory stays as it is and need not exist.
func Open(dir string, opts Options) (*Archive, error) {
	opts.setDefaults()
	if opts.ReadOnly {
		return &Archive{dir: dir, opts: opts}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open archive: %w", noSpace(err))
	}
	if err := removeSpools(dir); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	seq, err := lastSequence(dir)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return &Archive{dir: dir, opts: opts, seq: seq}, nil
}

// removeSpools removes the temporary files that a killed writer left.
func removeSpools(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, spoolPattern))
	if err != nil {
		return fmt.Errorf("list temporary files: %w", err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Dir returns the directory of the segments.
func (a *Archive) Dir() string { return a.dir }

// Segments returns the names of the segments, oldest first.
func (a *Archive) Segments() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(a.dir, "pitboss-*.warc.gz"))
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	return paths, nil
}

// Sync returns when everything appended before the call has reached the disk.
// Calls at the same time share one fsync.
func (a *Archive) Sync() error {
	a.mu.Lock()
	wanted := a.written
	a.mu.Unlock()

	a.syncMu.Lock()
	defer a.syncMu.Unlock()
	a.mu.Lock()
	seg, target, err := a.seg, a.written, a.syncErr
	a.mu.Unlock()
	if err != nil || a.synced >= wanted {
		return err
	}
	if seg != nil {
		// A segment that was closed in between was synced by finish.
		if err = seg.file.Sync(); errors.Is(err, os.ErrClosed) {
			err = nil
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.syncErr = fmt.Errorf("sync archive: %w", noSpace(err))
	}
	if a.syncErr == nil {
		a.synced = target
	}
	return a.syncErr
}

// Close syncs and closes the segment. The archive cannot be used afterwards.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	return a.finish()
}

// write stores whole gzip members, side by side in one segment, and returns
// where they lie.
func (a *Archive) write(ctx context.Context, members ...*spool) ([]data.Location, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if a.opts.ReadOnly {
		return nil, errReadOnly
	}
	if err := a.checkSpace(); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, errClosed
	}
	if err := a.ensureSegment(); err != nil {
		return nil, err
	}
	locations := make([]data.Location, 0, len(members))
	for _, m := range members {
		at, err := a.seg.append(m)
		if err != nil {
			// What was written of the record stays as a torn tail, so this
			// segment is sealed; the next Append starts another.
			return nil, errors.Join(err, a.finish())
		}
		a.written += m.Len()
		locations = append(locations, at)
	}
	return locations, nil
}

func (a *Archive) checkSpace() error {
	if a.opts.MinFree == 0 {
		return nil
	}
	free, err := freeSpace(a.dir)
	if err != nil {
		return fmt.Errorf("free space of archive: %w", err)
	}
	if free < a.opts.MinFree {
		return fmt.Errorf("%w: %d bytes are free below %s, the limit is %d", data.ErrNoSpace, free, a.dir, a.opts.MinFree)
	}
	return nil
}

// noSpace marks the errors of a full disk or quota with data.ErrNoSpace.
func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", data.ErrNoSpace, err)
	}
	return err
}
