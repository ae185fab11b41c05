package fetch

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"pitboss/data"
)

// Limits bound one visit. A zero field takes its value from DefaultLimits.
type Limits struct {
	Requests  int           // requests, robots.txt and redirects included
	Bytes     int64         // received bytes of all answers
	Duration  time.Duration // the whole visit, waiting for an address's turn excepted
	Request   time.Duration // one request, from the first byte sent to the last received
	Connect   time.Duration // one dial, and one TLS handshake
	Head      int64         // bytes of one response head
	Body      int64         // bytes of one body as received
	Decoded   int64         // bytes of one body after decompression
	Robots    int64         // bytes of robots.txt
	Redirects int           // hops before the home page
	Pages     int           // further pages of the same site
	Images    int           // images of the same site
	Large     int           // exchanges of more than 512 KiB held in memory at once, over all visits
}

// DefaultLimits returns the limits of a polite visit.
func DefaultLimits() Limits {
	return Limits{
		Requests: 48, Bytes: 32 << 20, Duration: time.Minute, Request: 20 * time.Second, Connect: 10 * time.Second,
		Head: 256 << 10, Body: 8 << 20, Decoded: 8 << 20, Robots: 500 << 10,
		Redirects: 10, Pages: 4, Images: 12, Large: 4,
	}
}

// Prober adds what a probe outside the archived path saw to the hosting
// observations: the CDN, and the JARM when that is wanted. Its failure costs nothing else.
type Prober interface {
	Probe(ctx context.Context, url string, h *data.Hosting) error
}

// Config says how visits are made. Start from DefaultConfig.
type Config struct {
	Limits       Limits
	Delay        time.Duration // between two requests to one host, over all visits; 0: none
	AddressLimit int           // visits at once whose site answers from one address; 0: no limit
	AllowPrivate bool          // opens private and loopback addresses, for tests
	ConnectTo    []Rule
	Resolvers    []string // "address:port" of DNS servers; empty: the system's, and no NS, MX, TXT
	Vantage      data.Vantage
	Probe        Prober         // nil: no probe
	Roots        *x509.CertPool // to judge certificates; nil: the system's
	Log          *slog.Logger   // nil: silent
}

// DefaultConfig returns the polite defaults for a version of pitboss.
func DefaultConfig(version string) Config {
	return Config{
		Limits:       DefaultLimits(),
		Delay:        250 * time.Millisecond,
		AddressLimit: 6,
		Vantage:      DefaultVantage(version),
	}
}

// DefaultVantage returns the vantage that names the crawler.
func DefaultVantage(version string) data.Vantage { return NamedVantage(version, "") }

// NamedVantage names the crawler and, to whoever reads a server's log, where
// its operator can be reached: a web or mail address; empty: nowhere.
func NamedVantage(version, contact string) data.Vantage {
	if version == "" {
		version = "0"
	}
	if contact != "" {
		contact = "+" + contact + "; "
	}
	return data.Vantage{
		Name:           "default",
		UserAgent:      "pitboss/" + version + " (" + contact + "research on illegal gambling)",
		AcceptLanguage: "ko,zh;q=0.9,id;q=0.8,vi;q=0.8,th;q=0.8,pt;q=0.8,en;q=0.7",
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	fill(&l.Requests, d.Requests)
	fill(&l.Bytes, d.Bytes)
	fill(&l.Duration, d.Duration)
	fill(&l.Request, d.Request)
	fill(&l.Connect, d.Connect)
	fill(&l.Head, d.Head)
	fill(&l.Body, d.Body)
	fill(&l.Decoded, d.Decoded)
	fill(&l.Robots, d.Robots)
	fill(&l.Redirects, d.Redirects)
	fill(&l.Pages, d.Pages)
	fill(&l.Images, d.Images)
	fill(&l.Large, d.Large)
	return l
}

func fill[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// Fetcher makes visits. It is safe for concurrent use and holds no connection
// between visits.
type Fetcher struct {
	cfg    Config
	dial   *dialer
	gate   *gate
	robots *robotsCache
	large  *semaphore.Weighted
	agent  string // product token for robots.txt
}

// New returns a fetcher. The error wraps data.ErrInvalid.
func New(cfg Config) (*Fetcher, error) {
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Vantage.UserAgent == "" {
		cfg.Vantage = DefaultVantage("")
	}
	if strings.ContainsAny(cfg.Vantage.UserAgent+cfg.Vantage.AcceptLanguage, "\r\n\x00") {
		return nil, fmt.Errorf("%w: a vantage's header value has a line break", data.ErrInvalid)
	}
	if cfg.Delay < 0 || cfg.AddressLimit < 0 {
		return nil, fmt.Errorf("%w: negative delay or address limit", data.ErrInvalid)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Roots == nil {
		// Without a system pool every chain is of an unknown authority, which
		// is then what the record says.
		if pool, err := x509.SystemCertPool(); err == nil {
			cfg.Roots = pool
		} else {
			cfg.Roots = x509.NewCertPool()
		}
	}
	d, err := newDialer(cfg)
	if err != nil {
		return nil, err
	}
	return &Fetcher{
		cfg: cfg, dial: d,
		gate:   newGate(cfg.AddressLimit),
		robots: newRobotsCache(),
		large:  semaphore.NewWeighted(int64(cfg.Limits.Large)),
		agent:  productToken(cfg.Vantage.UserAgent),
	}, nil
}
