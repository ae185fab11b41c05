// Package intake reads candidates: hosts that somebody suspects, from the lists in
// which people keep them.
//
// Five formats are read, recognised by their first lines or named by
// Options.Format: a plain list, a hosts file, an adblock list, CSV with a
// header, and JSON lines; each also gzipped. Input is read as a stream, a line
// at a time and each of bounded length, so a feed of any size takes the same
// memory. A line that cannot be used is a *LineError, and reading goes on.
//
// Nothing is stored and nothing looked up here: names are normalised by
// data.NormalizeHost, public suffixes refused, and only directly repeated names
// dropped, since the store knows the others.
package intake
