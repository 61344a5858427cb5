package theory

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// MMC is the M/M/c queue: Poisson arrivals, exponential service, servers that
// share one queue without bound ([Gross] section 2.3). With one server it is
// M/M/1. A station to which a share of a Poisson stream goes at random is the
// same queue with that share of the rate.
type MMC struct {
	Arrival float64 // rate of arrivals
	Service float64 // rate of one server
	Servers int
}

// Utilization is the load on each server; not below 1 where there is no steady
// state.
func (q MMC) Utilization() float64 { return q.load() / float64(q.Servers) }

// Delayed is the share of arrivals that wait (Erlang C).
func (q MMC) Delayed() float64 { return ErlangC(q.Servers, q.load()) }

// MeanWait is the mean time in the queue, over all arrivals.
func (q MMC) MeanWait() float64 { return q.ifStable(q.Delayed() / q.spare()) }

// WaitSD is the standard deviation of the time in the queue, over all
// arrivals: those delayed wait for an exponential time.
func (q MMC) WaitSD() float64 {
	delayed := q.Delayed()
	return q.ifStable(math.Sqrt(delayed*(2-delayed)) / q.spare())
}

// WaitQuantile is the time in the queue that a share p of all arrivals does
// not exceed, 0 <= p < 1.
func (q MMC) WaitQuantile(p float64) float64 {
	delayed := q.Delayed()
	if 1-p >= delayed {
		return 0
	}
	return q.ifStable(random.Log(delayed/(1-p)) / q.spare())
}

// MeanResponse is the mean time from arrival to departure.
func (q MMC) MeanResponse() float64 { return q.MeanWait() + 1/q.Service }

// ResponseSD is the standard deviation of the time from arrival to departure.
func (q MMC) ResponseSD() float64 {
	wait, service := q.WaitSD(), 1/q.Service
	return math.Sqrt(float64(wait*wait) + float64(service*service))
}

// ResponseTail is the share of arrivals whose response takes longer than t >= 0
// in the steady state, which must exist. A response is a service, and for
// those delayed an exponential wait before it.
func (q MMC) ResponseTail(t float64) float64 {
	gone := random.Exp(-q.Service * t)
	surplus := float64(q.Servers) - 1 - q.load() // spare rate less one server's, in servers
	var waited float64
	if x := q.Service * surplus * t; math.Abs(x) < 1 {
		waited = gone * q.Service * t * meanOfExp(-x)
	} else {
		waited = (gone - random.Exp(-q.spare()*t)) / surplus
	}
	return gone + float64(q.Delayed()*waited)
}

// meanOfExp is (e^x - 1)/x, the mean of e^y for y between 0 and x.
func meanOfExp(x float64) float64 {
	if x == 0 {
		return 1
	}
	return random.Expm1(x) / x
}

// ResponseQuantile is the response that a share p of all arrivals does not
// exceed, 0 <= p < 1.
func (q MMC) ResponseQuantile(p float64) float64 {
	if q.spare() <= 0 {
		return math.Inf(1)
	}
	return quantile(q.ResponseTail, p, 1/q.Service)
}

// MeanNumber is the mean number in the station, waiting and in service.
func (q MMC) MeanNumber() float64 { return q.Arrival * q.MeanResponse() }

// MeanQueue is the mean number waiting.
func (q MMC) MeanQueue() float64 { return q.Arrival * q.MeanWait() }

// Number is the probability of n in the station, n >= 0; 0 for every n where
// there is no steady state.
func (q MMC) Number(n int) float64 {
	rho := q.Utilization()
	if rho >= 1 {
		return 0
	}
	p := relative(q.Servers, q.birth, q.death)
	all := p[q.Servers] * rho / (1 - rho) // weight of the states in which one waits
	for _, weight := range p {
		all += weight
	}
	if n <= q.Servers {
		return p[n] / all
	}
	return p[q.Servers] / all * random.Pow(rho, float64(n-q.Servers))
}

func (q MMC) load() float64 { return q.Arrival / q.Service }

// spare is the rate by which the servers outdo the arrivals.
func (q MMC) spare() float64 { return float64(float64(q.Servers)*q.Service) - q.Arrival }

func (q MMC) birth(int) float64   { return q.Arrival }
func (q MMC) death(n int) float64 { return float64(min(n, q.Servers)) * q.Service }

func (q MMC) ifStable(v float64) float64 {
	if q.spare() <= 0 {
		return math.Inf(1)
	}
	return v
}
