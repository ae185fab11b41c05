package demo

import (
	"fmt"
	"strings"
)

// labels tells which text names a page in a menu.
var labels = map[string]string{
	"home": "home", "login": "login", "join": "join", "lobby": "slot", "promo": "promo", "notice": "notice",
	"sports": "sports", "togel": "mini", "fish": "mini",
}

// Labels returns which text names a page in a menu.
func (p *page) Labels() map[string]string { return labels }

// Menu returns page keys in an order of the site's own.
func (p *page) Menu(keys ...string) []string {
	out := append([]string(nil), keys...)
	r := p.web.rand("menu", p.Site.Host)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// roles is what the style sheets of workshops speak of.
var roles = []string{
	"body", "root", "app", "header", "wrap", "logo", "nav", "item", "icon", "side", "content", "hero", "slide", "cols", "left",
	"right", "title", "notice", "date", "winners", "about", "lead", "btn", "ticker", "tick", "section", "promo", "card", "grid",
	"cell", "marquee", "lobby", "odds", "contact", "bank", "oddstable", "tabs", "table", "form", "input", "footer", "modal", "money",
	"thumb", "name", "badge", "panel", "bar", "row", "link", "label",
}

// declarations are what a style sheet says about a role; a skin picks by its
// own hash, so two skins read differently.
var declarations = []string{
	"display:flex;align-items:center", "display:grid;grid-template-columns:repeat(4,1fr)", "padding:%dpx %dpx", "margin:%dpx auto",
	"border-radius:%dpx", "background:var(--%s-main)", "color:var(--%s-text)", "border:1px solid var(--%s-line)", "font-size:%dpx;line-height:1.%d",
	"box-shadow:0 %dpx %dpx rgba(0,0,0,.4)", "max-width:%d0px", "position:relative;overflow:hidden", "width:%d%%", "text-transform:uppercase;letter-spacing:%dpx",
	"background-image:linear-gradient(180deg,var(--%s-main),var(--%s-dark))", "transition:all .%ds ease-in-out", "min-height:%dpx", "z-index:%d",
}

// stylesheet writes the main style sheet: the skin's rules under the site's
// colours.
func (p *page) stylesheet() string {
	var b strings.Builder
	k, hue := p.skin, p.look.hue
	if k.builder == "theme" {
		hue = 210 // a public theme ships one style sheet
	}
	if k.scheme != "hash" && k.builder != "theme" {
		fmt.Fprintf(&b, "@charset \"utf-8\";\n/* %s %s */\n", k.name, p.look.build)
	}
	fmt.Fprintf(&b, ":root{--%[1]s-main:%[2]s;--%[1]s-dark:%[3]s;--%[1]s-text:%[4]s;--%[1]s-line:%[5]s}\n", strings.Trim(k.prefix, "_")+"v",
		hexColour(hue, 70, 45), hexColour(hue+20, 60, 18), hexColour(hue+180, 15, 92), hexColour(hue, 30, 30))
	r := p.web.rand("css", k.builder, k.name) // rules belong to the skin
	for _, role := range roles {
		selector := "." + strings.Join(strings.Fields(p.C(role)), ".")
		fmt.Fprintf(&b, "%s{", selector)
		for range 2 + r.IntN(4) {
			b.WriteString(p.declaration(r.IntN(len(declarations)), r.IntN(24)+1, r.IntN(40)+2) + ";")
		}
		b.WriteString("}\n")
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "%s:hover{opacity:.%d}\n@media(max-width:%dpx){%s{padding:%dpx}}\n", selector, 1+r.IntN(9), 480+r.IntN(500), selector, r.IntN(20))
		}
	}
	return b.String()
}

func (p *page) declaration(i, a, c int) string {
	d := declarations[i]
	d = strings.ReplaceAll(d, "%s", strings.Trim(p.skin.prefix, "_")+"v")
	d = strings.Replace(d, "%d", fmt.Sprint(a), 1)
	d = strings.Replace(d, "%d", fmt.Sprint(c), 1)
	return strings.ReplaceAll(d, "%%", "%")
}
