package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// spool holds the block of one record: in memory up to a limit, beyond it in a
// temporary file. It satisfies the content interface of gowarc's records, save
// that Close keeps the content; release lets it go.
type spool struct {
	dir   string
	limit int64
	buf   []byte
	file  *os.File
	size  int64
	pos   int64
}

// spoolPattern names the temporary files.
const spoolPattern = "spool-*"

// errSpool: the disk failed, not the record.
var errSpool = errors.New("spool")

// newSpool returns an empty spool whose file, if it needs one, lies in dir.
func newSpool(dir string, limit int64) *spool {
	return &spool{dir: dir, limit: limit}
}

// newMemorySpool returns a spool over bytes that are in memory already.
func newMemorySpool(b []byte) *spool {
	return &spool{buf: b, size: int64(len(b)), limit: int64(len(b))}
}

// Write appends, and moves to a file once the limit is passed.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.size+int64(len(p)) <= s.limit {
		s.buf = append(s.buf, p...)
		s.size += int64(len(p))
		return len(p), nil
	}
	if s.file == nil {
		if err := s.moveToFile(); err != nil {
			return 0, err
		}
	}
	n, err := s.file.WriteAt(p, s.size)
	s.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("%w: write: %w", errSpool, noSpace(err))
	}
	return n, nil
}

func (s *spool) moveToFile() error {
	f, err := os.CreateTemp(s.dir, spoolPattern)
	if err != nil {
		return fmt.Errorf("%w: create: %w", errSpool, noSpace(err))
	}
	s.file = f
	if _, err := f.WriteAt(s.buf, 0); err != nil {
		return fmt.Errorf("%w: write: %w", errSpool, noSpace(err))
	}
	s.buf = s.buf[:0]
	return nil
}

// Read reads on from the position of the last Seek or Read.
func (s *spool) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := s.ReadAt(p, s.pos)
	s.pos += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt reads at an offset and leaves the position alone.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.size {
		return 0, io.EOF
	}
	if s.file != nil {
		return s.file.ReadAt(p, off)
	}
	n := copy(p, s.buf[off:s.size])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Seek moves the position.
func (s *spool) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.pos
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	s.pos = offset
	return offset, nil
}

// Len returns the size in bytes.
func (s *spool) Len() int64 { return s.size }

// FileName returns the temporary file's name, or nothing.
func (s *spool) FileName() string {
	if s.file == nil {
		return ""
	}
	return s.file.Name()
}

// Close does nothing: gowarc closes a record's content after writing it, but
// Import still reads it.
func (s *spool) Close() error { return nil }

// reset empties the spool for the next record and removes its file.
func (s *spool) reset() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
		s.file = nil
	}
	s.buf, s.size, s.pos = s.buf[:0], 0, 0
}
