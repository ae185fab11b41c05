package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/projectdiscovery/fastdialer/fastdialer"
	"github.com/projectdiscovery/gologger"
	"github.com/projectdiscovery/gologger/levels"
	"github.com/projectdiscovery/httpx/common/customheader"
	"github.com/projectdiscovery/httpx/runner"

	"pitboss/data"
)

// Config says how a probe is made.
type Config struct {
	// Control judges every dialled address; required. It is the fetcher's guard.
	Control   func(network, address string, c syscall.RawConn) error
	Resolvers []string      // "address:port"; empty: the system's
	UserAgent string        // whole User-Agent value; required
	JARM      bool          // ten more handshakes a site
	Timeout   time.Duration // of one request, whole seconds; 0: 10 s
	Parallel  int           // probes at once; 0: 4
	Log       *slog.Logger  // gets title, favicon and status as notes; nil: silent
}

// Prober probes sites. It is safe for concurrent use.
type Prober struct {
	cfg   Config
	slots chan struct{}

	mu   sync.Mutex
	seen map[string]notes
}

// notes are what is remembered of an address and certificate.
type notes struct {
	cdn, jarm string
	at        time.Time
}

const (
	mostSeen = 8192
	seenAge  = 7 * 24 * time.Hour
	mostBody = 1 << 20 // bytes of a page that httpx may read
)

// dialerLock guards fastdialer.DefaultOptions, the library's package variable.
var dialerLock sync.Mutex

// New returns a prober; the error wraps data.ErrInvalid. It silences httpx's
// logger for the whole process.
func New(cfg Config) (*Prober, error) {
	if cfg.Control == nil {
		return nil, fmt.Errorf("%w: a probe needs an address guard", data.ErrInvalid)
	}
	if cfg.UserAgent == "" || strings.ContainsAny(cfg.UserAgent, "\r\n\x00") {
		return nil, fmt.Errorf("%w: a probe needs a user agent of one line", data.ErrInvalid)
	}
	for _, r := range cfg.Resolvers {
		if _, err := netip.ParseAddrPort(r); err != nil {
			return nil, fmt.Errorf("%w: resolver %q: want address:port", data.ErrInvalid, r)
		}
	}
	if cfg.Timeout < time.Second {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Parallel <= 0 {
		cfg.Parallel = 4
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	gologger.DefaultLogger.SetMaxLevel(levels.LevelSilent)
	return &Prober{cfg: cfg, slots: make(chan struct{}, cfg.Parallel), seen: map[string]notes{}}, nil
}

// Probe fills h.CDN, and h.JARM when it is wanted, for the site at a URL. What it
// cannot learn it leaves as it is.
func (p *Prober) Probe(ctx context.Context, address string, h *data.Hosting) error {
	origin, err := target(address)
	if err != nil {
		return err
	}
	key := cacheKey(origin, h)
	n, ok := p.recall(key)
	if !ok {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if n, err = p.probe(ctx, origin); err != nil {
			return err
		}
		p.remember(key, n)
	}
	if n.cdn != "" {
		h.CDN = n.cdn
	}
	if n.jarm != "" {
		h.JARM = n.jarm
	}
	return nil
}

// target reduces a URL to its origin and checks it: httpx would expand a CIDR,
// an ASN or a "host,address" into many targets.
func target(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return "", fmt.Errorf("%w: probe of something that is no web address", data.ErrInvalid)
	}
	host, err := data.NormalizeHost(u.Host)
	if err != nil {
		return "", fmt.Errorf("probe: %w", err)
	}
	return u.Scheme + "://" + host, nil
}

func cacheKey(origin string, h *data.Hosting) string {
	key := strings.Join(h.Addrs, ",")
	if key == "" {
		key = origin
	}
	if u, err := url.Parse(origin); err == nil {
		key += " " + u.Scheme + " " + u.Port()
	}
	if h.Certificate != nil {
		key += " " + h.Certificate.SHA256
	}
	return key
}

func (p *Prober) recall(key string) (notes, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.seen[key]
	return n, ok && time.Since(n.at) < seenAge
}

func (p *Prober) remember(key string, n notes) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) >= mostSeen {
		for k := range p.seen { // any one will do
			delete(p.seen, k)
			break
		}
	}
	n.at = time.Now()
	p.seen[key] = n
}

// outcome of one run of httpx.
type outcome struct {
	notes notes
	err   error
}

// probe runs httpx on one origin. The slot is given back when httpx has really
// ended, which may be after ctx did: httpx cannot be stopped, only waited for.
func (p *Prober) probe(ctx context.Context, origin string) (notes, error) {
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-p.slots }()
		n, err := p.run(origin)
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		return o.notes, o.err
	case <-ctx.Done():
		return notes{}, ctx.Err()
	}
}

func (p *Prober) run(origin string) (notes, error) {
	var o outcome
	o.err = errors.New("httpx gave no result")
	options := p.options(origin)
	options.OnResult = func(r runner.Result) { o = p.read(r) }
	r, err := p.newRunner(options)
	if err != nil {
		return notes{}, err
	}
	defer r.Close()
	r.RunEnumeration()
	return o.notes, o.err
}

// options are those that make httpx a library, see the package's documentation and
// the traps that the fields' names do not tell: without Probe a failure gives no
// result at all, and a zero MaxResponseBodySizeToRead reads nothing.
func (p *Prober) options(origin string) *runner.Options {
	return &runner.Options{
		InputTargetHost:           []string{origin},
		Methods:                   "GET",
		DisableStdin:              true,
		DisableStdout:             true,
		DisableUpdateCheck:        true,
		Silent:                    true,
		NoColor:                   true,
		Probe:                     true,
		NoFallbackScheme:          true,
		Retries:                   2,
		Threads:                   1,
		HostMaxErrors:             -1,
		Timeout:                   int(p.cfg.Timeout / time.Second),
		MaxResponseBodySizeToRead: mostBody,
		MaxResponseBodySizeToSave: mostBody,
		CustomHeaders:             customheader.CustomHeaders{"User-Agent: " + p.cfg.UserAgent},
		Resolvers:                 p.cfg.Resolvers,
		ExtractTitle:              true,
		StatusCode:                true,
		Favicon:                   true,
		OutputCDN:                 "true",
		TLSGrab:                   true,
		Jarm:                      p.cfg.JARM,
		TechDetect:                false, // most of httpx's CPU; the fingerprint room reads the page
	}
}

// newRunner makes a runner whose every dial passes the guard.
func (p *Prober) newRunner(options *runner.Options) (*runner.Runner, error) {
	dialerLock.Lock()
	defer dialerLock.Unlock()
	before := fastdialer.DefaultOptions
	defer func() { fastdialer.DefaultOptions = before }()
	fastdialer.DefaultOptions.Dialer = &net.Dialer{
		Timeout: p.cfg.Timeout,
		Control: p.cfg.Control,
	}
	trial := fastdialer.DefaultOptions
	trial.BaseResolvers = p.cfg.Resolvers
	d, err := fastdialer.NewDialer(trial)
	if err != nil {
		return nil, fmt.Errorf("make dialer of httpx: %w", err)
	}
	d.Close()
	r, err := runner.New(options)
	if err != nil {
		return nil, fmt.Errorf("make httpx: %w", err)
	}
	return r, nil
}

func (p *Prober) read(r runner.Result) outcome {
	if r.Err != nil {
		return outcome{err: fmt.Errorf("httpx: %w", r.Err)}
	}
	if r.Failed {
		return outcome{err: fmt.Errorf("httpx: %s", r.Error)}
	}
	p.cfg.Log.Debug("httpx", "url", r.URL, "status", r.StatusCode, "title", r.Title, "favicon", r.FavIconMMH3, "cdn", r.CDNName)
	n := notes{jarm: r.JarmHash}
	if r.CDN || r.CDNType == "cdn" || r.CDNType == "waf" {
		n.cdn = r.CDNName
	}
	return outcome{notes: n}
}
