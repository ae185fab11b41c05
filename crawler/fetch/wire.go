package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sync/semaphore"

	"pitboss/data"
)

// wire is one connection, tapped: what was read for the current exchange is
// kept as it came.
type wire struct {
	net.Conn

	br    *bufio.Reader
	addr  netip.Addr
	cert  *data.Certificate // nil without TLS
	used  bool              // an answer came over it before
	plain bool              // no TLS

	raw   []byte // received bytes of the current exchange
	most  int64  // read no more than this
	full  bool   // that limit was met
	size  int    // bytes of the last answer
	large *slot
}

// errFull: the exchange reached its limit of bytes.
var errFull = errors.New("limit reached")

// Read taps the connection.
func (w *wire) Read(p []byte) (int, error) {
	room := w.most - int64(len(w.raw))
	if room <= 0 {
		w.full = true
		return 0, errFull
	}
	if int64(len(p)) > room {
		p = p[:room]
	}
	if err := w.large.need(len(w.raw)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	w.raw = appendBounded(w.raw, p[:n], w.most)
	return n, err
}

// slot is the right of one exchange to hold much memory, taken when it grows
// past largeFrom. Holding one never waits for another, so there is no deadlock.
type slot struct {
	ctx  context.Context //nolint:containedctx // lives as long as one exchange
	sem  *semaphore.Weighted
	held bool
}

const largeFrom = 512 << 10

func (s *slot) need(size int) error {
	if s == nil || s.held || size < largeFrom {
		return nil
	}
	if err := s.sem.Acquire(s.ctx, 1); err != nil {
		return err
	}
	s.held = true
	return nil
}

func (s *slot) release() {
	if s != nil && s.held {
		s.sem.Release(1)
		s.held = false
	}
}

// answer is one response with its bytes.
type answer struct {
	url       string
	at        time.Time
	addr      netip.Addr
	cert      *data.Certificate
	request   []byte
	raw       []byte // head and body as received
	head      int    // length of the head within raw
	status    int
	header    http.Header
	body      []byte // transfer-decoded; nil unless it was wanted
	truncated string // see data.Exchange
	reusable  bool
}

// bounds of one exchange.
type bounds struct {
	head, body int64
	wantBody   bool
}

// exchange sends a request and reads the answer. An answer whose head arrived is returned
// without an error, however its body ended; truncated tells.
func (w *wire) exchange(ctx context.Context, req *http.Request, b bounds) (*answer, error) {
	if deadline, ok := ctx.Deadline(); ok {
		if err := w.SetDeadline(deadline); err != nil {
			return nil, fmt.Errorf("%w: %w", errClosed, err)
		}
	}
	defer context.AfterFunc(ctx, func() { _ = w.SetDeadline(time.Unix(1, 0)) })()

	var out bytes.Buffer
	if err := req.Write(&out); err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	a := &answer{url: req.URL.String(), at: time.Now().UTC(), addr: w.addr, cert: w.cert, request: out.Bytes()}
	w.raw, w.size = nil, 0
	w.most, w.full = b.head, false
	if _, err := w.Write(out.Bytes()); err != nil && !readable(err) {
		return nil, w.fault(ctx, err)
	}
	resp, err := w.readHead(req)
	if err != nil {
		return nil, w.fault(ctx, err)
	}
	defer resp.Body.Close()
	a.head = len(w.raw) - w.br.Buffered()
	a.status, a.header = resp.StatusCode, resp.Header
	w.most = int64(a.head) + b.body
	w.readBody(ctx, a, resp, b.wantBody)
	return a, nil
}

// readable: a server may answer and close before it has read the request; its answer
// still lies in our buffer.
func readable(err error) bool {
	return !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, net.ErrClosed)
}

// mostInterim bounds the 1xx answers before the real one.
const mostInterim = 8

func (w *wire) readHead(req *http.Request) (*http.Response, error) {
	for range mostInterim {
		resp, err := http.ReadResponse(w.br, req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode >= 200 {
			return resp, nil
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			return nil, fmt.Errorf("%w: switches protocols unasked", errProtocol)
		}
		// The archived response is the final one alone.
		w.raw = w.raw[len(w.raw)-w.br.Buffered():]
	}
	return nil, fmt.Errorf("%w: more than %d interim answers", errProtocol, mostInterim)
}

func (w *wire) readBody(ctx context.Context, a *answer, resp *http.Response, want bool) {
	// Without chunks the body is what follows the head: no copy is needed.
	var body []byte
	chunked := len(resp.TransferEncoding) > 0
	dst := io.Discard
	if want && chunked {
		dst = writerFunc(func(p []byte) (int, error) {
			body = appendBounded(body, p, w.most)
			return len(p), nil
		})
	}
	_, err := io.Copy(dst, resp.Body)
	over := w.br.Buffered()
	a.raw, w.size = w.raw, len(w.raw)
	w.raw = nil
	switch {
	case err == nil:
		a.raw = a.raw[:len(a.raw)-over]
		a.reusable = over == 0 && !resp.Close
	case errors.Is(err, errFull):
		a.truncated = "length"
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		a.truncated = "time"
	default:
		a.truncated = "disconnect"
	}
	if a.body = body; want && !chunked {
		a.body = a.raw[a.head:]
	}
}

// writerFunc is an io.Writer.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// appendBounded appends, and lets the capacity grow no further than most: the
// doubling of append would hold twice what the limits promise.
func appendBounded(b, p []byte, most int64) []byte {
	if need := len(b) + len(p); need > cap(b) {
		grown := make([]byte, len(b), max(need, min(2*need, int(min(most, 1<<40)))))
		copy(grown, b)
		b = grown
	}
	return append(b, p...)
}

// fault names what went wrong before a whole head was read.
func (w *wire) fault(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("no answer in time: %w", ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no answer in time: %w", os.ErrDeadlineExceeded)
	case w.full:
		return errHead // the parser may complain of the line that was cut
	case len(w.raw) == 0:
		return fmt.Errorf("%w: %s", errClosed, plain(err))
	case errors.Is(err, errProtocol):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%w: connection closed within the head", errProtocol)
	}
	return fmt.Errorf("%w: %s", errProtocol, shorten(err.Error(), 120))
}
