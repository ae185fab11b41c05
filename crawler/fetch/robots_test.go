package fetch

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

func baseURL() *url.URL { return &url.URL{Scheme: "https", Host: "base.example", Path: "/"} }

func TestReadRobots(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		path   string
		want   bool
	}{
		{"no file", 404, "User-agent: *\nDisallow: /", "/", true},
		{"forbidden file", 403, "", "/", true},
		{"too many requests", 429, "", "/", true},
		{"server error", 500, "", "/", false},
		{"busy", 503, "User-agent: *\nAllow: /", "/", false},
		{"empty", 200, "", "/", true},
		{"nothing forbidden", 200, "User-agent: *\nDisallow:", "/", true},
		{"everything forbidden", 200, "User-agent: *\nDisallow: /", "/", false},
		{"our group wins", 200, "User-agent: *\nDisallow: /\n\nUser-agent: Pitboss\nAllow: /", "/", true},
		{"another's group", 200, "User-agent: other\nDisallow: /", "/", true},
		{"longest match", 200, "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"wildcard", 200, "User-agent: *\nDisallow: /*.js$", "/x/y.js", false},
		{"anchored", 200, "User-agent: *\nDisallow: /x$", "/xy", true},
		{"query", 200, "User-agent: *\nDisallow: /*?", "/a?b=c", false},
		{"itself", 200, "User-agent: *\nDisallow: /", "/robots.txt", true},
		{"a page instead", 200, "<!doctype html><html><body>not found", "/", true},
		{"byte order mark", 200, "\xef\xbb\xbfUser-agent: *\nDisallow: /", "/", false},
		{"old line ends", 200, "User-agent: *\rDisallow: /", "/", false},
	} {
		u, err := url.Parse("https://h.example" + c.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := readRobots(c.status, []byte(c.body), "pitboss").allows(u); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if !(*robotRules)(nil).allows(baseURL()) {
		t.Error("no rules refuse")
	}
}

func TestCrawlDelayIsBounded(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 2": 2 * time.Second, "User-agent: *\nCrawl-delay: 86400": mostCrawlDelay,
		"User-agent: *\nCrawl-delay: 1e99": mostCrawlDelay, "User-agent: *\nCrawl-delay: -3": 0, "User-agent: *\nCrawl-delay: soon": 0,
	} {
		got := readRobots(200, []byte(body), "pitboss").delay
		if got < 0 || got > mostCrawlDelay || (want < mostCrawlDelay && got != want) {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
}

func TestProductToken(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{"pitboss/1.2 (+https://x)": "pitboss", "Mozilla/5.0 (X)": "mozilla", "My Bot": "my", "": ""} {
		if got := productToken(agent); got != want {
			t.Errorf("%q: %q", agent, got)
		}
	}
}

func TestRobotsCacheForgets(t *testing.T) {
	t.Parallel()
	c := newRobotsCache()
	now := time.Now()
	c.put("a", &robotRules{}, now)
	c.put("b", &robotRules{refuse: "x"}, now)
	if _, ok := c.get("a", now.Add(23*time.Hour)); !ok {
		t.Error("forgotten too early")
	}
	if _, ok := c.get("a", now.Add(25*time.Hour)); ok {
		t.Error("remembered too long")
	}
	if _, ok := c.get("b", now.Add(time.Hour)); ok {
		t.Error("a failure is remembered for long")
	}
	for i := range 2 * mostRobotHosts {
		c.put(fmt.Sprint(i), &robotRules{}, now)
	}
	if n := len(c.entries); n > mostRobotHosts {
		t.Errorf("%d entries", n)
	}
}

func FuzzReadRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*.js$\nCrawl-delay: 3")
	f.Add("\xef\xbb\xbf\r\rSitemap:\nUser-agent\n: /")
	f.Add("User-agent: *\nDisallow: /" + strings.Repeat("*", 100))
	f.Fuzz(func(t *testing.T, body string) {
		r := readRobots(200, []byte(body), "pitboss")
		r.allows(baseURL())
		if r.delay < 0 || r.delay > mostCrawlDelay {
			t.Errorf("delay %s", r.delay)
		}
	})
}
