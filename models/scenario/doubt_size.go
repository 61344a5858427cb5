package scenario

import (
	"github.com/headroom-sim/headroom/models/client"
)

// A core simulates a million requests a second or two, whatever the site: more than
// so many of one client keep it for hours.
const (
	manyRequests = 1e10
	simulated    = 1e6 // a second, in round numbers
)

// doubtSize finds a client that asks for so much that the run would hardly end: a rate in a
// wrong unit, more often than not.
func (l *lint) doubtSize(c *client.Spec, path []string) {
	requests := float64(l.sessions(c) * c.Requests.Mean())
	if requests <= manyRequests {
		return
	}
	const day = 24 * 60 * 60
	l.doubt(sub(path, generating(c)), "asks for about %.2g requests in %s: at a million simulated in a second, that takes %.2g days",
		requests, l.Duration, requests/simulated/day)
}

// sessions is about how many a client begins in the run; 0 where that is not known.
func (l *lint) sessions(c *client.Spec) float64 {
	end := l.Duration.Time()
	if course := c.Course(l.zero(), end, end); course != nil {
		return float64(course[0] * end.Seconds())
	}
	if c.Kind() == "trace" {
		load, err := c.ReadTrace(l.Timezone.Location)
		if err != nil {
			return 0 // a problem, and reported as such
		}
		played, _ := c.Within(load, l.zero(), end)
		return played
	}
	perSecond, known := c.RateAtZero(l.zero())
	if !known {
		return 0
	}
	return float64(perSecond * end.Seconds())
}

// generating is the key that says how many sessions a client begins.
func generating(c *client.Spec) string {
	switch c.Kind() {
	case "bursty":
		return "burst_rate"
	case "closed":
		return "users"
	case "trace":
		return "trace"
	}
	if len(c.Daily.Points) > 0 {
		return "daily"
	}
	return "rate"
}
