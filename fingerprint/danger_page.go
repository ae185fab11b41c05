package fingerprint

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"pitboss/data"
	"pitboss/data/reference"
)

// page looks for the rules about a page's elements.
func (d *dangerSearch) page(doc *document, judged *data.Assessment) {
	for i := range reference.DangerSigns() {
		rule := &reference.DangerSigns()[i]
		switch rule.Check {
		case reference.CheckForm:
			d.forms(rule, doc)
		case reference.CheckFrame:
			d.frames(rule, doc)
		case reference.CheckDownload:
			d.downloads(rule, doc)
		case reference.CheckHost:
			d.hosts(rule, doc)
		case reference.CheckLinks:
			d.links(rule, doc, judged)
		}
	}
}

// forms looks for forms that send what is secret to another site.
func (d *dangerSearch) forms(rule *reference.DangerSign, doc *document) {
	for i := range doc.forms {
		f := &doc.forms[i]
		if !isWeb(f.url) || !d.foreignForm(f.url) {
			continue
		}
		for _, field := range f.fields {
			if name := secretField(rule.Parts[0], field); name != "" {
				d.add(rule, fmt.Sprintf("field %s is sent to %s", name, strings.ToLower(f.url.Hostname())), doc.res.URL, f.offset)
				break
			}
		}
	}
}

// foreignForm reports whether a form's target belongs to somebody else.
// Payment services take cards, and a service with a log-in of its own takes
// its passwords; a tenant of a hosting service can be anybody.
func (d *dangerSearch) foreignForm(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	if sameSite(host, d.host) {
		return false
	}
	service := reference.ServiceOf(host)
	return service == "" || service == "hosting" || service == "messenger"
}

// secretField returns the name of a field that one of the words stands for.
func secretField(words []string, f field) string {
	if slices.Contains(words, "@password") {
		if f.kind == "password" {
			return firstOf(f.name, f.id, "password")
		}
		return ""
	}
	for _, name := range []string{f.name, f.id} {
		if name != "" && slices.Contains(words, strings.ToLower(name)) {
			return name
		}
	}
	return ""
}

// frames looks for frames of other sites that nobody can see.
func (d *dangerSearch) frames(rule *reference.DangerSign, doc *document) {
	for i := range doc.embeds {
		e := &doc.embeds[i]
		if e.tag != "iframe" && e.tag != "frame" || !isWeb(e.url) || !d.foreign(strings.ToLower(e.url.Hostname())) {
			continue
		}
		if n := doc.elementAt(e.offset); n != nil && n.Data == e.tag && isUnseen(n) {
			d.add(rule, "a frame that nobody sees loads "+strings.ToLower(e.url.Hostname()), doc.res.URL, e.offset)
		}
	}
}

// elementAt returns the element whose tag stands at an offset, or nil.
func (d *document) elementAt(offset int) *html.Node {
	i, ok := slices.BinarySearchFunc(d.nodes, offset, func(e element, at int) int { return int(e.offset) - at })
	if !ok {
		return nil
	}
	return d.nodes[i].node
}

// isUnseen reports whether an element has no size or is hidden, by itself or
// by what it stands in. What stands in noscript or template is not loaded, and
// who puts a frame into a sandbox does not trust it either.
func isUnseen(n *html.Node) bool {
	if hasAttr(n, "sandbox") {
		return false
	}
	unseen := tiny(attr(n, "width")) && tiny(attr(n, "height"))
	for up := n; up != nil; up = up.Parent {
		if up.Data == "noscript" || up.Data == "template" {
			return false
		}
		unseen = unseen || hasAttr(up, "hidden") || hidingStyle(attr(up, "style"))
	}
	return unseen
}

// tiny reports a size of at most two pixels.
func tiny(size string) bool {
	n, ok := leadingNumber(strings.TrimSpace(size))
	return ok && n <= 2 && !strings.Contains(size, "%")
}

// downloads looks for programs that are fetched without being asked for.
func (d *dangerSearch) downloads(rule *reference.DangerSign, doc *document) {
	for _, m := range doc.metas {
		if m.name != "refresh" {
			continue
		}
		if target := refreshTarget(m.content); hasEnding(target, doc.base, rule.Parts[0]) {
			d.add(rule, "the page refreshes to "+target, doc.res.URL, 0)
		}
	}
	for i := range doc.embeds {
		e := &doc.embeds[i]
		if (e.tag == "iframe" || e.tag == "frame" || e.tag == "embed" || e.tag == "object") && hasEnding(e.raw, doc.base, rule.Parts[0]) {
			d.add(rule, "a frame loads "+e.raw, doc.res.URL, e.offset)
		}
	}
}

// refreshTarget returns the URL of a refresh: "3; url=/a.apk".
func refreshTarget(content string) string {
	i := strings.Index(strings.ToLower(content), "url=")
	if i < 0 {
		return ""
	}
	return strings.Trim(strings.TrimSpace(content[i+4:]), `"'`)
}

func hasEnding(target string, base *url.URL, endings []string) bool {
	if target == "" || len(target) > maxURL {
		return false
	}
	u, err := base.Parse(target)
	return err == nil && isWeb(u) && slices.Contains(endings, strings.ToLower(path.Ext(u.Path)))
}

// hosts looks for what is loaded from listed hosts.
func (d *dangerSearch) hosts(rule *reference.DangerSign, doc *document) {
	for i := range doc.embeds {
		e := &doc.embeds[i]
		if isWeb(e.url) && isListed(strings.ToLower(e.url.Hostname()), rule.Parts[0]) {
			d.add(rule, e.tag+" loads from "+strings.ToLower(e.url.Hostname()), doc.res.URL, e.offset)
		}
	}
}

// links looks for links about gambling that nobody sees, on a page that is
// about something else.
func (d *dangerSearch) links(rule *reference.DangerSign, doc *document, judged *data.Assessment) {
	if judged.Gambling >= 0.5 && judged.Page != data.PageCompromised {
		return
	}
	terms := map[string]bool{}
	hosts := map[string]bool{}
	first := -1
	for i := range doc.links {
		l := &doc.links[i]
		if !l.hidden || !isWeb(l.url) || !d.foreign(strings.ToLower(l.url.Hostname())) {
			continue
		}
		about := false
		reference.Gambling().Match(cutText(l.text, maxLinkText)+" "+strings.ReplaceAll(l.url.Hostname(), ".", " "), func(t *reference.Term, _ int) {
			for _, m := range t.Meanings {
				if m.Class == reference.ClassCore || m.Class == reference.ClassGame {
					about = true
					terms[t.Text] = true
				}
			}
		})
		if about {
			hosts[strings.ToLower(l.url.Hostname())+l.url.Path] = true
			if first < 0 {
				first = l.offset
			}
		}
	}
	if len(hosts) >= rule.Number && len(terms) > 0 {
		names := sortedKeys(terms)
		d.add(rule, fmt.Sprintf("%d links that nobody sees: %s", len(hosts), strings.Join(names[:min(len(names), 6)], ", ")), doc.res.URL, first)
	}
}
