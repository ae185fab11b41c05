package data

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalizeHost(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"example.com":                       "example.com",
		"EXAMPLE.Com":                       "example.com",
		"example.com.":                      "example.com",
		"  example.com\r\n":                 "example.com",
		"http://example.com":                "example.com",
		"https://example.com:443/a?b#c":     "example.com",
		"HTTP://example.com:80":             "example.com",
		"https://user:pw@example.com:8443/": "example.com:8443",
		"example.com:08080":                 "example.com:8080",
		"example.com/path":                  "example.com",
		"example.com?x=http":                "example.com",
		"user@example.com":                  "example.com",
		"_dmarc.example.com":                "_dmarc.example.com",
		"a--b.example.com":                  "a--b.example.com",
		"한국.example":                        "xn--3e0b707e.example",
		"xn--3e0b707e.example":              "xn--3e0b707e.example",
		"XN--3E0B707E.example":              "xn--3e0b707e.example",
		"faß.example":                       "xn--fa-hia.example",
		"ｅｘａｍｐｌｅ．ｃｏｍ":                       "example.com",
		"例え。テスト":                            "xn--r8jz45g.xn--zckzah",
		"192.0.2.1":                         "192.0.2.1",
		"192.0.2.1:8080":                    "192.0.2.1:8080",
		"[2001:DB8::1]":                     "[2001:db8::1]",
		"2001:db8:0:0::1":                   "[2001:db8::1]",
		"[2001:db8::1]:443":                 "[2001:db8::1]",
		"http://[2001:db8::1]:8080/":        "[2001:db8::1]:8080",
		"::ffff:192.0.2.1":                  "192.0.2.1",
	} {
		got, err := NormalizeHost(in)
		if err != nil || got != want {
			t.Errorf("NormalizeHost(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestNormalizeHostRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", " ", ".", "..", "com", "localhost", "a..example.com", ".example.com", "example.com..",
		"-a.example.com", "a-.example.com", "a b.example.com", "a,b.example.com", "*.example.com",
		"ftp://example.com", "javascript://example.com", "http://", "http:///x", "//example.com",
		"example.com:0", "example.com:65536", "example.com:http", "example.com:-1", "example.com:",
		"256.1.1.1", "1.2.3", "0177.0.0.1", "127.0.0.0x1", "127.0x1", "2130706433.", "1.2.3.4.",
		"fe80::1%eth0", "[fe80::1%25eth0]:80", "[::1", "[]", "exa\x00mple.com", "example.com\x7f",
		"\xff\xfe.example", "xn--.example", "xn--a.example", "a\u202eb.example",
		strings.Repeat("a", 64) + ".example", strings.Repeat("abcdefg.", 40) + "example", strings.Repeat("漢", 5000) + ".example",
	} {
		got, err := NormalizeHost(in)
		if !errors.Is(err, ErrInvalidHost) {
			t.Errorf("NormalizeHost(%.80q) = %q, %v; want an error that wraps ErrInvalidHost", in, got, err)
		}
		if err != nil && (len(err.Error()) > 1000 || !utf8.ValidString(err.Error())) {
			t.Errorf("NormalizeHost(%.80q): the error is no short text: %.200q", in, err)
		}
	}
}

func TestHostParts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		host, name string
		address    bool
		display    string
	}{
		{"example.com", "example.com", false, "example.com"},
		{"example.com:8080", "example.com", false, "example.com:8080"},
		{"xn--3e0b707e.example", "xn--3e0b707e.example", false, "한국.example"},
		{"192.0.2.1", "192.0.2.1", true, "192.0.2.1"},
		{"192.0.2.1:81", "192.0.2.1", true, "192.0.2.1:81"},
		{"[2001:db8::1]", "2001:db8::1", true, "[2001:db8::1]"},
		{"[2001:db8::1]:81", "2001:db8::1", true, "[2001:db8::1]:81"},
	} {
		if got := HostName(tc.host); got != tc.name {
			t.Errorf("HostName(%q) = %q, want %q", tc.host, got, tc.name)
		}
		if got := IsAddress(tc.host); got != tc.address {
			t.Errorf("IsAddress(%q) = %v", tc.host, got)
		}
		if got := UnicodeHost(tc.host); got != tc.display {
			t.Errorf("UnicodeHost(%q) = %q, want %q", tc.host, got, tc.display)
		}
	}
}

func FuzzNormalizeHost(f *testing.F) {
	for _, s := range []string{
		"example.com", "https://user@EXAMPLE.com:8443/a", "[2001:db8::1]:443", "::ffff:1.2.3.4", "한국.example.",
		"ｅｘａｍｐｌｅ．ｃｏｍ", "faß.example", "xn--3e0b707e.example", "a.example:080", "1.2.3.4:80", "a\u200db.example", "0x7f.1", "127.0x1",
		"[1.2.3.4]", "http://[::1]", "a。b", "\u00ad.example.com", "@@a.b", "a.b:80:80", "xn--a-ecp.ru", "İ.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := NormalizeHost(s)
		if err != nil {
			if !errors.Is(err, ErrInvalidHost) || host != "" {
				t.Fatalf("NormalizeHost(%q) = %q, %v", s, host, err)
			}
			return
		}
		again, err := NormalizeHost(host)
		if err != nil || again != host {
			t.Fatalf("NormalizeHost(%q) = %q, whose canonical form is %q, %v", s, host, again, err)
		}
		checkCanonical(t, s, host)
	})
}

// checkCanonical tests what the rest of the program takes for granted.
func checkCanonical(t *testing.T, s, host string) {
	t.Helper()
	name := HostName(host)
	if strings.ToLower(host) != host || strings.ContainsAny(host, "/@?# \t\r\n\x00%\\\"'<>,;*") {
		t.Fatalf("NormalizeHost(%q) = %q, which is not plain", s, host)
	}
	for i := range len(host) {
		if host[i] >= utf8.RuneSelf {
			t.Fatalf("NormalizeHost(%q) = %q, which is not ASCII", s, host)
		}
	}
	if strings.HasSuffix(host, ":80") && name+":80" == host || strings.HasSuffix(host, ":443") && name+":443" == host {
		t.Fatalf("NormalizeHost(%q) = %q, with a default port", s, host)
	}
	if _, err := netip.ParseAddr(name); (err == nil) != IsAddress(host) {
		t.Fatalf("IsAddress(%q) = %v", host, IsAddress(host))
	}
	if len(name) > MaxHostLength || !IsAddress(host) && !strings.Contains(name, ".") {
		t.Fatalf("NormalizeHost(%q) = %q, which DNS cannot carry", s, host)
	}
	if fromURL, err := NormalizeHost("https://" + host + "/a?b=c@d#e"); err != nil || fromURL != host {
		t.Fatalf("the URL of %q has the host %q, %v", host, fromURL, err)
	}
}
