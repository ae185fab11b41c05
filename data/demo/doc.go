// Package demo holds a made-up gambling web: workshops that build gambling
// sites, the skins they sell, the operators who run them, and the harmless
// web around them. It is generated from a seed and served on loopback, so that
// the whole flow can be tried and tested without a network and against a
// known truth.
//
// What is alike and what differs follows what was measured on real sites: two
// skins of one workshop share endpoints, form parameters, most element ids,
// globals, interface text keys, cookies and one or two blocks of mark-up, and
// nothing that an exact hash would find; sites of one skin differ in brand,
// colours, amounts, order, contacts, optional blocks and build hashes. Every
// name is invented and lies under .example or .test; wallets are random hashes
// with valid checksums, to which nobody has a key.
package demo
