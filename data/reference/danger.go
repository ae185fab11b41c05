package reference

import (
	"strconv"
	"strings"
	"sync"
)

// Check is how a danger sign is looked for.
type Check string

// The checks. danger.tsv says what the number and the parts of each mean.
const (
	CheckScript   Check = "script"
	CheckForm     Check = "form"
	CheckFrame    Check = "frame"
	CheckDownload Check = "download"
	CheckHost     Check = "host"
	CheckLinks    Check = "links"
)

// DangerSign is one rule about malicious code.
type DangerSign struct {
	Name   string
	Check  Check
	Number int        // bytes within which the parts of a script stand, or the least number of links
	Parts  [][]string // one of each must be found; lower case
	About  string     // what it means, for people
}

// DangerSigns returns the rules about malicious code, in the order of the
// file.
var DangerSigns = sync.OnceValue(func() []DangerSign {
	var out []DangerSign
	for _, row := range table("danger.tsv", 5) {
		check := Check(row[1])
		switch check {
		case CheckScript, CheckForm, CheckFrame, CheckDownload, CheckHost, CheckLinks:
		default:
			panic("reference: danger.tsv: check " + row[1])
		}
		number, err := strconv.Atoi(row[2])
		if err != nil {
			panic("reference: danger.tsv: number " + row[2])
		}
		d := DangerSign{Name: row[0], Check: check, Number: number, About: row[4]}
		for part := range strings.SplitSeq(row[3], " AND ") {
			if values := list(strings.ToLower(part)); len(values) > 0 {
				d.Parts = append(d.Parts, values)
			}
		}
		out = append(out, d)
	}
	return out
})
