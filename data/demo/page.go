package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"text/template"
)

// page is what the templates are executed on. Its methods are their
// vocabulary; all of them give the same answer for the same site and page.
type page struct {
	*site

	web  *Web
	set  *template.Template
	Name string // page key: "home", "join", …
	r    *rand.Rand
}

// game, match, item and win are rows of a page.
type (
	game struct {
		Name, Provider, Code, Img string
		RTP                       int
		Hot                       bool
	}
	match struct {
		League, Home, Away, Time string
		Win, Draw, Lose          string
		Code                     string
	}
	item struct {
		N                 int
		Title, Body, Date string
		Img               string
	}
	win struct{ User, Game, Amount string }
)

func (w *Web) page(s *site, name string) *page {
	set := "special"
	if s.builder != nil {
		set = s.builder.name
	}
	return &page{site: s, web: w, set: w.templates[set], Name: name, r: w.rand("page", s.Host, name)}
}

// C returns the class attribute's value of a role.
func (p *page) C(role string) string { return p.skin.class(role) }

// ID returns an element id.
func (p *page) ID(id string) string { return p.skin.id(id) }

// Brand returns the brand in the site's own script.
func (p *page) Brand() string { return p.look.brand }

// Latin returns the brand in latin letters.
func (p *page) Latin() string { return p.look.latin }

// HostName returns the site's host.
func (p *page) HostName() string { return p.Site.Host }

// Agent returns the join code that the site shows.
func (p *page) Agent() string { return p.agent }

// T returns one of the site's ways to say a fixed text.
func (p *page) T(key string) string {
	return p.fill(pick(p.web.packs[p.pack][key], p.Site.Host, key))
}

// U returns the path of a page of the site.
func (p *page) U(name string) string { return p.prefix + p.builder.routes[name] }

// P returns the site's path prefix.
func (p *page) P() string { return p.prefix }

// Opt reports whether the site has an optional part.
func (p *page) Opt(name string) bool { return chance(55, p.Site.Host, "opt", name) }

// Has reports whether the skin has an optional part.
func (p *page) Has(name string) bool {
	return chance(70, p.skin.builder, p.skin.name, "has", name)
}

// Num returns a number of the site between low and high.
func (p *page) Num(name string, low, high int) int {
	return low + int(hash(p.Site.Host, "num", name)%uint64(high-low+1))
}

// Token returns n hexadecimal digits that change with page and place.
func (p *page) Token(n int) string {
	return fmt.Sprintf("%016x%016x%016x", p.r.Uint64(), p.r.Uint64(), p.r.Uint64())[:min(n, 48)]
}

// Block executes another template of the set and returns its text.
func (p *page) Block(name string) (string, error) {
	var b strings.Builder
	if err := p.set.ExecuteTemplate(&b, name, p); err != nil {
		return "", fmt.Errorf("draw %s: %w", name, err)
	}
	return b.String(), nil
}

// Main returns the body of the page: the skin's own home, or the code base's
// page.
func (p *page) Main() (string, error) {
	if p.Name == "home" {
		return p.Block("home" + p.skin.layout)
	}
	return p.Block("page-" + p.Name)
}

// list returns between low and high entries of a list, in an order of the
// page's own; an entry comes again only after all others did.
func (p *page) list(key string, low, high int) []string {
	all := p.web.packs[p.pack][key]
	n := p.Num(p.Name+key, low, high)
	out := make([]string, 0, n)
	for len(out) < n && len(all) > 0 {
		for _, i := range p.r.Perm(len(all)) {
			if len(out) < n {
				out = append(out, p.fill(all[i]))
			}
		}
	}
	return out
}

func (p *page) fill(s string) string {
	return strings.ReplaceAll(s, "{brand}", p.look.brand)
}

// Games returns between low and high games.
func (p *page) Games(low, high int) []game {
	var out []game
	for i, name := range p.list("game", low, high) {
		code := strconv.FormatUint(hash(name)%90000+10000, 10)
		out = append(out, game{
			Name: name, Provider: pick(p.web.packs[p.pack]["provider"], name), Code: code,
			Img: p.Img("g" + code), RTP: 86 + p.r.IntN(13), Hot: i%7 == 2,
		})
	}
	return out
}

// Providers returns the names of the game houses.
func (p *page) Providers() []string {
	all := p.web.packs[p.pack]["provider"]
	return p.list("provider", min(4, len(all)), len(all))
}

// Matches returns between low and high matches with odds.
func (p *page) Matches(low, high int) []match {
	leagues, teams := p.web.packs[p.pack]["league"], p.web.packs[p.pack]["team"]
	var out []match
	odd := func() string { return fmt.Sprintf("%.2f", 1.2+p.r.Float64()*4) }
	for range p.Num("matches", low, high) {
		h := p.r.IntN(len(teams))
		a := (h + 1 + p.r.IntN(len(teams)-1)) % len(teams)
		out = append(out, match{
			League: leagues[p.r.IntN(len(leagues))], Home: teams[h], Away: teams[a],
			Time: fmt.Sprintf("11-%02d %02d:%02d", 1+p.r.IntN(29), p.r.IntN(24), p.r.IntN(4)*15),
			Win:  odd(), Draw: odd(), Lose: odd(), Code: strconv.Itoa(100000 + p.r.IntN(900000)),
		})
	}
	return out
}

// Promos returns between low and high promotions.
func (p *page) Promos(low, high int) []item { return p.items("promotitle", "promobody", low, high) }

// Notices returns between low and high notices.
func (p *page) Notices(low, high int) []item { return p.items("noticetitle", "promobody", low, high) }

func (p *page) items(title, body string, low, high int) []item {
	bodies := p.web.packs[p.pack][body]
	var out []item
	for i, t := range p.list(title, low, high) {
		out = append(out, item{
			N: 400 - i*3 - p.r.IntN(3), Title: t, Body: p.fill(bodies[p.r.IntN(len(bodies))]),
			Date: fmt.Sprintf("2026-%02d-%02d", 8+p.r.IntN(3), 1+p.r.IntN(28)), Img: p.Img("b" + strconv.Itoa(p.r.IntN(1000))),
		})
	}
	return out
}

// Winners returns between low and high pay-outs.
func (p *page) Winners(low, high int) []win {
	people := p.web.packs[p.pack]["person"]
	names := p.web.packs[p.pack]["game"]
	var out []win
	for range p.Num("winners", low, high) {
		out = append(out, win{
			User: people[p.r.IntN(len(people))], Game: names[p.r.IntN(len(names))],
			Amount: strconv.Itoa((1+p.r.IntN(900))*1000) + " " + p.T("money"),
		})
	}
	return out
}

// About returns paragraphs that praise the site.
func (p *page) About(low, high int) []string { return p.list("about", low, high) }

// Banks returns the banks that the join form offers.
func (p *page) Banks() []string { return p.web.packs[p.pack]["bankname"] }

// Img returns the path of a picture.
func (p *page) Img(name string) string {
	return p.prefix + p.skin.dir + "/img/" + name + ".png"
}

// CSS returns the path of the main style sheet.
func (p *page) CSS() string {
	return p.prefix + p.skin.dir + "/css/" + p.skin.css + p.buildMark() + ".css"
}

// JS returns the path of the main script.
func (p *page) JS() string {
	return p.prefix + p.skin.dir + "/js/" + p.skin.js + p.buildMark() + ".js"
}

func (p *page) buildMark() string {
	if p.skin.scheme == "snake" {
		return "" // old-fashioned: no hash in the name
	}
	if p.skin.builder == "theme" {
		return ".7f3a91" // one release of a public theme
	}
	return "." + p.look.build
}

// Version returns the cache-breaking query of sites without build hashes.
func (p *page) Version() string {
	if p.skin.scheme == "snake" {
		return "?v=" + p.look.build[:4]
	}
	return ""
}

// Icon returns the icon's link element, if the site has an icon.
func (p *page) Icon() string {
	if p.look.iconExt == "" {
		return ""
	}
	return `<link rel="icon" href="` + p.iconPath() + `">`
}

func (p *page) iconPath() string {
	return p.prefix + p.skin.dir + "/" + p.skin.css + "-favicon" + p.look.iconExt
}

// Framework returns the link elements of the public framework underneath.
func (p *page) Framework() string {
	if p.skin.framework != "bootstrap" {
		return ""
	}
	return `<link rel="stylesheet" href="/vendor/bootstrap/css/bootstrap.min.css">
<script src="/vendor/jquery/jquery.min.js" defer></script>`
}

// Decoy returns blocks that belong to nothing, which some sites carry to look
// different.
func (p *page) Decoy() string {
	if !p.look.decoy {
		return ""
	}
	r := p.web.rand("decoy", p.Site.Host, p.Name)
	var b strings.Builder
	for range 1 + r.IntN(3) {
		fmt.Fprintf(&b, "<div class=%q hidden>", syllable(r.IntN(400))+"-"+syllable(r.IntN(400)))
		for range 2 + r.IntN(6) {
			tag := []string{"span", "p", "i", "b", "em"}[r.IntN(5)]
			fmt.Fprintf(&b, "<%s>%s</%s>", tag, syllable(r.IntN(400)), tag)
		}
		b.WriteString("</div>\n")
	}
	return b.String()
}

var (
	localName   = regexp.MustCompile(`\b(\w+)_l\b`)
	commentLine = regexp.MustCompile(`(?m)^\s*//.*\n`)
	lineStart   = regexp.MustCompile(`\n\s*`)
)

// script assembles the code base's modules as this site ships them: in its
// order, some without the optional ones, some minified with local names
// renamed.
func (p *page) script() (string, error) {
	var parts []string
	for i, m := range p.builder.modules {
		if i > 1 && chance(25, p.Site.Host, "without", m) {
			continue
		}
		text, err := p.Block(m + ".js")
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	p.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	out := fmt.Sprintf("/* build %s */\n", p.look.build) + strings.Join(parts, "\n")
	if !p.look.minified {
		return localName.ReplaceAllString(out, "$1"), nil
	}
	short := map[string]string{}
	out = localName.ReplaceAllStringFunc(out, func(name string) string {
		if short[name] == "" {
			short[name] = "_" + base36(hash(p.look.build, name), 2) + strconv.Itoa(len(short))
		}
		return short[name]
	})
	return lineStart.ReplaceAllString(commentLine.ReplaceAllString(out, ""), ""), nil
}
