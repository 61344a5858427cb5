package bounds

import (
	"fmt"
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments/theory"
	"github.com/headroom-sim/headroom/models/scenario"
)

// relaxations is how many relaxation times of a queue a run must measure at least
// to be judged by the steady state. The mean of a run of length T that begins empty
// is below that of the steady state by a share of t/4T under heavy load, where t is
// the relaxation time (J. Abate and W. Whitt, "Transient behavior of regulated
// Brownian motion, I", Advances in Applied Probability 19, 1987): here by 1 %, to the
// safe side of a bound. To compare theory with a run takes more.
const relaxations = 25

// station gives figures of the steady state, where an expectation is about a
// service that is M/M/c, M/M/c/K or M/M/c+M, over a run that is long against its
// relaxation time. Only upper bounds on what is better the less there is of it, and
// lower ones on availability, are taken: a run begins empty, so that its own figures
// are no worse on average than those of the steady state.
func station(s *scenario.Spec, e *scenario.Expectation) (Figure, bool) {
	if e.During != nil {
		return anything(), false
	}
	span := (s.Duration.Time() - s.Discard.For.Time()).Seconds()
	relation, _, _ := e.Bound()
	name, metric, inside := service(e.Metric)
	for _, candidate := range stations(s, name) {
		q, ok := s.Station(candidate)
		if !ok || !inside && !q.Alone || relaxations*relaxation(q) > span {
			continue
		}
		want := scenario.AtMost
		if metric == "availability" {
			want = scenario.AtLeast
		}
		if v, ok := steady(q, metric); ok && relation == want {
			return Figure{Lo: v, Hi: v, Steady: true, Reason: notation(q)}, true
		}
	}
	return anything(), false
}

// relaxation is about the time in seconds in which a queue forgets where it began,
// rather too long. Places to wait and impatience make it shorter; of impatience that
// counts: what is there goes at least as fast as the slower of service and patience.
func relaxation(q scenario.Station) float64 {
	slow := theory.Relaxation(q.Arrival, q.Service, q.Servers, math.Inf(1))
	if q.Patience > 0 {
		return min(slow, 1/min(q.Service, q.Patience))
	}
	return slow
}

// service splits the name of a service's metric; of the site's own ones inside is
// false.
func service(metric string) (name, rest string, inside bool) {
	if after, ok := strings.CutPrefix(metric, "services."); ok {
		name, rest, _ = strings.Cut(after, ".")
		return name, rest, true
	}
	return "", metric, false
}

// stations are the services that a metric may be about: the one that it names, or
// else the only one that clients address.
func stations(s *scenario.Spec, name string) []string {
	if name != "" {
		return []string{name}
	}
	for _, c := range s.Clients {
		name = c.Target
	}
	for _, c := range s.Clients {
		if c.Target != name {
			return nil
		}
	}
	return []string{name}
}

// notation is Kendall's, with the load.
func notation(q scenario.Station) string {
	name := fmt.Sprintf("M/M/%d", q.Servers)
	switch {
	case q.Patience > 0:
		name += "+M"
	case q.Places != nil:
		name += fmt.Sprintf("/%d", q.Servers+*q.Places)
	}
	return fmt.Sprintf("%s at %.4g erlangs", name, q.Arrival/q.Service)
}

// steady is the value of a metric in the steady state.
func steady(q scenario.Station, metric string) (float64, bool) {
	switch {
	case q.Patience > 0:
		return value(metric, ofErlangA(theory.ErlangA{Arrival: q.Arrival, Service: q.Service, Patience: q.Patience, Servers: q.Servers}.Solve()))
	case q.Places != nil:
		return value(metric, ofMMCK(theory.MMCK{Arrival: q.Arrival, Service: q.Service, Servers: q.Servers, Capacity: q.Servers + *q.Places}.Solve()))
	}
	m := theory.MMC{Arrival: q.Arrival, Service: q.Service, Servers: q.Servers}
	if v, ok := value(metric, ofMMC(m)); ok {
		return v, true
	}
	return quantile(m, metric)
}

func value(metric string, law map[string]func() float64) (float64, bool) {
	f, ok := law[metric]
	if !ok {
		return 0, false
	}
	return f(), true
}

func ofMMC(q theory.MMC) map[string]func() float64 {
	return map[string]func() float64{
		"utilization": q.Utilization, "delayed": q.Delayed, "number.mean": q.MeanNumber,
		"wait.mean": q.MeanWait, "latency.mean": q.MeanResponse,
		"availability": func() float64 { return 1 }, "blocked": func() float64 { return 0 },
	}
}

func ofMMCK(q theory.Bounded) map[string]func() float64 {
	return map[string]func() float64{
		"utilization": q.Utilization, "delayed": q.Delayed, "number.mean": q.MeanNumber,
		"wait.mean": q.MeanWait, "latency.mean": q.MeanResponse,
		"availability": func() float64 { return 1 - q.Blocked() },
	}
}

func ofErlangA(q theory.Impatient) map[string]func() float64 {
	return map[string]func() float64{
		"utilization": q.Utilization, "delayed": q.Delayed, "number.mean": q.MeanNumber,
		"wait.mean": q.MeanWait, "availability": func() float64 { return 1 - q.Abandoned() },
	}
}

// quantiles are those that metrics give.
var quantiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}

func quantile(q theory.MMC, metric string) (float64, bool) {
	kind, name, _ := strings.Cut(metric, ".")
	p, ok := quantiles[name]
	switch {
	case ok && kind == "wait":
		return q.WaitQuantile(p), true
	case ok && kind == "latency":
		return q.ResponseQuantile(p), true
	}
	return 0, false
}
