package fingerprint

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/publicsuffix"

	"pitboss/data"
	"pitboss/data/reference"
)

// maxTextFinds bounds how often one expression is tried on one page.
const maxTextFinds = 2_000

// label is a word behind which an identifier follows in plain text.
type label struct {
	kind  data.Kind
	hints []string // one must occur, in lower case, for the expression to be tried
	expr  *regexp.Regexp
}

// labels finds identifiers that people write out: "텔레그램 : winner77". The
// expressions are read against the visible text of a page, in one line.
var labels = []label{
	{data.KindTelegram, []string{"텔레그램", "telegram", "纸飞机", "飞机", "เทเลแกรม", "텔레"},
		regexp.MustCompile(`(?i)(?:텔레그램|텔레|telegram|tele|纸飞机|飞机(?:号)?|เทเลแกรม)\s*(?:id|아이디|문의|상담|号|ID)?\s*(?:[:：]\s*@?|@)\s*([A-Za-z]\w{4,31})`)},
	{data.KindKakao, []string{"카카오톡", "카톡", "kakao", "오픈톡"},
		regexp.MustCompile(`(?i)(?:카카오톡|카톡|kakaotalk|kakao|카카오)\s*(?:id|아이디|문의|상담|친구추가)?\s*[:：]\s*([A-Za-z][A-Za-z0-9._-]{3,19})`)},
	{data.KindLine, []string{"line", "ไลน์", "라인"},
		regexp.MustCompile(`(?i)(?:(?:^|[^\pL\pN])(?:line|id\s*line)|ไลน์(?:ไอดี)?|(?:^|[^온])라인)\s*(?:id|ไอดี|아이디)?\s*([:：]\s*@?|@)\s*([A-Za-z0-9][A-Za-z0-9._-]{3,19})`)},
	{data.KindWeChat, []string{"微信", "wechat", "위챗", "weixin"},
		regexp.MustCompile(`(?i)(?:微信号?|wechat\s*(?:id)?|위챗|weixin)\s*[:：]\s*([A-Za-z][A-Za-z0-9_-]{5,19})`)},
	{data.KindQQ, []string{"qq"},
		regexp.MustCompile(`(?i)(?:客服|在线|联系|官方)?qq(?:号|客服)?\s*[:：]\s*(\d{5,11})(?:\D|$)`)},
	{data.KindSkype, []string{"skype", "스카이프"},
		regexp.MustCompile(`(?i)(?:skype|스카이프)\s*(?:id)?\s*[:：]\s*((?:live:)?[A-Za-z.][\w.,-]{5,31})`)},
	{data.KindZalo, []string{"zalo"},
		regexp.MustCompile(`(?i)zalo\s*(?:id|cskh)?\s*[:：]\s*(0\d{9})(?:\D|$)`)},
}

var (
	mailExpr    = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,18}`)
	quotedMail  = regexp.MustCompile(`(?:["'](?:mailto:)?)([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,18})["'?]`)
	abroadExpr  = regexp.MustCompile(`(?:^|[^\w+.,/=-])(\+[1-9][\d\s().\x{00a0}-]{7,19}\d)(?:[^\w-]|$)`)
	labelPhone  = regexp.MustCompile(`(?i)(?:tel|phone|telephone|hotline|call us|mobile|whatsapp|wa|전화|고객센터|대표번호|연락처|电话|電話|客服热线|热线|โทร|เบอร์โทร|điện thoại|telepon|telefone|telefon|téléphone|telefono|teléfono|тел|телефон|fon)\.?\s*(?:번호|no\.?|number)?\s*[:：.]?\s*(\+?\(?\d[\d\s().\x{00a0}/-]{6,19}\d)(?:[^\w-]|$)`)
	phoneRanges = regexp.MustCompile(`^(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d$`)
)

// texts looks at the visible text of a page. Expressions are tried only where
// a cheap search says they may match, which keeps this linear and fast.
func (f *finder) texts(d *document) {
	text := pageText(d)
	low := strings.ToLower(text)
	if len(low) != len(text) { // letters whose lower case is longer or shorter: places would not agree
		low = asciiLower(text)
	}
	seen := present(textHints(), low)
	for _, l := range labels {
		for i, hint := range l.hints {
			if seen[i] {
				f.behind(l, hint, text, low)
			}
		}
		seen = seen[len(l.hints):]
	}
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			break
		}
		i += at
		from := max(0, i-64)
		for _, m := range mailExpr.FindAllStringIndex(text[from:min(len(text), i+110)], -1) {
			if from+m[0] < i && i < from+m[1] {
				f.mail(text[from+m[0]:from+m[1]], aroundText(text, from+m[0], from+m[1]), 0)
			}
		}
		at = i + 1
	}
	f.numbers(text)
	f.banks(text, low, seen)
	f.pix(text, low)
}

// textHints finds the hints of the labels, then those of the banks.
var textHints = sync.OnceValue(func() *needles {
	var hints []string
	for _, l := range labels {
		hints = append(hints, l.hints...)
	}
	for _, p := range bankPatterns {
		hints = append(hints, p.hints...)
	}
	return newNeedles(hints)
})

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// behind tries a label's expression around each place where its hint stands.
func (f *finder) behind(l label, hint, text, low string) {
	for at, n := 0, 0; n < maxTextFinds; n++ {
		i := strings.Index(low[at:], hint)
		if i < 0 {
			return
		}
		i += at
		at = i + len(hint)
		from := max(0, i-16)
		for from < i && !utf8.RuneStart(text[from]) {
			from++
		}
		window := text[from:min(len(text), i+len(hint)+80)]
		if m := l.expr.FindStringSubmatchIndex(window); m != nil {
			f.labelled(l.kind, window, m)
		}
	}
}

// numbers looks for telephone numbers: runs of digits and what stands between
// them, behind a label or with a country code.
func (f *finder) numbers(text string) {
	for i, n := 0, 0; i < len(text) && n < maxTextFinds; i++ {
		if c := text[i]; c != '+' && c != '(' && (c < '0' || c > '9') {
			continue
		}
		end, digits := i, 0
		for end < len(text) && end-i < 32 && strings.IndexByte("0123456789+() ./-\n", text[end]) >= 0 {
			if text[end] >= '0' && text[end] <= '9' {
				digits++
			}
			end++
		}
		if digits >= 7 {
			n++
			from := max(0, i-40)
			for from < i && !utf8.RuneStart(text[from]) {
				from++
			}
			f.number(text, from, i, min(len(text), end+2))
		}
		i = max(i, end-1)
	}
}

// number tries the expressions on the run of digits at the given place, and on
// what stands before it.
func (f *finder) number(text string, from, at, to int) {
	window := text[from:to]
	for _, e := range []*regexp.Regexp{abroadExpr, labelPhone} {
		for _, m := range e.FindAllStringSubmatchIndex(window, -1) {
			if from+m[3] > at {
				f.phone(window[m[2]:m[3]], false, aroundText(text, from+m[2], from+m[3]), 0)
			}
		}
	}
}

// pageText joins the visible text of a page into one line a block.
func pageText(d *document) string {
	var b strings.Builder
	for _, run := range d.text {
		if run.hidden || b.Len() > maxIdentified {
			continue
		}
		b.WriteString(run.text)
		switch run.tag {
		case "b", "strong", "span", "em", "i", "a", "font", "u", "small", "label":
			b.WriteByte(' ')
		default:
			b.WriteString(" \n")
		}
	}
	return b.String()
}

// labelled notes a handle written behind its label.
func (f *finder) labelled(kind data.Kind, text string, m []int) {
	id := strings.ToLower(strings.TrimRight(text[m[len(m)-2]:m[len(m)-1]], ".-_"))
	if kind == data.KindLine && (digitsOf(id) == strings.ReplaceAll(id, "-", "") || !strings.Contains(text[m[0]:m[len(m)-2]], "@") && !strings.ContainsAny(id, "0123456789._")) {
		return // "Bottom line: treat", or a telephone line
	}
	if isCommonWord(id) || isTrivialNumber(id) || strings.HasPrefix(id, "http") || len(id) < 4 {
		return
	}
	f.add(kind, id, aroundText(text, m[0], m[1]), 0)
}

// isCommonWord reports words that follow a label without being a handle.
func isCommonWord(s string) bool {
	switch s {
	case "channel", "group", "join", "support", "contact", "official", "chat", "here", "click", "available", "online", "telegram", "whatsapp", "line", "kakao", "wechat",
		"email", "mail", "phone", "live", "https", "link", "username", "https//", "facebook", "instagram", "twitter", "viber", "skype", "zalo", "this", "with", "your", "download", "install", "messenger", "follow", "free", "about", "news":
		return true
	}
	return false
}

// mail notes an address unless it is a placeholder, a file name or a
// vendor's.
func (f *finder) mail(address, context string, offset int) {
	address = strings.ToLower(strings.Trim(strings.TrimSpace(address), "."))
	local, host, ok := strings.Cut(address, "@")
	if !ok || !mailExpr.MatchString(address) || reference.IsExampleMailHost(host) || len(local) < 2 && len(host) < 6 {
		return
	}
	switch tld := host[strings.LastIndexByte(host, '.')+1:]; tld {
	case "png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js", "json", "html", "htm", "php", "mp4", "woff", "avif", "ico", "map", "pdf", "scss", "ts", "vue", "min":
		return
	}
	if _, icann := publicsuffix.PublicSuffix(host); !icann || isPlaceholderName(local) {
		return
	}
	if len(local) >= 24 && isHex(local) { // a tracker's key before its host
		return
	}
	f.add(data.KindEmail, address, context, offset)
}

// isPlaceholderName reports local parts that stand for any name.
func isPlaceholderName(local string) bool {
	switch local {
	case "user", "username", "name", "yourname", "your.name", "your-name", "your", "you", "email", "your-email", "youremail", "example", "johndoe", "john.doe", "janedoe", "jane.doe", "someone", "firstname.lastname", "first.last", "test", "nome", "nombre", "nama", "correo", "seuemail", "exemplo", "ejemplo", "mustermann", "max.mustermann":
		return true
	}
	return strings.Trim(local, "x") == ""
}

// quotedMails looks for addresses in scripts and data: only those that are a
// whole literal, since comments name the authors of libraries.
func (f *finder) quotedMails(body []byte) {
	if bytes.IndexByte(body, '@') < 0 {
		return
	}
	for at := 0; at < len(body); {
		i := bytes.IndexByte(body[at:], '@')
		if i < 0 {
			return
		}
		i += at
		from, to := max(0, i-80), min(len(body), i+120)
		for _, m := range quotedMail.FindAllSubmatchIndex(body[from:to], -1) {
			if from+m[2] < i && i < from+m[3] {
				f.mail(string(body[from+m[2]:from+m[3]]), around(body, from+m[2], from+m[3]), from+m[2])
			}
		}
		at = i + 1
	}
}

// phone notes a number in E.164 when it is valid for its country. Numbers
// without a country code need a sure sign that they are numbers to call.
func (f *finder) phone(raw string, link bool, context string, offset int) {
	raw = strings.TrimSpace(raw)
	digits := 0
	for _, r := range raw {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if digits < 7 || digits > 15 || phoneRanges.MatchString(raw) || len(raw) > 40 {
		return
	}
	if _, err := netip.ParseAddr(raw); err == nil {
		return
	}
	if f.region == "" && !strings.HasPrefix(raw, "+") {
		if !link || !strings.HasPrefix(raw, "00") {
			return
		}
		raw = "+" + raw[2:]
	}
	n, err := phonenumbers.Parse(raw, f.region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	national := strings.TrimPrefix(e164, "+")
	if isTrivialNumber(national[len(national)-7:]) || strings.Contains(national, "12345678") || isFictional(e164) {
		return
	}
	if isHelp(context) {
		f.helplines[e164] = true
	}
	if f.helplines[e164] {
		return
	}
	f.add(data.KindPhone, e164, context, offset)
}

// isHelp reports whether a number stands beside words about help for
// gamblers: every honest operator of a country shows the same ones.
func isHelp(context string) bool {
	return containsAny(strings.ToLower(context), "helpline", "problem gambling", "gambling help", "gamblers", "gamcare", "gamble", "addiction", "spielsucht", "bzga", "도박문제", "도박 문제", "중독",
		"依存症", "戒赌", "戒賭", "ludopat", "numero verde", "jugadores", "jogadores", "joueurs info", "gokverslaving", "kumar", "игроман", "สายด่วน", "cờ bạc", "responsible gambling")
}

// isFictional reports numbers that are kept for films and documentation:
// 555-01xx of North America and Ofcom's drama ranges.
func isFictional(e164 string) bool {
	if strings.HasPrefix(e164, "+1") && len(e164) == 12 && e164[5:8] == "555" {
		return true
	}
	return strings.HasPrefix(e164, "+447700900") || strings.HasPrefix(e164, "+442079460")
}
