package fetch

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// telling are path words behind which the code base shows itself: forms,
// lobbies and texts that every skin of it shares.
var telling = regexp.MustCompile(`(?i)(log-?in|sign-?in|sign-?up|register|regist|join|member|user|account|game|casino|slot|live|lott|togel|sport|bet|promo|event|bonus|about|notice|board|faq|help|rule|terms|contact|agent|deposit|charge|guide)`)

// leaving are links that change something or say goodbye; a witness does not follow them.
var leaving = regexp.MustCompile(`(?i)(log-?out|sign-?out|delete|remove|unsubscribe|cancel|cart|download|withdraw)`)

// choosePages picks up to most further pages of the same site: telling paths
// first, then shorter ones, in document order, no two of one path skeleton.
func choosePages(p *page, home *url.URL, most int) []*url.URL {
	type candidate struct {
		url   *url.URL
		plain bool // not telling
	}
	var all []candidate
	skeletons := map[string]bool{skeleton(home): true}
	for _, ref := range p.anchors {
		u, err := resolveURL(p.base, ref)
		if err != nil || u.Hostname() != home.Hostname() || !isPagePath(u) || skeletons[skeleton(u)] {
			continue
		}
		skeletons[skeleton(u)] = true
		all = append(all, candidate{u, !telling.MatchString(u.Path + "?" + u.RawQuery)})
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(compareBool(a.plain, b.plain), cmp.Compare(len(a.url.RequestURI()), len(b.url.RequestURI())))
	})
	var out []*url.URL
	for _, c := range all[:min(len(all), most)] {
		out = append(out, c.url)
	}
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// isPagePath refuses links to files and links that act.
func isPagePath(u *url.URL) bool {
	if leaving.MatchString(u.Path) || leaving.MatchString(u.RawQuery) {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case "", ".html", ".htm", ".php", ".asp", ".aspx", ".jsp", ".do", ".shtml", ".xhtml", ".cfm", ".action":
		return true
	}
	return false
}

var (
	number = regexp.MustCompile(`\d+`)
	token  = regexp.MustCompile(`(?i)\b[0-9a-f]{12,}\b`)
)

// skeleton returns the shape of a URL's path and query: numbers and tokens stand
// for each other, so that a hundred news items are one page.
func skeleton(u *url.URL) string {
	s := token.ReplaceAllString(strings.TrimSuffix(strings.ToLower(u.Path), "/"), "{x}")
	s = number.ReplaceAllString(s, "{n}")
	keys := make([]string, 0, 4)
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		k, _, _ := strings.Cut(pair, "=")
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return s + "?" + strings.Join(keys, "&")
}
