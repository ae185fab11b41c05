package archive

import (
	"cmp"
	"slices"
	"time"

	"pitboss/data"
)

const (
	visitGap      = time.Hour // records of a host further apart are two visits
	maxExchanges  = 400       // of one imported visit
	maxBorrowed   = 64        // assets that a redirecting host takes from its destination
	referenceSize = 100_000   // addresses mentioned by pages that are kept in mind
)

// grouping makes visits of the records of one file, which knows exchanges only.
//
//   - A site is a host (host:port) with a document: an HTML answer, or a redirect
//     or unreferenced answer at its root. Frames, where the request says so, are no documents.
//   - Records of a host more than an hour apart are different visits. So are
//     records of our own segments where an address comes again in its role.
//   - An answer of a host without a document belongs to the visits whose pages
//     asked for it (Referer) or mention its address. Nobody's answers
//     are left out and counted.
//   - A host whose root leads to another host takes the destination's home page
//     and assets along, as a crawl of it would, when the file holds them.
//
// It holds index rows only; when there are too many, the visits that were
// quiet for longest are emitted, and what comes later for them starts anew.
type grouping struct {
	origin  string
	maxRows int
	skipped map[string]int
	hosts   map[string][]*bucket // visits in the making, oldest first
	refs    recent[[]*bucket]    // by refKey: whose pages mention an address
	rows    int
	seq     int
	emitted int
}

// bucket is a visit in the making: what came from one host within its time.
type bucket struct {
	host        string
	rows        []*row // of the host itself
	foreign     []*row // attached to it
	hosting     *data.Hosting
	first, last time.Time
	touched     int  // seq of the latest row
	site        bool // isSite, when it was flushed
}

func newGrouping(origin string, maxRows int, skipped map[string]int) *grouping {
	return &grouping{
		origin: origin, maxRows: maxRows, skipped: skipped,
		hosts: map[string][]*bucket{}, refs: newRecent[[]*bucket](referenceSize),
	}
}

// add takes an answer. What its request said may be known already.
func (g *grouping) add(r *row, p page, o origin) {
	b := g.place(r)
	g.learn(r, o)
	g.attachMentioned(r)
	for _, key := range p.refs {
		g.mention(key, b)
		for _, other := range r.in { // what a foreign style sheet needs, its pages need
			g.mention(key, other)
		}
	}
}

// addHosting takes hosting observations.
func (g *grouping) addHosting(r *row, h data.Hosting) {
	g.place(r).hosting = &h
}

// place puts a row into its host's visit at that time.
func (g *grouping) place(r *row) *bucket {
	g.seq++
	g.rows++
	r.seq = g.seq
	b := g.find(r.host, r.At)
	if b == nil || b.repeats(r) {
		b = &bucket{host: r.host, first: r.At, last: r.At}
		g.hosts[r.host] = append(g.hosts[r.host], b)
	}
	b.rows = append(b.rows, r)
	b.touched = r.seq
	if r.At.Before(b.first) {
		b.first = r.At
	}
	if r.At.After(b.last) {
		b.last = r.At
	}
	return b
}

// find returns the latest visit of a host that a moment belongs to.
func (g *grouping) find(host string, at time.Time) *bucket {
	list := g.hosts[host]
	for _, b := range slices.Backward(list) {
		if b.distance(at) < visitGap {
			return b
		}
	}
	return nil
}

// repeats reports whether a row of our own segments begins the next visit: a
// crawl asks for an address once.
func (b *bucket) repeats(r *row) bool {
	if r.Role == "" {
		return false
	}
	for _, old := range b.rows[max(0, len(b.rows)-maxExchanges):] {
		if old.Role == r.Role && old.URL == r.URL {
			return true
		}
	}
	return false
}

// mention notes that a visit's page refers to an address.
func (g *grouping) mention(key string, b *bucket) {
	const most = 16 // visits for one address
	list, _ := g.refs.get(key)
	if len(list) >= most || slices.Contains(list, b) {
		return
	}
	g.refs.put(key, append(slices.Clip(list), b))
}

// learn uses what the request of an answer said.
func (g *grouping) learn(r *row, o origin) {
	r.embedded = r.embedded || o.dest != "" && o.dest != "document"
	if o.referer == "" {
		return
	}
	host, err := hostOf(o.referer)
	if err != nil || host == r.host {
		return
	}
	if b := g.find(host, r.At); b != nil {
		b.attach(r)
	}
}

// attachMentioned attaches a row to the visits whose pages mention it; of a
// host's visits, to the one that was nearest in time.
func (g *grouping) attachMentioned(r *row) {
	list, _ := g.refs.get(refKey(r.URL))
	for i, b := range list {
		if b.host == r.host || b.distance(r.At) >= visitGap {
			continue
		}
		nearest := true
		for j, other := range list {
			if other.host == b.host && (other.distance(r.At) < b.distance(r.At) || other.distance(r.At) == b.distance(r.At) && j > i) {
				nearest = false
			}
		}
		if nearest {
			b.attach(r)
		}
	}
}

// distance is the time between a moment and the visit.
func (b *bucket) distance(at time.Time) time.Duration {
	switch {
	case at.Before(b.first):
		return b.first.Sub(at)
	case at.After(b.last):
		return at.Sub(b.last)
	}
	return 0
}

func (b *bucket) attach(r *row) {
	if len(b.foreign) < maxExchanges && !slices.Contains(r.in, b) {
		b.foreign = append(b.foreign, r)
		r.in = append(r.in, b)
	}
}

// isSite reports whether the host of a bucket is one that somebody visited.
func (b *bucket) isSite() bool {
	for _, r := range b.rows {
		switch {
		case r.Role == data.RoleHome:
			return true
		case r.embedded || r.Role == data.RoleHosting:
		case r.html && (r.Status < 400 || isRoot(r.URL)):
			return true
		case isRoot(r.URL) && (r.to != "" || len(r.in) == 0):
			return true
		}
	}
	return false
}

// full reports whether it is time to flush.
func (g *grouping) full() bool { return g.rows > g.maxRows }

// flush emits all visits, in the order of their first record, or only the
// quiet ones, until a quarter of the room is free.
func (g *grouping) flush(emit func(data.Visit) error, all bool) error {
	var list []*bucket
	for _, buckets := range g.hosts {
		list = append(list, buckets...)
	}
	for _, b := range list {
		for _, r := range b.rows {
			g.attachMentioned(r) // pages that came after the resource
		}
	}
	for _, b := range list {
		b.site = b.isSite()
	}
	if all {
		slices.SortFunc(list, func(a, b *bucket) int { return cmp.Compare(a.rows[0].seq, b.rows[0].seq) })
	} else {
		slices.SortFunc(list, func(a, b *bucket) int { return cmp.Compare(a.touched, b.touched) })
		list = g.quiet(list)
	}
	for _, b := range list {
		if err := g.emit(b, emit); err != nil {
			return err
		}
	}
	for _, b := range list {
		g.drop(b)
	}
	return nil
}

// quiet returns the first buckets of a list that together free a quarter of
// the room.
func (g *grouping) quiet(list []*bucket) []*bucket {
	freed := 0
	for i, b := range list {
		if g.rows-freed <= g.maxRows/4*3 {
			return list[:i]
		}
		freed += len(b.rows)
	}
	return list
}

func (g *grouping) emit(b *bucket, emit func(data.Visit) error) error {
	if !b.site {
		for _, r := range b.rows {
			if !slices.ContainsFunc(r.in, func(in *bucket) bool { return in.site }) {
				g.skipped[SkipUnattached]++
			}
		}
		return nil
	}
	if err := emit(g.visit(b)); err != nil {
		return err
	}
	g.emitted++
	return nil
}

// drop forgets a bucket whose visit was emitted. Pages may still refer to it,
// so it is emptied too.
func (g *grouping) drop(b *bucket) {
	g.rows -= len(b.rows)
	list := slices.DeleteFunc(g.hosts[b.host], func(x *bucket) bool { return x == b })
	if g.hosts[b.host] = list; len(list) == 0 {
		delete(g.hosts, b.host)
	}
	b.rows, b.foreign = nil, nil
}
