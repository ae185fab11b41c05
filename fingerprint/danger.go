package fingerprint

import (
	"strings"

	"pitboss/data"
	"pitboss/data/reference"
)

// Bounds of the danger signs of one capture.
const (
	maxDangers       = 50 // that are reported
	maxDangersOfRule = 8  // of one rule
)

// dangers finds signs of malicious code. The rules and what they look for
// stand in data/reference/danger.tsv; how each check works, here.
//
// They are signs and not proof: nothing is run, and a script that is fetched
// only by a real browser stays unseen.
func dangers(c *data.Capture, docs []*document, host string, judged *data.Assessment) []data.Danger {
	d := &dangerSearch{host: host, scanner: dangerScanner(), found: map[string][]data.Danger{}}
	for _, doc := range docs {
		d.page(doc, judged)
		for i := range doc.scripts {
			if s := &doc.scripts[i]; isScriptType(s.kind) {
				d.script(s.bytes(), doc.res.URL, s.offset)
			}
		}
	}
	for i := range c.Resources[:min(len(c.Resources), maxResources)] {
		r := &c.Resources[i]
		if r.Role != data.RoleScript || r.Status >= 400 || strings.Contains(strings.ToLower(r.ContentType), "html") {
			continue
		}
		body := r.Body[:min(len(r.Body), maxBody)]
		if knownLibrary(r.URL, body) == "" {
			d.script(body, r.URL, 0)
		}
	}
	return d.list()
}

// dangerSearch is the search in one capture.
type dangerSearch struct {
	host    string // of the site
	scanner *literalScanner
	found   map[string][]data.Danger // by rule
}

// add keeps a sign, unless the same was seen before.
func (d *dangerSearch) add(rule *reference.DangerSign, detail, source string, offset int) {
	have := d.found[rule.Name]
	if len(have) == maxDangersOfRule {
		return
	}
	detail = cutText(detail, maxValue)
	for i := range have {
		if have[i].Detail == detail {
			return
		}
	}
	d.found[rule.Name] = append(have, data.Danger{Rule: rule.Name, Meaning: rule.About, Detail: detail, Source: source, Offset: offset})
}

// list returns what was found in the order of the rules.
func (d *dangerSearch) list() []data.Danger {
	var out []data.Danger
	for i := range reference.DangerSigns() {
		name := reference.DangerSigns()[i].Name // several rules may share it
		out = append(out, d.found[name]...)
		delete(d.found, name)
	}
	return out[:min(len(out), maxDangers)]
}

// foreign reports whether a host is neither the site's nor a shared
// service's.
func (d *dangerSearch) foreign(host string) bool {
	return host != "" && !sameSite(host, d.host) && reference.ServiceOf(host) == ""
}
