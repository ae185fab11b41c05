package review_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pitboss/cluster/review"
)

func get(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "http://127.0.0.1/", nil)
	r.URL.Path = target
	h.ServeHTTP(w, r)
	return w
}

func serve(store review.Store) http.Handler {
	return review.HandlerWith(store, options(), slog.New(slog.DiscardHandler))
}

func TestHandlerServesWhatIsWritten(t *testing.T) {
	t.Parallel()
	store := madeUp()
	dir, h := report(t, store), serve(store)
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		rel, _ := filepath.Rel(dir, file)
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		w := get(h, http.MethodGet, "/"+filepath.ToSlash(rel))
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", rel, w.Code)
		}
		if diff := cmp.Diff(string(raw), w.Body.String()); diff != "" {
			t.Errorf("%s is served otherwise than written (-written +served):\n%.600s", rel, diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHandlerGuards(t *testing.T) {
	t.Parallel()
	h := serve(madeUp())
	for _, target := range []string{"/", "/index.html", "/style.css", "/site/alpha-palace.example.html", "/nothing.html"} {
		w := get(h, http.MethodGet, target)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
	}
	if got := get(h, http.MethodGet, "/style.css").Header().Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("style sheet served as %q", got)
	}
}

func TestHandlerStatuses(t *testing.T) {
	t.Parallel()
	h := serve(madeUp())
	tests := []struct {
		method, target string
		want           int
	}{
		{http.MethodGet, "/", http.StatusOK},
		{http.MethodHead, "/", http.StatusOK},
		{http.MethodPost, "/", http.StatusMethodNotAllowed},
		{http.MethodDelete, "/site/alpha-palace.example.html", http.StatusMethodNotAllowed},
		{http.MethodGet, "/site/unknown.example.html", http.StatusNotFound},
		{http.MethodGet, "/site/", http.StatusNotFound},
		{http.MethodGet, "/family/b-7f21c0", http.StatusNotFound},
		{http.MethodGet, "/../../etc/passwd", http.StatusNotFound},
		{http.MethodGet, "/site/../../../etc/passwd", http.StatusNotFound},
		{http.MethodGet, "/site/..\\..\\x", http.StatusNotFound},
		{http.MethodGet, "/<script>alert(1)</script>", http.StatusNotFound},
		{http.MethodGet, "/sites-2.html", http.StatusNotFound},
		{http.MethodGet, "/site/../index.html", http.StatusOK},
	}
	for _, tt := range tests {
		w := get(h, tt.method, tt.target)
		if w.Code != tt.want {
			t.Errorf("%s %s: status %d, want %d", tt.method, tt.target, w.Code, tt.want)
		}
		if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s %s: the path comes back in the page", tt.method, tt.target)
		}
		if tt.method == http.MethodHead && w.Body.Len() != 0 {
			t.Errorf("HEAD has a body of %d bytes", w.Body.Len())
		}
	}
}

func TestHandlerReadsAgain(t *testing.T) {
	t.Parallel()
	store, clock := madeUp(), now
	o := options()
	o.Now = func() time.Time { return clock }
	h := review.HandlerWith(store, o, slog.New(slog.DiscardHandler))
	for range 3 {
		get(h, http.MethodGet, "/")
	}
	if store.reads != 1 {
		t.Errorf("read %d times within its freshness, want once", store.reads)
	}
	clock = clock.Add(31 * time.Second)
	store.sites = store.sites[:3]
	if body := get(h, http.MethodGet, "/").Body.String(); store.reads != 2 || !strings.Contains(body, `<a href="sites.html">3</a>`) {
		t.Errorf("read %d times; the page does not show the new state", store.reads)
	}
}

func TestHandlerFails(t *testing.T) {
	t.Parallel()
	store := madeUp()
	store.fail = errors.New("secret path of the database")
	var log strings.Builder
	h := review.HandlerWith(store, options(), slog.New(slog.NewTextHandler(&log, nil)))
	w := get(h, http.MethodGet, "/")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret path") {
		t.Errorf("log %q does not say why", log.String())
	}
	store.fail = nil
	if w := get(h, http.MethodGet, "/"); w.Code != http.StatusOK {
		t.Errorf("after the store works again: status %d", w.Code)
	}
}

func TestHandlerDefault(t *testing.T) {
	t.Parallel()
	if w := get(review.Handler(madeUp()), http.MethodGet, "/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Golden Palace kit") {
		t.Errorf("status %d", w.Code)
	}
}

func TestHandlerServesMany(t *testing.T) {
	t.Parallel()
	h := serve(madeUp())
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for _, target := range []string{"/", "/family/b-7f21c0.html", "/site/alpha-palace.example.html"} {
				if w := get(h, http.MethodGet, target); w.Code != http.StatusOK {
					t.Errorf("%s: status %d", target, w.Code)
				}
			}
		})
	}
	wait.Wait()
}
