package experiments

import (
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/client"
)

// A cell's work is told in requests: a simulated minute without any costs as
// much as minuteWork of them, and a population whose load is not known before
// is taken to send unknownWork.
const (
	minuteWork  = 50
	unknownWork = 100_000
)

// work is what simulating a cell of the study costs, about, in requests: to
// tell how much of a batch of unequal cells is done.
func (s *Study) work() float64 {
	minutes := float64(s.end()) / float64(engine.Minute)
	sum := float64(minutes * minuteWork)
	for _, c := range s.Spec.Clients { // in any order: nothing rests on the last digit
		sum += s.requests(c)
	}
	if s.Spec.Discard.Auto {
		sum *= 2 // a pilot run goes before
	}
	return sum
}

// requests are those that a population is expected to send.
func (s *Study) requests(c *client.Spec) float64 {
	var start time.Time
	if s.Spec.Start != nil {
		start = s.Spec.Start.In(s.Spec.Timezone.Location)
	}
	var sessions float64
	if course := c.Course(start, s.end(), engine.Minute); course != nil {
		for _, rate := range course {
			sessions += float64(rate * engine.Minute.Seconds())
		}
	} else if rate, known := c.RateAtZero(start); known {
		sessions = float64(rate * s.end().Seconds())
	} else {
		return unknownWork * c.Scale
	}
	return sessions * c.Requests.Mean()
}
