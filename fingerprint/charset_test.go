package fingerprint

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// texts are sentences in the languages that matter, invented for this test.
var texts = map[string]string{
	"ko": "안녕하세요. 저희 사이트에 오신 것을 환영합니다. 회원가입 후 로그인하시면 공지사항과 이벤트를 확인하실 수 있습니다. 고객센터는 매일 운영합니다.",
	"zh": "欢迎来到本网站，请先注册会员再登录。我们每天提供新的优惠活动，客服在线为您解答问题。存款和提款都非常快捷，安全可靠。",
	"tw": "歡迎來到本網站，請先註冊會員再登入。我們每天提供新的優惠活動，客服在線為您解答問題。存款和提款都非常快捷，安全可靠。",
	"ja": "ようこそ当サイトへ。会員登録をしてからログインしてください。毎日新しいキャンペーンをご用意しています。お問い合わせはこちらまで。",
	"th": "ยินดีต้อนรับสู่เว็บไซต์ของเรา กรุณาสมัครสมาชิกก่อนเข้าสู่ระบบ เรามีโปรโมชั่นใหม่ทุกวัน ติดต่อฝ่ายบริการลูกค้าได้ตลอดเวลา",
	"ru": "Добро пожаловать на наш сайт. Пожалуйста, зарегистрируйтесь перед входом. Каждый день мы предлагаем новые акции и бонусы.",
	"fr": "Bienvenue à tous les invités. Déposez dès aujourd'hui et recevez un crédit supplémentaire, c'est très généreux et sûr.",
	"vi": "Chào mừng bạn đến với trang web của chúng tôi.",
}

func encodeAs(t *testing.T, name, text string) []byte {
	t.Helper()
	enc, _ := charset.Lookup(name)
	out, err := enc.NewEncoder().String(text)
	if err != nil {
		t.Fatalf("encode as %s: %v", name, err)
	}
	return []byte(out)
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, lang, real, header, meta string }{
		{"declared in header", "ko", "euc-kr", "text/html; charset=euc-kr", ""},
		{"declared in meta", "ko", "euc-kr", "text/html", "euc-kr"},
		{"Korean undeclared", "ko", "euc-kr", "text/html", ""},
		{"Korean declared as UTF-8", "ko", "euc-kr", "text/html; charset=utf-8", ""},
		{"Korean declared as Latin", "ko", "euc-kr", "text/html; charset=iso-8859-1", ""},
		{"UTF-8 declared as Korean", "ko", "utf-8", "text/html; charset=euc-kr", "euc-kr"},
		{"UTF-8 undeclared", "vi", "utf-8", "", ""},
		{"Chinese undeclared", "zh", "gb18030", "text/html", ""},
		{"Chinese declared gb2312", "zh", "gb18030", "text/html; charset=gb2312", ""},
		{"Chinese declared as Korean", "zh", "gb18030", "text/html", "euc-kr"},
		{"Taiwan undeclared", "tw", "big5", "text/html", ""},
		{"Taiwan declared as UTF-8", "tw", "big5", "text/html", "utf-8"},
		{"Japanese undeclared Shift_JIS", "ja", "shift_jis", "text/html", ""},
		{"Japanese undeclared EUC", "ja", "euc-jp", "text/html", ""},
		{"Japanese ISO-2022", "ja", "iso-2022-jp", "text/html; charset=iso-2022-jp", ""},
		{"Thai undeclared", "th", "windows-874", "text/html", ""},
		{"Thai declared TIS-620", "th", "windows-874", "text/html; charset=tis-620", ""},
		{"Thai declared as UTF-8", "th", "windows-874", "text/html; charset=utf-8", ""},
		{"Russian undeclared", "ru", "windows-1251", "text/html", ""},
		{"Russian declared KOI8-R", "ru", "koi8-r", "text/html; charset=koi8-r", ""},
		{"French undeclared", "fr", "windows-1252", "text/html", ""},
		{"French declared Latin-9", "fr", "iso-8859-15", "text/html; charset=iso-8859-15", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			head := "<html><head>"
			if tt.meta != "" {
				head += `<meta charset="` + tt.meta + `">`
			}
			want := head + "</head><body><p class=x>" + texts[tt.lang] + "</p>"
			got, name := decodeText(encodeAs(t, tt.real, want), tt.header)
			if string(got) != want {
				t.Errorf("read as %s:\n got %s\nwant %s", name, got, want)
			}
		})
	}
}

func TestDecodeTextBroken(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(texts["ko"], 3)
	for name, in := range map[string]string{
		"cut within a character": long[:len(long)-2],
		"one broken byte":        long + "\xff" + long,
		"byte order mark":        "\xef\xbb\xbf" + long,
		"only rubbish":           strings.Repeat("\xff\x80\x81\xfe", 100),
		"UTF-16 by its mark":     "\xff\xfe<\x00p\x00>\x00",
		"zero bytes":             strings.Repeat("\x00", 100),
		"empty":                  "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := decodeText([]byte(in), "text/html")
			if !utf8.Valid(got) {
				t.Errorf("not valid UTF-8: %q", got)
			}
			if strings.Contains(in, "안녕") && !strings.Contains(string(got), "안녕하세요") {
				t.Errorf("text was lost: %.80q", got)
			}
			if strings.HasPrefix(string(got), "\ufeff") {
				t.Error("the byte order mark is still there")
			}
		})
	}
}
