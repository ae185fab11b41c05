// Package fingerprint reads what a builder leaves behind: it makes a
// data.Fingerprint of a data.Capture.
//
// Extract is a pure function: no network, disk or clock, and the same capture
// gives the same bytes under the same Version. Every page is parsed once, in
// one linear pass (parseDocument), into a document that all readers share:
//
//	answers ─parseDocument→ documents ─structures, readLinks, readMarkup, readScript, readSheet …→ collector ─→ features
//	                                 └─assess→ assessment, identifiers→ operator features
//
// # What makes features comparable
//
// Features are put into normal forms, so that what a build or a data base
// numbers compares equal: "post-1234" is "post-{n}", "main.3f2a1b9c.js" is
// "main.*.js". Subtrees count each different child once and without order, so
// that the length of a list does not matter. Scripts are hashed over their
// property names and strings, which survive renaming and minification. Generic
// libraries are named (framework) and left unread.
//
// A kind that has more values than its bound keeps those with the smallest
// hashes: two similar sites keep the same ones. Complete says whether anything
// was cut.
//
// # What is hostile
//
// Everything. Bodies, nodes, depth, attributes, text, pictures and drawings are
// bounded; nothing recurses over input; decoders of pictures look at the
// dimensions first; a step that panics in a library costs that step only.
// Offsets are those of the page as UTF-8, which is the body itself for pages
// in UTF-8 without a byte order mark.
package fingerprint
