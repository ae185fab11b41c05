package reference

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"pitboss/data"
)

// matched lists the terms found, with the class of the first meaning.
func matched(text string) []string {
	var out []string
	Gambling().Match(text, func(t *Term, _ int) {
		if t.Meanings[0].Class != ClassMask {
			out = append(out, t.Text)
		}
	})
	return out
}

func TestMatchByTokenAndScript(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"온라인 교육", nil},                  // 라인 is no term of its own, and 온라인 masks it
		{"이웃집 토토로", nil},                 // a film
		{"토토사이트", []string{"토토사이트"}},     // not 토토 and something
		{"스포츠토토를 했다", []string{"스포츠토토"}}, // a particle sticks to the word
		{"スロットル全開", nil},                 // throttle
		{"パチスロとスロット", []string{"パチスロ", "スロット"}},
		{"timeslot time slots slots", []string{"slots"}},
		{"A better alphabet", nil},
		{"bet365 bets", []string{"bet365", "bets"}},
		{"SLOT   GACOR", []string{"slot gacor"}},
		{"slot-gacor", []string{"slot gacor"}},
		{"𝗦𝗟𝗢𝗧 𝗚𝗔𝗖𝗢𝗥", []string{"slot gacor"}}, // mathematical letters, as doorways write
		{"ＳＬＯＴ　ＧＡＣＯＲ", []string{"slot gacor"}},
		{"nhà cái uy tín", []string{"nhà cái uy tín"}},
		{"Nhà Cái", []string{"nhà cái"}},
		{"ฝากถอนออโต้", []string{"ฝากถอนออโต้"}},
		{"博弈论课程", nil},
		{"真人视讯和电子游艺", []string{"真人视讯", "电子游艺"}},
		{"казино", []string{"казино"}},
		{"показиной", nil},
		{"ключевая ставка", nil},
		{"Casino Royale", nil},
		{"", nil},
		{"\xff\xfeslots\xff", []string{"slots"}},
	} {
		if got := matched(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMatchOffset(t *testing.T) {
	t.Parallel()
	text := "the 카지노 and slots"
	Gambling().Match(text, func(term *Term, at int) {
		if !strings.HasPrefix(text[at:], term.Text) {
			t.Errorf("%q said to begin at %d, where %q is", term.Text, at, text[at:])
		}
	})
}

// TestLexiconFile holds the file to its own rules.
func TestLexiconFile(t *testing.T) {
	t.Parallel()
	classes := []Class{ClassCore, ClassGame, ClassMoney, ClassPromo, ClassBuilder, ClassTrade, ClassAffiliate, ClassPrevention, ClassNews, ClassSport, ClassCrypto, ClassVideoGame, ClassLand, ClassDemo, ClassMask}
	core := map[string]int{}
	for _, row := range table("lexicon.tsv", 3) {
		if len(row[0]) < 2 || len(row[0]) > 3 || !slices.Contains(classes, Class(row[1])) {
			t.Errorf("row %q %q", row[0], row[1])
		}
		for _, term := range list(row[2]) {
			if strings.ToLower(norm.NFKC.String(term)) != norm.NFKC.String(term) {
				t.Errorf("%s %q is not in lower case", row[0], term)
			}
			if utf8.RuneCountInString(term) < 2 {
				t.Errorf("%s %q is too short", row[0], term)
			}
			if row[1] == string(ClassCore) {
				core[row[0]]++
			}
		}
	}
	for _, lang := range []string{"ko", "zh", "id", "th", "vi", "pt", "ja", "en", "tr", "es", "ru", "de", "it", "hi", "km", "fil"} {
		if core[lang] < 10 {
			t.Errorf("%s has only %d core terms", lang, core[lang])
		}
	}
}

// TestEveryTermIsFound: no term is shadowed by the rules of matching.
func TestEveryTermIsFound(t *testing.T) {
	t.Parallel()
	for i := range Gambling().Terms() {
		term := &Gambling().Terms()[i]
		found := false
		Gambling().Match("· "+term.Text+" ·", func(got *Term, _ int) { found = found || got == term })
		if !found {
			t.Errorf("%q is not found in itself", term.Text)
		}
	}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	sure, company := map[string]bool{}, map[string]bool{}
	MatchProviders("Pragmatic Play, 에볼루션게이밍, pg电子, AG and the image of a bag", func(name string, ok bool) {
		if ok {
			sure[name] = true
		} else {
			company[name] = true
		}
	})
	for _, name := range []string{"Pragmatic Play", "Evolution", "PG Soft"} {
		if !sure[name] {
			t.Errorf("%s is not found: %v", name, sure)
		}
	}
	if !company["Asia Gaming"] || len(company) != 1 {
		t.Errorf("short codes: %v", company)
	}
	if len(Providers()) < 40 {
		t.Errorf("only %d providers", len(Providers()))
	}
	for _, p := range Providers() {
		if len(p.Sure) == 0 {
			t.Errorf("%s has no sure spelling", p.Name)
		}
	}
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	seen := map[data.PageType]int{}
	for _, m := range Markers() {
		seen[m.Page]++
		if m.Page.Matchable() || m.MaxWords < 5 || !slices.Contains([]string{"title", "text", "host"}, m.Where) || m.Phrase != strings.ToLower(m.Phrase) {
			t.Errorf("malformed %+v", m)
		}
	}
	for _, page := range []data.PageType{data.PageParked, data.PageDefault, data.PageChallenge, data.PageSeized, data.PageError} {
		if seen[page] < 5 {
			t.Errorf("%s has %d marks", page, seen[page])
		}
	}
}

func TestAuthorities(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, a := range Authorities() {
		if seen[a.ID] || len(a.Names) == 0 {
			t.Errorf("malformed or twice: %+v", a)
		}
		seen[a.ID] = true
		for _, n := range slices.Concat(a.Names, a.Seals) {
			if n != strings.ToLower(n) {
				t.Errorf("%q is not in lower case", n)
			}
		}
	}
	for _, id := range []string{"mga", "ukgc", "curacao", "pagcor", "anjouan"} {
		if !seen[id] {
			t.Errorf("no %s", id)
		}
	}
}

// TestIdentifierFile: each expression begins with its anchor's text and finds
// its own sample.
func TestIdentifierFile(t *testing.T) {
	t.Parallel()
	for _, p := range IdentifierPatterns() {
		at := strings.Index(p.Sample, p.Anchor)
		if len(p.Anchor) < 2 || at < 0 {
			t.Errorf("%s: anchor %q is not in %q", p.Kind, p.Anchor, p.Sample)
			continue
		}
		if m := p.Expr.FindStringSubmatch(p.Sample[at:]); m == nil || m[1] == "" {
			t.Errorf("%s: %v does not match %q", p.Kind, p.Expr, p.Sample[at:])
		}
		if !strings.HasPrefix(p.Expr.String(), "^") {
			t.Errorf("%v is not anchored", p.Expr)
		}
	}
}

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  data.Kind
		value string
		want  bool
	}{
		{data.KindTelegram, "share", true}, {data.KindTelegram, "winner_cs", false},
		{data.KindAgentCode, "1111", true}, {data.KindAgentCode, "7777", true}, {data.KindAgentCode, "kim77x", false},
		{data.KindSocial, "facebook:Sharer.php", true}, {data.KindSocial, "facebook:winnerclub", false},
		{data.KindEmail, "you@example.com", true}, {data.KindPhone, "+18005224700", true},
	} {
		if got := IsPublic(c.kind, c.value); got != c.want {
			t.Errorf("IsPublic(%s, %q) = %v", c.kind, c.value, got)
		}
	}
	if !IsBrandAccount("LazadaIndonesia") || IsBrandAccount("winnerclub") {
		t.Error("IsBrandAccount")
	}
	if !IsExampleMailHost("mail.EXAMPLE.com") || !IsExampleMailHost("x.test") || IsExampleMailHost("gmail.com") {
		t.Error("IsExampleMailHost")
	}
}

func TestIsGeneric(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  data.Kind
		value string
		want  bool
	}{
		{data.KindClass, "container-fluid", true}, {data.KindClass, "col-md-6", true}, {data.KindClass, "md:hover:bg-blue-500", true},
		{data.KindClass, "px-[12px]", true}, {data.KindClass, "menu-item-1234", true}, {data.KindClass, "i-amphtml-layout-fixed", true},
		{data.KindClass, "bo_v", true}, {data.KindClass, "game-lobby-jackpot", false}, {data.KindClass, "sportBetCart", false}, {data.KindClass, "casino_slot_area", false},
		{data.KindSelector, ".navbar-nav", true}, {data.KindSelector, "#wrapper", true}, {data.KindSelector, ".betcart_wrap", false},
		{data.KindID, "main", true}, {data.KindID, "comment-1234", true}, {data.KindID, "power_ball_frame", false},
		{data.KindHeader, "X-Powered-By", true}, {data.KindHeader, "x-casino-node", false}, {data.KindCookie, "PHPSESSID", true},
		{data.KindAsset, "/wp-includes/js/anything.js", true}, {data.KindAsset, "/skin/empire/css/main9.css", false},
		{data.KindProperty, "--wp--preset--color--x", true}, {data.KindProperty, "--casino-gold", false},
		{data.KindEndpoint, "/bbs/board.php", true}, {data.KindEndpoint, "/api/casino/launch", false},
		{data.KindWallet, "container", false},
	} {
		if got := IsGeneric(c.kind, c.value); got != c.want {
			t.Errorf("IsGeneric(%s, %q) = %v, want %v", c.kind, c.value, got, c.want)
		}
	}
	if len(GenericTokens(data.KindClass)) < 500 || len(GenericTokens(data.KindWallet)) != 0 {
		t.Errorf("%d classes", len(GenericTokens(data.KindClass)))
	}
}

func TestStopWordsAndInterface(t *testing.T) {
	t.Parallel()
	if langs := StopWords()["yang"]; !slices.Equal(langs, []string{"id"}) {
		t.Errorf("yang: %v", langs)
	}
	if v := InterfaceWords(); !v.Core["betslip"] || !v.Pairs["place bet"] || !v.Money["withdraw"] || v.Core["slot"] {
		t.Error("interface words")
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("온라인카지노 slot gacor นํ้า真人视讯")
	f.Add("\xffslot\x00 ﷺ ꓸ")
	f.Fuzz(func(t *testing.T, text string) {
		last := -1
		Gambling().Match(text, func(_ *Term, at int) {
			if at <= last {
				t.Fatalf("offset %d after %d", at, last)
			}
			last = at
		})
		MatchProviders(text, func(string, bool) {})
	})
}

func BenchmarkMatch(b *testing.B) {
	text := strings.Repeat("The committee met on Tuesday to discuss the online budget for schools; slots and bets 온라인 카지노 회의 真人视讯. ", 400)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Gambling().Match(text, func(*Term, int) {})
	}
}

// TestMatchBothAgrees holds the shared pass to what each search finds alone.
func TestMatchBothAgrees(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Pragmatic Play slots at a casino", "ＳＬＯＴ　ＧＡＣＯＲ pg电子 AG", "the timeslots of a-slot_gacor, 'slots'", "nhà cái uy tín Evolution", "x slots1 1slots (slots)"} {
		var terms, bothTerms, names, bothNames []string
		Gambling().Match(text, func(t *Term, _ int) { terms = append(terms, t.Text) })
		MatchProviders(text, func(name string, _ bool) { names = append(names, name) })
		MatchBoth(text, func(t *Term) { bothTerms = append(bothTerms, t.Text) }, func(name string, _ bool) { bothNames = append(bothNames, name) })
		if !slices.Equal(terms, bothTerms) || !slices.Equal(names, bothNames) {
			t.Errorf("%q: %q %q, want %q %q", text, bothTerms, bothNames, terms, names)
		}
		MatchBoth(text, func(*Term) {}, nil)
	}
}

// TestWordUse: the cheap question answers as the lists do.
func TestWordUse(t *testing.T) {
	t.Parallel()
	v := InterfaceWords()
	for use, words := range map[WordUse]map[string]bool{WordCore: v.Core, WordPaired: v.Pairs, WordMoney: v.Money} {
		for w := range words {
			for part := range strings.FieldsSeq(w) {
				if len(part) > 1 && (v.Use(part)&use == 0 || v.Use(strings.ToUpper(part)) != v.Use(part)) {
					t.Errorf("%q of %q: %d", part, w, v.Use(part))
				}
			}
		}
	}
	for _, w := range []string{"", "b", "zzz", "betslipp", strings.Repeat("bet", 20)} {
		if v.Use(w) != 0 {
			t.Errorf("%q is no word of it", w)
		}
	}
}
