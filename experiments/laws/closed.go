package laws

import (
	"errors"
	"fmt"

	"github.com/headroom-sim/headroom/experiments/theory"
)

var closedKeys = []string{"clients/*/users", "clients/*/think", "services/*/kind", "services/*/servers"}

// isClosed tells of users who think, send a request to a station, and think again.
func (s *site) isClosed() bool {
	v := s.Services[s.client.Target]
	return v != nil && v.Kind() == "station" && s.client.Kind() == "closed"
}

// closed is the law of the machine repairman.
func (s *site) closed() (*Law, error) {
	name := s.client.Target
	service, err := s.exponentialAt(name)
	if err != nil {
		return nil, err
	}
	if mean(s.client.Think) == 0 {
		return nil, errors.New("think: must be above 0s here for a law to be known")
	}
	q := theory.Repair{Users: s.client.Users, Think: 1 / mean(s.client.Think), Service: service, Servers: s.Services[name].Count()}
	r := q.Solve()
	return &Law{
		requests: r.Throughput * s.span(), relaxation: mean(s.client.Think) + r.MeanResponse,
		Name:   fmt.Sprintf("M/M/%d//%d", q.Servers, q.Users),
		Source: gross + "chapter 2 (machine repair)",
		Figures: []Figure{
			known("latency.mean", "L/X", r.MeanResponse),
			known("throughput", "X = Σ μn pn", r.Throughput),
			s.of("number.mean", "L = Σ n pn", r.MeanNumber),
			s.of("utilization", "X/cμ", r.Utilization),
			s.of("wait.mean", "Lq/X", r.MeanWait),
			s.of("delayed", "P(n ≥ c) of N−1 users", r.Delayed),
		},
	}, nil
}
