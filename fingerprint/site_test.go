package fingerprint

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/bmp"

	"pitboss/data"
)

func TestLinkFeatures(t *testing.T) {
	t.Parallel()
	f := Extract(capture(`<base href="/m/"><a href="notice/5?page=2&amp;utm_source=x">n</a><a href="#top">t</a><a href="javascript:go()">j</a><a href="mailto:a@b.c">m</a>
<a href="https://www.shop.example/login">l</a><a href="https://other.example/x">o</a><a href="/file.png">f</a>
<form action="/member/join.php" method="post"><input name="user_id"><input name="items[3][n]"></form>
<link rel="stylesheet" href="/css/main.0a1b2c3d.css?v=3"><link rel="canonical" href="/canon"><script src="https://cdn.example/lib/app.js"></script>
<img src="data:image/png;base64,AAAA"><img src="/upload/x1.jpg"><iframe src="/game/77"></iframe>`))
	for kind, want := range map[data.Kind][]string{
		data.KindEndpoint:    {"/login", "/m/notice/{n}?page", "/member/join.php"},
		data.KindParam:       {"items[{n}][n]", "page", "user_id"},
		data.KindAsset:       {"/css/main.*.css", "/game/{n}", "/upload/*.jpg", "cdn.example/lib/app.js"},
		data.KindOutlinkHost: {"other.example"},
	} {
		if diff := cmp.Diff(want, f.Values(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestMarkupFeatures(t *testing.T) {
	t.Parallel()
	f := Extract(capture(`<meta name="generator" content="Maker 2.1"><meta name="theme-color" content="#112233"><meta name="description" content="d"><meta name="csrf-token" content="abc">
<!-- build 20231105 --><!--[if IE]><p>x<![endif]--><!-- / -->
<button>로그인</button><label>Amount 100</label><input placeholder=" Join  code "><p>prose</p>`))
	for kind, want := range map[data.Kind][]string{
		data.KindGenerator: {"Maker 2.1"},
		data.KindFramework: {"maker 2.1"},
		data.KindMeta:      {"csrf-token=*", "theme-color=#112233"},
		data.KindComment:   {"build {n}"},
		data.KindText:      {"amount {n}", "join code", "로그인"},
	} {
		if diff := cmp.Diff(want, f.Values(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// TestSheetCountsNames: names are counted all, also when more of them stand
// between than wait to be handed on, and placed where they stood first.
func TestSheetCountsNames(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"", ".x{}", distinct(".n-#{margin:0}", maxSheetNames+50)} {
		sheet := "#a{color:#abc}" + between + "#b,#a{color:rgb(170,187,204);background:#AABBCC}"
		out := newCollector()
		readSheet([]byte(sheet), "https://shop.example/a.css", 100, out)
		got := out.kinds[data.KindColor].values["#aabbcc"].feature
		if got.Count != 3 || got.Offset != 100+len("#a{color:") {
			t.Errorf("%d bytes between: the colour %+v", len(between), got)
		}
		if len(between) > 1_000 {
			continue // of so many selectors not all are kept
		}
		if got := out.kinds[data.KindSelector].values["#a"].feature; got.Count != 2 || got.Offset != 100 {
			t.Errorf("%d bytes between: the selector %+v", len(between), got)
		}
	}
}

func TestSheetFeatures(t *testing.T) {
	t.Parallel()
	out := newCollector()
	readSheet([]byte(`@charset "utf-8"; :root{--brand:#ABC;--post-1:1}
.card .title:hover, #main > .css-1x2y3z4 { color: #FFCC00; margin: .5em; background: rgba(10, 20,30,.5) url(a.b.png) }
@media (min-width:600px){ .wide{color:#11223344;width:1.5px} } @font-face{font-family:x;src:url(#frag)} a{color:rgb(100%,0%,0%)} .last{}`), "s", 0, out)
	for kind, want := range map[data.Kind][]string{
		data.KindSelector: {"#main", ".card", ".css-*", ".last", ".title", ".wide"},
		data.KindProperty: {"--brand", "--post-1"},
		data.KindColor:    {"#0a141e", "#112233", "#aabbcc", "#ff0000", "#ffcc00"},
	} {
		if diff := cmp.Diff(want, valuesOf(out, kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestJSONFeatures(t *testing.T) {
	t.Parallel()
	f := Extract(capture(`<script type="application/json">{"page":1,"props":{"b":{"x":{"z":[]}},"a":2,"c":[{"id":1,"name":"n","odds":2},{"odds":1,"id":2,"name":"m"}]},"query":{}}</script>`,
		file(data.RoleData, "/api", "application/json; charset=utf-8", `{"code":0,"msg":"ok","data":{"1":1,"2":2,"3":3,"k1":4}}`),
		file(data.RoleData, "/cut", "application/json", `{"one":{"a":1,"b":2,"c":3},"two`)))
	want := []string{"a,b,c", "code,data,msg", "id,name,odds", "page,props,query"}
	if diff := cmp.Diff(want, f.Values(data.KindJSONKeys)); diff != "" {
		t.Errorf("shapes (-want +got):\n%s", diff)
	}
}

func TestWireFeatures(t *testing.T) {
	t.Parallel()
	c := capture("<p>x")
	c.Resources[0].Header = []data.HeaderField{{Name: "Server", Value: "nginx"}, {Name: "Set-Cookie", Value: "agent_session=1; path=/"}, {Name: "X-Lobby-Node", Value: "3"}, {Name: "X-Powered-By", Value: "PHP/7.4"}}
	c.Chain = []data.Hop{{URL: "http://old.example/", Status: 301, To: "https://shop.example/", By: "http"}}
	c.Hosting = data.Hosting{
		Addrs: []string{"192.0.2.7"}, NameServers: []string{"NS1.example."}, CNAMEs: []string{"edge.example."}, ASN: 64500, CDN: "somecdn", JARM: "2ad",
		Certificate: &data.Certificate{SHA256: "AB", SPKI: "CD"},
	}
	f := Extract(c)
	for kind, want := range map[data.Kind][]string{
		data.KindCookie: {"agent_session"}, data.KindHeader: {"x-lobby-node"}, data.KindFramework: {"x-powered-by: php/7.4"},
		data.KindIP: {"192.0.2.7"}, data.KindNameServer: {"ns1.example"}, data.KindCNAME: {"edge.example"}, data.KindASN: {"64500"}, data.KindCDN: {"somecdn"},
		data.KindJARM: {"2ad"}, data.KindCert: {"ab"}, data.KindSPKI: {"cd"}, data.KindServer: {"nginx"}, data.KindRedirect: {"old.example"},
		data.KindHHHash: {"hhh:1:" + sha256Hex([]byte("Server:Set-Cookie:X-Lobby-Node:X-Powered-By"))},
	} {
		if diff := cmp.Diff(want, f.Values(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	for _, x := range f.Features {
		switch x.Kind {
		case data.KindIP, data.KindASN, data.KindServer, data.KindHHHash, data.KindCert, data.KindRedirect, data.KindOutlinkHost:
			if x.Layer != data.LayerInfrastructure {
				t.Errorf("%s is of layer %s", x.Kind, x.Layer)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	f := Extract(capture("<p>x",
		file(data.RoleScript, "/js/jquery-3.6.0.min.js", "text/javascript", "var notOurs = 1; get('/api/not/ours')"),
		file(data.RoleScript, "/js/own.js", "text/javascript", "var ourLobby = 1; get('/api/our/lobby')"),
		file(data.RoleStylesheet, "/css/bootstrap.min.css", "text/css", ".not-ours{}"),
		file(data.RoleScript, "/js/soft404.js", "text/html", "<html>"),
		file(data.RoleErrorPage, "/nope", "text/html", "<html><head><title>404</title></head><body><h1>x</h1><hr></body></html>"),
	))
	for kind, want := range map[data.Kind][]string{
		data.KindGlobal: {"ourLobby"}, data.KindAPIRoute: {"/api/our/lobby"}, data.KindFramework: {"bootstrap", "jquery 3.6.0"}, data.KindSelector: nil,
		data.KindErrorPage: {domHash([]string{"html", "head", "title", "body", "h1", "hr"})},
	} {
		if diff := cmp.Diff(want, f.Values(kind)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
	if n := len(f.Values(data.KindScriptHash)); n != 2 {
		t.Errorf("%d script hashes, want 2", n)
	}
}

// An error page that is the home page again says nothing.
func TestErrorPageIsHome(t *testing.T) {
	t.Parallel()
	body := "<html><head></head><body><div><p>x</p></div></body></html>"
	f := Extract(capture(body, file(data.RoleErrorPage, "/nope", "text/html", body)))
	if v := f.Values(data.KindErrorPage); v != nil {
		t.Errorf("error page = %v", v)
	}
}

// pattern is a small picture with something to see on it.
func pattern(w, h int) image.Image {
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black, color.RGBA{200, 30, 30, 255}})
	for y := range h {
		for x := range w {
			if (x/3+y/5)%3 == 0 {
				m.SetColorIndex(x, y, uint8(1+x*2/w))
			}
		}
	}
	return m
}

func encoded(t testing.TB, format string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "gif":
		err = gif.Encode(&b, m, nil)
	case "bmp":
		err = bmp.Encode(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// icoOf puts PNG pictures into one ICO file.
func icoOf(frames ...[]byte) []byte {
	b := []byte{0, 0, 1, 0, byte(len(frames)), 0}
	at := 6 + 16*len(frames)
	for _, f := range frames {
		e := make([]byte, 16)
		binary.LittleEndian.PutUint32(e[8:], uint32(len(f)))
		binary.LittleEndian.PutUint32(e[12:], uint32(at))
		at += len(f)
		b = append(b, e...)
	}
	return append(b, bytes.Join(frames, nil)...)
}

func TestIconResolution(t *testing.T) {
	t.Parallel()
	first, second := encoded(t, "png", pattern(16, 16)), encoded(t, "png", pattern(32, 32))
	at := func(path string, body []byte) data.Resource {
		return file(data.RoleIcon, path, "image/png", string(body))
	}
	inline := "data:image/png;base64," + base64.StdEncoding.EncodeToString(first)
	tests := map[string]struct {
		home string
		more []data.Resource
		want []byte
	}{
		"favicon.ico":            {"<p>x", []data.Resource{at("/favicon.ico", first)}, first},
		"link wins":              {`<link rel="shortcut icon" href="/i.png">`, []data.Resource{at("/favicon.ico", first), at("/i.png", second)}, second},
		"link is missing":        {`<link rel="icon" href="/gone.png">`, []data.Resource{at("/favicon.ico", first)}, first},
		"base href":              {`<base href="/sub/dir/"><link rel=icon href="i.png#x">`, []data.Resource{at("/sub/dir/i.png", second), at("/i.png", first)}, second},
		"data URL":               {`<link rel="ICON" href="` + inline + `">`, nil, first},
		"HTML served as icon":    {"<p>x", []data.Resource{at("/favicon.ico", []byte("<!doctype html><html><p>not found"))}, nil},
		"error with a body":      {"<p>x", []data.Resource{{URL: "https://shop.example/favicon.ico", Role: data.RoleIcon, Status: 404, Body: first}}, nil},
		"empty":                  {"<p>x", []data.Resource{at("/favicon.ico", nil)}, nil},
		"mask-icon is none":      {`<link rel="mask-icon" href="/m.png"><link rel="apple-touch-icon" href="/m.png">`, []data.Resource{at("/m.png", first)}, nil},
		"redirected":             {"<p>x", []data.Resource{{URL: "https://shop.example/favicon.ico", Role: data.RoleRedirect, Status: 302, Header: []data.HeaderField{{Name: "location", Value: "/real.png"}}}, at("/real.png", second)}, second},
		"redirected in a circle": {"<p>x", []data.Resource{{URL: "https://shop.example/favicon.ico", Role: data.RoleRedirect, Status: 302, Header: []data.HeaderField{{Name: "Location", Value: "/favicon.ico"}}}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Extract(capture("<html><head>"+tt.home, tt.more...))
			var want []string
			if tt.want != nil {
				want = []string{md5Hex(tt.want)}
			}
			if diff := cmp.Diff(want, f.Values(data.KindFaviconMD5)); diff != "" {
				t.Errorf("icon (-want +got):\n%s", diff)
			}
			if len(f.Values(data.KindFavicon)) != len(want) || len(f.Values(data.KindFaviconSHA)) != len(want) {
				t.Error("md5, mmh3 and sha256 do not come together")
			}
		})
	}
}

func TestImageHashes(t *testing.T) {
	t.Parallel()
	want := imageHashes(encoded(t, "png", pattern(48, 48)), "png")
	if len(want) != 3 || !strings.HasPrefix(want[0], "p:") || !strings.HasPrefix(want[1], "d:") || !strings.HasPrefix(want[2], "a:") {
		t.Fatalf("hashes = %v", want)
	}
	small := encoded(t, "png", pattern(16, 16))
	for name, body := range map[string][]byte{
		"gif":              encoded(t, "gif", pattern(48, 48)),
		"bmp":              encoded(t, "bmp", pattern(48, 48)),
		"ico, one frame":   icoOf(encoded(t, "png", pattern(48, 48))),
		"ico, many frames": icoOf(small, encoded(t, "png", pattern(48, 48)), small),
	} {
		if diff := cmp.Diff(want, imageHashes(body, imageFormat(body))); diff != "" {
			t.Errorf("%s (-png +this):\n%s", name, diff)
		}
	}
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="2" width="12" height="20" fill="#a01020"/><circle cx="22" cy="20" r="7"/></svg>`)
	if h := imageHashes(svg, imageFormat(svg)); len(h) != 3 {
		t.Errorf("svg hashes = %v", h)
	}
}

func TestImageHashesRefuse(t *testing.T) {
	t.Parallel()
	blank := image.NewGray(image.Rect(0, 0, 32, 32))
	for i := range blank.Pix {
		blank.Pix[i] = 0x80
	}
	bomb := encoded(t, "png", pattern(8, 8))
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	for name, body := range map[string][]byte{
		"blank":                 encoded(t, "png", blank),
		"transparent":           encoded(t, "png", image.NewNRGBA(image.Rect(0, 0, 32, 32))),
		"bomb":                  bomb,
		"bomb in ico":           icoOf(bomb),
		"ico out of bounds":     icoOf(encoded(t, "png", pattern(16, 16)))[:60],
		"cut png":               encoded(t, "png", pattern(32, 32))[:40],
		"svg with references":   []byte(`<svg viewBox="0 0 9 9"><g id="a"/><use href="#a"/></svg>`),
		"svg with wild numbers": []byte(`<svg viewBox="0 0 9 9"><path d="M0 0L99999999 5"/></svg>`),
		"no picture":            []byte("hello"),
		"empty":                 nil,
	} {
		if h := imageHashes(body, imageFormat(body)); h != nil {
			t.Errorf("%s: hashes = %v", name, h)
		}
	}
}

func TestScreenshot(t *testing.T) {
	t.Parallel()
	f := Extract(capture("<p>x", file(data.RoleScreenshot, "/", "image/png", string(encoded(t, "png", pattern(64, 48))))))
	if n := len(f.Values(data.KindScreenPHash)); n != 3 {
		t.Errorf("%d hashes of the screenshot, want 3", n)
	}
}
