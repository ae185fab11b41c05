package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/data"
)

var now = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// result is what a reading gave: hosts with notes, and the lines in error.
type result struct {
	Hosts []string
	Notes map[string]string
	Bad   []int
	Err   error
}

func readAll(t testing.TB, r io.Reader, o Options) result {
	t.Helper()
	o.Now = now
	res := result{Notes: map[string]string{}}
	for c, err := range Read(r, "dir/feed.txt", o) {
		var line *LineError
		switch {
		case errors.As(err, &line):
			if line.Name != "dir/feed.txt" || !strings.Contains(line.Error(), fmt.Sprintf("feed.txt:%d:", line.Line)) {
				t.Errorf("line error does not name its input and line: %v", line)
			}
			res.Bad = append(res.Bad, line.Line)
		case err != nil:
			res.Err = err
		default:
			if c.Source != "feed.txt" || c.How == "" || !c.Added.Equal(now) {
				t.Errorf("candidate without origin: %+v", c)
			}
			res.Hosts = append(res.Hosts, c.Host)
			if c.Note != "" {
				res.Notes[c.Host] = c.Note
			}
		}
	}
	return res
}

func TestRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		in     string
		format Format // expected
		hosts  []string
		notes  map[string]string
		bad    []int
	}{
		{
			name: "list", format: FormatList,
			in:    "# comment\nA.Example.COM.\n\nhttps://user@b.example:8443/path?q\n// other\n; third\nc.example # seen on a forum\nc.example\n카지노.example\n",
			hosts: []string{"a.example.com", "b.example:8443", "c.example", "xn--o80bl47bgkd.example"},
			notes: map[string]string{"c.example": "seen on a forum"},
		},
		{
			name: "list, defanged and wildcard", format: FormatList,
			in:    "hxxps://bad[.]example/x\n*.wild.example\n.dot.example\nhxxp.example\n192.0.2.7\n",
			hosts: []string{"bad.example", "wild.example", "dot.example", "hxxp.example", "192.0.2.7"},
		},
		{
			name: "list with bad lines", format: FormatList,
			in:    "good.example\nno spaces allowed\nlocalhost\nftp://x.example/\nco.za\ngithub.io\nuser.github.io\n-a.example\nlast.example",
			hosts: []string{"good.example", "user.github.io", "last.example"},
			bad:   []int{2, 3, 4, 5, 6, 8},
		},
		{
			name: "byte order mark and CRLF", format: FormatList,
			in: "\ufeffone.example\r\ntwo.example\r\n", hosts: []string{"one.example", "two.example"},
		},
		{
			name: "UTF-16, little end first", format: FormatList,
			in: "\xff\xfea\x00.\x00e\x00x\x00\r\x00\n\x00\x74\xce\xc0\xc9\x78\xb1.\x00e\x00x\x00\n\x00", hosts: []string{"a.ex", "xn--o80bl47bgkd.ex"},
		},
		{
			name: "UTF-16, big end first", format: FormatCSV,
			in: "\xfe\xff\x00h\x00o\x00s\x00t\x00\n\x00a\x00.\x00e\x00x\x00\n", hosts: []string{"a.ex"},
		},
		{
			name: "hosts", format: FormatHosts,
			in: "# hosts\n127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\n255.255.255.255 broadcasthost\n" +
				"0.0.0.0 a.example b.example # kit 7\n127.0.0.1\tc.example\n:: d.example\n0.0.0.0 0.0.0.0\n198.51.100.7 e.example\n0.0.0.0 bad_.-x f.example\n",
			hosts: []string{"a.example", "b.example", "c.example", "d.example", "f.example"},
			notes: map[string]string{"a.example": "kit 7", "b.example": "kit 7"},
			bad:   []int{10, 11},
		},
		{
			name: "adblock", format: FormatAdblock,
			in: "[Adblock Plus 2.0]\n! Title: x\n||a.example^\n||b.example^$third-party,important\n@@||c.example^\nd.example##.ad\n" +
				"||e.example/path\n||*.f.example^\n||g*.example^\n/banner\\d+/\n|https://h.example/|\n||i.example^$badfilter\nj.example#@#.x\n||co.za^\n||k.example\n# note\n",
			hosts: []string{"a.example", "b.example", "f.example", "h.example", "k.example"},
			bad:   []int{14},
		},
		{
			name: "csv", format: FormatCSV,
			in:    "id,Domain,Note,source\n1,a.example,\"says \"\"win\"\", often\",list A\n2,b.example\n3,,nothing\n4,\"c.example\",\"two\nlines\",\n5,not a host,x\n",
			hosts: []string{"a.example", "b.example", "c.example"},
			notes: map[string]string{"a.example": `says "win", often; list A`, "c.example": "two lines"},
			bad:   []int{4, 7},
		},
		{
			name: "csv with semicolons and byte order mark", format: FormatCSV,
			in: "\ufeff\"URL\";\"Description\"\r\nhttps://a.example/x;5\" screen\r\n", hosts: []string{"a.example"}, notes: map[string]string{"a.example": `5" screen`},
		},
		{
			name: "csv with tabs prefers host to name", format: FormatCSV,
			in: "name\thost\nWorkshop\ta.example\n", hosts: []string{"a.example"},
		},
		{
			name: "csv of one column", format: FormatCSV,
			in: "domain\na.example\nb.example\n", hosts: []string{"a.example", "b.example"},
		},
		{
			name: "csv with an open quote goes on", format: FormatCSV,
			in: "host,note\na.example,\"open\nb.example,ok\nc.example,ok\n", hosts: []string{"b.example", "c.example"}, bad: []int{2},
			notes: map[string]string{"b.example": "ok", "c.example": "ok"},
		},
		{
			name: "json lines", format: FormatJSONL,
			in: `{"Host":"a.example","note":"n","source":"s"}` + "\n\n" + `{"url":"https://b.example/x","n":1,"deep":{"host":"x"}}` + "\n{broken\n" +
				`{"id":7}` + "\n" + `{"host":7}` + "\n" + `"c.example"` + "\n" + `{"indicator":"d.example","name":"someone"}` + "\n",
			hosts: []string{"a.example", "b.example", "c.example", "d.example"},
			notes: map[string]string{"a.example": "n; s"},
			bad:   []int{4, 5, 6},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stats Stats
			got := readAll(t, strings.NewReader(tt.in), Options{Stats: &stats})
			if stats.Format != tt.format {
				t.Errorf("format %q, want %q", stats.Format, tt.format)
			}
			if tt.notes == nil {
				tt.notes = map[string]string{}
			}
			want := result{Hosts: tt.hosts, Notes: tt.notes, Bad: tt.bad}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if stats.Candidates != len(tt.hosts) {
				t.Errorf("%d candidates counted, %d given", stats.Candidates, len(tt.hosts))
			}
			again := readAll(t, gzipped(t, tt.in), Options{})
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("gzipped input differs\n%s", diff)
			}
			slow := readAll(t, iotest.OneByteReader(strings.NewReader(tt.in)), Options{})
			if diff := cmp.Diff(got, slow); diff != "" {
				t.Errorf("input in single bytes differs\n%s", diff)
			}
		})
	}
}

func gzipped(t testing.TB, s string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if _, err := io.WriteString(zw, s); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestCSVWithoutAHeaderIsExplained(t *testing.T) {
	t.Parallel()
	for line, hint := range map[string]bool{"1,a.example": true, "a.example;x": true, "no host": false} {
		for _, err := range Read(strings.NewReader(line+"\n"), "feed", Options{}) {
			if err == nil || strings.Contains(err.Error(), "must name a column") != hint {
				t.Errorf("%q: %v; hint wanted: %v", line, err, hint)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		in     string
		want   error
		remedy string
	}{
		{"empty", "", ErrEmpty, "expected hosts"},
		{"blank", "\n \n\t\n", ErrEmpty, "expected hosts"},
		{"byte order mark only", "\ufeff", ErrEmpty, "expected hosts"},
		{"binary", "\x7fELF\x02\x01\x00\x00\x00", ErrBinary, "expected hosts"},
		{"zip", "PK\x03\x04rest", ErrBinary, "unpack"},
		{"utf-16 without its mark", "a\x00.\x00", ErrBinary, "not text"},
		{"warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\n", ErrBinary, "captures"},
		{"pdf", "%PDF-1.7 …", ErrBinary, "text"},
		{"json array", "[{\"host\":\"a.example\"}]", ErrFormat, "jq"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, strings.NewReader(tt.in), Options{})
			if !errors.Is(got.Err, tt.want) || !strings.Contains(got.Err.Error(), tt.remedy) || !strings.Contains(got.Err.Error(), "dir/feed.txt") {
				t.Errorf("error %v, want %v that names the input and says %q", got.Err, tt.want, tt.remedy)
			}
			if len(got.Hosts)+len(got.Bad) > 0 {
				t.Errorf("read from it: %v %v", got.Hosts, got.Bad)
			}
		})
	}
}

func TestLineErrorsTellWhy(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"co.za": "public suffix", "blogspot.com": "public suffix", "localhost": "single label", "a..example": "label"} {
		for _, err := range Read(strings.NewReader(line+"\n"), "x", Options{}) {
			if !errors.Is(err, data.ErrInvalidHost) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want an invalid host with %q", line, err, want)
			}
		}
	}
}

func TestForcedFormat(t *testing.T) {
	t.Parallel()
	in := "||a.example^\n"
	if got := readAll(t, strings.NewReader(in), Options{Format: FormatList}); len(got.Bad) != 1 {
		t.Errorf("forced list read an adblock rule: %+v", got)
	}
	if got := readAll(t, strings.NewReader(in), Options{Format: "rpz"}); !errors.Is(got.Err, ErrFormat) {
		t.Errorf("unknown format: %v", got.Err)
	}
	if got := readAll(t, strings.NewReader("a.example,b\n"), Options{Format: FormatCSV}); !errors.Is(got.Err, ErrFormat) {
		t.Errorf("csv without header: %v", got.Err)
	}
}

func TestSkippedAreCounted(t *testing.T) {
	t.Parallel()
	var stats Stats
	readAll(t, strings.NewReader("||a.example^\n||a.example^\n@@||b.example^\n@@c.example\nd.example##x\n||e.example/x\n||f.example^$badfilter\n||g.example^$script,domain=h.example|i.example\n"), Options{Stats: &stats})
	want := Stats{
		Format: FormatAdblock, Lines: 8, Candidates: 1, Repeated: 1,
		Skipped: map[string]int{SkipException: 2, SkipCosmetic: 1, SkipPattern: 1, SkipDisabled: 1, SkipElsewhere: 1},
	}
	if diff := cmp.Diff(want, stats); diff != "" {
		t.Error(diff)
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300<<10)
	got := readAll(t, strings.NewReader("a.example\n"+long+"\nb.example\n"+long), Options{})
	if diff := cmp.Diff(result{Hosts: []string{"a.example", "b.example"}, Notes: map[string]string{}, Bad: []int{2, 4}}, got); diff != "" {
		t.Error(diff)
	}
	csv := "host,note\na.example,\"open\n" + long + "\nb.example,x\n"
	got = readAll(t, strings.NewReader(csv), Options{})
	if diff := cmp.Diff(result{Hosts: []string{"b.example"}, Notes: map[string]string{"b.example": "x"}, Bad: []int{2, 3}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenInput(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&lines, "h%d-%x.example\n", i, i*i*7919)
	}
	whole := gzipped(t, lines.String()).Bytes()
	got := readAll(t, bytes.NewReader(whole[:len(whole)/2]), Options{})
	if !errors.Is(got.Err, io.ErrUnexpectedEOF) || len(got.Hosts) < 5000 {
		t.Errorf("cut gzip: %d hosts, error %v", len(got.Hosts), got.Err)
	}
	failing := io.MultiReader(strings.NewReader("a.example\n"), iotest.ErrReader(errors.New("cable")))
	if got := readAll(t, failing, Options{}); got.Err == nil || !strings.Contains(got.Err.Error(), "cable") {
		t.Errorf("failing reader: %v", got.Err)
	}
}

func TestStopsWhenTold(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"a.example\nb.example\n", "0.0.0.0 a.example b.example\n", "bad line here\nb.example\n"} {
		n := 0
		for range Read(strings.NewReader(in), "x", Options{}) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%q: %d results after the caller stopped", in, n)
		}
	}
}

func TestCleanNote(t *testing.T) {
	t.Parallel()
	long := cleanNote(strings.Repeat("é", 300))
	if len(long) > maxNote || len(long) < maxNote-4 || strings.Contains(long, "\uFFFD") {
		t.Errorf("long note has %d bytes: %q", len(long), long)
	}
	if got := cleanNote(" a\t\nb\x00c \xff"); got != "a b c \uFFFD" {
		t.Errorf("note %q", got)
	}
}
