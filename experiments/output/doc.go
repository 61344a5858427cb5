// Package output turns the output of replications into statements with their
// doubt: intervals, the end of the initial transient, and verdicts.
//
// Every figure is computed in the order of its input with functions that give
// the same bits on every architecture, so equal values print as equal bytes.
package output
