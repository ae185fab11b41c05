package data

import "time"

// Lease is the right to visit one site until a time. Its token fences: a
// result is accepted only under the token that the store handed out last.
type Lease struct {
	Host    string
	Token   int64     // grows with every lease of the site
	Until   time.Time // after it, another worker may take the site
	Attempt int       // failed visits so far
}

// Follow is what a committed visit decides about the next one.
type Follow struct {
	Next time.Time // when the site is due again
}
