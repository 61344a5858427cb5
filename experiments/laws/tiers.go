package laws

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/theory"
)

var tiersKeys = []string{
	"clients/*/rate", "clients/*/users", "clients/*/think",
	"fleets/*/vcpus", "fleets/*/zones", "fleets/*/min", "fleets/*/max", "fleets/*/calls",
	"fleets/*/server/software", "fleets/*/server/threads", "fleets/*/server/max_connections", "fleets/*/server/accept_count",
	"services/*/kind", "services/*/servers",
}

// tier is a station on the way of a request.
type tier struct {
	name    string
	service float64 // rate of one server
	servers int
}

// isTiers tells of requests to a fleet that has no work of its own and calls
// stations, one after the other.
func (s *site) isTiers() bool {
	f := s.Fleets[s.client.Target]
	if f == nil || len(f.Calls) == 0 || s.demand[s.client.Target].Distribution != nil {
		return false
	}
	for _, name := range f.Calls {
		if v := s.Services[name]; v == nil || v.Kind() != "station" {
			return false
		}
	}
	return s.poisson() || s.client.Kind() == "closed"
}

// tiers is the law of a network of queues.
func (s *site) tiers() (*Law, error) {
	var tiers []tier
	calls := s.Fleets[s.client.Target].Calls
	if distinct := slices.Compact(slices.Sorted(slices.Values(calls))); len(distinct) < len(calls) {
		return nil, fmt.Errorf("fleets.%s.calls: must call each station once for a law to be known", s.client.Target)
	}
	for _, name := range calls {
		service, err := s.exponentialAt(name)
		if err != nil {
			return nil, err
		}
		tiers = append(tiers, tier{name, service, s.Services[name].Count()})
	}
	if s.client.Kind() == "closed" {
		return s.closedTiers(tiers)
	}
	return s.openTiers(tiers)
}

// openTiers are M/M/c queues one behind the other: what leaves one is a Poisson
// stream again.
func (s *site) openTiers(tiers []tier) (*Law, error) {
	var queues []string
	var figures []Figure
	var response, remembered float64
	for _, t := range tiers {
		q := theory.MMC{Arrival: s.rate(), Service: t.service, Servers: t.servers}
		response += q.MeanResponse()
		remembered += theory.Relaxation(q.Arrival, q.Service, q.Servers, math.Inf(1))
		queues = append(queues, fmt.Sprintf("M/M/%d", t.servers))
		figures = append(figures,
			known("services."+t.name+".wait.mean", "C/(cμ−λ)", q.MeanWait()).among(q.Delayed()),
			known("services."+t.name+".number.mean", "L of M/M/c", q.MeanNumber()),
			known("services."+t.name+".utilization", "λ/cμ", q.Utilization()))
	}
	// Connections may stay open for the whole run.
	if err := s.admits(crowd(float64(s.rate()*response)), arrivals(float64(s.rate()*s.Duration.Time().Seconds()))); err != nil {
		return nil, err
	}
	figures = append([]Figure{known("latency.mean", "Σ W", response)}, figures...)
	return &Law{
		Name: strings.Join(queues, " → "), Source: "Jackson, Operations Research 5 (1957); Burke, Operations Research 4 (1956)", Figures: figures,
		requests: s.rate() * s.span(), relaxation: remembered,
	}, nil
}

// closedTiers are a closed network of stations with one server each.
func (s *site) closedTiers(tiers []tier) (*Law, error) {
	users := float64(s.client.Users)
	if err := s.admits(users, users); err != nil {
		return nil, err
	}
	q := theory.ClosedNetwork{Users: s.client.Users, Think: mean(s.client.Think)}
	var services, squares float64
	for _, t := range tiers {
		if t.servers > 1 {
			return nil, fmt.Errorf("services.%s.servers: must be 1 here for a law to be known (have %d)", t.name, t.servers)
		}
		q.Demands = append(q.Demands, 1/t.service)
		services += 1 / t.service
		squares += 1 / float64(t.service*t.service)
	}
	c := q.Solve()
	remembered, err := s.round(c.MeanResponse, squares/services)
	if err != nil {
		return nil, err
	}
	figures := []Figure{known("latency.mean", "N/X − Z", c.MeanResponse), s.completing("X by MVA", c.Throughput, c.Throughput*c.MeanResponse)}
	for k, t := range tiers {
		figures = append(figures,
			known("services."+t.name+".number.mean", "X R by MVA", c.MeanNumber[k]),
			known("services."+t.name+".utilization", "X D", c.Utilization[k]))
	}
	return &Law{
		requests: c.Throughput * s.span(), relaxation: remembered + piles(tiers, min(users, crowd(float64(c.Throughput*c.MeanResponse)))),
		Name:   fmt.Sprintf("closed, %d users of %d stations", q.Users, len(tiers)),
		Source: "Reiser, Lavenberg, Journal of the ACM 27 (1980) (mean value analysis)", Figures: figures,
	}, nil
}

// piles is how long a closed network remembers at which of its two slowest stations so
// many requests wait: what one sends comes to the other, which is a queue with as many
// places. Between two that are equally slow they drift by chance alone.
func piles(tiers []tier, requests float64) float64 {
	if len(tiers) < 2 {
		return 0
	}
	rates := make([]float64, len(tiers))
	for i, t := range tiers {
		rates[i] = t.service
	}
	slices.Sort(rates)
	return theory.Relaxation(rates[1], rates[0], 1, requests)
}
