package fingerprint

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pitboss/data"
)

// judge assesses one page.
func judge(c *data.Capture) data.Assessment { return assess(c, pagesOf(c), newCollector()) }

func doc(lang, title, body string) string {
	return fmt.Sprintf(`<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><title>%s</title></head><body>%s</body></html>`, lang, title, body)
}

func paragraphs(texts ...string) string {
	return "<p>" + strings.Join(texts, "</p><p>") + "</p>"
}

// TestAssessGambling: pages that offer or promote gambling, made by hand in
// each language, with the page types that may be named.
func TestAssessGambling(t *testing.T) {
	t.Parallel()
	menu := func(items ...string) string {
		var b strings.Builder
		for _, i := range items {
			fmt.Fprintf(&b, `<a href="/%d">%s</a> `, b.Len(), i)
		}
		return "<nav>" + b.String() + "</nav>"
	}
	for _, c := range []struct {
		name, page, lang string
		types            string
	}{
		{"ko site", doc("ko", "엠파이어", menu("스포츠", "실시간", "라이브카지노", "슬롯게임", "미니게임", "충전신청", "환전신청", "고객센터")+paragraphs("신규 첫충 30% 매충 10%", "에볼루션 프라그마틱 CQ9", "롤링 콤프 지급")+`<form><input name="id"><input type="password" name="pw"></form>`), "ko", "gambling-site"},
		{"zh site", doc("zh", "永利娱乐城", menu("首页", "体育赛事", "真人视讯", "电子游艺", "彩票游戏", "棋牌游戏", "优惠活动", "在线客服")+paragraphs("首存送100%", "注册送彩金，快速充值提现")), "zh", "gambling-site"},
		{"id doorway", doc("id", "SLOT88: Situs Slot Gacor Hari Ini Link Slot Online Gampang Menang", paragraphs("Slot gacor hari ini dengan rtp live tertinggi dan deposit dana tanpa potongan", "Daftar sekarang dan raih maxwin setiap hari")+`<a href="https://go.example.net/daftar">DAFTAR</a><a href="https://go.example.net/login">LOGIN</a>`), "id", "doorway"},
		{"th site", doc("th", "เว็บสล็อต ฝากถอนออโต้ เว็บตรง", menu("คาสิโนสด", "บาคาร่า", "สล็อต", "ยิงปลา", "หวย", "สมัครสมาชิก")+paragraphs("ฝากถอนไม่มีขั้นต่ำ รองรับวอเลท โบนัสสมาชิกใหม่ 100%")), "th", "gambling-site"},
		{"vi site", doc("vi", "Nhà cái uy tín số 1 Việt Nam", menu("Thể thao", "Nổ hũ", "Bắn cá", "Tài xỉu", "Đá gà", "Xổ số", "Khuyến mãi", "Đại lý")+paragraphs("Nạp tiền và rút tiền nhanh trong 2 phút. Cá cược bóng đá, kèo nhà cái tốt nhất.", "Đăng ký nhận 88k")), "vi", "gambling-site"},
		{"pt raspadinha", doc("pt-BR", "Raspou Ganhou - Raspadinha Online", menu("Raspadinhas", "Depositar", "Sacar", "Indique e ganhe")+paragraphs("Raspe e ganhe até R$5.000 no PIX. Saque via PIX na hora.", "Aposta mínima de R$1")), "pt", "gambling-site"},
		{"ja site", doc("ja", "オンラインカジノ | 入金不要ボーナス", menu("ライブカジノ", "スロット", "スポーツベット", "入金", "出金", "プロモーション")+paragraphs("新規登録で入金不要ボーナスとフリースピンをプレゼント。")), "ja", "gambling-site"},
		{"en casino", doc("en", "Royal Wolf Casino - Play Online Slots", menu("Live Casino", "Slots", "Promotions", "VIP")+paragraphs("Claim your welcome bonus and 100 free spins on Starburst by NetEnt.", "Wagering requirements apply. Fast withdrawals and instant deposits.")), "en", "gambling-site"},
		{"tr site", doc("tr", "Güncel Giriş - Canlı Bahis ve Casino", menu("Canlı Bahis", "Casino", "Slot Oyunları", "Promosyonlar", "Üye ol")+paragraphs("Deneme bonusu ve hoş geldin bonusu ile hemen oyna. Para yatırma papara ile.")), "tr", "gambling-site"},
		{"es site", doc("es", "Casino online y apuestas deportivas", menu("Tragamonedas", "Ruleta en vivo", "Promociones")+paragraphs("Bono de bienvenida de 500 € y 50 giros gratis. Retiros rápidos y depósito mínimo de 10 €.")), "es", "gambling-site"},
		{"ru site", doc("ru", "Онлайн казино — рабочее зеркало", menu("Игровые автоматы", "Live казино", "Бонусы")+paragraphs("Фриспины и бездепозитный бонус за регистрацию. Вывод средств на карту, минимальный депозит 100 рублей.")), "ru", "gambling-site"},
		{"hi site", doc("hi", "ऑनलाइन सट्टा और लाइव कैसीनो", menu("तीन पत्ती", "अंदर बाहर", "स्लॉट गेम")+paragraphs("स्वागत बोनस पाएं, तुरंत निकासी, अभी खेलें")), "hi", "gambling-site"},
		{"ko review", doc("ko", "먹튀검증커뮤니티 - 토토사이트 추천", paragraphs("먹튀검증업체 검증사이트 목록", "먹튀사이트 먹튀신고 안전놀이터 메이저사이트 보증업체 꽁머니")), "ko", "affiliate"},
		{"en review", doc("en", "Best Online Casinos 2026 - Casino Reviews", "<h1>Top casinos ranked</h1>"+paragraphs("Our rating of trusted casinos with expert reviews.", "Read review. Visit casino. T&amp;Cs apply. Welcome bonus 200% and free spins.")), "en", "affiliate"},
		{"ko builder", doc("ko", "카지노솔루션제작 토토솔루션 분양", paragraphs("알공급 정품알 슬롯api 영상임대 전문", "카지노솔루션 홀덤솔루션 사이트제작문의 텔레그램")), "ko", "builder-sales"},
		{"zh builder", doc("zh", "包网平台 - 一站式包网公司", paragraphs("博彩系统 彩票源码 棋牌源码 平台搭建 代理后台", "信用盘出租 现金网出租 真人视讯接口")), "zh", "builder-sales"},
		{"en builder", doc("en", "White Label Casino and Sportsbook Software Provider", "<h1>Turnkey casino software</h1>"+paragraphs("Launch your online casino with our igaming platform, casino API and game aggregator.", "Seamless wallet, back office, sportsbook solution, agent management system.")), "en", "builder-sales"},
		{"licensed", doc("en", "Harbour Casino - Online Casino and Sports Betting", menu("Live Casino", "Slots", "Sports")+paragraphs("Welcome bonus, free spins, deposit and withdrawal in minutes.", "Licensed by the Malta Gaming Authority, licence MGA/B2C/394/2017. BeGambleAware.")+`<a href="https://authorisation.mga.org.mt/verification.aspx?company=x">seal</a>`), "en", "licensed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := judge(onePage("brand.example", c.page))
			if a.Gambling < 0.5 || string(a.Page) != c.types {
				t.Errorf("%s with %.3f, want %s; %s", a.Page, a.Gambling, c.types, why(a))
			}
			if a.Language != c.lang {
				t.Errorf("language %q, want %q", a.Language, c.lang)
			}
			if len(a.Reasons) < 3 {
				t.Errorf("only %d reasons", len(a.Reasons))
			}
		})
	}
}

func why(a data.Assessment) string {
	var b strings.Builder
	for _, r := range a.Reasons {
		fmt.Fprintf(&b, "\n\t%+.2f %s: %s", r.Weight, r.Rule, r.Detail)
	}
	return b.String()
}

// TestAssessHarmless: pages that speak of gambling, or with its words, and
// offer none.
func TestAssessHarmless(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("The committee met on Tuesday to discuss the budget for schools and roads in the county. ", 30)
	for name, page := range map[string]string{
		"en news":          doc("en", "Police arrest 12 over illegal online casino", paragraphs("Police arrested twelve people on Monday over an online casino, prosecutors said.", "A court will hear the case. The suspects took bets and wagers worth millions, the investigation found. Reporter: Jane Roe.", long)),
		"ko news":          doc("ko", "불법 도박사이트 운영 일당 검거", paragraphs("경찰은 불법 토토사이트를 운영한 혐의로 일당을 검거했다고 밝혔다. 검찰은 구속 송치했다.", "홍길동 기자 무단전재 및 재배포금지. 취재 결과 피의자들은 수백억 원대 도박 사이트를 운영한 혐의를 받고 있다. 경찰 사이버수사대는 단속을 이어갈 방침이다.", strings.Repeat("시청은 올해 예산을 학교와 도로에 쓰기로 했다. ", 40))),
		"zh news":          doc("zh", "警方打击网络赌博犯罪", paragraphs("新华社记者从警方获悉，公安机关抓获涉案犯罪嫌疑人三十名。", "据悉，该团伙利用网络赌博平台非法牟利，检察院已批准逮捕。责任编辑：张三", strings.Repeat("会议讨论了今年的教育和道路预算。", 40))),
		"ja news":          doc("ja", "オンラインカジノで賭博容疑、警視庁が3人逮捕", paragraphs("警視庁は容疑者3人を逮捕した。記者会見で発表された。県警によると送検は来週。", strings.Repeat("市は今年の予算を学校と道路に使うことを決めた。", 40))),
		"en prevention":    doc("en", "Problem Gambling Helpline - Get Help", "<h1>Help for gambling addiction</h1>"+paragraphs("Gambling harm affects families. Call our helpline, free counselling and support group meetings.", "Gamblers Anonymous and self-help tools to stop gambling. Betting, casino and slots can be addictive.")),
		"ko prevention":    doc("ko", "한국도박문제예방치유원", "<h1>도박문제 예방</h1>"+paragraphs("도박중독 상담 중독치유 청소년도박 예방 교육", "도박문제로 힘드시면 상담하세요. 불법도박신고")),
		"de prevention":    doc("de", "Hilfe bei Spielsucht", "<h1>Glücksspielsucht: Suchtberatung</h1>"+paragraphs("Wenn das Glücksspiel zum Problem wird: kostenlose Suchtberatung der BZgA.", "Anonyme Spieler treffen sich jede Woche.")),
		"sports news":      doc("en", "Match report: United win the derby", paragraphs("The striker scored twice as the head coach praised the players. Standings, fixtures and highlights of the season.", "Odds are the league will be decided in May.", long)),
		"poker club":       doc("en", "Riverside Poker Club", paragraphs("Weekly Texas Hold'em tournaments at our poker club. Buy-in is five pounds, blinds go up every 20 minutes.", "Leaderboard and events calendar. Student association, home game, no gambling for profit.")),
		"casino hotel":     doc("en", "Lakeside Hotel and Resort", paragraphs("Rooms, restaurants, spa and a casino floor. Book a room, dining and entertainment venue, parking.", "Our poker room holds events.")),
		"video game":       doc("en", "Dungeon Quest on Steam - patch notes", paragraphs("New inventory slots, bonus quests and multiplayer. Out now on Nintendo, PlayStation and Xbox. Gameplay trailer.", "Spin attack rebalanced. Jackpot chest drops fixed.")),
		"slot demo":        doc("en", "JavaScript slot machine", paragraphs("A slot machine simulator written as a side project. Source code on GitHub. Virtual coins only, just for fun. Spin!")+"<button>SPIN</button>"),
		"crypto":           doc("en", "Ethereum staking explained", paragraphs("Blockchain, defi and smart contracts: deposit and withdrawal of tokens. Bonus rewards for staking. Cryptocurrency market cap and trading.")),
		"shop":             doc("en", "Memory cards and readers", paragraphs("Laptop with two RAM slots, an SD card slot and an M.2 slot. Free returns, join now for bonus points, withdraw from contract in 14 days.")),
		"korean utilities": doc("ko", "온라인 전기차 충전 안내", paragraphs("전기차 충전소 위치와 급속충전 요금, 온라인 회원 가입 안내", "무선충전 충전기 판매, 사다리차 예약, 라인 업무")),
		"bank":             doc("id", "Tabungan dan Deposito", paragraphs("Buka rekening dan deposito berjangka dengan bunga tinggi. Penarikan di ATM, e-wallet dan transfer bank.")),
		"diy js":           doc("en", "Vue slots guide", paragraphs("Named slots, default slot and scoped slots in Vue components. Slot props are passed to the parent.")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := judge(onePage("site.example", page))
			if a.Gambling >= 0.5 || a.Page != data.PageHarmless && a.Page != data.PageUnclear {
				t.Errorf("%s with %.3f; %s", a.Page, a.Gambling, why(a))
			}
		})
	}
}

// TestAssessNobodysPage: pages that must never match, and real pages that
// resemble them.
func TestAssessNobodysPage(t *testing.T) {
	t.Parallel()
	shop := paragraphs(strings.Repeat("Handmade bowls and plates from our workshop, fired twice and glazed by hand. ", 60))
	for _, c := range []struct {
		name, page string
		status     int
		want       data.PageType
	}{
		{"parked", doc("en", "winner.example", paragraphs("winner.example", "Buy this domain. This domain is for sale!", "Related searches: shoes")), 200, data.PageParked},
		{"nginx", doc("en", "Welcome to nginx!", "<h1>Welcome to nginx!</h1>"+paragraphs("If you see this page, the nginx web server is successfully installed and working.")), 200, data.PageDefault},
		{"plesk", doc("en", "Default Plesk Page", paragraphs("Web Server's Default Page")), 200, data.PageDefault},
		{"bt panel", doc("zh", "恭喜，站点创建成功！", paragraphs("恭喜, 站点创建成功！", "这是默认index.html，本页面由系统自动生成")), 200, data.PageDefault},
		{"cloudflare", doc("en", "Just a moment...", paragraphs("Verify you are human by completing the action below.")), 403, data.PageChallenge},
		{"seized", doc("en", "Seized", paragraphs("This domain has been seized by the Federal Bureau of Investigation in accordance with a seizure warrant.")), 200, data.PageSeized},
		{"korean block", doc("ko", "불법·유해 정보(사이트)에 대한 차단 안내", paragraphs("불법·유해 정보(사이트)에 대한 차단 안내", "방송통신심의위원회의 심의를 거쳐 차단되었습니다. 도박 사이트")), 200, data.PageSeized},
		{"indonesian block", doc("id", "Internet Positif", paragraphs("Situs ini diblokir karena mengandung judi online")), 200, data.PageSeized},
		{"not found", doc("en", "404 Not Found", "<h1>404 Not Found</h1>"), 404, data.PageError},
		{"suspended", doc("en", "Account Suspended", paragraphs("This Account has been suspended. Contact your hosting provider.")), 200, data.PageError},
		{"blank", "", 200, data.PageEmpty},
		{"empty html", "<html><head></head><body></body></html>", 200, data.PageEmpty},
		{"shop that quotes", doc("en", "Bowls", shop+paragraphs("We moved: our old name was bought; this domain is for sale!")), 200, data.PageHarmless},
		{"casino behind a challenge script", doc("en", "Online Casino Bonus - Live Casino", paragraphs("Free spins, welcome bonus, sports betting, live casino, deposit and withdraw", "online slots jackpot")+`<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>`), 200, data.PageGambling},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			capture := onePage("brand.example", c.page)
			capture.Resources[0].Status = c.status
			if a := judge(capture); a.Page != c.want {
				t.Errorf("%s, want %s; %s", a.Page, c.want, why(a))
			}
		})
	}
	if a := judge(&data.Capture{Host: "h.example"}); a.Page != data.PageEmpty {
		t.Errorf("no page at all: %s", a.Page)
	}
}

// TestAssessCompromised: a victim is named as such and gets no gambling
// probability that could list it.
func TestAssessCompromised(t *testing.T) {
	t.Parallel()
	school := paragraphs(strings.Repeat("Our primary school welcomes parents to the summer concert in the garden of the old library. ", 12))
	hidden := `<div style="display:none"><a href="https://x.example.net/">slot gacor</a> <a href="https://y.example.net/">judi online</a> <a href="https://z.example.net/">togel</a> <a href="https://w.example.net/">situs slot</a> maxwin</div>`
	a := judge(onePage("school.example", doc("en", "Hilltop Primary School", school+hidden)))
	if a.Page != data.PageCompromised || a.Gambling >= 0.5 {
		t.Errorf("%s with %.3f; %s", a.Page, a.Gambling, why(a))
	}
	clean := judge(onePage("school.example", doc("en", "Hilltop Primary School", school)))
	if clean.Page != data.PageHarmless {
		t.Errorf("without the links: %s", clean.Page)
	}
}

func TestAssessGated(t *testing.T) {
	t.Parallel()
	gate := doc("ko", "WELCOME", `<form action="/member/login"><input name="user_id"><input type="password" name="pw"><button>로그인</button></form><form><input name="join_code" placeholder="가입코드"></form><script src="/js/betslip.js"></script><script>var u="/api/powerball/betList", d="/casino/deposit";</script>`)
	if a := judge(onePage("gate.example", gate)); a.Page != data.PageGated {
		t.Errorf("%s with %.3f; %s", a.Page, a.Gambling, why(a))
	}
}

// TestAssessLicences: a claim is kept with its number, and a claim without the
// authority's seal is said to be one.
func TestAssessLicences(t *testing.T) {
	t.Parallel()
	text := paragraphs("Online casino with free spins and welcome bonus, licensed by the Malta Gaming Authority under MGA/B2C/394/2017.", "Curacao eGaming 8048/JAZ2018-019.")
	bare := judge(onePage("a.example", doc("en", "Online Casino", text)))
	if got, want := strings.Join(bare.Licences, " "), "curacao:8048/JAZ2018-019 mga:MGA/B2C/394/2017"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if bare.Page == data.PageLicensed || !strings.Contains(why(bare), "licence-seal") {
		t.Errorf("a claim without a seal: %s%s", bare.Page, why(bare))
	}
	elsewhere := judge(onePage("a.example", doc("en", "Online Casino", text+`<a href="https://mga.org.mt.example.net/">seal</a>`)))
	if elsewhere.Page == data.PageLicensed {
		t.Error("a seal on another host is believed")
	}
	sealed := judge(onePage("a.example", doc("en", "Online Casino", text+`<a href="https://authorisation.mga.org.mt/x">seal</a>`)))
	if sealed.Page != data.PageLicensed {
		t.Errorf("a seal of the authority: %s", sealed.Page)
	}
}

// TestTermNeverLowers: adding a gambling term to a page never makes it less
// likely to be gambling.
func TestTermNeverLowers(t *testing.T) {
	t.Parallel()
	base := doc("en", "Welcome", paragraphs("Join our club today for the best offers and a warm welcome to every member."))
	before := Signals(onePage("site.example", base))
	for _, term := range []string{"sportsbook", "카지노사이트", "真人视讯", "slot gacor", "nhà cái", "บาคาร่า", "オンカジ", "casa de apostas"} {
		after := Signals(onePage("site.example", strings.Replace(base, "</body>", paragraphs(term+" "+term)+"</body>", 1)))
		m := loadModel()
		if m.logOdds(after) < m.logOdds(before) {
			t.Errorf("%q lowers the odds from %.2f to %.2f", term, m.logOdds(before), m.logOdds(after))
		}
	}
}

// TestOneMentionInALongPage: density counts, not presence.
func TestOneMentionInALongPage(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("The council agreed on new bus lines and longer library hours for the town. ", 100)
	a := judge(onePage("news.example", doc("en", "Council news", paragraphs(text, "A sportsbook sponsors the stadium."))))
	if a.Gambling > 0.2 {
		t.Errorf("%.3f; %s", a.Gambling, why(a))
	}
}

func TestBrandStrength(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]float64{
		"slot88": 1, "77win": 1, "dewatoto": 1, "gacor4d": 1, "agen777": 0.5, "cafe88": 0.5,
		"office365": 0, "timeslot": 0, "2026": 0, "covid19": 0, "bootstrap5": 0, "h264": 0, "": 0, "alphabet": 0,
	} {
		if got := brandStrength(word); got != want {
			t.Errorf("brandStrength(%q) = %v, want %v", word, got, want)
		}
	}
}

func FuzzAssess(f *testing.F) {
	f.Add(doc("ko", "토토사이트", "<p>카지노 바카라</p>"))
	f.Add("<script>'\\")
	f.Add("<html lang=\xff><title>slot")
	f.Add("<form><input name=joinCode type=password>")
	f.Fuzz(func(t *testing.T, page string) {
		a := judge(onePage("fuzz.example", page))
		if math.IsNaN(a.Gambling) || a.Gambling < 0 || a.Gambling > 1 || a.Page == "" {
			t.Fatalf("malformed: %+v", a)
		}
	})
}
