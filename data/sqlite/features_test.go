package sqlite

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pitboss/data"
)

func testCodec(t testing.TB) *codec {
	t.Helper()
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.dec.Close)
	return c
}

// fillFields gives every field of a struct a value of its own, those that are
// added later too.
func fillFields(t *testing.T, v reflect.Value, seed int) {
	t.Helper()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(fmt.Sprintf("%s-%d", v.Type().Field(i).Name, seed))
		case reflect.Int:
			f.SetInt(int64(-1000*seed + i))
		default:
			t.Fatalf("field %s is of a kind that this test cannot fill", v.Type().Field(i).Name)
		}
	}
}

func TestFeaturesKeepEveryField(t *testing.T) {
	t.Parallel()
	c := testCodec(t)
	want := data.Fingerprint{Host: "a.example", At: time.Unix(5, 0).UTC(), Features: make([]data.Feature, 3)}
	for i := range want.Features {
		fillFields(t, reflect.ValueOf(&want.Features[i]).Elem(), i)
	}
	want.Features = append(want.Features, data.Feature{}, data.Feature{Value: "\xff\x00 any bytes"})
	body, err := c.encodeFingerprint(&want)
	if err != nil {
		t.Fatal(err)
	}
	var got data.Fingerprint
	if err := c.decodeFingerprint(body, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if len(want.Features) != 5 {
		t.Error("encoding changed its input")
	}
}

func TestDamagedFeatures(t *testing.T) {
	t.Parallel()
	whole := appendFeatures(nil, []data.Feature{{Layer: "l", Kind: "k", Value: "v", Count: 3}, {Kind: "k", Source: "s"}})
	for n := range whole {
		r := &featureReader{buf: whole[:n]}
		if got, err := r.features(); err == nil {
			t.Errorf("the first %d of %d bytes were read as %v", n, len(whole), got)
		}
	}
	for name, buf := range map[string][]byte{
		"more names than bytes":    binary.AppendUvarint(nil, 1<<60),
		"more features than bytes": append([]byte{0}, binary.AppendUvarint(nil, 1<<60)...),
		"a name that is not there": {0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
		"something behind it":      {0, 0, 0},
		"an endless number":        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		r := &featureReader{buf: buf}
		if got, err := r.features(); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
	c := testCodec(t)
	for name, body := range map[string][]byte{
		"not compressed": []byte("features"),
		"no head":        c.enc.EncodeAll(nil, nil),
		"head cut":       c.enc.EncodeAll([]byte{9, '{'}, nil),
		"head no JSON":   c.enc.EncodeAll([]byte{1, '{', 0, 0}, nil),
	} {
		if err := c.decodeFingerprint(body, &data.Fingerprint{}); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func FuzzFeatures(f *testing.F) {
	f.Add(appendFeatures(nil, nil))
	f.Add(appendFeatures(nil, []data.Feature{{Layer: "l", Kind: "k", Value: "v", Count: -3, Source: "s"}, {Offset: 1 << 40}}))
	f.Add([]byte{0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, buf []byte) {
		r := &featureReader{buf: buf}
		got, err := r.features()
		if err != nil {
			return
		}
		r = &featureReader{buf: appendFeatures(nil, got)}
		again, err := r.features()
		if d := cmp.Diff(got, again, cmpopts.EquateEmpty()); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
	})
}
