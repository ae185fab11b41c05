package archive

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"pitboss/data"
)

const maxHops = 10

// draft is a visit whose rows are chosen.
type draft struct {
	bucket *bucket
	rows   []*row // in the order of the file
	byURL  map[string]*row
	home   *row
	chain  []data.Hop
	out    data.Outcome
	reason string
}

// visit turns a bucket into a visit. Its id depends on host, first date and
// what was seen only, so that the same file gives the same visits.
func (g *grouping) visit(b *bucket) data.Visit {
	d := draft{bucket: b, rows: slices.Concat(b.rows, b.foreign)}
	d.sort()
	d.choose(g)
	d.judge()
	v := data.Visit{
		Host: b.host, Origin: g.origin, Vantage: "import", Started: b.first, Finished: b.last,
		Outcome: d.out, Reason: d.reason, Chain: d.chain, Hosting: d.hosting(),
	}
	if d.home != nil {
		v.FinalURL = d.home.URL
	}
	roles := d.roles()
	for i, r := range d.rows {
		if len(v.Exchanges) >= maxExchanges && r != d.home {
			g.skipped[SkipOverLimit]++
			continue
		}
		e := r.Exchange
		e.Role = roles[i]
		v.Exchanges = append(v.Exchanges, e)
	}
	v.ID = visitID(&v)
	return v
}

func visitID(v *data.Visit) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", v.Host, v.Started.UTC().Format(time.RFC3339Nano), v.Digest()))
	return hex.EncodeToString(sum[:16])
}

func (d *draft) sort() {
	slices.SortStableFunc(d.rows, func(a, b *row) int { return cmp.Compare(a.seq, b.seq) })
	d.rows = slices.Compact(d.rows)
	d.byURL = make(map[string]*row, len(d.rows))
	for _, r := range d.rows {
		key := canonicalURL(r.URL)
		// A page that was received beats a failure or redirect at the same address.
		if old := d.byURL[key]; old == nil || !old.good() && r.good() {
			d.byURL[key] = r
		}
	}
}

// good reports whether a row is a page that can be a home page.
func (r *row) good() bool {
	return r.html && !r.embedded && !r.empty && (r.resource || r.Status >= 200 && r.Status < 300)
}

// choose finds the home page: the one that is marked so, the root document,
// where the root leads, or the first document.
func (d *draft) choose(g *grouping) {
	root, first := d.candidates()
	switch {
	case d.home != nil:
	case root != nil && root.to != "":
		d.follow(g, root)
		if d.home == nil && first != nil {
			d.home, d.chain = first, nil
		}
		return
	case root != nil && (root.good() || first == nil):
		d.home = root
	default:
		d.home = first
	}
	d.findChain()
}

// candidates returns the best answer at the root of the visit's own host and
// its first page. Rows that are marked as home page win at once.
func (d *draft) candidates() (root, first *row) {
	for _, r := range d.rows {
		if r.Role == data.RoleHome && d.home == nil {
			d.home = r
		}
		if r.host != d.bucket.host || r.Role != "" && r.Role != data.RoleRedirect {
			continue
		}
		if isRoot(r.URL) && (root == nil || !root.good() && (r.good() || root.Status >= 400 && r.to != "")) {
			root = r
		}
		if first == nil && r.good() {
			first = r
		}
	}
	return root, first
}

// follow walks the redirects from the root, into other hosts' visits too.
func (d *draft) follow(g *grouping, at *row) {
	seen := map[string]bool{}
	for range maxHops {
		key := canonicalURL(at.URL)
		if seen[key] && !at.good() {
			d.out, d.reason = data.OutcomeRedirects, "redirects lead back to "+clip(at.URL)
			return
		}
		seen[key] = true
		if at.to == "" {
			d.home = at
			return
		}
		d.chain = append(d.chain, data.Hop{URL: at.URL, Status: at.Status, To: at.to, By: "http"})
		next := d.target(g, at)
		if next == nil {
			d.out, d.reason = data.OutcomeOutOfScope, "leads to "+clip(at.to)+", which the file does not hold"
			return
		}
		at = next
	}
	d.out, d.reason = data.OutcomeRedirects, fmt.Sprintf("more than %d redirects", maxHops)
}

// target returns the answer that a redirect leads to. One on another host
// brings that host's assets along.
func (d *draft) target(g *grouping, from *row) *row {
	key := canonicalURL(from.to)
	if r := d.byURL[key]; r != nil {
		return r
	}
	host, err := hostOf(from.to)
	if err != nil {
		return nil
	}
	b := g.find(host, from.At)
	if b == nil || b == d.bucket {
		return nil
	}
	other := draft{bucket: b, rows: slices.Concat(b.rows, b.foreign)}
	other.sort()
	found := other.byURL[key]
	if found == nil {
		return nil
	}
	d.borrow(&other, found)
	return found
}

func (d *draft) borrow(other *draft, found *row) {
	d.rows = append(d.rows, found)
	n := 0
	for _, r := range other.rows {
		page := r.html || r.Role == data.RoleHosting || r.to != ""
		if r != found && !page && n < maxBorrowed {
			d.rows = append(d.rows, r)
			n++
		}
	}
	for _, r := range other.rows { // redirects on the way lie there as well
		if r.to != "" && r != found {
			d.byURL[canonicalURL(r.URL)] = r
		}
	}
	d.sort()
}

// findChain looks for the redirects that led to the home page.
func (d *draft) findChain() {
	if d.home == nil {
		return
	}
	for _, start := range d.rows {
		if start.to == "" || start.host != d.bucket.host {
			continue
		}
		var chain []data.Hop
		for at := start; at != nil && len(chain) <= maxHops; {
			if at == d.home {
				d.chain = chain
				return
			}
			if at.to == "" {
				break
			}
			chain = append(chain, data.Hop{URL: at.URL, Status: at.Status, To: at.to, By: "http"})
			at = d.byURL[canonicalURL(at.to)]
		}
	}
}

// judge derives the outcome from the home page.
func (d *draft) judge() {
	if d.out != "" && d.home == nil {
		return
	}
	d.out, d.reason = data.OutcomeOK, ""
	h := d.home
	switch {
	case h == nil:
		d.out, d.reason = data.OutcomeNotHTML, "the file holds no page of this host"
	case h.resource && h.html && !h.empty:
	case h.Status == 0:
		d.out, d.reason = data.OutcomeProtocol, "the answer has no HTTP status"
	case h.Status >= 400:
		d.out, d.reason = data.OutcomeHTTPError, fmt.Sprintf("status %d", h.Status)
	case h.empty:
		d.out, d.reason = data.OutcomeEmpty, "empty body"
	case !h.html:
		d.out, d.reason = data.OutcomeNotHTML, "the home page is "+clip(cmp.Or(h.MediaType, "of no declared type"))
	}
}

// hosting returns what is known of where the site runs: the archived
// observations, completed by what the answers show.
func (d *draft) hosting() data.Hosting {
	var h data.Hosting
	if d.bucket.hosting != nil {
		h = *d.bucket.hosting
	}
	if len(h.Addrs) == 0 {
		for _, r := range d.rows {
			if r.Addr != "" && r.host == d.bucket.host {
				h.Addrs = append(h.Addrs, r.Addr)
			}
		}
		slices.Sort(h.Addrs)
		h.Addrs = slices.Compact(h.Addrs)
	}
	if d.home != nil && d.home.doc != nil {
		h.Server = cmp.Or(h.Server, d.home.doc.server)
		h.HHHash = cmp.Or(h.HHHash, d.home.doc.hhhash)
	}
	return h
}
