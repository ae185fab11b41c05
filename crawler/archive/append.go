package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"mime"
	"strings"
	"time"

	"pitboss/data"
)

// Append stores an exchange and returns its index entry with Digest and Record
// filled, and Status and MediaType where they were empty. A response is
// stored with its request, if known, side by side. The roles screenshot and
// dom give resource records, hosting a metadata record, whose block is
// Response as it is. It returns data.ErrNoSpace when the disk is full or fuller
// than Options.MinFree allows. The bytes are durable after Sync.
func (a *Archive) Append(ctx context.Context, x data.RawExchange) (data.Exchange, error) {
	e, err := a.appendExchange(ctx, x)
	if err != nil {
		return data.Exchange{}, fmt.Errorf("archive %s: %w", clip(x.URL), err)
	}
	return e, nil
}

// AppendMetadata stores observations about uri that did not come over HTTP
// (DNS answers, certificates) as a metadata record.
func (a *Archive) AppendMetadata(ctx context.Context, uri, mediaType string, at time.Time, body []byte) (data.Exchange, error) {
	return a.Append(ctx, data.RawExchange{
		Exchange: data.Exchange{URL: uri, Role: data.RoleHosting, MediaType: mediaType, At: at},
		Response: body,
	})
}

func (a *Archive) appendExchange(ctx context.Context, x data.RawExchange) (data.Exchange, error) {
	e := x.Exchange
	kind := kindOf(e.Role)
	m, err := inspect(kind, x.Response)
	if err != nil {
		return e, err
	}
	e.Digest = formatSHA256(m.digest)
	if kind == kindResponse {
		setDefault(&e.Status, m.status)
		setDefault(&e.MediaType, mediaType(m.get("Content-Type")))
	}
	block := sha256.Sum256(x.Response)
	answer := newRecord(kind, e, formatSHA256(block[:]))
	answer.content = newMemorySpool(x.Response)
	records := []record{answer}
	if kind == kindResponse && len(x.Request) > 0 {
		records = append(records, requestRecord(answer, e, x.Request))
	}
	members := make([]*spool, len(records))
	for i := range records {
		members[i], err = encodeRecord(newSpool(a.dir, a.opts.MemoryLimit), records[i])
		defer members[i].reset()
		if err != nil {
			return e, err
		}
	}
	at, err := a.write(ctx, members...)
	if err != nil {
		return e, err
	}
	e.Record = at[0]
	return e, nil
}

// inspect reads head and payload digest of a block in memory.
func inspect(kind string, block []byte) (message, error) {
	if kind != kindResponse {
		return readBlock(bytes.NewReader(block), 0, 0, nil)
	}
	return readMessage(bufio.NewReader(bytes.NewReader(block)), 0, 0, nil)
}

func kindOf(role data.Role) string {
	switch role {
	case data.RoleHosting:
		return kindMetadata
	case data.RoleScreenshot, data.RoleRendered:
		return kindResource
	default:
		return kindResponse
	}
}

// mediaType returns the type of a Content-Type value, lower case, without
// parameters; it tolerates parameters that mime would refuse.
func mediaType(contentType string) string {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return t
	}
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	if len(t) > 100 || strings.ContainsAny(t, " \t,\"") {
		return ""
	}
	return t
}

// clip shortens hostile text for an error.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
