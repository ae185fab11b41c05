package demo

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// plain describes sites that no workshop built.
type plain struct {
	kind     string
	template string // of special/
	pack     string
	gambling string
	theme    string // public theme, label and skin; "" for a look of its own
	count    int
}

func specials() []plain {
	return []plain{
		{kind: "parked", template: "parked", pack: "h-shop", gambling: "no", count: 3},
		{kind: "default-page", template: "default", pack: "h-shop", gambling: "no", count: 3},
		{kind: "challenge", template: "challenge", pack: "h-shop", gambling: "unknown", count: 3},
		{kind: "compromised", template: "hacked", pack: "h-school", gambling: "no", count: 3},
		{kind: "affiliate", template: "affiliate", pack: "ko", gambling: "yes", count: 1},
		{kind: "builder-sales", template: "sales", pack: "ko", gambling: "unknown", count: 1},
		{kind: "licensed", template: "licensed", pack: "h-licensed", gambling: "yes", count: 1},
	}
}

func harmless() []plain {
	out := []plain{
		{kind: "theme-harbour", template: "harbour", pack: "h-shop", theme: "harbour", count: 5},
		{kind: "theme-harbour", template: "harbour", pack: "h-school", theme: "harbour", count: 4},
		{kind: "theme-harbour", template: "harbour", pack: "h-restaurant", theme: "harbour", count: 5},
		{kind: "theme-quay", template: "quay", pack: "h-sportsnews", theme: "quay", count: 4},
		{kind: "theme-quay", template: "quay", pack: "h-videogame", theme: "quay", count: 4},
	}
	for _, topic := range []string{"sportsnews", "restaurant", "pokerclub", "videogame", "help", "school", "shop"} {
		out = append(out, plain{kind: "harmless-" + topic, template: "unique", pack: "h-" + topic, count: 4})
	}
	for i := range out {
		out[i].gambling = "no"
	}
	return out
}

func (w *Web) addSpecials() {
	for _, p := range specials() {
		w.addPlain(p)
	}
}

func (w *Web) addHarmless() {
	for _, p := range harmless() {
		w.addPlain(p)
	}
}

// addSingletons adds gambling sites that share nobody's code.
func (w *Web) addSingletons() {
	for _, lang := range []string{"ko", "zh", "id", "vi", "th", "pt"} {
		w.addPlain(plain{kind: "singleton-gambling", template: "unique", pack: lang, gambling: "yes", count: 3})
	}
}

func (w *Web) addPlain(p plain) {
	for i, try := 0, 0; i < p.count; try++ { // a host may be taken: the next try draws another name
		name := p.kind + p.pack + strconv.Itoa(try)
		r := w.rand("plain", name)
		l := w.newLook(p.pack, w.packs[p.pack]["brand"], name)
		s := &site{
			look: l, pack: p.pack, special: p.template, hosting: r.IntN(w.hostings),
			Site: Site{Host: hostName(l.latin+"-"+syllable(r.IntN(400)), pick(w.packs[p.pack]["tail"], name), r.IntN(3)), Gambling: p.gambling, Kind: p.kind},
		}
		s.skin = ownSkin(w, s.Host)
		if p.theme != "" {
			s.Template, s.Builder = "theme:"+p.theme, "theme:"+p.theme
			s.skin = themeSkin(p.theme)
		}
		if p.kind == "singleton-gambling" {
			s.operator = &operator{
				name: "op-" + l.latin, telegram: syllable(r.IntN(400)) + syllable(r.IntN(400)) + "_cs", messenger: syllable(r.IntN(400)) + "0" + strconv.Itoa(r.IntN(1000)),
				licence: strconv.Itoa(19000000 + r.IntN(900000)), analytics: "G-" + strings.ToUpper(base36(r.Uint64(), 10)), wallets: wallets(r),
				account: fmt.Sprintf("%04d-00-00%05d", 1000+r.IntN(9000), r.IntN(100000)), holder: syllable(r.IntN(400)),
			}
			s.agent = strings.ToUpper(syllable(r.IntN(400)))
		}
		if w.add(s) {
			i++
		}
	}
}

// ownSkin makes the look of a site that shares nobody's.
func ownSkin(w *Web, host string) *skin {
	r := w.rand("skin", host)
	k := &skin{
		builder: host, name: host, scheme: []string{"bem", "snake", "camel", "hash", "utility"}[r.IntN(5)], prefix: syllable(r.IntN(400)) + base36(hash(host), 2),
		dir: "/" + []string{"assets", "static", "files", "content", "public"}[r.IntN(5)] + "/" + syllable(r.IntN(400)), css: syllable(r.IntN(400)), js: syllable(r.IntN(400)),
	}
	if r.IntN(2) == 0 {
		k.framework = "bootstrap"
	}
	return k
}

// themeSkin is the look of a public theme, the same on every site.
func themeSkin(name string) *skin {
	k := &skin{builder: "theme", name: name, scheme: "bem", prefix: name, dir: "/wp-content/themes/" + name, css: "style", js: "navigation"}
	if name == "quay" {
		k.scheme, k.dir, k.framework = "camel", "/themes/quay", "bootstrap"
	}
	return k
}

// link is an internal link of a plain site.
type link struct{ URL, Text string }

// Links returns the pages of a site without a workshop, the home page left
// out.
func (p *page) Links() []link {
	if p.special == "parked" || p.special == "default" || p.special == "challenge" {
		return nil
	}
	titles := p.web.packs[p.pack]["promotitle"]
	var out []link
	for i := range 3 {
		slug := pick(slugs, p.Site.Host, strconv.Itoa(i)) + "-" + strconv.Itoa(i+1)
		out = append(out, link{"/" + slug, pick(titles, p.Site.Host, slug)})
	}
	return out
}

var slugs = []string{"about", "news", "visit", "team", "menu", "archive", "story", "info", "guide", "contact", "world", "stage"}

// Others returns n hosts of gambling sites, to which hacked and affiliate
// pages link.
func (p *page) Others(n int) []link {
	r := p.web.rand("others", p.Site.Host)
	var out []link
	for _, i := range r.Perm(len(p.web.sites)) {
		s := p.web.sites[i]
		if s.Kind == "gambling-site" && len(out) < n {
			out = append(out, link{"http://" + s.Host + s.prefix + "/?ref=" + s.agent, s.look.brand + " " + pick(p.web.packs[s.pack]["title"], s.Host)})
		}
	}
	return out
}

// plainAnswer answers for a site that no workshop built.
func (w *Web) plainAnswer(s *site, urlPath string) answer {
	p := w.page(s, "home")
	switch {
	case urlPath == "/":
		return w.plainPage(p)
	case (urlPath == p.iconPath() || urlPath == "/favicon.ico") && s.look.iconExt != "" && p.Links() != nil:
		body, mediaType := w.icon(s.look.icon, s.look.hue, s.look.iconExt)
		return answer{status: http.StatusOK, mediaType: mediaType, body: body}
	case urlPath == p.CSS():
		return answer{status: http.StatusOK, mediaType: "text/css", body: []byte(p.stylesheet())}
	case urlPath == p.JS():
		return answer{status: http.StatusOK, mediaType: "application/javascript", body: []byte(p.ownScript())}
	case strings.HasPrefix(urlPath, s.skin.dir+"/img/"):
		return w.picture(s, strings.TrimPrefix(urlPath, s.skin.dir+"/"))
	}
	for _, l := range p.Links() {
		if l.URL == urlPath {
			return w.plainPage(w.page(s, l.URL[1:]))
		}
	}
	return notFound()
}

func (w *Web) plainPage(p *page) answer {
	body, err := p.Block(p.special + ".html")
	if err != nil {
		return htmlAnswer(http.StatusInternalServerError, err.Error())
	}
	a := htmlAnswer(http.StatusOK, body)
	a.header = map[string]string{"Server": pick([]string{"nginx", "Apache/2.4.57 (Debian)", "LiteSpeed"}, p.Site.Host)}
	if p.special == "challenge" {
		a.status = http.StatusServiceUnavailable
	}
	return a
}
