package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// grammar draws pages that share nobody's structure: sections of random
// wrapping around items of a random shape.
type grammar struct {
	p *page
	r *rand.Rand // the site's, so its pages are built alike
	b strings.Builder
}

var (
	wrapTags  = []string{"div", "section", "article", "main", "aside", "div", "div"}
	innerTags = []string{"div", "span", "p", "header", "figure", "strong", "small", "h3", "h4", "em", "blockquote"}
	roleWords = []string{"card", "grid", "title", "section", "content", "promo", "row", "panel", "badge", "label", "name", "item", "lead", "thumb", "bar"}
)

// Unique returns the body of a page that is like no other site's.
func (p *page) Unique() string {
	g := &grammar{p: p, r: p.web.rand("grammar", p.Site.Host)}
	sections := 5 + g.r.IntN(6)
	if p.Name != "home" {
		g.r.Perm(p.Num(p.Name, 3, 30)) // moves the generator on: another page, another order
		sections = 2 + g.r.IntN(4)
	}
	for range sections {
		g.section()
	}
	return g.b.String()
}

func (g *grammar) section() {
	var closing []string
	for range 1 + g.r.IntN(3) {
		tag := wrapTags[g.r.IntN(len(wrapTags))]
		fmt.Fprintf(&g.b, "<%s class=\"%s\">\n", tag, g.p.C(roleWords[g.r.IntN(len(roleWords))]))
		closing = append(closing, "</"+tag+">")
	}
	switch g.r.IntN(4) {
	case 0:
		g.prose()
	case 1:
		g.table()
	default:
		g.items()
	}
	for i := len(closing) - 1; i >= 0; i-- {
		g.b.WriteString(closing[i])
	}
	g.b.WriteString("\n")
}

func (g *grammar) prose() {
	fmt.Fprintf(&g.b, "<h2 class=\"%s\">%s</h2>", g.p.C("title"), g.p.list("promotitle", 1, 1)[0])
	for range 1 + g.r.IntN(3) {
		for _, text := range g.p.About(2, 4) {
			fmt.Fprintf(&g.b, "<p>%s %s</p>\n", text, g.p.list("promobody", 1, 1)[0])
		}
	}
}

func (g *grammar) table() {
	fmt.Fprintf(&g.b, "<table class=\"%s\">", g.p.C("table"))
	columns := 2 + g.r.IntN(4)
	for range 4 + g.r.IntN(9) {
		g.b.WriteString("<tr>")
		for range columns {
			fmt.Fprintf(&g.b, "<td>%s</td>", g.p.list("game", 1, 1)[0])
		}
		g.b.WriteString("</tr>\n")
	}
	g.b.WriteString("</table>")
}

// items repeats one item of a random shape.
func (g *grammar) items() {
	shape := g.shape(2 + g.r.IntN(2))
	for _, it := range g.p.Promos(6+g.r.IntN(4), 14) {
		game := g.p.list("game", 1, 1)[0]
		g.b.WriteString(strings.NewReplacer("{title}", it.Title, "{body}", it.Body, "{game}", game, "{date}", it.Date, "{img}", it.Img).Replace(shape))
		g.b.WriteString("\n")
	}
}

func (g *grammar) shape(depth int) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		tag := innerTags[g.r.IntN(len(innerTags))]
		fmt.Fprintf(&b, "<%s", tag)
		if g.r.IntN(2) == 0 {
			fmt.Fprintf(&b, " class=\"%s\"", g.p.C(roleWords[g.r.IntN(len(roleWords))]))
		}
		b.WriteString(">")
		if depth > 0 {
			b.WriteString(g.shape(depth - 1))
		} else {
			b.WriteString([]string{"{title}", "{body}", "{game}", "{date}", `<img src="{img}" alt="{game}">`}[g.r.IntN(5)])
		}
		fmt.Fprintf(&b, "</%s>", tag)
	}
	return b.String()
}

// OwnForm returns a form with names of the site's own: a log-in on gambling
// sites, a letter box elsewhere.
func (p *page) OwnForm() string {
	r := p.web.rand("form", p.Site.Host)
	var b strings.Builder
	name := func() string { return syllable(r.IntN(400)) }
	fmt.Fprintf(&b, "<form id=\"%s\" action=\"/%s/%s\" method=\"post\">", name(), name(), name())
	fields := []string{"userid", "password", "phone", "bank", "account", "code"}
	if p.operator == nil {
		fields = []string{"name", "mail", "letter"}
	}
	tag := wrapTags[r.IntN(len(wrapTags))]
	for _, f := range fields {
		kind := "text"
		if f == "password" {
			kind = f
		}
		fmt.Fprintf(&b, "<%s><label>%s</label><input type=\"%s\" name=\"%s\"></%s>", tag, p.T(f), kind, name(), tag)
	}
	return b.String() + "<button>OK</button></form>"
}

// ownScript writes a small script with names of the site's own.
func (p *page) ownScript() string {
	key := p.Site.Host
	if p.Template != "" {
		key = p.Template // a public theme ships one script
	}
	r := p.web.rand("script", key)
	var b strings.Builder
	b.WriteString("(function () {\n  'use strict';\n")
	for range 4 + r.IntN(5) {
		fn, id := syllable(r.IntN(400)), syllable(r.IntN(400))
		switch r.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "  function %s(e) {\n    var box = document.getElementById('%s');\n    if (!box) { return; }\n    box.classList.toggle('%s', e.type === 'click');\n  }\n", fn, id, syllable(r.IntN(400)))
		case 1:
			fmt.Fprintf(&b, "  window.%s = function (n) {\n    var out = [];\n    for (var i = 0; i < n; i += %d) { out.push(i * %d); }\n    return out.join('%s');\n  };\n", fn, 1+r.IntN(4), r.IntN(90), []string{",", "-", ""}[r.IntN(3)])
		default:
			fmt.Fprintf(&b, "  document.addEventListener('%s', function (ev) { if (ev.target.closest('.%s')) { ev.preventDefault(); } });\n", []string{"click", "keyup", "scroll"}[r.IntN(3)], id)
		}
	}
	return b.String() + "})();\n"
}
