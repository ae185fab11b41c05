package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pitboss/data"
)

var update = flag.Bool("update", false, "write the golden digests anew")

// goldenCaptures are hand-written captures that touch every extractor.
func goldenCaptures(t *testing.T) map[string]*data.Capture {
	t.Helper()
	icon := encoded(t, "png", pattern(32, 32))
	full := capture(`<!doctype html><html lang="ko"><head><title>가나다 카지노</title><meta name="generator" content="Maker 2"><meta name="theme-color" content="#123">
<link rel="stylesheet" href="/css/main.0a1b2c3d.css"><link rel="icon" href="/i.png"><!-- skin 7 --><style>.x{--brand:#0f0;color:#112233}</style></head>
<body class="page page-id-7">`+skin+`<form action="/join.php"><input name="user_id" placeholder="아이디"><button>가입</button></form>
<a href="https://t.me/somebody_here">텔레그램</a><script>var lobby = {}; $.post("/api/wallet/deposit", {bank: 1});</script></body></html>`,
		file(data.RoleStylesheet, "/css/main.0a1b2c3d.css", "text/css", ".card .title{color:#abcdef} :root{--gap:1px}"),
		file(data.RoleScript, "/js/own.js", "text/javascript", plainScript),
		file(data.RoleIcon, "/i.png", "image/png", string(icon)),
		file(data.RoleData, "/api/games", "application/json", `{"code":0,"list":[{"id":1,"name":"a","rtp":96}],"msg":""}`),
		file(data.RoleErrorPage, "/nope", "text/html", "<html><body><h1>404</h1><hr></body></html>"),
	)
	full.Resources[0].Header = []data.HeaderField{{Name: "Server", Value: "nginx"}, {Name: "Set-Cookie", Value: "lobby_session=1"}, {Name: "X-Lobby", Value: "1"}}
	full.Hosting = data.Hosting{Addrs: []string{"192.0.2.7"}, NameServers: []string{"ns1.example"}, ASN: 64500}
	korean := capture("")
	korean.Resources[0].Body = encodeAs(t, "euc-kr", "<html><body><p>"+texts["ko"]+"</p><table><tr><td>1<td>2</table></body></html>")
	return map[string]*data.Capture{
		"full":   full,
		"korean": korean,
		"empty":  {Host: "a.example"},
		"deep":   capture(strings.Repeat(`<div class="a"><span id="b1234">`, 400) + "<p>x"),
		"many":   capture(distinct(`<div class="c#" id="i#"><a href="/#/list?p=1">x</a><b></b></div>`, 3_000)),
	}
}

// TestGolden fails when the output for the same captures changes while Version
// stays. Then give Version a new value and run this test with -update.
func TestGolden(t *testing.T) {
	t.Parallel()
	captures := goldenCaptures(t)
	var got strings.Builder
	fmt.Fprintf(&got, "version %s\n", Version)
	for _, name := range []string{"deep", "empty", "full", "korean", "many"} {
		f := Extract(captures[name])
		fmt.Fprintf(&got, "%s assessment %s\n", name, digestOf(t, f.Assessment))
		f.Assessment = data.Assessment{}
		fmt.Fprintf(&got, "%s features %s\n", name, digestOf(t, f))
	}
	path := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got.String() {
		t.Errorf("the output changed: give Version a new value, then run go test -run Golden -update\n got:\n%s\nwant:\n%s", got.String(), want)
	}
}

func digestOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestDeterministic extracts the same capture twice: maps must not show.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	for name, c := range goldenCaptures(t) {
		a, _ := json.Marshal(Extract(c))
		b, _ := json.Marshal(Extract(c))
		if string(a) != string(b) {
			t.Errorf("%s: two runs differ", name)
		}
	}
}

// TestSketchIndependentOfOrder holds the choice among too many values to be
// the same whatever order they come in.
func TestSketchIndependentOfOrder(t *testing.T) {
	t.Parallel()
	forward, backward := newCollector(), newCollector()
	const n = 5_000
	for i := range n {
		forward.add(data.Feature{Kind: data.KindClass, Value: fmt.Sprint("c", i)})
		backward.add(data.Feature{Kind: data.KindClass, Value: fmt.Sprint("c", n-1-i)})
	}
	a, b := valuesOf(forward, data.KindClass), valuesOf(backward, data.KindClass)
	if len(a) != limitOf(data.KindClass) || strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("%d and %d values, not the same", len(a), len(b))
	}
	if !forward.cut {
		t.Error("a cut was not noted")
	}
}

func TestCollectorCountsAndKeepsFirst(t *testing.T) {
	t.Parallel()
	c := newCollector()
	c.add(data.Feature{Kind: data.KindID, Value: "a", Source: "first", Offset: 3})
	c.add(data.Feature{Kind: data.KindID, Value: "a", Source: "second", Count: 4})
	c.add(data.Feature{Kind: data.KindID, Value: ""})
	c.add(data.Feature{Kind: data.KindID, Value: strings.Repeat("x", maxValue+1)})
	got := c.features()
	if len(got) != 1 || got[0].Count != 5 || got[0].Source != "first" || got[0].Offset != 3 || !c.cut {
		t.Errorf("features = %+v, cut = %v", got, c.cut)
	}
}

// TestExtractLeavesCaptureAlone extracts one capture from several goroutines:
// it may neither write to the capture nor past the end of a body.
func TestExtractLeavesCaptureAlone(t *testing.T) {
	t.Parallel()
	c := goldenCaptures(t)["full"]
	for i := range c.Resources {
		r := &c.Resources[i]
		n := len(r.Body)
		r.Body = append(r.Body, "guard"...)[:n]
	}
	before, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { Extract(c) })
	}
	wg.Wait()
	if after, _ := json.Marshal(c); string(after) != string(before) {
		t.Error("the capture was changed")
	}
	for i := range c.Resources {
		b := c.Resources[i].Body
		if got := string(b[len(b) : len(b)+5]); got != "guard" {
			t.Errorf("%s: the bytes behind the body are %q", c.Resources[i].URL, got)
		}
	}
}
