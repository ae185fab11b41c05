package demo

import (
	"strconv"
	"strings"
)

// builder is one workshop: a code base in one language, sold in skins.
type builder struct {
	name    string
	lang    string
	routes  map[string]string // page key → path with query
	cookies []string          // names set on the home page
	header  string            // response header that its front end adds
	modules []string          // script modules, in the order of the original
	chat    string            // live chat vendor that it comes with
	devID   string            // analytics id of the workshop itself, in every site it sold
	prefix  bool              // serves everything below a path prefix that differs by site
	skins   []skin
}

// skin is one look of a workshop: its names for classes and assets, and its
// arrangement of the home page. Nothing in it is shared between two skins.
type skin struct {
	builder   string
	name      string
	layout    string // suffix of the templates: home1, shell1
	scheme    string // "bem", "snake", "camel", "hash", "utility"
	prefix    string // of its class names
	dir       string // of its assets
	css, js   string // base names of its main assets
	framework string // public framework underneath: "bootstrap" or ""
	drift     uint64 // percent of element ids that it renamed
}

// synonyms are what different hands call the same thing.
var synonyms = map[string][]string{
	"header": {"header", "top", "head", "masthead", "topbar"},
	"nav":    {"nav", "gnb", "menu", "navi", "mainmenu"},
	"item":   {"item", "li", "entry", "cell", "unit"},
	"card":   {"card", "box", "tile", "thumb", "block"},
	"grid":   {"grid", "list", "wall", "rows", "flow"},
	"btn":    {"btn", "button", "cta", "bt", "press"},
	"hero":   {"hero", "visual", "banner", "slide", "stage"},
	"footer": {"footer", "foot", "bottom", "base", "copy"},
	"title":  {"title", "tit", "heading", "caption", "hd"},
	"wrap":   {"wrap", "container", "inner", "outer", "holder"},
	"form":   {"form", "frm", "panel", "fieldset", "entryform"},
	"input":  {"input", "field", "ipt", "txt", "box-in"},
	"notice": {"notice", "news", "board", "bulletin", "ann"},
	"odds":   {"odds", "rate", "price", "bae", "quota"},
	"side":   {"side", "aside", "quick", "rail", "dock"},
	"modal":  {"modal", "popup", "layer", "dialog", "pop"},
	"money":  {"money", "cash", "balance", "amt", "coin"},
}

var utilities = []string{
	"flex", "grid", "block", "hidden", "items-center", "justify-between", "gap-2", "gap-4", "p-2", "p-4",
	"px-3", "py-2", "mt-4", "mb-2", "mx-auto", "w-full", "h-10", "rounded", "rounded-lg", "text-sm", "text-lg",
	"font-bold", "text-white", "bg-black", "shadow", "truncate", "relative", "absolute", "overflow-hidden",
	"sticky", "top-0", "inset-0", "z-10", "z-50", "space-y-2", "space-x-4", "grid-cols-2", "grid-cols-4", "col-span-2", "flex-col", "flex-wrap",
	"flex-1", "shrink-0", "grow", "max-w-5xl", "max-w-screen-lg", "min-h-screen", "h-full", "h-48", "w-1/2", "w-64", "aspect-video", "object-cover",
	"p-1", "p-6", "px-5", "py-8", "m-1", "mt-1", "mb-6", "ml-auto", "border", "border-b", "border-gray-700", "rounded-full", "rounded-t-xl",
	"text-xs", "text-2xl", "text-center", "text-right", "text-gray-400", "text-amber-300", "uppercase", "tracking-wide", "leading-6", "italic",
	"bg-gray-900", "bg-amber-500", "bg-gradient-to-r", "from-red-600", "to-yellow-400", "opacity-80", "ring-1", "divide-y", "cursor-pointer",
}

var bootstrapClasses = map[string]string{
	"header": "navbar navbar-expand-lg navbar-dark", "nav": "navbar-nav", "item": "nav-item", "card": "card",
	"grid": "row g-2", "btn": "btn btn-primary", "wrap": "container", "form": "card-body", "input": "form-control",
	"title": "card-title", "cell": "col-6 col-md-3", "modal": "modal fade", "footer": "container-fluid", "table": "table table-sm",
}

// class returns the class attribute of a role under this skin.
func (k *skin) class(role string) string {
	key := k.builder + "/" + k.name
	word := role
	if s, ok := synonyms[role]; ok {
		word = pick(s, key, role)
	}
	var own string
	switch k.scheme {
	case "bem":
		own = k.prefix + "__" + word
	case "snake":
		own = k.prefix + "_" + word
	case "camel":
		own = k.prefix + strings.ToUpper(word[:1]) + word[1:]
	case "hash":
		own = k.prefix + "-" + strconv.FormatUint(hash(key, role)%2176782336, 36)
	default:
		own = pick(utilities, key, role, "1") + " " + pick(utilities, key, role, "2") + " " + pick(utilities, key, role, "3")
	}
	if boot := bootstrapClasses[role]; k.framework == "bootstrap" && boot != "" {
		return boot + " " + own
	}
	return own
}

// id returns the element id that this skin gives to one of the code base.
func (k *skin) id(id string) string {
	key := k.builder + "/" + k.name
	if !chance(k.drift, key, "id", id) {
		return id
	}
	if k.scheme == "snake" || k.scheme == "hash" {
		return k.prefix + "_" + strings.ToLower(id)
	}
	return k.prefix + strings.ToUpper(id[:1]) + id[1:]
}

// skinsOf completes what the skins of a workshop have in common.
func skinsOf(b string, skins ...skin) []skin {
	for i := range skins {
		skins[i].builder = b
		skins[i].layout = strconv.Itoa(i + 1)
	}
	return skins
}

// workshops lists the builders. Their scripts and mark-up lie in
// builders/NAME; dallae grew out of a copy of haneul's member module.
func workshops() []builder {
	return []builder{
		{
			name: "haneul", lang: "ko", chat: "tawk", header: "X-Hn-Node",
			routes: map[string]string{
				"home": "/", "login": "/member/login.php", "join": "/member/join.php", "lobby": "/game/casino_lobby.php?vendor=all",
				"promo": "/bbs/event_list.php", "notice": "/bbs/board.php?bo_table=notice",
			},
			cookies: []string{"PHPSESSID", "hn_device", "hn_popup_today"}, modules: []string{"member", "wallet", "memo", "lobby", "odds"},
			skins: skinsOf("haneul",
				skin{name: "royal", scheme: "snake", prefix: "ry", dir: "/skin/royal", css: "style", js: "common", drift: 12},
				skin{name: "neon", scheme: "bem", prefix: "nx", dir: "/resources", css: "neon.bundle", js: "nx.app", drift: 30},
				skin{name: "mono", scheme: "hash", prefix: "c", dir: "/dist", css: "main", js: "chunk-vendors", drift: 34}),
		},
		{
			name: "dallae", lang: "ko", chat: "channel", header: "X-Request-Zone",
			routes: map[string]string{
				"home": "/", "login": "/auth/sign-in", "join": "/member/join.php", "lobby": "/play/rooms", "promo": "/cs/promotions", "notice": "/cs/notices",
			},
			cookies: []string{"dl_session", "dl_zone", "XSRF-DL"}, modules: []string{"member", "socket", "cart", "rooms"},
			skins: skinsOf("dallae",
				skin{name: "velvet", scheme: "camel", prefix: "vv", dir: "/static/vv", css: "velvet", js: "velvet.min", drift: 15},
				skin{name: "steel", scheme: "bem", prefix: "st", dir: "/_assets", css: "app", js: "runtime", drift: 33},
				skin{name: "lite", scheme: "utility", prefix: "lt", dir: "/build", css: "tw", js: "entry", framework: "", drift: 30}),
		},
		{
			name: "jinlong", lang: "zh", chat: "livechat", header: "X-Cluster-Line", prefix: true,
			routes: map[string]string{
				"home": "/", "login": "/infe/user/login.html", "join": "/infe/user/openaccount.html", "lobby": "/infe/lobby/egame.html?plat=0",
				"promo": "/infe/promo/list.html", "notice": "/infe/news/marquee.html", "sports": "/infe/lobby/sport.html",
			},
			cookies: []string{"JLSID", "agentLine", "lang_ver"}, modules: []string{"account", "marquee", "egame", "transfer", "floatad"},
			skins: skinsOf("jinlong",
				skin{name: "a01", scheme: "camel", prefix: "mem", dir: "/cdn/a01", css: "index", js: "index", drift: 12},
				skin{name: "c14", scheme: "snake", prefix: "pg", dir: "/tpl/commonFile", css: "layout", js: "core", drift: 32},
				skin{name: "h5x", scheme: "hash", prefix: "van", dir: "/h5/static", css: "app", js: "manifest", drift: 35}),
		},
		{
			name: "bumi", lang: "id", chat: "livechat", header: "X-Bumi-Cache", devID: "G-BM7KX20QPD",
			routes: map[string]string{
				"home": "/", "login": "/mobile/login", "join": "/mobile/register", "lobby": "/slots/provider?cat=hot", "promo": "/promotion", "notice": "/pages/berita",
				"togel": "/lottery/result",
			},
			cookies: []string{"bumi_sess", "ref_code", "rtp_seen"}, modules: []string{"register", "rtp", "jackpot", "bankstatus"},
			skins: skinsOf("bumi",
				skin{name: "merah", scheme: "bem", prefix: "mr", dir: "/themes/merah/assets", css: "theme", js: "theme", framework: "bootstrap", drift: 14},
				skin{name: "nexus", scheme: "camel", prefix: "nex", dir: "/nexus", css: "desktop", js: "desktop-hl", drift: 30},
				skin{name: "amp", scheme: "hash", prefix: "i", dir: "/a", css: "x", js: "y", drift: 36}),
		},
		{
			name: "song", lang: "vi", chat: "livechat", header: "X-Edge-Song",
			routes: map[string]string{
				"home": "/", "login": "/tai-khoan/dang-nhap", "join": "/tai-khoan/dang-ky", "lobby": "/sanh/no-hu?nha=tat-ca", "promo": "/khuyen-mai", "notice": "/tin-tuc",
				"fish": "/sanh/ban-ca",
			},
			cookies: []string{"sg_uid", "sg_aff", "sg_theme_v"}, modules: []string{"auth", "lobbyapi", "chart", "agent"},
			skins: skinsOf("song",
				skin{name: "lotus", scheme: "bem", prefix: "lts", dir: "/wp-content/themes/lotus", css: "screen", js: "site", drift: 13},
				skin{name: "ocean", scheme: "utility", prefix: "oc", dir: "/_next/static", css: "pages", js: "webpack", drift: 31},
				skin{name: "gold9", scheme: "snake", prefix: "g9", dir: "/public/g9", css: "gold", js: "bundle", framework: "bootstrap", drift: 33}),
		},
		{
			name: "chang", lang: "th", chat: "tawk", header: "X-Auto-Wallet",
			routes: map[string]string{
				"home": "/", "login": "/member/signin", "join": "/member/signup?step=1", "lobby": "/games/camp/all", "promo": "/bonus", "notice": "/articles",
			},
			cookies: []string{"chang_token", "aff_up", "wl_theme"}, modules: []string{"signup", "autowallet", "wheel", "camp"},
			skins: skinsOf("chang",
				skin{name: "goldleaf", scheme: "snake", prefix: "x", dir: "/assets/goldleaf", css: "all", js: "all", framework: "bootstrap", drift: 12},
				skin{name: "night", scheme: "camel", prefix: "nt", dir: "/theme-night", css: "core", js: "night", drift: 30},
				skin{name: "jungle", scheme: "hash", prefix: "k", dir: "/media/jg", css: "jg", js: "jg-loader", drift: 35}),
		},
		{
			name: "onda", lang: "pt", chat: "telegram", header: "X-Onda-Tenant",
			routes: map[string]string{
				"home": "/", "login": "/entrar", "join": "/cadastro", "lobby": "/cassino/todos?ordem=popular", "promo": "/promocoes", "notice": "/ajuda/avisos",
			},
			cookies: []string{"onda_sid", "onda_convite", "XSRF-TOKEN"}, modules: []string{"cadastro", "pix", "bau", "vitrine"},
			skins: skinsOf("onda",
				skin{name: "praia", scheme: "camel", prefix: "pr", dir: "/assets/praia", css: "praia", js: "praia", drift: 14},
				skin{name: "cerrado", scheme: "hash", prefix: "_", dir: "/client", css: "index", js: "index", drift: 34},
				skin{name: "noite", scheme: "utility", prefix: "nt", dir: "/vite", css: "assets", js: "legacy", framework: "bootstrap", drift: 30}),
		},
	}
}
