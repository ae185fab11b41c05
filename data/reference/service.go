package reference

import (
	"strings"
	"sync"
)

// services maps hosts of shared services to their category.
var services = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, row := range table("services.tsv", 2) {
		for _, host := range list(row[1]) {
			if _, known := out[host]; !known {
				out[host] = row[0]
			}
		}
	}
	return out
})

// ServiceOf returns the category of the shared service to which a host
// belongs ("social", "messenger", "shortener", "live-chat", "analytics",
// "ads", "cdn", "hosting", "store", "payment", "captcha", "mail",
// "standard"), or "" for a host of nobody in particular. Subdomains belong to
// the service; a tenant of a hosting service belongs to it too, so callers who
// judge sites must treat "hosting" with care.
func ServiceOf(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for {
		if category, ok := services()[host]; ok {
			return category
		}
		_, parent, ok := strings.Cut(host, ".")
		if !ok {
			return ""
		}
		host = parent
	}
}
