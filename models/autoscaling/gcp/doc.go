// Package gcp is the arithmetic of the autoscaler of Google Compute Engine's
// managed instance groups (MIG) [gcp-dec, gcp-pol].
//
// At each decision every signal says how many VMs its load needs at the target,
// rounded up: 1.5 VMs too few add two, 1.5 too many remove one. The largest of
// the signals counts, and of those the peak of the stabilization period. So a
// group grows at once and shrinks when the last peak is a period old, then by
// all that is too much, unless scale-in controls slow it down. Google publishes
// no code: what its documentation leaves open is marked UNSOURCED or DERIVED.
//
// Source keys in brackets are those of the reference's list of sources.
package gcp
