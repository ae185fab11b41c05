package reference

import (
	"slices"
	"strings"
)

// IsExampleMailHost reports whether the host of a mail address is reserved,
// a placeholder, or that of a vendor whose addresses stand in the code of
// other people's sites.
func IsExampleMailHost(host string) bool {
	host = strings.ToLower(host)
	return slices.ContainsFunc(exampleMailHosts, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) }) ||
		strings.HasSuffix(host, ".example") || strings.HasSuffix(host, ".test") || strings.HasSuffix(host, ".invalid") || strings.HasSuffix(host, ".local")
}

// exampleMailHosts: reserved by RFC 2606, placeholders of templates, and
// vendors' error trackers and authors.
var exampleMailHosts = []string{
	"example.com", "example.org", "example.net", "domain.com", "yourdomain.com", "yoursite.com", "mysite.com", "yourwebsite.com", "website.com",
	"sentry.io", "sentry-next.wixpress.com", "wixpress.com", "ingest.sentry.io", "email.com", "mail.test", "company.com", "yourcompany.com",
	"schema.org", "w3.org", "googlegroups.com", "users.noreply.github.com", "npmjs.com", "fontawesome.com", "test.com", "yourmail.com", "youremail.com",
	"mydomain.com", "site.com", "doe.com", "exemplo.com", "ejemplo.com", "beispiel.de", "contoso.com", "acme.com", "foo.com", "bar.com", "xxx.com", "abc.com", "dominio.com", "correo.com", "mailservice.com", "example.co.kr", "example.jp",
}
