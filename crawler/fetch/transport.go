package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// mostCookie bounds the Cookie field that is sent back: servers refuse more, and
// a hostile one could make every request as large as its own answers.
const mostCookie = 8 << 10

// mostParsed bounds how much of a page is read for its links.
const mostParsed = 4 << 20

// want says what a request is for.
type want struct {
	parse bool  // decode the body and hand it to colly
	body  bool  // keep the transfer-decoded body
	limit int64 // of the body; 0: the visit's
}

// turn is the request that is under way, and what came of it.
type turn struct {
	want    want
	answer  *answer
	decoded []byte
	err     error // no answer
	bodyErr error // the body could not be decoded within the limits
	page    *page // what OnHTML read
	large   *slot
}

// RoundTrip is the transport under colly: every request of the visit passes
// here.
func (v *visit) RoundTrip(req *http.Request) (*http.Response, error) {
	t := &v.turn
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		t.err = fmt.Errorf("method %s is never sent", req.Method)
		return nil, t.err
	}
	ctx, cancel := context.WithDeadline(v.ctx, v.requestDeadline())
	defer cancel()
	t.large = &slot{ctx: ctx, sem: v.f.large}
	req.Header.Set("Accept-Encoding", acceptEncoding)
	if len(req.Header.Get("Cookie")) > mostCookie {
		req.Header.Del("Cookie")
	}
	t.answer, t.err = v.roundTrip(ctx, req)
	if t.err != nil {
		return nil, t.err
	}
	if t.want.body {
		v.decode()
	}
	return t.response(req), nil
}

func (v *visit) decode() {
	t := &v.turn
	if t.answer.status >= 300 && t.answer.status < 400 || t.want.parse && t.answer.truncated == "length" {
		return // nobody reads it
	}
	t.decoded, t.bodyErr = decode(t.answer.body, strings.Join(t.answer.header.Values("Content-Encoding"), ","), v.f.cfg.Limits.Decoded, t.large)
	if errors.Is(t.bodyErr, errDecoded) {
		t.decoded = nil
	}
}

// response is what colly sees: the decoded page, or no body where nobody reads
// it. The charset is left out of its type, since colly would fail on an unknown one.
func (t *turn) response(req *http.Request) *http.Response {
	h := t.answer.header.Clone()
	h.Del("Content-Encoding")
	resp := &http.Response{
		StatusCode: t.answer.status, Status: http.StatusText(t.answer.status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: http.NoBody, Request: req, Uncompressed: true,
	}
	if t.want.parse && isHTML(t.answer.header.Get("Content-Type"), t.decoded) {
		h.Set("Content-Type", "text/html")
		resp.Body = io.NopCloser(bytes.NewReader(t.decoded[:min(len(t.decoded), mostParsed)]))
	}
	return resp
}

// roundTrip sends the request over the visit's connection to that host. A kept
// connection that the server closed meanwhile is replaced once.
func (v *visit) roundTrip(ctx context.Context, req *http.Request) (*answer, error) {
	limits := v.f.cfg.Limits
	b := bounds{head: limits.Head, body: limits.Body, wantBody: v.turn.want.body}
	if v.turn.want.limit > 0 {
		b.body = min(b.body, v.turn.want.limit)
	}
	b.body = max(min(b.body, limits.Bytes-v.bytes), 1)
	for {
		w, err := v.connect(ctx, req.URL)
		if err != nil {
			return nil, err
		}
		v.requests++
		again := w.used
		w.large = v.turn.large
		a, err := w.exchange(ctx, req, b)
		v.bytes += int64(max(w.size, len(w.raw)))
		w.used, w.large = true, nil
		if err != nil || !a.reusable {
			v.drop(req.URL)
		}
		if again && errors.Is(err, errClosed) && v.requests < limits.Requests {
			continue
		}
		return a, err
	}
}

// mostConns bounds the connections that a visit keeps open.
const mostConns = 8

// connect returns the visit's connection to the host of a URL.
func (v *visit) connect(ctx context.Context, u *url.URL) (*wire, error) {
	key := origin(u)
	if w := v.conns[key]; w != nil {
		return w, nil
	}
	host, port := splitAuthority(u.Host, defaultPort(u.Scheme))
	t, err := v.f.dial.resolve(ctx, host, port)
	if v.main {
		v.target = t
	}
	if err != nil {
		return nil, err
	}
	if v.main {
		if err := v.takeLane(t.addrs[0]); err != nil {
			return nil, err
		}
	}
	c, addr, err := v.f.dial.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: c, addr: addr, plain: u.Scheme != "https"}
	if !w.plain {
		session, err := v.f.dial.handshake(ctx, c, host)
		if err != nil {
			c.Close() //nolint:errcheck // the handshake's error is the one to tell
			return nil, &tlsError{err}
		}
		w.Conn = session
		if v.main {
			w.cert = certificate(session.ConnectionState(), host, time.Now(), v.f.cfg.Roots)
		}
	}
	w.br = bufio.NewReader(w)
	if len(v.conns) >= mostConns {
		v.closeAll()
	}
	v.conns[key] = w
	return w, nil
}

// takeLane waits for the turn of the site's address. The wait does not count against
// the visit.
func (v *visit) takeLane(addr netip.Addr) error {
	if v.lane == addr {
		return nil
	}
	v.leaveLane()
	start := time.Now()
	if err := v.f.gate.enter(v.ctx, addr); err != nil {
		return err
	}
	v.lane = addr
	v.deadline = v.deadline.Add(time.Since(start))
	return nil
}

func (v *visit) leaveLane() {
	if v.lane.IsValid() {
		v.f.gate.leave(v.lane)
		v.lane = netip.Addr{}
	}
}

func (v *visit) requestDeadline() time.Time {
	d := time.Now().Add(v.f.cfg.Limits.Request)
	if v.deadline.Before(d) {
		return v.deadline
	}
	return d
}

func (v *visit) drop(u *url.URL) {
	if w := v.conns[origin(u)]; w != nil {
		w.Close() //nolint:errcheck // nothing more is wanted of it
		delete(v.conns, origin(u))
	}
}

func (v *visit) closeAll() {
	for k, w := range v.conns {
		w.Close() //nolint:errcheck // nothing more is wanted of it
		delete(v.conns, k)
	}
}

// origin returns scheme, host and port of a URL, for maps.
func origin(u *url.URL) string {
	host, port := splitAuthority(u.Host, defaultPort(u.Scheme))
	return u.Scheme + "://" + strings.ToLower(host) + ":" + port
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}
