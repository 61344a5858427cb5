package theory

import "math"

// Relaxation is about how long a queue remembers how it began, in seconds, rather too
// long: the relaxation time of M/M/1/K with the rate of all servers, 1/(λ + cμ −
// 2√(λcμ) cos(π/(K+1))), a service, and the time in which places that are too few for
// the arrivals fill up. Rates are per second. A queue without an end has an infinite
// capacity: with as many arrivals as it can serve it remembers for ever (+Inf), and with
// more it is the time after which its growth exceeds its fluctuations.
//
// Sources: P.M. Morse, "Stochastic properties of waiting lines", Operations Research 3
// (1955), for one server; D. Gamarnik, D.A. Goldberg, "On the rate of convergence to
// stationarity of the M/M/N queue in the Halfin-Whitt regime", Annals of Applied
// Probability 23 (2013), for c: as one of rate cμ under heavy load, 1/μ under light.
func Relaxation(arrival, service float64, servers int, capacity float64) float64 {
	all := float64(float64(servers) * service)
	filling := 0.0
	if arrival > all && !math.IsInf(capacity, 1) {
		filling = capacity / max(arrival-all, all/capacity) // by the drift, or by chance
	}
	// The roots are subtracted, not the rates: near capacity nothing would be left of
	// these. One less the cosine is taken from below, by the first terms of its series.
	gap, angle := math.Sqrt(arrival)-math.Sqrt(all), math.Pi/(capacity+1)
	square := float64(angle * angle)
	bent := float64(square/2) - float64(float64(square*square)/24)
	return filling + 1/service + 1/(float64(gap*gap)+float64(2*math.Sqrt(arrival*all)*bent))
}
