package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"

	xhtml "golang.org/x/net/html"

	"pitboss/data"
)

// row is an index entry on its way into a visit.
type row struct {
	data.Exchange

	host     string // canonical host of URL
	to       string // where a redirect leads, absolute
	seq      int    // position in the file
	resource bool   // not an HTTP answer
	empty    bool   // no payload
	html     bool   // the payload is an HTML document
	embedded bool   // fetched as part of another page
	doc      *document
	in       []*bucket // foreign visits that it is attached to
}

// document is what a visit needs to know of an HTML answer.
type document struct {
	hhhash string
	server string
	icons  []string // link rel=icon, canonical URLs
	links  []string // link rel=manifest, canonical URLs
}

// page is what was found in a document or style sheet while it was in memory.
type page struct {
	refs []string // foreign addresses it mentions, as reference keys
}

// origin is what a request says of the page that made it.
type origin struct {
	referer string
	dest    string // Sec-Fetch-Dest
}

func newRow(f *found, host string, m *message, at data.Location, isHTTP bool) *row {
	r := &row{host: host, resource: !isHTTP, empty: m.size == 0}
	r.Exchange = data.Exchange{
		URL: strings.ToValidUTF8(f.uri(), "%EF%BF%BD"), Role: validRole(f.get(roleField)), Status: m.status,
		At: f.date(), Addr: f.get("WARC-IP-Address"), Digest: formatSHA256(m.digest),
		Truncated: f.get("WARC-Truncated"), Record: at,
	}
	r.MediaType = mediaType(m.get("Content-Type"))
	if !isHTTP {
		r.MediaType = mediaType(f.get("Content-Type"))
	}
	if m.status >= 300 && m.status < 400 {
		r.to = resolve(r.URL, m.get("Location"))
	}
	return r
}

// inspectDocument completes a row from its payload and collects references.
func inspectDocument(r *row, m *message) page {
	var p page
	body, _ := decodeContent(m.all("Content-Encoding"), m.payload, scanLimit)
	r.html = isHTML(r.MediaType, body)
	if !r.html && r.MediaType != "text/css" {
		return p
	}
	p.refs = references(body, r.host)
	if !r.html {
		return p
	}
	r.doc = &document{hhhash: hhHash(m.fields), server: clip(m.get("Server"))}
	for _, l := range headLinks(body, r.URL) {
		switch {
		case l.rel("icon"), l.rel("apple-touch-icon"), l.rel("apple-touch-icon-precomposed"):
			r.doc.icons = append(r.doc.icons, l.href)
		case l.rel("manifest"):
			r.doc.links = append(r.doc.links, l.href)
		}
	}
	return p
}

// isHTML trusts the declared type, and looks at the bytes where there is none.
func isHTML(mediaType string, body []byte) bool {
	switch mediaType {
	case "text/html", "application/xhtml+xml":
		return true
	case "":
		return strings.HasPrefix(http.DetectContentType(body), "text/html")
	}
	return false
}

// hhHash is the HTTP headers hashing of Alexandre Dulaunoy (hhhash): the
// names of the response's header fields in wire order, joined by colons.
func hhHash(fields []data.HeaderField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	sum := sha256.Sum256([]byte(strings.Join(names, ":")))
	return "hhh:1:" + hex.EncodeToString(sum[:])
}

// link is a <link> element.
type link struct {
	rels []string
	href string
}

func (l *link) rel(name string) bool {
	for _, r := range l.rels {
		if strings.EqualFold(r, name) {
			return true
		}
	}
	return false
}

// headLinks returns the <link> elements of a document, at most 64, with their
// address made absolute.
func headLinks(body []byte, base string) []link {
	const most = 64
	var out []link
	for len(out) < most {
		i := indexTag(body, "link")
		if i < 0 {
			break
		}
		end := bytes.IndexByte(body[i:], '>')
		if end < 0 || end > 4<<10 {
			body = body[i+len("<link"):]
			continue
		}
		if l := parseLink(body[i:i+end+1], base); l.href != "" {
			out = append(out, l)
		}
		body = body[i+end:]
	}
	return out
}

// indexTag finds "<name" followed by white space, in any case.
func indexTag(body []byte, name string) int {
	from := 0
	for {
		i := bytes.IndexByte(body[from:], '<')
		if i < 0 {
			return -1
		}
		i += from
		rest := body[i+1:]
		if len(rest) > len(name) && bytes.EqualFold(rest[:len(name)], []byte(name)) && rest[len(name)] <= ' ' {
			return i
		}
		from = i + 1
	}
}

func parseLink(tag []byte, base string) link {
	var l link
	z := xhtml.NewTokenizer(bytes.NewReader(tag))
	if t := z.Next(); t != xhtml.StartTagToken && t != xhtml.SelfClosingTagToken {
		return l
	}
	for _, a := range z.Token().Attr {
		switch a.Key {
		case "rel":
			l.rels = strings.Fields(a.Val)
		case "href":
			l.href = canonicalURL(resolve(base, a.Val))
		}
	}
	return l
}

// references returns the keys of the absolute addresses on other hosts that a
// page mentions, in whatever attribute, script or style, at most 4,096.
func references(body []byte, host string) []string {
	const most = 4096
	var out []string
	for len(out) < most {
		i := bytes.Index(body, []byte("//"))
		if i < 0 {
			break
		}
		body = body[i+2:]
		end := bytes.IndexAny(body[:min(len(body), 2048)], "\"'<> \t\r\n)\\`")
		if end < 4 {
			continue
		}
		ref := string(body[:end])
		if !plausibleHost(ref) {
			continue
		}
		body = body[end:]
		if strings.Contains(ref, "&") {
			ref = html.UnescapeString(ref)
		}
		if key := refKey(ref); key != "" && !strings.HasPrefix(key, host+"/") {
			out = append(out, key)
		}
	}
	return out
}

// plausibleHost refuses comments and regular expressions behind "//".
func plausibleHost(ref string) bool {
	host, _, _ := strings.Cut(ref, "/")
	return strings.IndexByte(host, '.') > 0 || strings.HasPrefix(host, "[")
}

// refKey is an address without scheme and fragment: pages mention a resource
// by another scheme than the one it was fetched by.
func refKey(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	address, _, _ = strings.Cut(address, "#")
	end := strings.IndexAny(address, "/?")
	if end < 0 {
		return strings.ToLower(address) + "/"
	}
	return strings.ToLower(address[:end]) + address[end:]
}

// canonicalURL makes addresses comparable: scheme and host in lower case, no
// fragment, no default port, "/" for an empty path. What cannot be parsed gives "".
func canonicalURL(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return ""
	}
	u.Scheme, u.Host, u.Fragment, u.User = strings.ToLower(u.Scheme), strings.ToLower(u.Host), "", nil
	if p := u.Port(); p == "80" && u.Scheme == "http" || p == "443" && u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":"+p)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// resolve makes a reference absolute; "" where that cannot be done.
func resolve(base, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ""
	}
	return u.String()
}

var errNoHost = errors.New("no http address")

// hostOf returns the canonical host of an http or https address.
func hostOf(address string) (string, error) {
	const longest = 64 << 10
	lower := strings.ToLower(address[:min(len(address), 8)])
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") || len(address) > longest {
		return "", errNoHost
	}
	_, rest, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	return data.NormalizeHost(rest)
}

// readRequest takes what it needs from a request head.
func readRequest(r *bufio.Reader) origin {
	var o origin
	budget := maxHTTPHead
	for {
		line, err := readLine(r, &budget)
		if name, value, ok := bytes.Cut(line, []byte(":")); ok {
			switch strings.ToLower(string(name)) {
			case "referer":
				o.referer = string(bytes.TrimSpace(value))
			case "sec-fetch-dest":
				o.dest = strings.ToLower(string(bytes.TrimSpace(value)))
			}
		}
		if errors.Is(err, io.EOF) || err != nil || len(line) == 0 {
			return o
		}
	}
}
