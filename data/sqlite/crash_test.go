package sqlite_test

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pitboss/data"
	"pitboss/data/sqlite"
)

// TestKilledWriterLosesNothing kills a writer again and again at moments of no
// choosing. What it said it had committed must stand, each site must be
// visited once in the end, and what was in flight must go on at once.
func TestKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	const sites, mostRounds = 120, 60
	dir := t.TempDir()
	fill(t, dir, sites)

	random := rand.New(rand.NewPCG(7, 11))
	committed, printed, killed := map[string]bool{}, map[string]bool{}, 0
	for round := range mostRounds {
		if round == mostRounds-1 {
			t.Fatalf("the frontier is not drained after %d rounds", mostRounds)
		}
		lines, died := crawlUntilKilled(t, dir, 3+random.IntN(20), time.Duration(random.IntN(3000))*time.Microsecond)
		for _, line := range lines {
			what, id, _ := strings.Cut(line, " ")
			switch what {
			case "committed":
				if committed[id] {
					t.Fatalf("visit %s was committed twice", id)
				}
				committed[id] = true
			case "printed":
				printed[id] = true
			}
		}
		checkAfterKill(t, dir, committed, printed)
		if !died {
			break
		}
		killed++
	}
	if killed < 3 {
		t.Fatalf("only %d writers were killed: this tested nothing", killed)
	}
	checkDrained(t, dir, sites)
}

func fill(t *testing.T, dir string, sites int) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err == nil {
		_, err = s.AddCandidates(t.Context(), candidatesOf(sites))
	}
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// crawlUntilKilled kills a crawl some time after its n-th line and returns
// what it had said; died is false if it came to its end before.
func crawlUntilKilled(t *testing.T, dir string, n int, later time.Duration) (lines []string, died bool) {
	t.Helper()
	cmd := startChild(t, roleCrawler, dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
		if len(lines) == n {
			time.Sleep(later)
			_ = cmd.Process.Kill() // it may be done already
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 { // by a signal
		return lines, true
	}
	if err != nil {
		t.Fatalf("crawl: %v\n%s", err, strings.Join(lines, "\n"))
	}
	return lines, false
}

func checkAfterKill(t *testing.T, dir string, committed, printed map[string]bool) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found := map[string]int{}
	for site, err := range s.Sites(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		visits, err := s.Visits(t.Context(), site.Host)
		if err != nil {
			t.Fatal(err)
		}
		if len(visits) > 1 || (len(visits) == 1) != (site.Status == data.StatusAlive) {
			t.Fatalf("%s is %s with %d visits", site.Host, site.Status, len(visits))
		}
		for _, v := range visits {
			found[v.ID]++
		}
	}
	for id := range committed {
		if found[id] != 1 {
			t.Fatalf("visit %s was committed and is there %d times", id, found[id])
		}
	}
	pending := map[string]bool{}
	for v, err := range s.Pending(t.Context(), "1") {
		if err != nil {
			t.Fatal(err)
		}
		pending[v.ID] = true
	}
	for id := range printed {
		if pending[id] {
			t.Fatalf("the fingerprint of %s was stored and is gone", id)
		}
	}
	run, err := s.CurrentRun(t.Context())
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		t.Fatal(err)
	}
	if len(run.Families) != run.Sites || len(run.Changes) != run.Sites {
		t.Fatalf("run %s has %d families and %d changes of %d", run.ID, len(run.Families), len(run.Changes), run.Sites)
	}
}

func checkDrained(t *testing.T, dir string, sites int) {
	t.Helper()
	s := open(t, dir)
	n := 0
	for site, err := range s.Sites(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; site.Status != data.StatusAlive {
			t.Errorf("%s is %s", site.Host, site.Status)
		}
	}
	if n != sites {
		t.Errorf("%d sites, want %d", n, sites)
	}
}
