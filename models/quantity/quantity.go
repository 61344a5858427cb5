// Package quantity holds the typed values of the scenario language: durations,
// rates, shares, sizes, distributions, profiles over time, and how they are
// written and read.
//
// Every type reads itself from what a TOML file has ([Reader]) and prints
// itself in a canonical form that reads back as the same value (String,
// MarshalText).
package quantity

// Report takes one problem of a Spec: the key relative to the Spec's own table
// ("health_check.timeout"), and what is wrong in the words of a compiler.
type Report func(key, format string, args ...any)
