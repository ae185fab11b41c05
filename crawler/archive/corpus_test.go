package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"pitboss/data"
)

// openCorpus opens the corpus that PITBOSS_CORPUS names, or skips.
func openCorpus(tb testing.TB) *os.File {
	tb.Helper()
	dir := os.Getenv("PITBOSS_CORPUS")
	if dir == "" {
		if os.Getenv("PITBOSS_CI") == "1" {
			tb.Fatal("PITBOSS_CORPUS is not set, which CI requires")
		}
		tb.Skip("PITBOSS_CORPUS is not set")
	}
	f, err := os.Open(filepath.Join(dir, "sites.warc.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// sourcePayloads reads the payloads of a WARC by address.
func sourcePayloads(tb testing.TB, r io.Reader) map[string][]byte {
	tb.Helper()
	block := newSpool(tb.TempDir(), 64<<20)
	rd, err := newReader(r, block, 1<<30)
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string][]byte{}
	for {
		f, err := rd.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			tb.Fatal(err)
		}
		if f.get("WARC-Type") == kindResponse {
			_, body, _ := bytes.Cut(block.buf[:block.size], []byte("\r\n\r\n"))
			out[f.uri()] = bytes.Clone(body)
		}
	}
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	f := openCorpus(t)
	a := openTemp(t, Options{})
	var visits []data.Visit
	stats, err := a.Import(t.Context(), f, "sites.warc.gz", func(v data.Visit) error {
		visits = append(visits, v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", stats)
	if len(visits) != 539 || stats.Visits != 539 || stats.Failed != 0 || stats.Truncated {
		t.Fatalf("%d visits, %+v", len(visits), stats)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	source := sourcePayloads(t, f)
	loaded := map[string]bool{}
	roles := map[data.Role]int{}
	outcomes := map[data.Outcome]int{}
	for _, v := range visits {
		outcomes[v.Outcome]++
		c, err := a.Load(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		if c.Home() == nil || c.Resources[0].Role != data.RoleHome {
			t.Errorf("%s: no home page first", v.Host)
		}
		for _, r := range c.Resources {
			roles[r.Role]++
			if !bytes.Equal(r.Body, source[r.URL]) || r.Truncated {
				t.Errorf("%s: payload differs from the source (%d, %d bytes, truncated %v)", r.URL, len(r.Body), len(source[r.URL]), r.Truncated)
			}
			loaded[r.URL] = true
		}
	}
	t.Log(roles, outcomes)
	if len(loaded) != len(source) || len(source) == 0 {
		t.Errorf("%d addresses loaded, %d in the source", len(loaded), len(source))
	}
}
