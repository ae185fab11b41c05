package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"pitboss/data"
	"pitboss/data/sqlite"
)

// Some tests need another process: one to kill, or one without root's right to
// write everywhere. It is the test binary again, told by its environment what
// to be.
const (
	childRole = "PITBOSS_TEST_CHILD"
	childDir  = "PITBOSS_TEST_DIR"

	roleCrawler = "crawler" // drains the frontier and prints each commit
	roleReader  = "reader"  // counts the sites, as nobody
	roleWriter  = "writer"  // opens for writing, as nobody
)

func startChild(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childRole+"="+role, childDir+"="+dir)
	return cmd
}

func child(role, dir string) int {
	var err error
	switch role {
	case roleCrawler:
		err = crawlAll(context.Background(), dir)
	case roleReader:
		err = asNobody(func() error { return countSites(dir) })
	case roleWriter:
		err = asNobody(func() error {
			s, err := sqlite.Open(context.Background(), dir, sqlite.Options{})
			if err != nil {
				return err
			}
			return s.Close()
		})
	default:
		err = fmt.Errorf("unknown role %q", role)
	}
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

func asNobody(f func() error) error {
	const nobody = 65534
	if os.Geteuid() == 0 {
		if err := syscall.Setgid(nobody); err != nil {
			return err
		}
		if err := syscall.Setuid(nobody); err != nil {
			return err
		}
	}
	return f()
}

func countSites(dir string) error {
	s, err := sqlite.Open(context.Background(), dir, sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	n := 0
	for _, err := range s.Sites(context.Background()) {
		if err != nil {
			return err
		}
		n++
	}
	fmt.Println("sites:", n)
	return s.Close()
}

// crawlAll is a crawl without the web: leases, commits, fingerprints, and now
// and then a run.
func crawlAll(ctx context.Context, dir string) error {
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	for round := 0; ; round++ {
		leases, err := s.Lease(ctx, noon, 4, time.Hour)
		if err != nil {
			return err
		}
		if len(leases) == 0 {
			return s.Close()
		}
		for _, l := range leases {
			if err := crawlOne(ctx, s, l); err != nil {
				return err
			}
		}
		id := fmt.Sprintf("run-%d-%d", os.Getpid(), round)
		if err := s.SaveRun(ctx, runOf(id, round+1)); err != nil {
			return err
		}
		fmt.Println("ran", id)
	}
}

func crawlOne(ctx context.Context, s *sqlite.Store, l data.Lease) error {
	v := visitOf(fmt.Sprintf("%s-%d", l.Host, l.Token), l.Host)
	if err := s.Commit(ctx, l, v, data.Follow{Next: noon.Add(time.Hour)}); err != nil {
		return err
	}
	fmt.Println("committed", v.ID)
	f := data.Fingerprint{Host: v.Host, Visit: v.ID, Capture: v.Digest(), Extractor: "1"}
	if err := s.PutFingerprints(ctx, []data.Fingerprint{f}); err != nil {
		return err
	}
	fmt.Println("printed", v.ID)
	return nil
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func visitOf(id, host string) data.Visit {
	return data.Visit{
		ID: id, Host: host, Origin: "crawl", Started: noon, Finished: noon, Outcome: data.OutcomeOK,
		FinalURL: "https://" + host + "/", Vantage: "default",
		Exchanges: []data.Exchange{{URL: "https://" + host + "/", Role: data.RoleHome, Status: 200, Digest: "sha256:" + id}},
	}
}

// runOf has as many families as changes, so that half a run can be told.
func runOf(id string, families int) data.Run {
	r := data.Run{ID: id, At: noon, Sites: families}
	for i := range families {
		name := fmt.Sprintf("f%d", i)
		r.Families = append(r.Families, data.Family{ID: name, Layer: data.LayerBuilder, Members: []data.Member{{Host: hostOf(i)}}})
		r.Changes = append(r.Changes, data.Change{Run: id, At: noon, Kind: data.ChangeBorn, Family: name})
	}
	return r
}

func hostOf(i int) string { return fmt.Sprintf("site-%05d.example", i) }

func candidatesOf(n int) []data.Candidate {
	out := make([]data.Candidate, n)
	for i := range out {
		out[i] = data.Candidate{Host: hostOf(i), Source: "list.txt", How: "list", Added: noon}
	}
	return out
}
