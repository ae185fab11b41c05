package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"pitboss/data"
)

// loopbackNames answers 127.0.0.1 for every name.
func loopbackNames(t *testing.T) string {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg)
		m.SetReply(r)
		if q := r.Question[0]; q.Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: q.Qtype, Class: q.Qclass, Ttl: 60}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(m)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.ActivateAndServe() }()
	t.Cleanup(func() { pc.Close(); <-done })
	return pc.LocalAddr().String()
}

// guard records the dialled addresses, and refuses when told to.
type guard struct {
	mu     sync.Mutex
	dialed []string
	refuse atomic.Bool
}

var errRefused = errors.New("refused by the guard")

func (g *guard) control(_, address string, _ syscall.RawConn) error {
	g.mu.Lock()
	g.dialed = append(g.dialed, address)
	g.mu.Unlock()
	if g.refuse.Load() || !strings.HasPrefix(address, "127.0.0.1:") {
		return errRefused
	}
	return nil
}

func newProber(t *testing.T, g *guard, jarm bool) *Prober {
	t.Helper()
	p, err := New(Config{
		Control: g.control, Resolvers: []string{loopbackNames(t)}, UserAgent: "pitboss/test", JARM: jarm, Timeout: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProbe(t *testing.T) {
	var requests atomic.Int64
	var agent atomic.Value
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		agent.Store(r.UserAgent())
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>a</title>"))
	}))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	url := "https://probed.example:" + port + "/login?x=1"

	var g guard
	p := newProber(t, &g, true)
	h := data.Hosting{Addrs: []string{"127.0.0.1"}, CDN: "kept"}
	if err := p.Probe(t.Context(), url, &h); err != nil {
		t.Fatal(err)
	}
	if len(h.JARM) != 62 || h.CDN != "kept" {
		t.Errorf("hosting %+v", h)
	}
	if agent.Load() != "pitboss/test" {
		t.Errorf("user agent %v", agent.Load())
	}
	if len(g.dialed) < 11 { // the page's and JARM's ten
		t.Errorf("the guard saw %v", g.dialed)
	}

	before := requests.Load()
	again := data.Hosting{Addrs: []string{"127.0.0.1"}}
	if err := p.Probe(t.Context(), url, &again); err != nil || again.JARM != h.JARM || requests.Load() != before {
		t.Errorf("the second probe of one address: %+v, %v, %d requests", again, err, requests.Load()-before)
	}
}

func TestProbeIsGuarded(t *testing.T) {
	var reached atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	var g guard
	g.refuse.Store(true)
	p := newProber(t, &g, false)
	var h data.Hosting
	if err := p.Probe(t.Context(), "http://inside.example:"+port+"/", &h); err == nil {
		t.Error("a refused dial is no error")
	}
	if reached.Load() != 0 || len(g.dialed) == 0 {
		t.Errorf("%d requests passed, the guard saw %v", reached.Load(), g.dialed)
	}
}

func TestProbeRefusesWhatHttpxWouldExpand(t *testing.T) {
	t.Parallel()
	var g guard
	p := newProber(t, &g, false)
	for _, url := range []string{"", "10.0.0.0/24", "AS13335", "http://", "ftp://a.example/", "http://a.example,127.0.0.1/", "http://a/", "http://[::1", "http://a.example:99999/"} {
		var h data.Hosting
		err := p.Probe(t.Context(), url, &h)
		if !errors.Is(err, data.ErrInvalid) && !errors.Is(err, data.ErrInvalidHost) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if len(g.dialed) != 0 {
		t.Errorf("dialled %v", g.dialed)
	}
}

func TestProbeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var g guard
	p := newProber(t, &g, false)
	var h data.Hosting
	if err := p.Probe(ctx, "http://ended.example:1/", &h); err == nil {
		t.Error("no error")
	}
}

func TestNewRefusesBadConfigurations(t *testing.T) {
	t.Parallel()
	control := (&guard{}).control
	for name, cfg := range map[string]Config{
		"no guard":      {UserAgent: "a"},
		"no agent":      {Control: control},
		"line break":    {Control: control, UserAgent: "a\nb"},
		"bad resolvers": {Control: control, UserAgent: "a", Resolvers: []string{"x"}},
	} {
		if _, err := New(cfg); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	var g guard
	p := newProber(t, &g, false)
	for i := range 2 * mostSeen {
		p.remember(strings.Repeat("k", i%7)+string(rune(i)), notes{})
	}
	if len(p.seen) > mostSeen {
		t.Errorf("%d entries", len(p.seen))
	}
	p.seen["old"] = notes{at: time.Now().Add(-2 * seenAge)}
	if _, ok := p.recall("old"); ok {
		t.Error("an old answer is believed")
	}
}
