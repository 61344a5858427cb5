package theory

import (
	"math"

	"github.com/headroom-sim/headroom/engine/random"
)

// MD1 is the M/D/1 queue: Poisson arrivals, one server, constant service time.
// Its means and deviations are those of MG1 with ConstantMoments.
type MD1 struct {
	Arrival float64 // rate of arrivals
	Service float64 // the service time, not its rate
}

// WaitQuantile is the time in the queue that a share p of all arrivals does
// not exceed, 0 <= p < 1.
//
// Method: G.J. Franx, "A simple solution for the M/D/c waiting time
// distribution", Operations Research Letters 29 (2001). An arrival waits at
// most x, (k-1) D <= x < k D, if and only if those that waited k D - x before
// it, and those that came since, are together fewer than k.
func (q MD1) WaitQuantile(p float64) float64 {
	rho := float64(q.Arrival * q.Service)
	if rho >= 1 {
		return math.Inf(1)
	}
	if p <= 1-rho {
		return 0
	}
	queue := newDeterministicQueue(rho, p)
	k := float64(len(queue))
	// In units of the service time: within is how long before x = k it lies.
	within := quantile(func(x float64) float64 { return 1 - queue.waitAtMost(rho, 1-x) }, p, 1)
	return float64((k - 1 + within) * q.Service)
}

// ResponseQuantile is the response that a share p of all arrivals does not
// exceed, 0 <= p < 1.
func (q MD1) ResponseQuantile(p float64) float64 { return q.WaitQuantile(p) + q.Service }

// deterministicQueue holds at m the probability that at most m wait in M/D/1.
type deterministicQueue []float64

// newDeterministicQueue returns the probabilities up to the first that is at
// least p. They follow from those of the number n in the station, seen at
// departures: the flow over the cut between n-1 and n is the same both ways,
// and down it goes in single steps,
//
//	p(n) a(0) = p(0) A(n) + p(1) A(n) + p(2) A(n-1) + ... + p(n-1) A(2),
//
// where a(j) is the probability of j arrivals during a service and A(j) that
// of at least j. All terms are positive: nothing cancels.
func newDeterministicQueue(rho, p float64) deterministicQueue {
	number := []float64{1 - rho}
	sum := 1 - rho
	var queue deterministicQueue
	arrivals := poissonTails(rho)
	for n := 1; ; n++ {
		flow := float64(number[0] * tailAt(arrivals, n))
		for i := 1; i < n; i++ {
			flow += float64(number[i] * tailAt(arrivals, n-i+1))
		}
		number = append(number, float64(flow*random.Exp(rho)))
		sum += number[n]
		queue = append(queue, sum)
		if sum >= p {
			return queue
		}
	}
}

// waitAtMost is the probability to wait at most len(queue) - before service
// times, 0 < before <= 1.
func (queue deterministicQueue) waitAtMost(rho, before float64) float64 {
	x := float64(rho * before)
	came := random.Exp(-x) // probability of j arrivals in that time
	var sum float64
	for j := range queue {
		sum += float64(came * queue[len(queue)-1-j])
		came *= x / float64(j+1)
	}
	return sum
}

// poissonTails holds at j the probability of at least j events where the mean
// is below 1, as far as it is not negligible.
func poissonTails(mean float64) []float64 {
	const last = 30 // 1/30! < 1e-32
	tails := make([]float64, last+1)
	probability := random.Exp(-mean)
	for j := range tails {
		tails[j] = probability
		probability *= mean / float64(j+1)
	}
	for j := last - 1; j >= 0; j-- {
		tails[j] += tails[j+1]
	}
	return tails
}

func tailAt(tails []float64, j int) float64 {
	if j >= len(tails) {
		return 0
	}
	return tails[j]
}
