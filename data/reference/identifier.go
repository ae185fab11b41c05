package reference

import (
	"regexp"
	"strings"
	"sync"

	"pitboss/data"
)

// IdentifierPattern finds one kind of identifier in links, markup and scripts.
type IdentifierPattern struct {
	Kind   data.Kind
	Vendor string         // "" where the kind has no vendors
	Anchor string         // stands at the beginning of every match
	Expr   *regexp.Regexp // anchored; group 1 is the identifier
	Sample string         // a text that holds one
	Want   string         // the value of the sample, in canonical form
}

// IdentifierPatterns returns the patterns, in the order of the file.
var IdentifierPatterns = sync.OnceValue(func() []IdentifierPattern {
	var out []IdentifierPattern
	for _, row := range table("identifiers.tsv", 6) {
		p := IdentifierPattern{Kind: data.Kind(row[0]), Vendor: row[1], Anchor: row[2], Expr: regexp.MustCompile(row[3]), Sample: row[4], Want: row[5]}
		if p.Vendor == "-" {
			p.Vendor = ""
		}
		out = append(out, p)
	}
	return out
})

// publicValues holds, by kind, values that identify nobody.
var publicValues = sync.OnceValue(func() map[data.Kind]map[string]bool {
	out := map[data.Kind]map[string]bool{}
	for _, row := range table("public.tsv", 2) {
		kind := data.Kind(row[0])
		if out[kind] == nil {
			out[kind] = map[string]bool{}
		}
		for _, v := range list(row[1]) {
			out[kind][strings.ToLower(v)] = true
		}
	}
	return out
})

// IsBrandAccount reports whether an account is that of a marketplace, shop
// system or theme maker: doorways are copied from such pages with their
// footers, and the accounts in them tie nobody.
func IsBrandAccount(account string) bool {
	account = strings.ToLower(account)
	for brand := range publicValues()["social-brand"] {
		if strings.Contains(account, brand) {
			return true
		}
	}
	return false
}

// IsPublic reports whether an identifier belongs to a vendor, to a library's
// author or to documentation, or is a service's own path, so that sharing it
// ties nobody. The value is compared without case.
func IsPublic(kind data.Kind, value string) bool {
	return publicValues()[kind][strings.ToLower(value)]
}
