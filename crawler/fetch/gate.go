package fetch

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// gate limits how many visits look at one address at once, slows an address
// down that asked for it (429, 503), and keeps the delay between two requests to
// one host, whichever visits make them: many old domains lead to one site.
type gate struct {
	limit int // 0: none

	mu    sync.Mutex
	lanes map[netip.Addr]*lane
	next  map[string]time.Time // by origin: no request starts before
}

// lane is the state of one address.
type lane struct {
	slots   chan struct{} // nil without a limit
	users   int           // visits that hold or wait for a slot
	penalty time.Duration // doubles with every refusal, halves with every visit without one
	until   time.Time     // no visit starts before
}

const (
	firstPenalty = time.Second
	mostPenalty  = 30 * time.Second
	mostLanes    = 16384 // idle lanes that only remember a penalty are dropped beyond it
)

func newGate(limit int) *gate {
	return &gate{limit: limit, lanes: make(map[netip.Addr]*lane), next: make(map[string]time.Time)}
}

// mostNext bounds the origins that are kept; those whose time is over go first.
const mostNext = 16384

// turn returns when an origin may be asked, not before earliest, and keeps the
// delay after that free of other requests. It returns false, and
// keeps nothing, when that would be after latest.
func (g *gate) turn(origin string, earliest, latest time.Time, delay time.Duration) (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := time.Now()
	for _, t := range []time.Time{earliest, g.next[origin]} {
		if t.After(at) {
			at = t
		}
	}
	if at.After(latest) {
		return at, false
	}
	if delay > 0 {
		g.forgetPast()
		g.next[origin] = at.Add(delay)
	}
	return at, true
}

func (g *gate) forgetPast() {
	if len(g.next) < mostNext {
		return
	}
	now := time.Now()
	for origin, t := range g.next {
		if !t.After(now) {
			delete(g.next, origin)
		}
	}
}

// enter waits for a slot of the address and for the end of its penalty. The
// caller must call leave, unless there was an error.
func (g *gate) enter(ctx context.Context, addr netip.Addr) error {
	l := g.join(addr)
	if l.slots != nil {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			g.part(addr, l)
			return ctx.Err()
		}
	}
	g.mu.Lock()
	wait := time.Until(l.until)
	g.mu.Unlock()
	if err := sleep(ctx, wait); err != nil {
		g.leave(addr)
		return err
	}
	return nil
}

func (g *gate) join(addr netip.Addr) *lane {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[addr]
	if l == nil {
		l = &lane{}
		if g.limit > 0 {
			l.slots = make(chan struct{}, g.limit)
		}
		g.lanes[addr] = l
	}
	l.users++
	return l
}

func (g *gate) part(addr netip.Addr, l *lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l.users--
	if l.users == 0 && (l.penalty == 0 || len(g.lanes) > mostLanes) {
		delete(g.lanes, addr)
	}
}

// leave gives the slot back.
func (g *gate) leave(addr netip.Addr) {
	g.mu.Lock()
	l := g.lanes[addr]
	g.mu.Unlock()
	if l == nil {
		return
	}
	if l.slots != nil {
		<-l.slots
	}
	g.part(addr, l)
}

// slow makes later visits to the address wait: at least what the server asked
// for (bounded), and twice as long as the last time.
func (g *gate) slow(addr netip.Addr, asked time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lanes[addr]
	if l == nil {
		return
	}
	l.penalty = min(max(firstPenalty, 2*l.penalty), mostPenalty)
	until := time.Now().Add(min(max(asked, l.penalty), mostPenalty))
	if until.After(l.until) {
		l.until = until
	}
}

// calm halves the penalty after a visit that met no refusal.
func (g *gate) calm(addr netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := g.lanes[addr]; l != nil {
		if l.penalty /= 2; l.penalty < firstPenalty {
			l.penalty = 0
		}
	}
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
