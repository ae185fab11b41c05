package fetch

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robotRules is what one robots.txt says to us.
type robotRules struct {
	refuse string           // why everything is refused; empty: ask group
	group  *robotstxt.Group // nil: everything is allowed
	delay  time.Duration    // Crawl-delay, bounded
}

// mostCrawlDelay bounds Crawl-delay: a longer one would turn a visit into hours.
// The visit's time ends it earlier, with fewer resources seen.
const mostCrawlDelay = 5 * time.Second

// readRobots applies RFC 9309, 2.3.1, to an answer. Its body may be cut.
func readRobots(status int, body []byte, agent string) *robotRules {
	switch {
	case status >= 500:
		return &robotRules{refuse: "robots.txt answered " + http.StatusText(status) + ", which RFC 9309 reads as a refusal"}
	case status < 200 || status >= 300:
		return &robotRules{}
	}
	parsed, err := robotstxt.FromBytes(body)
	if err != nil {
		// RFC 9309, 2.2: what can be parsed counts, and nothing could.
		return &robotRules{}
	}
	g := parsed.FindGroup(agent)
	return &robotRules{group: g, delay: min(max(g.CrawlDelay, 0), mostCrawlDelay)}
}

// allows judges one URL. robots.txt itself is always allowed.
func (r *robotRules) allows(u *url.URL) bool {
	if r == nil || u.Path == "/robots.txt" {
		return true
	}
	if r.refuse != "" {
		return false
	}
	if r.group == nil {
		return true
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return r.group.Test(path)
}

// productToken returns the name under which robots.txt addresses a user agent
// (RFC 9309, 2.2.1).
func productToken(userAgent string) string {
	name, _, _ := strings.Cut(userAgent, "/")
	name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
	return strings.ToLower(name)
}

// robotsCache remembers the rules of foreign hosts, which many sites share.
type robotsCache struct {
	mu      sync.Mutex
	entries map[string]robotsEntry
}

type robotsEntry struct {
	rules *robotRules
	until time.Time
}

const (
	robotsAge      = 24 * time.Hour // RFC 9309, 2.4
	robotsFailure  = 10 * time.Minute
	mostRobotHosts = 4096
	mostRobotSize  = 64 << 10 // of a foreign file: its parsed form is kept
)

func newRobotsCache() *robotsCache {
	return &robotsCache{entries: make(map[string]robotsEntry)}
}

func (c *robotsCache) get(origin string, now time.Time) (*robotRules, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[origin]
	if !ok || now.After(e.until) {
		return nil, false
	}
	return e.rules, true
}

func (c *robotsCache) put(origin string, r *robotRules, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= mostRobotHosts {
		for k := range c.entries { // any one will do
			delete(c.entries, k)
			break
		}
	}
	age := robotsAge
	if r.refuse != "" {
		age = robotsFailure
	}
	c.entries[origin] = robotsEntry{rules: r, until: now.Add(age)}
}
