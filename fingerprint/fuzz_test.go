package fingerprint

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"pitboss/data"
)

func FuzzParseDocument(f *testing.F) {
	for _, s := range []string{
		"", skin, "<!doctype html><html><head><title>a</title></head><body class=x><p>b", "<table><tr><td><a><b></td></table></b>",
		"<svg><path/></svg><select><option>a<option>b", "<style>.a{display:none}</style><i class=a>x", "<plaintext><b>", "<template><td>", "<a href='http://[::1'>",
		"<base href='//\\'><form action=?a><input name=b[]>", "\xff\xfe<p>", "<script>var a='</scr'</script>", strings.Repeat("<div>", 300),
	} {
		f.Add([]byte(s), "text/html")
	}
	f.Add([]byte("<p>\xb0\xa1"), "text/html; charset=euc-kr")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if len(body) > 1<<16 {
			t.Skip("longer inputs only repeat themselves")
		}
		doc := parseDocument(&data.Resource{URL: "https://shop.example/", ContentType: contentType, Body: body})
		checkTree(t, doc)
	})
}

// checkTree holds a tree to what the readers rely on.
func checkTree(t *testing.T, doc *document) {
	t.Helper()
	for i, e := range doc.nodes {
		if int(e.parent) >= i {
			t.Fatalf("element %d has parent %d: not in document order", i, e.parent)
		}
		if e.parent >= 0 && e.node.Parent != doc.nodes[e.parent].node {
			t.Fatalf("element %d: the tree and the list disagree about its parent", i)
		}
		depth := 0
		for n := e.node; n != nil; n = n.Parent {
			if depth++; depth > maxDepth+2 {
				t.Fatalf("element %d lies deeper than %d", i, maxDepth)
			}
		}
		for c := e.node.FirstChild; c != nil; c = c.NextSibling {
			if c.Parent != e.node || c.NextSibling != nil && c.NextSibling.PrevSibling != c {
				t.Fatalf("element %d has broken links", i)
			}
		}
	}
	for _, r := range doc.text {
		if !utf8.ValidString(r.text) || r.text != fold(r.text) {
			t.Fatalf("text %q is not folded UTF-8", r.text)
		}
	}
	if doc.root.Type != html.DocumentNode {
		t.Fatal("the root is no document")
	}
}

func FuzzScript(f *testing.F) {
	for _, s := range []string{plainScript, minifiedScript, "`${a}`", "/re/g.test('x')", "a=/", "var 1", "\"\n", "({[`${", "window.a=window.b", "//\u2028var x", "<!--"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out := newCollector()
		readScript(body, "https://shop.example/a.js", "shop.example", out)
		checkFeatures(t, out, len(body))
	})
}

func FuzzSheet(f *testing.F) {
	for _, s := range []string{".a{color:#fff}", "@media{.a{--b:1}}", "}}{{", "rgb(", ".a{color:rgb(1,2,3", "@font-face{}#x", "\xff.\xff{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out := newCollector()
		readSheet(body, "https://shop.example/a.css", 0, out)
		checkFeatures(t, out, len(body))
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1,"b":[{"c":1,"d":2,"e":3}],"f":null}`, `[[[`, `{"a`, `}`, `{"a":1,,}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out := newCollector()
		readJSON(body, "https://shop.example/a.json", 0, out)
		checkFeatures(t, out, len(body))
	})
}

// checkFeatures holds collected features to their bounds; offsets must lie
// within the body.
func checkFeatures(t *testing.T, out *collector, size int) {
	t.Helper()
	for _, x := range out.features() {
		if x.Offset < 0 || x.Offset > size {
			t.Fatalf("%s %q at offset %d of %d", x.Kind, x.Value, x.Offset, size)
		}
		if !utf8.ValidString(x.Value) || len(x.Value) > maxValue {
			t.Fatalf("value %q of %s", x.Value, x.Kind)
		}
	}
}

func FuzzDecodeText(f *testing.F) {
	f.Add([]byte("abc"), "text/html; charset=gbk")
	f.Add([]byte("\xb0\xa1\xb3\xaa"), "")
	f.Add([]byte("\xff\xfea\x00"), "text/html; charset=utf-16")
	f.Add([]byte("\x1b$B"), "text/html; charset=iso-2022-jp")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if text, name := decodeText(body, contentType); !utf8.Valid(text) || name == "" {
			t.Fatalf("decodeText(%q) as %q = %q", body, name, text)
		}
	})
}

func FuzzPicture(f *testing.F) {
	small := encoded(f, "png", pattern(8, 8))
	for _, b := range [][]byte{small, encoded(f, "gif", pattern(8, 8)), encoded(f, "bmp", pattern(8, 8)), icoOf(small, small),
		[]byte(`<svg viewBox="0 0 9 9"><rect width="3" height="4"/><path d="M1 1L5 5A3 3 0 0 1 4 4Z"/></svg>`)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, h := range imageHashes(body, imageFormat(body)) {
			if len(h) < 3 || h[1] != ':' {
				t.Fatalf("hash %q", h)
			}
		}
	})
}

func FuzzNormalForms(f *testing.F) {
	for _, s := range []string{"post-1234", "main.3f2a1b9c.js", "css-1x2y3z", "a__b__3xYz1", "items[0][id]", "{n}", "..1.2..3.", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := normalName(s); normalName(n) != n {
			t.Errorf("normalName(%q) = %q, which has another normal form %q", s, n, normalName(n))
		}
		assetPart(s)
		pathPart(s)
		paramName(s)
		cookieName(s)
		knownLibrary(s, []byte(s))
		querySkeleton(s)
	})
}
