package export

import (
	"fmt"
	"slices"
	"time"

	"pitboss/data"
)

// Entry is everything the gate looks at for one site.
type Entry struct {
	Site        data.Site
	Visit       data.Visit            // the latest good visit; zero: never captured
	Fingerprint data.Fingerprint      // of that visit's capture
	Families    map[data.Layer]string // family id by layer; shown, never a ground
	Verdicts    []data.Verdict        // those that concern the site
}

// Policy says what may be listed. The zero value lists nothing; begin with
// [DefaultPolicy].
type Policy struct {
	// Now is the time of the build. Ages are measured against it.
	Now time.Time
	// MaxAge is how old the capture may be, and how long a listing lives.
	MaxAge time.Duration
	// MinGambling is the least probability of gambling, in (0, 1].
	MinGambling float64
	// Pages are the page types that may be listed by name.
	Pages []data.PageType
	// MaxFailures is the number of failed visits since the last good one from
	// which on a site counts as dead. One failure is not death.
	MaxFailures int
	// Jurisdiction is where the list is used, "KR" or "CA-ON". Only its licences
	// exempt. Empty: a licence of any jurisdiction exempts.
	Jurisdiction string
	// Allow is the user's own allow list: two reviewers are needed to pass it.
	Allow *Names
	// Top is a list of popular sites: two reviewers are needed to pass it.
	Top *Names
	// NoBuiltin leaves out the embedded allow list. The known mistakes and the
	// names of governments and schools stay refused.
	NoBuiltin bool
}

// DefaultPolicy is the policy of the first day: gambling sites and doorways,
// seen within thirty days, with a probability of at least 0.9.
func DefaultPolicy(now time.Time) Policy {
	return Policy{
		Now:         now,
		MaxAge:      30 * 24 * time.Hour,
		MinGambling: 0.9,
		Pages:       []data.PageType{data.PageGambling, data.PageDoorway},
		MaxFailures: 2,
	}
}

// listable are the page types that a policy may name. A victim, a licensed
// operator, a harmless page and somebody else's page are not among them.
var listable = [...]data.PageType{data.PageGambling, data.PageDoorway, data.PageAffiliate, data.PageBuilder}

// Validate returns an error that wraps data.ErrInvalid when the policy would be
// unsafe or says nothing.
func (p *Policy) Validate() error {
	switch {
	case p.Now.IsZero():
		return fmt.Errorf("%w policy: no time of the build", data.ErrInvalid)
	case p.MaxAge <= 0:
		return fmt.Errorf("%w policy: age limit %v is not positive", data.ErrInvalid, p.MaxAge)
	case !(p.MinGambling > 0.5 && p.MinGambling <= 1): // also catches NaN
		return fmt.Errorf("%w policy: threshold %v is not in (0.5, 1]", data.ErrInvalid, p.MinGambling)
	case p.MaxFailures < 1:
		return fmt.Errorf("%w policy: %d failed visits are less than one", data.ErrInvalid, p.MaxFailures)
	case len(p.Pages) == 0:
		return fmt.Errorf("%w policy: no page type", data.ErrInvalid)
	}
	for _, t := range p.Pages {
		if !slices.Contains(listable[:], t) {
			return fmt.Errorf("%w policy: page type %q may never be listed", data.ErrInvalid, t)
		}
	}
	return nil
}

// Page is an entry of the url-only list: a hacked page, or a site whose name
// cannot be told apart by DNS because it lives on a port of its own.
type Page struct {
	URL string `json:"url"`
	data.Listing
}

// Result is what came out of the gate.
type Result struct {
	Listings []data.Listing // in the order of [CompareNames], no name under another
	Pages    []Page         // by URL
	Refusals []data.Refusal // by host
}
