package scenario

import (
	"time"

	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Lookups is how many lookups per second clients bring to a content delivery
// network or a cache around time zero, retries left out. It is not known behind
// stores, which let through what they do not hold, nor where a client's rate is
// not.
func (s *Spec) Lookups(place string) (perSecond float64, known bool) {
	if s.behindStore(place) {
		return 0, false
	}
	return s.atZero(func(c *client.Spec) float64 { return s.lookups(c, place) })
}

// Visitors is how many sessions per second clients begin at a place around time
// zero. It is not known where a client's rate is not.
func (s *Spec) Visitors(place string) (perSecond float64, known bool) {
	return s.atZero(func(c *client.Spec) float64 {
		if c.Target == place {
			return 1
		}
		return 0
	})
}

// atZero adds up what the sessions of each client bring per second.
func (s *Spec) atZero(each func(*client.Spec) float64) (perSecond float64, known bool) {
	for _, name := range sorted(s.Clients) {
		c := s.Clients[name]
		share := each(c)
		if share == 0 {
			continue
		}
		sessions, ok := c.RateAtZero(s.zero())
		if !ok {
			return 0, false
		}
		perSecond += float64(sessions * share)
	}
	return perSecond, true
}

// behindStore tells whether what comes to a place depends on what some store
// holds.
func (s *Spec) behindStore(place string) bool {
	behind := some(s.Services, func(v *Service) bool { return v.Guards == place })
	for _, name := range sorted(s.CDNs) {
		if name != place && s.CDNs[name].Keys != nil {
			explore([]string{name}, s.next, func(next string) bool {
				behind = behind || next == place
				return !behind
			})
		}
	}
	return behind
}

// lookups is how many a client's session brings to a place on average.
func (s *Spec) lookups(c *client.Spec, place string) float64 {
	shares := s.shares(c)
	var sum float64
	for _, route := range sorted(shares) {
		r, part := s.Routes[route], 0.0
		if s.CDNs[place] != nil {
			part = float64(r.Cacheable)
		} else if demands(&r, place) {
			part = 1
		}
		sum += float64(float64(shares[route]) * s.comes(c.Target, place, route) * part)
	}
	return float64(c.Requests.Mean() * sum)
}

// shares are those of the routes among a client's requests.
func (s *Spec) shares(c *client.Spec) map[string]quantity.Share {
	if len(c.Routes) > 0 {
		return c.Routes
	}
	all := map[string]quantity.Share{}
	for name := range s.Routes {
		all[name] = 1 // there is one
	}
	return all
}

// zero is the wall-clock instant of time zero, in the scenario's time zone.
func (s *Spec) zero() time.Time {
	if s.Start == nil {
		return time.Time{}
	}
	return s.Start.In(s.Timezone.Location)
}
