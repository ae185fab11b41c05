package main

import (
	"fmt"

	"pitboss/data"
)

// showDangers prints the signs of malicious code, if there are any.
func (a *app) showDangers(f *data.Fingerprint) error {
	if f == nil || len(f.Dangers) == 0 {
		return nil
	}
	fmt.Fprintln(a.stdout, "\nDanger signs")
	t := newTable(column{head: "SIGN"}, column{head: "MEANING", most: 48}, column{head: "FOUND", most: 72}, column{head: "AT", most: 72})
	for _, d := range f.Dangers {
		t.add(d.Rule, d.Meaning, d.Detail, fmt.Sprintf("%s byte %d", d.Source, d.Offset))
	}
	return t.write(a.stdout)
}
