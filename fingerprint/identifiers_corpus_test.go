package fingerprint

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"pitboss/data"
)

// identify runs the identifiers alone over a capture.
func identify(c *data.Capture) []data.Feature {
	out := newCollector()
	identifiers(c, pagesOf(c), out)
	return out.features()
}

// pagesOf parses the pages of a capture.
func pagesOf(c *data.Capture) []*document {
	var docs []*document
	for i := range c.Resources {
		if r := &c.Resources[i]; (r.Role == data.RoleHome || r.Role == data.RolePage) && isHTML(r) {
			docs = append(docs, parseDocument(r))
		}
	}
	return docs
}

// TestIdentifiersOfCorpus lists every find when PITBOSS_LIST names a file, for
// reading; the figures of docs come from reading it. It holds what no reading
// is needed for: kinds, layers, bounds and repeatability.
func TestIdentifiersOfCorpus(t *testing.T) {
	captures := corpus(t)
	var list []string
	count := map[data.Kind]int{}
	for i := range captures {
		for _, f := range identify(&captures[i]) {
			count[f.Kind]++
			if f.Layer != data.LayerOperator || f.Value == "" || f.Source == "" || len(f.Context) > maxContext {
				t.Errorf("%s: malformed %+v", captures[i].Host, f)
			}
			list = append(list, fmt.Sprintf("%s\t%s\t%s\t%s", f.Kind, f.Value, captures[i].Host, f.Context))
		}
	}
	slices.Sort(list)
	for k, n := range count {
		t.Logf("%s %d", k, n)
	}
	if name := os.Getenv("PITBOSS_LIST"); name != "" {
		var all []byte
		for _, line := range list {
			all = append(append(all, line...), '\n')
		}
		if err := os.WriteFile(name, all, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if count[data.KindAnalytics] == 0 || count[data.KindEmail] == 0 {
		t.Errorf("hardly anything was found: %v", count)
	}
}
