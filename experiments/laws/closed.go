package laws

import (
	"errors"
	"fmt"
	"math"

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
	remembered, err := s.round(r.MeanResponse, 1/service)
	if err != nil {
		return nil, err
	}
	return &Law{
		requests: r.Throughput * s.span(), relaxation: remembered,
		Name:   fmt.Sprintf("M/M/%d//%d", q.Servers, q.Users),
		Source: gross + "chapter 2 (machine repair)",
		Figures: []Figure{
			known("latency.mean", "L/X", r.MeanResponse),
			s.completing("X = Σ μn pn", r.Throughput, r.MeanNumber),
			s.of("number.mean", "L = Σ n pn", r.MeanNumber),
			s.of("utilization", "X/cμ", r.Utilization),
			s.of("wait.mean", "Lq/X", r.MeanWait).among(r.Delayed),
			s.of("delayed", "P(n ≥ c) of N−1 users", r.Delayed),
		},
	}, nil
}

// completing is the throughput of a run, in which what is under way at its end does not
// count.
func (s *site) completing(formula string, throughput, number float64) Figure {
	return known("throughput", formula+", less L/T", throughput-number/s.span())
}

// round is how long users remember how they began, in seconds, with responses and the
// service in them of some means: the rest of a pause, and where in its round each is. All
// begin alike, with a fresh pause, so that pauses of one length keep them in step until
// responses, of which the variance is some response times service, have blurred it (the
// first Fourier coefficient of where they are).
func (s *site) round(response, service float64) (float64, error) {
	const varied = 4 // beyond it few long pauses decide
	think, variance := mean(s.client.Think), 0.0
	if think > 0 {
		variance = scv(s.client.Think)
	}
	if variance > varied {
		return 0, fmt.Errorf("think: must not vary by more than scv=%d for a law to be known (have %s)", varied, s.client.Think)
	}
	square := float64(think * think)
	blurred := 2 * math.Pi * math.Pi * (float64(variance*square) + float64(response*service))
	rounds := square / blurred
	return float64(think*max(1, variability(variance))) + response + float64(rounds*(think+response)), nil
}
