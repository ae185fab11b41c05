package reference

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.tsv
var files embed.FS

// table reads an embedded file of tab-separated columns. Lines that are empty
// or begin with "#" are left out. The files are part of the program, so a
// missing file or a wrong number of columns is a defect of the build.
func table(name string, columns int) [][]string {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("reference: %v", err))
	}
	var rows [][]string
	for i, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimRight(line, " \r"); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != columns {
			panic(fmt.Sprintf("reference: %s, line %d: %d columns, want %d", name, i+1, len(row), columns))
		}
		rows = append(rows, row)
	}
	return rows
}

// list splits a cell that holds several values.
func list(cell string) []string {
	var out []string
	for v := range strings.SplitSeq(cell, ";") {
		if v = strings.TrimSpace(v); v != "" && v != "-" {
			out = append(out, v)
		}
	}
	return out
}
