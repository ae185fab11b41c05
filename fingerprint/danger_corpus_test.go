package fingerprint

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pitboss/data"
)

// benignHosts returns the hosts of the corpus that are labelled as no
// gambling.
func benignHosts(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open(filepath.Join(os.Getenv("PITBOSS_CORPUS"), "labels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if cells := strings.Split(lines.Text(), "\t"); len(cells) > 4 && cells[4] == "no" {
			out[cells[0]] = true
		}
	}
	return out
}

// TestDangersOnCorpus lists every danger sign on real sites. Those on sites
// labelled as no gambling are false alarms unless somebody looked and saw
// otherwise; more than one site in a hundred would make the signs useless.
func TestDangersOnCorpus(t *testing.T) {
	t.Parallel()
	captures := corpus(t)
	benign := benignHosts(t)
	sites, alarms := 0, 0
	for i := range captures {
		c := &captures[i]
		found := dangersOf(c)
		if benign[c.Host] {
			sites++
			if len(found) > 0 {
				alarms++
			}
		}
		for _, d := range found {
			t.Logf("benign=%v %s %s: %s (%s at %d)", benign[c.Host], c.Host, d.Rule, d.Detail, d.Source, d.Offset)
		}
	}
	t.Logf("%d of %d benign sites carry a sign", alarms, sites)
	if 100*alarms > sites {
		t.Errorf("%d of %d benign sites carry a danger sign, more than 1 in 100", alarms, sites)
	}
}

// dangersOf is the signs of one capture.
func dangersOf(c *data.Capture) []data.Danger { return Extract(c).Dangers }
