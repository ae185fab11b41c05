package rules

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bradleyjkemp/sigma-go"

	"pitboss/data"
)

const (
	maxPlaces  = 16  // places that are named of one match
	maxExcerpt = 120 // bytes of text around a place
)

// Match is a rule that holds for a capture.
type Match struct {
	Rule   *Rule   `json:"rule"`
	Places []Place `json:"places"`
}

// Place is a value that a rule found.
type Place struct {
	Selection string `json:"selection"` // of the rule
	Field     string `json:"field"`     // "html", "requests", …
	Pattern   string `json:"pattern"`   // the rule's value that was found
	Source    string `json:"source,omitempty"`
	Offset    int    `json:"offset,omitempty"` // byte offset in the source as UTF-8
	Excerpt   string `json:"excerpt"`          // the text around it, at most 120 bytes
}

// Match returns the rules that hold for a capture, in the order of the set.
// Rules that fail are left out and joined into the error.
func (s *Set) Match(ctx context.Context, c *data.Capture) ([]Match, error) {
	in := newInput(c)
	event := in.event()
	var matches []Match
	var problems []error
	for _, r := range s.rules {
		if ctx.Err() != nil {
			return matches, ctx.Err()
		}
		m, ok, err := r.match(ctx, in, event)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", r.File, err))
		}
		if ok {
			matches = append(matches, m)
		}
	}
	return matches, errors.Join(problems...)
}

func (r *Rule) match(ctx context.Context, in *input, event map[string]any) (m Match, ok bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, ok, err = Match{}, false, fmt.Errorf("the evaluator failed: %v", p)
		}
	}()
	result, err := r.eval.Matches(ctx, event)
	if err != nil || !result.Match {
		return Match{}, false, err
	}
	return Match{Rule: r, Places: r.places(in, result.SearchResults)}, true, nil
}

// places says where the selections stand that made the rule hold.
func (r *Rule) places(in *input, held map[string]bool) []Place {
	names := map[string]bool{}
	for _, c := range r.eval.Detection.Conditions {
		r.wanted(c.Search, names)
	}
	out := []Place{}
	for _, name := range sorted(names) {
		if !held[name] {
			continue
		}
		for _, m := range r.eval.Detection.Searches[name].EventMatchers {
			if found, ok := locateAll(m, in); ok {
				for _, p := range found {
					p.Selection = name
					out = append(out, p)
				}
				break
			}
		}
	}
	return out[:min(len(out), maxPlaces)]
}

// wanted collects the selections that a condition asks for, those after "not"
// left out.
func (r *Rule) wanted(e sigma.SearchExpr, names map[string]bool) {
	switch e := e.(type) {
	case sigma.And:
		for _, x := range e {
			r.wanted(x, names)
		}
	case sigma.Or:
		for _, x := range e {
			r.wanted(x, names)
		}
	case sigma.SearchIdentifier:
		names[e.Name] = true
	case sigma.OneOfPattern:
		r.fitting(e.Pattern, names)
	case sigma.AllOfPattern:
		r.fitting(e.Pattern, names)
	case sigma.OneOfThem, sigma.AllOfThem:
		r.fitting("*", names)
	}
}

func (r *Rule) fitting(pattern string, names map[string]bool) {
	for name := range r.eval.Detection.Searches {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			names[name] = true
		}
	}
}

func sorted(names map[string]bool) []string {
	out := make([]string, 0, len(names))
	for n := range names {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// locateAll finds the values of one matcher, all fields of which must hold.
func locateAll(m sigma.EventMatcher, in *input) ([]Place, bool) {
	var out []Place
	for _, f := range m {
		how, err := readModifiers(f.Modifiers)
		if err != nil {
			return nil, false
		}
		found := 0
		for _, want := range f.Values {
			p, ok := locate(in.values[f.Field], how.comparison, fmt.Sprint(want))
			if !ok {
				continue
			}
			p.Field = f.Field
			out = append(out, p)
			if found++; !how.all {
				break
			}
		}
		if found == 0 || how.all && found < len(f.Values) {
			return nil, false
		}
	}
	return out, true
}

// locate finds the first value of a field that a pattern holds for.
func locate(values []value, comparison, pattern string) (Place, bool) {
	for _, v := range values {
		if i, j := find(v.text, comparison, pattern); i >= 0 {
			return Place{Pattern: pattern, Source: v.source, Offset: v.offset + i, Excerpt: excerpt(v.text, i, j)}, true
		}
	}
	return Place{}, false
}

// find returns where a pattern begins and ends in a text, or -1.
func find(text, comparison, pattern string) (i, j int) {
	switch comparison {
	case "contains":
		i = strings.Index(text, pattern)
		return i, i + len(pattern)
	case "startswith":
		if strings.HasPrefix(text, pattern) {
			return 0, len(pattern)
		}
	case "endswith":
		if strings.HasSuffix(text, pattern) {
			return len(text) - len(pattern), len(text)
		}
	case "re":
		re, err := regexp.Compile(pattern)
		if err != nil {
			return -1, -1
		}
		if at := re.FindStringIndex(text); at != nil {
			return at[0], at[1]
		}
	case "":
		if strings.EqualFold(text, pattern) {
			return 0, len(text)
		}
	}
	return -1, -1
}

// excerpt returns the text around text[i:j], white space folded.
func excerpt(text string, i, j int) string {
	room := max(maxExcerpt-(j-i), 0) / 2
	from, to := max(i-room, 0), min(max(j, i)+room, len(text))
	to = min(to, from+maxExcerpt)
	for from < to && !utf8.RuneStart(text[from]) {
		from++
	}
	for to > from && to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(text[from:to], "\ufffd")), " ")
}
