// Package sqlite is the store and the queue of one machine: everything that
// pitboss knows about sites, beside the archive, in the one file pitboss.db of
// its data directory.
//
// One process writes at a time, which pitboss.lock in the same directory
// ensures; any number may read meanwhile. Writes go through one connection,
// one transaction a call, and are on disk when the call returns
// (journal_mode WAL, synchronous FULL). Reads use connections of their own, and
// an iterator holds none of them while its consumer works, so a caller may
// write while it iterates.
//
// What the program has computed lies in compressed JSON, the
// features of fingerprints in a shorter form; columns and rows of
// their own have only what is searched, ordered or joined by. Times are kept
// to the microsecond, in UTC; the bodies of visits, fingerprints, runs and
// verdicts keep them as they were given.
package sqlite
