package scenario

import (
	"github.com/headroom-sim/headroom/models/client"
)

// checkBursts finds populations with more bursts than can be passed through in
// reasonable time.
func (c *crossChecker) checkBursts() {
	for _, name := range sorted(c.Clients) {
		s, path := c.Clients[name], []string{"clients", name, "burst_duration"}
		if s.Kind() != "bursty" || !c.sound("duration") || !c.sound(path...) || !c.sound("clients", name, "calm_duration") {
			continue
		}
		cycle := s.BurstDuration + s.CalmDuration
		if cycle > 0 && c.Duration/cycle > client.MostBursts {
			c.report(path, "must leave at most %d bursts in the run, calm_duration between them (duration %s, a burst each %s)", client.MostBursts, c.Duration, cycle)
		}
	}
}
