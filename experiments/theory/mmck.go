package theory

// MMCK is the M/M/c/K queue: as M/M/c, but an arrival that finds Capacity in
// the station (waiting and in service) is turned away ([Gross] section 2.4).
// It has a steady state at any load.
type MMCK struct {
	Arrival  float64 // rate of arrivals, those turned away included
	Service  float64 // rate of one server
	Servers  int
	Capacity int // at least Servers
}

// Bounded is the steady state of an MMCK.
type Bounded struct {
	MMCK
	law law
}

// Solve finds the steady state.
func (q MMCK) Solve() Bounded {
	return Bounded{q, stationary(q.Capacity, func(int) float64 { return q.Arrival }, q.death)}
}

// Blocked is the share of arrivals turned away.
func (q Bounded) Blocked() float64 { return q.law[q.Capacity] }

// Throughput is the rate of arrivals let in, and of departures.
func (q Bounded) Throughput() float64 { return q.law.mean(q.death) }

// Utilization is the mean share of servers that are busy.
func (q Bounded) Utilization() float64 {
	return q.Throughput() / (float64(q.Servers) * q.Service)
}

// Number is the probability of n in the station.
func (q Bounded) Number(n int) float64 {
	if n > q.Capacity {
		return 0
	}
	return q.law[n]
}

// MeanNumber is the mean number in the station.
func (q Bounded) MeanNumber() float64 { return q.law.meanNumber() }

// MeanWait is the mean time in the queue, over the arrivals let in.
func (q Bounded) MeanWait() float64 { return q.law.meanQueue(q.Servers) / q.Throughput() }

// MeanResponse is the mean time from arrival to departure, over the arrivals
// let in.
func (q Bounded) MeanResponse() float64 { return q.MeanNumber() / q.Throughput() }

// Delayed is the share of the arrivals let in that wait.
func (q Bounded) Delayed() float64 {
	waiting := q.law.mean(func(n int) float64 {
		if n >= q.Servers && n < q.Capacity {
			return 1
		}
		return 0
	})
	return waiting * q.Arrival / q.Throughput()
}

func (q MMCK) death(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
