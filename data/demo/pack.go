package demo

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

//go:embed text/*.txt
var textFiles embed.FS

//go:embed builders special
var templateFiles embed.FS

// pack holds the words of one language or subject: lists by key.
type pack map[string][]string

// loadPacks reads text/NAME.txt: "key = one | two"; a line that starts with
// white space continues the list of the key above it.
func loadPacks() map[string]pack {
	packs := map[string]pack{}
	for _, name := range must(fs.Glob(textFiles, "text/*.txt")) {
		p := pack{}
		key := ""
		for line := range strings.Lines(string(must(textFiles.ReadFile(name)))) {
			values := line
			if k, v, ok := strings.Cut(line, " = "); ok && line[0] != ' ' {
				key, values = strings.TrimSpace(k), v
			}
			for v := range strings.SplitSeq(values, "|") {
				if v = strings.TrimSpace(v); v != "" {
					p[key] = append(p[key], v)
				}
			}
		}
		packs[strings.TrimSuffix(path.Base(name), ".txt")] = p
	}
	return packs
}

// loadTemplates parses one set for each workshop and one for the rest. Pages and scripts are text
// templates: all input is ours, and html/template would drop the comments that
// real pages are full of.
func loadTemplates() map[string]*template.Template {
	sets := map[string]*template.Template{"special": parseDir("special")}
	for _, e := range must(templateFiles.ReadDir("builders")) {
		sets[e.Name()] = parseDir("builders/" + e.Name())
	}
	return sets
}

func parseDir(dir string) *template.Template {
	return template.Must(template.New(dir).ParseFS(templateFiles, dir+"/*.*"))
}

// must unwraps what can only fail when the embedded files themselves are
// wrong, which the tests would show.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
