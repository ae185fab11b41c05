package intake

import (
	"errors"
	"strings"
	"testing"

	"pitboss/data"
)

// checkReading reads input and checks what must hold of any.
func checkReading(t *testing.T, in string, f Format) {
	t.Helper()
	last, lines := "", strings.Count(in, "\n")+1
	for c, err := range Read(strings.NewReader(in), "fuzz", Options{Format: f, MaxLine: 4 << 10}) {
		if line, ok := errors.AsType[*LineError](err); ok {
			if line.Line < 1 || line.Line > lines {
				t.Fatalf("line %d of %d", line.Line, lines)
			}
			continue
		}
		if err != nil {
			continue
		}
		host, err := data.NormalizeHost(c.Host)
		if err != nil || host != c.Host {
			t.Fatalf("%q is not canonical: %q, %v", c.Host, host, err)
		}
		if c.Host == last || len(c.Note) > maxNote || strings.ContainsAny(c.Note, "\n\r\x00") {
			t.Fatalf("repeated, or its note is not one short line: %+v", c)
		}
		last = c.Host
	}
}

func FuzzList(f *testing.F) {
	f.Add("a.example\n# x\nhxxp://b[.]example # note\n[::1]:80\n")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatList) })
}

func FuzzHosts(f *testing.F) {
	f.Add("0.0.0.0 a.example b.example # x\n::1 localhost\n1.2.3.4 x\n")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatHosts) })
}

func FuzzAdblock(f *testing.F) {
	f.Add("! x\n||a.example^$third-party\n@@||b^\nc##d\n|https://e.example/|\n")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatAdblock) })
}

func FuzzCSV(f *testing.F) {
	f.Add("host,note\na.example,\"x \"\"y\"\"\nz\"\nb.example\n\"open\n")
	f.Add("host\n\"\n\"\n\"\n")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatCSV) })
}

func FuzzJSONL(f *testing.F) {
	f.Add(`{"host":"a.example","Note":"x"}` + "\n\"b.example\"\n{\n[1]\n")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatJSONL) })
}

func FuzzAuto(f *testing.F) {
	f.Add("a.example\n")
	f.Add("[Adblock]\n||a.example^\n")
	f.Add("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	f.Fuzz(func(t *testing.T, in string) { checkReading(t, in, FormatAuto) })
}
