package rules

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bradleyjkemp/sigma-go"
	"gopkg.in/yaml.v3"
)

// Bounds of one rule.
const (
	maxCondition = 4 << 10 // bytes
	maxPattern   = 4 << 10 // bytes of a regular expression
	maxNesting   = 64      // levels of YAML
)

// field is one thing of a capture that rules look at.
type field struct {
	name string
	many bool // it has several values, each of which is compared by itself
}

// fields are those of IOK.
func fields() []field {
	return []field{
		{"title", true}, {"hostname", false}, {"html", false}, {"dom", false}, {"js", true}, {"css", true},
		{"cookies", true}, {"headers", true}, {"requests", true},
	}
}

func isField(name string) bool {
	return slices.ContainsFunc(fields(), func(f field) bool { return f.name == name })
}

func at(n *yaml.Node, format string, args ...any) *FileError {
	return &FileError{Line: n.Line, Err: fmt.Errorf(format, args...)}
}

// checkRule refuses what the evaluator would not understand: it fails late,
// silently or by a panic, and never says on which line.
func checkRule(doc *yaml.Node) *FileError {
	if len(doc.Content) == 0 {
		return &FileError{Err: errors.New("empty")}
	}
	if err := checkNodes(doc, 0); err != nil {
		return err
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return at(root, "a rule is a mapping with title and detection")
	}
	if title := lookup(root, "title"); title == nil || title.Kind != yaml.ScalarNode || strings.TrimSpace(title.Value) == "" {
		return at(root, "no title")
	}
	detection := lookup(root, "detection")
	if detection == nil || detection.Kind != yaml.MappingNode {
		return at(root, "no detection with selections and a condition")
	}
	return checkDetection(detection)
}

// checkNodes refuses aliases, by which a small file can stand for a huge one,
// names that occur twice, and deep nesting.
func checkNodes(n *yaml.Node, depth int) *FileError {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return at(n, "anchors and aliases are not supported")
	}
	if depth > maxNesting {
		return at(n, "nested too deeply")
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if seen[n.Content[i].Value] {
				return at(n.Content[i], "%q occurs twice", n.Content[i].Value)
			}
			seen[n.Content[i].Value] = true
		}
	}
	for _, c := range n.Content {
		if err := checkNodes(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func lookup(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func checkDetection(detection *yaml.Node) *FileError {
	var names []string
	for i := 0; i+1 < len(detection.Content); i += 2 {
		key, value := detection.Content[i], detection.Content[i+1]
		switch key.Value {
		case "condition":
			continue
		case "timeframe":
			return at(key, "timeframe: a capture is one moment, there is nothing to count over time")
		}
		if err := checkSelection(key.Value, value); err != nil {
			return err
		}
		names = append(names, key.Value)
	}
	condition := lookup(detection, "condition")
	if condition == nil {
		return at(detection, "no condition")
	}
	if len(names) == 0 {
		return at(detection, "no selection")
	}
	conditions := []*yaml.Node{condition}
	if condition.Kind == yaml.SequenceNode {
		conditions = condition.Content
	}
	if len(conditions) == 0 {
		return at(condition, "no condition")
	}
	for _, c := range conditions {
		if c.Kind != yaml.ScalarNode {
			return at(c, "a condition is a line of text")
		}
		if err := checkCondition(c.Value, names); err != nil {
			return at(c, "condition %q: %w", c.Value, err)
		}
	}
	return nil
}

func checkSelection(name string, n *yaml.Node) *FileError {
	matchers := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		matchers = n.Content
	}
	if len(matchers) == 0 {
		return at(n, "selection %s is empty", name)
	}
	for _, m := range matchers {
		if m.Kind != yaml.MappingNode || len(m.Content) == 0 {
			return at(m, "selection %s: name fields and values; words without a field are not supported", name)
		}
		for i := 0; i+1 < len(m.Content); i += 2 {
			if err := checkMatcher(m.Content[i], m.Content[i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkMatcher(key, value *yaml.Node) *FileError {
	parts := strings.Split(key.Value, "|")
	if !isField(parts[0]) {
		return at(key, "unknown field %q; fields are title, hostname, html, dom, js, css, cookies, headers and requests", parts[0])
	}
	how, err := readModifiers(parts[1:])
	if err != nil {
		return at(key, "%s: %w", key.Value, err)
	}
	values := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		values = value.Content
	}
	if len(values) == 0 {
		return at(value, "%s: no value", key.Value)
	}
	for _, v := range values {
		text, err := scalar(v)
		if err != nil {
			return at(v, "%s: %w", key.Value, err)
		}
		if how.comparison != "re" {
			continue
		}
		if len(text) > maxPattern {
			return at(v, "%s: an expression of %d bytes, more than %d", key.Value, len(text), maxPattern)
		}
		if _, err := regexp.Compile(text); err != nil {
			return at(v, "%s: %w", key.Value, err)
		}
	}
	return nil
}

// scalar returns a value as the evaluator will compare it.
func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", errors.New("a value is a text, a number, true or false")
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return "", err
	}
	switch v.(type) {
	case string, int, float64, bool:
	default:
		return "", fmt.Errorf("%q is no text, number, true or false; put it in quotes", n.Value)
	}
	text := fmt.Sprint(v)
	if strings.HasPrefix(text, "%") && strings.HasSuffix(text, "%") {
		return "", fmt.Errorf("%q: placeholders are not supported", text)
	}
	return text, nil
}

// modifiers say how values are compared.
type modifiers struct {
	comparison string // "", "contains", "startswith", "endswith" or "re"
	all        bool   // every value must be found, not only one
}

func readModifiers(names []string) (modifiers, error) {
	var m modifiers
	for i, name := range names {
		switch name {
		case "contains", "startswith", "endswith", "re":
			if m.comparison != "" {
				return m, fmt.Errorf("%s after %s", name, m.comparison)
			}
			m.comparison = name
		case "all":
			if i != len(names)-1 {
				return m, errors.New("all must stand last")
			}
			m.all = true
		default:
			return m, fmt.Errorf("unknown modifier %q; modifiers are contains, startswith, endswith, re and all", name)
		}
	}
	return m, nil
}

// checkCondition parses a condition and holds the names in it to those of the
// selections.
func checkCondition(text string, names []string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read: %v", r)
		}
	}()
	if len(text) > maxCondition {
		return fmt.Errorf("%d bytes, more than %d", len(text), maxCondition)
	}
	c, err := sigma.ParseCondition(text)
	if err != nil {
		return err
	}
	if c.Aggregation != nil {
		return errors.New("counting is not supported: a capture is one event")
	}
	return checkExpr(c.Search, names)
}

func checkExpr(e sigma.SearchExpr, names []string) error {
	switch e := e.(type) {
	case sigma.And:
		return checkAll(e, names)
	case sigma.Or:
		return checkAll(e, names)
	case sigma.Not:
		return checkExpr(e.Expr, names)
	case sigma.SearchIdentifier:
		return known(e.Name, names)
	case sigma.OneOfIdentifier:
		return known(e.Ident.Name, names)
	case sigma.AllOfIdentifier:
		return known(e.Ident.Name, names)
	case sigma.OneOfPattern:
		return checkPattern(e.Pattern, names)
	case sigma.AllOfPattern:
		return checkPattern(e.Pattern, names)
	case sigma.OneOfThem, sigma.AllOfThem:
		return nil
	}
	return fmt.Errorf("%T is not supported", e)
}

func checkAll(es []sigma.SearchExpr, names []string) error {
	for _, e := range es {
		if err := checkExpr(e, names); err != nil {
			return err
		}
	}
	return nil
}

func known(name string, names []string) error {
	if !slices.Contains(names, name) {
		return fmt.Errorf("no selection is called %s", name)
	}
	return nil
}

func checkPattern(pattern string, names []string) error {
	for _, n := range names {
		ok, err := path.Match(pattern, n)
		if err != nil {
			return fmt.Errorf("%s: %w", pattern, err)
		}
		if ok {
			return nil
		}
	}
	return fmt.Errorf("no selection is called %s", pattern)
}

// plainExpr writes "1 of NAME" and "all of NAME" as NAME, which they mean: the
// evaluator parses them and then panics.
func plainExpr(e sigma.SearchExpr) sigma.SearchExpr {
	switch e := e.(type) {
	case sigma.And:
		out := make(sigma.And, len(e))
		for i := range e {
			out[i] = plainExpr(e[i])
		}
		return out
	case sigma.Or:
		out := make(sigma.Or, len(e))
		for i := range e {
			out[i] = plainExpr(e[i])
		}
		return out
	case sigma.Not:
		return sigma.Not{Expr: plainExpr(e.Expr)}
	case sigma.OneOfIdentifier:
		return e.Ident
	case sigma.AllOfIdentifier:
		return e.Ident
	}
	return e
}
