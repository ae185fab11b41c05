package fingerprint

import (
	"fmt"
	"strings"
	"testing"

	"pitboss/data"
)

func TestMurmur3(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]uint32{
		"":             0,
		"hello":        0x248bfa47,
		"hello, world": 0x149bbb7f,
		"The quick brown fox jumps over the lazy dog": 0x2e4ff723,
	} {
		if got := murmur3([]byte(in)); got != want {
			t.Errorf("murmur3(%q) = %#x, want %#x", in, got, want)
		}
	}
}

func TestHTMLHash(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"SOMETHING": "-82460412", "sinkhole\n": "809425345"} {
		if got := htmlHash([]byte(in)); got != want {
			t.Errorf("htmlHash(%q) = %s, want %s", in, got, want)
		}
	}
}

// The values were computed with Python's base64.encodebytes. Lengths around
// the multiples of 57 are where a second newline would slip in.
func TestFaviconHash(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "", 1: "-845688007", 56: "726619805", 57: "412416150", 58: "881224144", 113: "562419657",
		114: "-1333994614", 115: "-1488054278", 171: "-1221806682", 1000: "1837928975",
	} {
		body := make([]byte, n)
		for i := range body {
			body[i] = byte(i*7 + n)
		}
		if got := faviconHash(body); got != want {
			t.Errorf("faviconHash of %d bytes = %q, want %q", n, got, want)
		}
	}
}

func TestDOMHash(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tags, want, telling string
	}{
		{"", "e3b0c44298fc1c149afbf4c8996fb924", ""},
		{"html|head|body", "6018827592c227a09f27dbff47a18a2b", ""},
		{"html|head|title|body", "884abe65a46911cb546a1169e454d754", ""},
		{"html|head|title|body|p", "", "yes"},
	}
	for _, tt := range tests {
		var tags []string
		if tt.tags != "" {
			tags = strings.Split(tt.tags, "|")
		}
		got := domHash(tags)
		if want := sha256Hex([]byte(tt.tags))[:32]; got != want {
			t.Errorf("domHash(%s) = %s, want %s", tt.tags, got, want)
		}
		if tt.telling == "" && got != tt.want {
			t.Errorf("domHash(%s) = %s, want the published %s", tt.tags, got, tt.want)
		}
		if telling := tellingDOMHash(tags); (telling == "") != (tt.telling == "") {
			t.Errorf("tellingDOMHash(%s) = %q", tt.tags, telling)
		}
	}
}

// A long page goes through the hash in pieces.
func TestDOMHashLong(t *testing.T) {
	t.Parallel()
	tags := make([]string, 5000)
	for i := range tags {
		tags[i] = fmt.Sprintf("x-%d", i)
	}
	if got, want := domHash(tags), sha256Hex([]byte(strings.Join(tags, "|")))[:32]; got != want {
		t.Errorf("domHash = %s, want %s", got, want)
	}
}

func TestDOMHashOfPage(t *testing.T) {
	t.Parallel()
	doc := parseDocument(page("<!doctype html><HTML><head><title>a</title></head><body></body></html>"))
	if got := domHash(doc.tags); got != "884abe65a46911cb546a1169e454d754" {
		t.Errorf("domHash of tags %v = %s", doc.tags, got)
	}
	doc = parseDocument(page("<div><p>a<p>b</div>"))
	if got := strings.Join(doc.tags, "|"); got != "div|p|p" {
		t.Errorf("tags = %s, want those of the source and no implied ones", got)
	}
}

func TestFuzzyHash(t *testing.T) {
	t.Parallel()
	if got := fuzzyHash([]byte("too short")); got != "" {
		t.Errorf("fuzzyHash of a short input = %q", got)
	}
	if got := fuzzyHash([]byte(strings.Repeat("a", 5000))); got != "" {
		t.Errorf("fuzzyHash of a uniform input = %q", got)
	}
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "<li class=item%d>%d</li>", i%17, i*i)
	}
	got := fuzzyHash([]byte(b.String()))
	if len(got) != 72 || !strings.HasPrefix(got, "T1") || strings.ToUpper(got) != got {
		t.Errorf("fuzzyHash = %q, want T1 and 70 upper-case digits", got)
	}
}

func TestHeaderHash(t *testing.T) {
	t.Parallel()
	header := func(names ...string) []data.HeaderField {
		var out []data.HeaderField
		for _, n := range names {
			out = append(out, data.HeaderField{Name: n, Value: "x"})
		}
		return out
	}
	if got := headerHash("HTTP/1.1", nil); got != "" {
		t.Errorf("headerHash of no header = %q", got)
	}
	a := headerHash("HTTP/1.1", header("Date", "Server", "Set-Cookie", "Set-Cookie"))
	if want := "hhh:1:" + sha256Hex([]byte("Date:Server:Set-Cookie:Set-Cookie")); a != want {
		t.Errorf("headerHash = %s, want %s", a, want)
	}
	if b := headerHash("HTTP/1.1", header("date", "server", "set-cookie", "set-cookie")); a == b {
		t.Error("headerHash does not regard case")
	}
	if got := headerHash("HTTP/2.0", header("date")); !strings.HasPrefix(got, "hhh:2:") {
		t.Errorf("headerHash over HTTP/2 = %s", got)
	}
}
