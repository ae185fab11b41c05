package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"pitboss/data"
)

// visit is the state of one visit. Its requests go one after the other, so it
// needs no lock.
type visit struct {
	f    *Fetcher
	ctx  context.Context //nolint:containedctx // colly's transport has no other way to it
	sink func(context.Context, data.RawExchange) (data.Exchange, error)
	out  data.Visit

	vantage  data.Vantage
	c        *colly.Collector
	turn     turn
	main     bool // the home page is still being looked for
	target   target
	conns    map[string]*wire
	lane     netip.Addr
	hosts    map[string]*hostState // by origin
	fatal    error                 // the sink failed: nothing more can be archived
	fellBack bool                  // https does not answer, http does
	budget
}

// budget is what a visit has spent, and when it must end.
type budget struct {
	requests int
	bytes    int64
	deadline time.Time
}

// hostState is what the visit knows of one origin.
type hostState struct {
	rules *robotRules
	next  time.Time // no request before
	dead  bool      // does not answer, or asked to be left alone
}

// Visit looks at one site. The sink gets every exchange as it completes, must not
// keep its byte slices, and returns the index entry. A site that cannot be
// looked at is a visit with an outcome, not an error; an error means that the sink
// failed or ctx was cancelled, and the visit must not be stored.
func (f *Fetcher) Visit(ctx context.Context, req data.Request, sink func(context.Context, data.RawExchange) (data.Exchange, error)) (data.Visit, error) {
	v := &visit{
		f: f, ctx: ctx, sink: sink, vantage: req.Vantage, main: true,
		conns: make(map[string]*wire), hosts: make(map[string]*hostState),
		budget: budget{deadline: time.Now().Add(f.cfg.Limits.Duration)},
	}
	if v.vantage.UserAgent == "" {
		v.vantage = f.cfg.Vantage
	}
	v.out = data.Visit{ID: req.Visit, Host: req.Host, Origin: "crawl", Started: time.Now().UTC(), Vantage: v.vantage.Name}
	v.c = v.collector()
	defer v.close()
	err := v.run(req.Host)
	v.out.Finished = time.Now().UTC()
	if v.fatal != nil {
		return v.out, v.fatal
	}
	if ctx.Err() != nil {
		v.out.Outcome = data.OutcomeCanceled
		return v.out, ctx.Err()
	}
	v.out.Outcome = data.OutcomeOK
	if err != nil {
		v.out.Outcome, v.out.Reason = outcomeOf(err)
	}
	return v.out, nil
}

func (v *visit) close() {
	v.turn.large.release()
	v.closeAll()
	v.leaveLane()
}

// run returns what stopped the visit before its home page was read; nil: it was.
func (v *visit) run(host string) error {
	dns := v.f.lookUp(v.ctx, host)
	p, err := v.findHome(host)
	v.main = false
	if err == nil {
		v.f.gate.calm(v.lane)
		v.resources(p)
	}
	v.hosting(<-dns)
	if v.f.cfg.Probe != nil && err == nil && v.ctx.Err() == nil && !v.target.redirected {
		if perr := v.f.cfg.Probe.Probe(v.ctx, v.out.FinalURL, &v.out.Hosting); perr != nil {
			v.f.cfg.Log.Debug("probe failed", "host", v.out.Host, "error", perr)
		}
	}
	return err
}

// collector returns a colly collector whose transport, limits, robots and
// redirects are ours.
func (v *visit) collector() *colly.Collector {
	c := colly.NewCollector()
	c.Context = v.ctx
	c.UserAgent = v.vantage.UserAgent
	c.AllowURLRevisit = true
	c.IgnoreRobotsTxt = true
	c.ParseHTTPErrorResponse = true
	c.MaxBodySize = 0
	c.CacheDir = ""
	c.SetRequestTimeout(0)
	c.WithTransport(v)
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	c.OnHTML("html", func(e *colly.HTMLElement) {
		if v.turn.page == nil {
			v.turn.page = readPage(e.DOM, e.Request.URL)
		}
	})
	return c
}

// get makes one request. The answer is not archived yet: see keep.
func (v *visit) get(u *url.URL, w want) (*answer, error) {
	v.turn.large.release()
	v.turn = turn{want: w}
	if v.requests >= v.f.cfg.Limits.Requests || v.bytes >= v.f.cfg.Limits.Bytes {
		return nil, errBudget
	}
	if err := v.pace(u); err != nil {
		return nil, err
	}
	if v.main {
		// Waiting for the address's turn must not eat the request's time; the
		// look-up, each dial and the handshake have limits of their own.
		if _, err := v.connect(v.ctx, u); err != nil {
			return nil, err
		}
	}
	if !time.Now().Before(v.deadline) {
		return nil, stopped(data.OutcomeTimeout, "the visit took longer than %s", v.f.cfg.Limits.Duration)
	}
	err := v.c.Request(http.MethodGet, u.String(), nil, nil, v.header())
	switch {
	case v.turn.answer != nil:
		v.slowDown(u, v.turn.answer)
		return v.turn.answer, nil
	case v.turn.err != nil:
		return nil, v.turn.err
	case err != nil:
		return nil, stopped(data.OutcomeOutOfScope, "URL cannot be requested: %s", err)
	}
	return nil, errClosed
}

func (v *visit) header() http.Header {
	h := http.Header{"User-Agent": {v.vantage.UserAgent}, "Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}}
	if v.vantage.AcceptLanguage != "" {
		h.Set("Accept-Language", v.vantage.AcceptLanguage)
	}
	if v.vantage.Mobile {
		h.Set("Sec-CH-UA-Mobile", "?1")
	}
	return h
}

// pace waits until the host may be asked again.
func (v *visit) pace(u *url.URL) error {
	h := v.host(u)
	delay := v.f.cfg.Delay
	if h.rules != nil && h.rules.delay > delay {
		delay = h.rules.delay
	}
	at, ok := v.f.gate.turn(origin(u), h.next, v.deadline, delay)
	if !ok {
		return errBudget
	}
	return sleep(v.ctx, time.Until(at))
}

func (v *visit) host(u *url.URL) *hostState {
	h := v.hosts[origin(u)]
	if h == nil {
		h = &hostState{}
		v.hosts[origin(u)] = h
	}
	return h
}

// slowDown obeys 429 and 503: nothing more is asked of that host in this visit,
// and later visits to its address wait. What the site's own robots.txt
// answers is left to its rules.
func (v *visit) slowDown(u *url.URL, a *answer) {
	if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable {
		return
	}
	asked := RetryAfter(a.header.Get("Retry-After"), a.at)
	v.f.gate.slow(a.addr, asked)
	h := v.host(u)
	h.next = time.Now().Add(min(max(asked, v.f.cfg.Delay), mostCrawlDelay))
	h.dead = !v.main
}

// keep archives the answer of the last get under a role.
func (v *visit) keep(a *answer, role data.Role) error {
	e := data.Exchange{
		URL: a.url, Role: role, Status: a.status, MediaType: mediaType(a.header.Get("Content-Type")),
		At: a.at, Addr: a.addr.String(), Truncated: a.truncated,
	}
	kept, err := v.sink(v.ctx, data.RawExchange{Exchange: e, Request: a.request, Response: a.raw})
	if err != nil {
		v.fatal = fmt.Errorf("archive %s: %w", shorten(a.url, 100), err)
		return v.fatal
	}
	v.out.Exchanges = append(v.out.Exchanges, kept)
	return nil
}

// findHome finds the scheme that works, reads robots.txt and follows redirects
// to the home page.
func (v *visit) findHome(host string) (*page, error) {
	u, err := v.open(host)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for hop := 0; ; hop++ {
		if seen[u.String()]++; seen[u.String()] > 2 {
			// Twice is allowed: many a site sets a cookie and asks again.
			return nil, stopped(data.OutcomeRedirects, "redirects in a circle at %s", u)
		}
		if hop > v.f.cfg.Limits.Redirects {
			return nil, stopped(data.OutcomeRedirects, "more than %d redirects", v.f.cfg.Limits.Redirects)
		}
		p, next, err := v.homeStep(u)
		if err != nil || next == nil {
			return p, err
		}
		u = next
	}
}

// homeStep requests one URL of the chain: it returns the home page, or where to
// go next.
func (v *visit) homeStep(u *url.URL) (*page, *url.URL, error) {
	rules, err := v.ownRules(u)
	if err != nil {
		return nil, nil, err
	}
	if rules.refuse != "" {
		return nil, nil, stopped(data.OutcomeRobots, "%s: %s", u.Host, rules.refuse)
	}
	if !rules.allows(u) {
		return nil, nil, stopped(data.OutcomeRobots, "robots.txt of %s forbids %s", u.Host, u.EscapedPath())
	}
	a, err := v.get(u, want{parse: true, body: true})
	if err != nil {
		return nil, nil, err
	}
	v.observe(a)
	v.out.FinalURL = a.url
	p := v.turn.page
	to, by := redirectOf(a, p)
	if to == "" {
		if err := v.keep(a, data.RoleHome); err != nil {
			return nil, nil, err
		}
		return p, nil, v.judgeHome(a, &v.turn)
	}
	if err := v.keep(a, data.RoleRedirect); err != nil {
		return nil, nil, err
	}
	next, err := v.hop(u, a, p, to, by)
	return nil, next, err
}

// hop records a step of the chain and returns its target.
func (v *visit) hop(u *url.URL, a *answer, p *page, to, by string) (*url.URL, error) {
	base := u
	if by != byHTTP && p != nil {
		base = p.base
	}
	next, err := resolveURL(base, to)
	h := data.Hop{URL: a.url, To: shorten(to, 2048), By: by}
	if by == byHTTP {
		h.Status = a.status
	}
	if err == nil {
		h.To = next.String()
	}
	v.out.Chain = append(v.out.Chain, h)
	if err != nil {
		return nil, stopped(data.OutcomeOutOfScope, "redirected to %s: %s", shorten(to, 100), err)
	}
	return next, nil
}

// judgeHome says whether the answer is a page that a fingerprint can be made of.
func (v *visit) judgeHome(a *answer, t *turn) error {
	declared := a.header.Get("Content-Type")
	text := strings.TrimSpace(strings.Trim(string(t.decoded[:min(len(t.decoded), 4096)]), "\ufeff\x00"))
	switch {
	case a.status >= 400:
		return stopped(data.OutcomeHTTPError, "%s", statusLine(a.status))
	case a.truncated == "length":
		return stopped(data.OutcomeTooLarge, "the body is over the limit, %d bytes were read", len(a.raw)-a.head)
	case errors.Is(t.bodyErr, errDecoded):
		return stopped(data.OutcomeTooLarge, "the decompressed body is over %d bytes", v.f.cfg.Limits.Decoded)
	case a.truncated == "time":
		return stopped(data.OutcomeTimeout, "the body did not end in time, %d bytes were read", len(a.raw)-a.head)
	case text == "" && a.truncated != "":
		return stopped(data.OutcomeProtocol, "%s, but the body broke off before its first byte", statusLine(a.status))
	case text == "":
		return stopped(data.OutcomeEmpty, "%s with an empty body", statusLine(a.status))
	case !isHTML(declared, t.decoded):
		return stopped(data.OutcomeNotHTML, "content type is %q", shorten(declared, 100))
	}
	return nil
}

// open connects over https, else over http, and returns the start of the visit.
func (v *visit) open(host string) (*url.URL, error) {
	var first error
	for _, scheme := range []string{"https", "http"} {
		u := &url.URL{Scheme: scheme, Host: host, Path: "/"}
		_, err := v.connect(v.ctx, u)
		if err == nil {
			v.fellBack = first != nil
			return u, nil
		}
		if v.ctx.Err() != nil {
			return nil, v.ctx.Err()
		}
		if o, _ := outcomeOf(err); first == nil && !slices.Contains([]data.Outcome{data.OutcomeTLS, data.OutcomeConnect, data.OutcomeTimeout}, o) {
			return nil, err
		}
		if first == nil {
			first = fmt.Errorf("https: %w", err)
			continue
		}
		if isTLS(first) {
			return nil, first // a server is there; only its TLS fails
		}
		return nil, fmt.Errorf("http: %w", err)
	}
	return nil, first
}

// ownRules returns the rules of an origin on the way to the home page; its
// robots.txt is archived.
func (v *visit) ownRules(u *url.URL) (*robotRules, error) {
	h := v.host(u)
	if h.rules != nil {
		return h.rules, nil
	}
	rules, err := v.fetchRobots(u, true)
	if err != nil {
		return nil, err
	}
	h.rules = rules
	return rules, nil
}

// mostRobotHops is RFC 9309's number of redirects that robots.txt may take.
const mostRobotHops = 5

func (v *visit) fetchRobots(u *url.URL, archive bool) (*robotRules, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	limit := v.f.cfg.Limits.Robots
	if !archive {
		limit = min(limit, mostRobotSize)
	}
	for range mostRobotHops + 1 {
		a, err := v.get(at, want{body: true, limit: limit})
		if errors.Is(err, errClosed) || errors.Is(err, errProtocol) || errors.Is(err, errHead) {
			return &robotRules{}, nil // see the package's documentation
		}
		if err != nil {
			return nil, fmt.Errorf("robots.txt: %w", err)
		}
		body := v.turn.decoded
		to, _ := redirectOf(a, nil)
		if archive {
			v.observe(a)
			if err := v.keep(a, data.RoleRobots); err != nil {
				return nil, err
			}
		}
		if to == "" {
			return readRobots(a.status, body, v.f.agent), nil
		}
		next, err := resolveURL(at, to)
		if err != nil || origin(next) != origin(at) && registrable(next.Hostname()) != registrable(u.Hostname()) {
			break // another site's file says nothing about this one
		}
		at = next
	}
	return &robotRules{}, nil // RFC 9309, 2.3.1.2: as if there were none
}
