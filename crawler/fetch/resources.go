package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"

	"pitboss/data"
)

// mostPerKind bounds each kind of resource, so that no kind eats the budget of
// the others.
const (
	mostStyles  = 12
	mostScripts = 16
	mostIcons   = 4
	mostFrames  = 4
)

// job is one resource to fetch.
type job struct {
	url   *url.URL
	role  data.Role
	limit int64
}

// mostImage is what a picture may weigh: logos and buttons, not photographs.
const mostImage = 1 << 20

// resources fetches what the home page leads to, in a fixed order, until the
// budget is spent. Nothing here can spoil the visit any more.
func (v *visit) resources(p *page) {
	home, err := url.Parse(v.out.FinalURL)
	if err != nil || p == nil {
		return
	}
	seen := map[string]bool{home.String(): true}
	jobs := v.plan(home, p)
	for i := 0; i < len(jobs); i++ {
		j := jobs[i]
		j.url = v.reachable(home, j.url)
		if seen[j.url.String()] {
			continue
		}
		seen[j.url.String()] = true
		framed, err := v.fetchJob(home, j, seen)
		if v.over(err) {
			return
		}
		if framed != nil { // what a frame shows is what the site shows
			jobs = slices.Insert(jobs, i+1, v.assets(framed)...)
		}
	}
}

// reachable asks a site that was found over http, because its https does not
// answer, for its https addresses over http too. Everything else stays.
func (v *visit) reachable(home, u *url.URL) *url.URL {
	if !v.fellBack || u.Scheme != "https" || home.Scheme != "http" || u.Host != home.Host {
		return u
	}
	c := *u
	c.Scheme = "http"
	return &c
}

// over reports whether an error ends the visit.
func (v *visit) over(err error) bool {
	var s *stop
	return v.fatal != nil || v.ctx.Err() != nil || errors.Is(err, errBudget) ||
		(errors.As(err, &s) && s.outcome == data.OutcomeTimeout)
}

// plan lists the jobs of a home page.
func (v *visit) plan(home *url.URL, p *page) []job {
	jobs := v.assets(p)
	jobs = append(jobs, job{url: home.ResolveReference(&url.URL{Path: "/favicon.ico"}), role: data.RoleIcon, limit: mostImage})
	jobs = append(jobs, pick(p, []string{p.manifest}, data.RoleManifest, 1, 0, nil)...)
	jobs = append(jobs, job{url: home.ResolveReference(&url.URL{Path: errorPath(home.Host)}), role: data.RoleErrorPage})
	same := func(u *url.URL) bool { return registrable(u.Hostname()) == registrable(home.Hostname()) }
	jobs = append(jobs, pick(p, p.frames, roleFrame, mostFrames, 0, same)...)
	for _, u := range choosePages(p, home, v.f.cfg.Limits.Pages) {
		jobs = append(jobs, job{url: u, role: data.RolePage})
	}
	return append(jobs, pick(p, p.images, data.RoleImage, v.f.cfg.Limits.Images, mostImage, same)...)
}

// roleFrame marks a page whose own style sheets and scripts are wanted; it is
// archived as a page.
const roleFrame data.Role = "frame"

// assets lists the style sheets, scripts and icons of a page.
func (v *visit) assets(p *page) []job {
	jobs := pick(p, p.styles, data.RoleStylesheet, mostStyles, 0, nil)
	jobs = append(jobs, pick(p, p.scripts, data.RoleScript, mostScripts, 0, nil)...)
	return append(jobs, pick(p, p.icons, data.RoleIcon, mostIcons, mostImage, nil)...)
}

// pick resolves up to most distinct references.
func pick(p *page, refs []string, role data.Role, most int, limit int64, accept func(*url.URL) bool) []job {
	var jobs []job
	seen := map[string]bool{}
	for _, ref := range refs {
		if len(jobs) == most {
			break
		}
		if ref == "" {
			continue
		}
		u, err := resolveURL(p.base, ref)
		if err != nil || seen[u.String()] || (accept != nil && !accept(u)) {
			continue
		}
		seen[u.String()] = true
		jobs = append(jobs, job{url: u, role: role, limit: limit})
	}
	return jobs
}

// errorPath returns a path that the host cannot have. It depends on the host
// alone, so that every visit asks for the same one.
func errorPath(host string) string {
	sum := sha256.Sum256([]byte("error page of " + host))
	return "/" + hex.EncodeToString(sum[:8])
}

// mostResourceHops bounds the redirects of a resource.
const mostResourceHops = 3

// fetchJob fetches and archives one resource. It returns the document of a frame.
func (v *visit) fetchJob(home *url.URL, j job, seen map[string]bool) (*page, error) {
	u := j.url
	for range mostResourceHops + 1 {
		if !v.mayFetch(home, u) {
			return nil, v.ctx.Err()
		}
		frame := j.role == roleFrame
		a, err := v.get(u, want{parse: frame, body: frame, limit: j.limit})
		if err != nil {
			v.noteFailure(home, u, err)
			return nil, err
		}
		to := ""
		if j.role != data.RoleErrorPage {
			to, _ = redirectOf(a, nil)
		}
		if err := v.keep(a, roleOf(j.role, to)); err != nil {
			return nil, err
		}
		if to == "" {
			return v.turn.page, nil
		}
		next, err := resolveURL(u, to)
		if err != nil || seen[next.String()] || !follows(j.role, home, next) {
			return nil, nil
		}
		seen[next.String()] = true
		u = next
	}
	return nil, nil
}

func roleOf(role data.Role, to string) data.Role {
	switch {
	case to != "":
		return data.RoleRedirect
	case role == roleFrame:
		return data.RolePage
	}
	return role
}

// follows: a page that leads to another site is not one of this site.
func follows(role data.Role, home, next *url.URL) bool {
	if role != data.RolePage && role != roleFrame {
		return true
	}
	return registrable(next.Hostname()) == registrable(home.Hostname())
}

// mayFetch asks the host's robots.txt; a host that does not answer is not asked
// again.
func (v *visit) mayFetch(home, u *url.URL) bool {
	h := v.host(u)
	if h.dead {
		return false
	}
	if h.rules == nil {
		h.rules = v.foreignRules(home, u)
	}
	if h.rules == nil {
		h.dead = true
		return false
	}
	return h.rules.allows(u)
}

// foreignRules returns the rules of another origin, nil when it cannot be
// reached.
func (v *visit) foreignRules(home, u *url.URL) *robotRules {
	if u.Hostname() == home.Hostname() {
		if r := v.host(home).rules; r != nil && u.Port() == home.Port() {
			return r // the other scheme of the same host
		}
	}
	key := origin(u)
	if r, ok := v.f.robots.get(key, v.out.Started); ok {
		return r
	}
	r, err := v.fetchRobots(u, false)
	if err != nil {
		if v.over(err) || errors.Is(err, context.Canceled) {
			return nil
		}
		v.f.cfg.Log.Debug("foreign robots.txt", "host", u.Host, "error", err)
		return nil
	}
	v.f.robots.put(key, r, v.out.Started)
	return r
}

// noteFailure gives a foreign host up after its first failure to answer, and
// the site's own after its first time-out.
func (v *visit) noteFailure(home, u *url.URL, err error) {
	o, _ := outcomeOf(err)
	if o == data.OutcomeTimeout || (origin(u) != origin(home) && !errors.Is(err, errClosed)) {
		v.host(u).dead = true
	}
}
