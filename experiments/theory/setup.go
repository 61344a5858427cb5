package theory

import "github.com/headroom-sim/headroom/engine/random"

// Setup is M/G/1/1 with a setup: one server, which nobody waits for, and which is
// gone when it has been idle for a constant time; who finds it gone waits until it
// is set up. Only the means of service and setup matter. The server is idle from a
// departure until the next arrival, for an exponential time, so that departures are
// renewals and all follows from the cycle between two of them (S.M. Ross,
// "Introduction to Probability Models", renewal reward).
type Setup struct {
	Arrival float64 // rate of arrivals, those turned away included
	Service float64 // mean service time
	Setup   float64 // mean time to set up the server
	Idle    float64 // after which it is gone
}

// Cold is the share of those served who wait for the setup.
func (q Setup) Cold() float64 { return random.Exp(-q.Arrival * q.Idle) }

// MeanResponse is the mean time from arrival to departure, of those served.
func (q Setup) MeanResponse() float64 { return q.Service + float64(q.Cold()*q.Setup) }

// Blocked is the share of arrivals that find the server busy, or in setup, and are
// turned away.
func (q Setup) Blocked() float64 { return 1 - 1/(q.Arrival*q.cycle()) }

// Utilization is the share of time in which the server works or is set up.
func (q Setup) Utilization() float64 { return q.MeanResponse() / q.cycle() }

// Present is the share of time in which the server is there, or set up.
func (q Setup) Present() float64 {
	idle := (1 - q.Cold()) / q.Arrival // of an exponential time, cut at Idle
	return (q.MeanResponse() + idle) / q.cycle()
}

// cycle is the mean time between departures.
func (q Setup) cycle() float64 { return 1/q.Arrival + q.MeanResponse() }
