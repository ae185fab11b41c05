package rules

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/bradleyjkemp/sigma-go"
	"github.com/bradleyjkemp/sigma-go/evaluator"
	"gopkg.in/yaml.v3"
)

// Bounds of rules. Those of the public collection are far below.
const (
	maxFile  = 1 << 20 // bytes of one file
	maxRules = 20_000  // rules of one set
)

// Rule is one rule as people read it.
type Rule struct {
	ID          string   `json:"id"` // as written, or the file's name without its ending
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Level       string   `json:"level,omitempty"`
	References  []string `json:"references,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	File        string   `json:"file"`

	eval *evaluator.RuleEvaluator
}

// Set is a number of rules that were loaded, in the order of their files. It
// can be used by several goroutines at once.
type Set struct{ rules []*Rule }

// Rules returns the rules of the set. Callers must not change them.
func (s *Set) Rules() []*Rule { return s.rules }

// FileError says what is wrong with a rule, and where.
type FileError struct {
	File string
	Line int // 1-based; 0 where there is none
	Err  error
}

// Error names the file, the line and what is wrong.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the error without its place.
func (e *FileError) Unwrap() error { return e.Err }

// Load reads rules: names are files, or folders whose .yml and .yaml files are
// read, at any depth. What can be read is returned even when there is an error,
// which joins one *FileError for each file that cannot.
func Load(fsys fs.FS, names ...string) (*Set, error) {
	set := &Set{}
	var problems []error
	for _, name := range names {
		err := fs.WalkDir(fsys, name, func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				problems = append(problems, &FileError{File: file, Err: plainError(err)})
				return nil
			}
			if d.IsDir() || file != name && !isRuleFile(file) {
				return nil
			}
			if len(set.rules) == maxRules {
				return &FileError{File: file, Err: fmt.Errorf("more than %d rules", maxRules)}
			}
			rule, err := loadFile(fsys, file)
			if err != nil {
				problems = append(problems, err)
				return nil
			}
			set.rules = append(set.rules, rule)
			return nil
		})
		if err != nil {
			problems = append(problems, err)
		}
	}
	return set, errors.Join(problems...)
}

// Join returns the rules of several sets in their order.
func Join(sets ...*Set) *Set {
	all := &Set{}
	for _, s := range sets {
		all.rules = append(all.rules, s.rules...)
	}
	return all
}

// plainError leaves out the operation and path of a file system's error: the
// file is named beside it.
func plainError(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func isRuleFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

func loadFile(fsys fs.FS, name string) (*Rule, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, &FileError{File: name, Err: plainError(err)}
	}
	if info.Size() > maxFile {
		return nil, &FileError{File: name, Err: fmt.Errorf("%d bytes, more than %d", info.Size(), maxFile)}
	}
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, &FileError{File: name, Err: plainError(err)}
	}
	return Parse(name, raw)
}

// Parse reads one rule. The errors are of type *FileError and name the file as
// it is given.
func Parse(file string, raw []byte) (rule *Rule, err error) {
	defer func() {
		if r := recover(); r != nil {
			rule, err = nil, &FileError{File: file, Err: fmt.Errorf("not a rule: %v", r)}
		}
	}()
	if len(raw) > maxFile {
		return nil, &FileError{File: file, Err: fmt.Errorf("%d bytes, more than %d", len(raw), maxFile)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, placed(file, err)
	}
	if err := checkRule(&doc); err != nil {
		err.File = file
		return nil, err
	}
	parsed, err := sigma.ParseRule(raw)
	if err != nil {
		return nil, placed(file, err)
	}
	for i := range parsed.Detection.Conditions {
		parsed.Detection.Conditions[i].Search = plainExpr(parsed.Detection.Conditions[i].Search)
	}
	if parsed.ID == "" {
		parsed.ID, _, _ = strings.Cut(path.Base(file), ".")
	}
	r := &Rule{
		ID: parsed.ID, Title: parsed.Title, Description: strings.TrimSpace(parsed.Description), Level: parsed.Level,
		References: parsed.References, Tags: parsed.Tags, File: file,
		eval: evaluator.ForRule(parsed, evaluator.WithConfig(fieldMappings()), evaluator.CaseSensitive),
	}
	if _, err := r.eval.Matches(context.Background(), (&input{}).event()); err != nil {
		return nil, &FileError{File: file, Err: err}
	}
	return r, nil
}

// fieldMappings tells the evaluator which fields hold several values, as
// IOK's logsource.yml does.
func fieldMappings() sigma.Config {
	mappings := map[string]sigma.FieldMapping{}
	for _, f := range fields() {
		if f.many {
			mappings[f.name] = sigma.FieldMapping{TargetNames: []string{"$." + f.name + "[*]"}}
		}
	}
	return sigma.Config{Title: "captures", FieldMappings: mappings}
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// placed takes the line out of an error of the YAML library.
func placed(file string, err error) *FileError {
	e := &FileError{File: file, Err: err}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimSpace(strings.TrimPrefix(text, "unmarshal errors:"))
	if m := yamlLine.FindStringSubmatchIndex(text); m != nil {
		e.Line, _ = strconv.Atoi(text[m[2]:m[3]])
		text = text[:m[0]] + text[m[1]:]
	}
	e.Err = errors.New(text)
	return e
}
