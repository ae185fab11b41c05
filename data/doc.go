// Package data holds the nouns of pitboss and their validation.
//
// One flow runs through the program, and every noun is what one arrow of it
// hands to the next:
//
//	Candidate ─crawler→ Visit + Capture ─fingerprint→ Fingerprint ─cluster→ Family ─review→ Verdict ─export→ Listing
//
// The package does no I/O, reads no clock and imports none of our other
// packages. Beside the standard library it uses golang.org/x/net/idna, since a
// host name is not valid until its A-label is.
package data
