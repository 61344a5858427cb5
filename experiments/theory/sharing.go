package theory

// MGCPS is c-core processor sharing with Poisson arrivals: n jobs share
// min(n, Cores) cores equally, at most one each. The number in the station has
// the law of M/M/c whatever the law of service times, only their mean matters;
// so have the means of the response ([Kelly] section 3.3, symmetric queues;
// with one core, [Kleinrock] vol. 2, section 4.4).
type MGCPS struct {
	Arrival float64 // rate of arrivals
	Service float64 // rate of one core: 1 / mean service time
	Cores   int
}

// Utilization is the load on each core.
func (q MGCPS) Utilization() float64 { return q.equivalent().Utilization() }

// MeanResponse is the mean time from arrival to departure.
func (q MGCPS) MeanResponse() float64 { return q.equivalent().MeanResponse() }

// MeanResponseOf is the mean response of jobs that need the service time
// given on a core of their own: it is proportional to the need.
func (q MGCPS) MeanResponseOf(need float64) float64 {
	return need * q.Service * q.MeanResponse()
}

// MeanNumber is the mean number in the station.
func (q MGCPS) MeanNumber() float64 { return q.equivalent().MeanNumber() }

// Number is the probability of n in the station.
func (q MGCPS) Number(n int) float64 { return q.equivalent().Number(n) }

func (q MGCPS) equivalent() MMC { return MMC{q.Arrival, q.Service, q.Cores} }
