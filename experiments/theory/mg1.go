package theory

import "math"

// MG1 is the M/G/1 queue: Poisson arrivals, one server, any law of service
// times ([Kleinrock] vol. 1, chapter 5).
type MG1 struct {
	Arrival float64 // rate of arrivals
	Service Moments // of the service times
}

// Utilization is the share of time that the server is busy, and the share of
// arrivals that wait; not below 1 where there is no steady state.
func (q MG1) Utilization() float64 { return float64(q.Arrival * q.Service.First) }

// MeanWait is the mean time in the queue: the Pollaczek-Khinchine formula.
func (q MG1) MeanWait() float64 {
	return q.ifStable(q.Arrival * q.Service.Second / (2 * (1 - q.Utilization())))
}

// WaitSD is the standard deviation of the time in the queue (Takacs'
// recursion of its moments, [Kleinrock] vol. 1, equation 5.112 and following).
func (q MG1) WaitSD() float64 {
	mean := q.MeanWait()
	third := q.Arrival * q.Service.Third / (3 * (1 - q.Utilization()))
	return q.ifStable(math.Sqrt(float64(mean*mean) + third))
}

// MeanResponse is the mean time from arrival to departure.
func (q MG1) MeanResponse() float64 { return q.MeanWait() + q.Service.First }

// ResponseSD is the standard deviation of the time from arrival to departure.
func (q MG1) ResponseSD() float64 {
	wait := q.WaitSD()
	return math.Sqrt(float64(wait*wait) + q.Service.Variance())
}

// MeanNumber is the mean number in the station.
func (q MG1) MeanNumber() float64 { return q.Arrival * q.MeanResponse() }

func (q MG1) ifStable(v float64) float64 {
	if q.Utilization() >= 1 {
		return math.Inf(1)
	}
	return v
}
