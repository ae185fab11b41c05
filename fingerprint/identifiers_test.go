package fingerprint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
	"pitboss/data/reference"
)

// onePage is a capture of one page.
func onePage(host, body string) *data.Capture {
	return &data.Capture{Host: host, Outcome: data.OutcomeOK, FinalURL: "https://" + host + "/", Resources: []data.Resource{{
		URL: "https://" + host + "/", Role: data.RoleHome, Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body),
	}}}
}

// found lists the identifiers of a page as "kind value".
func found(c *data.Capture) []string {
	var out []string
	for _, f := range identify(c) {
		out = append(out, string(f.Kind)+" "+f.Value)
	}
	slices.Sort(out)
	return out
}

// TestIdentifierPatterns tries the sample of every pattern of the data file in
// a page, in a script and in JSON.
func TestIdentifierPatterns(t *testing.T) {
	t.Parallel()
	for _, p := range reference.IdentifierPatterns() {
		want := string(p.Kind) + " " + p.Want
		if p.Vendor != "" {
			want = string(p.Kind) + " " + p.Vendor + ":" + p.Want
		}
		c := onePage("site.kr", `<html><body><script>x = 1; `+p.Sample+`</script></body></html>`)
		if got := found(c); !slices.Contains(got, want) {
			t.Errorf("page with %q: got %q, want %q", p.Sample, got, want)
		}
		c = onePage("site.kr", "<html></html>")
		c.Resources = append(c.Resources, data.Resource{URL: "https://site.kr/a.json", Role: data.RoleData, Body: []byte(`{"a":1} ` + strings.ReplaceAll(p.Sample, "/", `\/`))})
		if got := found(c); !slices.Contains(got, want) {
			t.Errorf("data with %q: got %q, want %q", p.Sample, got, want)
		}
	}
}

func TestIdentifiersOfPages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, host, body string
		want             []string
	}{
		{"korean contacts", "a.kr", `<html lang="ko"><body><p>고객센터 : 070-4123-5566</p><p>텔레그램 : @Winner_77</p><p>카카오톡 아이디 : winner77</p><p>온라인: 가입</p></body></html>`,
			[]string{"kakao winner77", "phone +827041235566", "telegram winner_77"}},
		{"labels split by markup", "a.com", `<html lang="zh"><body>客服QQ：<b>2893746510</b> 微信：<span>bocai_vip8</span></body></html>`,
			[]string{"qq 2893746510", "wechat bocai_vip8"}},
		{"thai line", "a.co", `<html lang="th"><body><p>ไลน์ไอดี : @win99</p></body></html>`, []string{"line win99"}},
		{"korean bank", "a.kr", `<html lang="ko"><body><p>입금계좌: 카카오뱅크 3333-01-2345671 예금주 홍길동</p></body></html>`, []string{"bank-account 카카오뱅크:3333012345671"}},
		{"indonesian bank", "a.id", `<html lang="id"><body><p>BCA 5220 3045 67 a/n Budi Santoso</p></body></html>`, []string{"bank-account bca:5220304567"}},
		{"vietnamese bank", "a.vn", `<html lang="vi"><body><p>Ngân hàng Vietcombank STK: 1012345679 Chủ tài khoản NGUYEN VAN A</p></body></html>`, []string{"bank-account vietcombank:1012345679"}},
		{"thai bank", "a.in.th", `<html lang="th"><body><p>ธนาคาร กสิกรไทย เลขบัญชี 012-3-45679-8 ชื่อบัญชี สมชาย</p></body></html>`, []string{"bank-account กสิกรไทย:0123456798"}},
		{"pix by label", "a.com.br", `<html lang="pt"><body><p>Chave PIX: 529.982.247-25</p></body></html>`, []string{"pix 52998224725"}},
		{"pix with a wrong check digit", "a.com.br", `<html lang="pt"><body><p>Chave PIX: 529.982.247-26</p></body></html>`, nil},
		{"links", "a.com", `<html lang="en"><body><a href="tel:+442079461234">call</a><a href="mailto:Support@Winner-club.net?subject=x">m</a>
			<a href="https://wa.me/628123456788">wa</a><a href="https://www.facebook.com/winnerclub/">f</a><a href="https://x.com/WinnerClub">x</a></body></html>`,
			[]string{"email support@winner-club.net", "phone +442079461234", "social-account facebook:winnerclub", "social-account twitter:winnerclub", "whatsapp 628123456788"}},
		{"agent codes", "a.com", `<html><body><a href="/register?ref=kim77x">join</a><a href="https://a.com/?agt=BOSS2">x</a><form><input name="join_code" value="vip8899"></form></body></html>`,
			[]string{"agent-code boss2", "agent-code kim77x", "agent-code vip8899"}},
		{"trivial agent codes", "a.com", `<html><body><a href="/register?ref=1111">join</a><a href="/?agt=test">x</a><form><input name="join_code" value="1234"></form><a href="/shop?ref=footer9">x</a></body></html>`, nil},
		{"affiliate", "a.com", `<html><body><a href="https://casino.example.net/?btag=a_1234b_5">go</a></body></html>`, []string{"affiliate casino.example.net:btag=a_1234b_5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, found(onePage(c.host, c.body))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoIdentifiers holds shapes that look like identifiers and are none.
func TestNoIdentifiers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"share buttons": `<a href="https://t.me/share/url?url=x">t</a><a href="https://wa.me/?text=hi">w</a><a href="https://www.facebook.com/sharer/sharer.php?u=x">f</a>
			<a href="https://twitter.com/intent/tweet?text=x">x</a><a href="https://line.me/R/msg/text/?x">l</a><a href="https://zalo.me/share">z</a><a href="whatsapp://send?text=x">w</a>`,
		"library comment":   `<script>/*! Bootstrap | (c) mark.otto@gmail.org and fat@getbootstrap.org | https://twitter.com/mdo */ var a=1</script>`,
		"retina picture":    `<p>logo@2x.png sprite@3x.jpg</p>`,
		"placeholder mail":  `<p>you@example.com name@domain.com user@winner-club.net xxxx@gmail.com</p>`,
		"reversed mail":     `<p>moc.liamg@rosretniw.rm</p>`,
		"years and prices":  `<p>Tel 2019-2021 1,234,567.89 2026.11.21 12:30 1234567890</p>`,
		"fictional numbers": `<p>Call us: +1 212 555 0123 or +44 7700 900123, phone: +1 234 567 8900</p>`,
		"helpline":          `<p>Problem gambling helpline: +1 800 522 4701</p><a href="tel:+18005224701">+1 800 522 4701</a>`,
		"blank to fill in":  `<a href="https://t.me/CHANNEL_NAME">x</a>`,
		"part of a name":    `<a href="https://about.me/somebody">x</a><script>var x = "FLAG-1234567890", y="XUA-1234567-1"</script>`,
		"wrong checksums":   `<p>1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb 0x52908400098527886E0F7030069857D2E4169Ee7 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr</p>`,
		"coin contracts":    `<p>TR7NHqjeKQGxTCi8q8ZY4pL8otSzgjLj6t 0xdAC17F958D2ee523a2206206994597C13D831ec7</p>`,
		"line of text":      `<p>Bottom line: treat it. Headline: Energie. Hotline: none. Nutzer online: Tesla4.</p>`,
		"bank in prose":     `<p>국민은행 2026-11-2101 우리 기업 1234567890</p>`,
		"template values":   `<script>gtag('config','G-XXXXXXXXXX');ga('create','UA-XXXXX-Y');ga('create','UA-12345678-1');</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := found(onePage("site.com", `<html lang="en"><body>`+body+`</body></html>`)); len(got) > 0 {
				t.Errorf("got %q, want nothing", got)
			}
		})
	}
}

// TestWallets uses the examples of BIP 173, BIP 350, EIP-55 and of the chains'
// own documentation.
func TestWallets(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2":                             "bitcoin:",
		"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy":                             "bitcoin:",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4":                     "bitcoin:",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bitcoin:",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed":                     "ethereum:",
		"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh":                             "xrp:",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5":                     "",
		"0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed":                     "",
		"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed":                     "",
		"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi":                             "",
	} {
		if want != "" {
			want += address
		}
		if got := walletOf(address); got != want {
			t.Errorf("walletOf(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestLuhnAndTaxNumbers(t *testing.T) {
	t.Parallel()
	if !luhn("4532015112830366") || luhn("4532015112830367") {
		t.Error("luhn")
	}
	if !taxNumber("52998224725", 9) || taxNumber("52998224735", 9) || taxNumber("11111111111", 9) {
		t.Error("CPF")
	}
	if !taxNumber("11222333000181", 12) || taxNumber("11222333000182", 12) {
		t.Error("CNPJ")
	}
}

// TestIdentifierContext: a find says where it was.
func TestIdentifierContext(t *testing.T) {
	t.Parallel()
	body := `<html><body><p>` + strings.Repeat("텍스트 ", 200) + `</p><a href="https://t.me/winner_cs">문의</a></body></html>`
	features := identify(onePage("a.kr", body))
	if len(features) != 1 {
		t.Fatalf("got %+v", features)
	}
	f := features[0]
	if f.Source != "https://a.kr/" || f.Offset != strings.Index(body, "t.me/") || !strings.Contains(f.Context, "t.me/winner_cs") || len(f.Context) > maxContext {
		t.Errorf("got %+v", f)
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, p := range reference.IdentifierPatterns() {
		f.Add(p.Sample)
	}
	f.Add("<a href='tel:+82 2 123 4567'>x</a><p>입금계좌 국민 123-45-678901 예금주</p>")
	f.Add("00020126580014br.gov.bcb.pix0136")
	f.Add("<input name=join_code value=abc9><p>zalo: 0901234567 line: @a12345")
	f.Fuzz(func(t *testing.T, body string) {
		c := onePage("fuzz.com.br", body)
		c.Resources = append(c.Resources, data.Resource{URL: "https://fuzz.com.br/a.js", Role: data.RoleScript, Body: []byte(body)})
		for _, x := range identify(c) {
			if x.Layer != data.LayerOperator || x.Value == "" || len(x.Value) > maxValue || len(x.Context) > maxContext {
				t.Fatalf("malformed: %+v", x)
			}
		}
	})
}
