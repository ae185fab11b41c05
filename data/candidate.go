package data

import "time"

// Candidate is a host that somebody suspects, with where the suspicion came
// from. Importing the same host twice keeps one site and both sources.
type Candidate struct {
	Host   string    // canonical, see NormalizeHost
	Source string    // file name, feed name or the site it was found on
	How    string    // "list", "hosts", "adblock", "csv", "jsonl", "warc", "link", …
	Note   string    // what the source says about it, at most 200 bytes
	Added  time.Time // when it was imported
}

// Status is a site's place in its life.
type Status string

// The statuses of a site. Death needs more than one failed visit.
const (
	StatusNew    Status = "new"    // never visited
	StatusAlive  Status = "alive"  // last visit gave a page
	StatusMoved  Status = "moved"  // last visit ended on another registrable domain
	StatusFailed Status = "failed" // last visit failed; an older capture may stand
)

// Site is one canonical host that is watched over time.
type Site struct {
	Host      string
	Status    Status
	Sources   []Candidate // every source that named it, oldest first
	FirstSeen time.Time   // when it became a candidate
	LastVisit time.Time   // zero: never visited
	LastGood  time.Time   // the last capture that a fingerprint could be made of
	Failures  int         // failed visits since LastGood
	Next      time.Time   // when the next visit is due
	MovedTo   string      // final host of the last visit, if another site's
}
