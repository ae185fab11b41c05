package fingerprint

import "testing"

func TestDetectLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ want, declared, text string }{
		{"ko", "en", "회원가입 로그인 고객센터 Evolution Pragmatic Play 충전 환전"},
		{"zh", "", "首页 体育赛事 真人视讯 LIVE CASINO"},
		{"ja", "", "新規登録で入金不要ボーナスをプレゼント"},
		{"th", "", "สมัครสมาชิก ฝากถอนออโต้ PG SLOT"},
		{"km", "", "កាស៊ីណូអនឡាញ ចុះឈ្មោះ"},
		{"hi", "", "अभी खेलें और बोनस पाएं"},
		{"id", "en", "Situs yang paling lengkap dengan layanan dari kami untuk anda di hari ini"},
		{"vi", "", "Chào mừng bạn đến với các trò chơi của chúng tôi được yêu thích nhất"},
		{"pt", "", "Você não precisa de mais nada para jogar com a gente, é só se cadastrar e sacar quando quiser"},
		{"es", "", "Los mejores juegos con una oferta para los nuevos jugadores en el sitio"},
		{"en", "de", "The best games for you and your friends are on this site with all of the fun"},
		{"de", "", "Die besten Spiele für dich und deine Freunde sind auf dieser Seite mit viel Spaß"},
		{"tr", "", "Bu site ile daha çok kazanmak için üye olun ve hemen bir bonus alın"},
		{"ru", "", "Лучшие игры для вас и ваших друзей на этом сайте с бонусами"},
		{"it", "", "I migliori giochi per te e per i tuoi amici sono su questo sito con il bonus della settimana"},
		{"fil", "", "Ang mga laro sa site na ito ay para sa lahat ng manlalaro at hindi lang para sa iyong pamilya"},
		{"", "", "88"},
		{"", "", ""},
		{"en", "en", "Login Wallet Lobby Games Support Account"},
	} {
		if got := detectLanguage(c.text, c.declared); got != c.want {
			t.Errorf("%q declared %q: got %q, want %q", c.text, c.declared, got, c.want)
		}
	}
}

func FuzzDetectLanguage(f *testing.F) {
	f.Add("ฝาก 로그인 登録 slot", "th-TH")
	f.Add("\xff\xfe", "\x00")
	f.Fuzz(func(t *testing.T, text, declared string) {
		if got := detectLanguage(text, declared); len(got) > 8 {
			t.Fatalf("%q", got)
		}
	})
}
