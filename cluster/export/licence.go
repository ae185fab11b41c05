package export

import "strings"

// authorities maps the gambling authorities that pages name in licence claims
// to the jurisdiction in which their licence counts (ISO 3166). Offshore
// licences count where they are issued, and nowhere else.
var authorities = map[string]string{
	"ukgc": "GB", "gambling commission": "GB", "uk gambling commission": "GB",
	"mga": "MT", "malta gaming authority": "MT",
	"gra": "GI", "gibraltar": "GI", "alderney": "GG", "agcc": "GG",
	"isle of man": "IM", "iom": "IM", "gsc": "IM",
	"curacao": "CW", "curaçao": "CW", "cga": "CW", "gcb": "CW", "antillephone": "CW", "egaming": "CW",
	"anjouan": "KM", "kahnawake": "CA-KAH", "kgc": "CA-KAH", "costa rica": "CR", "tobique": "CA-TOB",
	"pagcor": "PH", "cagayan": "PH", "ceza": "PH",
	"agco": "CA-ON", "igo": "CA-ON", "igaming ontario": "CA-ON",
	"anj": "FR", "arjel": "FR", "adm": "IT", "aams": "IT", "dgoj": "ES", "ksa": "NL",
	"ggl": "DE", "spelinspektionen": "SE", "spillemyndigheden": "DK", "onjn": "RO",
	"njdge": "US-NJ", "spa": "BR", "spa/mf": "BR", "sbs": "PT", "srij": "PT",
}

// authorityJurisdiction returns the jurisdiction of a claimed licence,
// "authority:number", and whether it is known.
func authorityJurisdiction(licence string) (string, bool) {
	authority, _, _ := strings.Cut(licence, ":")
	where, ok := authorities[strings.ToLower(strings.TrimSpace(authority))]
	return where, ok
}
