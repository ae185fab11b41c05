package reference

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDangerSigns holds the file to what its readers rely on.
func TestDangerSigns(t *testing.T) {
	t.Parallel()
	specials := []string{"@foreign", "@elsewhere", "@wallet", "@wallets", "@code", "@opening", "@password"}
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	about := map[string]string{}
	for _, d := range DangerSigns() {
		if !name.MatchString(d.Name) || d.About == "" {
			t.Errorf("%q means %q", d.Name, d.About)
		}
		if have, known := about[d.Name]; known && have != d.About {
			t.Errorf("%s means both %q and %q", d.Name, have, d.About)
		}
		about[d.Name] = d.About
		literals := 0
		in := map[string]int{}
		for i, part := range d.Parts {
			for _, l := range part {
				if other, twice := in[l]; twice && other != i {
					t.Errorf("%s: %q alone would do for parts %d and %d", d.Name, l, other+1, i+1)
				}
				in[l] = i
				switch {
				case strings.HasPrefix(l, "@"):
					if !slices.Contains(specials, l) || len(part) != 1 {
						t.Errorf("%s, part %d: %q stands alone and is one of %v", d.Name, i+1, l, specials)
					}
				case d.Check == CheckScript:
					literals++
					if len(l) < 4 || strings.ContainsAny(l[:3], " \t") || strings.ToLower(l) != l {
						t.Errorf("%s, part %d: %q has no head of four characters", d.Name, i+1, l)
					}
				}
			}
			if distinct := slices.Compact(slices.Sorted(slices.Values(part))); len(distinct) != len(part) {
				t.Errorf("%s, part %d says something twice", d.Name, i+1)
			}
		}
		switch d.Check {
		case CheckScript:
			if literals == 0 || d.Number < 20 || d.Number > 8000 || len(d.Parts) > 31 {
				t.Errorf("%s: %d literals within %d bytes", d.Name, literals, d.Number)
			}
		case CheckForm, CheckDownload, CheckHost:
			if len(d.Parts) != 1 {
				t.Errorf("%s: %d parts, want one", d.Name, len(d.Parts))
			}
		case CheckLinks:
			if d.Number < 1 {
				t.Errorf("%s: at least %d links", d.Name, d.Number)
			}
		}
		if d.Check == CheckDownload && !strings.HasPrefix(strings.Join(d.Parts[0], ""), ".") {
			t.Errorf("%s: endings begin with a dot", d.Name)
		}
	}
	if len(about) < 20 {
		t.Errorf("%d signs, fewer than there were", len(about))
	}
}

// TestMinersAreNoSharedServices keeps the two lists of hosts apart.
func TestMinersAreNoSharedServices(t *testing.T) {
	t.Parallel()
	for _, d := range DangerSigns() {
		if d.Check != CheckHost {
			continue
		}
		for _, host := range d.Parts[0] {
			if ServiceOf(host) != "" || strings.ContainsAny(host, "/ ") || !strings.Contains(host, ".") {
				t.Errorf("%s: %q is a shared service, or no host", d.Name, host)
			}
		}
	}
}
