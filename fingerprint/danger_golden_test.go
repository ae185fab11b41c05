package fingerprint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoldenDangers does for the danger signs what TestGolden does for the
// rest: when what is said of the same page changes, Version has to.
func TestGoldenDangers(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	fmt.Fprintf(&got, "version %s\n", Version)
	for _, f := range dangerPages(t, "shapes.txtar") {
		for _, d := range dangersOf(capture(string(f.Data))) {
			fmt.Fprintf(&got, "%s: %s at %d: %s\n", f.Name, d.Rule, d.Offset, d.Detail)
		}
	}
	path := filepath.Join("testdata", "danger", "golden.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got.String() {
		t.Errorf("the danger signs changed: give Version a new value, then run go test -run Golden -update\n got:\n%s\nwant:\n%s", got.String(), want)
	}
}
