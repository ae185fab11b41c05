package export

import "strings"

// authorities maps the authorities that licence claims name (the ids of
// data/reference) to the jurisdiction in which their licence counts (ISO 3166).
// Offshore licences count where they are issued, and nowhere else.
var authorities = map[string]string{
	"mga": "MT", "ukgc": "GB", "curacao": "CW", "gibraltar": "GI", "iom": "IM", "kahnawake": "CA-KAH",
	"alderney": "GG", "anjouan": "KM", "pagcor": "PH", "first-cagayan": "PH", "bvi": "VG", "costa-rica": "CR",
	"tobique": "CA-TOB", "sga": "SE", "dga": "DK", "ksa": "NL", "adm": "IT", "anj": "FR", "dgoj": "ES",
	"srij": "PT", "spa-br": "BR", "ggl": "DE", "onjn": "RO", "coljuegos": "CO", "ontario": "CA-ON",
	"njdge": "US-NJ", "vanuatu": "VU",
}

// authorityJurisdiction returns the jurisdiction of a claimed licence,
// "authority:number", and whether it is known.
func authorityJurisdiction(licence string) (string, bool) {
	authority, _, _ := strings.Cut(licence, ":")
	where, ok := authorities[strings.ToLower(strings.TrimSpace(authority))]
	return where, ok
}
