// Package reference holds what pitboss knows about the world: the vocabulary of
// gambling in each language, game providers, licensing authorities, public
// services that identify nobody, marks of parked and block pages, and names
// that ordinary websites share.
//
// Everything is a data file embedded here, with a comment that states its
// source, and a typed accessor that reads it once. The files are checked by
// the tests of this package: a malformed line fails the build's tests, never a
// run. The package does no I/O and imports only data.
package reference
