package sqlite

import (
	"golang.org/x/net/publicsuffix"

	"pitboss/data"
)

// movedTo returns the host where a good visit ended, if it belongs to another
// registrable domain than the site, by the public suffix list with its private
// part; else nothing.
func movedTo(v *data.Visit) string {
	if !v.Outcome.Good() || v.FinalURL == "" {
		return ""
	}
	final, err := data.NormalizeHost(v.FinalURL)
	if err != nil || owner(final) == owner(v.Host) {
		return ""
	}
	return final
}

// owner is the registrable domain of a host, or its bare name where it has
// none: an address, or a public suffix itself.
func owner(host string) string {
	name := data.HostName(host)
	if data.IsAddress(host) {
		return name
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name
}
