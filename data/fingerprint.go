package data

import "time"

// Layer is the question that a piece of evidence can answer. Sharing evidence
// of one layer says nothing of another.
type Layer string

// The four layers of attribution.
const (
	LayerTemplate       Layer = "template"       // is this the same skin?
	LayerBuilder        Layer = "builder"        // is this the same code base?
	LayerOperator       Layer = "operator"       // is it run by the same people?
	LayerInfrastructure Layer = "infrastructure" // where does it run?
)

// Kind names what a feature is. Each kind belongs to one layer; see Kinds.
type Kind string

// The kinds of features. The value's form stands beside each.
const (
	// Template.
	KindClass       Kind = "class"        // a class name of an element
	KindShingle     Kind = "shingle"      // 5 open tags with classes in document order, 16 hex digits
	KindSubtree     Kind = "subtree"      // bottom-up hash of a subtree with classes and ids, 16 hex digits
	KindSelector    Kind = "selector"     // a class or id selector of a style sheet
	KindProperty    Kind = "css-property" // a custom property name, "--brand"
	KindColor       Kind = "color"        // a palette colour, "#rrggbb"
	KindAsset       Kind = "asset"        // path of a linked asset, build hashes normalised to "*"
	KindAssetHash   Kind = "asset-sha256" // sha256 of a style sheet's or image's body
	KindComment     Kind = "comment"      // an HTML comment, white space folded
	KindDOMHash     Kind = "dom-hash"     // AIL dom-hash of the home page
	KindHTMLHash    Kind = "html-mmh3"    // Shodan http.html_hash of the home page
	KindTLSH        Kind = "tlsh"         // T1… of the home page
	KindFavicon     Kind = "favicon-mmh3" // Shodan http.favicon.hash
	KindFaviconMD5  Kind = "favicon-md5"  // hex
	KindFaviconSHA  Kind = "favicon-sha256"
	KindIconPHash   Kind = "icon-phash" // goimagehash pHash of the icon, "p:…"
	KindScreenPHash Kind = "screen-phash"
	KindGenerator   Kind = "generator" // meta generator

	// Builder.
	KindEndpoint     Kind = "endpoint"      // path skeleton of a link, form or request, numbers as "{n}"
	KindParam        Kind = "param"         // form field or query parameter name
	KindID           Kind = "id"            // an element id
	KindGlobal       Kind = "global"        // a global function or variable of a script
	KindAPIRoute     Kind = "api-route"     // path literal in a script
	KindFrame        Kind = "frame"         // tag and name of an element that holds much of the page, "div.wrap"
	KindDataAttr     Kind = "data-attr"     // name of a data-* or framework attribute
	KindScriptHash   Kind = "script-sha256" // sha256 of a script's body
	KindScriptToken  Kind = "script-tokens" // hash of a script's token stream, renaming-proof
	KindInlineScript Kind = "inline-script" // the same of an inline script
	KindBareSubtree  Kind = "bare-subtree"  // bottom-up hash of a subtree, tag names and attribute names only
	KindBareShingle  Kind = "bare-shingle"  // 5 open tags in document order
	KindI18NKey      Kind = "i18n-key"
	KindJSONKeys     Kind = "json-keys"  // key shape of a JSON body
	KindCookie       Kind = "cookie"     // cookie name
	KindHeader       Kind = "header"     // name of an unusual response header
	KindErrorPage    Kind = "error-page" // dom-hash of the error page
	KindFramework    Kind = "framework"  // a framework or library seen, with version when known
	KindText         Kind = "text"       // a phrase of the fixed interface text, folded
	KindMeta         Kind = "meta"       // a meta name or property with its fixed value

	// Operator. The value is the canonical form of the identifier.
	KindTelegram  Kind = "telegram"
	KindKakao     Kind = "kakao"
	KindLine      Kind = "line"
	KindZalo      Kind = "zalo"
	KindWhatsApp  Kind = "whatsapp"
	KindQQ        Kind = "qq"
	KindWeChat    Kind = "wechat"
	KindSkype     Kind = "skype"
	KindPhone     Kind = "phone" // E.164
	KindEmail     Kind = "email"
	KindLiveChat  Kind = "live-chat"      // "vendor:licence"
	KindAnalytics Kind = "analytics"      // "vendor:id"
	KindAds       Kind = "ads"            // "vendor:id"
	KindAffiliate Kind = "affiliate"      // affiliate id towards a third site
	KindMerchant  Kind = "merchant"       // "gateway:id"
	KindWallet    Kind = "wallet"         // "chain:address"
	KindBank      Kind = "bank-account"   // "bank:number"
	KindPIX       Kind = "pix"            // PIX key
	KindPayPal    Kind = "paypal"         // account
	KindAgentCode Kind = "agent-code"     // join or referral code: an agent's mark, not the operator's
	KindSocial    Kind = "social-account" // "network:account"

	// Infrastructure.
	KindIP          Kind = "ip"
	KindASN         Kind = "asn"
	KindNameServer  Kind = "name-server"
	KindCNAME       Kind = "cname"
	KindCert        Kind = "cert-sha256"
	KindSPKI        Kind = "spki-sha256"
	KindJARM        Kind = "jarm"
	KindHHHash      Kind = "hhhash"
	KindServer      Kind = "server"
	KindCDN         Kind = "cdn"
	KindRedirect    Kind = "redirect"     // a host of the redirect chain
	KindOutlinkHost Kind = "outlink-host" // a foreign host that the site links to
)

// Feature is one typed, named observation.
type Feature struct {
	Layer   Layer  `json:"layer"`
	Kind    Kind   `json:"kind"`
	Value   string `json:"value"`
	Count   int    `json:"count,omitempty"`   // how often it was seen
	Label   string `json:"label,omitempty"`   // what a hashed value stands for, for people
	Source  string `json:"source,omitempty"`  // URL of the resource where it was first seen
	Offset  int    `json:"offset,omitempty"`  // byte offset in that resource's decoded body
	Context string `json:"context,omitempty"` // the text around an identifier, at most 120 bytes
}

// PageType says what a site is.
type PageType string

// The page types of an assessment.
const (
	PageGambling    PageType = "gambling-site"
	PageDoorway     PageType = "doorway"       // landing page that leads to one
	PageAffiliate   PageType = "affiliate"     // review, tipster, scam-report page
	PageBuilder     PageType = "builder-sales" // the workshop's own page
	PageCompromised PageType = "compromised"   // a legitimate site with hidden gambling content: a victim
	PageLicensed    PageType = "licensed"      // operator with a licence claim that checks out
	PageGated       PageType = "gated"         // only a log-in or join-code form is visible
	PageHarmless    PageType = "not-gambling"
	PageParked      PageType = "parked"
	PageDefault     PageType = "default-page" // a server's or panel's own page
	PageChallenge   PageType = "challenge"    // "checking your browser"
	PageSeized      PageType = "seized"       // seizure or national block page
	PageError       PageType = "error"
	PageEmpty       PageType = "empty"
	PageUnclear     PageType = "unclear"
)

// Matchable reports whether a page of this type may be compared with others.
// Parked, default, challenge, block, error and empty pages never match
// anything: they are somebody else's page.
func (p PageType) Matchable() bool {
	switch p {
	case PageParked, PageDefault, PageChallenge, PageSeized, PageError, PageEmpty:
		return false
	}
	return true
}

// Reason is one term of a judgement.
type Reason struct {
	Rule   string  `json:"rule"`   // stable name, "term:ko:바카라"
	Weight float64 `json:"weight"` // what it adds to the log-odds
	Detail string  `json:"detail"` // where and what, for people
}

// Assessment says what a site is, and why.
type Assessment struct {
	Page     PageType `json:"page"`
	Gambling float64  `json:"gambling"` // probability that the site offers or promotes gambling
	Language string   `json:"language,omitempty"`
	Licences []string `json:"licences,omitempty"` // claimed, "authority:number"
	Reasons  []Reason `json:"reasons"`            // heaviest first
}

// Danger is a sign of malicious code in a page: something that harms those
// who visit it. It is no Feature, since it says nothing of who made the site
// (hacked sites carry the code of whoever hacked them, and such code is copied
// and sold), and no Reason, since it says nothing of gambling: it has a place
// and no weight.
type Danger struct {
	Rule    string `json:"rule"`             // stable name, "card-skimmer"
	Meaning string `json:"meaning"`          // of the rule, for people
	Detail  string `json:"detail"`           // what was found, for people
	Source  string `json:"source"`           // URL of the resource where it was first seen
	Offset  int    `json:"offset,omitempty"` // byte offset in that resource's decoded body
}

// Fingerprint is everything that was read from one capture.
type Fingerprint struct {
	Host       string     `json:"host"`
	Visit      string     `json:"visit"`
	Capture    string     `json:"capture"`   // Visit.Digest
	Extractor  string     `json:"extractor"` // version of the extractor
	At         time.Time  `json:"at"`        // time of the capture
	Title      string     `json:"title,omitempty"`
	Assessment Assessment `json:"assessment"`
	Features   []Feature  `json:"features"`          // sorted by kind, then value; each pair once
	Dangers    []Danger   `json:"dangers,omitempty"` // in the order of the reference's rules, then as they were seen
	Complete   bool       `json:"complete"`          // false: a bound cut something off
}

// Values returns the values of one kind, in order.
func (f *Fingerprint) Values(k Kind) []string {
	var out []string
	for i := range f.Features {
		if f.Features[i].Kind == k {
			out = append(out, f.Features[i].Value)
		}
	}
	return out
}
