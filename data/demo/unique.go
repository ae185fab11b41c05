package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	for _, c := range slices.Backward(closing) {
		g.b.WriteString(c)
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

// fieldShapes are ways to lay out one field: label text, input type, name.
var fieldShapes = []string{
	`<p><label>%[1]s<input type="%[2]s" name="%[3]s"></label></p>`,
	`<tr><th>%[1]s</th><td><input type="%[2]s" name="%[3]s"></td></tr>`,
	`<div><input type="%[2]s" name="%[3]s" placeholder="%[1]s"></div>`,
	`<dt>%[1]s</dt><dd><input name="%[3]s" type="%[2]s"></dd>`,
	`<li><span>%[1]s</span><em></em><input type="%[2]s" name="%[3]s"></li>`,
	`<label for="%[3]s">%[1]s</label> <input id="%[3]s" type="%[2]s" name="%[3]s"><br>`,
	`<section><h5>%[1]s</h5><div><input type="%[2]s" name="%[3]s"><i></i></div></section>`,
}

// fieldHolders are what holds the fields of each shape.
var fieldHolders = []string{"fieldset", "table", "div", "dl", "ul", "p", "article"}

// OwnForm returns a form with names and a lay-out of the site's own: a join
// form on gambling sites, a letter box elsewhere.
func (p *page) OwnForm() string {
	r := p.web.rand("form", p.Site.Host)
	name := func() string { return syllable(r.IntN(400)) }
	fields := []string{"userid", "password", "phone", "bank", "account", "code", "nick", "holder"}
	if p.operator == nil {
		fields = []string{"name", "mail", "letter"}
	}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	fields = fields[:max(2, r.IntN(len(fields)+1))]
	shape := r.IntN(len(fieldShapes))
	var b strings.Builder
	fmt.Fprintf(&b, "<form id=\"%s\" action=\"/%s/%s\" method=\"post\"><%s>", name(), name(), name(), fieldHolders[shape])
	for _, f := range fields {
		kind := "text"
		if f == "password" {
			kind = f
		}
		fmt.Fprintf(&b, fieldShapes[shape], p.T(f), kind, name())
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, "<input type=\"hidden\" name=\"%s\" value=\"%d\">", name(), r.IntN(10))
		}
	}
	end := []string{"<button>OK</button>", `<input type="submit" value="OK">`, "<p><button><b>OK</b></button></p>", `<div><a href="#ok">OK</a></div>`}
	return b.String() + "</" + fieldHolders[shape] + ">" + end[r.IntN(len(end))] + "</form>"
}

// Frame returns the page around what is given to it: menu, form and footer in
// an order and with a structure of the site's own.
func (p *page) Frame() string {
	r := p.web.rand("frame", p.Site.Host)
	parts := []string{p.OwnForm(), p.menu(r.IntN(5)), p.imprint(r.IntN(4))}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	before := 1 + r.IntN(2)
	out := strings.Join(parts[:before], "\n") + "\n" + p.Unique() + strings.Join(parts[before:], "\n")
	for range r.IntN(3) {
		out = fmt.Sprintf("<div class=\"%s\">\n%s\n</div>", p.C([]string{"wrap", "app", "content"}[r.IntN(3)]), out)
	}
	return out
}

// menu writes the links in one of five ways.
func (p *page) menu(form int) string {
	way := [5][3]string{
		{"<nav>", `<a href="%s">%s</a> `, "</nav>"},
		{"<header><ul>", `<li><a href="%s">%s</a></li>`, "</ul></header>"},
		{"<table><tr>", `<td><a href="%s"><b>%s</b></a></td>`, "</tr></table>"},
		{"<div><p>", `<a href="%s"><span>%s</span></a> | `, "</p></div>"},
		{"<aside><dl>", `<dd><a href="%s">%s</a></dd>`, "</dl></aside>"},
	}[form]
	var b strings.Builder
	b.WriteString(way[0])
	for _, l := range append([]link{{"/", p.Brand()}}, p.Links()...) {
		fmt.Fprintf(&b, way[1], l.URL, l.Text)
	}
	return b.String() + way[2]
}

// imprint writes contacts and the last line in one of four ways.
func (p *page) imprint(form int) string {
	way := [4][3]string{
		{"<footer><p>", "</p><small>%s</small>", "</footer>"}, {"<div><hr>", "<center>%s</center>", "</div>"},
		{"<address>", "%s", "</address>"}, {"<section><h6>", "</h6><ul><li>%s</li></ul>", "</section>"},
	}[form]
	var b strings.Builder
	b.WriteString(way[0])
	for _, c := range p.Contacts() {
		fmt.Fprintf(&b, `<a href="%s">%s</a> `, c.URL, c.Label)
	}
	if a := p.Wallet(); a != "" {
		b.WriteString("USDT " + a)
	}
	fmt.Fprintf(&b, way[1], p.T("footer"))
	return b.String() + way[2]
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
