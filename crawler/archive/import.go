package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	gowarc "github.com/internetarchive/gowarc"

	"pitboss/data"
)

// ImportStats says what an import found.
type ImportStats struct {
	Records   int            // read, of any type
	Exchanges int            // answers stored: responses, resources, resolved revisits
	Visits    int            // handed to emit
	Failed    int            // records that could not be used
	Skipped   map[string]int // answers left out on purpose, by reason
	Errors    []RecordError  // the first of the failed records
	Truncated bool           // the file ends within a record
}

// Reasons in ImportStats.Skipped.
const (
	SkipType       = "record type is not used"
	SkipURI        = "target is no http or https address"
	SkipRevisit    = "revisit of a payload that is not in this file"
	SkipUnattached = "resource of a host without a document, referenced by no page"
	SkipOverLimit  = "more exchanges than a visit keeps"
)

const (
	maxErrors  = 10
	scanLimit  = 1 << 20 // bytes of a document that are searched for references
	recentSize = 8 << 10 // requests and answers that wait for their counterpart
	seenSize   = 100_000 // keys of payloads that a revisit may refer to
)

// Import reads captures from a WARC file of any writer (plain, gzip by record or as a
// whole, zstd), appends their records as received to the archive, and
// hands the visits that it recognises to emit, durable before they are. A record
// that an earlier import stored is not stored again, see ledger. How
// records become visits is told at grouping. Records that cannot be used
// are counted and the first kept in the statistics; reading goes on after them. Errors:
// ErrNotWARC; those of r, of the disk and of emit; data.ErrNoSpace. The
// statistics are valid with an error too.
func (a *Archive) Import(ctx context.Context, r io.Reader, name string, emit func(data.Visit) error) (ImportStats, error) {
	im := &importer{
		archive: a, ctx: ctx,
		block:   newSpool(a.dir, a.opts.MemoryLimit),
		packed:  newSpool(a.dir, a.opts.MemoryLimit),
		stats:   ImportStats{Skipped: map[string]int{}},
		recent:  newRecent[*row](recentSize),
		referer: newRecent[origin](recentSize),
		seen:    newRecent[*payload](seenSize),
	}
	im.visits = newGrouping("import "+filepath.Base(name), a.opts.MaxRows, im.stats.Skipped)
	defer im.block.reset()
	defer im.packed.reset()
	var err error
	if im.ledger, err = a.openLedger(); err != nil {
		return im.stats, fmt.Errorf("import %s: %w", name, err)
	}
	err = im.run(r, emit)
	if im.ledger.waiting > 0 { // after an error too: what is stored is stored
		err = errors.Join(err, im.sync())
	}
	im.stats.Visits = im.visits.emitted
	if err != nil {
		return im.stats, fmt.Errorf("import %s: %w", name, err)
	}
	return im.stats, nil
}

// importer is one call of Import.
type importer struct {
	archive *Archive
	ctx     context.Context // of the call
	block   *spool          // of the current record
	packed  *spool          // its gzip member
	stats   ImportStats
	visits  *grouping
	ledger  *ledger
	recent  recent[*row]     // by WARC-Record-ID: answers whose request may follow
	referer recent[origin]   // by WARC-Record-ID: what requests said, before their answer
	seen    recent[*payload] // by digest, record and address: what revisits refer to
}

func (im *importer) run(r io.Reader, emit func(data.Visit) error) error {
	rd, err := newReader(r, im.block, im.archive.opts.MaxRecord)
	if err != nil {
		return err
	}
	defer rd.src.close()
	for {
		if err := im.ctx.Err(); err != nil {
			return err
		}
		f, err := rd.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*RecordError](err); ok {
			im.fail(*bad)
			continue
		}
		if err != nil {
			return err
		}
		im.stats.Records++
		if err := im.record(&f); err != nil {
			return err
		}
		if im.visits.full() {
			if err := im.flush(emit, false); err != nil {
				return err
			}
		}
	}
	im.stats.Truncated = rd.truncated
	if im.stats.Records == 0 && im.stats.Failed > 0 && !rd.truncated {
		return fmt.Errorf("%w: no record could be read; first: %w", ErrNotWARC, im.stats.Errors[0])
	}
	return im.flush(emit, true)
}

// flush makes what was appended durable and emits visits.
func (im *importer) flush(emit func(data.Visit) error, all bool) error {
	if err := im.sync(); err != nil {
		return err
	}
	return im.visits.flush(emit, all)
}

// sync makes what was appended durable, and then the memory of it.
func (im *importer) sync() error {
	if err := im.archive.Sync(); err != nil {
		return err
	}
	return im.ledger.save()
}

func (im *importer) fail(e RecordError) {
	im.stats.Failed++
	if len(im.stats.Errors) < maxErrors {
		im.stats.Errors = append(im.stats.Errors, e)
	}
}

// record handles one record. Its errors end the import; what is wrong with
// the record itself is counted.
func (im *importer) record(f *found) error {
	if f.badSum {
		im.fail(RecordError{f.offset, f.uri(), fmt.Errorf("%w: block digest", errDigest)})
		return nil
	}
	kind := f.get("WARC-Type")
	if kind == kindInfo {
		return nil
	}
	if f.date().IsZero() {
		im.fail(RecordError{f.offset, f.uri(), fmt.Errorf("%w: WARC-Date is %q", errMalformed, clip(f.get("WARC-Date")))})
		return nil
	}
	host, err := hostOf(f.uri())
	if err != nil {
		im.stats.Skipped[SkipURI]++
		return nil
	}
	switch kind {
	case kindResponse, kindResource:
		return im.answer(f, host, kind == kindResponse && isHTTP(&f.recordHead))
	case kindRequest:
		return im.request(f)
	case kindMetadata:
		return im.metadata(f, host)
	case kindRevisit:
		return im.revisit(f, host)
	}
	im.stats.Skipped[SkipType]++
	return nil
}

// answer stores a response or resource record.
func (im *importer) answer(f *found, host string, http bool) error {
	declared := newCheck(f.get("WARC-Payload-Digest"))
	m, err := im.inspect(declared, http)
	if err != nil {
		return err
	}
	if !declared.ok() && !im.matchesOtherwise(f.get("WARC-Payload-Digest"), &m) {
		// The bytes are still those that were written where the block digest
		// says so.
		im.fail(RecordError{f.offset, f.uri(), fmt.Errorf("%w: payload digest", errDigest)})
		if !f.sum {
			return nil
		}
	}
	at, err := im.store(f, formatSHA256(m.digest))
	if err != nil {
		return err
	}
	im.stats.Exchanges++
	row := newRow(f, host, &m, at, http)
	doc := inspectDocument(row, &m)
	im.remember(f, row)
	if o, ok := im.origin(f); ok {
		im.visits.add(row, doc, o)
		return nil
	}
	im.visits.add(row, doc, origin{})
	im.recent.put(f.get("WARC-Record-ID"), row)
	return nil
}

// matchesOtherwise reports whether a payload digest fits one of the other
// readings of "payload" that writers have: the body with its chunks, as Wget
// digests it, or without its content coding.
func (im *importer) matchesOtherwise(declared string, m *message) bool {
	asSent := newCheck(declared)
	br := blockReader(im.block)
	if _, err := readHead(br); err != nil {
		return false
	}
	if _, err := io.Copy(asSent, br); err != nil {
		return false
	}
	if asSent.ok() {
		return true
	}
	decoded := newCheck(declared)
	body, truncated := decodeContent(m.all("Content-Encoding"), m.payload, scanLimit)
	decoded.Write(body)
	return !truncated && decoded.ok()
}

// origin returns what the request of an answer said, if it came before it.
func (im *importer) origin(f *found) (origin, bool) {
	if o, ok := im.referer.get(f.get("WARC-Concurrent-To")); ok {
		return o, true
	}
	return im.referer.get(f.get("WARC-Record-ID"))
}

// inspect reads the spooled block: head, digest and the first bytes of the payload.
func (im *importer) inspect(declared *check, http bool) (message, error) {
	var extra io.Writer
	if declared != nil {
		extra = declared
	}
	hint := min(im.block.Len(), scanLimit)
	br := blockReader(im.block)
	if !http {
		return readBlock(br, scanLimit, hint, extra)
	}
	return readMessage(br, scanLimit, hint, extra)
}

// store appends the current record as it was received, under its own id and
// date, with our digests, unless the archive has it already. payloadDigest is
// empty where the record has none.
func (im *importer) store(f *found, payloadDigest string) (data.Location, error) {
	key := keyOf(f)
	if at, ok := im.ledger.find(key); ok {
		return at, nil
	}
	at, err := im.append(f, payloadDigest)
	if err != nil {
		return data.Location{}, err
	}
	im.ledger.add(key, at)
	if im.ledger.waiting >= ledgerEvery {
		return at, im.sync()
	}
	return at, nil
}

func (im *importer) append(f *found, payloadDigest string) (data.Location, error) {
	h := gowarc.NewHeader()
	for _, name := range []string{"WARC-Type", "WARC-Record-ID", "WARC-Target-URI", "WARC-IP-Address", "WARC-Truncated",
		"WARC-Concurrent-To", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Profile",
		"WARC-Identified-Payload-Type", "Content-Type", roleField} {
		if v := f.get(name); v != "" {
			h.Set(name, cleanField(v))
		}
	}
	h.Set("WARC-Target-URI", cleanField(f.uri()))
	h.Set("WARC-Date", formatDate(f.date()))
	h.Set("WARC-Block-Digest", formatSHA256(f.sha256))
	if h.Get("WARC-Record-ID") == "" {
		h.Set("WARC-Record-ID", newRecordID())
	}
	if payloadDigest != "" {
		h.Set("WARC-Payload-Digest", payloadDigest)
	}
	im.packed.reset()
	if _, err := encodeRecord(im.packed, record{header: h, content: im.block}); err != nil {
		return data.Location{}, err
	}
	at, err := im.archive.write(im.ctx, im.packed)
	if err != nil {
		return data.Location{}, err
	}
	return at[0], nil
}

// request stores a request record and learns which page asked.
func (im *importer) request(f *found) error {
	if _, err := im.store(f, ""); err != nil {
		return err
	}
	o := readRequest(blockReader(im.block))
	if o == (origin{}) {
		return nil
	}
	answer := f.get("WARC-Concurrent-To")
	if row, ok := im.recent.get(answer); ok {
		im.visits.learn(row, o)
		return nil
	}
	im.referer.put(f.get("WARC-Record-ID"), o)
	im.referer.put(answer, o)
	return nil
}

// metadata stores a metadata record; the hosting observations of our own
// segments go back to their visit.
func (im *importer) metadata(f *found, host string) error {
	at, err := im.store(f, formatSHA256(f.sha256))
	if err != nil {
		return err
	}
	hosting, ok := im.readHosting(f)
	if !ok {
		return nil
	}
	m := message{digest: f.sha256, size: f.length}
	row := newRow(f, host, &m, at, false)
	row.Role = data.RoleHosting
	im.stats.Exchanges++
	im.visits.addHosting(row, hosting)
	return nil
}

func (im *importer) readHosting(f *found) (data.Hosting, bool) {
	const largest = 1 << 20
	var hosting data.Hosting
	role := f.get(roleField)
	if f.length > largest || role != string(data.RoleHosting) {
		return hosting, false
	}
	block, err := io.ReadAll(blockReader(im.block))
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(block), []byte("{")) {
		return hosting, false
	}
	return hosting, json.Unmarshal(block, &hosting) == nil
}

// payload is an answer that a later revisit may stand for.
type payload struct {
	at        data.Location
	digest    string
	mediaType string
	status    int
	empty     bool
	doc       *document // nil unless it is HTML
}

func (im *importer) remember(f *found, r *row) {
	p := &payload{at: r.Record, digest: r.Digest, mediaType: r.MediaType, status: r.Status, empty: r.empty, doc: r.doc}
	for _, key := range []string{f.get("WARC-Payload-Digest"), r.Digest, f.get("WARC-Record-ID"), f.uri()} {
		im.seen.put(key, p)
	}
}

// revisit stores the record and lets the earlier payload stand in.
func (im *importer) revisit(f *found, host string) error {
	m, err := im.inspect(nil, true)
	if err != nil {
		return err
	}
	var p *payload
	ok := false
	for _, name := range []string{"WARC-Refers-To", "WARC-Payload-Digest", "WARC-Refers-To-Target-URI"} {
		if p, ok = im.seen.get(f.get(name)); ok {
			break
		}
	}
	if !ok {
		im.stats.Skipped[SkipRevisit]++
		return nil
	}
	if _, err := im.store(f, ""); err != nil {
		return err
	}
	im.stats.Exchanges++
	row := newRow(f, host, &m, p.at, true)
	row.Digest, row.MediaType, row.Status = p.digest, p.mediaType, p.status
	row.html, row.empty, row.doc = p.doc != nil, p.empty, p.doc
	im.visits.add(row, page{}, origin{})
	return nil
}
