package laws

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

// A law is compared only with runs that are long enough for it.
const (
	settling = 5   // relaxation times, after which e^-5 is left of the empty start
	lasting  = 100 // relaxation times, so that a mean is over many independent ones
	seldom   = 10  // events in a replication: fewer have no normal mean
)

// relaxation is about how long a queue remembers, in seconds: the relaxation time of
// M/M/1/K with the rate of all servers, a service, and the time in which places that
// are too few for the arrivals fill up. Of a queue without an end the capacity is
// infinite. Source: P.M. Morse, "Stochastic properties of waiting lines", Operations
// Research 3 (1955). Its cosine is taken from above, by the first terms of the series,
// which makes the time longer if anything.
func relaxation(arrival, service float64, servers int, capacity float64) float64 {
	all := float64(float64(servers) * service)
	filling := 0.0
	if arrival > all && !math.IsInf(capacity, 1) {
		filling = capacity / max(arrival-all, all/capacity) // by the drift, or by chance
	}
	angle := math.Pi / (capacity + 1)
	square := float64(angle * angle)
	cosine := 1 - float64(square/2) + float64(float64(square*square)/24)
	return filling + 1/service + 1/(arrival+all-float64(2*math.Sqrt(arrival*all)*cosine))
}

// variability is how much longer a queue remembers with a squared coefficient of
// variation of its service than with an exponential one.
func variability(scv float64) float64 { return (1 + scv) / 2 }

// enough tells what a run is too short for, and leaves out figures of which it has too
// few events.
func (s *site) enough(l *Law) error {
	if discard, span := s.Discard.For.Time().Seconds(), s.span(); discard < settling*l.relaxation || span < lasting*l.relaxation {
		return fmt.Errorf("%s: must discard %s at least and measure %s at least for its steady state to be seen (have %s and %s)",
			l.Name, lasts(settling*l.relaxation), lasts(lasting*l.relaxation), lasts(discard), lasts(span))
	}
	if l.requests < seldom {
		return fmt.Errorf("%s: requests are too rare to be seen: %s in a replication (at least %d)", l.Name, digits(l.requests), seldom)
	}
	l.Figures = slices.DeleteFunc(l.Figures, func(f Figure) bool {
		events := f.events(l.requests)
		if events >= seldom {
			return false
		}
		l.Rare = append(l.Rare, fmt.Sprintf("%s is left out: %s events in a replication (at least %d)", f.Metric, digits(events), seldom))
		return true
	})
	return nil
}

// lasts writes seconds as scenarios do, from a minute on in whole ones, rounded up.
func lasts(seconds float64) string {
	switch {
	case seconds > engine.Forever.Seconds():
		return "more than can be simulated"
	case seconds > 60:
		return quantity.Duration(math.Ceil(seconds) * float64(engine.Second)).String()
	}
	return quantity.Duration(math.Ceil(seconds*1e3) * float64(engine.Millisecond)).String()
}

// events is how many of so many requests a figure tells of.
func (f Figure) events(requests float64) float64 {
	if f.share > 0 {
		return requests * f.share
	}
	switch end := f.Metric[strings.LastIndex(f.Metric, ".")+1:]; end {
	case "blocked":
		return f.Exact
	case "utilization": // what is rare is an idle server
		return requests * max(0, 1-f.Exact)
	case "availability", "delayed":
		return requests * min(f.Exact, 1-f.Exact)
	default:
		for _, q := range quantiles {
			if q.name == end {
				return requests * (1 - q.p)
			}
		}
		return requests
	}
}
