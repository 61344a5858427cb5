package theory

// quantile is the span that a share p of a law exceeds not, found by halving
// an interval; tail(t) is the share above t and does not rise. The scale is a
// span of the law's order of size.
func quantile(tail func(t float64) float64, p, scale float64) float64 {
	lo, hi := 0.0, scale
	for tail(hi) > 1-p {
		lo, hi = hi, 2*hi
	}
	for {
		middle := lo + float64((hi-lo)/2)
		if middle <= lo || middle >= hi {
			return hi
		}
		if tail(middle) > 1-p {
			lo = middle
		} else {
			hi = middle
		}
	}
}
