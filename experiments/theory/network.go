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

// Closed is the steady state of a ClosedNetwork.
type Closed struct {
	Throughput   float64   // rate at which requests are answered
	MeanResponse float64   // from request to answer
	MeanNumber   []float64 // at each station
	Utilization  []float64 // share of time that each station's server is busy
}

// Solve finds the steady state by recursion over the number of users.
func (q ClosedNetwork) Solve() Closed {
	c := Closed{MeanNumber: make([]float64, len(q.Demands)), Utilization: make([]float64, len(q.Demands))}
	residence := make([]float64, len(q.Demands))
	for users := range q.Users {
		cycle := q.Think
		for k, demand := range q.Demands {
			residence[k] = float64(demand * (1 + c.MeanNumber[k]))
			cycle += residence[k]
		}
		c.Throughput = float64(users+1) / cycle
		for k := range residence {
			c.MeanNumber[k] = c.Throughput * residence[k]
		}
	}
	c.MeanResponse = float64(q.Users)/c.Throughput - q.Think
	for k, demand := range q.Demands {
		c.Utilization[k] = c.Throughput * demand
	}
	return c
}
