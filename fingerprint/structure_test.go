package fingerprint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

// structureKinds are the kinds that describe a page's structure.
var structureKinds = []data.Kind{data.KindShingle, data.KindBareShingle, data.KindSubtree, data.KindBareSubtree, data.KindClass}

func structureOf(body string) map[data.Kind][]string {
	out := newCollector()
	s := newStructures(out)
	s.read(parseDocument(page(body)))
	s.flush()
	m := map[data.Kind][]string{}
	for _, k := range structureKinds {
		m[k] = valuesOf(out, k)
	}
	return m
}

const skin = `<header class="top dark"><a class="logo"><img src="a.png"></a><nav><ul class="menu"><li class="item"><a href="/a">A</a></li><li class="item"><a href="/b">B</a></li></ul></nav></header>
<main><div class="card"><a href="/1"><img src="1.png"></a><h3>One</h3><p class="text">Text</p></div></main>`

func TestStructureIgnoresContent(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{
		"other words": strings.NewReplacer("One", "하나", "Text", "다른 글", ">A<", ">가<").Replace(skin),
		"other paths": strings.NewReplacer("a.png", "b.png", "/1", "/2", `"/a"`, `"/z"`).Replace(skin),
		"more items":  strings.Replace(skin, `<li class="item"><a href="/b">B</a></li>`, strings.Repeat(`<li class="item"><a href="/c">C</a></li>`, 7), 1),
		"a state":     strings.Replace(skin, `<li class="item">`, `<li class="item active">`, 1),
		"class order": strings.Replace(skin, "top dark", "dark  top", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := structureOf(skin), structureOf(other)
			for _, k := range []data.Kind{data.KindSubtree, data.KindBareSubtree} {
				if diff := cmp.Diff(a[k], b[k]); diff != "" || len(a[k]) == 0 {
					t.Errorf("%s (-plain +other):\n%s", k, diff)
				}
			}
		})
	}
}

func TestStructureTellsSkinsApart(t *testing.T) {
	t.Parallel()
	renamed := strings.NewReplacer("top", "kopf", "dark", "hell", "logo", "marke", "menu", "liste", "item", "punkt", "card", "karte", "text", "inhalt").Replace(skin)
	a, b := structureOf(skin), structureOf(renamed)
	for _, k := range []data.Kind{data.KindBareSubtree, data.KindBareShingle} {
		if diff := cmp.Diff(a[k], b[k]); diff != "" {
			t.Errorf("%s has to survive other class names (-a +b):\n%s", k, diff)
		}
	}
	for _, v := range a[data.KindSubtree] {
		if slices.Contains(b[data.KindSubtree], v) {
			t.Errorf("subtree %s is the same with other class names", v)
		}
	}
	wrapped := structureOf(`<section class="outer"><div><p>x</p></div>` + skin + `</section>`)
	for _, v := range a[data.KindBareSubtree] {
		if v == bareOf(a, wrapped) {
			return
		}
	}
	t.Error("a block put into another page shares no subtree with itself")
}

// bareOf returns a bare subtree that both hold, or "".
func bareOf(a, b map[data.Kind][]string) string {
	for _, v := range a[data.KindBareSubtree] {
		if slices.Contains(b[data.KindBareSubtree], v) {
			return v
		}
	}
	return ""
}

func TestSubtreeSizes(t *testing.T) {
	t.Parallel()
	small := structureOf("<div><p><b>x</b></p></div>") // html, body and three
	if n := len(small[data.KindSubtree]); n != 2 {
		t.Errorf("%d subtrees of at least 4 elements, want those of html and body", n)
	}
	body := structureOf("<div>" + distinct("<div><p data-#>x</p></div>", 500) + "</div>")
	if n := len(body[data.KindSubtree]); n != 0 {
		t.Errorf("%d subtrees, want none of over 400 elements", n)
	}
}

func TestDrawingsAreNoStructure(t *testing.T) {
	t.Parallel()
	a := structureOf(`<div class="a"><svg><path/></svg><p><i>x</i><b>y</b></p></div>`)
	b := structureOf(`<div class="a"><svg><g><circle/><rect/><path/></g></svg><p><i>x</i><b>y</b></p></div>`)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the inside of a drawing counts (-a +b):\n%s", diff)
	}
}

func TestNamesKeepHashedClasses(t *testing.T) {
	t.Parallel()
	got := structureOf(`<p class="css-1x2y3z4 plain post-123 post-123 {{tpl}}">x`)[data.KindClass]
	if diff := cmp.Diff([]string{"css-*", "css-1x2y3z4", "plain", "post-{n}"}, got); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
}

func TestDataAttributes(t *testing.T) {
	t.Parallel()
	f := Extract(capture(`<div data-v-1a2b3c4d data-game-id="5" v-if="x" @click="y" aria-label="z" data-i18n="menu.home">x</div>`))
	if diff := cmp.Diff([]string{"@click", "data-game-id", "data-i18n", "data-v-*", "v-if"}, f.Values(data.KindDataAttr)); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"menu.home"}, f.Values(data.KindI18NKey)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestLabelsAndOffsets(t *testing.T) {
	t.Parallel()
	body := `<body><div class="card"><a><img></a><p>x</p></div></body>`
	f := Extract(capture(body))
	for _, x := range f.Features {
		switch {
		case x.Kind == data.KindSubtree && strings.HasPrefix(x.Label, "div"):
			if x.Label != "div.card>(a>img+p)" || !strings.HasPrefix(body[x.Offset:], "<div") {
				t.Errorf("subtree label %q at %d", x.Label, x.Offset)
			}
		case x.Kind == data.KindClass && !strings.HasPrefix(body[x.Offset:], `<div class="card"`):
			t.Errorf("class %q at %d", x.Value, x.Offset)
		}
	}
}
