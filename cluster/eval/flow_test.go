package eval_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pitboss/cluster"
	"pitboss/cluster/eval"
	"pitboss/crawler/archive"
	"pitboss/data"
	"pitboss/data/demo"
	"pitboss/fingerprint"
)

// The whole flow without a network: pages in, families out, measured against
// the truth.

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// sample is a set of captures with the truth about them.
type sample struct {
	captures []data.Capture
	labels   []eval.Label
}

// fingerprints extracts all captures.
func (s *sample) fingerprints() []data.Fingerprint {
	out := make([]data.Fingerprint, len(s.captures))
	for i := range s.captures {
		out[i] = fingerprint.Extract(&s.captures[i])
	}
	return out
}

// families clusters under the shipped model and says where each host is.
func families(t *testing.T, fps []data.Fingerprint) []eval.Found {
	t.Helper()
	model, err := cluster.DefaultModel()
	if err != nil {
		t.Fatal(err)
	}
	run := cluster.Cluster(cluster.Input{Fingerprints: fps, Model: model, At: at})
	gambling := map[string]float64{}
	for i := range fps {
		gambling[fps[i].Host] = fps[i].Assessment.Gambling
	}
	return eval.FromRun(run, gambling)
}

// linked finds the style sheets, scripts and icons of a demo page.
var linked = regexp.MustCompile(`(?:href|src)="(/[^"]+\.(?:css|js|ico|svg|png))(?:\?[^"]*)?"`)

// demoSample visits every site of a made-up web as the crawler would, by
// calling its handler.
func demoSample(t *testing.T, seed uint64) *sample {
	t.Helper()
	web := demo.New(seed)
	var labels bytes.Buffer
	if err := web.WriteLabels(&labels); err != nil {
		t.Fatal(err)
	}
	s := &sample{}
	var err error
	if s.labels, err = eval.ReadLabels(&labels); err != nil {
		t.Fatal(err)
	}
	handler := web.Handler()
	for _, site := range web.Sites() {
		if c, ok := visit(handler, site.Host); ok {
			s.captures = append(s.captures, c)
		}
	}
	return s
}

// visit captures a home page with what it links to; false when the site leads
// elsewhere.
func visit(h http.Handler, host string) (data.Capture, bool) {
	c := data.Capture{Host: host, Visit: "v-" + host, Digest: "d-" + host, At: at, Outcome: data.OutcomeOK}
	res, location := ask(h, host, "/", data.RoleHome)
	if strings.HasPrefix(location, "/") {
		res, location = ask(h, host, location, data.RoleHome)
	}
	if location != "" {
		return c, false
	}
	c.FinalURL = res.URL
	c.Resources = append(c.Resources, res)
	seen := map[string]bool{}
	for _, m := range linked.FindAllStringSubmatch(string(res.Body), -1) {
		role, ok := roles()[path.Ext(m[1])]
		if icon := strings.Contains(path.Base(m[1]), "favicon"); icon {
			role, ok = data.RoleIcon, true
		}
		if !ok || seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		if r, _ := ask(h, host, m[1], role); r.Status == http.StatusOK {
			c.Resources = append(c.Resources, r)
		}
	}
	missing, _ := ask(h, host, "/zz-no-such-page-1", data.RoleErrorPage)
	c.Resources = append(c.Resources, missing)
	return c, true
}

func roles() map[string]data.Role {
	return map[string]data.Role{".css": data.RoleStylesheet, ".js": data.RoleScript}
}

func ask(h http.Handler, host, target string, role data.Role) (data.Resource, string) {
	req := httptest.NewRequest(http.MethodGet, target, nil)
	req.Host = host
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	res := data.Resource{
		URL: "http://" + host + target, Role: role, Status: rec.Code, Proto: "HTTP/1.1",
		ContentType: rec.Header().Get("Content-Type"), Body: rec.Body.Bytes(),
	}
	for name, values := range rec.Header() {
		for _, v := range values {
			res.Header = append(res.Header, data.HeaderField{Name: name, Value: v})
		}
	}
	slices.SortFunc(res.Header, func(a, b data.HeaderField) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	return res, rec.Header().Get("Location")
}

// corpusOf imports the folder of real sites that PITBOSS_CORPUS names, once.
func corpusOf(t *testing.T) *sample {
	t.Helper()
	dir := os.Getenv("PITBOSS_CORPUS")
	if dir == "" {
		if os.Getenv("PITBOSS_CI") != "" {
			t.Fatal("PITBOSS_CI is set, so PITBOSS_CORPUS must name the corpus")
		}
		t.Skip("PITBOSS_CORPUS does not name a folder with sites.warc.gz and labels.tsv")
	}
	s, err := loadCorpus(dir, filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loadCorpus(dir, work string) (s *sample, err error) {
	corpusOnce.Do(func() { corpusOnce.sample, corpusOnce.err = readCorpus(dir, work) })
	return corpusOnce.sample, corpusOnce.err
}

var corpusOnce struct {
	sync.Once
	sample *sample
	err    error
}

func readCorpus(dir, work string) (*sample, error) {
	f, err := os.Open(filepath.Join(dir, "labels.tsv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &sample{}
	if s.labels, err = eval.ReadLabels(f); err != nil {
		return nil, err
	}
	warc, err := os.Open(filepath.Join(dir, "sites.warc.gz"))
	if err != nil {
		return nil, err
	}
	defer warc.Close()
	a, err := archive.Open(work, archive.Options{})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	var visits []data.Visit
	if _, err := a.Import(context.Background(), warc, "sites.warc.gz", func(v data.Visit) error {
		visits = append(visits, v)
		return nil
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(visits, func(a, b data.Visit) int { return strings.Compare(a.Host, b.Host) })
	for _, v := range visits {
		if !v.Outcome.Good() {
			continue
		}
		c, err := a.Load(context.Background(), v)
		if err != nil {
			return nil, err
		}
		s.captures = append(s.captures, c)
	}
	return s, nil
}

// floors are the least figures that are accepted.
func floors(t *testing.T, name string, r eval.Report, template, builder float64) {
	t.Helper()
	t.Logf("%s: template B³-F1 %.3f (precision %.3f, recall %.3f), builder B³-F1 %.3f (precision %.3f, recall %.3f), gambling F1 %.3f, operator precision %.3f",
		name, r.Template.B3F1, r.Template.B3Precision, r.Template.B3Recall, r.Builder.B3F1, r.Builder.B3Precision, r.Builder.B3Recall,
		r.Gambling.F1, r.Operator.Precision)
	if r.Template.B3F1 < template {
		t.Errorf("%s: template B³-F1 is %.3f, want at least %.3f", name, r.Template.B3F1, template)
	}
	if r.Builder.B3F1 < builder {
		t.Errorf("%s: builder B³-F1 is %.3f, want at least %.3f", name, r.Builder.B3F1, builder)
	}
}

func TestFlowOnTheDemoWeb(t *testing.T) {
	t.Parallel()
	for name, seed := range map[string]uint64{"seed 1": 1, "seed 2": 2, "seed 77": 77} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := demoSample(t, seed)
			r := eval.Evaluate(s.labels, families(t, s.fingerprints()), eval.TrustMedium)
			floors(t, name, r, 0.9, 0.9)
			if r.Operator.Precision < 0.95 {
				t.Errorf("%s: of the pairs tied to one operator %.3f are, want at least 0.95", name, r.Operator.Precision)
			}
		})
	}
}

// The stored figures of `make quality` say whether a figure fell; this says
// what must never be given up.
func TestFlowOnTheCorpus(t *testing.T) {
	t.Parallel()
	s := corpusOf(t)
	r := eval.Evaluate(s.labels, families(t, s.fingerprints()), eval.TrustMedium)
	floors(t, "corpus", r, 0.94, 0.87)
	if r.Missing > len(s.labels)/50 {
		t.Errorf("%d of %d labelled sites have no fingerprint", r.Missing, len(s.labels))
	}
}
