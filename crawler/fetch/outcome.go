package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"pitboss/data"
)

// stop ends a visit with an outcome.
type stop struct {
	outcome data.Outcome
	reason  string
}

func (s *stop) Error() string { return s.reason }

func stopped(o data.Outcome, format string, args ...any) error {
	return &stop{outcome: o, reason: fmt.Sprintf(format, args...)}
}

// Errors of the wire that callers branch on.
var (
	errClosed   = errors.New("connection closed without an answer")
	errProtocol = errors.New("answer is no HTTP/1")
	errHead     = errors.New("response head is too large")
	errBudget   = errors.New("visit budget is spent")
)

// outcomeOf says what an error means for the visit, in one line. The visit's own
// context must be asked first: a cancel is no fact about the site.
func outcomeOf(err error) (data.Outcome, string) {
	var s *stop
	var refused *AddressError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &s):
		return s.outcome, line(s.reason)
	case errors.As(err, &refused):
		return data.OutcomePrivate, line(err.Error())
	case errors.Is(err, context.Canceled):
		return data.OutcomeCanceled, "stopped"
	case errors.Is(err, errHead), errors.Is(err, errBudget):
		return data.OutcomeTooLarge, line(err.Error())
	case errors.As(err, &dns):
		return data.OutcomeDNS, line(plain(err))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return data.OutcomeTimeout, line(plain(err))
	case errors.Is(err, errProtocol):
		return data.OutcomeProtocol, line(err.Error())
	case isTLS(err):
		return data.OutcomeTLS, line(err.Error())
	}
	return data.OutcomeConnect, line(plain(err))
}

// tlsError marks a failed handshake, whatever lay beneath.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return "TLS handshake: " + plain(e.err) }
func (e *tlsError) Unwrap() error { return e.err }

func isTLS(err error) bool {
	var e *tlsError
	var alert tls.AlertError
	return errors.As(err, &e) || errors.As(err, &alert)
}

// plain drops the local ports and addresses that net's errors carry, so that
// the same failure reads the same on every visit.
func plain(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Op + ": " + op.Err.Error()
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.Err
	}
	return err.Error()
}

// line makes one bounded line of a text that may hold hostile bytes.
func line(s string) string {
	return strings.TrimSpace(shorten(s, 300))
}
