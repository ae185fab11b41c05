// Package probe wraps projectdiscovery/httpx: it adds to a visit's hosting
// observations what httpx knows and we do not, the CDN in front of a site and, on
// request, its JARM. What httpx saw is a note, not evidence: its traffic is
// not archived.
//
// It is a package of its own because it takes minutes to compile, and it must
// stay the only one that imports httpx.
//
// httpx was written as a command. What that means here:
//
//   - Its dialer is built from a package variable, fastdialer.DefaultOptions. We set the guarded
//     dialer there and restore it, under a lock, around the making of each
//     runner; the runner's own dialer keeps the guard, which then sees every dial, JARM's
//     too. A program that makes fastdialers elsewhere must not do so at the same time.
//   - It resolves names itself, so a connect-to rule has no effect on it; the
//     fetcher skips the probe where one applies.
//   - It exits the process when its dialer cannot be made. We make one first and
//     return the error.
//   - It takes no context and a JARM leaves goroutines behind. Each probe has a
//     runner of its own, bounded in time and number, and answers are remembered per
//     address and certificate.
package probe
