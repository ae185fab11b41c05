package fingerprint

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// links looks at what the page links to: numbers, addresses, accounts and
// codes.
func (f *finder) links(d *document) {
	for _, l := range d.links {
		if l.url == nil {
			continue
		}
		switch l.url.Scheme {
		case "tel", "sms", "callto":
			f.phone(decodeOpaque(l.url), true, l.raw+" "+l.text, l.offset)
		case "mailto":
			for address := range strings.SplitSeq(decodeOpaque(l.url), ",") {
				f.mail(address, l.raw, l.offset)
			}
		case "http", "https":
			f.social(l)
			f.codes(l.url, l.raw, l.offset)
		case "bitcoin", "ethereum", "litecoin", "tron", "dogecoin":
			// the address was found in the markup by its checksum
		}
	}
	for _, fm := range d.forms {
		if fm.url != nil {
			f.codes(fm.url, fm.action, fm.offset)
		}
	}
	f.codeFields(d)
}

// decodeOpaque returns what follows the scheme, without parameters.
func decodeOpaque(u *url.URL) string {
	s := u.Opaque
	if s == "" {
		s = strings.TrimPrefix(u.Host+u.Path, "//")
	}
	s, _, _ = strings.Cut(s, "?")
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	return strings.TrimSpace(s)
}

// network says how an account of a social network is written in a URL.
type network struct {
	name   string
	hosts  []string
	prefix []string // path elements before the account; nil: none

	account *regexp.Regexp // what an account looks like; nil: like most
}

var networks = []network{
	{"facebook", []string{"facebook.com", "fb.com", "m.facebook.com", "web.facebook.com"}, nil, nil},
	{"messenger", []string{"m.me"}, nil, nil},
	{"instagram", []string{"instagram.com"}, nil, regexp.MustCompile(`^[\w.]{1,30}$`)},
	{"twitter", []string{"twitter.com", "x.com", "mobile.twitter.com"}, nil, regexp.MustCompile(`^@?\w{1,15}$`)},
	{"youtube", []string{"youtube.com", "m.youtube.com"}, []string{"channel", "c", "user"}, nil},
	{"tiktok", []string{"tiktok.com"}, nil, regexp.MustCompile(`^@`)},
	{"vk", []string{"vk.com", "m.vk.com"}, nil, nil},
	{"pinterest", []string{"pinterest.com"}, nil, nil},
	{"threads", []string{"threads.net", "threads.com"}, nil, nil},
	{"linkedin", []string{"linkedin.com"}, []string{"company", "in", "school"}, nil},
	{"discord", []string{"discord.gg"}, nil, nil},
	{"discord", []string{"discord.com"}, []string{"invite"}, nil},
	{"linktree", []string{"linktr.ee"}, nil, nil},
	{"naver-cafe", []string{"cafe.naver.com"}, nil, nil},
	{"naver-blog", []string{"blog.naver.com"}, nil, nil},
	{"band", []string{"band.us"}, []string{"@", "band", "n"}, nil},
	{"weibo", []string{"weibo.com"}, []string{"u", "n"}, nil},
	{"github", []string{"github.com"}, nil, nil},
}

var accountName = regexp.MustCompile(`^[@\w.%-]{2,60}$`)

// social notes the account that a link leads to. Buttons that share the page
// lead to the network's own paths, which are known.
func (f *finder) social(l link) {
	host := strings.TrimPrefix(strings.ToLower(l.url.Hostname()), "www.")
	for _, n := range networks {
		if !slices.Contains(n.hosts, host) || host == strings.TrimPrefix(f.host, "www.") {
			continue
		}
		account := accountOf(n, l.url)
		if account != "" && !reference.IsBrandAccount(account) && !reference.IsPublic(data.KindSocial, n.name+":"+account) {
			f.add(data.KindSocial, n.name+":"+account, l.raw+" "+l.text, l.offset)
		}
	}
}

// accountOf returns the account named in a URL of a network, in lower case
// unless case tells accounts apart.
func accountOf(n network, u *url.URL) string {
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return ""
	}
	if n.name == "facebook" && parts[0] == "profile.php" {
		if id := u.Query().Get("id"); allDigits(id) && len(id) > 4 {
			return id
		}
		return ""
	}
	if n.name == "facebook" && (parts[0] == "groups" || parts[0] == "pages") && len(parts) > 1 {
		return strings.ToLower(parts[len(parts)-1])
	}
	if n.prefix != nil && slices.Contains(n.prefix, parts[0]) {
		if len(parts) < 2 {
			return ""
		}
		parts = parts[1:]
	} else if n.prefix != nil && n.name != "youtube" {
		return ""
	}
	account := parts[0]
	if !accountName.MatchString(account) || reference.IsPublic(data.KindSocial, n.name+":"+strings.ToLower(account)) || strings.HasSuffix(account, ".php") {
		return ""
	}
	if n.account != nil && !n.account.MatchString(account) {
		return ""
	}
	if n.name == "youtube" && strings.HasPrefix(account, "UC") || n.name == "discord" {
		return account
	}
	return strings.ToLower(account)
}

// codeParams are query parameters that carry the code of an agent or a
// referrer. trackParams name an affiliate towards another site.
var (
	codeParams  = []string{"agt", "agent", "agentcode", "agent_code", "invitecode", "invite_code", "joincode", "join_code", "recommend", "recommender", "refcode", "ref_code", "referral", "referralcode", "referral_code", "promocode", "affcode", "aff_code", "inviter", "pcode", "upline", "recom", "introducer", "refid", "i_code", "register_code", "partner_code"}
	weakParams  = []string{"ref", "code", "r", "pid", "id", "u", "invite", "affid", "aff", "partner"}
	trackParams = []string{"btag", "affid", "aff_id", "aff", "affiliate", "affiliate_id", "affiliateid", "partner", "partner_id", "ref", "refid", "refcode", "awinaffid", "a_aid", "tag", "stag", "mid", "campaign_id", "zoneid"}
	joinPath    = regexp.MustCompile(`(?i)(?:^|/)(?:register|signup|sign-up|join|reg|daftar|dang-?ky|cadastr|affiliate|invite|agent)[^/]*/?$|(?:^|/)r/?$`)
	codeValue   = regexp.MustCompile(`^[A-Za-z0-9_-]{3,24}$`)
)

// codes notes referral codes in a URL. "ref" and "code" are used for much
// else, so they count only on the way to a registration; towards another site
// a code is an affiliate's.
func (f *finder) codes(u *url.URL, raw string, offset int) {
	if u.RawQuery == "" || len(u.RawQuery) > 1_000 {
		return
	}
	host := strings.ToLower(u.Hostname())
	own := host == "" || host == f.host || strings.HasSuffix(host, "."+f.host) || strings.HasSuffix(f.host, "."+host)
	joins := joinPath.MatchString(u.Path)
	for name, values := range u.Query() {
		name, value := strings.ToLower(name), values[0]
		if !isCode(value) {
			continue
		}
		switch {
		case slices.Contains(codeParams, name), own && joins && slices.Contains(weakParams, name) && name != "id":
			f.add(data.KindAgentCode, strings.ToLower(value), raw, offset)
		case !own && slices.Contains(trackParams, name) && (joins || isTracker(name)) && !isServiceHost(host):
			f.add(data.KindAffiliate, host+":"+name+"="+value, raw, offset)
		}
	}
}

// isTracker reports whether a parameter is used for nothing but affiliates.
func isTracker(name string) bool {
	switch name {
	case "btag", "affid", "aff_id", "affiliate_id", "affiliateid", "a_aid", "stag", "awinaffid", "partner_id":
		return true
	}
	return false
}

// isCode reports whether a value can be somebody's own code.
func isCode(v string) bool {
	return codeValue.MatchString(v) && !reference.IsPublic(data.KindAgentCode, v) && !isTrivialNumber(v)
}

// isServiceHost reports hosts of networks and stores whose parameters say
// nothing of gambling partners.
func isServiceHost(host string) bool {
	host = strings.TrimPrefix(host, "www.")
	for _, h := range []string{"facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "google.com", "apple.com", "github.com", "microsoft.com", "linkedin.com", "pinterest.com", "reddit.com", "wordpress.org", "wordpress.com", "shopify.com", "line.me", "kakao.com", "naver.com", "daum.net", "baidu.com", "t.me", "wa.me"} {
		if host == h || strings.HasSuffix(host, "."+h) {
			return true
		}
	}
	return strings.Contains(host, "amazon.") || strings.Contains(host, "amazon-adsystem") || strings.Contains(host, "google.")
}

// codeFields notes codes that stand ready in a form's field.
func (f *finder) codeFields(d *document) {
	for _, e := range d.nodes {
		if e.node.Data != "input" {
			continue
		}
		value := strings.TrimSpace(attr(e.node, "value"))
		name := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(firstOf(attr(e.node, "name"), attr(e.node, "id"))))
		if value == "" || !isCode(value) {
			continue
		}
		for _, p := range codeParams {
			if p = strings.ReplaceAll(p, "_", ""); len(p) > 4 && name == p || name == p+"code" || name == p+"id" {
				f.add(data.KindAgentCode, strings.ToLower(value), name+"="+value, int(e.offset))
				break
			}
		}
	}
}
