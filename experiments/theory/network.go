package theory

// ClosedNetwork is a closed network of queues: users think, visit stations with
// one exponential server each, and think again. It is solved by exact mean value
// analysis (M. Reiser, S.S. Lavenberg, "Mean-value analysis of closed multichain
// queuing networks", Journal of the ACM 27 (1980)): who arrives at a station sees
// it as it would be with one user less. Any law of thinking times gives the same
// results.
type ClosedNetwork struct {
	Users   int
	Think   float64   // mean time
	Demands []float64 // mean service time of a request at each station, over all visits
}

// Throughput is the rate at which requests are answered.
func (q ClosedNetwork) Throughput() float64 {
	x, _ := q.analyse()
	return x
}

// MeanResponse is the mean time from request to answer.
func (q ClosedNetwork) MeanResponse() float64 {
	return float64(q.Users)/q.Throughput() - q.Think
}

// MeanNumber is the mean number at a station.
func (q ClosedNetwork) MeanNumber(station int) float64 {
	_, number := q.analyse()
	return number[station]
}

// Utilization is the share of time that a station's server is busy.
func (q ClosedNetwork) Utilization(station int) float64 {
	return q.Throughput() * q.Demands[station]
}

// analyse is the recursion over the number of users.
func (q ClosedNetwork) analyse() (throughput float64, number []float64) {
	number = make([]float64, len(q.Demands))
	residence := make([]float64, len(q.Demands))
	for users := range q.Users {
		cycle := q.Think
		for k, demand := range q.Demands {
			residence[k] = float64(demand * (1 + number[k]))
			cycle += residence[k]
		}
		throughput = float64(users+1) / cycle
		for k := range number {
			number[k] = throughput * residence[k]
		}
	}
	return throughput, number
}
