package fingerprint

import (
	"strings"

	"pitboss/data"
)

// maxPhrase bounds a phrase of interface text, in bytes.
const maxPhrase = 60

// readMarkup adds the comments, meta tags, i18n keys and interface text of
// one page.
func readMarkup(doc *document, out *collector) {
	m := markup{doc: doc, out: out}
	for _, t := range doc.metas {
		m.meta(t)
	}
	for _, c := range doc.comments {
		m.comment(c)
	}
	for i := range doc.nodes {
		m.keys(&doc.nodes[i])
	}
	for _, r := range doc.text {
		if isInterface(r.tag) {
			m.phrase(r.text, r.offset)
		}
	}
	for i := range doc.forms {
		for _, f := range doc.forms[i].fields {
			m.phrase(fold(f.placeholder), doc.forms[i].offset)
		}
	}
}

type markup struct {
	doc *document
	out *collector
}

func (m markup) add(layer data.Layer, kind data.Kind, value string, offset int) {
	m.out.add(data.Feature{Layer: layer, Kind: kind, Value: value, Source: m.doc.res.URL, Offset: offset})
}

// meta adds a tag whose value belongs to the program and not to the content.
func (m markup) meta(t metaTag) {
	value := fold(t.content)
	if t.name == "generator" {
		m.add(data.LayerTemplate, data.KindGenerator, cutText(value, 100), 0)
		m.add(data.LayerBuilder, data.KindFramework, cutText(strings.ToLower(value), 80), 0)
		return
	}
	if len(t.name) > 60 || isContentMeta(t.name) {
		return
	}
	if len(value) > 120 || looksRandom(value) || strings.Contains(t.name, "token") || strings.Contains(t.name, "verif") {
		value = "*"
	}
	m.add(data.LayerBuilder, data.KindMeta, t.name+"="+value, 0)
}

// isContentMeta names the tags that describe what a page shows.
func isContentMeta(name string) bool {
	switch name {
	case "description", "keywords", "title", "author", "date", "image", "url", "name", "thumbnail", "news_keywords", "abstract", "subject", "refresh", "application-name",
		"apple-mobile-web-app-title", "copyright", "publisher", "position", "datepublished", "datemodified", "headline", "msapplication-tileimage", "content-type":
		return true
	}
	for _, p := range [...]string{"og:title", "og:description", "og:url", "og:image", "og:site_name", "og:updated", "og:video", "og:audio", "twitter:title", "twitter:description", "twitter:image", "twitter:url",
		"twitter:label", "twitter:data", "twitter:domain", "article:", "product:", "book:", "profile:", "dc.", "dcterms.", "parsely", "sailthru", "citation_", "geo.", "icbm"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return strings.HasPrefix(name, "twitter:creator") || strings.HasPrefix(name, "twitter:site")
}

// comment adds an HTML comment with its numbers normalised. Conditional
// comments and commented-out markup are cut short.
func (m markup) comment(c comment) {
	text := fold(c.text)
	if len(text) < 3 || strings.HasPrefix(text, "[if ") || strings.HasPrefix(text, "<![endif") || strings.HasPrefix(text, "/") && len(text) < 6 {
		return
	}
	text = longDigits(cutText(text, 120), 2)
	m.add(data.LayerTemplate, data.KindComment, text, c.offset)
}

// keys adds the i18n keys that attributes carry.
func (m markup) keys(e *element) {
	for i := range e.node.Attr {
		a := &e.node.Attr[i]
		if !strings.HasPrefix(a.Key, "data-") {
			continue
		}
		switch a.Key {
		case "data-i18n", "data-i18n-key", "data-lang", "data-lang-key", "data-translate", "data-translate-key", "data-trans", "data-t", "data-locale", "data-text-key", "data-i18n-placeholder", "data-l10n-id":
			if key := strings.TrimSpace(a.Val); isKey(key) || len(key) >= 3 && len(key) <= 80 && isWord(key) {
				m.add(data.LayerBuilder, data.KindI18NKey, key, int(e.offset))
			}
		}
	}
}

// isInterface names the elements whose text belongs to the program.
func isInterface(tag string) bool {
	switch tag {
	case "button", "label", "th", "legend", "option":
		return true
	}
	return false
}

// phrase adds a phrase of interface text, in lower case, numbers normalised.
func (m markup) phrase(text string, offset int) {
	if len(text) < 2 || len(text) > maxPhrase {
		return
	}
	text = longDigits(strings.ToLower(text), 1)
	if strings.Trim(text, "{n}.,:;-–+*/%()<>×✕x |") == "" {
		return
	}
	m.add(data.LayerBuilder, data.KindText, text, offset)
}
