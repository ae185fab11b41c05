// Package export decides which sites may be listed and writes the lists.
//
// It stands at the end of the one flow, between the families and the resolvers
// of people who never heard of us. Two things happen here, and they are kept
// apart:
//
//   - [Gate] looks at one site after another and either makes a listing of it
//     or refuses it, naming the check and the reason. A site is listed only on
//     its own recent gambling capture; families, shared identifiers and
//     discovery never list anything, since anyone can plant another's
//     identifier.
//   - [Write] and [WritePages] turn listings into the exact forms that
//     resolvers, proxies and blockers read. They stream, they are
//     byte-deterministic, and they refuse to write what is no registrable
//     name, whoever asks.
//
// The package reads no clock, no network and no disk: the time of the build
// comes from the caller, and the allow lists are embedded.
package export
