package fingerprint

import (
	"net/url"
	"slices"
	"strings"
)

// maxParams bounds the parameters of one query that are read.
const maxParams = 32

// querySkeleton returns the sorted names of a query's parameters, joined by
// "&". Parameters that select a part of the program keep their value:
// "act=login". Tracking parameters are left out.
func querySkeleton(raw string) string {
	if raw == "" || len(raw) > 4*maxValue {
		return ""
	}
	var out []string
	for _, p := range queryParams(raw) {
		if selectsAction(p[0]) && isWord(p[1]) {
			out = append(out, p[0]+"="+p[1])
		} else {
			out = append(out, p[0])
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "&")
}

// queryParams returns names, in normal form, and values.
func queryParams(raw string) [][2]string {
	var out [][2]string
	for raw != "" && len(out) < maxParams {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		part = strings.TrimPrefix(part, "amp;")
		name, value, found := strings.Cut(part, "=")
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		if !found && looksLikeValue(name) {
			continue // "?1700000000" and "?v1.2" only defeat caches
		}
		if name = paramName(name); name != "" {
			out = append(out, [2]string{name, value})
		}
	}
	return out
}

// paramName returns the normal form of a parameter's or field's name, or ""
// when it says nothing.
func paramName(name string) string {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 60 || strings.HasPrefix(name, "utm_") || !isASCII(name) {
		return ""
	}
	switch name {
	case "fbclid", "gclid", "yclid", "msclkid", "_ga", "spm":
		return ""
	}
	if len(name) >= 12 && (isHex(name) && hasDigit(name) || looksRandom(name)) {
		return "*"
	}
	if strings.Contains(name, "[") {
		return mapParts(name, "[]", func(_, part string) string {
			if allDigits(part) {
				return "{n}"
			}
			return part
		})
	}
	return longDigits(name, 3)
}

func looksLikeValue(s string) bool {
	return s == "" || s[0] >= '0' && s[0] <= '9' || looksRandom(s) || strings.Contains(s, ".")
}

// selectsAction reports whether a parameter commonly chooses what a script
// does, so that its value is part of the route.
func selectsAction(name string) bool {
	switch strings.ToLower(name) {
	case "act", "action", "mod", "module", "m", "c", "a", "do", "cmd", "r", "route", "controller", "view", "option", "task", "mode", "op", "func", "method":
		return true
	}
	return false
}

// isWord reports whether a value is a short plain word or path of words.
func isWord(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if c := class(s[i]); c != 'l' && c != 'u' && s[i] != '_' && s[i] != '/' && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return true
}
