// Package flow wires the rooms: one function for each arrow of the flow, no
// flags and no output of its own.
//
//	Import, Crawl → Fingerprint → Cluster → Report, Export, Eval
//
// Every function takes the house (an open data directory), does its arrow and
// returns counts. What it did stays done when it is interrupted, and calling
// it again goes on from there.
package flow
