package archive

import "testing"

// openTemp opens an archive in a directory of the test's own.
func openTemp(tb testing.TB, o Options) *Archive {
	tb.Helper()
	a, err := Open(tb.TempDir(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}
