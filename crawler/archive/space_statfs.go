//go:build linux || darwin || freebsd

package archive

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeSpace returns the bytes that an unprivileged process can still write
// below dir.
func freeSpace(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("statfs: %w", err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}
