package flow

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// FreeSpace returns the bytes that can still be written below dir.
func FreeSpace(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}
