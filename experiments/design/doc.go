// Package design lays out experiments: which keys of a scenario take which
// values in which points, and what the responses at these points say about
// the effect of each key. It simulates nothing and reads no files.
//
// Every figure is computed in the order of its input with functions that give
// the same bits on every architecture, so equal responses print as equal bytes.
package design
