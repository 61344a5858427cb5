// Package output turns the output of replications into statements with their
// doubt: intervals of means and quantiles, the end of the initial transient,
// verdicts, comparisons, and when to stop: at a precision, at a bound that is
// surely kept or broken, at the cheapest of many.
//
// Every figure is computed in the order of its input with functions that give
// the same bits on every architecture, so equal values print as equal bytes.
package output
