package laws

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/quantity"
)

var (
	burstyKeys = []string{
		"clients/*/rate", "clients/*/burst_rate", "clients/*/burst_duration", "clients/*/calm_duration",
		"services/*/kind", "services/*/servers",
	}
	varyingKeys = []string{"clients/*/rate", "services/*/kind", "services/*/servers"}
)

// toStation tells of requests to a station.
func (s *site) toStation() bool {
	v := s.Services[s.client.Target]
	return v != nil && v.Kind() == "station"
}

// isBursty tells of arrivals in bursts at a station.
func (s *site) isBursty() bool {
	return s.toStation() && s.client.Kind() == "bursty" && len(s.client.Rate.Points) == 1
}

// bursty is the law of MMPP/M/c.
func (s *site) bursty() (*Law, error) {
	name, c := s.client.Target, s.client
	service, err := s.exponentialAt(name)
	if err != nil {
		return nil, err
	}
	q := theory.MMPP{
		Rate:    [2]float64{s.rate(), float64(c.BurstRate)},
		Stay:    [2]float64{c.CalmDuration.Time().Seconds(), c.BurstDuration.Time().Seconds()},
		Service: service, Servers: s.Services[name].Count(),
	}.Solve()
	rates, stays := q.Rate, q.Stay
	apart := (rates[0] - rates[1]) / (1/stays[0] + 1/stays[1])
	bursts := 2 * apart * apart / (q.Arrival() * (stays[0] + stays[1])) // of the arrivals' index of dispersion
	return &Law{
		requests:   q.Arrival() * s.span(),
		relaxation: float64(theory.Relaxation(q.Arrival(), service, q.Servers, math.Inf(1))*variability(1+bursts)) + 1/(1/stays[0]+1/stays[1]),
		Name:       fmt.Sprintf("MMPP/M/%d at %s", q.Servers, digits(q.Utilization())),
		Source:     "Fischer, Meier-Hellstern, Performance Evaluation 18 (1993), as a chain",
		Figures: []Figure{
			known("latency.mean", "Σ n p(n,j)/λ", q.MeanResponse()),
			s.of("wait.mean", "W − 1/μ", q.MeanWait()).among(q.Delayed),
			s.of("number.mean", "Σ n p(n,j)", q.MeanNumber),
			s.of("delayed", "Σ λj p(n ≥ c,j)/λ", q.Delayed),
			s.of("utilization", "λ/cμ", q.Utilization()),
		},
	}, nil
}

// isVarying tells of Poisson arrivals at a station, at a rate that is linear between
// points in time.
func (s *site) isVarying() bool {
	c := s.client
	return s.toStation() && c.Kind() == "poisson" && len(c.Rate.Points) > 1 && c.Shape == "linear"
}

// varying is the law of M_t/M/inf: over the whole run, and in the windows of the
// expectations on what it knows.
func (s *site) varying() (*Law, error) {
	name := s.client.Target
	service, err := s.exponentialAt(name)
	if err != nil {
		return nil, err
	}
	q := theory.Varying{Course: course(s.client.Rate.Points), Service: service}
	if enough := arrivals(q.Greatest() / service); float64(s.Services[name].Count()) < enough {
		return nil, fmt.Errorf("services.%s.servers: must be at least %.0f here: of a rate that changes a law is known only where nobody waits for a server (have %d)",
			name, math.Ceil(enough), s.Services[name].Count())
	}
	end := s.Duration.Time().Seconds()
	sum := q.Arrivals(end-s.span(), end)
	number := "services." + name + ".number.mean"
	in := func(metric, expectation string, from, to float64) Figure {
		f := Figure{Metric: metric, Expectation: expectation, Formula: "∫λ", Exact: q.Arrivals(from, to)}
		seen := f.Exact
		if metric == number {
			f.Formula, f.Exact = "(∫λ − Δm)/μT", q.MeanNumberOver(from, to)
			seen += q.MeanNumber(from)
		}
		return f.among(seen / sum)
	}
	figures := []Figure{in(number, "", end-s.span(), end), in("requests.offered", "", end-s.span(), end)}
	for _, expectation := range slices.Sorted(maps.Keys(s.Expectations)) {
		e := s.Expectations[expectation]
		if e.During != nil && (e.Metric == number || e.Metric == "requests.offered") {
			figures = append(figures, in(e.Metric, expectation, e.During.From.Time().Seconds(), e.During.To.Time().Seconds()))
		}
	}
	return &Law{Name: "Mt/M/∞", Source: "Eick, Massey, Whitt, Operations Research 41 (1993)", Figures: figures, requests: sum}, nil
}

// course is a profile of rates as theory has it, in seconds.
func course(points []quantity.RatePoint) []theory.RateAt {
	var list []theory.RateAt
	for _, p := range points {
		list = append(list, theory.RateAt{At: p.At.Seconds(), Rate: float64(p.Rate)})
	}
	return list
}
