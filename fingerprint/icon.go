package fingerprint

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"

	"pitboss/data"
)

// Bounds of icons.
const (
	maxIcons    = 4       // icons of a site that are hashed
	maxDataURL  = 1 << 20 // bytes of a data: URL's body
	maxIconHops = 5       // redirects between an icon's URL and its body
)

// icon is the body of one favicon.
type icon struct {
	url    string // "data:" for one written in the page
	body   []byte
	format string
}

// readIcons hashes the site's favicons.
func (x *extraction) readIcons() {
	for _, ic := range x.icons() {
		add := func(kind data.Kind, value string) {
			x.out.add(data.Feature{Layer: data.LayerTemplate, Kind: kind, Value: value, Label: ic.format, Source: ic.url})
		}
		add(data.KindFavicon, faviconHash(ic.body))
		add(data.KindFaviconMD5, md5Hex(ic.body))
		add(data.KindFaviconSHA, sha256Hex(ic.body))
		for _, h := range imageHashes(ic.body, ic.format) {
			add(data.KindIconPHash, h)
		}
	}
}

// icons resolves the favicons as a browser does: the link elements of the home
// page whose rel has the word icon, or else /favicon.ico. An HTML page served
// in an icon's place is no icon.
func (x *extraction) icons() []icon {
	home := x.home()
	if home == nil {
		return nil
	}
	var out []icon
	for i := range home.embeds {
		e := &home.embeds[i]
		if e.tag != "link" || !containsWord(e.rel, "icon") || len(out) == maxIcons {
			continue
		}
		if ic, ok := x.icon(e.raw, e.url); ok && !hasIcon(out, ic) {
			out = append(out, ic)
		}
	}
	if len(out) > 0 {
		return out
	}
	u, err := url.Parse(home.res.URL)
	if err != nil {
		return nil
	}
	if ic, ok := x.icon("", u.ResolveReference(&url.URL{Path: "/favicon.ico"})); ok {
		out = append(out, ic)
	}
	return out
}

func hasIcon(icons []icon, ic icon) bool {
	for _, have := range icons {
		if bytes.Equal(have.body, ic.body) {
			return true
		}
	}
	return false
}

// icon returns the body behind an icon's reference.
func (x *extraction) icon(raw string, u *url.URL) (icon, bool) {
	ic := icon{}
	if len(raw) >= 5 && strings.EqualFold(raw[:5], "data:") {
		ic.url, ic.body = "data:", dataURL(raw)
	} else if isWeb(u) {
		ic.url, ic.body = x.body(u)
	}
	ic.format = imageFormat(ic.body)
	return ic, ic.format != ""
}

// body returns what the capture holds under a URL, redirects followed.
func (x *extraction) body(u *url.URL) (string, []byte) {
	for range maxIconHops {
		r := x.find(u)
		switch {
		case r == nil:
			return "", nil
		case r.Status >= 300 && r.Status < 400:
			to, err := u.Parse(r.HeaderValue("Location"))
			if err != nil || !isWeb(to) {
				return "", nil
			}
			u = to
		case r.Status >= 400 || r.Truncated || len(r.Body) > maxBody:
			return "", nil
		default:
			return r.URL, r.Body
		}
	}
	return "", nil
}

// find returns the resource with a URL, its fragment aside.
func (x *extraction) find(u *url.URL) *data.Resource {
	bare := *u
	bare.Fragment, bare.RawFragment = "", ""
	if x.byURL == nil {
		x.byURL = map[string]int{}
		for i := range x.capture.Resources {
			if i == maxResources {
				break
			}
			key := x.capture.Resources[i].URL
			if _, ok := x.byURL[key]; !ok {
				x.byURL[key] = i
			}
		}
	}
	if i, ok := x.byURL[bare.String()]; ok {
		return &x.capture.Resources[i]
	}
	return nil
}

// dataURL returns the body of a data: URL (RFC 2397), nil when it is broken.
func dataURL(raw string) []byte {
	head, body, ok := strings.Cut(raw[len("data:"):], ",")
	if !ok || len(body) > maxDataURL {
		return nil
	}
	text, err := url.PathUnescape(body)
	if err != nil {
		text = body // a bare "%" is common in SVG
	}
	if !strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), ";base64") {
		return []byte(text)
	}
	text = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, text)
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return out
}

// imageFormat names the format of a picture by its first bytes, as browsers
// sniff it, or returns "".
func imageFormat(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return "gif"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "jpeg"
	case len(b) > 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return "webp"
	case len(b) > 22 && b[0] == 0 && b[1] == 0 && (b[2] == 1 || b[2] == 2) && b[3] == 0:
		return "ico"
	case len(b) > 26 && b[0] == 'B' && b[1] == 'M':
		return "bmp"
	case len(b) > 12 && string(b[4:8]) == "ftyp" && (string(b[8:12]) == "avif" || string(b[8:12]) == "avis"):
		return "avif"
	}
	head := bytes.TrimLeft(b[:min(len(b), 1024)], "\xef\xbb\xbf \t\r\n")
	if bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")) ||
		bytes.HasPrefix(head, []byte("<!--")) && bytes.Contains(head, []byte("<svg")) && !bytes.Contains(head, []byte("<html")) ||
		bytes.HasPrefix(head, []byte("<!DOCTYPE svg")) {
		return "svg"
	}
	return ""
}
