package demo

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sort"
	"text/template"
)

// Site is the truth about one host of the made-up web.
type Site struct {
	Host     string
	Template string // skin; "": shares nobody's; "?": not to be judged
	Builder  string // workshop or public theme; same conventions
	Operator string // who runs it; "": unknown or nobody else's
	Gambling string // "yes", "no" or "unknown"
	Kind     string // what was made, "gambling-site", "parked", "harmless-shop", …
}

// Web is a made-up web. It is safe for concurrent use: nothing in it changes
// after New.
type Web struct {
	seed      uint64
	sites     []*site // by host
	byHost    map[string]*site
	packs     map[string]pack
	templates map[string]*template.Template // by builder, and "special"
	hostings  int                           // number of hosting addresses
}

// New generates the web of a seed. The same seed gives the same bytes for
// every host and path.
func New(seed uint64) *Web {
	w := &Web{seed: seed, byHost: map[string]*site{}}
	w.packs = loadPacks()
	w.templates = loadTemplates()
	w.populate()
	sort.Slice(w.sites, func(i, j int) bool { return w.sites[i].Host < w.sites[j].Host })
	return w
}

// Sites returns the truth about every host, sorted by host.
func (w *Web) Sites() []Site {
	out := make([]Site, 0, len(w.sites))
	for _, s := range w.sites {
		out = append(out, s.Site)
	}
	return out
}

// WriteLabels writes the truth as tab-separated values with a header: host,
// template, builder, operator, gambling, kind, trust. It is the format that
// the evaluation reads.
func (w *Web) WriteLabels(out io.Writer) error {
	b := bufio.NewWriter(out)
	fmt.Fprintln(b, "host\ttemplate\tbuilder\toperator\tgambling\tkind\ttrust")
	for _, s := range w.sites {
		fmt.Fprintf(b, "%s\t%s\t%s\t%s\t%s\t%s\thigh\n",
			s.Host, s.Template, s.Builder, s.Operator, s.Gambling, s.Kind)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write labels: %w", err)
	}
	return nil
}

// rand returns the generator of one named thing, so that what one site looks
// like does not depend on how many were made before it.
func (w *Web) rand(names ...string) *rand.Rand {
	return rand.New(rand.NewPCG(w.seed, hash(names...)))
}

// add registers a site unless its host is taken, and reports whether it did.
func (w *Web) add(s *site) bool {
	if _, taken := w.byHost[s.Host]; taken {
		return false
	}
	w.byHost[s.Host] = s
	w.sites = append(w.sites, s)
	return true
}

func hash(names ...string) uint64 {
	h := fnv.New64a()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0})
	}
	v := h.Sum64() // FNV's low bits move too little between short names
	v ^= v >> 33
	v *= 0xff51afd7ed558ccd
	return v ^ v>>33
}

// pick returns one of the choices, always the same for the same names.
func pick(choices []string, names ...string) string {
	if len(choices) == 0 {
		return ""
	}
	return choices[hash(names...)%uint64(len(choices))]
}

// chance reports true for about percent of all names.
func chance(percent uint64, names ...string) bool {
	return hash(names...)%100 < percent
}
