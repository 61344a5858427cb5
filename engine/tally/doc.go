// Package tally counts what happens in a run: histograms of spans and sizes,
// and levels that change over time.
//
// Everything is kept in integers, without rounding and without overflow, so
// tallies of replications, periods or shards merge to the same result in any
// order and grouping.
package tally
