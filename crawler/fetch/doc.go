// Package fetch makes one visit: it looks at one site over the network, hands
// every answer to a sink as the bytes that came over the wire, and says how it
// ended. It is the only user of colly, DNS and TLS; the httpx prober lives in
// the sub-folder probe, since it takes minutes to compile.
//
// # A visit
//
// The name is resolved here, the guard judges the address that is dialled, and
// https is tried before http. robots.txt comes first, then the home page with
// its redirects (HTTP, meta refresh, plain scripts), then what the home page
// links: style sheets, scripts, icons, manifest, frames, a few pages of the same
// site, a few images, and one path that cannot exist, for the error page. All
// requests of a visit go one after the other, over one connection a host, which
// is closed when the visit ends. Only GET is sent.
//
// colly drives each visit with a collector of its own (cookies, URL parsing,
// call-backs on the document). Its transport is ours: a small HTTP/1.1 client that
// keeps the received bytes, since net/http loses the order and case of header
// fields and the chunking. Bounds on bodies, decompression, time and requests
// all lie in that transport; colly has none that holds.
//
// # robots.txt
//
// RFC 9309, with the cases it leaves to the crawler decided as follows. Status
// 4xx allows everything, 429 too, though it slows the visit down. Status 5xx and a
// time-out refuse everything until the next visit. A connection that is closed without an
// answer allows everything: some servers do that for any path they do not
// know, and the server can still close the connection of the home page. The first
// 500 KiB count. Other hosts' files, asked for style sheets and the like, are
// kept in memory for a day and are not archived, so that two visits of one unchanged
// site archive the same exchanges.
package fetch
