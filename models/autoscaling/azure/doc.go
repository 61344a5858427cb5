// Package azure is the arithmetic of Azure Monitor autoscale, as it scales a
// virtual machine scale set [az-und, az-flap].
//
// A job runs every 30 to 60 s. Every rule compares one value of a metric, its
// aggregate over a time window, with a threshold. If any scale-out rule fires,
// the largest resulting capacity counts; if none does and all scale-in rules
// fire, the smallest reduction. Before a scale-in the values are projected to
// the new number of instances, and the reduction is made smaller, or put off,
// if a scale-out rule would fire there. After any action a cooldown blocks both
// directions. Microsoft publishes no code: what its documentation leaves open
// is marked UNSOURCED or DERIVED.
//
// There is one profile, the default one: fixed-date and recurring profiles are
// not modelled.
//
// Source keys in brackets are those of the reference's list of sources.
package azure
