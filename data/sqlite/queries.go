package sqlite

// Every statement that the store runs stands here, so that a test can prepare
// each against the migrated schema.
const (
	// Schema.
	sqlIdentity = `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'),
		(SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version')`
	sqlVersion    = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`
	sqlDropLeases = `UPDATE sites SET lease_until = NULL WHERE lease_until IS NOT NULL`
	sqlCheckpoint = `PRAGMA wal_checkpoint(TRUNCATE)`

	// Sites.
	sqlAddSite = `INSERT INTO sites (host, first_seen, next) VALUES (?1, ?2, ?2)
		ON CONFLICT (host) DO NOTHING`
	sqlSeenEarlier = `UPDATE sites SET first_seen = ?2 WHERE id = ?1 AND first_seen > ?2`
	sqlSiteID      = `SELECT id FROM sites WHERE host = ?`
	sqlAddSource   = `INSERT INTO sources (site, source, how, note, added) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (site, source, how) DO NOTHING`
	sqlSite = `SELECT id, host, status, first_seen, last_visit, last_good, failures, next, moved_to
		FROM sites WHERE host = ?`
	sqlSites = `SELECT id, host, status, first_seen, last_visit, last_good, failures, next, moved_to
		FROM sites WHERE host > ? ORDER BY host LIMIT ?`
	sqlSources = `SELECT source, how, note, added FROM sources WHERE site = ? ORDER BY added, source, how`

	// Frontier.
	sqlLease = `UPDATE sites SET lease_token = lease_token + 1, lease_until = ?3
		WHERE id IN (
			SELECT id FROM sites WHERE next <= ?1 AND (lease_until IS NULL OR lease_until <= ?1)
			ORDER BY next, host LIMIT ?2)
		RETURNING host, lease_token, failures, next`
	sqlDue    = `SELECT count(*) FROM sites WHERE next <= ?1 AND (lease_until IS NULL OR lease_until <= ?1)`
	sqlExtend = `UPDATE sites SET lease_until = ?3
		WHERE host = ?1 AND lease_token = ?2 AND lease_until IS NOT NULL`
	sqlRelease = `UPDATE sites SET lease_until = NULL
		WHERE host = ?1 AND lease_token = ?2 AND lease_until IS NOT NULL`
	sqlComplete = `UPDATE sites SET lease_until = NULL, next = ?3
		WHERE host = ?1 AND lease_token = ?2 AND lease_until IS NOT NULL RETURNING id`

	// Visits.
	sqlAddVisit = `INSERT INTO visits (visit, site, started, good, moved_to, digest, body)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (visit) DO NOTHING`
	sqlNewestVisit = `SELECT started, good, moved_to FROM visits WHERE site = ?
		ORDER BY started DESC, visit DESC LIMIT 1`
	sqlNewestGood = `SELECT id, started, visit FROM visits WHERE site = ? AND good = 1
		ORDER BY started DESC, visit DESC LIMIT 1`
	sqlFailedSince = `SELECT count(*) FROM visits WHERE site = ?1 AND (started, visit) > (?2, ?3)`
	sqlSummarise   = `UPDATE sites SET status = ?2, last_visit = ?3, last_good = ?4, failures = ?5,
		moved_to = ?6, good_visit = ?7 WHERE id = ?1`
	sqlVisits = `SELECT v.body FROM visits v JOIN sites s ON s.id = v.site WHERE s.host = ?
		ORDER BY v.started DESC, v.visit DESC`
	sqlPending = `SELECT s.host, v.body FROM sites s JOIN visits v ON v.id = s.good_visit
		LEFT JOIN fingerprints f ON f.site = s.id
		WHERE s.good_visit IS NOT NULL AND s.host > ?1
			AND (f.site IS NULL OR f.capture <> v.digest OR f.extractor <> ?2)
		ORDER BY s.host LIMIT ?3`

	// Fingerprints.
	sqlPutFingerprint = `INSERT INTO fingerprints (site, capture, extractor, title, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (site) DO UPDATE SET capture = excluded.capture, extractor = excluded.extractor,
			title = excluded.title, body = excluded.body`
	sqlDropIdentifiers = `DELETE FROM identifiers WHERE site = ?`
	sqlAddIdentifier   = `INSERT INTO identifiers (site, kind, value, folded, tail, source, context)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site, kind, value) DO NOTHING`
	sqlFingerprint  = `SELECT f.body FROM fingerprints f JOIN sites s ON s.id = f.site WHERE s.host = ?`
	sqlFingerprints = `SELECT s.host, f.body FROM sites s JOIN fingerprints f ON f.site = s.id
		WHERE s.host > ? ORDER BY s.host LIMIT ?`

	// Search. An empty kind matches every kind.
	sqlSearchValue = `SELECT s.host, i.kind, i.value, i.source, i.context
		FROM identifiers i JOIN sites s ON s.id = i.site
		WHERE i.folded = ?1 AND (?2 = '' OR i.kind = ?2)
		ORDER BY s.host, i.kind, i.value LIMIT ?3`
	sqlSearchTail = `SELECT s.host, i.kind, i.value, i.source, i.context
		FROM identifiers i JOIN sites s ON s.id = i.site
		WHERE i.tail = ?1 AND i.tail <> '' AND (?2 = '' OR i.kind = ?2)
		ORDER BY s.host, i.kind, i.value LIMIT ?3`
	sqlSearchTitle = `SELECT s.host, f.title
		FROM fingerprints f JOIN sites s ON s.id = f.site
		WHERE f.title LIKE ?1 ESCAPE '\' ORDER BY s.host LIMIT ?2`

	// Runs.
	sqlDropRun = `DELETE FROM runs WHERE run = ?`
	sqlAddRun  = `INSERT INTO runs (run, at, epoch, sites) VALUES (?, ?, ?, ?) RETURNING id`
	sqlFlipRun = `INSERT INTO current_run (one, run) VALUES (1, ?)
		ON CONFLICT (one) DO UPDATE SET run = excluded.run`
	sqlPruneRuns = `DELETE FROM runs WHERE id NOT IN (SELECT id FROM runs ORDER BY id DESC LIMIT ?)`
	sqlAddFamily = `INSERT INTO families (run, family, layer, body) VALUES (?, ?, ?, ?) RETURNING id`
	sqlAddChunk  = `INSERT INTO member_chunks (family, chunk, body) VALUES (?, ?, ?)`
	sqlAddMember = `INSERT INTO members (run, host, family) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	sqlKnownRun  = `SELECT EXISTS (SELECT 1 FROM changes WHERE run = ?)`
	sqlAddChange = `INSERT INTO changes (run, at, kind, layer, family, other, host, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	sqlCurrentRun = `SELECT r.id, r.run, r.at, r.epoch, r.sites FROM current_run c JOIN runs r ON r.id = c.run`
	// An empty layer, id or host matches all.
	sqlFamilies   = `SELECT id, body FROM families WHERE run = ?1 AND (?2 = '' OR layer = ?2) ORDER BY id`
	sqlFamily     = `SELECT id, body FROM families WHERE run = ? AND family = ?`
	sqlFamiliesOf = `SELECT f.id, f.body FROM members m JOIN families f ON f.id = m.family
		WHERE m.run = ? AND m.host = ? ORDER BY f.id`
	sqlChunks       = `SELECT body FROM member_chunks WHERE family = ? ORDER BY chunk`
	sqlChangesOfRun = `SELECT run, at, kind, layer, family, other, host, reason
		FROM changes WHERE run = ? ORDER BY seq`
	sqlChangesSince = `SELECT run, at, kind, layer, family, other, host, reason
		FROM changes WHERE at >= ? ORDER BY at, seq`

	// Verdicts.
	sqlAddVerdict = `INSERT INTO verdicts (id, at, body) VALUES (?, ?, ?)`
	sqlHasVerdict = `SELECT EXISTS (SELECT 1 FROM verdicts WHERE id = ?)`
	sqlVerdicts   = `SELECT body FROM verdicts ORDER BY seq`
)
