package review

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pitboss/data"
)

// marker is the file by which a directory is known to be a report of ours.
const marker = ".pitboss-report"

const markerText = "This directory was written by pitboss report and is replaced as a whole by the next one.\n"

// WriteStatic writes the pages into dir, from which they open in a browser
// without a server. They are written beside it first and take its place in one
// step, so dir holds one report or the other; an interrupted call leaves the
// old one. A directory that is neither empty nor a report of ours is refused
// with an error that wraps data.ErrInvalid.
func WriteStatic(ctx context.Context, store Store, dir string, o Options) error {
	o.complete()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("report directory: %w", err)
	}
	build := newBuild(dir)
	if err := build.recover(); err != nil {
		return err
	}
	if err := checkTarget(dir); err != nil {
		return err
	}
	snap, err := read(ctx, store, o)
	if err != nil {
		return err
	}
	if err := build.begin(); err != nil {
		return err
	}
	if err := writePages(ctx, snap, store, build.fresh); err != nil {
		return errors.Join(err, os.RemoveAll(build.fresh))
	}
	return build.finish()
}

func writePages(ctx context.Context, snap *snapshot, store Store, dir string) error {
	p, err := newPages()
	if err != nil {
		return err
	}
	for path := range snap.paths() {
		if err := ctx.Err(); err != nil {
			return err
		}
		body, _, err := p.render(ctx, snap, store, path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(path)), body, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// checkTarget refuses to replace what is not ours.
func checkTarget(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("report directory: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%w report directory: %s is not a directory", data.ErrInvalid, dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("report directory: %w", err)
	}
	if len(entries) > 0 && !isReport(dir) {
		return fmt.Errorf("%w report directory: %s holds other files; choose an empty or new one", data.ErrInvalid, dir)
	}
	return nil
}

func isReport(dir string) bool {
	raw, err := os.ReadFile(filepath.Join(dir, marker))
	return err == nil && string(raw) == markerText
}

// build is a report under way: fresh beside the target until it is whole, and
// old for the moment in which they change places.
type build struct {
	target, fresh, old string
}

func newBuild(dir string) build {
	parent, base := filepath.Split(dir)
	return build{dir, filepath.Join(parent, "."+base+".new"), filepath.Join(parent, "."+base+".old")}
}

// recover tidies up after a call that was killed: a report that had just been
// moved away comes back, half-written pages go.
func (b build) recover() error {
	if _, err := os.Lstat(b.target); errors.Is(err, fs.ErrNotExist) && isReport(b.old) {
		if err := os.Rename(b.old, b.target); err != nil {
			return fmt.Errorf("restore report: %w", err)
		}
	}
	for _, dir := range []string{b.fresh, b.old} {
		if !isReport(dir) {
			_ = os.Remove(dir) // succeeds only on an empty one, left before its marker was written
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove unfinished report: %w", err)
		}
	}
	return nil
}

func (b build) begin() error {
	if err := os.MkdirAll(filepath.Dir(b.target), 0o755); err != nil {
		return fmt.Errorf("report directory: %w", err)
	}
	if err := os.Mkdir(b.fresh, 0o755); err != nil {
		return fmt.Errorf("report directory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(b.fresh, marker), []byte(markerText), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	for _, sub := range []string{"family", "site"} {
		if err := os.Mkdir(filepath.Join(b.fresh, sub), 0o755); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

// finish puts the new report in the place of the old one.
func (b build) finish() error {
	err := os.Rename(b.target, b.old)
	had := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace report: %w", err)
	}
	if err := os.Rename(b.fresh, b.target); err != nil {
		if had {
			err = errors.Join(err, os.Rename(b.old, b.target))
		}
		return fmt.Errorf("replace report: %w", err)
	}
	if had {
		if err := os.RemoveAll(b.old); err != nil {
			return fmt.Errorf("remove old report: %w", err)
		}
	}
	return nil
}
