package fingerprint

import (
	"bytes"
	"slices"
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// maxIdentified bounds how much of one body is searched for identifiers.
const maxIdentified = 4 << 20

// identifiers adds what names an operator or an agent: accounts, licences,
// wallets and the like, each with where it was seen.
func identifiers(c *data.Capture, docs []*document, out *collector) {
	region, helplines := regionOf(c, docs), map[string]bool{}
	for _, d := range docs {
		body := clip(d.res.Body)
		f := finder{out: out, source: d.res.URL, host: siteHost(c), region: region, helplines: helplines}
		f.patterns(body, true)
		f.wallets(body)
		f.texts(d) // before the links: texts say which numbers are helplines
		f.links(d)
	}
	for i := range c.Resources {
		r := &c.Resources[i]
		if r.Role != data.RoleScript && r.Role != data.RoleData && r.Role != data.RoleManifest {
			continue
		}
		f := finder{out: out, source: r.URL, host: siteHost(c), region: region}
		f.patterns(clip(r.Body), r.Role == data.RoleScript)
		f.wallets(clip(r.Body))
		f.quotedMails(clip(r.Body))
	}
}

func clip(b []byte) []byte { return b[:min(len(b), maxIdentified)] }

// finder looks for identifiers in one resource.
type finder struct {
	out    *collector
	source string
	host   string
	region string // ISO 3166 of the numbers without a country code

	helplines map[string]bool // numbers, in E.164, of help for gamblers
}

// add notes an identifier unless it is known to identify nobody.
func (f *finder) add(kind data.Kind, value, context string, offset int) {
	if value == "" || reference.IsPublic(kind, value) {
		return
	}
	f.out.add(data.Feature{Layer: data.LayerOperator, Kind: kind, Value: value, Source: f.source, Offset: offset, Context: fold(strings.ToValidUTF8(context, ""))})
}

// patterns looks for everything that begins with one of the anchors.
func (f *finder) patterns(body []byte, markup bool) {
	if !markup || bytes.Contains(body, []byte(`:\/\/`)) {
		body = bytes.ReplaceAll(body, []byte(`\/`), []byte(`/`)) // JSON may escape slashes; offsets are then those of the text without
	}
	anchorIndex().find(body, func(p *reference.IdentifierPattern, at int) { f.try(p, body, at) })
}

// try applies a pattern where its anchor stands.
func (f *finder) try(p *reference.IdentifierPattern, body []byte, i int) {
	window := body[i:min(len(body), i+400)]
	m := p.Expr.FindSubmatch(window)
	if m == nil {
		return
	}
	value := canonicalID(p, string(m[1]), string(m[0]))
	if value != "" {
		f.add(p.Kind, value, around(body, i, i+len(m[0])), i)
	}
}

// canonicalID returns the form in which an identifier is compared, or "" when
// it turns out to be none.
func canonicalID(p *reference.IdentifierPattern, id, match string) string {
	switch p.Kind {
	case data.KindTelegram:
		return telegramID(id, match)
	case data.KindLine, data.KindSkype, data.KindWhatsApp, data.KindQQ:
		for _, form := range []struct{ part, prefix string }{
			{"lin.ee", "lin.ee/"}, {"join.skype.com", "invite/"}, {"chat.whatsapp", "group/"}, {"wa.link", "wa.link/"}, {"qm.qq.com", "group/"},
		} {
			if strings.Contains(match, form.part) {
				return form.prefix + id
			}
		}
		if isTrivialNumber(id) {
			return ""
		}
		if p.Kind == data.KindLine || p.Kind == data.KindSkype {
			id = strings.ToLower(strings.TrimRight(id, ".-"))
		}
	case data.KindZalo:
		if isTrivialNumber(id) {
			return ""
		}
	case data.KindPayPal:
		id = strings.ToLower(id)
	case data.KindAnalytics, data.KindAds:
		if plain := strings.TrimLeft(id, "GUAWDCTM-"); isTrivialNumber(plain) || strings.HasPrefix(id, "G-") && (!hasDigit(id) || allDigits(id[2:])) {
			return ""
		}
	}
	if p.Vendor != "" {
		return p.Vendor + ":" + id
	}
	return id
}

// telegramID returns a user's or channel's name in lower case, as Telegram
// compares them, or "+" and the hash of an invitation.
func telegramID(id, match string) string {
	switch {
	case id == "joinchat":
		return ""
	case strings.Contains(match, "joinchat"):
		return "+" + id
	case strings.HasPrefix(id, "+"):
		return id
	case strings.Contains(id, "_") && strings.ToUpper(id) == id && !hasDigit(id):
		return "" // "YOUR_CHANNEL": a blank to fill in
	}
	return strings.ToLower(id)
}

// isTrivialNumber reports whether digits are a placeholder: one digit
// repeated, or a run such as 123456789.
func isTrivialNumber(s string) bool {
	if len(s) == 0 || !allDigits(s) {
		return false
	}
	same, run := true, true
	for i := 1; i < len(s); i++ {
		same = same && s[i] == s[0]
		run = run && (s[i] == s[i-1]+1 || s[i] == '0' && s[i-1] == '9')
	}
	return same || run
}

// standsAlone reports whether what begins at i is not the tail of a longer
// name.
func standsAlone(body []byte, i int) bool {
	if i == 0 {
		return true
	}
	c := body[i-1]
	if c == '-' || c == '_' {
		return !isNameByte(body[i]) || body[i] == '_'
	}
	return !isNameByte(c) || !isNameByte(body[i])
}

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
}

// nameBytes holds isNameByte of every byte.
var nameBytes = func() (is [256]bool) {
	for c := range 256 {
		is[c] = isNameByte(byte(c))
	}
	return is
}()

// around returns the text around a find, for people.
func around(body []byte, from, to int) string {
	room := max(0, maxContext-(to-from))
	from, to = max(0, from-room*2/3), min(len(body), to+room/3)
	return string(body[from:to])
}

func aroundText(text string, from, to int) string {
	room := max(0, maxContext-(to-from))
	return text[max(0, from-room*2/3):min(len(text), to+room/3)]
}

func siteHost(c *data.Capture) string { return strings.ToLower(data.HostName(c.Host)) }

// regionOf guesses the country whose telephone numbers a site writes without
// a country code: from the language, else from the top-level domain.
func regionOf(c *data.Capture, docs []*document) string {
	if host := siteHost(c); len(host) > 3 {
		tld := host[strings.LastIndexByte(host, '.')+1:]
		if i := slices.Index(phoneDomains, tld); i >= 0 {
			if tld == "uk" {
				return "GB"
			}
			return strings.ToUpper(tld)
		}
	}
	if len(docs) == 0 {
		return ""
	}
	declared := strings.ToLower(docs[0].lang)
	lang, country, _ := strings.Cut(declared, "-")
	if len(country) == 2 && isASCII(country) {
		return strings.ToUpper(country)
	}
	var sample strings.Builder
	for _, run := range docs[0].text {
		if sample.Len() > 8<<10 {
			break
		}
		sample.WriteString(run.text)
		sample.WriteByte(' ')
	}
	if seen := detectLanguage(sample.String(), lang); seen != "" {
		lang = seen
	}
	return phoneRegions()[lang]
}

// phoneDomains are country domains that sell little outside their country.
var phoneDomains = []string{"kr", "jp", "th", "vn", "id", "br", "tr", "de", "fr", "it", "es", "nl", "pl", "ru", "uk", "in", "ph", "mx", "cl", "ar", "ca", "au", "ch", "at", "be", "se", "no", "dk", "fi", "pt", "my", "sg", "hk", "tw", "cn"}

func phoneRegions() map[string]string {
	return map[string]string{
		"ko": "KR", "zh": "CN", "id": "ID", "th": "TH", "vi": "VN", "ja": "JP", "tr": "TR", "de": "DE", "it": "IT",
		"fil": "PH", "km": "KH", "hi": "IN", "nl": "NL", "pl": "PL", "ru": "RU",
	}
}
