package fingerprint

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"pitboss/data/reference"
)

const (
	maxWindows = 64     // places of one script in which the parts of one rule stand close together
	codeRun    = 200    // characters in a row that nobody writes by hand
	maxRegion  = 16_384 // bytes that are looked at around one place
)

// script looks for the rules about scripts in one script, which begins at
// base in its resource.
func (d *dangerSearch) script(body []byte, source string, base int) {
	hits := d.scanner.scan(body)
	d.minerHosts(body, source, base)
	if len(hits) == 0 {
		return
	}
	s := &scriptSearch{dangerSearch: d, body: body, source: source, base: base}
	if u, err := url.Parse(source); err == nil {
		s.own = strings.ToLower(u.Hostname())
	}
	byRule := make([][]partHit, len(d.scanner.rules))
	present := make([]uint32, len(d.scanner.rules))
	for _, h := range hits {
		for _, use := range d.scanner.uses[h.literal] {
			byRule[use.rule] = append(byRule[use.rule], partHit{h, use.part})
			present[use.rule] |= 1 << use.part
		}
	}
	for i, want := range d.scanner.required {
		if present[i] == want && want != 0 {
			s.rule(d.scanner.rules[i], want, byRule[i])
		}
	}
}

// scriptSearch is the search in one script.
type scriptSearch struct {
	*dangerSearch

	body   []byte
	source string
	own    string // the host that the script comes from
	base   int
}

// partHit is a literal that stands for a part of a rule.
type partHit struct {
	literalHit

	part int
}

// rule reports the first place where all parts stand within the rule's number
// of bytes. The window moves over the hits once.
func (s *scriptSearch) rule(rule *reference.DangerSign, want uint32, hits []partHit) {
	var count [32]int
	have := uint32(0)
	left, tried := 0, 0
	for right := range hits {
		h := &hits[right]
		if count[h.part]++; count[h.part] == 1 {
			have |= 1 << h.part
		}
		for hits[right].end-hits[left].start > rule.Number {
			p := hits[left].part
			if count[p]--; count[p] == 0 {
				have &^= 1 << p
			}
			left++
		}
		if have != want {
			continue
		}
		if detail, ok := s.confirm(rule, hits[left:right+1]); ok {
			s.add(rule, detail, s.source, s.base+hits[left].start)
			return
		}
		if tried++; tried == maxWindows {
			return
		}
	}
}

// confirm looks for the parts that are no literals around those that are.
func (s *scriptSearch) confirm(rule *reference.DangerSign, hits []partHit) (string, bool) {
	first, last := hits[0].start, 0
	for _, h := range hits {
		last = max(last, h.end)
	}
	region := s.body[max(0, last-rule.Number):min(len(s.body), first+rule.Number)]
	region = region[:min(len(region), maxRegion)]
	var also []string
	for _, part := range rule.Parts {
		if part[0][0] != '@' {
			continue
		}
		what, ok := s.special(part[0], region, s.body[first:min(len(s.body), last+maxRegion/8)])
		if !ok {
			return "", false
		}
		if what != "" {
			also = append(also, what)
		}
	}
	return strings.Join(append(s.names(rule, hits), also...), ", "), true
}

// names lists one literal of each part.
func (s *scriptSearch) names(rule *reference.DangerSign, hits []partHit) []string {
	out := make([]string, 0, len(rule.Parts)+1)
	for part := range rule.Parts {
		for _, h := range hits {
			if h.part == part {
				out = append(out, s.scanner.literals[h.literal])
				break
			}
		}
	}
	return out
}

// special finds a part that is no literal, and says what was found.
func (s *scriptSearch) special(part string, region, from []byte) (string, bool) {
	switch part {
	case "@foreign", "@elsewhere":
		for _, host := range addresses(region) {
			if host == disguised || s.foreign(host) && (part == "@elsewhere" || !sameSite(host, s.own)) {
				return "to " + host, true
			}
		}
	case "@wallet":
		n := wallets(region)
		return "wallet addresses: " + strconv.Itoa(n), n >= 1
	case "@wallets":
		n := wallets(region)
		return "wallet addresses: " + strconv.Itoa(n), n >= 3
	case "@code":
		n := longestRun(from)
		return "characters of code: " + strconv.Itoa(n), n >= codeRun
	case "@opening":
		return "", !onClick(region)
	}
	return "", false
}

// disguised stands for an address that is written so that it is not read.
const disguised = "a disguised address"

// addresses returns the hosts of the URLs in a piece of script, also of those
// in base64 ("aHR0c…" is "http…") and in character codes.
func addresses(region []byte) []string {
	var out []string
	for _, slashes := range [...]string{"//", `\/\/`} {
		for at := 0; ; {
			i := bytes.Index(region[at:], []byte(slashes))
			if i < 0 {
				break
			}
			at += i + len(slashes)
			if !isURLStart(region[:at-len(slashes)]) {
				continue
			}
			if host := hostAt(region[at:]); host != "" {
				out = append(out, host)
			}
		}
	}
	for _, scheme := range [...]string{"aHR0c", "d3NzOi8v"} { // "http", "wss://"
		for at := 0; ; {
			i := bytes.Index(region[at:], []byte(scheme))
			if i < 0 {
				break
			}
			at += i
			out = append(out, hostInBase64(region[at:]))
			at += len(scheme)
		}
	}
	if bytes.Contains(region, []byte("104,116,116,112")) || bytes.Contains(region, []byte("104, 116, 116, 112")) {
		out = append(out, disguised)
	}
	return out
}

// isURLStart reports whether "//" behind a text begins a URL and no comment.
func isURLStart(before []byte) bool {
	before = before[max(0, len(before)-8):]
	if len(before) == 0 {
		return false
	}
	switch before[len(before)-1] {
	case '"', '\'', '`':
		return true
	case ':':
		b := bytes.ToLower(before)
		return bytes.HasSuffix(b, []byte("http:")) || bytes.HasSuffix(b, []byte("https:")) || bytes.HasSuffix(b, []byte("ws:")) || bytes.HasSuffix(b, []byte("wss:"))
	}
	return false
}

// hostAt reads a host name: labels with a dot between them.
func hostAt(text []byte) string {
	text = text[:min(len(text), 260)]
	end := 0
	for end < len(text) && end < 255 {
		c := text[end]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
			break
		}
		end++
	}
	host := strings.ToLower(strings.Trim(string(text[:end]), "."))
	if !strings.Contains(host, ".") {
		return ""
	}
	return host
}

func hostInBase64(text []byte) string {
	end := 0
	for end < len(text) && end < 400 && isBase64(text[end]) {
		end++
	}
	raw, err := base64.RawStdEncoding.DecodeString(string(text[:end-end%4]))
	if err != nil {
		return disguised
	}
	_, rest, ok := bytes.Cut(raw, []byte("//"))
	if host := hostAt(rest); ok && host != "" {
		return host
	}
	return disguised
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// walletForms are addresses, and expressions that find some. Checksums are
// left alone: a swapper lists addresses, and what else has this form is rare.
var walletForms = regexp.MustCompile(`\b0x[0-9a-fA-F]{40}\b|\bbc1[0-9a-z]{25,62}\b|\bT[1-9A-HJ-NP-Za-km-z]{33}\b|\b[13][1-9A-HJ-NP-Za-km-z]{32,33}\b|\bltc1[0-9a-z]{30,60}\b` +
	`|a-f(?:A-F0-9|0-9A-F|0-9)\]\{40\}|A-Fa-f0-9\]\{40\}|0-9a-fA-F\]\{40\}|A-HJ-NP-Z[^\]]{0,12}\]\{(?:25|26|32|33),?`)

// wallets counts the different wallet addresses of a piece of script.
func wallets(region []byte) int {
	seen := map[string]bool{}
	for _, m := range walletForms.FindAll(region, 64) {
		seen[string(m)] = true
	}
	return len(seen)
}

// longestRun is the length of the longest piece of text that only a machine
// writes: base64, hexadecimal or percent codes, lists of numbers.
func longestRun(text []byte) int {
	longest, run := 0, 0
	for _, c := range text {
		if isBase64(c) || c == '=' || c == '%' || c == '\\' || c == ',' || c == ' ' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// onClick reports whether a piece of script waits for the visitor.
func onClick(region []byte) bool {
	lower := bytes.ToLower(region)
	for _, s := range [...]string{"onclick", `"click`, "'click", "click(function", "ontouch", `"touch`, "'touch", "click(()", "@click", "confirm("} {
		if bytes.Contains(lower, []byte(s)) {
			return true
		}
	}
	return false
}

// minerHosts looks for URLs of the listed hosts in a script.
func (d *dangerSearch) minerHosts(body []byte, source string, base int) {
	for _, rule := range rulesOf(reference.CheckHost) {
		for at := 0; ; {
			i := bytes.Index(body[at:], []byte("//"))
			if i < 0 {
				break
			}
			at += i + 2
			if !isURLStart(body[:at-2]) {
				continue
			}
			if host := hostAt(body[at:]); isListed(host, rule.Parts[0]) {
				d.add(rule, "the script names "+host, source, base+at)
			}
		}
	}
}

// isListed reports whether a host is one of the listed or below one.
func isListed(host string, listed []string) bool {
	for _, l := range listed {
		if host == l || strings.HasSuffix(host, "."+l) {
			return true
		}
	}
	return false
}

// rulesOf returns the rules of one check.
func rulesOf(check reference.Check) []*reference.DangerSign {
	var out []*reference.DangerSign
	for i := range reference.DangerSigns() {
		if s := &reference.DangerSigns()[i]; s.Check == check {
			out = append(out, s)
		}
	}
	return out
}
