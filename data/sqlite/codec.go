package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
)

// maxBody bounds one decompressed blob: far above any that is written, and low
// enough that a damaged file cannot take the machine's memory.
const maxBody = 1 << 28

// codec turns nouns into compressed JSON and back. It is safe for concurrent
// use.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (*codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, fmt.Errorf("make encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBody))
	if err != nil {
		return nil, fmt.Errorf("make decoder: %w", err)
	}
	return &codec{enc: enc, dec: dec}, nil
}

func (c *codec) encode(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	if len(text) > maxBody {
		return nil, invalid("%T of %d bytes; the most is %d", v, len(text), maxBody)
	}
	return c.enc.EncodeAll(text, make([]byte, 0, len(text)/3)), nil
}

func (c *codec) decode(body []byte, v any) error {
	text, err := c.dec.DecodeAll(body, nil)
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}

// zeroTime is the zero time.Time in microseconds.
const zeroTime int64 = -62135596800000000

func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }
