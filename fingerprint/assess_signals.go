package fingerprint

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// Signal is one named measure of a capture that the gambling assessment weighs.
type Signal struct {
	Name   string
	Value  float64 // 0 where nothing was seen; seldom above 5
	Detail string  // what was seen, for people
}

// tally sums the terms of one class.
type tally struct {
	hits  int
	terms []string // "language:term", sorted by how often
}

func (t tally) distinct() float64 { return math.Log1p(float64(len(t.terms))) }

func (t tally) String() string { return strings.Join(t.terms[:min(len(t.terms), 6)], ", ") }

// class sums the terms of a class in some zones.
func (o *observation) class(class reference.Class, in ...zone) tally {
	type seen struct {
		name string
		n    int
	}
	var all []seen
	var out tally
	present := o.presentLanguages()
	for _, s := range o.sightings {
		n := 0
		for _, z := range in {
			n += s.count[z]
		}
		if n == 0 {
			continue
		}
		m, ok := meaning(s.term, o.language, present)
		if !ok || m.Class != class {
			continue
		}
		out.hits += n
		all = append(all, seen{m.Language + ":" + s.term.Text, n})
	}
	slices.SortFunc(all, func(a, b seen) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(a.name, b.name)
	})
	for _, s := range all {
		out.terms = append(out.terms, s.name)
	}
	return out
}

// offers sums the terms that only the trade uses: of those who take bets, and
// of those who sell them their sites.
func (o *observation) offers(in ...zone) tally {
	core, sells := o.class(reference.ClassCore, in...), o.class(reference.ClassBuilder, in...)
	return tally{core.hits + sells.hits, append(core.terms, sells.terms...)}
}

// presentLanguages returns the languages of which at least two unmistakable
// phrases were seen: doorways are often written in another language than the
// template around them.
func (o *observation) presentLanguages() map[string]bool {
	count := map[string]int{}
	for _, s := range o.sightings {
		if s.term.Words > 1 && len(s.term.Meanings) == 1 && s.term.Meanings[0].Class == reference.ClassCore {
			count[s.term.Meanings[0].Language]++
		}
	}
	present := map[string]bool{}
	for lang, n := range count {
		if n >= 2 {
			present[lang] = true
		}
	}
	return present
}

// meaning picks what a term says on a page in a language: its meaning in that
// language, else in English, else in one that is present. A term in a script
// of its own, or an unmistakable phrase, counts anywhere.
func meaning(t *reference.Term, language string, present map[string]bool) (reference.Meaning, bool) {
	var other *reference.Meaning
	for i, m := range t.Meanings {
		switch {
		case m.Language == language:
			return m, true
		case m.Language == "en", other == nil && (present[m.Language] || ownScript(t.Text) || language == ""),
			other == nil && t.Words > 1 && m.Class == reference.ClassCore:
			other = &t.Meanings[i]
		}
	}
	if other == nil {
		return reference.Meaning{}, false
	}
	return *other, true
}

// ownScript reports whether a term is written in a script that tells its
// language: anything but Latin.
func ownScript(s string) bool {
	for _, r := range s {
		if r >= 0x370 && (r < 0x1e00 || r >= 0x1f00) && r != '’' {
			return true
		}
	}
	return false
}

// signals turns an observation into the measures of the model. Every measure
// is an aggregate over the vocabulary of all languages, so that what is
// learned from pages of one language holds in the others.
func (o *observation) signals(host string) []Signal {
	s := &signalList{}
	visible := []zone{zoneTitle, zoneMeta, zoneHeading, zoneLink, zoneBody}
	core, game := o.offers(visible...), o.class(reference.ClassGame, visible...)
	o.placeSignals(s)
	s.tally("core-terms", core.distinct(), core)
	s.add("core-density", o.density(core.hits), fmt.Sprintf("%d in %d words", core.hits, o.words))
	s.tally("game-terms", game.distinct(), game)
	s.add("game-density", o.density(game.hits), fmt.Sprintf("%d in %d words", game.hits, o.words))
	o.contextSignals(s, core, game, visible)
	o.otherSignals(s, host, core, game)
	o.harmlessSignals(s, core, game, visible)
	return s.list
}

// signalList gathers signals in their fixed order.
type signalList struct{ list []Signal }

func (s *signalList) add(name string, value float64, detail string) {
	if value == 0 {
		detail = ""
	}
	s.list = append(s.list, Signal{name, value, detail})
}

func (s *signalList) tally(name string, value float64, t tally) { s.add(name, value, t.String()) }

func (s *signalList) flag(name string, on bool, detail string) {
	if on {
		s.add(name, 1, detail)
	} else {
		s.add(name, 0, "")
	}
}

// density is the logarithm of hits in a thousand words. Fifty words are added
// so that one word on a nearly empty page is no certainty.
func (o *observation) density(hits int) float64 {
	return math.Log1p(1000 * float64(hits) / float64(o.words+50))
}

// placeSignals measure where the terms stand.
func (o *observation) placeSignals(s *signalList) {
	for _, p := range []struct {
		name string
		zone zone
	}{{"title", zoneTitle}, {"meta", zoneMeta}, {"headings", zoneHeading}, {"links", zoneLink}} {
		core := o.offers(p.zone)
		s.tally("core-in-"+p.name, math.Min(core.distinct(), 2), core)
		game := o.class(reference.ClassGame, p.zone)
		s.tally("game-in-"+p.name, math.Min(game.distinct(), 2), game)
	}
}

// contextSignals measure what stands beside the words for games: money and
// promotion are everywhere on the web, and speak only in that company.
func (o *observation) contextSignals(s *signalList, core, game tally, visible []zone) {
	company := math.Log1p(float64(len(core.terms)*2 + len(game.terms)))
	for _, c := range []struct {
		name  string
		class reference.Class
	}{
		{"money-with-games", reference.ClassMoney}, {"promo-with-games", reference.ClassPromo},
		{"affiliate-with-games", reference.ClassAffiliate}, {"builder-with-games", reference.ClassBuilder},
	} {
		t := o.class(c.class, visible...)
		s.tally(c.name, math.Min(t.distinct(), company), t)
	}
	providers := o.providers()
	s.add("providers", math.Log1p(float64(len(providers))), strings.Join(providers[:min(len(providers), 6)], ", "))
	claims := o.claims()
	s.add("licence-claim", math.Min(company, math.Log1p(float64(len(claims)))), strings.Join(claims, ", "))
	s.flag("messenger-with-games", o.messenger && len(core.terms) > 1, "links to a messenger")
}

// providers returns the game providers; short codes count beside a sure one.
func (o *observation) providers() []string {
	var out []string
	for name := range o.sure {
		out = append(out, name)
	}
	if len(out) > 1 {
		for name := range o.company {
			if !o.sure[name] {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// otherSignals measure names, forms, scripts and what is hidden.
func (o *observation) otherSignals(s *signalList, host string, core, game tally) {
	s.add("brand-in-title", o.branded, o.brand)
	said := hostSays(host)
	s.flag("host-name", said != "", said)
	s.flag("join-code-form", o.forms.joinCode && o.forms.password, "a form asks for a join or referral code and a password")
	s.flag("bank-form", o.forms.bank && o.forms.password, "a form asks for a bank account and a password")
	ui := sortedKeys(o.uiCore)
	s.add("interface-words", math.Log1p(float64(len(ui))), strings.Join(ui[:min(len(ui), 8)], ", "))
	money := sortedKeys(o.uiMoney)
	s.add("interface-money", math.Min(math.Log1p(float64(len(money))), math.Log1p(float64(len(ui)))), strings.Join(money[:min(len(money), 8)], ", "))
	code := o.class(reference.ClassCore, zoneScript)
	s.tally("core-in-scripts", math.Min(code.distinct(), 3), code)
	hidden := o.class(reference.ClassCore, zoneHidden)
	own := math.Min(hidden.distinct(), 3)
	if o.words > 150 && len(core.terms)+len(game.terms) < 3 {
		own = 0 // hidden in a page about something else: see compromised
	}
	s.tally("core-hidden", own, hidden)
}

// harmlessSignals measure what speaks for a page of another trade.
func (o *observation) harmlessSignals(s *signalList, core, game tally, visible []zone) {
	offers := len(core.terms)
	for _, c := range []struct {
		name  string
		class reference.Class
	}{
		{"prevention", reference.ClassPrevention}, {"news", reference.ClassNews}, {"sport", reference.ClassSport}, {"crypto", reference.ClassCrypto},
		{"video-games", reference.ClassVideoGame}, {"venue", reference.ClassLand}, {"demo", reference.ClassDemo},
	} {
		t := o.class(c.class, visible...)
		s.tally(c.name, t.distinct()/(1+0.25*float64(offers)), t)
	}
	topic := o.class(reference.ClassPrevention, zoneTitle, zoneHeading, zoneMeta)
	s.tally("prevention-topic", math.Min(topic.distinct(), 2), topic)
	s.flag("article", o.article, "marked up as an article")
	about := math.Log(float64(o.words)+1) / (1 + float64(core.hits) + 0.3*float64(game.hits))
	s.add("other-text", about, fmt.Sprintf("%d words, %d of them about gambling", o.words, core.hits+game.hits))
	money := o.class(reference.ClassMoney, visible...)
	promo := o.class(reference.ClassPromo, visible...)
	lonely := math.Max(0, game.distinct()-core.distinct()-0.5*money.distinct()-0.5*promo.distinct())
	s.add("games-only", lonely, "games are named, but neither money nor offers")
}

// claims returns the licences that the site claims, sorted: "authority:number",
// or the authority alone where no number is given.
func (o *observation) claims() []string {
	text := o.text.String()
	var out []string
	for _, a := range o.text.authorities() {
		claim := a.ID
		if a.Number != nil {
			if m := a.Number.FindStringSubmatch(text); m != nil {
				claim += ":" + m[1]
			}
		}
		out = append(out, claim)
	}
	slices.Sort(out)
	return out
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Signals returns the measures from which the gambling probability of a
// capture is computed, in a fixed order. They are what the training reads.
func Signals(c *data.Capture) []Signal {
	var docs []*document
	for i := range c.Resources {
		if r := &c.Resources[i]; (r.Role == data.RoleHome || r.Role == data.RolePage || r.Role == data.RoleRendered) && isHTML(r) && len(docs) < maxAssessedPages {
			docs = append(docs, parseDocument(r))
		}
	}
	return observe(c, docs).signals(c.Host)
}
