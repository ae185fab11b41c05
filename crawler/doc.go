// Package crawler is the flow from candidate to capture: it leases the sites
// that are due, has each visited, archives what came over the wire, and commits
// the visit with the time of the next one.
//
//	Queue.Lease → Fetcher.Visit → Archive.Append … → Archive.Sync → Queue.Commit
//
// The order is what makes a kill at any moment harmless: a visit is committed
// only after its records are on disk, and until then its lease runs out and
// somebody visits again. A commit is fenced by the lease's token, so none is committed twice.
// The syncs of visits that end at about the same time are one.
//
// The politeness within a visit (delays, address limits, robots.txt) belongs to
// the Fetcher; when to come back belongs here.
package crawler
