package autoscaling

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/cloudwatch"
)

// scraper reads the CPU time of a group's instances at the multiples of its
// resolution, as the metrics servers and agents of other clouds do. A sample is
// the mean between two scrapes, or since the instance is in service. A group has
// one scraper at most: none with policies of AWS.
type scraper struct {
	group      *Group
	resolution engine.Time
	depth      int // scrapes back that a sample's window begins
	scraped    func(now engine.Time)
}

// scrape is the CPU time of an instance since its launch, read at an instant.
type scrape struct{ at, busy, there engine.Time }

// sample is what an instance used over a window.
type sample struct {
	end, window engine.Time
	busy, there engine.Time // CPU time used, and what the vCPUs could have given
}

// start begins to scrape; scraped, unless nil, is called after each.
func (s *scraper) start() {
	s.group.need(s.resolution)
	var tick *engine.Routine[struct{}]
	// The group has been told what its instances used, and no policy asks yet.
	tick = engine.NewRoutine(s.group.sim, "scrape", engine.Change, func(struct{}) {
		tick.After(s.resolution, struct{}{})
		for _, i := range s.group.Instances {
			i.scrape(s.group.sim.Now(), s.depth)
		}
		if s.scraped != nil {
			s.scraped(s.group.sim.Now())
		}
	})
	tick.After(s.resolution, struct{}{})
}

// scrape reads the instance, and keeps what a window of the given depth needs.
// A time out of service is the end of one series and the beginning of another.
func (i *Instance) scrape(now engine.Time, depth int) {
	read := scrape{now, i.busy, i.there}
	switch {
	case i.State != InService:
		i.scrapes, i.origin = i.scrapes[:0], read
		return
	case len(i.scrapes) > depth:
		i.scrapes = i.scrapes[:copy(i.scrapes, i.scrapes[1:])]
	}
	i.scrapes = append(i.scrapes, read)
}

// sample is the newest sample of the instance; ok is false if it has none yet.
func (s *scraper) sample(i *Instance) (_ sample, ok bool) {
	n := len(i.scrapes)
	if n == 0 {
		return sample{}, false
	}
	last, first := i.scrapes[n-1], i.origin
	first.at = i.Since
	if n > s.depth {
		first = i.scrapes[n-1-s.depth]
	}
	u := sample{last.at, last.at - first.at, last.busy - first.busy, last.there - first.there}
	return u, u.there > 0
}

// percent is the utilization of the sample's vCPUs.
func (s *sample) percent() cloudwatch.Value { return cloudwatch.Percent(s.busy, s.there) }
