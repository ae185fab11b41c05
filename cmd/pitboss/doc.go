// Command pitboss finds out who builds illegal gambling sites.
//
// One flow runs through it, and each command is one arrow of the flow:
//
//	candidate ─crawl→ capture ─fingerprint→ fingerprint ─cluster→ family ─label→ verdict ─export→ listing
//
// The package holds the command line alone: flags, environment, configuration,
// tables and exit codes. The rooms are wired in internal/flow.
//
// Data goes to standard output, with --json as one JSON object a line. Logs,
// progress and errors go to standard error.
//
// Exit codes: 0 done, 1 failed, 2 usage, 3 done in part, 130 interrupted.
package main
