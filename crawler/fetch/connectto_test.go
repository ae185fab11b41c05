package fetch

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

func TestParseConnectTo(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Rule{
		"::127.0.0.1:8080":            {ToHost: "127.0.0.1", ToPort: "8080"},
		"example.com:443:127.0.0.1:1": {Host: "example.com", Port: "443", ToHost: "127.0.0.1", ToPort: "1"},
		"Example.COM::127.0.0.1:":     {Host: "example.com", ToHost: "127.0.0.1"},
		":80::8080":                   {Port: "80", ToPort: "8080"},
		":::":                         {},
		"[::1]:80:[2001:db8::1]:81":   {Host: "::1", Port: "80", ToHost: "2001:db8::1", ToPort: "81"},
		"::other.example:65535":       {ToHost: "other.example", ToPort: "65535"},
	} {
		got, err := ParseConnectTo(s)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", s, got, err, want)
		}
	}
	for _, s := range []string{
		"", ":", "::", "127.0.0.1:8080", "a:b:c:d:e", "::127.0.0.1:0", "::127.0.0.1:65536", "::127.0.0.1:x", "a:x:b:1",
		"[::1:80:b:1", "[::1]80:b:1:2", "[a]::b:1", "::http://a/:1", "a b::c:1", "::a@b:1", "::\x00:-1",
	} {
		if got, err := ParseConnectTo(s); !errors.Is(err, data.ErrInvalid) {
			t.Errorf("%q: %+v, %v, want ErrInvalid", s, got, err)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	rules := []Rule{
		{Host: "one.example", Port: "443", ToHost: "127.0.0.1", ToPort: "1"},
		{Host: "one.example", ToHost: "127.0.0.2"},
		{Port: "80", ToPort: "8080"},
	}
	for _, c := range []struct {
		host, port, toHost, toPort string
		redirected                 bool
	}{
		{"one.example", "443", "127.0.0.1", "1", true},
		{"ONE.example", "443", "127.0.0.1", "1", true},
		{"one.example", "80", "127.0.0.2", "80", true},
		{"two.example", "80", "two.example", "8080", true},
		{"two.example", "443", "two.example", "443", false},
	} {
		h, p, r := apply(rules, c.host, c.port)
		if h != c.toHost || p != c.toPort || r != c.redirected {
			t.Errorf("%s:%s → %s:%s, %v", c.host, c.port, h, p, r)
		}
	}
}

func FuzzParseConnectTo(f *testing.F) {
	for _, s := range []string{"::127.0.0.1:8080", "[::1]:1:[::2]:2", ":::", "a:1:b:2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseConnectTo(s)
		if err != nil {
			if !errors.Is(err, data.ErrInvalid) {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := ParseConnectTo(r.String())
		if err != nil || again != r {
			t.Errorf("%q → %+v → %q: %v\n%s", s, r, r, err, cmp.Diff(r, again))
		}
	})
}
