package eval

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

const header = "host\ttemplate\tbuilder\toperator\tgambling\tkind\ttrust\n"

func TestReadLabels(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		want       []Label
	}{
		{"a full row", header + "a.example\tt1\tb1\to1\tyes\tskin\tmedium\n",
			[]Label{{"a.example", "t1", "b1", "o1", "yes", "skin", TrustMedium}}},
		{"an empty cell and a question mark are kept apart", header + "a.example\t\t?\t?\tno\t\tlow\n",
			[]Label{{"a.example", "", Unknown, Unknown, "no", "", TrustLow}}},
		{"what is not said is high trust and unknown gambling", "host\na.example\n",
			[]Label{{"a.example", "", "", "", "unknown", "", TrustHigh}}},
		{"columns in any order and case, with others between", "Trust\tnote\tBUILDER\t host \nlow\thi\tb\ta.example\n",
			[]Label{{"a.example", "", "b", "", "unknown", "", TrustLow}}},
		{"a short row has empty cells", header + "a.example\tt1\n",
			[]Label{{"a.example", "t1", "", "", "unknown", "", TrustHigh}}},
		{"a byte order mark, CRLF and blank lines", "\ufeffhost\ttemplate\r\n\r\na.example\tt1\r\n   \r\nb.example\tt2\r\n",
			[]Label{{"a.example", "t1", "", "", "unknown", "", TrustHigh}, {"b.example", "t2", "", "", "unknown", "", TrustHigh}}},
		{"spaces around cells, no last newline", "host\ttemplate\n A.Example \t t1 ",
			[]Label{{"a.example", "t1", "", "", "unknown", "", TrustHigh}}},
		{"a host is brought to its canonical form", "host\nhttps://Bücher.example/x\n",
			[]Label{{"xn--bcher-kva.example", "", "", "", "unknown", "", TrustHigh}}},
	} {
		got, err := ReadLabels(strings.NewReader(tc.text))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

func TestReadLabelsRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, says string }{
		{"nothing", "", "no rows"},
		{"a header alone", header, "no rows"},
		{"no host column", "site\ttemplate\na.example\tt\n", `line 1: no column "host"`},
		{"no host column after blank lines", "\n\nsite\n", "line 3"},
		{"an empty host", header + "\tt1\tb1\n", "line 2"},
		{"a host that is none", header + "a.example\nnot a host\n", "line 3"},
		{"a trust that is none", "host\ttrust\na.example\tsome\n", `line 2: invalid: trust "some"`},
		{"a gambling that is none", "host\tgambling\n\na.example\tmaybe\n", `line 3: invalid: gambling "maybe"`},
		{"the same host twice", "host\na.example\nb.example\nA.example.\n", "line 4: host a.example stands on line 2 already"},
		{"a line without end", "host\na.example\n" + strings.Repeat("x", maxLabelLine+1), "line 3"},
	} {
		got, err := ReadLabels(strings.NewReader(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, error %v; want one that says %q", tc.name, got, err, tc.says)
		}
	}
}

func TestReadLabelsPassesErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	_, err := ReadLabels(io.MultiReader(strings.NewReader(header), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if _, err := ReadLabels(strings.NewReader("host\ttrust\na.example\tnone\n")); !errors.Is(err, data.ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid", err)
	}
	if _, err := ReadLabels(strings.NewReader("host\n..\n")); !errors.Is(err, data.ErrInvalidHost) {
		t.Errorf("error %v, want ErrInvalidHost", err)
	}
}

func TestParseTrust(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Trust{"low": TrustLow, "medium": TrustMedium, "high": TrustHigh} {
		if got, err := ParseTrust(text); got != want || err != nil {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "High", "1", "low "} {
		if got, err := ParseTrust(text); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if TrustLow >= TrustMedium || TrustMedium >= TrustHigh {
		t.Error("trusts do not rise")
	}
}

func FuzzReadLabels(f *testing.F) {
	for _, s := range []string{
		"", header, header + "a.example\tt\tb\to\tyes\tk\thigh\n", "\ufeffhost\r\na.example\r\n", "host\n\xff\n",
		"host\thost\na.example\tb.example\n", "host\ttrust\na.example\tmiddling\n", "host\nxn--a.example\n", "host\n[::1]\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		labels, err := ReadLabels(bytes.NewReader(text))
		if err != nil {
			if labels != nil {
				t.Fatalf("labels beside the error %v", err)
			}
			return
		}
		if len(labels) == 0 {
			t.Fatal("neither labels nor an error")
		}
		seen := map[string]bool{}
		var back strings.Builder
		back.WriteString(header)
		for _, l := range labels {
			if host, err := data.NormalizeHost(l.Host); err != nil || host != l.Host || seen[host] {
				t.Fatalf("host %q: canonical %q, %v, seen %v", l.Host, host, err, seen[host])
			}
			seen[l.Host] = true
			trust := []string{"low", "medium", "high"}[l.Trust]
			back.WriteString(strings.Join([]string{l.Host, l.Template, l.Builder, l.Operator, l.Gambling, l.Kind, trust}, "\t") + "\n")
		}
		again, err := ReadLabels(strings.NewReader(back.String()))
		if err != nil {
			t.Fatalf("written down and read again: %v\n%q", err, back.String())
		}
		if d := cmp.Diff(labels, again); d != "" {
			t.Fatal(d)
		}
	})
}
