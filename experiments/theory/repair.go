package theory

// Repair is the machine-repair queue M/M/c//N: a number of users each think,
// send a request to a station with servers, wait for the answer and think
// again ([Gross] section 2.7). Any law of thinking times gives the same
// results; so does any law of service where the servers share all the work
// equally (processor sharing) or are as many as the users ([Kelly] section
// 3.3).
type Repair struct {
	Users   int
	Think   float64 // rate: 1 / mean thinking time
	Service float64 // rate of one server
	Servers int
}

// Repaired is the steady state of a Repair.
type Repaired struct {
	Throughput   float64   // rate of answers
	Utilization  float64   // mean share of servers that are busy
	MeanNumber   float64   // in the station
	MeanWait     float64   // in the queue
	MeanResponse float64   // from request to answer
	Delayed      float64   // share of requests that wait
	Number       []float64 // probability of 0, 1, ... up to all users in the station
}

// Solve finds the steady state.
func (q Repair) Solve() Repaired {
	p := stationary(q.Users, q.birth, q.death)
	r := Repaired{Throughput: p.mean(q.death), MeanNumber: p.meanNumber(), Delayed: q.delayed(), Number: p}
	r.Utilization = r.Throughput / (float64(q.Servers) * q.Service)
	r.MeanWait = p.meanQueue(q.Servers) / r.Throughput
	r.MeanResponse = r.MeanNumber / r.Throughput
	return r
}

// delayed is the share of requests that wait: one sees the station as it would be
// without its user.
func (q Repair) delayed() float64 {
	if q.Users <= q.Servers {
		return 0
	}
	q.Users--
	return stationary(q.Users, q.birth, q.death).mean(func(n int) float64 {
		if n >= q.Servers {
			return 1
		}
		return 0
	})
}

func (q Repair) birth(n int) float64 { return float64(q.Users-n) * q.Think }
func (q Repair) death(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
