package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"pitboss/data"
)

// AddVerdict appends a decision to the log. Taking one back is a verdict of
// its own, which names the one it revokes. The error wraps data.ErrInvalid
// when the id is missing or taken or when nobody signs or explains it, and
// data.ErrNotFound when the revoked verdict does not exist.
func (s *Store) AddVerdict(ctx context.Context, v data.Verdict) error {
	if v.ID == "" || v.Kind == "" || v.By == "" || v.Reason == "" {
		return fmt.Errorf("add verdict: %w", invalid("a verdict needs an id, a kind, a name and a reason"))
	}
	if (v.Kind == data.VerdictRevoke) != (v.Revokes != "") {
		return fmt.Errorf("add verdict %s: %w", v.ID, invalid("a revocation, and only that, names the verdict it takes back"))
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("add verdict %s: encode: %w", v.ID, err)
	}
	return s.write(ctx, "add verdict "+v.ID, func(t *txn) error {
		var taken, known bool
		if err := t.scan(sqlHasVerdict, []any{v.ID}, &taken); err != nil {
			return err
		}
		if taken {
			return invalid("the id is taken")
		}
		if err := t.scan(sqlHasVerdict, []any{v.Revokes}, &known); err != nil {
			return err
		}
		if v.Revokes != "" && !known {
			return notFound("verdict %q, which it revokes", v.Revokes)
		}
		_, err := t.exec(sqlAddVerdict, v.ID, micros(v.At), string(body))
		return err
	})
}

// Verdicts returns the whole log, oldest entry first, revoked ones and
// revocations included.
func (s *Store) Verdicts(ctx context.Context) (verdicts []data.Verdict, err error) {
	err = s.read(ctx, sqlVerdicts, nil, func(rows *sql.Rows) error {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var v data.Verdict
		if err := json.Unmarshal(body, &v); err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		verdicts = append(verdicts, v)
		return nil
	})
	if err != nil {
		return nil, s.explain("read verdicts", err)
	}
	return verdicts, nil
}
