package laws

import (
	"errors"
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/scenario"
)

var fluidKeys = slices.Concat(balancerKeys, []string{
	"clients/*/rate", "clients/*/shape", "services/*/kind", "services/*/servers",
	"fleets/*/vcpus", "fleets/*/zones", "fleets/*/min", "fleets/*/max", "fleets/*/desired", "fleets/*/server/software",
	"fleets/*/provision", "fleets/*/reconcile_delay",
	"fleets/*/schedules/*/at", "fleets/*/schedules/*/desired",
})

// isFluid tells of requests without chance, evenly apart at rates that hold until
// the next.
func (s *site) isFluid() bool {
	_, _, farm := s.farm()
	return s.client.Kind() == "even" && s.client.Shape == "step" && (s.toStation() || farm)
}

// fluid is the law of overload: what comes above capacity waits until it has been
// worked off.
func (s *site) fluid() (*Law, error) {
	place, f, farm := s.farm()
	if !farm {
		place = s.client.Target
	}
	demand, err := s.demandAt(place)
	if err != nil {
		return nil, err
	}
	end := s.span()
	if family(demand) != "constant" || s.Discard.For != 0 {
		return nil, errors.New("the demand must be constant, and nothing discarded, for a law of even arrivals to be known")
	}
	q := theory.Fluid{Inflow: course(s.client.Rate.Points)}
	if farm {
		if q.Capacity, err = s.capacity(f); err != nil {
			return nil, err
		}
	} else {
		q.Capacity = []theory.RateAt{{Rate: float64(s.Services[place].Count())}}
	}
	servers, service := 0.0, mean(demand)
	for i := range q.Capacity {
		servers = max(servers, q.Capacity[i].Rate)
		q.Capacity[i].Rate /= service
	}
	if q.Backlog(end-service) > 0 {
		return nil, errors.New("what waits must be worked off before the end for a law of even arrivals to be known")
	}
	if idles(q, end) {
		return nil, errors.New("servers that were added must be kept busy while others have a backlog, for a law of even arrivals to be known")
	}
	longest := q.Greatest(end)/q.Capacity[0].Rate + service
	if farm {
		if err := s.answers(longest); err != nil {
			return nil, err
		}
	} else {
		servers = 1 // they share one line
	}
	wait, off := q.Area(end)/q.Inflowed(end), servers*service
	if wait == 0 {
		off = microsecond // single requests, evenly apart, do not wait either
	}
	figures := []Figure{
		{Metric: "latency.mean", Formula: "∫B/∫λ + 1/μ", Exact: wait + service, Within: off, Certain: true},
		{Metric: "requests.completed", Formula: "∫λ to T−1/μ", Exact: q.Inflowed(end - service), Within: servers, Certain: true},
	}
	if !farm {
		figures = append(figures, Figure{Metric: "latency.max", Formula: "max B/cμ + 1/μ", Exact: longest, Within: off, Certain: true})
	}
	return &Law{Name: "fluid", Source: "Newell, Applications of Queueing Theory (1982), chapter 2", Figures: figures}, fine(figures)
}

// fine refuses a fluid that is too coarse. Requests of a constant demand that share one
// line keep to it within one request in number and one demand in time; with a line for
// each server, within one for each.
func fine(figures []Figure) error {
	const coarse = 0.01 // beyond it what may be off could hide an error
	for _, f := range figures {
		if f.Within > coarse*f.Exact {
			return fmt.Errorf("no law is known of so few requests or so short a backlog: %s is known within %.2g %% only (at most %g %%)", f.Metric, 100*f.Within/f.Exact, 100*coarse)
		}
	}
	return nil
}

// idles tells of servers that are added to others with queues of their own, and for
// which too little comes while those still have a backlog.
func idles(q theory.Fluid, end float64) bool {
	first, last := q.Capacity[0], q.Capacity[len(q.Capacity)-1]
	for i, p := range q.Inflow {
		until := end
		if i+1 < len(q.Inflow) {
			until = q.Inflow[i+1].At
		}
		from := max(p.At, last.At)
		if from < min(until, end) && p.Rate < last.Rate-first.Rate && q.Backlog(from) > 0 {
			return true
		}
	}
	return false
}

// capacity is the number of servers over time of a fleet to which a schedule adds
// some, which serve when they run.
func (s *site) capacity(f *scenario.Fleet) ([]theory.RateAt, error) {
	if algorithm := s.Balancers[s.client.Target].Algorithm; algorithm != "least_outstanding_requests" {
		return nil, fmt.Errorf("no law is known of even arrivals and the algorithm %s", algorithm)
	}
	if b := s.Balancers[s.client.Target]; len(f.Schedules) > 0 && b.Kind() != "nginx" && b.Kind() != "haproxy" {
		return nil, fmt.Errorf("balancers.%s.kind: must be nginx or haproxy here for a law to be known: a target of one that is %s waits for its checks", s.client.Target, b.Kind())
	}
	list := []theory.RateAt{{Rate: float64(f.Start())}}
	for _, action := range f.Schedules {
		if len(f.Schedules) > 1 || action.At == nil || action.Desired == nil || *action.Desired < f.Start() || *action.Desired > f.Max || family(f.Provision) != "constant" {
			return nil, errors.New("the fleet must have one schedule, which adds servers at an instant, and a constant provision for a law to be known")
		}
		at := (action.At.Time() + f.ReconcileDelay.Time()).Seconds() + mean(f.Provision)
		list = append(list, theory.RateAt{At: at, Rate: float64(*action.Desired)})
	}
	return list, nil
}
