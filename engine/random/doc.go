// Package random provides named streams of random numbers, distributions by
// inversion, and the elementary functions that both need, with the same bits
// on every architecture.
//
// # Streams
//
// A [Stream] is named by its purpose and numbered rather than advanced: the
// draw with the ordinals (i, j) is a pure function of seed, replication, name,
// i and j. Drawing early, late, twice or never changes nobody else's luck, so
// two variants of a scenario can be compared on the same users.
//
// # Distributions
//
// A [Distribution] turns one uniform number into one variate by inversion.
// Quantile is non-decreasing, so common uniforms give positively correlated
// variates, and no draw takes a varying number of uniforms, as rejection would.
//
// # Bits
//
// math.Exp and its relatives differ between architectures, and the compiler
// may fuse x*y + z into one rounding on some of them. The functions here use
// only operations that IEEE 754 rounds exactly (+, -, *, /, square root and
// comparisons), and every product that is added is written float64(x*y), which
// the language specification says is rounded and hence never fused.
package random
