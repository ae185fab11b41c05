package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"pitboss/cmd/pitboss/internal/flow"
	"pitboss/data"
	"pitboss/data/sqlite"
)

// finding is one line of the doctor's report.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // "ok", "missing" (optional) or "broken"
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// leastFiles is the number of descriptors that a crawl wants.
const leastFiles = 1024

func newDoctorCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing on this machine and how to get it",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDoctor(cmd.Context(), a, asJSON)
		},
	}
	addJSONFlag(cmd, &asJSON)
	return cmd
}

func runDoctor(ctx context.Context, a *app, asJSON bool) error {
	findings := []finding{
		{Check: "version", State: "ok", Detail: readBuildInfo().String()},
		a.checkData(ctx), a.checkWritable(), checkFiles(), checkLoopback(ctx), checkBrowser(),
	}
	findings = append(findings, checkValidators())
	if asJSON {
		if err := printEach(a, findings); err != nil {
			return err
		}
	} else {
		t := newTable(column{head: "CHECK"}, column{head: "STATE"}, column{head: "DETAIL", most: 80}, column{head: "REMEDY", most: 100})
		for _, f := range findings {
			t.add(f.Check, f.State, f.Detail, f.Remedy)
		}
		if err := t.write(a.stdout); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(findings, func(f finding) bool { return f.State == "broken" }) {
		return errors.New("something that every command needs is broken")
	}
	return nil
}

// checkData looks at the database without changing it.
func (a *app) checkData(ctx context.Context) finding {
	f := finding{Check: "data", State: "ok", Detail: a.dataDir}
	store, err := sqlite.Open(ctx, a.dataDir, sqlite.Options{ReadOnly: true})
	switch {
	case err == nil:
		if err := store.Close(); err != nil {
			return finding{Check: "data", State: "broken", Detail: err.Error()}
		}
	case errors.Is(err, data.ErrNotFound):
		f.Detail += ": nothing there yet"
		f.Remedy = "pitboss import FILE, or pitboss demo"
	default:
		f.State, f.Detail, f.Remedy = "broken", err.Error(), remedyOf(err, a.dataDir)
	}
	return f
}

// checkWritable tries the data directory, or the one it would be made in.
func (a *app) checkWritable() finding {
	dir, err := filepath.Abs(a.dataDir)
	if err != nil {
		return finding{Check: "disk", State: "broken", Detail: err.Error()}
	}
	for !isDir(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	probe, err := os.CreateTemp(dir, ".pitboss-doctor-*")
	if err != nil {
		return finding{Check: "disk", State: "broken", Detail: err.Error(), Remedy: remedyOf(err, a.dataDir)}
	}
	probe.Close()
	os.Remove(probe.Name())
	free, err := flow.FreeSpace(dir)
	if err != nil {
		return finding{Check: "disk", State: "ok", Detail: dir + " can be written"}
	}
	return finding{Check: "disk", State: "ok", Detail: fmt.Sprintf("%s can be written, %.1f GiB free", dir, float64(free)/(1<<30))}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func checkFiles() finding {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return finding{Check: "open files", State: "ok", Detail: "limit unknown"}
	}
	f := finding{Check: "open files", State: "ok", Detail: fmt.Sprintf("%d may be open at once", limit.Cur)}
	if limit.Cur < leastFiles {
		f.State, f.Remedy = "missing", fmt.Sprintf("ulimit -n %d, or crawl with a lower --concurrency", leastFiles)
	}
	return f
}

// checkLoopback tells whether the demo gets an address a server, or shares one.
func checkLoopback(ctx context.Context) finding {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.2:0")
	if err != nil {
		return finding{Check: "loopback", State: "missing", Detail: "only 127.0.0.1 answers; the demo uses ports instead"}
	}
	l.Close()
	return finding{Check: "loopback", State: "ok", Detail: "127.0.0.0/8 answers"}
}

func checkBrowser() finding {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return finding{Check: "browser", State: "ok", Detail: path}
		}
	}
	return finding{
		Check: "browser", State: "missing", Detail: "no Chromium; plain crawling works without",
		Remedy: "Debian: apt install chromium",
	}
}

// checkValidators looks for the consumers that the tests try exports with.
func checkValidators() finding {
	var absent []string
	for _, name := range []string{"dnsmasq", "unbound-checkconf", "named-checkzone", "squid", "nginx", "haproxy"} {
		if lookTool(name) == "" {
			absent = append(absent, name)
		}
	}
	if len(absent) == 0 {
		return finding{Check: "validators", State: "ok", Detail: "all consumers of exports can be tried"}
	}
	return finding{
		Check: "validators", State: "missing", Detail: fmt.Sprintf("not found: %v; only the tests use them", absent),
		Remedy: "Debian: apt install dnsmasq-base unbound bind9-utils squid nginx-light haproxy",
	}
}

// lookTool also looks where Debian keeps what administrators run.
func lookTool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}
