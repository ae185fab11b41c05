package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pitboss/cluster/eval"
	"pitboss/data"
)

// corpus is the folder of real sites that PITBOSS_CORPUS names.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PITBOSS_CORPUS")
	if dir == "" {
		if os.Getenv("PITBOSS_CI") != "" {
			t.Fatal("PITBOSS_CI is set, so PITBOSS_CORPUS must name the corpus")
		}
		t.Skip("PITBOSS_CORPUS does not name a folder with sites.warc.gz and labels.tsv")
	}
	return dir
}

// TestCrawledCorpusGivesTheFamiliesOfTheImport serves the recorded sites over
// loopback from a process of its own, crawls them, and expects the families
// that importing the recording gives.
func TestCrawledCorpusGivesTheFamiliesOfTheImport(t *testing.T) {
	t.Parallel()
	warc := filepath.Join(corpus(t), "sites.warc.gz")
	dir := t.TempDir()
	imported, crawled := filepath.Join(dir, "imported"), filepath.Join(dir, "crawled")
	pitboss(t, "", "import", "--data", imported, "--log-level", "error", warc)
	pitboss(t, "", "cluster", "--data", imported)

	rules, hosts := serveWARC(t, warc)
	conf := filepath.Join(dir, "crawl.yaml")
	writeRules(t, conf, rules)
	pitboss(t, strings.Join(hosts, "\n"), "import", "--data", crawled, "-")
	pitboss(t, "", "crawl", "--data", crawled, "--config", conf)
	pitboss(t, "", "cluster", "--data", crawled)

	for _, layer := range []data.Layer{data.LayerTemplate, data.LayerBuilder} {
		a, b := partition(t, imported, layer, hosts), partition(t, crawled, layer, hosts)
		s := eval.Compare(a, b, 0)
		t.Logf("%s: ARI %.3f between import and crawl of %d hosts", layer, s.ARI, len(hosts))
		if s.ARI < 0.95 {
			t.Errorf("%s: ARI between import and crawl is %.3f, want at least 0.95", layer, s.ARI)
		}
	}
}

// serveWARC starts cmd/warcserve and returns its rules for --connect-to and
// the hosts it serves.
func serveWARC(t *testing.T, warc string) (rules, hosts []string) {
	t.Helper()
	server := filepath.Join(t.TempDir(), "warcserve")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", server, "pitboss/cmd/warcserve").CombinedOutput(); err != nil {
		t.Fatalf("build warcserve: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, server, "-addresses", "20", "-for", "10m", warc)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	// The rules come in one write, two a host; the last host has come when its
	// port 80 has.
	seen := map[string]bool{}
	want := countHosts(t, warc)
	for lines := bufio.NewScanner(out); len(hosts) < want && lines.Scan(); {
		line := lines.Text()
		host, rest, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "listening ") {
			continue
		}
		rules = append(rules, line)
		if strings.HasPrefix(rest, "80:") && !seen[host] {
			seen[host] = true
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		t.Fatal("warcserve serves no host")
	}
	return rules, hosts
}

// countHosts is the number of labelled hosts, which are those of the WARC.
func countHosts(t *testing.T, warc string) int {
	t.Helper()
	f, err := os.Open(filepath.Join(filepath.Dir(warc), "labels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels, err := eval.ReadLabels(f)
	if err != nil {
		t.Fatal(err)
	}
	return len(labels)
}

// writeRules sends every connection of a crawl to the server. Hosts that it
// does not know go there too, and get a closed connection.
func writeRules(t *testing.T, path string, rules []string) {
	t.Helper()
	var conf strings.Builder
	conf.WriteString("allow-private-addresses: true\ndelay: 1ms\nper-address: 0\nconcurrency: 16\nmin-free: 1\nlog-level: error\nconnect-to:\n")
	for _, r := range rules {
		fmt.Fprintf(&conf, "  - %q\n", r)
	}
	_, address, _ := strings.Cut(rules[0], ":443:")
	fmt.Fprintf(&conf, "  - %q\n", "::"+address)
	if err := os.WriteFile(path, []byte(conf.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// partition numbers the families of hosts on a layer; a host in none is a
// group of its own.
func partition(t *testing.T, dir string, layer data.Layer, hosts []string) []int {
	t.Helper()
	group := map[string]int{}
	n := 0
	for dec := json.NewDecoder(strings.NewReader(pitboss(t, "", "families", "--data", dir, "--layer", string(layer), "--json"))); dec.More(); n++ {
		var f data.Family
		if err := dec.Decode(&f); err != nil {
			t.Fatal(err)
		}
		for _, m := range f.Members {
			group[m.Host] = n
		}
	}
	out := make([]int, len(hosts))
	for i, h := range hosts {
		g, ok := group[h]
		if !ok {
			g = n
			n++
		}
		out[i] = g
	}
	return out
}
