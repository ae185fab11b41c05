package export

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"pitboss/data"
)

//go:embed allow/*.tsv
var allowFiles embed.FS

// The categories with a rule of their own. Every other one needs two
// reviewers.
const (
	categoryMistake        = "known-mistake"  // refused always with all below it, whatever the policy
	categorySuffix         = "known-suffix"   // refused always; names below it are judged alone
	categoryInfrastructure = "infrastructure" // refused always with all below it
	categoryHosting        = "hosting"        // refused always; customers' names below it are judged alone
	categoryPlatform       = "platform"       // itself only; users' names below it are judged alone
	categoryLicensed       = "licensed"       // exempt where its licence counts
)

// allowed is one line of the embedded list.
type allowed struct {
	domain       string
	category     string
	jurisdiction string // of a licensed operator: "GB", "CA-ON"
	source       string // why it is here
	final        bool   // no number of reviewers passes it
}

// allowList finds names of the embedded list.
type allowList struct {
	names  map[string]allowed
	within map[string]string // a parent of a listed name → that name
}

// builtin reads the embedded lists once.
var builtin = sync.OnceValues(readBuiltin)

func readBuiltin() (*allowList, error) {
	l := &allowList{names: map[string]allowed{}, within: map[string]string{}}
	files, err := fs.Glob(allowFiles, "allow/*.tsv")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		raw, err := allowFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if line == "" || line[0] == '#' {
				continue
			}
			if err := l.add(line); err != nil {
				return nil, fmt.Errorf("%s, line %d: %w", name, i+1, err)
			}
		}
	}
	return l, nil
}

// add reads "domain, category, jurisdiction, source", parted by tabs.
func (l *allowList) add(line string) error {
	cells := strings.Split(line, "\t")
	if len(cells) != 4 {
		return fmt.Errorf("%w: %d columns instead of 4", data.ErrInvalid, len(cells))
	}
	a := allowed{domain: cells[0], category: cells[1], jurisdiction: cells[2], source: cells[3]}
	if !validName(a.domain) || a.category == "" || a.source == "" {
		return fmt.Errorf("%w: %q", data.ErrInvalid, line)
	}
	switch a.category {
	case categoryInfrastructure, categoryHosting, categoryMistake, categorySuffix:
		a.final = true
	}
	if old, ok := l.names[a.domain]; ok {
		return fmt.Errorf("%w: %s stands twice, as %s and %s", data.ErrInvalid, a.domain, old.category, a.category)
	}
	l.names[a.domain] = a
	for parent := a.domain; ; {
		var found bool
		if _, parent, found = strings.Cut(parent, "."); !found {
			break
		}
		if _, ok := l.within[parent]; !ok {
			l.within[parent] = a.domain
		}
	}
	return nil
}

// find returns the entry that a listing of name would hit: the name itself, one
// below it that the listing would block too, or a name above it.
func (l *allowList) find(name string) (allowed, bool) {
	if a, ok := l.names[name]; ok {
		return a, true
	}
	if below, ok := l.within[name]; ok {
		return l.names[below], true
	}
	suffix, _ := publicsuffix.PublicSuffix(name)
	if a, ok := l.names[suffix]; ok && name == "www."+suffix {
		return a, true // the provider's own front
	}
	for parent := name; ; {
		var found bool
		if _, parent, found = strings.Cut(parent, "."); !found {
			return allowed{}, false
		}
		if a, ok := l.names[parent]; ok && a.reaches(suffix) {
			return a, true
		}
	}
}

// reaches reports whether an entry also stands for the names below it, given
// the public suffix of such a name: what lies below a suffix, or below a
// platform, belongs to strangers. Networks that deliver other people's content
// keep their names whatever the suffix list says, since those are no sites.
func (a *allowed) reaches(suffix string) bool {
	switch a.category {
	case categoryMistake, categoryInfrastructure:
		return true
	case categoryPlatform, categorySuffix:
		return false
	}
	return !covers(a.domain, suffix)
}

// Names is a set of protected domains. A nil set protects nothing.
type Names struct {
	names  map[string]bool
	within map[string]bool // parents of the names
}

// NewNames returns a set of domains; the names are canonicalised. Those that
// are none are left out.
func NewNames(names ...string) *Names {
	n := &Names{names: map[string]bool{}, within: map[string]bool{}}
	for _, raw := range names {
		n.add(raw)
	}
	return n
}

func (n *Names) add(raw string) bool {
	host, err := data.NormalizeHost(raw)
	if err != nil || data.IsAddress(host) {
		return false
	}
	name := data.HostName(host)
	n.names[name] = true
	for {
		var found bool
		if _, name, found = strings.Cut(name, "."); !found {
			return true
		}
		n.within[name] = true
	}
}

// ReadNames reads a set of domains, one a line: plain, or ranked as top lists
// are ("17,name"). Lines that begin with # are comments. It returns the number
// of lines that held no name; the error is that of reading.
func ReadNames(r io.Reader) (n *Names, bad int, err error) {
	n = NewNames()
	in := bufio.NewScanner(r)
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if _, name, ok := strings.Cut(line, ","); ok {
			line = name
		}
		if !n.add(line) {
			bad++
		}
	}
	if err := in.Err(); err != nil {
		return nil, bad, fmt.Errorf("read names: %w", err)
	}
	return n, bad, nil
}

// Len returns the number of names.
func (n *Names) Len() int {
	if n == nil {
		return 0
	}
	return len(n.names)
}

// Protects reports whether a listing of name would block a name of the set, or
// lies below one. Below a public suffix nothing is protected by its neighbours.
func (n *Names) Protects(name string) bool {
	if n == nil {
		return false
	}
	if n.within[name] {
		return true
	}
	for found := true; found; _, name, found = strings.Cut(name, ".") {
		if n.names[name] && nameProblem(name) == "" {
			return true
		}
	}
	return false
}

// publicBody says whether a name lies where only governments, armed forces or
// schools may register, or nothing. Zones under a country code count only if
// the public suffix list knows them as the registry's.
func publicBody(name string) string {
	suffix, _ := publicsuffix.PublicSuffix(name)
	labels := strings.Split(suffix, ".")
	country := labels[len(labels)-1]
	if kind := bodies[country]; kind != "" && len(country) > 2 {
		return kind
	}
	if len(country) > 2 {
		return ""
	}
	for _, zone := range labels[:len(labels)-1] {
		if kind := countryBodies[zone+"."+country]; kind != "" {
			return kind
		}
		if kind := bodies[zone]; kind != "" && zone+"."+country != "go.it" { // Gorizia
			return kind
		}
	}
	return ""
}

// bodies are the reserved top-level zones and the second-level zones that mean
// the same under every country code that has them (IANA root database and the
// registries' rules).
var bodies = map[string]string{
	"gov": "government", "go": "government", "gob": "government", "gub": "government", "gouv": "government",
	"govt": "government", "government": "government", "gc": "government", "gv": "government", "guv": "government",
	"parliament": "government", "police": "government", "nhs": "government", "jus": "government",
	"leg": "government", "mp": "government", "fed": "government", "int": "international body",
	"mil": "military", "mod": "military",
	"edu": "school", "ac": "school", "sch": "school", "school": "school", "k12": "school", "ed": "school",
}

// countryBodies are those that mean it under one country code only.
var countryBodies = map[string]string{
	"hs.kr": "school", "ms.kr": "school", "es.kr": "school", "kg.kr": "school", "sc.kr": "school",
	"lg.jp": "government", "mi.th": "military", "lib.us": "school",
}
