package review

import (
	"strings"

	"pitboss/data"
)

// kindNames are the kinds whose name is not plain enough when its hyphens are
// dropped.
var kindNames = map[data.Kind]string{
	"prior": "start", "outcome": "outcome", "asset-folder": "asset folder", "name-stem": "first part of names",
	"view:class": "class names", "view:style": "style sheets", "view:tree": "page blocks", "view:asset": "assets", "view:name": "ids and globals",
	"view:endpoint": "routes and forms", "view:bones": "bare page blocks", "view:run": "markup runs", "view:script": "scripts", "view:head": "page head",
	"view:frame": "page frame", "view:stem": "name stems",
	data.KindShingle: "markup run", data.KindSubtree: "page block", data.KindBareSubtree: "page block, without classes",
	data.KindBareShingle: "markup run, without classes", data.KindProperty: "CSS variable", data.KindAssetHash: "asset content",
	data.KindDOMHash: "DOM hash", data.KindHTMLHash: "HTML hash", data.KindTLSH: "TLSH", data.KindFavicon: "favicon (mmh3)",
	data.KindFaviconMD5: "favicon (MD5)", data.KindFaviconSHA: "favicon (SHA-256)", data.KindIconPHash: "icon likeness",
	data.KindScreenPHash: "screen likeness", data.KindParam: "form or query field", data.KindID: "element id",
	data.KindGlobal: "script global", data.KindAPIRoute: "API route", data.KindDataAttr: "data attribute",
	data.KindScriptHash: "script content", data.KindScriptToken: "script structure", data.KindInlineScript: "inline script structure",
	data.KindI18NKey: "translation key", data.KindJSONKeys: "JSON shape", data.KindCookie: "cookie name", data.KindHeader: "response header",
	data.KindLiveChat: "live chat licence", data.KindAds: "advertising id", data.KindAnalytics: "analytics id", data.KindAffiliate: "affiliate id",
	data.KindPIX: "PIX key", data.KindQQ: "QQ", data.KindIP: "IP address", data.KindASN: "network (ASN)", data.KindCNAME: "CNAME",
	data.KindCert: "certificate", data.KindSPKI: "certificate key", data.KindJARM: "JARM", data.KindHHHash: "HHHash", data.KindCDN: "CDN",
	data.KindRedirect: "redirect host", data.KindOutlinkHost: "linked host", data.KindText: "interface phrase", data.KindMeta: "meta tag",
}

// KindName is what reviewers call a kind of feature or evidence.
func KindName(k data.Kind) string {
	if n, ok := kindNames[k]; ok {
		return n
	}
	return visible(strings.ReplaceAll(string(k), "-", " "), 40)
}

func pageName(p data.PageType) string {
	switch p {
	case data.PageBuilder:
		return "builder’s sales page"
	case data.PageHarmless:
		return "not gambling"
	case "":
		return "not judged"
	}
	return visible(strings.ReplaceAll(string(p), "-", " "), 40)
}

func outcomeName(o data.Outcome) string {
	if o.Good() {
		return "page received"
	}
	return visible(strings.ReplaceAll(string(o), "-", " "), 40)
}

// tone is the class of a page type's mark: gambling stands out, a victim and a
// licensed operator are told apart from it, somebody else's pages are faint.
func tone(p data.PageType) string {
	switch p {
	case data.PageGambling, data.PageDoorway:
		return "hot"
	case data.PageAffiliate, data.PageBuilder, data.PageGated:
		return "warm"
	case data.PageCompromised:
		return "victim"
	case data.PageHarmless, data.PageLicensed:
		return "calm"
	}
	return "faint"
}

// detailOf is the sentence of a piece of evidence without the name of its view,
// which stands beside it.
func detailOf(e data.Evidence) string {
	if _, after, ok := strings.Cut(e.Detail, ": "); ok && strings.HasPrefix(string(e.Kind), "view:") {
		return after
	}
	return e.Detail
}

// telling is the shared value, unless the sentence names it or it is a hash,
// which tells a reader nothing.
func telling(e data.Evidence) string {
	hash := len(e.Value) >= 16 && strings.Trim(e.Value, "0123456789abcdef") == ""
	if hash || strings.Contains(e.Detail, e.Value) {
		return ""
	}
	if strings.Contains(e.Value, "://") {
		return defang(e.Value, 90)
	}
	return e.Value
}
