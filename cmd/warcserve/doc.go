// Command warcserve serves the responses of WARC files over loopback by host
// name, so that a crawl can be tried against recorded sites:
//
//	warcserve [-listen 127.0.0.1:0] [-addresses N] [-tls] [-for 30m] FILE…
//
// It prints a line "listening ADDR:PORT" for each listener and then rules
// HOST:443:ADDR:PORT and HOST:80:ADDR:PORT for the crawler's --connect-to, at
// last ::ADDR:PORT, which catches all other hosts, so that nothing leaves the
// machine. Responses go out as they were recorded, header lines in their order and
// case; only what would break the framing is changed. A query that was not
// recorded with its path (style.css?ver=3) gets the answer of the path alone. A host or path that was
// not recorded gets a closed connection and no byte, lest an error page of this
// command tie all sites together. It ends at a signal or when its time is up.
//
// Exit codes: 0 done, 1 failed, 2 usage.
package main
