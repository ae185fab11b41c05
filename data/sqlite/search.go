package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"pitboss/data"
)

const (
	// maxIdentifiers is how many features of a site can be searched for.
	maxIdentifiers = 64
	// maxIdentifier is the longest value that can be, in bytes; the longest
	// that anybody publishes are payment keys and hashes of up to 128.
	maxIdentifier = 512
	// minTitle is the shortest part of a title that is searched for, in
	// characters: two, since many Korean and Chinese words have no more.
	minTitle = 2
)

// The ranks of features in the contest for a site's search rows.
const (
	rankOperator = iota
	rankPage     // hashes that other search engines know, at most a few a site
	rankHosting
	rankScript
	rankOutlink // a page may link to thousands of hosts
	rankAsset
	rankNone
)

func rank(f *data.Feature) int {
	switch f.Kind {
	case data.KindFavicon, data.KindFaviconMD5, data.KindFaviconSHA, data.KindHTMLHash, data.KindDOMHash,
		data.KindTLSH, data.KindIconPHash, data.KindScreenPHash, data.KindErrorPage:
		return rankPage
	case data.KindScriptHash:
		return rankScript
	case data.KindOutlinkHost:
		return rankOutlink
	case data.KindAssetHash:
		return rankAsset
	}
	switch f.Layer {
	case data.LayerOperator:
		return rankOperator
	case data.LayerInfrastructure:
		return rankHosting
	}
	return rankNone
}

// searchable picks the features that get rows: operator first, and within a
// rank one of each kind before the second of any, so that a page cannot hide
// its telegram name behind a hundred made-up wallets.
func searchable(features []data.Feature) []*data.Feature {
	type entry struct {
		feature   *data.Feature
		rank, nth int // nth of its kind
	}
	var entries []entry
	seen := map[data.Kind]int{}
	for i := range features {
		f := &features[i]
		r := rank(f)
		if r == rankNone || f.Value == "" || len(f.Value) > maxIdentifier || seen[f.Kind] >= maxIdentifiers {
			continue
		}
		entries = append(entries, entry{f, r, seen[f.Kind]})
		seen[f.Kind]++
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.nth, b.nth))
	})
	entries = entries[:min(len(entries), maxIdentifiers)]
	out := make([]*data.Feature, len(entries))
	for i, e := range entries {
		out[i] = e.feature
	}
	return out
}

// fold is the form in which values are compared.
func fold(value string) string { return strings.ToLower(value) }

// tail is what people paste of a value such as "tron:T…": the part that is not
// our naming.
func tail(value string) string {
	_, t, _ := strings.Cut(value, ":")
	return fold(t)
}

// Search returns at most limit sites with what they have of the indicator: an
// identifier, hash or hosting value, equal but for case, with or without the
// kind ("telegram:name") and without a value's own prefix ("tron:"); a host
// name; or a part of a title of at least two characters. Identifiers come
// first, then hosts, then titles, each by host, kind and value. A hit for a
// host or title has the kind "host" or "title".
func (s *Store) Search(ctx context.Context, indicator string, limit int) ([]data.Hit, error) {
	text := strings.TrimSpace(clean(indicator))
	hits := newHits(limit)
	for _, step := range s.searchSteps(text) {
		if hits.full() {
			break
		}
		if err := step(ctx, hits); err != nil {
			return nil, s.explain("search", err)
		}
	}
	return hits.list, nil
}

type searchStep func(context.Context, *hits) error

func (s *Store) searchSteps(text string) []searchStep {
	if text == "" {
		return nil
	}
	var steps []searchStep
	byValue := func(query, value, kind string) {
		steps = append(steps, func(ctx context.Context, h *hits) error {
			return s.searchValues(ctx, h, query, value, kind)
		})
	}
	value := fold(text)
	byValue(sqlSearchValue, value, "")
	kind, rest, hasKind := strings.Cut(value, ":")
	if hasKind {
		byValue(sqlSearchValue, rest, kind)
		byValue(sqlSearchTail, rest, kind)
	}
	byValue(sqlSearchTail, value, "")
	if name, ok := strings.CutPrefix(value, "@"); ok {
		byValue(sqlSearchValue, name, "")
	}
	if number, ok := dialled(value); ok {
		byValue(sqlSearchValue, number, string(data.KindPhone))
	}
	host, title := text, text
	if hasKind && data.Kind(kind) == kindHost {
		host, title = strings.TrimSpace(text[len(kind)+1:]), ""
	} else if hasKind && data.Kind(kind) == kindTitle {
		host, title = "", strings.TrimSpace(text[len(kind)+1:])
	}
	return append(steps,
		func(ctx context.Context, h *hits) error { return s.searchHost(ctx, h, host) },
		func(ctx context.Context, h *hits) error { return s.searchTitles(ctx, h, title) })
}

// Kinds that only hits have.
const (
	kindHost  data.Kind = "host"
	kindTitle data.Kind = "title"
)

// dialled returns a number written for people, "+82 10-1234-5678", as E.164
// has it.
func dialled(value string) (number string, ok bool) {
	if !strings.HasPrefix(value, "+") {
		return "", false
	}
	number = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(value)
	return number, number != value && strings.Trim(number[1:], "0123456789") == ""
}

func (s *Store) searchValues(ctx context.Context, h *hits, query, value, kind string) error {
	return s.read(ctx, query, []any{value, kind, h.limit}, func(rows *sql.Rows) error {
		var hit data.Hit
		err := rows.Scan(&hit.Host, &hit.Kind, &hit.Value, &hit.Source, &hit.Context)
		h.add(hit)
		return err
	})
}

func (s *Store) searchHost(ctx context.Context, h *hits, text string) error {
	host, err := data.NormalizeHost(text)
	if err != nil {
		return nil //nolint:nilerr // what is no host name finds no host
	}
	var id int64
	err = s.reader.QueryRowContext(ctx, sqlSiteID, host).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		h.add(data.Hit{Host: host, Kind: kindHost, Value: host})
	}
	return err
}

func (s *Store) searchTitles(ctx context.Context, h *hits, text string) error {
	if utf8.RuneCountInString(text) < minTitle {
		return nil
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	return s.read(ctx, sqlSearchTitle, []any{pattern, h.limit}, func(rows *sql.Rows) error {
		hit := data.Hit{Kind: kindTitle}
		err := rows.Scan(&hit.Host, &hit.Value)
		h.add(hit)
		return err
	})
}

// hits gathers what the steps of a search find, each once.
type hits struct {
	list  []data.Hit
	limit int
	seen  map[hitKey]bool
}

type hitKey struct {
	host, value string
	kind        data.Kind
}

func newHits(limit int) *hits { return &hits{limit: limit, seen: map[hitKey]bool{}} }

func (h *hits) full() bool { return len(h.list) >= h.limit }

func (h *hits) add(hit data.Hit) {
	key := hitKey{hit.Host, hit.Value, hit.Kind}
	if h.full() || h.seen[key] {
		return
	}
	h.seen[key] = true
	h.list = append(h.list, hit)
}
