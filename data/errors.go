package data

import "errors"

// Sentinels that callers branch on. They are wrapped with what was being done.
var (
	// ErrInvalidHost: a text is no host name that could be visited.
	ErrInvalidHost = errors.New("invalid host")
	// ErrInvalid: a noun breaks a rule of its own; the text says which.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: the store has no such thing.
	ErrNotFound = errors.New("not found")
	// ErrLeaseLost: the lease expired or was taken over, so its result is refused.
	ErrLeaseLost = errors.New("lease lost")
	// ErrLocked: another process writes to this data directory.
	ErrLocked = errors.New("data directory is in use")
	// ErrNewerSchema: the database was written by a newer pitboss.
	ErrNewerSchema = errors.New("database has a newer schema")
	// ErrNoSpace: free disk space fell under the limit.
	ErrNoSpace = errors.New("no space left")
	// ErrPartial: done, but some inputs were refused (exit code 3).
	ErrPartial = errors.New("done in part")
)
