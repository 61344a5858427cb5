package output

import "math"

// NextLook is the number of replications, above n, at which the sequential
// procedures look at their figures next: 3, 5, 8, 12, 18, 27, 41, 62, 93, ...
// Looking seldom costs little, as half as many again change an interval little,
// and leaves more of the error probability to each look.
func NextLook(n int) int {
	look := 3
	for look <= n {
		look = (3*look + 1) / 2
	}
	return look
}

// eachLook calls decide at each look that n replications allow, in turn, with
// the number of replications and the share of the whole error probability that
// the look may spend, until it reports that there is nothing more to decide. A
// look spends a fifth of what is left, so that all of them together never spend
// more than the whole: the union of their errors is no more probable than it.
//
// Source: K.K.G. Lan and D.L. DeMets, "Discrete sequential boundaries for
// clinical trials", Biometrika 70 (1983) (spending an error probability), with
// the bound by the sum in place of the looks' joint law, which asks nothing of
// how they depend on each other and keeps Student's t exact.
func eachLook(n int, decide func(n int, share float64) (done bool)) {
	left := 1.0
	for look := NextLook(0); look <= n; look = NextLook(look) {
		share := left / 5
		left -= share
		if decide(look, share) {
			return
		}
	}
}

// Below is an upper limit of the mean that holds at every look with a probability
// of at least 1 - wrong, for normally distributed values: the least of Student's
// one-sided limits, among which the looks divide wrong. It is infinite before the
// first look.
func Below(values []float64, wrong float64) float64 {
	limit := math.Inf(1)
	eachLook(len(values), func(n int, share float64) bool {
		if e := Interval(values[:n], 1-float64(2*wrong*share)); e.N > 1 {
			limit = min(limit, e.Hi)
		}
		return false
	})
	return limit
}
