package fingerprint

import (
	"strings"
	"unicode"

	"pitboss/data/reference"
)

// maxLanguageSample bounds how much text the language is read from, in bytes.
const maxLanguageSample = 64 << 10

// detectLanguage names the main language of a text: by its script where the
// script tells, else by closed-class words. The declared language of the page
// (html lang) decides only ties, since templates are often translated with
// their declaration left behind. It returns "" when there is too little text.
func detectLanguage(text, declared string) string {
	if len(text) > maxLanguageSample {
		text = cutText(text, maxLanguageSample)
	}
	declared, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(declared)), "-")
	s := countScripts(text)
	if lang := s.language(); lang != "" {
		return lang
	}
	if s.latin+s.cyrillic < 20 {
		return ""
	}
	return languageOfWords(text, declared)
}

// scripts counts letters by script.
type scripts struct {
	latin, cyrillic, hangul, kana, han, thai, khmer, devanagari, arabic, hebrew, greek, bengali int
}

func countScripts(text string) scripts {
	var s scripts
	for _, r := range text {
		switch {
		case r < 0x80:
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				s.latin++
			}
		case r < 0x250 || r >= 0x1e00 && r < 0x1f00:
			s.latin++
		case r >= 0x370 && r < 0x400:
			s.greek++
		case r >= 0x400 && r < 0x530:
			s.cyrillic++
		case r >= 0x590 && r < 0x600:
			s.hebrew++
		case r >= 0x600 && r < 0x780:
			s.arabic++
		case r >= 0x900 && r < 0x980:
			s.devanagari++
		case r >= 0x980 && r < 0xa00:
			s.bengali++
		case r >= 0xe00 && r < 0xe80:
			s.thai++
		case r >= 0x1780 && r < 0x1800:
			s.khmer++
		case r >= 0x3040 && r < 0x3100 || r >= 0xff66 && r < 0xffa0:
			s.kana++
		case r >= 0x4e00 && r < 0xa000 || r >= 0x3400 && r < 0x4dc0:
			s.han++
		case r >= 0xac00 && r < 0xd7a4:
			s.hangul++
		}
	}
	return s
}

// language returns the language that a script stands for. A sign of an
// ideographic script says about as much as three letters of an alphabet, so
// those count three times against Latin brand names and menus.
func (s scripts) language() string {
	east := s.hangul + s.kana + s.han
	best, lang := s.latin+s.cyrillic, ""
	for _, c := range []struct {
		n    int
		lang string
	}{
		{2 * s.thai, "th"}, {2 * s.khmer, "km"}, {2 * s.devanagari, "hi"}, {s.arabic, "ar"},
		{s.hebrew, "he"}, {s.greek, "el"}, {s.bengali, "bn"},
	} {
		if c.n > best {
			best, lang = c.n, c.lang
		}
	}
	if 3*east <= best || east < 2 {
		return lang
	}
	switch {
	case 2*s.hangul > s.han+s.kana:
		return "ko"
	case 8*s.kana > s.han:
		return "ja"
	}
	return "zh"
}

func separatesWords(r rune) bool {
	if r < unicode.MaxASCII {
		return (r|0x20 < 'a' || r|0x20 > 'z') && r != '\''
	}
	return !unicode.IsLetter(r) && !unicode.IsMark(r)
}

// languageOfWords picks the language with the most closed-class words, each
// weighted by how few languages share it.
func languageOfWords(text, declared string) string {
	known := reference.StopWords()
	score := map[string]float64{}
	words := 0
	for word := range strings.FieldsFuncSeq(text, separatesWords) {
		words++
		langs := known[strings.ToLower(word)]
		for _, l := range langs {
			score[l] += 1 / float64(len(langs))
		}
	}
	best, top := "", 0.0
	for lang, n := range score {
		if n > top || n == top && lang < best {
			best, top = lang, n
		}
	}
	switch {
	case words == 0:
		return ""
	case top < 2 || top < 0.02*float64(words):
		// Hardly any grammar: a list of names and labels.
		if declared != "" && len(declared) <= 3 {
			return declared
		}
		if top == 0 {
			return ""
		}
	case score[declared] > 0.9*top:
		return declared
	}
	return best
}
