package fingerprint

import (
	"regexp"
	"strings"

	"pitboss/data"
)

// bankPattern finds accounts of one country's banks: the name of a bank, an
// account number, and a word that says whose account it is, all close by.
type bankPattern struct {
	country string
	hints   []string // one must occur in the text, in lower case
	banks   *regexp.Regexp
	number  *regexp.Regexp // group 1 is the number
	min     int            // digits
	max     int
}

var bankPatterns = []bankPattern{
	{"KR", []string{"예금주", "입금계좌", "계좌번호", "입금 계좌"},
		regexp.MustCompile(`(국민|농협|신한|우리|하나|기업|카카오뱅크|토스뱅크|케이뱅크|새마을금고|우체국|수협|부산|대구|광주|전북|경남|SC제일|씨티|신협|산업|KB|NH|IBK)(?:은행)?`),
		regexp.MustCompile(`(\d{2,6}-\d{2,6}-\d{2,7}(?:-\d{1,3})?|\d{10,14})`), 10, 14},
	{"CN", []string{"账号", "帳號", "卡号", "开户行", "户名", "收款人"},
		regexp.MustCompile(`(中国银行|工商银行|建设银行|农业银行|交通银行|招商银行|邮政储蓄|民生银行|平安银行|兴业银行|中信银行|光大银行|浦发银行|广发银行|华夏银行)`),
		regexp.MustCompile(`(\d{4}[ ]?\d{4}[ ]?\d{4}[ ]?\d{4}(?:[ ]?\d{1,3})?)`), 16, 19},
	{"VN", []string{"stk", "số tài khoản", "chủ tài khoản", "chủ tk", "ctk"},
		regexp.MustCompile(`(?i)(vietcombank|techcombank|mb ?bank|bidv|vietinbank|agribank|acb|sacombank|vpbank|tpbank|vib|shb|hdbank|ocb|msb|eximbank|seabank)`),
		regexp.MustCompile(`(\d{8,15})`), 8, 15},
	{"TH", []string{"เลขบัญชี", "ชื่อบัญชี", "เลขที่บัญชี", "บัญชีธนาคาร"},
		regexp.MustCompile(`(กสิกร(?:ไทย)?|ไทยพาณิชย์|กรุงเทพ|กรุงไทย|กรุงศรี(?:อยุธยา)?|ทหารไทย|ทีทีบี|ออมสิน|ธนชาต|ธกส|ยูโอบี)`),
		regexp.MustCompile(`(\d{3}-?\d-?\d{5}-?\d|\d{10,12})`), 10, 12},
	{"ID", []string{"a/n", "atas nama", "rekening", "no rek", "norek", "a.n"},
		regexp.MustCompile(`(?i)\b(bca|bni|bri|mandiri|cimb|danamon|permata|bsi|panin|ocbc|btn|maybank|jago|seabank)\b`),
		regexp.MustCompile(`(\d{3,4}[- ]?\d{3,4}[- ]?\d{2,4}(?:[- ]?\d{1,4})?|\d{10,16})`), 10, 16},
}

// banks notes bank accounts. The holder's word must stand within the same
// hundred characters as bank and number: precision comes first.
// Of each hint, seen tells whether it occurs at all.
func (f *finder) banks(text, low string, seen []bool) {
	for _, p := range bankPatterns {
		for n, hint := range p.hints {
			for at := 0; seen[n]; {
				i := strings.Index(low[at:], hint)
				if i < 0 || len(low) != len(text) {
					break
				}
				i += at
				f.bank(p, text, max(0, i-150), min(len(text), i+len(hint)+150))
				at = i + len(hint)
			}
		}
		seen = seen[len(p.hints):]
	}
}

// bank reads one neighbourhood: the number nearest behind a bank's name.
func (f *finder) bank(p bankPattern, text string, from, to int) {
	near := strings.ToValidUTF8(text[from:to], "")
	for _, b := range p.banks.FindAllStringSubmatchIndex(near, 8) {
		rest := near[b[1]:min(len(near), b[1]+80)]
		m := p.number.FindStringSubmatchIndex(rest)
		if m == nil || strings.ContainsAny(rest[:m[0]], "0123456789") {
			continue
		}
		number := digitsOf(rest[m[2]:m[3]])
		if len(number) < p.min || len(number) > p.max || isTrivialNumber(number) || m[1] < len(rest) && rest[m[1]] >= '0' && rest[m[1]] <= '9' {
			continue
		}
		if p.country == "CN" && !luhn(number) {
			continue
		}
		f.add(data.KindBank, strings.ToLower(near[b[2]:b[3]])+":"+number, near[b[0]:min(len(near), b[0]+110)], 0)
	}
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// luhn checks the check digit of payment cards (ISO/IEC 7812-1).
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

var (
	pixLabel = regexp.MustCompile(`(?i)chave\s*(?:do\s*)?pix\s*(?:\([^)]{0,20}\)|cpf|cnpj|e-?mail|telefone|celular|aleat[óo]ria)?\s*[:：]\s*([A-Za-z0-9+][A-Za-z0-9@._+/()-]{9,76})`)
	uuidExpr = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	pixCode  = regexp.MustCompile(`00020[01][0-9A-Za-z@. $%*+/:_-]{0,40}?(?i:br\.gov\.bcb\.pix)01(\d\d)([^\s"'<>]{8,80})`)
)

// pix notes PIX keys: written behind their label, or inside a copied payment
// code (EMV QR code, merchant account 26, sub-field 01; Banco Central do
// Brasil, "Manual de Padrões para Iniciação do Pix").
func (f *finder) pix(text, low string) {
	if !strings.Contains(low, "pix") {
		return
	}
	for _, m := range pixLabel.FindAllStringSubmatch(text, 100) {
		if key := pixKey(m[1]); key != "" {
			f.add(data.KindPIX, key, m[0], 0)
		}
	}
	for _, m := range pixCode.FindAllStringSubmatch(text, 100) {
		if n := int(m[1][0]-'0')*10 + int(m[1][1]-'0'); n <= len(m[2]) {
			if key := pixKey(m[2][:n]); key != "" {
				f.add(data.KindPIX, key, m[0], 0)
			}
		}
	}
}

// pixKey returns the canonical form of a valid PIX key, or "".
func pixKey(s string) string {
	s = strings.ToLower(strings.Trim(s, ".,;"))
	switch digits := digitsOf(s); {
	case uuidExpr.MatchString(s):
		return s
	case strings.Contains(s, "@"):
		if mailExpr.FindString(s) == s {
			return s
		}
	case strings.HasPrefix(s, "+55") && len(digits) >= 12 && len(digits) <= 13:
		return "+" + digits
	case len(digits) == 11 && taxNumber(digits, 9):
		return digits
	case len(digits) == 14 && taxNumber(digits, 12):
		return digits
	}
	return ""
}

// taxNumber checks the two check digits of a CPF (9 digits before them) or a
// CNPJ (12 digits).
func taxNumber(s string, body int) bool {
	if isTrivialNumber(s) {
		return false
	}
	for n := body; n < body+2; n++ {
		sum := 0
		for i := range n {
			weight := n + 1 - i
			if body == 12 {
				weight = (n-i-1)%8 + 2
			}
			sum += int(s[i]-'0') * weight
		}
		check := 11 - sum%11
		if check > 9 {
			check = 0
		}
		if int(s[n]-'0') != check {
			return false
		}
	}
	return true
}
