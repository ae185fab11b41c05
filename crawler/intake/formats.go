package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"pitboss/data"
)

// normalize returns the canonical host of a text that people write for one:
// also defanged ("hxxp://a[.]com") and as a wildcard ("*.a.com", ".a.com").
func normalize(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "[.]") {
		text = strings.ReplaceAll(text, "[.]", ".")
	}
	if scheme, _, ok := strings.Cut(text, "://"); ok && len(scheme) < 6 && strings.EqualFold(scheme[:min(len(scheme), 4)], "hxxp") {
		text = "http" + text[4:]
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "*"), ".")
	host, err := data.NormalizeHost(text)
	if err != nil {
		return "", err
	}
	return host, checkSuffix(host)
}

// checkSuffix refuses names under which strangers register theirs, of the ICANN
// and the private section of the public suffix list.
func checkSuffix(host string) error {
	name := data.HostName(host)
	if data.IsAddress(host) {
		return nil
	}
	if suffix, _ := publicsuffix.PublicSuffix(name); suffix == name {
		return fmt.Errorf("%w: %q is a public suffix, not one site", data.ErrInvalidHost, name)
	}
	return nil
}

// listParser reads a host or URL a line. "#", "//" and ";" begin comments; one
// that follows a host becomes its note.
type listParser struct{}

func (listParser) parse(line []byte, s *sink) error {
	text := strings.TrimSpace(string(line))
	if text == "" || text[0] == '#' || text[0] == ';' || strings.HasPrefix(text, "//") {
		return nil
	}
	note := ""
	if i := strings.IndexByte(text, '#'); i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') {
		text, note = strings.TrimSpace(text[:i]), text[i+1:]
	}
	err := s.host(text, note)
	if errors.Is(err, data.ErrInvalidHost) && strings.ContainsAny(text, ",;\t") {
		err = fmt.Errorf("%w; if this is CSV, its first line must name a column host, domain or url", err)
	}
	return err
}

// hostsParser reads a hosts file (hosts(5)): an address and the names that it
// blocks.
type hostsParser struct{ skipped map[string]int }

func (p hostsParser) parse(line []byte, s *sink) error {
	body, comment, _ := bytes.Cut(line, []byte("#"))
	text := strings.TrimSpace(string(body))
	if text == "" {
		return nil
	}
	first, rest := nextField(text)
	addr, err := netip.ParseAddr(first)
	if err != nil {
		return listParser{}.parse(line, s) // lists are mixed sometimes
	}
	if !addr.IsUnspecified() && !addr.IsLoopback() {
		if isLocalName(firstField(rest)) {
			p.skipped[SkipLocal]++
			return nil
		}
		return fmt.Errorf("%w: the entry leads to %s, which blocks nothing", data.ErrInvalidHost, addr)
	}
	var bad error
	for rest != "" {
		first, rest = nextField(rest)
		if isLocalName(first) {
			p.skipped[SkipLocal]++
			continue
		}
		if err := s.host(first, string(comment)); err != nil {
			if errors.Is(err, errStop) {
				return err
			}
			bad = err // the other names of the line stand
		}
	}
	return bad
}

func firstField(s string) string {
	f, _ := nextField(s)
	return f
}

// isLocalName knows the names that operating systems put into hosts files.
func isLocalName(name string) bool {
	switch strings.ToLower(name) {
	case "localhost", "localhost.localdomain", "localhost4", "localhost6", "localhost4.localdomain4", "localhost6.localdomain6",
		"local", "localdomain", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
		"ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0", "127.0.0.1":
		return true
	}
	return false
}

// adblockParser reads the network rules of adblock lists that block whole
// hosts.
type adblockParser struct{ skipped map[string]int }

func (p adblockParser) parse(line []byte, s *sink) error {
	text := strings.TrimSpace(string(line))
	switch {
	case text == "" || text[0] == '!' || text[0] == '[':
		return nil
	case strings.HasPrefix(text, "@@"):
		p.skipped[SkipException]++
		return nil
	case isCosmetic(text):
		p.skipped[SkipCosmetic]++
		return nil
	case text[0] == '#':
		return nil
	}
	pattern, modifiers, _ := strings.Cut(text, "$")
	if hasModifier(modifiers, "badfilter") {
		p.skipped[SkipDisabled]++
		return nil
	}
	if restricted(modifiers) {
		p.skipped[SkipElsewhere]++
		return nil
	}
	name, ok := wholeHost(pattern)
	if !ok {
		p.skipped[SkipPattern]++
		return nil
	}
	return s.host(name, "")
}

// isCosmetic recognises element hiding and its extensions, and HTML filtering.
func isCosmetic(text string) bool {
	for _, mark := range []string{"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#%#", "#$?#", "$$"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

func hasModifier(modifiers, name string) bool {
	for m := range strings.SplitSeq(modifiers, ",") {
		if m == name {
			return true
		}
	}
	return false
}

// restricted reports whether a rule blocks a host on some sites' pages only:
// then it is something that those load, rarely a site of interest itself.
func restricted(modifiers string) bool {
	for m := range strings.SplitSeq(modifiers, ",") {
		if strings.HasPrefix(m, "domain=") || strings.HasPrefix(m, "from=") {
			return true
		}
	}
	return false
}

// wholeHost returns the host of "||d^", "||d", "|https://d/" and "d^".
func wholeHost(pattern string) (string, bool) {
	if strings.HasPrefix(pattern, "/") { // a regular expression
		return "", false
	}
	name := strings.TrimPrefix(strings.TrimPrefix(pattern, "||"), "|")
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "|"), "^"), "/")
	name = strings.TrimPrefix(name, "*.")
	if name == "" || strings.ContainsAny(name, "/*^?=&|") || !strings.Contains(name, ".") {
		return "", false
	}
	return name, true
}

// isHostColumn and isNoteColumn name the columns of CSV and keys of JSON.
func isHostColumn(name string) bool {
	switch name {
	case "host", "domain", "url", "hostname", "fqdn", "name", "indicator":
		return true
	}
	return false
}

func isNoteColumn(name string) bool {
	return name == "note" || name == "source" || name == "description"
}

// joinNotes makes one note of several columns.
func joinNotes(notes []string) string {
	switch len(notes) {
	case 0:
		return ""
	case 1:
		return notes[0]
	}
	return strings.Join(notes, "; ")
}

// jsonParser reads an object, or a string, a line.
type jsonParser struct{}

func (jsonParser) parse(line []byte, s *sink) error {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return nil
	}
	if line[0] == '"' {
		var host string
		if err := json.Unmarshal(line, &host); err != nil {
			return fmt.Errorf("%w: %w", data.ErrInvalid, err)
		}
		return s.host(host, "")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil {
		return fmt.Errorf("%w: %w", data.ErrInvalid, err)
	}
	host, note := jsonColumns(object)
	if host == "" {
		return fmt.Errorf("%w: none of host, domain, url, hostname, fqdn, name, indicator is a text", errNoColumn)
	}
	return s.host(host, note)
}

// jsonColumns picks by the order of preference, not by the order of the map.
func jsonColumns(object map[string]json.RawMessage) (host, note string) {
	lower := make(map[string]string, len(object))
	for key, raw := range object {
		key = strings.ToLower(strings.TrimSpace(key))
		if !isHostColumn(key) && !isNoteColumn(key) {
			continue
		}
		var value string
		if json.Unmarshal(raw, &value) == nil && value != "" {
			lower[key] = max(lower[key], value) // keys that differ by case only: a fixed choice
		}
	}
	for _, key := range []string{"host", "hostname", "fqdn", "domain", "url", "indicator", "name"} {
		if host = lower[key]; host != "" {
			break
		}
	}
	var notes []string
	for _, key := range []string{"note", "description", "source"} {
		if v := lower[key]; v != "" {
			notes = append(notes, v)
		}
	}
	return host, joinNotes(notes)
}
