package laws

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/scenario"
)

var sharedKeys = []string{
	"clients/*/rate", "clients/*/keep_alive",
	"fleets/*/vcpus", "fleets/*/speed", "fleets/*/zones", "fleets/*/min", "fleets/*/max", "fleets/*/server/software", "fleets/*/server/worker_connections",
}

// balancerKeys are those of a balancer that answers looks at, and of how it deals.
var balancerKeys = []string{
	"balancers/*/kind", "balancers/*/targets", "balancers/*/algorithm", "balancers/*/idle_timeout", "balancers/*/server_timeout",
	"balancers/*/health_check/timeout", "balancers/*/health_check/interval",
}

var balancedKeys = slices.Concat(balancerKeys, sharedKeys)

// isShared tells of Poisson arrivals at one server whose requests share its
// processors.
func (s *site) isShared() bool {
	f := s.Fleets[s.client.Target]
	return f != nil && s.poisson() && len(f.Below()) == 0 && f.Server.Software == "nginx" && f.Min == 1 && f.Max == 1
}

// shared is the law of such a server.
func (s *site) shared() (*Law, error) {
	name := s.client.Target
	f := s.Fleets[name]
	if f.VCPUs == nil {
		return nil, fmt.Errorf("fleets.%s.vcpus: must be given for a law to be known", name)
	}
	if s.client.KeepAlive {
		return nil, errors.New("clients: keep_alive must be false here for a law to be known: idle connections take places")
	}
	demand, err := s.demandAt(name)
	if err != nil {
		return nil, err
	}
	q := theory.MGCPS{Arrival: s.rate(), Service: f.Speed / mean(demand), Cores: *f.VCPUs}
	if err := far("fleets."+name+".server.worker_connections", float64(f.Server.WorkerConnections), crowd(q.MeanNumber()), ""); err != nil {
		return nil, err
	}
	return &Law{
		requests:   s.rate() * s.span(),
		relaxation: theory.Relaxation(q.Arrival, q.Service, q.Cores, math.Inf(1)) * variability(scv(demand)),
		Name:       fmt.Sprintf("M/G/%d-PS at %s", q.Cores, digits(q.Utilization())),
		Source:     symmetric,
		Figures: []Figure{
			known("latency.mean", "as M/M/c", q.MeanResponse()).by(demand, 1).ending(q.MeanNumber()),
			known("fleets."+name+".cpu.mean", "λ/cμ", q.Utilization()).by(demand, 1),
		},
	}, nil
}

// isBalanced tells of Poisson arrivals that a balancer deals to a fleet of stations
// with one server each.
func (s *site) isBalanced() bool {
	_, f, ok := s.farm()
	return ok && s.poisson() && f.Min == f.Max
}

// farm is the fleet of stations behind the balancer that clients address.
func (s *site) farm() (name string, f *scenario.Fleet, ok bool) {
	b := s.Balancers[s.client.Target]
	if b == nil || len(b.Targets) != 1 {
		return "", nil, false
	}
	name = b.Targets[0]
	f = s.Fleets[name]
	ok = f != nil && f.Server.Software == "station" && f.Server.Servers == nil && f.VCPUs != nil && *f.VCPUs == 1 && len(f.Zones) == 1
	return name, f, ok
}

// balanced is the law of equal stations among which requests are dealt.
func (s *site) balanced() (*Law, error) {
	name, f, _ := s.farm()
	service, err := s.exponentialAt(name)
	if err != nil {
		return nil, err
	}
	arrival, servers, service := s.rate(), f.Min, service*f.Speed
	cpu := known("fleets."+name+".cpu.mean", "λ/Nμ", arrival/(float64(servers)*service))
	law := func(kendall, source string, response Figure, quantiles []Figure) (*Law, error) {
		if err := s.answers(never * response.Exact); err != nil {
			return nil, err
		}
		figures := append([]Figure{response, cpu}, quantiles...)
		return &Law{
			Name: kendall + " at " + digits(cpu.Exact), Source: source, Figures: figures,
			requests: arrival * s.span(), relaxation: theory.Relaxation(arrival/float64(servers), service, 1, math.Inf(1)),
		}, nil
	}
	switch algorithm := s.Balancers[s.client.Target].Algorithm; algorithm {
	case "round_robin":
		q := theory.RoundRobin{Arrival: arrival, Service: service, Servers: servers}
		return law(fmt.Sprintf("%d × E%d/M/1", servers, servers), gross+"chapter 5 (G/M/1)",
			known("latency.mean", "1/μ(1−σ)", q.MeanResponse()), quantilesOf("latency", 0, q.ResponseQuantile))
	case "random", "weighted_random":
		q := theory.MMC{Arrival: arrival / float64(servers), Service: service, Servers: 1}
		return law(fmt.Sprintf("%d × M/M/1", servers), gross+"chapter 2 (a Poisson stream split at random)",
			known("latency.mean", "1/(μ−λ/N)", q.MeanResponse()), quantilesOf("latency", 0, q.ResponseQuantile))
	case "least_outstanding_requests", "power_of_two":
		q := theory.Shortest{Arrival: arrival, Service: service, Servers: servers, Choices: servers}
		if servers > theory.MostShortest {
			return nil, fmt.Errorf("no law is known of %s with more than %d servers (have %d)", algorithm, theory.MostShortest, servers)
		}
		name, source := "shortest queue", "Haight, Biometrika 45 (1958), as a chain"
		if algorithm == "power_of_two" {
			q.Choices = min(2, servers)
			name, source = "shorter of two", "Mitzenmacher, IEEE TPDS 12 (2001), as a chain"
		}
		if q.Utilization() > theory.HeaviestShortest {
			return nil, fmt.Errorf("no law is known of %s above a load of %g (have %s)", algorithm, theory.HeaviestShortest, digits(q.Utilization()))
		}
		return law(fmt.Sprintf("%d × M/M/1, %s", servers, name), source, known("latency.mean", "Σ n p(n₁…)/λ", q.MeanResponse()), nil)
	default:
		return nil, fmt.Errorf("no law is known of the algorithm %s", algorithm)
	}
}
