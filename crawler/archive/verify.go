package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SegmentCheck is what reading a whole segment found.
type SegmentCheck struct {
	Records int           // whole ones, of any type
	Failed  int           // places that cannot be read, and records that differ from their digest
	Errors  []RecordError // the first of them
	Torn    int64         // offset of the record that a crash cut off at the end; 0: none
}

// errNoDigest: every record that this package writes has a block digest.
var errNoDigest = errors.New("the record has no block digest that could be checked")

// CheckSegment reads every record of a segment, requests and metadata too, and
// compares it with its block digest and with the checksum of its gzip member.
// A record cut off at the end is no failure: it is what a killed crawl
// leaves, and no visit names it.
func (a *Archive) CheckSegment(ctx context.Context, name string) (SegmentCheck, error) {
	var c SegmentCheck
	if name == "" || filepath.Base(name) != name {
		return c, fmt.Errorf("check segment: %w", os.ErrInvalid)
	}
	f, err := os.Open(filepath.Join(a.dir, name))
	if err != nil {
		return c, fmt.Errorf("check segment: %w", err)
	}
	defer f.Close()
	rd, err := newReader(f, nil, a.opts.MaxRecord)
	if errors.Is(err, ErrNotWARC) {
		c.fail(RecordError{Err: err})
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("check segment %s: %w", name, err)
	}
	defer rd.src.close()
	for ctx.Err() == nil {
		record, err := rd.next()
		bad, isBad := errors.AsType[*RecordError](err)
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case isBad && errors.Is(err, errTruncated):
			c.Torn = bad.Offset
		case isBad:
			c.fail(*bad)
		case err != nil:
			return c, fmt.Errorf("check segment %s: %w", name, err)
		case record.badSum:
			c.fail(RecordError{record.offset, record.uri(), errDigest})
		case !record.sum:
			c.fail(RecordError{record.offset, record.uri(), errNoDigest})
		default:
			c.Records++
		}
	}
	return c, ctx.Err()
}

func (c *SegmentCheck) fail(e RecordError) {
	c.Failed++
	if len(c.Errors) < maxErrors {
		c.Errors = append(c.Errors, e)
	}
}
