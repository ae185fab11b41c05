package export

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"pitboss/data"
)

// WritePages writes the url-only list: one full URL a line, for hacked sites
// and for sites on a port of their own. Pages must come in ascending order of
// their URL. It refuses, with an error that wraps data.ErrInvalid, a URL whose
// host is not the captured one, and a victim's home page.
func WritePages(w io.Writer, o Options, pages iter.Seq[Page]) (Summary, error) {
	if err := o.complete(); err != nil {
		return Summary{}, err
	}
	out := bufio.NewWriter(w)
	enc := &encoder{comment: "# ", usage: []string{"Full URLs only: the hosts below are not to be blocked by name."}}
	_, _ = out.Write(enc.begin(&o)) // a writer's error stays until Flush
	var sum Summary
	var last string
	for p := range pages {
		if err := checkListedURL(&p, last); err != nil {
			return sum, err
		}
		last = p.URL
		_, _ = out.WriteString(p.URL)
		_ = out.WriteByte('\n')
		sum.Written++
	}
	if err := out.Flush(); err != nil {
		return sum, fmt.Errorf("write url list: %w", err)
	}
	return sum, nil
}

func checkListedURL(p *Page, last string) error {
	bad := func(why string) error { return fmt.Errorf("%w page: %.200q: %s", data.ErrInvalid, p.URL, why) }
	u, err := url.Parse(p.URL)
	if err != nil || len(p.URL) > maxURL || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Fragment != "" {
		return bad("not a plain URL")
	}
	if strings.ContainsFunc(p.URL, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return bad("holds what is not printable ASCII")
	}
	name, ok := urlHost(p.URL)
	if !ok || nameProblem(name) != "" {
		return bad("its host may not be listed")
	}
	if !covers(listedName(data.HostName(p.Host)), name) {
		return bad("its host was not captured")
	}
	if _, inner := pageURL(p.URL); !inner && u.Port() == "" {
		return bad("a home page without a port of its own")
	}
	if last != "" && p.URL <= last {
		return bad("out of order")
	}
	return nil
}
