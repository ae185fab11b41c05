// Package review shows what was found: the reviewers' pages.
//
// It stands between the families and the verdicts. The same templates are
// written to disk by [WriteStatic], for a report that opens without a server,
// and served by [Handler]. The pages need no script and load nothing but one
// style sheet of their own.
//
// Everything that a page shows about a site was written by somebody who may
// wish the reader ill. Text is escaped by html/template, bounded in length, and
// stripped of characters that act unseen; addresses of captured sites are
// written defanged and are never links.
package review
