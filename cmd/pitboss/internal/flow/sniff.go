package flow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"pitboss/crawler/archive"
	"pitboss/data"
)

// sniffed is how much of a file is looked at to tell what it is, in bytes.
const sniffed = 32 << 10

// Form is what an imported file holds.
type Form string

// The forms of import.
const (
	FormCandidates Form = "candidates" // a list of suspected hosts
	FormWARC       Form = "warc"       // captures
)

// errZip: a zip file, probably a WACZ, was given.
var errZip = fmt.Errorf("%w input: a zip file; of a WACZ, unpack it and import the WARC files in its archive folder", data.ErrInvalid)

// errARC: the format that came before WARC was given.
var errARC = fmt.Errorf("%w input: the older ARC format; convert it first, for example with `warcio recompress`", data.ErrInvalid)

// sniff tells captures from candidates and returns a reader that begins where
// the stream began. What is neither is left for the candidates' reader to
// refuse, which knows the forms of lists.
func sniff(r io.Reader) (Form, io.Reader, error) {
	br := bufio.NewReaderSize(r, sniffed)
	head, err := br.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, err
	}
	switch {
	case archive.IsWARC(head):
		return FormWARC, br, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "", nil, errZip
	case bytes.HasPrefix(head, []byte("filedesc://")):
		return "", nil, errARC
	}
	return FormCandidates, br, nil
}
