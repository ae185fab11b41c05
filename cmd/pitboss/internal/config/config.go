package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"
)

// Prefix begins the name of every environment variable that pitboss reads.
const Prefix = "PITBOSS_"

// maxFile bounds a configuration file, in bytes.
const maxFile = 1 << 20

// forTests are variables that the project's own tests read, not the program.
var forTests = []string{"PITBOSS_CI", "PITBOSS_CORPUS"}

// EnvName returns the environment twin of a flag: "log-level" becomes
// PITBOSS_LOG_LEVEL.
func EnvName(flag string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Apply sets the flags of fs that the command line left alone, first from the
// environment (as os.Environ gives it) and then from the YAML file that the
// flag "config" names. known holds the names of all flags of all commands: a
// value for a flag that this command lacks is passed over, a name outside
// known is an error.
func Apply(fs *pflag.FlagSet, known map[string]bool, environ []string) error {
	env, err := fromEnviron(known, environ)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	fs.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	if err := set(fs, given, env); err != nil {
		return err
	}
	path := ""
	if f := fs.Lookup("config"); f != nil {
		path = f.Value.String()
	}
	if path == "" {
		return nil
	}
	file, err := readFile(path, known)
	if err != nil {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	return set(fs, given, file)
}

// setting is the value of one flag and where it was found.
type setting struct {
	flag   string
	values []string
	where  string
}

// set gives flags their values and marks them as given, so that what comes
// later does not override them.
func set(fs *pflag.FlagSet, given map[string]bool, settings []setting) error {
	for _, s := range settings {
		f := fs.Lookup(s.flag)
		if f == nil || given[s.flag] {
			continue
		}
		given[s.flag] = true
		if err := setFlag(f, s.values); err != nil {
			return fmt.Errorf("%s: %w", s.where, err)
		}
	}
	return nil
}

func setFlag(f *pflag.Flag, values []string) error {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	if len(values) != 1 {
		return errors.New("one value expected, not a list")
	}
	return f.Value.Set(values[0])
}

// fromEnviron picks out our variables. Lists are separated by commas.
func fromEnviron(known map[string]bool, environ []string) ([]setting, error) {
	byEnv := map[string]string{}
	for flag := range known {
		byEnv[EnvName(flag)] = flag
	}
	var out []setting
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, Prefix) || slices.Contains(forTests, name) {
			continue
		}
		flag, ok := byEnv[name]
		if !ok {
			return nil, fmt.Errorf("environment variable %s: %w", name, unknown(name, keys(byEnv)))
		}
		out = append(out, setting{flag, splitList(value), "environment variable " + name})
	}
	return out, nil
}

func splitList(s string) []string {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// readFile reads one mapping of flag names to scalars or lists of scalars.
func readFile(path string, known map[string]bool) ([]setting, error) {
	raw, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, errors.New("expected lines like `data: some-folder`")
	}
	var out []setting
	seen := map[string]bool{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		where := fmt.Sprintf("configuration %s, line %d, %s", path, key.Line, key.Value)
		if !known[key.Value] || key.Value == "config" {
			return nil, fmt.Errorf("line %d: %q: %w", key.Line, key.Value, unknown(key.Value, keys(known)))
		}
		if seen[key.Value] {
			return nil, fmt.Errorf("line %d: %q is set twice", key.Line, key.Value)
		}
		seen[key.Value] = true
		values, err := scalars(value)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", key.Line, key.Value, err)
		}
		out = append(out, setting{key.Value, values, where})
	}
	return out, nil
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("more than %d bytes", maxFile)
	}
	return raw, nil
}

func scalars(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		var out []string
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return nil, errors.New("a list holds plain values only")
			}
			out = append(out, c.Value)
		}
		return out, nil
	}
	return nil, errors.New("expected a value or a list of values")
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// unknown names the nearest known key, when one is near.
func unknown(got string, known []string) error {
	best, at := "", 4
	for _, k := range known {
		if d := distance(got, k); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return errors.New("unknown key")
	}
	return fmt.Errorf("unknown key; did you mean %s?", best)
}

// distance is the Levenshtein distance of two names, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
