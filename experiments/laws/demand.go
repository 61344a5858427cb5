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

// family is the name of a span's distribution, "" without one.
func family(s quantity.Span) string {
	if s.Distribution == nil {
		return ""
	}
	name, _, _ := strings.Cut(s.Distribution.String(), "(")
	return name
}

// microsecond is the shortest span, in seconds, of which the nanoseconds do not count to
// which the clock rounds.
const microsecond = 1e-6

// measurable refuses a span of which they count.
func measurable(what string, s quantity.Span) error {
	if mean(s) < microsecond {
		return fmt.Errorf("%s: must be 1us at least for a law to be known: the clock has nanoseconds (have %s)", what, s)
	}
	return nil
}

// exponential is the rate of an exponential span, per second, or an error that
// says whose it must be.
func exponential(what string, s quantity.Span) (rate float64, err error) {
	if family(s) != "exponential" {
		return 0, fmt.Errorf("%s: must be exponential here for a law to be known (have %s)", what, s)
	}
	return 1 / mean(s), measurable(what, s)
}

// scv is the squared coefficient of variation of a span.
func scv(s quantity.Span) float64 { return s.Variance() / float64(s.Mean()*s.Mean()) }

// decisive is the share of values, the greatest ones, that have half of a moment of a
// span. Where a run shows few of them, what it estimates of the moment is far from a
// normal variate.
func decisive(s quantity.Span, moment int) float64 {
	// Shares that are doubled again and again, each in so many parts: what lies beyond
	// the first has next to nothing of a moment that is finite.
	const doublings, parts = 40, 32
	type part struct{ share, weight float64 }
	var list []part // from the greatest values to the least
	var sum float64
	for n := doublings; n > 0; n-- {
		beyond := math.Ldexp(1, -n)
		share := beyond / parts
		for k := range parts {
			value := s.Quantile(1 - beyond - float64(share*(float64(k)+0.5)))
			weight := share
			for range moment {
				weight *= value
			}
			list = append(list, part{share, weight})
			sum += weight
		}
	}
	var share, weight float64
	for _, p := range list {
		if weight >= sum/2 {
			break
		}
		share += p.share
		weight += p.weight
	}
	return share
}

// moments of a span, in seconds. The third is NaN where it is not known.
func moments(s quantity.Span) theory.Moments {
	m := mean(s)
	scv := scv(s)
	switch family(s) {
	case "constant":
		return theory.ConstantMoments(m)
	case "exponential", "erlang", "gamma":
		return theory.GammaMoments(m, scv)
	case "hyperexponential":
		return theory.HyperexponentialMoments(m, scv)
	case "lognormal":
		return theory.LognormalMoments(m, scv)
	case "uniform":
		half := float64(math.Sqrt(3*scv) * m)
		return theory.UniformMoments(m-half, m+half)
	}
	return theory.Moments{First: m, Second: float64(m*m) * (1 + scv), Third: math.NaN()}
}
