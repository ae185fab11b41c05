package export

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"pitboss/data"
)

// Gate decides on every entry. It returns listings in the order of
// [CompareNames], without a name that another listing already covers, and a
// refusal with its check and reason for every other site. A site that comes twice
// is an error, since one of the two judgements would have to be dropped. Other
// errors are those of the policy, of the iteration and of the context.
func Gate(ctx context.Context, p Policy, entries iter.Seq2[Entry, error]) (Result, error) {
	judge, err := NewJudge(p)
	if err != nil {
		return Result{}, err
	}
	var r Result
	var near neighbours
	seen := map[string]bool{}
	for e, err := range entries {
		if err != nil {
			return Result{}, fmt.Errorf("read entries: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if seen[e.Site.Host] {
			return Result{}, fmt.Errorf("read entries: %w: site %.100q came twice", data.ErrInvalid, e.Site.Host)
		}
		seen[e.Site.Host] = true
		d := judge.Decide(e)
		near.add(&e, &d)
		switch {
		case d.Refusal != nil:
			r.Refusals = append(r.Refusals, *d.Refusal)
		case d.Page != nil:
			r.Pages = append(r.Pages, *d.Page)
		default:
			r.Listings = append(r.Listings, *d.Listing)
		}
	}
	near.apply(&r)
	merge(&r)
	sortResult(&r)
	return r, nil
}

// Decision is what the gate says of one entry: exactly one field is set.
type Decision struct {
	Listing *data.Listing
	Page    *Page // to be listed by URL only
	Refusal *data.Refusal
}

// Judge decides on one entry at a time. It is safe for concurrent use.
type Judge struct {
	policy Policy
	allow  *allowList
}

// NewJudge checks a policy and returns the judge that follows it.
func NewJudge(p Policy) (*Judge, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	p.Pages = slices.Clone(p.Pages)
	allow, err := builtin()
	if err != nil {
		return nil, fmt.Errorf("read embedded allow list: %w", err)
	}
	return &Judge{policy: p, allow: allow}, nil
}

// Decide applies the checks in their order; the first one that objects names
// the refusal. It looks at the entry alone: what one entry means for another
// is [Gate]'s to see.
func (j *Judge) Decide(e Entry) Decision {
	s := newSubject(&e)
	for _, c := range checks {
		if reason := c.objects(j, s); reason != "" {
			return Decision{Refusal: &data.Refusal{Host: Visible(e.Site.Host, 300), Check: c.name, Reason: Visible(reason, 300)}}
		}
	}
	l := j.listing(s)
	if s.byURL {
		return Decision{Page: &Page{URL: s.pageURL, Listing: l}}
	}
	return Decision{Listing: &l}
}

func (j *Judge) listing(s *subject) data.Listing {
	e := s.entry
	first := e.Site.FirstSeen
	if first.IsZero() || first.After(s.at) {
		first = s.at
	}
	return data.Listing{
		Host: e.Site.Host, Domain: s.listed, Subdomains: !s.byURL,
		Page: e.Fingerprint.Assessment.Page, Gambling: e.Fingerprint.Assessment.Gambling,
		Builder:   Visible(e.Families[data.LayerBuilder], 100),
		Template:  Visible(e.Families[data.LayerTemplate], 100),
		Operator:  Visible(e.Families[data.LayerOperator], 100),
		FirstSeen: first.UTC(), LastSeen: s.at.UTC(), Expires: s.at.Add(j.policy.MaxAge).UTC(),
		Reason: reasonLine(s), Capture: Visible(e.Fingerprint.Capture, 100),
	}
}

// reasonLine says in one line what a listing rests on: the judgement, its day
// and the three heaviest reasons.
func reasonLine(s *subject) string {
	a := &s.entry.Fingerprint.Assessment
	var rules []string
	for _, r := range a.Reasons[:min(3, len(a.Reasons))] {
		rules = append(rules, Visible(r.Rule, 60))
	}
	line := fmt.Sprintf("%s %.2f on %s", a.Page, a.Gambling, s.at.UTC().Format(time.DateOnly))
	if len(rules) > 0 {
		line += ": " + strings.Join(rules, ", ")
	}
	return line
}

const byReviewer = "which a reviewer found harmless"

// neighbours remembers the hosts that were seen to be harmless, so that the
// listing of a domain never blocks one of them along with it.
type neighbours struct {
	harmless map[string]string // host → who says so
	insisted map[string]bool   // hosts that two reviewers call gambling
}

func (n *neighbours) add(e *Entry, d *Decision) {
	if n.harmless == nil {
		n.harmless, n.insisted = map[string]string{}, map[string]bool{}
	}
	host := data.HostName(e.Site.Host)
	st := standing(e.Verdicts, e.Site.Host)
	a := &e.Fingerprint.Assessment
	switch {
	case len(st.harmless) > 0:
		n.harmless[host] = byReviewer
	case len(st.gambling) > 0:
	case !e.Visit.Outcome.Good():
	case a.Page == data.PageHarmless, a.Page == data.PageCompromised, d.Refusal != nil && d.Refusal.Check == CheckLicensed:
		n.harmless[host] = fmt.Sprintf("whose own capture is %s", a.Page)
	}
	if len(st.gambling) >= 2 {
		n.insisted[listedName(host)] = true
	}
}

// apply refuses the listings that would block a harmless host along with the
// gambling one. Two reviewers may insist against a capture, never against
// another reviewer.
func (n *neighbours) apply(r *Result) {
	under := map[string]string{} // name → first harmless host at or below it
	for host := range n.harmless {
		for name := host; name != ""; _, name, _ = strings.Cut(name, ".") {
			if old := under[name]; old == "" || host < old {
				under[name] = host
			}
		}
	}
	r.Listings = slices.DeleteFunc(r.Listings, func(l data.Listing) bool {
		host := under[l.Domain]
		if host == "" || n.insisted[l.Domain] && n.harmless[host] != byReviewer {
			return false
		}
		r.Refusals = append(r.Refusals, data.Refusal{
			Host: l.Host, Check: CheckNeighbour,
			Reason: fmt.Sprintf("listing %s would also block %s, %s", l.Domain, host, n.harmless[host]),
		})
		return true
	})
}

// merge keeps one listing a name, the one last seen, and drops those under
// another: subdomains are included.
func merge(r *Result) {
	slices.SortFunc(r.Listings, func(a, b data.Listing) int {
		return cmp.Or(CompareNames(a.Domain, b.Domain), b.LastSeen.Compare(a.LastSeen), strings.Compare(a.Host, b.Host))
	})
	kept := r.Listings[:0]
	for _, l := range r.Listings {
		if n := len(kept); n > 0 && covers(kept[n-1].Domain, l.Domain) {
			r.Refusals = append(r.Refusals, data.Refusal{Host: l.Host, Check: CheckCovered, Reason: "already blocked by the listing of " + kept[n-1].Domain})
			continue
		}
		kept = append(kept, l)
	}
	r.Listings = kept
}

func sortResult(r *Result) {
	slices.SortFunc(r.Pages, func(a, b Page) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Host, b.Host))
	})
	kept := r.Pages[:0]
	for _, p := range r.Pages {
		if n := len(kept); n > 0 && kept[n-1].URL == p.URL {
			r.Refusals = append(r.Refusals, data.Refusal{Host: p.Host, Check: CheckCovered, Reason: "the same URL is listed for " + kept[n-1].Host})
			continue
		}
		kept = append(kept, p)
	}
	r.Pages = kept
	slices.SortFunc(r.Refusals, func(a, b data.Refusal) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Check, b.Check))
	})
}
