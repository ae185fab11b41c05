package review

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"pitboss/data"
)

// Handler serves the same pages as [WriteStatic] writes, from the store as it
// is now.
func Handler(store Store) http.Handler {
	return HandlerWith(store, Options{}, slog.New(slog.DiscardHandler))
}

// HandlerWith is [Handler] with options and a log for what fails.
func HandlerWith(store Store, o Options, log *slog.Logger) http.Handler {
	o.complete()
	return &server{store: store, options: o, log: log}
}

type server struct {
	store   Store
	options Options
	log     *slog.Logger

	mu    sync.Mutex
	pages *pages
	snap  *snapshot
	read  time.Time
}

// current returns what was read last, if that is fresh enough.
func (s *server) current(ctx context.Context) (*snapshot, *pages, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		p, err := newPages()
		if err != nil {
			return nil, nil, err
		}
		s.pages = p
	}
	now := s.options.Now()
	if s.snap != nil && now.Sub(s.read) < s.options.Fresh {
		return s.snap, s.pages, nil
	}
	snap, err := read(ctx, s.store, s.options)
	if err != nil {
		return nil, nil, err
	}
	s.snap, s.read = snap, now
	return snap, s.pages, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	snap, pages, err := s.current(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	body, contentType, err := pages.render(r.Context(), snap, s.store, name)
	switch {
	case errors.Is(err, data.ErrNotFound):
		http.Error(w, "no such page", http.StatusNotFound)
		return
	case err != nil:
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the client may be gone
	}
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.log.ErrorContext(r.Context(), "review page", "path", r.URL.Path, "err", err)
	http.Error(w, "the page could not be made; see the log", http.StatusInternalServerError)
}

// guard sets what keeps a hostile text from doing anything, should it ever slip
// through the escaping: nothing but our style sheet is loaded, nothing runs,
// nobody frames us or learns where the reader came from.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
