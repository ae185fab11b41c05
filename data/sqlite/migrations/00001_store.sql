-- Times are microseconds since 1970 in UTC; the zero time of the program is
-- stored as what it is, -62135596800000000. Blobs are zstd-compressed JSON of
-- the noun that the table is named after; features have a form of their own.

-- +goose Up
CREATE TABLE sites (
  id          INTEGER PRIMARY KEY,
  host        TEXT    NOT NULL UNIQUE,
  status      TEXT    NOT NULL DEFAULT 'new',
  first_seen  INTEGER NOT NULL,
  last_visit  INTEGER NOT NULL DEFAULT -62135596800000000,
  last_good   INTEGER NOT NULL DEFAULT -62135596800000000,
  failures    INTEGER NOT NULL DEFAULT 0,
  next        INTEGER NOT NULL,
  moved_to    TEXT    NOT NULL DEFAULT '',
  good_visit  INTEGER,                     -- visits.id of the newest good visit
  lease_token INTEGER NOT NULL DEFAULT 0,  -- the last one that was handed out
  lease_until INTEGER                      -- NULL: nobody holds it
) STRICT;
CREATE INDEX sites_due ON sites (next, host);
CREATE INDEX sites_good ON sites (host) WHERE good_visit IS NOT NULL;

CREATE TABLE sources (
  site   INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  source TEXT    NOT NULL,
  how    TEXT    NOT NULL,
  note   TEXT    NOT NULL,
  added  INTEGER NOT NULL,
  PRIMARY KEY (site, source, how)
) STRICT, WITHOUT ROWID;

CREATE TABLE visits (
  id       INTEGER PRIMARY KEY,
  visit    TEXT    NOT NULL UNIQUE,
  site     INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  started  INTEGER NOT NULL,
  good     INTEGER NOT NULL,
  moved_to TEXT    NOT NULL,
  digest   TEXT    NOT NULL,
  body     BLOB    NOT NULL
) STRICT;
CREATE INDEX visits_of_site ON visits (site, started, visit);

CREATE TABLE fingerprints (
  site      INTEGER PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
  capture   TEXT    NOT NULL,
  extractor TEXT    NOT NULL,
  title     TEXT    NOT NULL,
  body      BLOB    NOT NULL
) STRICT;
CREATE INDEX fingerprints_title ON fingerprints (title, site);

-- What people search by: at most 64 rows a site.
CREATE TABLE identifiers (
  site    INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  kind    TEXT    NOT NULL,
  value   TEXT    NOT NULL,
  folded  TEXT    NOT NULL,  -- the value in lower case
  tail    TEXT    NOT NULL,  -- the same behind "vendor:", empty where there is none
  source  TEXT    NOT NULL,
  context TEXT    NOT NULL,
  PRIMARY KEY (site, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_folded ON identifiers (folded);
CREATE INDEX identifiers_tail ON identifiers (tail) WHERE tail <> '';

CREATE TABLE runs (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  run   TEXT    NOT NULL UNIQUE,
  at    INTEGER NOT NULL,
  epoch TEXT    NOT NULL,
  sites INTEGER NOT NULL
) STRICT;

CREATE TABLE current_run (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  run INTEGER NOT NULL REFERENCES runs (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE families (
  id     INTEGER PRIMARY KEY,
  run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  family TEXT    NOT NULL,
  layer  TEXT    NOT NULL,
  body   BLOB    NOT NULL,  -- the family without its members
  UNIQUE (run, family)
) STRICT;

-- Members with their evidence, up to 512 to a row.
CREATE TABLE member_chunks (
  family INTEGER NOT NULL REFERENCES families (id) ON DELETE CASCADE,
  chunk  INTEGER NOT NULL,
  body   BLOB    NOT NULL,
  PRIMARY KEY (family, chunk)
) STRICT;

CREATE TABLE members (
  run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  host   TEXT    NOT NULL,
  family INTEGER NOT NULL,
  PRIMARY KEY (run, host, family)
) STRICT, WITHOUT ROWID;

-- The two logs only grow.
CREATE TABLE changes (
  seq    INTEGER PRIMARY KEY,
  run    TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  kind   TEXT    NOT NULL,
  layer  TEXT    NOT NULL,
  family TEXT    NOT NULL,
  other  TEXT    NOT NULL,
  host   TEXT    NOT NULL,
  reason TEXT    NOT NULL
) STRICT;
CREATE INDEX changes_at ON changes (at);
CREATE INDEX changes_run ON changes (run);

CREATE TABLE verdicts (
  seq   INTEGER PRIMARY KEY,
  id    TEXT    NOT NULL UNIQUE,
  at    INTEGER NOT NULL,
  body  TEXT    NOT NULL  -- JSON, so that the log can be read without this program
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'the change log only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verdicts_no_update BEFORE UPDATE ON verdicts
BEGIN SELECT RAISE(ABORT, 'the verdict log only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verdicts_no_delete BEFORE DELETE ON verdicts
BEGIN SELECT RAISE(ABORT, 'the verdict log only grows'); END;
-- +goose StatementEnd

-- "pitb" in ASCII: tells our database from another program's.
PRAGMA application_id = 1885959266;
