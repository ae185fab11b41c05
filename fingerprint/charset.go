package fingerprint

import (
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// decodeText turns a body into UTF-8 and names the charset it was read as.
func decodeText(body []byte, contentType string) (text []byte, name string) {
	enc, name, _ := charset.DetermineEncoding(body, contentType)
	if enc == encoding.Nop || name == "utf-8" {
		return body, name
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return body, name
	}
	return out, name
}
