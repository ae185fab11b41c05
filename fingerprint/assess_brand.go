package fingerprint

import "strings"

// brandStems are pieces of which names of gambling sites are made, as seen in
// public block lists of several countries. They count only together with a
// number, or as the end of a name.
var brandStems = []string{
	"bet", "slot", "toto", "casino", "poker", "judi", "togel", "gacor", "hoki", "cuan", "dewa", "raja", "bola", "sbo", "kubet", "ufa",
	"betflix", "gclub", "spin", "jackpot", "jp", "win", "play", "vip", "asia", "lucky", "mega", "royal", "club", "game", "fun", "lsm", "qq", "sabai", "bonanza", "sultan", "zeus", "naga", "luxury", "macau", "vegas", "olympus", "4d",
}

// wordStems end names of gambling sites, and hardly any word of a language.
var wordStems = []string{"slot", "toto", "togel", "casino", "poker", "judi", "betting"}

// plainWords end like that and are words.
var plainWords = map[string]bool{"timeslot": true, "videopoker": true, "strippoker": true, "adslot": true, "namedslot": true, "nanslot": true}

// brandName returns the word of a text that looks most like the brand of a
// gambling site, and how much: 1 for a stem with a number of two to four
// digits ("slot88", "77win"), a word that ends in a name of the trade
// ("dewatoto") or in "4d"; a half for any other word with a number of doubled
// lucky digits ("agen777"), which cafés and radio stations like too.
func brandName(text string) (name string, strength float64) {
	for word := range nameWords(strings.ToLower(cutText(text, 300))) {
		if s := brandStrength(word); s > strength {
			name, strength = word, s
		}
	}
	return name, strength
}

func brandStrength(word string) float64 {
	for _, stem := range wordStems {
		if rest, ok := strings.CutSuffix(word, stem); ok && len(rest) >= 3 && !plainWords[word] {
			return 1
		}
	}
	letters := strings.Trim(word, "0123456789")
	if len(letters) < 2 || len(letters) == len(word) || hasDigit(letters) {
		if len(letters) >= 5 && strings.HasSuffix(word, "4d") {
			return 1
		}
		return 0
	}
	number := strings.Trim(word, "abcdefghijklmnopqrstuvwxyz")
	if len(number) < 2 || len(number) > 4 {
		return 0
	}
	for _, stem := range brandStems {
		if strings.HasPrefix(letters, stem) || strings.HasSuffix(letters, stem) {
			return 1
		}
	}
	switch number {
	case "77", "777", "88", "888", "99", "999", "303", "138", "188", "288", "388", "789", "168", "666":
		if len(letters) >= 3 {
			return 0.5
		}
	}
	return 0
}

// hostSays returns the gambling word within a host name, or "". Only words
// long enough to stand in hardly any other word are looked for.
func hostSays(host string) string {
	host = strings.ToLower(host)
	for _, w := range []string{"casino", "cassino", "kasino", "kazino", "slots", "slot88", "togel", "judi", "baccarat", "jackpot", "sportsbook", "betting", "gacor", "poker", "roulette", "pokies", "bahis", "xoso", "nhacai", "livebet", "bet365", "1xbet", "totosite", "lottery", "spinwin", "freespin"} {
		if strings.Contains(host, w) {
			return w
		}
	}
	name, strength := brandName(host)
	if strength < 1 {
		return ""
	}
	return name
}
