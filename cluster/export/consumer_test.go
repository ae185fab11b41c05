package export_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"pitboss/cluster/export"
	"pitboss/data"
)

// consumer finds the program that reads a format. Without it the test is
// skipped, except where all of them must be there.
func consumer(t *testing.T, name, debianPackage string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/sbin") {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	if os.Getenv("PITBOSS_CI") == "1" {
		t.Fatalf("%s is needed: install the package %s", name, debianPackage)
	}
	t.Skipf("%s is not installed (Debian package %s)", name, debianPackage)
	return ""
}

// run runs a checker and returns what it printed.
func run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	return string(out), err
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// bulk is the sample with some thousand names more, in order.
func bulk(t *testing.T) []data.Listing {
	t.Helper()
	all := slices.Concat(sample(t), slices.Collect(many(5000)))
	slices.SortFunc(all, func(a, b data.Listing) int { return export.CompareNames(a.Domain, b.Domain) })
	return all
}

func TestDnsmasqAccepts(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "dnsmasq", "dnsmasq-base")
	conf := write(t, t.TempDir(), "list.conf", encode(t, export.FormatDnsmasq, bulk(t)))
	if out, err := run(t, bin, "--test", "--conf-file="+conf); err != nil || !strings.Contains(out, "syntax check OK") {
		t.Errorf("%v: %s", err, out)
	}
}

func unboundConf(t *testing.T, dir, extra string) string {
	t.Helper()
	list := write(t, dir, "list.conf", encode(t, export.FormatUnbound, bulk(t)))
	return write(t, dir, "unbound.conf", fmt.Sprintf(
		"server:\n  chroot: \"\"\n  directory: %q\n  username: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  do-daemonize: no\n  num-threads: 1\n  module-config: \"iterator\"\n%sinclude: %q\nremote-control:\n  control-enable: no\n",
		dir, extra, list))
}

func TestUnboundAccepts(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "unbound-checkconf", "unbound")
	if out, err := run(t, bin, unboundConf(t, t.TempDir(), "")); err != nil || !strings.Contains(out, "no errors") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNamedAcceptsRPZ(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "named-checkzone", "bind9-utils")
	zone := write(t, t.TempDir(), "rpz.zone", encode(t, export.FormatRPZ, bulk(t)))
	out, err := run(t, bin, "rpz.pitboss", zone)
	if err != nil || !strings.Contains(out, fmt.Sprintf("loaded serial %d", now.Unix())) || strings.Contains(out, "out-of-zone") || strings.Contains(out, "ignoring") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestUnboundAcceptsRPZ(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "unbound-checkconf", "unbound")
	dir := t.TempDir()
	zone := write(t, dir, "rpz.zone", encode(t, export.FormatRPZ, bulk(t)))
	conf := write(t, dir, "unbound.conf", fmt.Sprintf("server:\n  chroot: \"\"\n  directory: %q\n  module-config: \"respip iterator\"\nrpz:\n  name: rpz.pitboss.\n  zonefile: %q\n", dir, zone))
	if out, err := run(t, bin, conf); err != nil || !strings.Contains(out, "no errors") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestSquidAccepts(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "squid", "squid")
	dir := t.TempDir()
	list := write(t, dir, "list.txt", encode(t, export.FormatSquid, bulk(t)))
	conf := write(t, dir, "squid.conf", fmt.Sprintf("acl gambling dstdomain %q\nhttp_access deny gambling\nhttp_port 127.0.0.1:3128\npid_filename none\nvisible_hostname test\n", list))
	if out, err := run(t, bin, "-k", "parse", "-f", conf); err != nil || strings.Contains(out, "FATAL") || strings.Contains(out, "ERROR") || strings.Contains(out, "is a subdomain of") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNginxAccepts(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "nginx", "nginx-light")
	dir := t.TempDir()
	list := write(t, dir, "list.conf", encode(t, export.FormatNginx, bulk(t)))
	conf := write(t, dir, "nginx.conf", fmt.Sprintf(
		"pid %s/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n access_log off;\n map_hash_max_size 65536;\n map_hash_bucket_size 256;\n map $host $gambling { hostnames; default 0; include %s; }\n server { listen 127.0.0.1:18080; return 200 $gambling; }\n}\n", dir, list))
	if out, err := run(t, bin, "-t", "-q", "-p", dir, "-c", conf); err != nil || strings.Contains(out, "emerg") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestHAProxyAccepts(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "haproxy", "haproxy")
	dir := t.TempDir()
	exact := write(t, dir, "exact.map", encode(t, export.FormatHAProxy, bulk(t)))
	suffix := write(t, dir, "suffix.map", encode(t, export.FormatHAProxySuffix, bulk(t)))
	conf := write(t, dir, "haproxy.cfg", fmt.Sprintf(
		"defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nfrontend f\n bind 127.0.0.1:18081\n http-request deny if { req.hdr(host),host_only,lower,map_str(%s,0) -m str 1 }\n http-request deny if { req.hdr(host),host_only,lower,map_end(%s,0) -m str 1 }\n", exact, suffix))
	if out, err := run(t, bin, "-c", "-f", conf); err != nil || strings.Contains(out, "ALERT") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestDnsmasqBlocks and TestUnboundBlocks ask a resolver that has loaded the
// list: the listed name and what is below it do not exist, neighbours answer.
func TestDnsmasqBlocks(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "dnsmasq", "dnsmasq-base")
	conf := write(t, t.TempDir(), "list.conf", encode(t, export.FormatDnsmasq, bulk(t)))
	port := freePort(t)
	args := []string{"--keep-in-foreground", "--no-resolv", "--no-hosts", "--no-daemon", "--pid-file=", "--user=", "--listen-address=127.0.0.1", "--bind-interfaces", "--port=" + port, "--conf-file=" + conf}
	for _, n := range neighbourNames {
		args = append(args, "--host-record="+n+",192.0.2.9")
	}
	ask(t, port, bin, args...)
}

func TestUnboundBlocks(t *testing.T) {
	t.Parallel()
	bin := consumer(t, "unbound", "unbound")
	port := freePort(t)
	extra := fmt.Sprintf("  interface: 127.0.0.1@%s\n", port)
	for _, n := range neighbourNames {
		extra += fmt.Sprintf("  local-zone: %q static\n  local-data: \"%s A 192.0.2.9\"\n", n+".", n)
	}
	ask(t, port, bin, "-d", "-c", unboundConf(t, t.TempDir(), extra))
}

var neighbourNames = []string{"xabcbet-777.com", "abcbet-777.com.example", "deep.slot-win.net", "other.github.io"}

func freePort(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return port
}

func ask(t *testing.T, port, bin string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, bin, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // killed by the context
		if t.Failed() {
			t.Logf("%s said: %s", bin, out.String())
		}
	})
	answer := func(name string) *dns.Msg {
		m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
		client := dns.Client{Timeout: time.Second}
		for range 40 {
			if r, _, err := client.Exchange(m, net.JoinHostPort("127.0.0.1", port)); err == nil {
				return r
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("no answer about %s", name)
		return nil
	}
	for _, n := range []string{"abcbet-777.com", "www.abcbet-777.com", "a.b.abcbet-777.com", "m.deep.slot-win.net", "judi.github.io", "xn--9i1bm7h.com", "bet-0004999.com"} {
		if r := answer(n); r.Rcode != dns.RcodeNameError || len(r.Answer) != 0 {
			t.Errorf("%s is not blocked: %s", n, dns.RcodeToString[r.Rcode])
		}
	}
	for _, n := range neighbourNames {
		if r := answer(n); r.Rcode != dns.RcodeSuccess || len(r.Answer) != 1 {
			t.Errorf("%s is harmless and not answered: %s", n, dns.RcodeToString[r.Rcode])
		}
	}
}
