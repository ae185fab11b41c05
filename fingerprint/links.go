package fingerprint

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"pitboss/data"
)

// readLinks adds the endpoints, parameters, assets and foreign hosts of one
// page.
func readLinks(doc *document, host string, out *collector) {
	add := func(layer data.Layer, kind data.Kind, value string, offset int) {
		out.add(data.Feature{Layer: layer, Kind: kind, Value: value, Source: doc.res.URL, Offset: offset})
	}
	for i := range doc.links {
		l := &doc.links[i]
		if !isWeb(l.url) || strings.HasPrefix(l.raw, "#") {
			continue
		}
		if !sameSite(l.url.Hostname(), host) {
			add(data.LayerInfrastructure, data.KindOutlinkHost, strings.ToLower(l.url.Hostname()), l.offset)
			continue
		}
		addEndpoint(l.url, l.offset, add)
	}
	for i := range doc.forms {
		f := &doc.forms[i]
		if f.action != "" && !strings.HasPrefix(f.action, "#") && isWeb(f.url) && sameSite(f.url.Hostname(), host) {
			addEndpoint(f.url, f.offset, add)
		}
		for _, field := range f.fields {
			add(data.LayerBuilder, data.KindParam, paramName(field.name), f.offset)
		}
	}
	for i := range doc.embeds {
		if e := &doc.embeds[i]; isWeb(e.url) && !isLinkWithoutAsset(e) {
			add(data.LayerTemplate, data.KindAsset, asset(e, host), e.offset)
		}
	}
}

func addEndpoint(u *url.URL, offset int, add func(data.Layer, data.Kind, string, int)) {
	if isStaticFile(u.Path) {
		return
	}
	add(data.LayerBuilder, data.KindEndpoint, endpoint(u), offset)
	if u.RawQuery != "" && len(u.RawQuery) <= 4*maxValue {
		for _, p := range queryParams(u.RawQuery) {
			add(data.LayerBuilder, data.KindParam, p[0], offset)
		}
	}
}

// asset returns the value of an asset feature: a path for the site's own, host
// and path for foreign ones.
func asset(e *embed, host string) string {
	picture := e.tag == "img" || e.tag == "source" || e.tag == "image" || e.tag == "video" || e.tag == "audio" || e.tag == "track"
	p := assetPath(e.url, picture)
	if p == "" || p == "/" {
		return ""
	}
	if e.tag == "iframe" || e.tag == "frame" {
		p = endpoint(e.url)
	}
	if sameSite(e.url.Hostname(), host) {
		return p
	}
	return strings.ToLower(e.url.Hostname()) + p
}

// isLinkWithoutAsset reports link elements that point at pages: canonical,
// alternate, next and the like.
func isLinkWithoutAsset(e *embed) bool {
	if e.tag != "link" {
		return false
	}
	for rel := range strings.FieldsSeq(e.rel) {
		switch rel {
		case "stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon":
			return false
		}
	}
	return true
}

func isWeb(u *url.URL) bool {
	return u != nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// sameSite reports whether two host names belong to one registrable domain.
func sameSite(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b || a == "www."+b || b == "www."+a {
		return true
	}
	return strings.Contains(a, ".") && registrable(a) == registrable(b)
}

// registrable returns the registrable domain of a host, or the host itself.
func registrable(host string) string {
	if data.IsAddress(host) {
		return host
	}
	s, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return s
}
