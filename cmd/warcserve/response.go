package main

import (
	"bytes"
	"strconv"
	"strings"
)

// response is a recorded answer, ready for the wire.
type response struct {
	head  []byte // status line, header lines and the empty line
	body  []byte
	close bool // its end is the end of the connection
}

// prepare mends what would break the framing and leaves the rest as recorded:
// many writers store bodies with the transfer or content coding undone and
// the header lines as they were.
func prepare(block []byte) response {
	head, body := split(block)
	chunked := bytes.HasSuffix(body, []byte("0\r\n\r\n")) && chunkStart(body)
	zipped := bytes.HasPrefix(body, []byte{0x1f, 0x8b}) || chunked
	var out bytes.Buffer
	sized, framed, closing := false, false, false
	for i, line := range strings.Split(string(head), "\n") {
		line = strings.TrimRight(line, "\r")
		if i == 0 {
			out.WriteString(statusLine(line) + "\r\n")
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue // neither folded lines nor noise can be sent safely
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-length":
			if sized || chunked && hasChunked(head) {
				continue
			}
			sized = true
			line = name + ": " + strconv.Itoa(len(body))
		case "transfer-encoding":
			if !chunked {
				continue
			}
			framed = true
		case "content-encoding":
			if strings.EqualFold(value, "gzip") && !zipped {
				continue
			}
		case "connection":
			closing = strings.EqualFold(value, "close")
		}
		out.WriteString(line + "\r\n")
	}
	out.WriteString("\r\n")
	return response{head: out.Bytes(), body: body, close: closing || !sized && !framed}
}

func split(block []byte) (head, body []byte) {
	if before, after, ok := bytes.Cut(block, []byte("\r\n\r\n")); ok {
		return before, after
	}
	if before, after, ok := bytes.Cut(block, []byte("\n\n")); ok {
		return before, after
	}
	return block, nil
}

// statusLine makes HTTP/1.1 of what was recorded from a newer protocol.
func statusLine(line string) string {
	version, rest, _ := strings.Cut(line, " ")
	if version == "HTTP/1.0" || version == "HTTP/1.1" {
		return line
	}
	return "HTTP/1.1 " + rest
}

// chunkStart reports whether a body begins with the size line of a chunk.
func chunkStart(body []byte) bool {
	line, _, ok := bytes.Cut(body, []byte("\r\n"))
	size, _, _ := bytes.Cut(line, []byte(";"))
	_, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 32)
	return ok && err == nil
}

func hasChunked(head []byte) bool {
	return bytes.Contains(bytes.ToLower(head), []byte("\ntransfer-encoding:"))
}
