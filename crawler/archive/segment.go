package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"pitboss/data"
)

// segment is the file that is being written.
type segment struct {
	file *os.File
	name string
	size int64
}

// append writes one gzip member at the end.
func (s *segment) append(member *spool) (data.Location, error) {
	at := data.Location{Segment: s.name, Offset: s.size, Length: member.Len()}
	n, err := io.Copy(s.file, io.NewSectionReader(member, 0, member.Len()))
	s.size += n
	if err != nil {
		return data.Location{}, fmt.Errorf("write segment %s: %w", s.name, noSpace(err))
	}
	return at, nil
}

// ensureSegment begins a segment where none is open or the open one is full.
func (a *Archive) ensureSegment() error {
	if a.seg != nil && a.seg.size < a.opts.SegmentSize {
		return nil
	}
	if err := a.finish(); err != nil {
		return err
	}
	now := a.opts.Now().UTC()
	name := fmt.Sprintf("pitboss-%s-%06d.warc.gz", now.Format("20060102150405"), a.seq+1)
	f, err := os.OpenFile(filepath.Join(a.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("begin segment: %w", noSpace(err))
	}
	a.seq++
	a.seg = &segment{file: f, name: name}
	if err := a.beginSegment(now); err != nil {
		// It holds no record yet: a full disk must not fill with such files.
		err = errors.Join(fmt.Errorf("begin segment %s: %w", name, err), f.Close(), os.Remove(f.Name()))
		a.seg = nil
		return err
	}
	return nil
}

func (a *Archive) beginSegment(now time.Time) error {
	info, err := encodeRecord(newSpool(a.dir, a.opts.MemoryLimit), infoRecord(a.seg.name, a.opts.Software, now))
	defer info.reset()
	if err != nil {
		return err
	}
	if _, err := a.seg.append(info); err != nil {
		return err
	}
	a.written += info.Len()
	return syncDir(a.dir)
}

// finish syncs and closes the open segment. It is called with a.mu held.
func (a *Archive) finish() error {
	if a.seg == nil {
		return nil
	}
	seg := a.seg
	a.seg = nil
	err := errors.Join(seg.file.Sync(), seg.file.Close())
	if err != nil {
		a.syncErr = fmt.Errorf("close segment %s: %w", seg.name, noSpace(err))
		return a.syncErr
	}
	return nil
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync directory: %w", noSpace(err))
	}
	return nil
}

// lastSequence returns the highest number of the segments in dir.
func lastSequence(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".warc.gz")
		if !ok || !strings.HasPrefix(name, "pitboss-") {
			continue
		}
		if n, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:]); err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}
