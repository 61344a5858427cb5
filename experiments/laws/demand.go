package laws

import (
	"fmt"
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/quantity"
)

// mean of a span, in seconds.
func mean(s quantity.Span) float64 { return s.Mean() / 1e9 }

// is tells whether a span has the distribution of a name.
func is(s quantity.Span, name string) bool {
	return s.Distribution != nil && strings.HasPrefix(s.Distribution.String(), name+"(")
}

// exponential is the rate of an exponential span, per second, or an error that
// says whose it must be.
func exponential(what string, s quantity.Span) (rate float64, err error) {
	if !is(s, "exponential") {
		return 0, fmt.Errorf("%s: must be exponential here for a law to be known (have %s)", what, s)
	}
	return 1 / mean(s), nil
}

// scv is the squared coefficient of variation of a span.
func scv(s quantity.Span) float64 { return s.Variance() / float64(s.Mean()*s.Mean()) }

// moments of a span, in seconds. The third is NaN where it is not known.
func moments(s quantity.Span) theory.Moments {
	m := mean(s)
	scv := scv(s)
	switch {
	case is(s, "constant"):
		return theory.ConstantMoments(m)
	case is(s, "exponential"), is(s, "erlang"), is(s, "gamma"):
		return theory.GammaMoments(m, scv)
	case is(s, "hyperexponential"):
		return theory.HyperexponentialMoments(m, scv)
	case is(s, "lognormal"):
		return theory.LognormalMoments(m, scv)
	case is(s, "uniform"):
		half := math.Sqrt(3*scv) * m
		return theory.UniformMoments(m-half, m+half)
	}
	return theory.Moments{First: m, Second: float64(m*m) * (1 + scv), Third: math.NaN()}
}
