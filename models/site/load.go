package site

import (
	"cmp"
	"slices"

	"github.com/headroom-sim/headroom/models/autoscaling"
)

// Load is what the servers of a fleet received, minute by minute.
type Load struct {
	Fleet   string
	Minutes []LoadMinute // one for each row of the series
}

// LoadMinute is a minute of a Load.
type LoadMinute struct {
	// Servers counts the instances that received anything in the minute or were in
	// service at its end.
	Servers int
	// Requests counts what all of them received, probes not among it.
	Requests uint64
	// Received holds their requests in the order of their launch; of more than
	// MostLoads servers that many of them, at even distances from the busiest to the
	// idlest, both included.
	Received []Received
}

// Received are the requests that an instance received.
type Received struct {
	Instance int32 // its number among those of the fleet, from 1 in the order of launch
	Requests uint32
}

// MostLoads is how many servers of a fleet are told apart in a minute.
const MostLoads = 50

// newLoads makes room for the loads of all fleets.
func newLoads(s *System) []Load {
	loads := make([]Load, len(s.fleets))
	for i, f := range s.fleets {
		loads[i].Fleet = f.name
	}
	return loads
}

// noteLoads ends a minute of the loads. It reads what was counted for the row of
// the series, so that a request costs no more for it.
func (m *meter) noteLoads() {
	for i, f := range m.sys.fleets {
		t := &m.minute.fleets[i]
		for _, h := range f.hosts {
			if h.instance.State == autoscaling.InService {
				t.count(h.instance.Ordinal, 0)
			}
		}
		load := &m.series.Loads[i]
		load.Minutes = append(load.Minutes, loadMinute(t.requests))
	}
}

func loadMinute(requests []hostRequests) LoadMinute {
	minute := LoadMinute{Servers: len(requests)}
	for _, r := range requests {
		minute.Requests += r.n
	}
	if len(requests) > MostLoads {
		requests = evenly(requests)
	}
	minute.Received = make([]Received, len(requests))
	for i, r := range requests {
		minute.Received[i] = Received{int32(r.ordinal), uint32(r.n)}
	}
	return minute
}

// evenly picks MostLoads of more servers at even distances by what they received.
func evenly(requests []hostRequests) []hostRequests {
	ranked := slices.Clone(requests)
	slices.SortStableFunc(ranked, func(a, b hostRequests) int { return cmp.Compare(b.n, a.n) })
	picked := ranked[:0]
	for i := range MostLoads {
		picked = append(picked, ranked[i*(len(ranked)-1)/(MostLoads-1)])
	}
	slices.SortFunc(picked, func(a, b hostRequests) int { return cmp.Compare(a.ordinal, b.ordinal) })
	return picked
}
