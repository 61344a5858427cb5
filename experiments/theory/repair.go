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

// Throughput is the rate of answers.
func (q Repair) Throughput() float64 { return q.law().mean(q.death) }

// Utilization is the mean share of servers that are busy.
func (q Repair) Utilization() float64 {
	return q.Throughput() / (float64(q.Servers) * q.Service)
}

// MeanNumber is the mean number in the station.
func (q Repair) MeanNumber() float64 { return q.law().meanNumber() }

// Number is the probability of n in the station.
func (q Repair) Number(n int) float64 {
	if n > q.Users {
		return 0
	}
	return q.law()[n]
}

// MeanWait is the mean time in the queue.
func (q Repair) MeanWait() float64 { return q.law().meanQueue(q.Servers) / q.Throughput() }

// MeanResponse is the mean time from request to answer.
func (q Repair) MeanResponse() float64 { return q.MeanNumber() / q.Throughput() }

// Delayed is the share of requests that wait. A request sees the station as it
// would be without its user.
func (q Repair) Delayed() float64 {
	if q.Users <= q.Servers {
		return 0
	}
	q.Users--
	return q.law().mean(func(n int) float64 {
		if n >= q.Servers {
			return 1
		}
		return 0
	})
}

func (q Repair) law() law { return stationary(q.Users, q.birth, q.death) }

func (q Repair) birth(n int) float64 { return float64(q.Users-n) * q.Think }
func (q Repair) death(n int) float64 { return float64(min(n, q.Servers)) * q.Service }
