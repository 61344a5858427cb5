package bounds

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/models/scenario"
)

// latency is at least what a request's own work takes on a vCPU of its own. Only
// completed requests count. Those that fail may be the longest ones, and so may
// those that are not over at the end: the share p of as many as must be completed,
// by the expectation of availability that the scenario has, is made of the least
// demands of all that can be asked for.
func latency(s *scenario.Spec, metric string) (Figure, bool) {
	f := anything()
	f.Lo = 0
	p, ok := quantiles[metric]
	required := availabilityAsked(s)
	if !ok || required == 0 || len(s.Clients) != 1 || len(s.CDNs) > 0 {
		return f, false
	}
	for _, place := range slices.Concat(slices.Sorted(maps.Keys(s.Fleets)), slices.Sorted(maps.Keys(s.Services))) {
		d, ok := demandAt(s, place)
		if !ok {
			continue
		}
		speed := 1.0
		if fleet := s.Fleets[place]; fleet != nil {
			speed = fleet.Speed
		}
		u := below(float64(p*required*d.least/d.most), d.most)
		share := d.here / d.most
		if v := d.quantile((u - (1 - share)) / share); v/speed > f.Lo {
			f.Lo, f.Reason = v/speed, fmt.Sprintf("the work of a request at %s", place)
		}
	}
	return f, f.Lo > 0
}

// below is a probability of which no more than the share u of n draws comes out
// sure standard deviations too many.
func below(u, n float64) float64 {
	half := max(0.5, u-float64(sure*0.5/math.Sqrt(n))) // u itself is not less, and p(1 - p) falls from a half on
	return u - float64(sure*math.Sqrt(max(0, half*(1-half))/n))
}

// availabilityAsked is the availability over the whole run that must hold, 0 where
// none must.
func availabilityAsked(s *scenario.Spec) float64 {
	most := 0.0
	for _, e := range s.Expectations {
		if e.Metric == "availability" && e.During == nil && e.AtLeast != nil {
			most = max(most, e.AtLeast.Value)
		}
	}
	return most
}

// quantile is the demand, in seconds, that a share u of the requests of all
// streams does not exceed, from below; 0 where u is not above 0.
func (d *demand) quantile(u float64) float64 {
	if u <= 0 {
		return 0
	}
	lo, hi := 0.0, 0.0
	for _, s := range d.streams {
		hi = max(hi, s.Demand.Quantile(1-1e-9)/1e9)
	}
	for range 60 {
		if x := (lo + hi) / 2; d.share(x) < u {
			lo = x
		} else {
			hi = x
		}
	}
	return lo
}

// share is that of the requests whose demand is at most x seconds.
func (d *demand) share(x float64) float64 {
	var sum float64
	for i, s := range d.streams {
		lo, hi := 0.0, 1.0
		for range 60 {
			if u := (lo + hi) / 2; u > 0 && s.Demand.Quantile(u)/1e9 <= x {
				lo = u
			} else {
				hi = u
			}
		}
		sum += float64(d.weights[i] * hi)
	}
	return sum
}
