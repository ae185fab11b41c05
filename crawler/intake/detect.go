package intake

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

func emptyError() error {
	return fmt.Errorf("%w; expected hosts as a plain list, hosts file, adblock list, CSV or JSON lines", ErrEmpty)
}

// checkText refuses what is no text, and says what it is where that is known.
func checkText(head []byte) error {
	if len(bytes.TrimSpace(head)) == 0 {
		return emptyError()
	}
	for _, known := range []struct{ magic, what string }{
		{"PK\x03\x04", "a zip archive; unpack it first"},
		{"\x1f\x8b", "gzip within gzip; unpack it once"},
		{"\x28\xb5\x2f\xfd", "zstd; unpack it with `zstd -d` first"},
		{"\xfd7zXZ", "xz; unpack it with `xz -d` first"},
		{"BZh", "bzip2; unpack it with `bzip2 -d` first"},
		{"WARC/", "a WARC file; import it as captures"},
		{"SQLite format 3", "an SQLite database; export its hosts as CSV"},
		{"%PDF-", "a PDF; save its hosts as text"},
	} {
		if bytes.HasPrefix(head, []byte(known.magic)) {
			return fmt.Errorf("%w but %s", ErrBinary, known.what)
		}
	}
	if i := bytes.IndexByte(head, 0); i >= 0 {
		return fmt.Errorf("%w: byte %d is zero; expected hosts as a plain list, hosts file, adblock list, CSV or JSON lines", ErrBinary, i)
	}
	return nil
}

// detect recognises the format by the first lines.
func detect(head []byte) (Format, error) {
	const most = 100
	hosts, adblock := 0, 0
	first := true
	for n := 0; n < most && len(head) > 0; n++ {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		head = rest
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' && !bytes.HasPrefix(line, []byte("##")) {
			continue
		}
		if first {
			if f, err := detectFirst(line); f != FormatAuto || err != nil {
				return f, err
			}
			first = false
		}
		switch {
		case isAdblockLine(line):
			adblock++
		case isHostsLine(line):
			hosts++
		}
	}
	switch {
	case adblock > 0 && adblock >= hosts:
		return FormatAdblock, nil
	case hosts > 0:
		return FormatHosts, nil
	}
	return FormatList, nil
}

// detectFirst looks at the first line that says something.
func detectFirst(line []byte) (Format, error) {
	switch {
	case line[0] == '{':
		return FormatJSONL, nil
	case bytes.HasPrefix(line, []byte("[Adblock")), bytes.HasPrefix(line, []byte("[uBlock")):
		return FormatAdblock, nil
	case line[0] == '[' && (len(line) == 1 || bytes.ContainsAny(line[1:2], "{\" ")):
		return FormatAuto, fmt.Errorf("%w: it is one JSON array; make it JSON lines, for example with `jq -c '.[]'`", ErrFormat)
	}
	if _, ok := readHeader(string(line)); ok {
		return FormatCSV, nil
	}
	return FormatAuto, nil
}

func isAdblockLine(line []byte) bool {
	for _, p := range []string{"||", "@@", "!", "##"} {
		if bytes.HasPrefix(line, []byte(p)) {
			return true
		}
	}
	return bytes.Contains(line, []byte("##")) || bytes.Contains(line, []byte("#@#"))
}

func isHostsLine(line []byte) bool {
	first, rest := nextField(string(line))
	if rest == "" {
		return false
	}
	_, err := netip.ParseAddr(first)
	return err == nil
}

// nextField cuts the first white-space separated word off.
func nextField(s string) (field, rest string) {
	s = strings.TrimLeft(s, " \t")
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], " \t")
}
