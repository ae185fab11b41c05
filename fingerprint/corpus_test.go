package fingerprint

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pitboss/data"
)

// corpus returns the captures of the folder named by PITBOSS_CORPUS, by host,
// or skips.
func corpus(tb testing.TB) []data.Capture {
	tb.Helper()
	dir := os.Getenv("PITBOSS_CORPUS")
	if dir == "" {
		if os.Getenv("PITBOSS_CI") == "1" {
			tb.Fatal("PITBOSS_CORPUS is not set, and nothing may be skipped here")
		}
		tb.Skip("PITBOSS_CORPUS is not set: no corpus of real sites on this machine")
	}
	captures, err := readCorpus(filepath.Join(dir, "sites.warc.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	return captures
}

var corpusOnce struct {
	sync.Once
	captures []data.Capture
	err      error
}

// readCorpus is a reader of well-formed WARC files, just enough for tests.
func readCorpus(name string) ([]data.Capture, error) {
	corpusOnce.Do(func() { corpusOnce.captures, corpusOnce.err = readWARC(name) })
	return corpusOnce.captures, corpusOnce.err
}

func readWARC(name string) ([]data.Capture, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(z, 1<<16)
	byHost := map[string]*data.Capture{}
	var hosts []string
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(line, "WARC/") {
			continue
		}
		h, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return nil, err
		}
		n, _ := strconv.Atoi(h.Get("Content-Length"))
		block := make([]byte, n)
		if _, err := io.ReadFull(r, block); err != nil {
			return nil, err
		}
		u, err := url.Parse(h.Get("WARC-Target-URI"))
		if h.Get("WARC-Type") != "response" || err != nil {
			continue
		}
		c := byHost[u.Host]
		if c == nil {
			c = &data.Capture{Host: u.Host, Outcome: data.OutcomeOK, FinalURL: u.String()}
			byHost[u.Host] = c
			hosts = append(hosts, u.Host)
		}
		addRecord(c, u, block)
	}
	slices.Sort(hosts)
	out := make([]data.Capture, len(hosts))
	for i, h := range hosts {
		out[i] = *byHost[h]
	}
	return out, nil
}

func addRecord(c *data.Capture, u *url.URL, block []byte) {
	head, body, _ := bytes.Cut(block, []byte("\r\n\r\n"))
	res := data.Resource{URL: u.String(), Proto: "HTTP/1.1", Status: 200, Body: body}
	for i, line := range strings.Split(string(head), "\r\n") {
		if i == 0 {
			if f := strings.Fields(line); len(f) > 1 {
				res.Status, _ = strconv.Atoi(f[1])
			}
			continue
		}
		k, v, _ := strings.Cut(line, ":")
		res.Header = append(res.Header, data.HeaderField{Name: k, Value: strings.TrimSpace(v)})
	}
	res.ContentType = res.HeaderValue("Content-Type")
	if res.HeaderValue("Content-Encoding") == "gzip" {
		if z, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			res.Body, _ = io.ReadAll(z)
		}
	}
	res.Role = roleOf(res.ContentType, len(c.Resources) == 0, u)
	c.Resources = append(c.Resources, res)
}

func roleOf(contentType string, first bool, u *url.URL) data.Role {
	t, _, _ := strings.Cut(contentType, ";")
	switch {
	case first:
		return data.RoleHome
	case t == "text/html":
		return data.RolePage
	case t == "text/css":
		return data.RoleStylesheet
	case strings.Contains(t, "javascript"):
		return data.RoleScript
	case strings.Contains(t, "icon") || strings.HasSuffix(u.Path, "/favicon.ico"):
		return data.RoleIcon
	case strings.HasPrefix(t, "image/"):
		return data.RoleImage
	case t == "application/manifest+json":
		return data.RoleManifest
	}
	return data.RoleData
}

// TestCorpusBounds holds real sites to the bounds of a fingerprint.
func TestCorpusBounds(t *testing.T) {
	t.Parallel()
	captures := corpus(t)
	for i := range captures {
		c := &captures[i]
		f := Extract(c)
		if len(f.Features) > 6000 {
			t.Errorf("%s: %d features, want at most 6000", c.Host, len(f.Features))
		}
		if http.StatusText(c.Resources[0].Status) != "" && len(c.Resources[0].Body) > 2000 && len(f.Features) < 20 {
			t.Errorf("%s: only %d features of %d bytes", c.Host, len(f.Features), len(c.Resources[0].Body))
		}
	}
}
