package fingerprint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pitboss/data"
)

// frameOf returns the frame features of a page.
func frameOf(t *testing.T, page string) []string {
	t.Helper()
	c := capture(page)
	out := newCollector()
	readFrame(parseDocument(&c.Resources[0]), out)
	var values []string
	for _, f := range out.features() {
		if f.Kind != data.KindFrame || f.Layer != data.LayerBuilder || f.Source != c.Resources[0].URL {
			t.Errorf("malformed %+v", f)
		}
		if want := page[f.Offset : f.Offset+1]; want != "<" {
			t.Errorf("%s: no tag at %d", f.Value, f.Offset)
		}
		values = append(values, f.Value)
	}
	return values
}

func TestFrame(t *testing.T) {
	t.Parallel()
	rows := strings.Repeat("<li><b>x</b>", 40)
	for name, c := range map[string]struct {
		page string
		want []string
	}{
		"empty page":               {"", nil},
		"names that hold much":     {`<body class="main"><div id="wrap" class="skin outer"><ul class="list">` + rows + `</ul></div></body>`, []string{"body.main", "div#wrap", "div.outer", "div.skin", "ul.list"}},
		"leaves are left out":      {`<div class="wrap">` + strings.Repeat(`<p class="leaf">x</p>`, 40) + `</div>`, []string{"div.wrap"}},
		"a widget holds little":    {`<div class="wrap"><aside class="widget"><p><i>1</i><i>2</i></p></aside>` + strings.Repeat("<hr>", 120) + `</div>`, []string{"div.wrap"}},
		"too few elements":         {`<body><div class="wrap"><p>x</p></div>`, nil},
		"just enough elements":     {`<body><div class="wrap"><p>x</p><p>x</p><p>x</p></div>`, []string{"div.wrap"}},
		"situations are left out":  {`<div class="menu active open">` + rows + `</div>`, []string{"div.menu"}},
		"numbers are normalised":   {`<div id="post-1234">` + rows + `</div>`, []string{"div#post-{n}"}},
		"templates not filled in":  {`<div class="{{skin}} real" id="&lt;?=$id?>">` + rows + `</div>`, []string{"div.real"}},
		"html has no place":        {`<html class="no-js" id="top"><body class="b">` + rows, []string{"body.b"}},
		"other attributes":         {`<div data-role="wrap" title="wrap">` + rows + `</div>`, nil},
		"tag and name go together": {`<div class="x"><section class="x">` + rows + `</section></div>`, []string{"div.x", "section.x"}},
		"a name too long":          {`<div class="` + strings.Repeat("n", 81) + ` short">` + rows + `</div>`, []string{"div.short"}},
		"an attribute too long":    {`<div class="a` + strings.Repeat(" a", maxClassAttr) + `">` + rows + `</div>`, nil},
	} {
		if got := frameOf(t, c.page); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestFrameShare holds the share to be one of the whole page: the same block
// is frame on a small page and none on a large one.
func TestFrameShare(t *testing.T) {
	t.Parallel()
	const block = `<nav class="menu"><a>1</a><a>2</a><a>3</a><a>4</a></nav>`
	for _, c := range []struct {
		others int
		want   bool
	}{{10, true}, {100, true}, {5*frameShare + 20, false}, {1_000, false}} {
		got := frameOf(t, "<body>"+block+strings.Repeat("<hr>", c.others))
		if slices.Contains(got, "nav.menu") != c.want {
			t.Errorf("beside %d others: %q", c.others, got)
		}
	}
}

// TestFrameSurvivesReskin: other content, other style, and widgets in between
// leave the frame as it is.
func TestFrameSurvivesReskin(t *testing.T) {
	t.Parallel()
	page := func(skin, widget string, items int) string {
		var list strings.Builder
		for i := range items {
			fmt.Fprintf(&list, `<li class="%s-item%d"><a href="/%d">%s</a><i></i></li>`, skin, i, i, skin)
		}
		return `<body><div id="wrapper"><div class="main_column"><ul class="game_rows">` + list.String() + `</ul></div>` + widget + `</div>`
	}
	a, b := frameOf(t, page("red", "", 60)), frameOf(t, page("blue", `<div class="chat"><p class="bubble">hi</p></div>`, 90))
	if !slices.Equal(a, b) || len(a) != 3 {
		t.Errorf("%q and %q", a, b)
	}
}

func TestFrameOfDeepPage(t *testing.T) {
	t.Parallel()
	got := frameOf(t, strings.Repeat(`<div class="deep">`, 20_000))
	if !slices.Equal(got, []string{"div.deep"}) {
		t.Errorf("%q", got)
	}
}
