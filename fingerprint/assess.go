package fingerprint

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// assess says what a site is and how likely it offers or promotes gambling,
// with the reasons. It reads the capture and its pages, and nothing of the
// features collected so far: an assessment must not depend on their bounds.
func assess(c *data.Capture, docs []*document, _ *collector) data.Assessment {
	o := observe(c, docs)
	a := data.Assessment{Language: o.language}
	if page, why := nobodysPage(c, docs, o); page != "" {
		a.Page = page
		a.Reasons = []data.Reason{{Rule: "page:" + string(page), Detail: why}}
		return a
	}
	signals, m := o.signals(c.Host), loadModel()
	odds := m.logOdds(signals)
	a.Gambling = round(probability(odds))
	a.Reasons = reasons(signals, m)
	a.Licences = o.claims()
	page, why := pageType(o, docs, a.Gambling)
	a.Page = page
	if why != "" {
		a.Reasons = append(a.Reasons, data.Reason{Rule: "page:" + string(page), Detail: why})
	}
	if why := o.sealMismatch(a.Licences); why != "" {
		a.Reasons = append(a.Reasons, data.Reason{Rule: "licence-seal", Detail: why})
	}
	return a
}

// round keeps four decimals, so that a result does not depend on the order of
// floating-point sums.
func round(p float64) float64 { return math.Round(p*1e4) / 1e4 }

// reasons lists what each signal adds, heaviest first.
func reasons(signals []Signal, m model) []data.Reason {
	var out []data.Reason
	for _, s := range signals {
		if w := m.weights[s.Name] * s.Value; math.Abs(w) >= 0.005 {
			out = append(out, data.Reason{Rule: s.Name, Weight: math.Round(w*100) / 100, Detail: s.Detail})
		}
	}
	slices.SortStableFunc(out, func(a, b data.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return out
}

// nobodysPage recognises pages that are not the site's own: errors, blanks,
// parking, server defaults, challenges, block notices. It must be sure: such a
// page is left out of everything.
func nobodysPage(c *data.Capture, docs []*document, o *observation) (data.PageType, string) {
	home := c.Home()
	if home == nil || len(docs) == 0 {
		return data.PageEmpty, "no page was received"
	}
	if page, why := marked(docs[0], o); page != "" {
		return page, why
	}
	if home.Status >= 400 {
		return data.PageError, fmt.Sprintf("status %d", home.Status)
	}
	d := docs[0]
	if o.words == 0 && len(d.scripts) == 0 && len(d.forms) == 0 && len(d.embeds) == 0 && len(d.links) == 0 {
		return data.PageEmpty, "the page shows nothing and loads nothing"
	}
	return "", ""
}

// marked looks for the stock phrases of such pages. A phrase counts only on a
// page that is about as short as the stock page, and not beside gambling
// offers.
func marked(d *document, o *observation) (data.PageType, string) {
	title := strings.ToLower(fold(d.title))
	text := o.text.lower()
	offers := o.class(reference.ClassCore, zoneTitle, zoneHeading, zoneLink).hits
	for _, m := range reference.Markers() {
		if o.words > m.MaxWords || offers > 2 && m.Page != data.PageSeized || offers > 0 && m.Where == "host" {
			continue
		}
		found := false
		switch m.Where {
		case "title":
			found = strings.HasPrefix(title, m.Phrase)
		case "text":
			found = strings.Contains(text, m.Phrase)
		case "host":
			found = loadsFrom(d, m.Phrase)
		}
		if found {
			return m.Page, m.Where + ": " + m.Phrase
		}
	}
	return "", ""
}

// loadsFrom reports whether a page loads a script or frame from a host, or
// consists of links to it.
func loadsFrom(d *document, host string) bool {
	is := func(h string) bool { return h == host || strings.HasSuffix(h, "."+host) }
	for _, e := range d.embeds {
		if (e.tag == "script" || e.tag == "iframe" || e.tag == "frame") && e.url != nil && is(strings.ToLower(e.url.Hostname())) {
			return true
		}
	}
	return false
}

// pageType tells the kinds of sites apart.
func pageType(o *observation, docs []*document, p float64) (data.PageType, string) {
	if why := compromised(o, p); why != "" {
		return data.PageCompromised, why
	}
	visible := []zone{zoneTitle, zoneMeta, zoneHeading, zoneLink, zoneBody}
	core := o.class(reference.ClassCore, visible...)
	switch {
	case o.isGate(core) && p < 0.9:
		return data.PageGated, "little but a log-in or join form is visible"
	case p < 0.5 && p >= 0.25 && len(core.terms) > 0:
		return data.PageUnclear, "some signs of gambling, too few to tell"
	case p < 0.5 && o.words < 15 && core.hits == 0:
		return data.PageUnclear, "hardly any text to judge"
	case p < 0.5:
		return data.PageHarmless, ""
	}
	if why := o.sells(core); why != "" {
		return data.PageBuilder, why
	}
	if why := o.checkedSeal(); why != "" {
		return data.PageLicensed, why
	}
	if why := o.reviews(); why != "" {
		return data.PageAffiliate, why
	}
	if why := o.leadsElsewhere(docs); why != "" {
		return data.PageDoorway, why
	}
	return data.PageGambling, ""
}

// isGate reports whether only a log-in or join form is visible.
func (o *observation) isGate(core tally) bool {
	return o.words < 80 && (o.forms.password || o.forms.joinCode) && o.forms.fields <= 14 && core.hits < 8
}

// compromised reports whether gambling is hidden in, or foreign to, a page
// about something else: the owner is a victim.
func compromised(o *observation, p float64) string {
	hidden := o.class(reference.ClassCore, zoneHidden)
	about := o.class(reference.ClassCore, zoneTitle, zoneHeading, zoneMeta)
	seen := o.class(reference.ClassCore, zoneLink, zoneBody)
	if p < 0.5 && len(hidden.terms) >= 3 && len(about.terms) == 0 && o.words > 60 {
		return "gambling terms that a visitor does not see: " + hidden.String()
	}
	foreign := o.class(reference.ClassCore, zoneLink)
	rare := o.words > 200 && 40*seen.hits < o.words
	games := o.class(reference.ClassGame, zoneTitle, zoneHeading, zoneMeta)
	if p < 0.9 && rare && len(foreign.terms) >= 4 && 4*foreign.hits > 3*seen.hits && len(about.terms) == 0 && len(games.terms) == 0 && p > 0.05 {
		return "links about gambling on a page about something else: " + foreign.String()
	}
	return ""
}

// sells reports whether the page sells gambling sites rather than bets.
func (o *observation) sells(core tally) string {
	about := o.class(reference.ClassBuilder, zoneTitle, zoneHeading, zoneMeta)
	all := o.class(reference.ClassBuilder, zoneTitle, zoneMeta, zoneHeading, zoneLink, zoneBody)
	title := o.class(reference.ClassBuilder, zoneTitle)
	trade := o.class(reference.ClassTrade, zoneTitle, zoneMeta, zoneHeading, zoneLink, zoneBody)
	if len(all.terms) > 0 {
		all.hits += trade.hits
		all.terms = append(all.terms, trade.terms...)
	}
	if len(all.terms) >= 3 && len(about.terms) >= 1 && (4*all.hits > core.hits || len(title.terms) > 0) || len(title.terms) >= 2 {
		return "sells gambling software or sites: " + all.String()
	}
	return ""
}

// reviews reports whether the page ranks, reviews or verifies gambling sites,
// or sells tips.
func (o *observation) reviews() string {
	about := o.class(reference.ClassAffiliate, zoneTitle, zoneHeading, zoneMeta)
	all := o.class(reference.ClassAffiliate, zoneTitle, zoneMeta, zoneHeading, zoneLink, zoneBody)
	if title := o.class(reference.ClassAffiliate, zoneTitle); len(title.terms) >= 1 && len(all.terms) >= 2 || len(about.terms) >= 2 && len(all.terms) >= 3 {
		return "reviews, ranks or predicts: " + all.String()
	}
	return ""
}

// checkedSeal reports whether a licence claim comes with a link to the
// authority's own host. A site without it is not called licensed, whatever it
// writes.
func (o *observation) checkedSeal() string {
	for _, a := range o.text.authorities() {
		for _, seal := range a.Seals {
			for host := range o.seals {
				if host == seal || strings.HasSuffix(host, "."+seal) {
					return "claims a licence of " + a.ID + " and links to " + seal
				}
			}
		}
	}
	return ""
}

// sealMismatch reports a licence claim whose seal leads to a host that is none
// of the authority's.
func (o *observation) sealMismatch(claims []string) string {
	if len(claims) == 0 || o.checkedSeal() != "" {
		return ""
	}
	return "claims a licence of " + strings.Join(claims, ", ") + ", with no link to the authority"
}

// leadsElsewhere reports whether a site consists of little more than calls to
// go to another one: its links to join or play, or most of all its links, lead
// there, and it has no log-in of its own.
func (o *observation) leadsElsewhere(docs []*document) string {
	if len(docs) == 0 || o.forms.password {
		return ""
	}
	home := docs[0]
	var own, out, ownCalls, calls int
	hosts := map[string]int{}
	for _, l := range home.links {
		if l.url == nil || l.hidden || l.url.Scheme != "http" && l.url.Scheme != "https" {
			continue
		}
		host, call := strings.ToLower(l.url.Hostname()), isCall(l.text)
		switch {
		case host == strings.ToLower(home.base.Hostname()):
			own++
			ownCalls += call
		case !isMessengerHost(host):
			out++
			calls += call
			hosts[host] += 1 + 3*call
		}
	}
	top, most := "", 0
	for h, n := range hosts {
		if n > most || n == most && h < top {
			top, most = h, n
		}
	}
	if most > 0 && (calls > ownCalls || out >= own && calls >= ownCalls) {
		return fmt.Sprintf("%d of %d links lead to other sites, foremost to %s", out, own+out, top)
	}
	return ""
}

// isCall is 1 for the text of a link that calls to join, log in or play.
func isCall(text string) int {
	call := 0
	reference.Gambling().Match(cutText(text, 200), func(t *reference.Term, _ int) {
		for _, m := range t.Meanings {
			if m.Class == reference.ClassPromo || m.Class == reference.ClassCore {
				call = 1
			}
		}
	})
	if low := strings.ToLower(text); call == 0 && containsAny(low, "daftar", "login", "register", "sign up", "회원가입", "注册", "注冊", "สมัคร", "đăng ký", "登録", "регистрация", "играть") {
		return 1
	}
	return call
}
