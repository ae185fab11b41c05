package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"pitboss/data"
)

// fingerprintsPerPage bounds what Fingerprints holds in memory.
const fingerprintsPerPage = 64

// PutFingerprints stores fingerprints in one transaction, each in place of the
// one that its site had, and the identifiers of each that people search by.
// The error wraps data.ErrNotFound for a site that is not known.
func (s *Store) PutFingerprints(ctx context.Context, fingerprints []data.Fingerprint) error {
	bodies := make([][]byte, len(fingerprints))
	for i := range fingerprints {
		body, err := s.codec.encodeFingerprint(&fingerprints[i])
		if err != nil {
			return fmt.Errorf("put fingerprint of %s: %w", fingerprints[i].Host, err)
		}
		bodies[i] = body
	}
	return s.write(ctx, "put fingerprints", func(t *txn) error {
		for i := range fingerprints {
			if err := t.putFingerprint(&fingerprints[i], bodies[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) putFingerprint(f *data.Fingerprint, body []byte) error {
	site, err := t.siteID(f.Host)
	if err != nil {
		return err
	}
	if _, err := t.exec(sqlPutFingerprint, site, f.Capture, f.Extractor, clean(f.Title), body); err != nil {
		return err
	}
	if _, err := t.exec(sqlDropIdentifiers, site); err != nil {
		return err
	}
	for _, feature := range searchable(f.Features) {
		value := clean(feature.Value)
		_, err := t.exec(sqlAddIdentifier, site, string(feature.Kind), value, fold(value), tail(value),
			clean(feature.Source), clean(feature.Context))
		if err != nil {
			return err
		}
	}
	return nil
}

// Fingerprint returns the fingerprint of a site. The error wraps
// data.ErrNotFound when it has none.
func (s *Store) Fingerprint(ctx context.Context, host string) (data.Fingerprint, error) {
	var f data.Fingerprint
	var body []byte
	err := s.reader.QueryRowContext(ctx, sqlFingerprint, host).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		err = notFound("site %q has no fingerprint", host)
	}
	if err == nil {
		err = s.codec.decodeFingerprint(body, &f)
	}
	if err != nil {
		return data.Fingerprint{}, s.explain("read fingerprint", err)
	}
	return f, nil
}

// Fingerprints yields the fingerprint of every site that has one, by host. It
// reads in pages, as Sites does.
func (s *Store) Fingerprints(ctx context.Context) iter.Seq2[data.Fingerprint, error] {
	return pages(s, "read fingerprints",
		func(f *data.Fingerprint) string { return f.Host },
		func(after string) ([]data.Fingerprint, error) {
			return decodePage(ctx, s, (*codec).decodeFingerprint, sqlFingerprints, after, fingerprintsPerPage)
		})
}
