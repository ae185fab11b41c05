// Package archive keeps what the crawler received, as WARC 1.1 (ISO 28500:2017).
//
// It is the room between crawl and fingerprint: raw exchanges go in through
// Append, captures come out through Load, and Import brings in the WARC files of
// other writers. What is to the right of the archive can be computed again from
// it, so nothing here changes a byte that was received: transfer and content
// codings are undone on reading.
//
// # Layout
//
// A directory of segments named pitboss-<time>-<seq>.warc.gz. A segment begins
// with a warcinfo record; every record is one gzip member, so a record is read
// by its offset and length alone. A segment is written by one process and only
// at its end. After a crash its torn tail stays where it is: the next Open
// starts another segment, and readers stop at the tear.
//
// Beside a segment that holds imported records lies its ledger, see ledger.go,
// by which a record that is imported again is found rather than stored again.
//
// Beside the fields of the standard, records carry Pitboss-Role (the
// data.Role of the exchange), which other software ignores and Import uses so
// that our own segments come back with the roles they had.
//
// # What gowarc does here, and what it does not
//
// Records are serialised by the writer of github.com/internetarchive/gowarc. Its file
// rotation is not used, because it does not tell where a record lies, does not
// fsync and reports no full disk; its spooled temporary files are not, because
// they measure the memory of the whole machine to decide where to keep a record.
// Its reader is not used for four reasons: it takes header lines of any length
// into memory, it loses all but the first record when a whole file is one gzip
// member, it ends at the first malformed record instead of going on with
// the next, and it allocates half a megabyte for each record that is read by
// location. The reader here is bounded, resynchronises, and is tested against
// the styles of wget, Heritrix, Browsertrix and warcio.
//
// # Limits
//
// Header blocks of records are bounded to 64 KiB, HTTP heads to 256 KiB, bodies
// in memory to Options.MemoryLimit (larger ones lie in a temporary file in
// the archive's directory while they are digested), decoded bodies to
// Options.MaxBody each and Options.MaxCapture together. Import holds index rows only,
// at most Options.MaxRows of them; beyond that the visits that
// have been quiet for longest are emitted first.
package archive
