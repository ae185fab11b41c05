package fingerprint

import (
	"net/url"
	"strings"

	"pitboss/data"
)

// Version names what the extractor puts out. It changes with every change of
// the output for the same capture; the golden test holds it to that.
const Version = "2"

// Bounds of one capture.
const (
	maxPages     = 64       // pages that are read
	maxResources = 2_000    // answers that are looked at
	maxBody      = 20 << 20 // bytes that are read of one body
)

// Extract reads one capture. It is a pure function of the capture: it uses no
// clock, network or disk. It never panics, whatever the capture holds.
func Extract(c *data.Capture) data.Fingerprint {
	x := newExtraction(c)
	x.read()
	x.guard(func() { readHosting(c, x.out) })
	f := data.Fingerprint{Host: c.Host, Visit: c.Visit, Capture: c.Digest, Extractor: Version, At: c.At}
	if home := x.home(); home != nil {
		f.Title = cutText(home.title, maxValue)
	}
	x.guard(func() { identifiers(c, x.docs, x.out) })
	x.guard(func() { f.Assessment = assess(c, x.docs, x.out) })
	x.guard(func() { f.Dangers = dangers(c, x.docs, x.host, &f.Assessment) })
	f.Features = x.out.features()
	f.Complete = !x.out.cut
	return f
}

// read reads all answers of the capture.
func (x *extraction) read() {
	for i := range x.capture.Resources {
		if i == maxResources {
			x.out.cut = true
			break
		}
		x.guard(func() { x.resource(&x.capture.Resources[i]) })
	}
	x.guard(x.structures.flush)
	if !x.plain {
		x.guard(x.readIcons)
	}
}

// extraction is the work on one capture.
type extraction struct {
	capture    *data.Capture
	host       string // of the final page, without port
	out        *collector
	docs       []*document // pages of the site, home first
	structures *structures
	byURL      map[string]int // index of a resource, made when it is first needed
	shots      int            // screenshots that were hashed
	plain      bool           // without fuzzy hashes and pictures, for measuring
}

func newExtraction(c *data.Capture) *extraction {
	out := newCollector()
	x := &extraction{capture: c, out: out, structures: newStructures(out)}
	x.host = data.HostName(c.Host)
	if u, err := url.Parse(c.FinalURL); err == nil && u.Hostname() != "" {
		x.host = strings.ToLower(u.Hostname())
	}
	return x
}

// guard runs one step. A parser that panics on hostile bytes costs that step
// and not the site.
func (x *extraction) guard(step func()) {
	defer func() {
		if recover() != nil {
			x.out.cut = true
		}
	}()
	step()
}

// home returns the first page, or nil.
func (x *extraction) home() *document {
	if len(x.docs) == 0 {
		return nil
	}
	return x.docs[0]
}

// resource reads one answer for what its role makes of it.
func (x *extraction) resource(r *data.Resource) {
	res := *r
	if len(res.Body) > maxBody {
		res.Body, x.out.cut = res.Body[:maxBody], true
	}
	x.out.cut = x.out.cut || r.Truncated
	switch r.Role {
	case data.RoleHome, data.RolePage, data.RoleRendered:
		readHeader(r, x.out)
		if isHTML(&res) {
			x.page(&res)
		} else {
			x.data(&res)
		}
	case data.RoleErrorPage:
		x.errorPage(&res)
	case data.RoleStylesheet, data.RoleImage, data.RoleOther, data.RoleIcon:
		x.asset(&res)
	case data.RoleScript:
		x.script(&res)
	case data.RoleData, data.RoleManifest:
		x.data(&res)
	case data.RoleRedirect:
		readHeader(r, x.out)
	case data.RoleScreenshot:
		x.screenshot(&res)
	}
}

// isHTML reports whether a page's body is a document.
func isHTML(r *data.Resource) bool {
	t := strings.ToLower(r.ContentType)
	if strings.Contains(t, "html") {
		return true
	}
	if t != "" && !strings.HasPrefix(t, "text/plain") && !strings.HasPrefix(t, "application/octet-stream") {
		return false
	}
	head := strings.TrimLeft(string(r.Body[:min(len(r.Body), 256)]), "\ufeff \t\r\n")
	return strings.HasPrefix(head, "<")
}

// page reads one page of the site.
func (x *extraction) page(r *data.Resource) {
	if len(x.docs) == maxPages {
		x.out.cut = true
		return
	}
	doc := parseDocument(r)
	x.out.cut = x.out.cut || doc.cut
	first := len(x.docs) == 0
	x.docs = append(x.docs, doc)
	x.structures.read(doc)
	readLinks(doc, x.host, x.out)
	readMarkup(doc, x.out)
	readFrame(doc, x.out)
	for i := range doc.scripts {
		x.inline(doc, &doc.scripts[i])
	}
	for _, s := range doc.styles {
		readOwnSheet(terminated(s.body), r.URL, s.offset, x.out)
	}
	if first {
		x.homeHashes(doc, r.Body)
	}
}

// homeHashes adds the hashes that other tools know the home page by.
func (x *extraction) homeHashes(doc *document, raw []byte) {
	add := func(kind data.Kind, value string) {
		x.out.add(data.Feature{Layer: data.LayerTemplate, Kind: kind, Value: value, Source: doc.res.URL})
	}
	add(data.KindDOMHash, tellingDOMHash(doc.tags))
	if !x.plain {
		add(data.KindTLSH, fuzzyHash(raw))
	}
	if len(raw) > 0 {
		add(data.KindHTMLHash, htmlHash(raw))
	}
}

// errorPage hashes the answer to a path that does not exist, unless it is the
// home page again.
func (x *extraction) errorPage(r *data.Resource) {
	readHeader(r, x.out)
	if !isHTML(r) {
		return
	}
	h := tellingDOMHash(parseDocument(r).tags)
	if home := x.home(); home != nil && tellingDOMHash(home.tags) == h {
		return
	}
	x.out.add(data.Feature{Layer: data.LayerBuilder, Kind: data.KindErrorPage, Value: h, Source: r.URL})
}

// asset hashes a style sheet, picture or font, and reads style sheets.
func (x *extraction) asset(r *data.Resource) {
	if len(r.Body) == 0 || r.Status >= 400 || strings.Contains(strings.ToLower(r.ContentType), "html") {
		return
	}
	if !r.Truncated {
		x.out.add(data.Feature{Layer: data.LayerTemplate, Kind: data.KindAssetHash, Value: sha256Hex(r.Body), Label: fileName(r.URL), Source: r.URL})
	}
	if r.Role != data.RoleStylesheet {
		return
	}
	if lib := knownLibrary(r.URL, r.Body); lib != "" {
		x.framework(lib, r.URL)
		return
	}
	readSheet(r.Body, r.URL, 0, x.out)
}

// script reads a script file. Of a generic library only its name and its hash
// are kept: what is in it says nothing of the site.
func (x *extraction) script(r *data.Resource) {
	if len(r.Body) == 0 || r.Status >= 400 || strings.Contains(strings.ToLower(r.ContentType), "html") {
		return
	}
	if !r.Truncated {
		x.out.add(data.Feature{Layer: data.LayerBuilder, Kind: data.KindScriptHash, Value: sha256Hex(r.Body), Label: fileName(r.URL), Source: r.URL})
	}
	if lib := knownLibrary(r.URL, r.Body); lib != "" {
		x.framework(lib, r.URL)
		return
	}
	x.packed(r.Body, r.URL)
	readScript(r.Body, r.URL, x.host, x.out)
}

// inline reads a script written in a page.
func (x *extraction) inline(doc *document, s *inlineScript) {
	if isJSONType(s.kind) {
		if body := s.bytes(); len(body) > maxJSON {
			readJSON(body, doc.res.URL, s.offset, x.out)
		} else {
			readOwnJSON(body, doc.res.URL, s.offset, x.out)
		}
		return
	}
	if !isScriptType(s.kind) {
		return
	}
	body := s.bytes()
	x.packed(body, doc.res.URL)
	readOwnScript(body, data.KindInlineScript, doc.res.URL, s.offset, x.host, x.out)
}

// screenshot hashes a rendered picture.
func (x *extraction) screenshot(r *data.Resource) {
	if x.shots++; x.shots > maxIcons {
		x.out.cut = true
		return
	}
	for _, h := range imageHashes(r.Body, imageFormat(r.Body)) {
		x.out.add(data.Feature{Layer: data.LayerTemplate, Kind: data.KindScreenPHash, Value: h, Source: r.URL})
	}
}

func (x *extraction) framework(name, source string) {
	x.out.add(data.Feature{Layer: data.LayerBuilder, Kind: data.KindFramework, Value: name, Source: source})
}

func (x *extraction) data(r *data.Resource) {
	if strings.Contains(strings.ToLower(r.ContentType), "json") || r.Role == data.RoleManifest {
		readJSON(r.Body, r.URL, 0, x.out)
	}
}

func isScriptType(kind string) bool {
	switch kind {
	case "", "module", "text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript", "text/jsx", "text/babel":
		return true
	}
	return strings.HasPrefix(kind, "text/javascript") || strings.HasSuffix(kind, "-text/javascript") // rocket loader and consent tools
}

func isJSONType(kind string) bool {
	return strings.Contains(kind, "json") || kind == "importmap" || kind == "speculationrules"
}

// fileName returns the last part of a URL's path.
func fileName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}
