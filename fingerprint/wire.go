package fingerprint

import (
	"net/url"
	"strconv"
	"strings"

	"pitboss/data"
)

// readHosting adds the infrastructure features. None of them ever carries
// template, builder or operator weight.
func readHosting(c *data.Capture, out *collector) {
	h := &c.Hosting
	add := func(kind data.Kind, values ...string) {
		for _, v := range values {
			out.add(data.Feature{Layer: data.LayerInfrastructure, Kind: kind, Value: strings.TrimSuffix(v, "."), Source: c.FinalURL})
		}
	}
	add(data.KindIP, h.Addrs...)
	add(data.KindCNAME, lowerAll(h.CNAMEs)...)
	add(data.KindNameServer, lowerAll(h.NameServers)...)
	add(data.KindJARM, h.JARM)
	add(data.KindCDN, h.CDN)
	if h.ASN != 0 {
		add(data.KindASN, strconv.FormatUint(uint64(h.ASN), 10))
	}
	if h.Certificate != nil {
		add(data.KindCert, strings.ToLower(h.Certificate.SHA256))
		add(data.KindSPKI, strings.ToLower(h.Certificate.SPKI))
	}
	hhhash, server := h.HHHash, h.Server
	if home := c.Home(); home != nil {
		hhhash = firstOf(hhhash, headerHash(home.Proto, home.Header))
		server = firstOf(server, home.HeaderValue("Server"))
	}
	add(data.KindHHHash, hhhash)
	add(data.KindServer, cutText(server, 100))
	for _, hop := range c.Chain {
		for _, raw := range []string{hop.URL, hop.To} {
			if u, err := url.Parse(raw); err == nil && isWeb(u) && !strings.EqualFold(u.Hostname(), data.HostName(c.Host)) {
				add(data.KindRedirect, strings.ToLower(u.Hostname()))
			}
		}
	}
}

func lowerAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = strings.ToLower(s)
	}
	return out
}

// readHeader adds the cookie names and unusual headers of one answer.
func readHeader(r *data.Resource, out *collector) {
	for _, f := range r.Header {
		name := strings.ToLower(f.Name)
		add := func(kind data.Kind, value string) {
			out.add(data.Feature{Layer: data.LayerBuilder, Kind: kind, Value: value, Source: r.URL})
		}
		switch {
		case name == "set-cookie":
			cookie, _, _ := strings.Cut(f.Value, "=")
			add(data.KindCookie, cookieName(cookie))
		case name == "x-powered-by" || name == "x-generator" || name == "x-aspnet-version" || name == "x-aspnetmvc-version":
			add(data.KindFramework, cutText(name+": "+strings.ToLower(fold(f.Value)), 80))
		case !isUsualHeader(name) && len(name) <= 60 && isASCII(name):
			add(data.KindHeader, longDigits(name, 4))
		}
	}
}

// cookieName returns the normal form of a cookie's name.
func cookieName(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 100 || !isASCII(s) {
		return ""
	}
	return mapParts(s, "_-.", func(_, part string) string {
		if len(part) >= 8 && (isHex(part) && hasDigit(part) || looksRandom(part)) {
			return "*"
		}
		return longDigits(part, 4)
	})
}

// isUsualHeader names the headers of common servers, proxies and networks,
// which say where a site runs and not what runs there.
func isUsualHeader(name string) bool {
	switch name {
	case "accept-ranges", "access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods", "access-control-allow-origin",
		"access-control-expose-headers", "access-control-max-age", "age", "allow", "alt-svc", "cache-control", "connection", "content-disposition", "content-encoding",
		"content-language", "content-length", "content-location", "content-security-policy", "content-security-policy-report-only", "content-type",
		"cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag", "expect-ct", "expires", "feature-policy",
		"keep-alive", "last-modified", "link", "location", "nel", "origin-agent-cluster", "p3p", "permissions-policy", "pragma", "priority", "proxy-connection",
		"referrer-policy", "report-to", "reporting-endpoints", "retry-after", "server", "server-timing", "strict-transport-security", "timing-allow-origin", "trailer",
		"transfer-encoding", "upgrade", "vary", "via", "warning", "www-authenticate", "x-cache", "x-cache-hits", "x-cache-status", "x-content-type-options",
		"x-dns-prefetch-control", "x-download-options", "x-frame-options", "x-permitted-cross-domain-policies", "x-pingback", "x-request-id", "x-robots-tag",
		"x-runtime", "x-served-by", "x-timer", "x-ua-compatible", "x-varnish", "x-xss-protection", "cf-ray", "cf-cache-status", "cf-mitigated", "cf-edge-cache",
		"x-amz-cf-id", "x-amz-cf-pop", "x-amz-request-id", "x-amz-id-2", "x-azure-ref", "x-vercel-id", "x-vercel-cache", "x-nf-request-id", "x-fastly-request-id",
		"x-proxy-cache", "x-litespeed-cache", "x-turbo-charged-by", "x-cdn", "x-iinfo", "x-sucuri-id", "x-sucuri-cache", "x-github-request-id", "accept-ch", "critical-ch",
		"cf-apo-via", "cf-bgj", "cf-polished", "etag-hash", "host-header", "platform", "panel":
		return true
	}
	return strings.HasPrefix(name, "x-archive-") || strings.HasPrefix(name, "x-crawler-") || strings.HasPrefix(name, "warc-")
}
