package fingerprint

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

const (
	charsetSample = 32 << 10 // bytes that a charset is judged by
	declaredBonus = 0.35     // what a declaration is worth, per byte outside ASCII
)

// guessed are the charsets that are tried beside the declared one, in the
// order in which equal scores win.
var guessed = [...]string{"euc-kr", "gb18030", "big5", "shift_jis", "euc-jp", "windows-874", "windows-1251", "windows-1252"}

// decodeText turns a body into valid UTF-8 and names the charset it was read
// as. Declarations (byte order mark, header, meta) are wrong often enough on
// the sites we look at that they count only as one hint: text that is valid
// UTF-8 is UTF-8, and other text is what makes most sense of its bytes.
func decodeText(body []byte, contentType string) (text []byte, name string) {
	declared, name, certain := charset.DetermineEncoding(body, contentType)
	if strings.HasPrefix(name, "utf-16") || name == "iso-2022-jp" {
		return decodeWithCharset(body, declared), name
	}
	if isUTF8(body) {
		return validUTF8(body), "utf-8"
	}
	sample := sampleOf(body)
	best, bestName, bestScore := declared, name, -100.0
	if certain && name != "utf-8" && name != "replacement" {
		bestScore = scoreCharset(sample, declared, name) + declaredBonus
	}
	for _, g := range guessed {
		enc, _ := charset.Lookup(g)
		if s := scoreCharset(sample, enc, g); s > bestScore {
			best, bestName, bestScore = enc, g, s
		}
	}
	return decodeWithCharset(body, best), bestName
}

func decodeWithCharset(body []byte, enc encoding.Encoding) []byte {
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		out = body
	}
	return validUTF8(out)
}

// validUTF8 takes off a byte order mark and replaces what is no character.
func validUTF8(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}

// isUTF8 reports whether a body is UTF-8, a cut last character and one broken
// character in fifty aside.
func isUTF8(body []byte) bool {
	if utf8.Valid(body) {
		return true
	}
	good, bad := 0, 0
	for b := body; len(b) > 0; {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || n > 1:
			good++
		case !utf8.FullRune(b) && len(b) < utf8.UTFMax:
		default:
			bad++
		}
		b = b[n:]
	}
	return bad*50 <= good
}

// sampleOf returns the part of a body from where it leaves ASCII on, most of
// the ASCII taken out, since markup says nothing of the charset.
func sampleOf(body []byte) []byte {
	var out []byte
	ascii := 0
	for _, c := range body {
		if c < utf8.RuneSelf {
			ascii++
			if ascii > 2 {
				continue // two bytes of ASCII part what must be apart
			}
		} else {
			ascii = 0
		}
		if out = append(out, c); len(out) == charsetSample {
			break
		}
	}
	return out
}

// scoreCharset says how much sense a sample makes in a charset, per byte
// outside ASCII: about 1 for text of the language the charset is made for,
// negative for rubbish.
func scoreCharset(sample []byte, enc encoding.Encoding, name string) float64 {
	text, err := enc.NewDecoder().Bytes(sample)
	if err != nil {
		return -100
	}
	high := 0
	for _, c := range sample {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	if high == 0 {
		return 0
	}
	sum := 0.0
	if name == "euc-kr" {
		sum = -5 * float64(rarePairs(sample))
	}
	before := ' '
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		if r >= utf8.RuneSelf {
			next, _ := utf8.DecodeRune(text)
			sum += scoreRune(name, before, r, next)
		}
		before = r
	}
	return sum / float64(high)
}

// rarePairs counts the byte pairs outside of KS X 1001: syllables that Korean
// text hardly ever holds, but that other charsets' bytes are read as.
func rarePairs(sample []byte) int {
	n := 0
	for i := 0; i+1 < len(sample); i++ {
		if sample[i] <= 0x80 {
			continue
		}
		i++
		if sample[i-1] < 0xa1 || sample[i] < 0xa1 {
			n++
		}
	}
	return n
}

// scoreRune scores one character with its neighbours. Characters of the
// double-byte charsets stand for two bytes and score twice.
func scoreRune(name string, before, r, next rune) float64 {
	switch {
	case r == utf8.RuneError:
		return -6
	case unicode.In(r, unicode.Co, unicode.Cc):
		return -3
	}
	switch name {
	case "euc-kr":
		return scoreScript(r, unicode.Hangul, 2, -1.5)
	case "gb18030", "gbk":
		return scoreHan(r, commonSimplified)
	case "big5":
		return scoreHan(r, commonTraditional)
	case "shift_jis", "euc-jp":
		if r >= 0xff61 && r <= 0xff9f {
			return -1 // half-width katakana: what other text looks like
		}
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			return 2
		}
		return scoreScript(r, unicode.Han, 0.9, -0.5)
	case "windows-874":
		return scoreThai(before, r, next)
	}
	return scoreAlphabet(before, r, next)
}

func scoreScript(r rune, script *unicode.RangeTable, is, not float64) float64 {
	switch {
	case unicode.Is(script, r):
		return is
	case unicode.IsPunct(r) || unicode.IsSymbol(r):
		return 0.5
	}
	return not
}

func scoreHan(r rune, common string) float64 {
	if strings.ContainsRune(common, r) {
		return 3
	}
	if r >= 0x3400 && !unicode.Is(unicode.Han, r) && !unicode.IsPunct(r) && !unicode.IsSymbol(r) && (r < 0xff00 || r > 0xffef) {
		return -1
	}
	return scoreScript(r, unicode.Han, 0.6, -0.5)
}

// scoreThai knows that marks follow a consonant and that leading vowels stand
// before one.
func scoreThai(before, r, next rune) float64 {
	consonant := func(r rune) bool { return r >= 0x0e01 && r <= 0x0e2e }
	mark := func(r rune) bool { return r == 0x0e31 || r >= 0x0e34 && r <= 0x0e3a || r >= 0x0e47 && r <= 0x0e4e }
	switch {
	case mark(r):
		if consonant(before) || mark(before) {
			return 1
		}
		return -2
	case r >= 0x0e40 && r <= 0x0e44:
		if consonant(next) {
			return 1
		}
		return -2
	case consonant(r):
		return 0.9
	case unicode.Is(unicode.Thai, r):
		return 0.6
	}
	return -0.5
}

// scoreAlphabet scores single-byte alphabets: capitals begin words, and the
// accented letters of Latin stand alone among ASCII ones.
func scoreAlphabet(before, r, next rune) float64 {
	if !unicode.IsLetter(r) {
		if unicode.IsPunct(r) || unicode.IsSpace(r) {
			return 0.2
		}
		return -0.6
	}
	score := 0.8
	if unicode.IsUpper(r) && unicode.IsLower(before) || unicode.IsLower(r) && unicode.IsUpper(before) && unicode.IsUpper(next) {
		score = -1.2
	}
	latin := unicode.Is(unicode.Latin, r)
	if latin && (before >= utf8.RuneSelf || next >= utf8.RuneSelf) {
		score = -0.6
	}
	if !latin && before < utf8.RuneSelf && unicode.IsLetter(before) {
		score = -0.6 // two alphabets in one word
	}
	return score
}

// The most frequent characters of Chinese text (public frequency lists), those
// of shopping, finance and gambling sites included.
const (
	commonSimplified  = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏投注彩票娱乐博存款提现赢球赛登录注册客服优惠"
	commonTraditional = "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼體別處總才場師書比住員九笑性通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或司利受光王果親界及今京務制解各任至清物台象記邊共風戰干接它許八特覺望直服毛林題建南度統色字請交愛讓認算論百吃義科怎元社術結六功指思非流每青管夫連遠資隊跟帶花快條院變聯言權往展該領傳近留紅治決周保達辦運投注彩票娛樂博存款提現贏球賽登錄註冊客服優惠"
)
