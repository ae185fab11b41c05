package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// How a hop was made, see data.Hop.
const (
	byHTTP   = "http"
	byMeta   = "meta"
	byScript = "script"
)

// redirectOf returns where an answer leads, and by what; empty: nowhere.
func redirectOf(a *answer, p *page) (to, by string) {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if l := strings.TrimSpace(a.header.Get("Location")); l != "" {
			return l, byHTTP
		}
	}
	if t := refreshTarget(a.header.Get("Refresh")); t != "" && !leadsTo(t, a.url, a.url) {
		return t, byHTTP
	}
	if p == nil || a.status >= 400 {
		return "", ""
	}
	if p.refresh != "" && !leadsTo(p.refresh, p.base.String(), a.url) {
		return p.refresh, byMeta
	}
	if p.location != "" && p.thin() && !leadsTo(p.location, p.base.String(), a.url) {
		return p.location, byScript
	}
	return "", ""
}

// leadsTo reports whether a reference is the page itself: a page that reloads
// is no redirect.
func leadsTo(ref, base, self string) bool {
	b, err := url.Parse(base)
	if err != nil {
		return false
	}
	u, err := resolveURL(b, ref)
	if err != nil {
		return false
	}
	s, err := url.Parse(self)
	if err != nil {
		return false
	}
	s.Fragment = ""
	return u.String() == s.String()
}

// mostRefresh: a later refresh is a page that updates itself, or a text that
// was meant to be read first.
const mostRefresh = 15

// refreshTarget reads the value of a Refresh field or meta element: "0; url=/x"
// (HTML standard, shared declarative refresh steps).
func refreshTarget(s string) string {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.') {
		end++
	}
	whole, _, _ := strings.Cut(s[:end], ".")
	if n, err := strconv.Atoi(whole); (whole != "" && err != nil) || n > mostRefresh || (end == 0) {
		return ""
	}
	rest := strings.TrimLeft(s[end:], " \t\r\n;,")
	if len(rest) >= 3 && strings.EqualFold(rest[:3], "url") {
		if v := strings.TrimLeft(rest[3:], " \t\r\n"); strings.HasPrefix(v, "=") {
			rest = strings.TrimLeft(v[1:], " \t\r\n")
		}
	}
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		rest, _, _ = strings.Cut(rest[1:], rest[:1])
	}
	if len(rest) > mostRef {
		return ""
	}
	return strings.TrimSpace(rest)
}

// scriptLocation finds an assignment or call with a literal target:
// location = "…", window.location.href='…', location.replace("…").
var scriptLocation = regexp.MustCompile(
	`(?:^|[^\w.$])(?:(?:window|document|self|top|parent|this)\s*\.\s*)*location\s*` +
		`(?:(?:\.\s*href\s*)?=\s*|\.\s*(?:replace|assign)\s*\(\s*)` +
		`(?:"([^"\\\r\n<>]+)"|'([^'\\\r\n<>]+)')\s*[;)}\r\n]?`)

// concatenated: what follows a literal that is only the beginning of a target.
var concatenated = regexp.MustCompile(`^\s*\+`)

// scriptTarget returns the target of the first plain redirect in a script.
// Anything computed is not plain: nothing is executed here.
func scriptTarget(code string) string {
	for _, m := range scriptLocation.FindAllStringSubmatchIndex(code, 4) {
		if concatenated.MatchString(code[m[1]:]) {
			continue
		}
		for _, g := range []int{2, 4} {
			if m[g] >= 0 {
				return strings.TrimSpace(code[m[g]:m[g+1]])
			}
		}
	}
	return ""
}

// errScheme: a reference to something that is not the web.
var errScheme = errors.New("scheme is neither http nor https")

// resolveURL resolves a reference as far as the visit needs it: http and https
// only, without fragment and user info.
func resolveURL(base *url.URL, ref string) (*url.URL, error) {
	ref = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1 // URL standard: removed
		}
		return r
	}, strings.TrimSpace(ref))
	if len(ref) > mostRef {
		return nil, fmt.Errorf("reference has %d bytes", len(ref))
	}
	u, err := base.Parse(strings.ReplaceAll(ref, `\`, "/"))
	if err != nil {
		if u, err = base.Parse(escapePercent(ref)); err != nil {
			return nil, errors.New("URL cannot be parsed")
		}
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, errScheme
	}
	if u.Hostname() == "" {
		return nil, errors.New("URL has no host")
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// escapePercent escapes percent signs that begin no escape, as browsers let them pass.
func escapePercent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			b.WriteString("%25")
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// registrable returns the domain that someone registered (public suffix list,
// private ones too), or the host itself where there is none.
func registrable(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if _, ok := literalAddress(host); ok {
		return host
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// isHTML reports whether a browser would show the answer as a document. A type that says
// nothing is sniffed.
func isHTML(contentType string, body []byte) bool {
	switch mediaType(contentType) {
	case "text/html", "application/xhtml+xml":
		return true
	case "", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown", "*/*":
		head := bytes.TrimLeft(bytes.TrimPrefix(body[:min(len(body), 1024)], []byte("\xef\xbb\xbf")), " \t\r\n")
		return strings.HasPrefix(http.DetectContentType(head), "text/html") || bytes.Contains(bytes.ToLower(head), []byte("<html"))
	}
	return false
}

// mediaType returns the bare media type, lower case; what cannot be parsed is
// cut at its first separator.
func mediaType(contentType string) string {
	if m, _, err := mime.ParseMediaType(contentType); err == nil {
		return shorten(m, 100)
	}
	m, _, _ := strings.Cut(contentType, ";")
	return shorten(strings.ToLower(strings.TrimSpace(m)), 100)
}

// RetryAfter reads a Retry-After value, seconds or a date (RFC 9110, 10.2.3),
// relative to at. Nonsense and the past are zero.
func RetryAfter(value string, at time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(t.Sub(at), 0)
	}
	return 0
}

func statusLine(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}
