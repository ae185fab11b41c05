// Package cluster finds who built a site: it groups fingerprints by template,
// builder and operator, and says why. It is pure: the same input gives the
// same families, byte for byte, on any number of cores.
//
// The steps, one file each:
//
//	view.go       features become tokens, grouped into views of a site that may agree on their own
//	space.go      how rare is a token, counted over distinct templates, never over sites
//	block.go      which pairs are worth comparing: those that share something rare
//	compare.go    how alike is a pair, view by view, and what is that worth
//	partition.go  average linkage that stops at the gap around a dense knot
//	template.go   sites into templates; builder.go templates into builders
//	attach.go     lone sites that contain a whole template, decoys and all, into it
//	operator.go   hard identifiers into operator groups, apart from the above
//	identity.go   ids that stay, and what moved since the last run
//	describe.go   what defines a family, why a site is in it
//	why.go        the ledger of one pair
//
// # Why the cut is relative
//
// A fixed threshold on a similarity does not carry from one set of sites to
// another. What carries is the shape: a template is a dense knot with a gap
// around it. Copies of one doorway are all but equal and two doorways of one
// builder share a part, while sites on one newspaper platform, whose content
// differs, share less among themselves and have no denser knot inside. So a
// group is joined with another only while they are as alike as a share of
// what the tighter of the two is within (Layer.Gap), above a low floor that
// says "more than chance". Adding to a page can make a gap, so a lone site that
// contains a whole template is put into it afterwards.
//
// Builders are found among templates, not among sites: a template's profile
// keeps what at least half of its sites have, which removes the noise of
// content, and a token is then as rare as the number of templates that have
// it, however many sites a builder sold.
package cluster
