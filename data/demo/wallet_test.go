package demo

import (
	"encoding/hex"
	"testing"
)

func TestAddressVectors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, payload, want string
		encode              func([]byte) string
	}{
		{"zero hash", "0000000000000000000000000000000000000000", "1111111111111111111114oLvT2", func(b []byte) string { return base58Check(0, b) }},
		{"Bitcoin wiki's example", "010966776006953d5567439e5e39f86a0d273bee", "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM", func(b []byte) string { return base58Check(0, b) }},
		{"BIP 173's example", "751e76e8199196d454941c45d1b3a323f1433bd6", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", segwitAddress},
	} {
		payload, err := hex.DecodeString(tc.payload)
		if err != nil {
			t.Fatal(err)
		}
		if got := tc.encode(payload); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestSkinIDs(t *testing.T) {
	t.Parallel()
	for _, b := range workshops() {
		kept := 0
		ids := []string{"gnb", "ft", "visual", "betcart", "header", "footer", "login", "sg-sanh", "casino_list", "vitrine", "rtp_board", "camp-list"}
		for i := range b.skins {
			for _, id := range ids {
				if b.skins[i].id(id) == id {
					kept++
				}
			}
		}
		if all := len(ids) * len(b.skins); kept < all/2 || kept == all {
			t.Errorf("the skins of %s keep %d of %d ids, want most and not all", b.name, kept, all)
		}
	}
}

func TestPacksAreComplete(t *testing.T) {
	t.Parallel()
	packs := loadPacks()
	for key := range packs["ko"] {
		for _, lang := range []string{"zh", "id", "vi", "th", "pt"} {
			if len(packs[lang][key]) == 0 {
				t.Errorf("pack %s has no %q", lang, key)
			}
		}
	}
	for _, p := range append(specials(), harmless()...) {
		for _, key := range []string{"brand", "tail", "title", "game", "promotitle", "promobody", "noticetitle", "about", "footer"} {
			if len(packs[p.pack][key]) == 0 {
				t.Errorf("pack %s has no %q", p.pack, key)
			}
		}
	}
}
