package fingerprint

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pitboss/data"
)

// capture makes a capture of a home page and further resources.
func capture(home string, more ...data.Resource) *data.Capture {
	return &data.Capture{
		Host: "shop.example", Visit: "v1", Digest: "d1", Outcome: data.OutcomeOK, FinalURL: "https://shop.example/",
		At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Resources: append([]data.Resource{{
			URL: "https://shop.example/", Role: data.RoleHome, Status: 200, Proto: "HTTP/1.1", ContentType: "text/html; charset=utf-8", Body: []byte(home),
		}}, more...),
	}
}

func file(role data.Role, path, contentType, body string) data.Resource {
	return data.Resource{URL: "https://shop.example" + path, Role: role, Status: 200, ContentType: contentType, Body: []byte(body)}
}

// distinct returns n different pieces made by a pattern with "#" as the number.
func distinct(pattern string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(pattern, "#", string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))))
	}
	return b.String()
}

// TestExtractHostile feeds what was made to hurt: every one of these has to
// come out within the bounds, well formed and without a panic.
func TestExtractHostile(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	tests := map[string]*data.Capture{
		"nothing":               {},
		"no home":               {Resources: []data.Resource{file(data.RoleScript, "/a.js", "text/javascript", "var abc=1")}},
		"broken URLs":           {Host: "::", FinalURL: "http://%zz", Resources: []data.Resource{{URL: "%zz:", Role: data.RoleHome, ContentType: "text/html", Body: []byte("<a href='http://[::1'>x</a><img src='%'>")}}},
		"100,000 deep":          capture(strings.Repeat("<div class=a>", 100_000) + "x"),
		"100,000 deep, closed":  capture(strings.Repeat("<div>", 100_000) + strings.Repeat("</div>", 100_000)),
		"deep svg":              capture(strings.Repeat("<svg><g>", 50_000)),
		"20 MB of text":         capture("<p>" + strings.Repeat("lorem ipsum ", 20*mega/12)),
		"20 MB of tags":         capture(strings.Repeat("<i>a</i><br>", 20*mega/12)),
		"over the body bound":   capture(strings.Repeat("<p>x", 6*mega)),
		"formatting multiplier": capture("<p>" + distinct("<b id=#>", 400) + "</p>" + strings.Repeat("<p>x", 20_000)),
		"open tables":           capture(strings.Repeat("<table><tr><td>", 20_000)),
		"stray end tags":        capture(strings.Repeat("<div>", 250) + strings.Repeat("</span></b></a>", 100_000)),
		"1 MB attribute":        capture(`<div class="` + strings.Repeat("abc ", mega/4) + `" id="` + strings.Repeat("x", mega) + `"><a href="` + strings.Repeat("/a", mega/2) + `">y</a></div>`),
		"10,000 attributes":     capture("<div " + distinct("data-#=1 ", 10_000) + ">x</div>"),
		"many classes":          capture(distinct("<p class='c#'>x</p>", 50_000)),
		"many children":         capture("<div>" + distinct("<p class='c#'><a><b>x</b></a></p>", 17_000) + "</div>"),
		"invalid UTF-8":         capture("<p class='\xff\xfe'>\x80\x81" + strings.Repeat("\xc3\x28<b \xf0\x28=\xa0>", 10_000)),
		"unclosed tag":          capture("<div " + strings.Repeat("a=", mega)),
		"unclosed comment":      capture("<!--" + strings.Repeat("-<!--", mega/5)),
		"unclosed styles":       capture(strings.Repeat("<style>", 100_000)),
		"unclosed script":       capture("<script>" + strings.Repeat("</scrip", mega/7)),
		"one-line script":       capture("", file(data.RoleScript, "/a.js", "text/javascript", strings.Repeat(`a.bcd("efg");`, 5*mega/13))),
		"broken script":         capture("", file(data.RoleScript, "/a.js", "text/javascript", strings.Repeat("\"\n`${/[\n#\x00", 100_000))),
		"deep script":           capture("", file(data.RoleScript, "/a.js", "text/javascript", strings.Repeat("([{`${", 200_000))),
		"slashes":               capture("", file(data.RoleScript, "/a.js", "text/javascript", strings.Repeat("=/", mega))),
		"deep sheet":            capture("", file(data.RoleStylesheet, "/a.css", "text/css", strings.Repeat("@media{.a{", 200_000))),
		"broken sheet":          capture("", file(data.RoleStylesheet, "/a.css", "text/css", strings.Repeat("}}#\"\n/*url(", 100_000))),
		"deep JSON":             capture("", file(data.RoleData, "/a.json", "application/json", strings.Repeat(`{"a":[`, 200_000))),
		"rubbish JSON":          capture("", file(data.RoleData, "/a.json", "application/json", `]}{"a"::,,`)),
		"style rules":           capture("<style>" + distinct(".#{display:none}", 17_000) + "</style>" + distinct("<i class=#>", 5_000)),
		"many cookies":          {Host: "a.example", Resources: []data.Resource{{URL: "https://a.example/", Role: data.RoleHome, Header: manyCookies(5_000), ContentType: "text/html", Body: []byte("<p>x")}}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFingerprint(t, Extract(c))
		})
	}
}

func manyCookies(n int) []data.HeaderField {
	var out []data.HeaderField
	for c := range strings.FieldsSeq(distinct("# ", n)) {
		out = append(out, data.HeaderField{Name: "Set-Cookie", Value: "c" + c + "=1; Path=/"})
	}
	return out
}

// checkFingerprint holds a fingerprint to what every one promises.
func checkFingerprint(t *testing.T, f data.Fingerprint) {
	t.Helper()
	if len(f.Features) > 6000 {
		t.Errorf("%d features, want at most 6000", len(f.Features))
	}
	if f.Extractor != Version {
		t.Errorf("extractor = %q, want %q", f.Extractor, Version)
	}
	for i, x := range f.Features {
		switch {
		case x.Value == "" || len(x.Value) > maxValue:
			t.Errorf("value of %s has %d bytes", x.Kind, len(x.Value))
		case !utf8.ValidString(x.Value) || !utf8.ValidString(x.Label) || !utf8.ValidString(x.Context):
			t.Errorf("%s %q is not valid UTF-8", x.Kind, x.Value)
		case x.Layer == "" || x.Count < 1 || x.Offset < 0 || len(x.Label) > maxLabel || len(x.Context) > maxContext:
			t.Errorf("malformed feature %+v", x)
		}
		if i > 0 && (f.Features[i-1].Kind > x.Kind || f.Features[i-1].Kind == x.Kind && f.Features[i-1].Value >= x.Value) {
			t.Errorf("features %d and %d are out of order or the same", i-1, i)
		}
	}
	if !utf8.ValidString(f.Title) {
		t.Errorf("title %q is not valid UTF-8", f.Title)
	}
}

func TestLimitsSum(t *testing.T) {
	t.Parallel()
	sum := 0
	for _, k := range allKinds {
		sum += limitOf(k)
	}
	if sum > 6000 {
		t.Errorf("the limits of all kinds add up to %d, want at most 6000", sum)
	}
}

// allKinds lists every kind of data/fingerprint.go.
var allKinds = []data.Kind{
	data.KindClass, data.KindShingle, data.KindSubtree, data.KindSelector, data.KindProperty, data.KindColor, data.KindAsset, data.KindAssetHash,
	data.KindComment, data.KindDOMHash, data.KindHTMLHash, data.KindTLSH, data.KindFavicon, data.KindFaviconMD5, data.KindFaviconSHA, data.KindIconPHash,
	data.KindScreenPHash, data.KindGenerator, data.KindEndpoint, data.KindParam, data.KindID, data.KindGlobal, data.KindAPIRoute, data.KindDataAttr,
	data.KindScriptHash, data.KindScriptToken, data.KindInlineScript, data.KindBareSubtree, data.KindBareShingle, data.KindI18NKey, data.KindJSONKeys,
	data.KindCookie, data.KindHeader, data.KindErrorPage, data.KindFramework, data.KindText, data.KindMeta, data.KindTelegram, data.KindKakao, data.KindLine,
	data.KindZalo, data.KindWhatsApp, data.KindQQ, data.KindWeChat, data.KindSkype, data.KindPhone, data.KindEmail, data.KindLiveChat, data.KindAnalytics,
	data.KindAds, data.KindAffiliate, data.KindMerchant, data.KindWallet, data.KindBank, data.KindPIX, data.KindPayPal, data.KindAgentCode, data.KindSocial,
	data.KindIP, data.KindASN, data.KindNameServer, data.KindCNAME, data.KindCert, data.KindSPKI, data.KindJARM, data.KindHHHash, data.KindServer, data.KindCDN,
	data.KindRedirect, data.KindOutlinkHost, data.KindFrame,
}
