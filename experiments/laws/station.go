package laws

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/scenario"
)

var stationKeys = []string{
	"clients/*/rate", "services/*/kind",
	"services/*/servers", "services/*/queue", "services/*/discipline", "services/*/patience", // of a station
	"services/*/vcpus", "services/*/max_connections", "services/*/pool", "services/*/pool_timeout", // of a database
	"services/*/engine", "services/*/latency", // of a cache
	"services/*/workers", "services/*/work", // of a queue
}

// queue is a queue of the textbooks, whatever part of a site it stands for.
type queue struct {
	metrics    string // of the service, without their ends
	arrival    float64
	service    quantity.Span
	servers    int
	all        int  // servers of which utilization is a share: a pool may let fewer of them serve
	places     *int // to wait; nil: any number
	patience   quantity.Span
	discipline string
	// apart is whether the clients' latency is not its response.
	apart bool
	span  float64 // that is measured, in seconds
}

// isStation tells of Poisson arrivals at a service that is a queue.
func (s *site) isStation() bool {
	v := s.Services[s.client.Target]
	return v != nil && s.poisson() && slices.Contains([]string{"station", "database", "cache", "queue"}, v.Kind())
}

// station is the law of a service that is a queue.
func (s *site) station() (*Law, error) {
	v, name := s.Services[s.client.Target], s.client.Target
	q := queue{
		metrics: "services." + name + ".", arrival: s.rate(), service: v.Work, span: s.span(),
		servers: v.Count(), all: v.Count(), places: v.Queue, patience: v.Patience, discipline: v.Discipline,
	}
	var err error
	if v.Kind() == "queue" {
		err = measurable("services."+name+".work", v.Work)
	} else {
		q.service, err = s.demandAt(name)
	}
	if err != nil {
		return nil, err
	}
	switch v.Kind() {
	case "database":
		return q.database(v)
	case "cache":
		return q.cache(v)
	case "queue":
		return q.messages(s.demand[name])
	}
	return q.law()
}

// messages is the law of those that consumers work on. What hands them in takes any time,
// each its own, so that they come as a Poisson stream again when the first are there.
func (q queue) messages(handing quantity.Span) (*Law, error) {
	q.discipline, q.apart = "fifo", true
	l, err := q.law()
	if err == nil && handing.Distribution != nil {
		l.relaxation += handing.Quantile(1-unseen) / 1e9
	}
	return l, err
}

// database is the law of one whose calls share its processors, or wait in front of
// them for one of as many connections or fewer.
func (q queue) database(v *scenario.Service) (*Law, error) {
	switch {
	case *v.MaxConnections < q.servers, v.Pool != nil && *v.MaxConnections < *v.Pool:
		return nil, fmt.Errorf("%smax_connections: must not be less than vcpus or pool here for a law to be known", q.metrics)
	case v.Pool == nil:
		places := *v.MaxConnections - q.servers
		q.places, q.discipline = &places, "ps"
	case *v.Pool <= q.servers:
		q.servers, q.discipline = *v.Pool, "fifo"
		l, err := q.law()
		if err == nil {
			longest := max(never*l.exact("latency.mean"), q.service.Quantile(1-unseen)/1e9)
			err = far(q.metrics+"pool_timeout", v.PoolTimeout.Time().Seconds(), longest, "s")
		}
		return l, err
	default:
		return nil, fmt.Errorf("%spool: must not exceed vcpus here for a law to be known", q.metrics)
	}
	return q.law()
}

// cache is the law of one that does nothing but look things up.
func (q queue) cache(v *scenario.Service) (*Law, error) {
	if v.Latency.Mean() != 0 {
		return nil, errors.New(q.metrics + "latency: must be 0s here for a law to be known")
	}
	q.servers, q.all, q.discipline = v.CacheSpec.Threads(0), v.CacheSpec.Threads(0), "fifo"
	l, err := q.law()
	if err == nil {
		longest := float64(never*l.exact("latency.mean")) + q.service.Quantile(1-unseen)/1e9
		err = far(q.metrics+"engine (connections)", float64(v.OwnConnections()), arrivals(float64(q.arrival*longest)), "")
	}
	return l, err
}

// law chooses among the queues that Kendall's notation knows.
func (q queue) law() (*Law, error) {
	const mostPlaces = 1_000_000 // each is a state to solve for
	switch {
	case q.places != nil && *q.places > mostPlaces:
		return nil, fmt.Errorf("no law is known of a queue with more than %d places (have %d)", mostPlaces, *q.places)
	case q.patience.Distribution != nil:
		return q.impatient()
	case q.discipline == "ps":
		return q.sharing()
	case q.places != nil && *q.places == 0:
		return q.loss()
	case family(q.service) == "exponential":
		return q.markovian()
	case q.servers == 1 && q.places == nil && q.discipline == "fifo":
		return q.general()
	}
	return nil, q.unknown()
}

// unknown says of a queue with demands that are not exponential why it has no law.
func (q queue) unknown() error {
	why := fmt.Sprintf("%d servers", q.servers)
	switch {
	case q.places != nil:
		why = "a queue that has an end"
	case q.discipline != "fifo":
		why = "a queue that is not first in, first out"
	}
	return fmt.Errorf("no law is known of %s with demands of %s: only exponential demands have one", why, q.service)
}

// named is a law of the queue; its name has the load of each server.
func (q queue) named(kendall, source string, figures ...Figure) *Law {
	load := q.arrival * mean(q.service) / float64(q.servers)
	if q.apart {
		figures = slices.DeleteFunc(figures, func(f Figure) bool { return strings.HasPrefix(f.Metric, "latency.") })
	}
	return &Law{
		Name: kendall + " at " + digits(load), Source: source, Figures: figures,
		requests: q.arrival * q.span, relaxation: q.relaxation(),
	}
}

// relaxation is how long the queue remembers, in seconds.
func (q queue) relaxation() float64 {
	m, capacity := mean(q.service), math.Inf(1)
	if q.patience.Distribution != nil {
		return m + mean(q.patience) // who waits longer has left
	}
	if q.places != nil {
		capacity = float64(q.servers + *q.places)
	}
	return theory.Relaxation(q.arrival, 1/m, q.servers, capacity) * variability(scv(q.service))
}

// utilization is the share of all servers that are busy where it is known of those that
// may serve.
func (q queue) utilization(formula string, share float64) Figure {
	return q.of("utilization", formula, share*float64(q.servers)/float64(q.all))
}

// of is a figure of the service.
func (q queue) of(metric, formula string, exact float64) Figure {
	return known(q.metrics+metric, formula, exact)
}

// markovian is M/M/c or M/M/c/K.
func (q queue) markovian() (*Law, error) {
	if q.places != nil {
		return q.bounded(), nil
	}
	m := theory.MMC{Arrival: q.arrival, Service: 1 / mean(q.service), Servers: q.servers}
	name := fmt.Sprintf("M/M/%d", q.servers)
	figures := []Figure{
		known("latency.mean", "W = C/(cμ−λ) + 1/μ", m.MeanResponse()),
		q.of("wait.mean", "C/(cμ−λ)", m.MeanWait()).among(m.Delayed()),
		q.of("number.mean", "L = λW", m.MeanNumber()),
		q.utilization("λ/cμ", m.Utilization()),
		q.of("delayed", "C(c, λ/μ)", m.Delayed()),
	}
	if q.discipline == "lifo" {
		return q.named(name+" last in, first out", gross+"chapter 2 (the order changes no mean)", figures...), nil
	}
	figures = append(figures,
		known("latency.sd", "σ of W", m.ResponseSD()),
		q.of("wait.sd", "√(C(2−C))/(cμ−λ)", m.WaitSD()).among(m.Delayed()))
	figures = append(figures, quantilesOf("latency", 0, m.ResponseQuantile)...)
	return q.named(name, gross+"chapter 2", append(figures, quantilesOf(q.metrics+"wait", 1-m.Delayed(), m.WaitQuantile)...)...), nil
}

// bounded is M/M/c/K.
func (q queue) bounded() *Law {
	m := q.mmck().Solve()
	return q.named(fmt.Sprintf("M/M/%d/%d", m.Servers, m.Capacity), gross+"chapter 2",
		known("latency.mean", "L/λ(1−pK)", m.MeanResponse()),
		known("availability", "1 − pK", 1-m.Blocked()).ending(m.MeanNumber()),
		q.of("number.mean", "Σ n pn", m.MeanNumber()),
		q.utilization("λ(1−pK)/cμ", m.Utilization()),
		q.of("wait.mean", "Lq/λ(1−pK)", m.MeanWait()).among(m.Delayed()),
		q.of("delayed", "P(c ≤ n < K)/(1−pK)", m.Delayed()),
		q.of("blocked", "λT pK", q.span*q.arrival*m.Blocked()))
}

func (q queue) mmck() theory.MMCK {
	return theory.MMCK{Arrival: q.arrival, Service: 1 / mean(q.service), Servers: q.servers, Capacity: q.servers + *q.places}
}

// loss is M/G/c/c, where nobody waits.
func (q queue) loss() (*Law, error) {
	load := q.arrival * mean(q.service)
	blocked := theory.ErlangB(q.servers, load)
	response := known("latency.mean", "1/μ", mean(q.service)).by(q.service, 1)
	response.Certain = scv(q.service) == 0
	return q.named(fmt.Sprintf("M/G/%d/%d", q.servers, q.servers), gross+"chapter 2 (Erlang B)",
		known("availability", "1 − B(c, λ/μ)", 1-blocked).by(q.service, 1).ending(load*(1-blocked)),
		q.of("number.mean", "(1−B) λ/μ", load*(1-blocked)).by(q.service, 1),
		response,
		q.of("blocked", "λT B", q.span*q.arrival*blocked).by(q.service, 1)), nil
}

// sharing is M/G/c with processor sharing, of any number or of K at most; only
// the mean of the demands matters.
func (q queue) sharing() (*Law, error) {
	if q.places != nil {
		if m := q.mmck().Solve(); m.Blocked() > unseen {
			return q.named(fmt.Sprintf("M/G/%d/%d-PS", m.Servers, m.Capacity), symmetric,
				known("latency.mean", "as M/M/c/K", m.MeanResponse()).by(q.service, 1).ending(m.MeanNumber()),
				known("availability", "1 − pK", 1-m.Blocked()).by(q.service, 1).ending(m.MeanNumber()),
				q.of("number.mean", "as M/M/c/K", m.MeanNumber()).by(q.service, 1),
				q.utilization("λ(1−pK)/cμ", m.Utilization()).by(q.service, 1)), nil
		}
	}
	m := theory.MGCPS{Arrival: q.arrival, Service: 1 / mean(q.service), Cores: q.servers}
	return q.named(fmt.Sprintf("M/G/%d-PS", q.servers), symmetric,
		known("latency.mean", "as M/M/c", m.MeanResponse()).by(q.service, 1).ending(m.MeanNumber()),
		q.of("number.mean", "as M/M/c", m.MeanNumber()).by(q.service, 1),
		q.utilization("λ/cμ", m.Utilization()).by(q.service, 1)), nil
}

// impatient is M/M/c+M.
func (q queue) impatient() (*Law, error) {
	service, err := exponential("the demand", q.service)
	if err != nil {
		return nil, err
	}
	patience, err := exponential("patience", q.patience)
	if err != nil {
		return nil, err
	}
	if q.places != nil {
		return nil, errors.New("no law is known of patience in a queue that has an end")
	}
	m := theory.ErlangA{Arrival: q.arrival, Service: service, Servers: q.servers, Patience: patience}.Solve()
	return q.named(fmt.Sprintf("M/M/%d+M", q.servers), "Garnett, Mandelbaum, Reiman, M&SOM 4 (2002) (Erlang A)",
		known("availability", "1 − θLq/λ", 1-m.Abandoned()).ending(m.MeanNumber()),
		q.of("wait.mean", "Lq/λ", m.MeanWait()).among(m.Delayed()),
		q.of("delayed", "P(n ≥ c)", m.Delayed()),
		q.of("number.mean", "Σ n pn", m.MeanNumber()),
		q.utilization("λ(1−P(Ab))/cμ", m.Utilization())), nil
}

// general is M/G/1, with quantiles where service is constant.
func (q queue) general() (*Law, error) {
	m := theory.MG1{Arrival: q.arrival, Service: moments(q.service)}
	figures := []Figure{
		known("latency.mean", "λE[S²]/2(1−ρ) + E[S]", m.MeanResponse()).by(q.service, 2),
		q.of("wait.mean", "λE[S²]/2(1−ρ)", m.MeanWait()).among(m.Utilization()).by(q.service, 2),
		q.of("number.mean", "L = λW", m.MeanNumber()).by(q.service, 2),
		q.utilization("ρ = λE[S]", m.Utilization()).by(q.service, 1),
		q.of("delayed", "ρ", m.Utilization()),
	}
	if !math.IsNaN(m.Service.Third) {
		figures = append(figures,
			known("latency.sd", "√(Wq² + λE[S³]/3(1−ρ) + Var S)", m.ResponseSD()).by(q.service, 3),
			q.of("wait.sd", "√(Wq² + λE[S³]/3(1−ρ))", m.WaitSD()).among(m.Utilization()).by(q.service, 3))
	}
	name := family(q.service)
	if name != "constant" {
		return q.named("M/G/1 ("+name+")", "Kleinrock, Queueing Systems 1, chapter 5 (Pollaczek, Khinchine; Takács)", figures...), nil
	}
	d := theory.MD1{Arrival: q.arrival, Service: mean(q.service)}
	figures = slices.Concat(figures, quantilesOf("latency", 0, d.ResponseQuantile), quantilesOf(q.metrics+"wait", 1-m.Utilization(), d.WaitQuantile))
	return q.named("M/D/1", "Franx, Operations Research Letters 29 (2001); Pollaczek, Khinchine", figures...), nil
}
