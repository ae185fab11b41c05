package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	type want struct {
		Head, Body string
		Close      bool
	}
	for _, tc := range []struct {
		name, block string
		want        want
	}{
		{"as recorded", "HTTP/1.1 200 OK\r\nb: 1\r\nA: 2\r\ncontent-length: 2\r\n\r\nhi", want{"HTTP/1.1 200 OK\r\nb: 1\r\nA: 2\r\ncontent-length: 2\r\n\r\n", "hi", false}},
		{"repeated lines stay", "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n", want{"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n", "", false}},
		{"asked to close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", want{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "", true}},
		{"no length ends with the connection", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nhi", want{"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n", "hi", true}},
		{"length of a longer body", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nlonger", want{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "longer", false}},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nhi", want{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "hi", false}},
		{"gzip kept", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", want{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n", "\x1f\x8b\x08", false}},
		{"gzip undone", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", want{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "abc", false}},
		{"chunks undone", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc", want{"HTTP/1.1 200 OK\r\n\r\n", "abc", true}},
		{"bare line feeds", "HTTP/1.1 200 OK\nA: 1\nContent-Length: 2\n\nhi", want{"HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 2\r\n\r\n", "hi", false}},
		{"noise among the lines", "HTTP/1.1 200 OK\r\nnoise\r\nContent-Length: 0\r\n\r\n", want{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", false}},
		{"newer protocol", "HTTP/3 204\r\nContent-Length: 0\r\n\r\n", want{"HTTP/1.1 204\r\nContent-Length: 0\r\n\r\n", "", false}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := prepare([]byte(tc.block))
			if diff := cmp.Diff(tc.want, want{string(r.head), string(r.body), r.close}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
