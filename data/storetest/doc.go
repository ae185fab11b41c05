// Package storetest is the conformance suite of stores. Whatever passes Run
// can stand behind every command of pitboss, on one machine or on many.
package storetest
