package review

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"iter"
	"strings"

	"pitboss/data"
)

//go:embed pages/*.html pages/style.css
var pageFiles embed.FS

const (
	styleFile   = "style.css"
	contentHTML = "text/html; charset=utf-8"
	contentCSS  = "text/css; charset=utf-8"
)

// pages renders; it is made once per handler or report.
type pages struct {
	templates *template.Template
	style     []byte
}

func newPages() (*pages, error) {
	t, err := template.New("").Funcs(helpers()).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, err
	}
	return &pages{t, style}, nil
}

func helpers() template.FuncMap {
	return template.FuncMap{
		"show": visible, "defang": defang, "day": day, "minute": minute, "bits": bits, "num": number,
		"percent": percent, "plural": plural, "kind": KindName, "page": pageName, "outcome": outcomeName,
		"value": func(_ data.Kind, v string, limit int) string {
			if strings.Contains(v, "://") {
				return defang(v, limit)
			}
			return visible(v, limit)
		},
		"detail": detailOf, "telling": telling,
		"width":     func(n, of int) string { return fmt.Sprintf("%.1f", 100*float64(n)/float64(max(1, of, n))) },
		"score":     func(p float64) string { return fmt.Sprintf("%.1f", 100*min(max(p, 0), 1)) },
		"bare":      func(s string) string { return strings.TrimPrefix(s, "sha256:") },
		"weight":    func(w float64) string { return strings.Replace(fmt.Sprintf("%+.2f", w), "-", "−", 1) },
		"big":       func(n int64) string { return number(int(n)) },
		"dict":      dict,
		"lift":      func(l float64) string { return fmt.Sprintf("%.1f×", l) },
		"tone":      tone,
		"join":      func(list []string) string { return visible(strings.Join(list, ", "), 600) },
		"layerFile": func(l data.Layer) string { return layerFiles[l] },
	}
}

// dict passes several values to a template: names and values in turn.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("%w: dict key %v", data.ErrInvalid, pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

var layerFiles = map[data.Layer]string{data.LayerBuilder: "builders", data.LayerTemplate: "templates", data.LayerOperator: "operators"}

var layerLeads = map[data.Layer]string{
	data.LayerBuilder:  "Sites on one code base, whatever their skin; those with most gambling sites first. A builder is proven by code lineage, not by people: kits leak and are forked.",
	data.LayerTemplate: "Sites with the same skin: one look within a builder’s work.",
	data.LayerOperator: "Sites run by the same people, tied by hard identifiers, across builders.",
}

// paths yields every page of the snapshot.
func (s *snapshot) paths() iter.Seq[string] {
	return func(yield func(string) bool) {
		list := []string{styleFile, "index.html", "indicators.html"}
		list = append(list, files("sites", len(s.sites))...)
		for _, l := range layerOrder {
			if base := layerFiles[l]; base != "" {
				list = append(list, files(base, len(s.layer(l)))...)
			}
		}
		for _, p := range list {
			if !yield(p) {
				return
			}
		}
		for _, f := range s.families {
			if !yield("family/" + f.File) {
				return
			}
		}
		for _, r := range s.sites {
			if !yield("site/" + r.File) {
				return
			}
		}
	}
}

// files are the names of a list's pages: "sites.html", "sites-2.html", …
func files(base string, rows int) []string {
	out := []string{base + ".html"}
	for n := 2; (n-1)*perPage < rows; n++ {
		out = append(out, fmt.Sprintf("%s-%d.html", base, n))
	}
	return out
}

// render returns one page. The error wraps data.ErrNotFound where there is no
// such page.
func (p *pages) render(ctx context.Context, s *snapshot, store Store, path string) (body []byte, contentType string, err error) {
	if path == styleFile {
		return p.style, contentCSS, nil
	}
	v := view{Report: s.options.Title, At: minute(s.at), Run: s.run, Has: s.clustered}
	name, err := s.fill(ctx, store, path, &v)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, v); err != nil {
		return nil, "", fmt.Errorf("render %s: %w", path, err)
	}
	return b.Bytes(), contentHTML, nil
}

// fill sets the view of a path and returns its template.
func (s *snapshot) fill(ctx context.Context, store Store, path string, v *view) (string, error) {
	if file, ok := strings.CutPrefix(path, "family/"); ok {
		f := s.famFiles[file]
		if f == nil {
			return "", fmt.Errorf("page %q: %w", path, data.ErrNotFound)
		}
		v.Root, v.Nav, v.Title, v.Body = "../", layerFiles[f.Layer], visible(f.Label, 80), s.family(f)
		return "family.html", nil
	}
	if file, ok := strings.CutPrefix(path, "site/"); ok {
		row := s.siteFiles[file]
		if row == nil {
			return "", fmt.Errorf("page %q: %w", path, data.ErrNotFound)
		}
		body, err := s.site(ctx, store, row)
		v.Root, v.Nav, v.Title, v.Body = "../", "sites", visible(row.Host, 120), body
		return "site.html", err
	}
	switch path {
	case "index.html":
		v.Nav, v.Title, v.Body = "index", "Overview", s.overview()
		return "index.html", nil
	case "indicators.html":
		v.Nav, v.Title, v.Body = "indicators", "Shared indicators", s.shared()
		return "indicators.html", nil
	}
	return s.fillList(path, v)
}

func (s *snapshot) fillList(path string, v *view) (string, error) {
	if l, ok := list(path, "sites", s.sites); ok {
		l.Head, l.Lead = "Sites", "Every site that is watched, by host."
		v.Nav, v.Title, v.Body = "sites", l.Head, l
		return "sites.html", nil
	}
	for layer, base := range layerFiles {
		l, ok := list(path, base, s.layer(layer))
		if !ok {
			continue
		}
		l.Layer, l.Head, l.Lead = layer, strings.ToUpper(base[:1])+base[1:], layerLeads[layer]
		v.Nav, v.Title, v.Body = base, l.Head, l
		return "families.html", nil
	}
	return "", fmt.Errorf("page %q: %w", visible(path, 100), data.ErrNotFound)
}

// list cuts the rows that belong on the page of that path.
func list[T any](path, base string, rows []T) (listing, bool) {
	names := files(base, len(rows))
	out := listing{Total: len(rows)}
	found := false
	for i, name := range names {
		out.Pages = append(out.Pages, pageLink{i + 1, name, name == path})
		if name == path {
			found = true
			out.From = i * perPage
			out.Rows = rows[out.From:min(len(rows), (i+1)*perPage)]
		}
	}
	return out, found
}
