package eval

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"pitboss/data"
)

// Trust says how far a label can be relied on.
type Trust int

// The trusts, in rising order.
const (
	TrustLow Trust = iota
	TrustMedium
	TrustHigh
)

// ParseTrust reads "low", "medium" or "high".
func ParseTrust(s string) (Trust, error) {
	for t, name := range []string{"low", "medium", "high"} {
		if s == name {
			return Trust(t), nil
		}
	}
	return 0, fmt.Errorf("%w: trust %q is not low, medium or high", data.ErrInvalid, s)
}

// Unknown is the label of a site whose place at a layer is not known.
const Unknown = "?"

// Label is the truth about one site.
type Label struct {
	Host     string
	Template string // "" stands alone, Unknown is left out
	Builder  string // the same
	Operator string // "" is not known
	Gambling string // "yes", "no", "unknown"
	Kind     string
	Trust    Trust
}

// maxLabelLine bounds one line of a label file, in bytes.
const maxLabelLine = 64 << 10

// ReadLabels reads a label file. Columns are found by their name in the header,
// so that their order may differ and further ones may follow; only host is
// required. An error names the line.
func ReadLabels(r io.Reader) ([]Label, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLabelLine)
	var column map[string]int
	var out []Label
	seen := map[string]int{}
	n := 1
	for ; sc.Scan(); n++ {
		line := strings.TrimSuffix(sc.Text(), "\r")
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if column == nil {
			column = columns(line)
			if _, ok := column["host"]; !ok {
				return nil, fmt.Errorf("%w: labels line %d: no column \"host\" in the header", data.ErrInvalid, n)
			}
			continue
		}
		l, err := parseLabel(strings.Split(line, "\t"), column)
		if err != nil {
			return nil, fmt.Errorf("labels line %d: %w", n, err)
		}
		if first, ok := seen[l.Host]; ok {
			return nil, fmt.Errorf("%w: labels line %d: host %s stands on line %d already", data.ErrInvalid, n, l.Host, first)
		}
		seen[l.Host] = n
		out = append(out, l)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("labels line %d: %w", n, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: the label file has no rows", data.ErrInvalid)
	}
	return out, nil
}

func columns(header string) map[string]int {
	column := map[string]int{}
	for i, name := range strings.Split(header, "\t") {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	return column
}

func parseLabel(cells []string, column map[string]int) (Label, error) {
	get := func(name string) string {
		if i, ok := column[name]; ok && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	host, err := data.NormalizeHost(get("host"))
	if err != nil {
		return Label{}, err
	}
	l := Label{
		Host: host, Template: get("template"), Builder: get("builder"),
		Operator: get("operator"), Gambling: get("gambling"), Kind: get("kind"), Trust: TrustHigh,
	}
	if s := get("trust"); s != "" {
		if l.Trust, err = ParseTrust(s); err != nil {
			return Label{}, err
		}
	}
	switch l.Gambling {
	case "yes", "no", "unknown":
	case "":
		l.Gambling = "unknown"
	default:
		return Label{}, fmt.Errorf("%w: gambling %q is not yes, no or unknown", data.ErrInvalid, l.Gambling)
	}
	return l, nil
}
