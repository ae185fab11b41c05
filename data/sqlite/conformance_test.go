package sqlite_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"pitboss/data/sqlite"
	"pitboss/data/storetest"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		os.Exit(child(role, os.Getenv(childDir)))
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, t.TempDir()) })
}

// open opens for writing and closes with the test.
func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	return openAs(t, dir, sqlite.Options{})
}

func openAs(t testing.TB, dir string, opts sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
