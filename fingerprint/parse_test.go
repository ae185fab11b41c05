package fingerprint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"pitboss/data"
)

func page(body string) *data.Resource {
	return &data.Resource{URL: "https://shop.example/a/b.html", Role: data.RoleHome, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

// sketchTree prints a tree as tag(child child), texts as quotes.
func sketchTree(n *html.Node) string {
	var s string
	switch n.Type {
	case html.TextNode:
		return "'" + fold(n.Data) + "'"
	case html.CommentNode:
		return "!" + n.Data
	}
	s = n.Data
	if n.FirstChild == nil {
		return s
	}
	s += "("
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c != n.FirstChild {
			s += " "
		}
		s += sketchTree(c)
	}
	return s + ")"
}

func TestParseDocumentTree(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"whole":            {"<!doctype html><html><head><title>T</title></head><body><p>a<b>b</b></p></body></html>", "(html(head(title('T')) body(p('a' b('b')))))"},
		"implied skeleton": {"<title>T</title><div>x</div>", "(html(title('T') body(div('x'))))"},
		"text only":        {"hello", "(html(body('hello')))"},
		"list items":       {"<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "(html(body(ul(li('a') li('b' ul(li('c'))) li('d')))))"},
		"paragraphs":       {"<p>a<p>b<div>c</div>", "(html(body(p('a') p('b') div('c'))))"},
		"table cells":      {"<table><tr><td>a<td>b<tr><td>c</table>x", "(html(body(table(tr(td('a') td('b')) tr(td('c'))) 'x')))"},
		"table sections":   {"<table><thead><tr><th>a<tbody><tr><td>b</table>", "(html(body(table(thead(tr(th('a'))) tbody(tr(td('b')))))))"},
		"options":          {"<select><option>a<option>b</select>c", "(html(body(select(option('a') option('b')) 'c')))"},
		"definition list":  {"<dl><dt>a<dd>b<dt>c</dl>", "(html(body(dl(dt('a') dd('b') dt('c')))))"},
		"misnested format": {"<b><div>a</b>c</div>d", "(html(body(b(div('a' 'c')) 'd')))"},
		"inline end tag":   {"<div><span>a</div>b</span>c", "(html(body(div(span('a')) 'b' 'c')))"},
		"stray end tags":   {"</div></p>a</body></html>b", "(html(body('a' 'b')))"},
		"cell is barrier":  {"<div><table><tr><td></div>a</table></div>b", "(html(body(div(table(tr(td('a')))) 'b')))"},
		"svg self closing": {"<svg><path/><g><circle/></g></svg><i></i>", "(html(body(svg(path g(circle)) i)))"},
		"html self close":  {"<div/>a", "(html(body(div('a'))))"},
		"second body":      {"<body class=a><p>x</p><body id=b>y", "(html(body(p('x') 'y')))"},
		"anchor in anchor": {"<a href=1>a<a href=2>b</a>", "(html(body(a('a') a('b'))))"},
		"script text":      {"<script>if(a<b){}</script><p>x", "(html(script('if(a<b){}') body(p('x'))))"},
		"comment":          {"<p>a<!-- c --></p>", "(html(body(p('a' ! c ))))"},
		"empty":            {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := sketchTree(parseDocument(page(tt.in)).root); got != tt.want {
				t.Errorf("tree of %q\n got %s\nwant %s", tt.in, got, tt.want)
			}
		})
	}
}

func TestParseDocumentLists(t *testing.T) {
	t.Parallel()
	doc := parseDocument(page(`<html lang="ko"><head><base href="/root/"><title> A
 title </title><META Name="Generator" content="X 1"><link rel="Stylesheet" href="a.css"></head><body>
<a href="join?code=1"> Join <img src="data:x" data-src="i.png" alt="now"></a>
<form ACTION="login.php" method=POST><input name=user placeholder=ID><input type=Password name=pw><select name=bank></select><button>go</button></form>
<input name=loose><script type="text/JavaScript">var a=1</script><script src="s.js"></script>`))
	type summary struct {
		Title, Lang, Base string
		Link              []string
		Embeds            []string
		Forms             []form
		Scripts           []string
		Metas             []metaTag
	}
	got := summary{Title: doc.title, Lang: doc.lang, Base: doc.base.String(), Metas: doc.metas, Forms: doc.forms}
	for _, l := range doc.links {
		got.Link = append(got.Link, l.raw, l.url.String(), l.text)
	}
	for _, e := range doc.embeds {
		got.Embeds = append(got.Embeds, e.tag+" "+e.rel+" "+e.url.String())
	}
	for _, s := range doc.scripts {
		got.Scripts = append(got.Scripts, s.kind, s.body)
	}
	for i := range got.Forms {
		got.Forms[i].url, got.Forms[i].offset = nil, 0
	}
	want := summary{
		Title: "A title", Lang: "ko", Base: "https://shop.example/root/",
		Link:   []string{"join?code=1", "https://shop.example/root/join?code=1", "Join now"},
		Embeds: []string{"link stylesheet https://shop.example/root/a.css", "img  https://shop.example/root/i.png", "script  https://shop.example/root/s.js"},
		Forms: []form{
			{action: "login.php", method: "post", fields: []field{{"user", "text", "", "ID"}, {"pw", "password", "", ""}, {"bank", "select", "", ""}, {"", "submit", "", ""}}},
			{method: "get", fields: []field{{"loose", "text", "", ""}}},
		},
		Scripts: []string{"text/javascript", "var a=1"},
		Metas:   []metaTag{{"generator", "X 1"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(form{}, field{}, metaTag{})); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}

func TestParseDocumentHidden(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		`<p>x`:                           false,
		`<div style="display:none"><p>x`: true,
		`<div style="DISPLAY : None !important">x`:                                   true,
		`<div style="visibility:hidden"><b>x`:                                        true,
		`<div hidden>x`:                                                              true,
		`<div style="position:absolute;left:-9999px">x`:                              true,
		`<div style="position:absolute;left:-9px">x`:                                 false,
		`<div style="font-size:0">x`:                                                 true,
		`<div style="font-size:1em">x`:                                               false,
		`<div style="font-size:1px">x`:                                               true,
		`<div style="height:0;overflow:hidden">x`:                                    true,
		`<div style="height:1px;width:1px">x`:                                        true,
		`<div style="height:0">x`:                                                    false,
		`<div style="width:100%;overflow:hidden">x`:                                  false,
		`<noscript>x</noscript>`:                                                     true,
		`<template>x</template>`:                                                     true,
		`<div class="a hid">x</div><style>b{c:d}.hid, .z{display:none}</style>`:      true,
		`<div id=h>x</div><STYLE>/* {} */ #h{left:-2000px;position:fixed}</STYLE>`:   true,
		`<style>@media print{.m{display:none}}</style><div class=m>x`:                false,
		`<style>.a .m{display:none}</style><div class=m>x`:                           false,
		`<style>@media print{.q{display:none}} .m{display:none}</style><i class=m>x`: true,
		`<div style="display:none">y</div>x`:                                         false,
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			runs := parseDocument(page(in)).text
			if len(runs) == 0 {
				t.Fatal("no text was read")
			}
			for _, r := range runs {
				if r.text == "x" && r.hidden != want {
					t.Errorf("hidden = %v, want %v", r.hidden, want)
				}
			}
		})
	}
}

func TestParseDocumentBoundsText(t *testing.T) {
	t.Parallel()
	doc := parseDocument(page("<p>" + strings.Repeat("가나다 ", maxText/10+100) + "</p><p>more"))
	size := 0
	for _, r := range doc.text {
		size += len(r.text)
	}
	if size > maxText || size < maxText-4 || !doc.cut {
		t.Errorf("%d bytes of text, cut %v; want %d at most and the cut noted", size, doc.cut, maxText)
	}
}
