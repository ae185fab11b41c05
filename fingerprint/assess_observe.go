package fingerprint

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"pitboss/data"
	"pitboss/data/reference"
)

// zone is where on a page a term stands.
type zone int

const (
	zoneTitle   zone = iota // the title of the home page
	zoneMeta                // description and keywords
	zoneHeading             // h1 to h3, and titles of further pages
	zoneLink                // texts of links and buttons
	zoneBody                // any other visible text
	zoneHidden              // text that a visitor does not see
	zoneScript              // literals of scripts and JSON
	zones
)

// Bounds of what an assessment reads.
const (
	maxAssessedPages  = 12
	maxAssessedText   = 1 << 20 // bytes of visible text of all pages
	maxAssessedScript = 1 << 20 // bytes of scripts and data of all resources
)

// sighting counts one term by zone.
type sighting struct {
	term  *reference.Term
	count [zones]int
}

// observation is what the assessment reads off a capture, before any
// judgement.
type observation struct {
	home      *document
	language  string
	words     int // of visible text; three ideographs or letters of a script without spaces count as one and a half
	sightings map[*reference.Term]*sighting
	sure      map[string]bool // providers
	company   map[string]bool // providers named by a short code only
	uiCore    map[string]bool
	uiMoney   map[string]bool
	forms     formSigns
	hiddenOut int // links to other sites that a visitor does not see
	seals     map[string]bool
	messenger bool
	article   bool // marked up as an article
	brand     string
	branded   float64 // how much the title's brand looks like one of gambling
	text      homeText
	left      int // bytes of text that may still be read
	leftCode  int // bytes of scripts that may still be read
}

// homeText is the visible text of the home page, for language, marks and
// licences. What is looked up in it more than once is kept.
type homeText struct {
	strings.Builder
	lowered string
	at      int // length of the text when it was lowered
	claimed []reference.Authority
}

// lower returns the text in lower case.
func (t *homeText) lower() string {
	if t.at != t.Len() {
		t.lowered, t.at, t.claimed = strings.ToLower(t.String()), t.Len(), nil
	}
	return t.lowered
}

// authorities returns the licensing authorities that the text names.
func (t *homeText) authorities() []reference.Authority {
	low := t.lower()
	if t.claimed == nil {
		t.claimed = []reference.Authority{}
		seen := present(authorityNames(), low)
		for _, a := range reference.Authorities() {
			if slices.Contains(seen[:len(a.Names)], true) {
				t.claimed = append(t.claimed, a)
			}
			seen = seen[len(a.Names):]
		}
	}
	return t.claimed
}

// authorityNames finds the names of all authorities, one after the other.
var authorityNames = sync.OnceValue(func() *needles {
	var names []string
	for _, a := range reference.Authorities() {
		names = append(names, a.Names...)
	}
	return newNeedles(names)
})

// formSigns says what the forms of a site ask for.
type formSigns struct {
	password, joinCode, bank, phone bool
	fields                          int
}

// observe reads the pages and scripts of a capture.
func observe(c *data.Capture, docs []*document) *observation {
	o := &observation{
		sightings: map[*reference.Term]*sighting{}, sure: map[string]bool{}, company: map[string]bool{},
		uiCore: map[string]bool{}, uiMoney: map[string]bool{}, seals: map[string]bool{},
		left: maxAssessedText, leftCode: maxAssessedScript,
	}
	for i, d := range docs {
		if i == maxAssessedPages {
			break
		}
		if i == 0 {
			o.home = d
			o.see(d.title, zoneTitle)
			o.brand, o.branded = brandName(d.title)
		} else {
			o.see(d.title, zoneHeading)
		}
		o.page(d, i == 0)
	}
	for i := range c.Resources {
		if r := &c.Resources[i]; r.Role == data.RoleScript || r.Role == data.RoleData {
			o.code(string(r.Body[:min(len(r.Body), o.leftCode)]))
		}
	}
	declared := ""
	if o.home != nil {
		declared = o.home.lang
	}
	o.language = detectLanguage(o.sample(), declared)
	return o
}

// sample returns the text that tells the language of the home page.
func (o *observation) sample() string {
	if o.home == nil {
		return ""
	}
	var text strings.Builder
	text.WriteString(o.home.title + "\n" + o.text.String())
	for _, m := range o.home.metas {
		if m.name == "description" {
			text.WriteString("\n" + m.content)
		}
	}
	return text.String()
}

// see notes the terms and providers of one text.
func (o *observation) see(text string, z zone) {
	if text == "" {
		return
	}
	provider := func(name string, sure bool) {
		if sure {
			o.sure[name] = true
		} else if z != zoneScript {
			o.company[name] = true
		}
	}
	if z == zoneHidden {
		provider = nil
	}
	reference.MatchBoth(text, func(t *reference.Term) {
		s := o.sightings[t]
		if s == nil {
			s = &sighting{term: t}
			o.sightings[t] = s
		}
		s.count[z]++
	}, provider)
}

// page notes one page.
func (o *observation) page(d *document, home bool) {
	for _, m := range d.metas {
		o.meta(m, home)
	}
	for _, run := range d.text {
		o.run(run, home)
	}
	for _, l := range d.links {
		o.link(d, l)
	}
	for _, e := range d.embeds {
		o.name(pathOf(e.url))
	}
	for _, f := range d.forms {
		o.form(f)
	}
	for _, s := range d.scripts {
		if strings.Contains(s.kind, "ld+json") {
			o.article = o.article || strings.Contains(s.body, `Article"`)
			continue
		}
		o.code(s.body)
	}
	o.attributes(d)
}

func (o *observation) meta(m metaTag, home bool) {
	switch m.name {
	case "description", "keywords", "og:title", "og:description", "twitter:description":
		z := zoneMeta
		if !home {
			z = zoneHeading
		}
		o.see(cutText(m.content, 2_000), z)
	case "og:type":
		o.article = o.article || strings.EqualFold(strings.TrimSpace(m.content), "article")
	}
}

func (o *observation) run(run textRun, home bool) {
	if run.hidden {
		o.see(run.text, zoneHidden)
		return
	}
	if o.left -= len(run.text); o.left < 0 {
		return
	}
	o.words += countWords(run.text)
	if home && o.text.Len() < maxLanguageSample {
		o.text.WriteString(run.text)
		o.text.WriteByte('\n')
	}
	switch run.tag {
	case "h1", "h2", "h3":
		o.see(run.text, zoneHeading)
	case "a", "button":
		o.see(run.text, zoneLink)
	default:
		o.see(run.text, zoneBody)
	}
}

func (o *observation) link(d *document, l link) {
	if l.url == nil {
		return
	}
	host := strings.ToLower(l.url.Hostname())
	if host == "" || host == strings.ToLower(d.base.Hostname()) {
		o.name(pathOf(l.url))
		return
	}
	if l.hidden {
		o.hiddenOut++
		return
	}
	if isMessengerHost(host) {
		o.messenger = true
	}
	o.seals[host] = true
}

// form notes what a form asks for. Names of fields are read as words, so that
// "recommend_id" and "joinCode" are the same thing.
func (o *observation) form(f form) {
	o.name(pathOf(f.url))
	for _, fd := range f.fields {
		if fd.kind == "hidden" || fd.kind == "submit" {
			o.name(fd.name)
			continue
		}
		o.forms.fields++
		name := strings.ToLower(fd.name + " " + fd.id + " " + fd.placeholder)
		o.forms.password = o.forms.password || fd.kind == "password"
		o.forms.phone = o.forms.phone || fd.kind == "tel" || containsAny(name, "phone", "mobile", "hp1", "휴대폰", "手机", "whatsapp", "เบอร์", "telefone", "số điện thoại")
		o.forms.joinCode = o.forms.joinCode || containsAny(name, "joincode", "join_code", "recommend", "referral", "refcode", "ref_code", "invite", "agentcode",
			"agent_code", "agt", "가입코드", "추천인", "추천코드", "邀请码", "推荐码", "推薦碼", "介绍人", "kode referral", "mã giới thiệu", "partner_code", "joinid", "upline")
		o.forms.bank = o.forms.bank || containsAny(name, "bankname", "bank_name", "bankaccount", "bank_account", "bank_num", "banknum", "accountholder", "account_holder",
			"예금주", "계좌", "환전비밀번호", "取款密码", "提款密码", "银行卡", "rekening", "เลขบัญชี", "ธนาคาร", "số tài khoản", "chave pix", "bank_owner", "bankowner", "exchange_pw", "withdraw_pw", "withdrawpassword")
		o.name(fd.name)
		o.name(fd.id)
		o.see(fd.placeholder, zoneLink)
	}
}

// attributes notes the names that elements carry, and texts of pictures.
func (o *observation) attributes(d *document) {
	seen := map[string]bool{}
	for _, e := range d.nodes {
		for _, a := range e.node.Attr {
			switch a.Key {
			case "id", "class":
				if !seen[a.Val] && len(a.Val) < 500 {
					seen[a.Val] = true
					o.name(a.Val)
				}
			case "alt", "title", "aria-label":
				if !seen[a.Val] && len(a.Val) < 500 {
					seen[a.Val] = true
					o.see(a.Val, zoneLink)
				}
			}
		}
	}
}

// name notes the interface words in a path, class, id or field name.
func (o *observation) name(s string) {
	if len(s) < 2 || len(s) > 500 {
		return
	}
	vocabulary := reference.InterfaceWords()
	last := ""
	for word := range nameWords(s) {
		use := vocabulary.Use(word)
		if use == 0 { // as nearly all
			last = ""
			continue
		}
		word = strings.ToLower(word)
		switch {
		case use&reference.WordCore != 0:
			o.uiCore[word] = true
		case use&reference.WordMoney != 0:
			o.uiMoney[word] = true
		}
		if use&reference.WordPaired == 0 {
			last = ""
			continue
		}
		if last != "" && vocabulary.Pairs[last+" "+word] {
			o.uiCore[last+" "+word] = true
		}
		last = word
	}
}

// code notes the string literals of a script or JSON text: those that look
// like names or paths by their interface words, all others by the lexicon.
func (o *observation) code(body string) {
	if len(body) > o.leftCode {
		body = body[:o.leftCode]
	}
	o.leftCode -= len(body)
	for lit := range literals(body) {
		if isNameLike(lit) {
			o.name(lit)
		} else {
			o.see(lit, zoneScript)
		}
	}
}

// literals yields what stands between quotes on one line, at most 400 bytes
// long. A scan like this errs on regular expressions and apostrophes, which
// costs a few words of a script and no more.
func literals(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); {
			c := s[i]
			if c != '"' && c != '\'' && c != '`' {
				i++
				continue
			}
			j := i + 1
			for j < len(s) && s[j] != c && (s[j] != '\n' || c == '`') && j-i < 400 {
				if s[j] == '\\' {
					j++
				}
				j++
			}
			if j >= len(s) || s[j] != c {
				i++
				continue
			}
			if lit := s[i+1 : j]; len(lit) >= 3 && !yield(lit) {
				return
			}
			i = j + 1
		}
	}
}

// isNameLike reports whether a literal is a name, selector or path rather than
// a text: ASCII without spaces.
func isNameLike(s string) bool {
	for i := range len(s) {
		if s[i] == ' ' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// nameWords yields the words of a name, split at punctuation and at changes of
// case: "betList-item" gives "bet", "List", "item".
func nameWords(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start := -1
		for i := 0; i <= len(s); i++ {
			in := i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9')
			turn := in && start >= 0 && s[i] >= 'A' && s[i] <= 'Z' && i > 0 && s[i-1] >= 'a' && s[i-1] <= 'z'
			if start >= 0 && (!in || turn) {
				if i-start > 1 && i-start < 24 && !yield(s[start:i]) {
					return
				}
				start = -1
			}
			if in && start < 0 {
				start = i
			}
		}
	}
}

// countWords counts words; scripts without spaces count half a word a letter.
func countWords(s string) int {
	n, dense, in := 0, 0, false
	for _, r := range s {
		switch {
		case r >= 0xe00 && r < 0xe80 || r >= 0x1780 && r < 0x1800 || r >= 0x2e80:
			dense++
			in = false
		case r < utf8.RuneSelf && nameBytes[r] && r != '_', r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if !in {
				n++
			}
			in = true
		default:
			in = false
		}
	}
	return n + (dense+1)/2
}

func pathOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Path
}

func containsAny(s string, needles ...string) bool {
	return slices.ContainsFunc(needles, func(n string) bool { return strings.Contains(s, n) })
}

func isMessengerHost(host string) bool {
	switch strings.TrimPrefix(host, "www.") {
	case "t.me", "telegram.me", "open.kakao.com", "pf.kakao.com", "line.me", "lin.ee", "zalo.me", "wa.me", "api.whatsapp.com", "qr.kakao.com", "wa.link":
		return true
	}
	return false
}
