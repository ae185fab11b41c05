package archive

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"strings"
	"testing"
	"time"

	"pitboss/data"
)

// openTemp opens an archive in a directory of the test's own.
func openTemp(tb testing.TB, o Options) *Archive {
	tb.Helper()
	a, err := Open(tb.TempDir(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	return a
}

// day is when hand-made captures took place.
var day = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// at is a moment so many seconds into the capture.
func at(seconds int) time.Time { return day.Add(time.Duration(seconds) * time.Second) }

// warcRecord is one hand-made record.
type warcRecord struct {
	kind   string
	id     string
	uri    string
	at     time.Time
	fields []string // more header lines
	block  string
}

// bytes serialises the record as a foreign writer would.
func (r warcRecord) bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\n", r.kind)
	if r.id != "" {
		fmt.Fprintf(&b, "WARC-Record-ID: <urn:uuid:%s>\r\n", r.id)
	}
	if r.uri != "" {
		fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", r.uri)
	}
	fmt.Fprintf(&b, "WARC-Date: %s\r\n", r.at.Format(time.RFC3339))
	for _, f := range r.fields {
		b.WriteString(f + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s\r\n\r\n", len(r.block), r.block)
	return b.Bytes()
}

// response is a response record with the given head lines and body.
func response(uri string, seconds int, head, body string) warcRecord {
	return warcRecord{
		kind: "response", id: fmt.Sprintf("r-%d-%x", seconds, sha1.Sum([]byte(uri))), uri: uri, at: at(seconds),
		fields: []string{"Content-Type: application/http; msgtype=response", "WARC-IP-Address: 192.0.2.7"},
		block:  strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body,
	}
}

// htmlPage is a page.
func htmlPage(uri string, seconds int, body string) warcRecord {
	return response(uri, seconds, "HTTP/1.1 200 OK\nServer: nginx\nContent-Type: text/html; charset=utf-8", body)
}

// asset is an answer of a media type.
func asset(uri string, seconds int, media, body string) warcRecord {
	return response(uri, seconds, "HTTP/1.1 200 OK\nContent-Type: "+media, body)
}

// moved is a redirect.
func moved(uri string, seconds int, to string) warcRecord {
	return response(uri, seconds, "HTTP/1.1 301 Moved Permanently\nLocation: "+to, "")
}

// request belongs to a response.
func request(of warcRecord, lines ...string) warcRecord {
	return warcRecord{
		kind: "request", id: "q-" + of.id, uri: of.uri, at: of.at,
		fields: []string{"Content-Type: application/http; msgtype=request", "WARC-Concurrent-To: <urn:uuid:" + of.id + ">"},
		block:  "GET / HTTP/1.1\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n",
	}
}

func plainWARC(records ...warcRecord) []byte {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(r.bytes())
	}
	return b.Bytes()
}

func gzipMember(b []byte) []byte {
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	_, _ = zw.Write(b)
	_ = zw.Close()
	return out.Bytes()
}

// gzipWARC packs each record in a member of its own.
func gzipWARC(records ...warcRecord) []byte {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(gzipMember(r.bytes()))
	}
	return b.Bytes()
}

func sha1Of(s string) string {
	sum := sha1.Sum([]byte(s))
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}

// imported is what an import gave, by host.
type imported struct {
	stats  ImportStats
	visits map[string][]data.Visit
	order  []string
}

// one returns the only visit of a host.
func (i *imported) one(tb testing.TB, host string) data.Visit {
	tb.Helper()
	if n := len(i.visits[host]); n != 1 {
		tb.Fatalf("%d visits of %s; hosts: %v", n, host, i.order)
	}
	return i.visits[host][0]
}

func importAll(tb testing.TB, a *Archive, warc []byte) imported {
	tb.Helper()
	got := imported{visits: map[string][]data.Visit{}}
	stats, err := a.Import(tb.Context(), bytes.NewReader(warc), "some/dir/test.warc.gz", func(v data.Visit) error {
		got.visits[v.Host] = append(got.visits[v.Host], v)
		got.order = append(got.order, v.Host)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	got.stats = stats
	return got
}

// roles returns the exchanges of a visit as "role address".
func roles(v data.Visit) []string {
	var out []string
	for _, e := range v.Exchanges {
		out = append(out, string(e.Role)+" "+e.URL)
	}
	return out
}
