package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"pitboss/cmd/pitboss/internal/config"
)

// values is what the flags of a test command end up with.
type values struct {
	Data    string
	Limit   int
	Quiet   bool
	Connect []string
}

func apply(t *testing.T, args, environ []string, yaml string) (values, error) {
	t.Helper()
	var v values
	var file string
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	fs.StringVar(&v.Data, "data", "default", "")
	fs.IntVar(&v.Limit, "limit", 7, "")
	fs.BoolVar(&v.Quiet, "quiet", false, "")
	fs.StringArrayVar(&v.Connect, "connect-to", nil, "")
	fs.StringVar(&file, "config", "", "")
	if yaml != "" {
		path := filepath.Join(t.TempDir(), "pitboss.yaml")
		if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"elsewhere": true}
	fs.VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	err := config.Apply(fs, known, environ)
	return v, err
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		args    []string
		environ []string
		yaml    string
		want    values
	}{
		{name: "defaults", want: values{Data: "default", Limit: 7}},
		{name: "file over default", yaml: "data: file\nlimit: 3\n", want: values{Data: "file", Limit: 3}},
		{
			name: "environment over file", environ: []string{"PITBOSS_DATA=env"}, yaml: "data: file\nquiet: true\n",
			want: values{Data: "env", Limit: 7, Quiet: true},
		},
		{
			name: "flag over all", args: []string{"--data", "flag"}, environ: []string{"PITBOSS_DATA=env"}, yaml: "data: file\n",
			want: values{Data: "flag", Limit: 7},
		},
		{
			name: "flag set to its default is still given", args: []string{"--limit", "7"}, environ: []string{"PITBOSS_LIMIT=9"},
			want: values{Data: "default", Limit: 7},
		},
		{
			name: "empty variable empties", environ: []string{"PITBOSS_DATA="}, yaml: "data: file\n",
			want: values{Limit: 7},
		},
		{
			name: "lists", environ: []string{"PITBOSS_CONNECT_TO=::127.0.0.1:80, a.test:443:127.0.0.2:8443"},
			want: values{Data: "default", Limit: 7, Connect: []string{"::127.0.0.1:80", "a.test:443:127.0.0.2:8443"}},
		},
		{
			name: "list in file", yaml: "connect-to:\n  - ::127.0.0.1:80\n  - b\n",
			want: values{Data: "default", Limit: 7, Connect: []string{"::127.0.0.1:80", "b"}},
		},
		{
			name: "flag of another command", environ: []string{"PITBOSS_ELSEWHERE=1"}, yaml: "elsewhere: 1\n",
			want: values{Data: "default", Limit: 7},
		},
		{
			name: "other people's variables", environ: []string{"HOME=/x", "PITBOSS_CI=1", "PITBOSS_CORPUS=/y"},
			want: values{Data: "default", Limit: 7},
		},
		{name: "empty file", yaml: "# nothing\n", want: values{Data: "default", Limit: 7}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := apply(t, tt.args, tt.environ, tt.yaml)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorsNameTheKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, yaml string
		environ    []string
		want       []string
	}{
		{name: "unknown key", yaml: "limit: 1\nlimits: 3\n", want: []string{"line 2", `"limits"`, "did you mean limit?"}},
		{name: "nothing near", yaml: "zzzzzzzzzz: 3\n", want: []string{`"zzzzzzzzzz"`, "unknown key"}},
		{name: "config in config", yaml: "config: other\n", want: []string{`"config"`, "unknown key"}},
		{name: "twice", yaml: "limit: 1\nlimit: 2\n", want: []string{"line 2", "set twice"}},
		{name: "wrong type", yaml: "limit: many\n", want: []string{"line 1, limit", "many"}},
		{name: "list for a scalar", yaml: "limit: [1, 2]\n", want: []string{"one value expected"}},
		{name: "mapping for a scalar", yaml: "limit: {a: 1}\n", want: []string{"line 1", "value or a list"}},
		{name: "nested list", yaml: "connect-to: [[a]]\n", want: []string{"plain values only"}},
		{name: "no mapping", yaml: "- a\n", want: []string{"data: some-folder"}},
		{name: "no YAML", yaml: "a: [\n", want: []string{"line"}},
		{name: "unknown variable", environ: []string{"PITBOSS_DATTA=x"}, want: []string{"PITBOSS_DATTA", "did you mean PITBOSS_DATA?"}},
		{name: "wrong variable", environ: []string{"PITBOSS_LIMIT=x"}, want: []string{"PITBOSS_LIMIT", `"x"`}},
		{name: "too large", yaml: "# " + strings.Repeat("x", 1<<20), want: []string{"more than"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := apply(t, nil, tt.environ, tt.yaml)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	_, err := apply(t, []string{"--config", "no-such.yaml"}, nil, "")
	if err == nil || !strings.Contains(err.Error(), "no-such.yaml") {
		t.Errorf("error %v does not name the file", err)
	}
}
