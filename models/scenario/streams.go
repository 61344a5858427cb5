package scenario

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/quantity"
)

// Stream are the requests of a client for a route that come to a place for sure,
// and are answered only when their work there is done.
type Stream struct {
	Client     *client.Spec
	PerSession float64       // requests in a session, on average
	Demand     quantity.Span // of a request at the place, at speed 1
}

// Streams are those of a fleet, station, pool or database, by client and route.
// Requests that may as well be answered elsewhere are in none.
func (s *Spec) Streams(place string) []Stream {
	if v := s.Services[place]; v != nil && !slices.Contains([]string{"station", "pool", "database"}, v.Kind()) {
		return nil
	}
	var list []Stream
	for _, name := range sorted(s.Clients) {
		c := s.Clients[name]
		if s.behindStore(place) || !s.straight(c.Target, place) {
			continue
		}
		shares := s.shares(c)
		for _, route := range sorted(shares) {
			r := s.Routes[route]
			if d, works := r.Demand[place]; works && s.comes(c.Target, place, route) == 1 {
				list = append(list, Stream{c, float64(c.Requests.Mean() * float64(shares[route])), d})
			}
		}
	}
	return list
}

// straight tells whether no network of caches and no choice of addresses stands
// between two places.
func (s *Spec) straight(from, to string) bool {
	straight := true
	explore([]string{from}, s.next, func(name string) bool {
		straight = straight && s.CDNs[name] == nil && s.DNS[name] == nil
		return name != to
	})
	return straight
}

// Shares are those of the routes among a client's requests.
func (s *Spec) Shares(c *client.Spec) map[string]quantity.Share { return s.shares(c) }

// Course is how many sessions of a client begin per second, on average over each
// minute of the run; nil where that is not known beforehand.
func (s *Spec) Course(c *client.Spec) []float64 {
	return c.Course(s.zero(), s.Duration.Time(), engine.Minute)
}

// MostCPU is how much work a place can do in a second, at most, in vCPU seconds at
// speed 1; ok is false where there is no bound.
//
// A fleet has one as long as no instance goes: another may come while the first
// still works off what it has, beyond max. Nor has one whose max may rise.
func (s *Spec) MostCPU(place string) (work float64, ok bool) {
	if v := s.Services[place]; v != nil {
		return float64(v.Count()), true
	}
	f := s.Fleets[place]
	if f.shrinks() || f.replaces() || s.undisturbed(place) < s.Duration.Time() {
		return 0, false
	}
	vcpus := f.vcpus()
	if w := float64(f.Server.WorkerProcesses); f.Server.Software == "nginx" && w > 0 {
		vcpus = min(vcpus, float64(w*f.Speed))
	}
	if n, ok := f.stationServers(); ok {
		vcpus = float64(float64(n) * f.Speed)
	}
	return float64(float64(max(f.Max, f.Start())) * vcpus), true
}

// replaces tells whether a fleet launches instances for others that are still
// there, of its own accord.
func (f *Fleet) replaces() bool {
	return f.Maintenance != nil || f.MaxInstanceLifetime != nil || f.HealthCheckType == "ELB"
}

// shrinks tells whether scaling may take an instance from a fleet, or change its
// max.
func (f *Fleet) shrinks() bool {
	return len(f.Schedules) > 0 || some(f.Policies, func(p *autoscaling.PolicySpec) bool { return !p.OnlyGrows() })
}

// stationServers are those of each instance of a fleet of stations that says how
// many; they need no vCPUs.
func (f *Fleet) stationServers() (n int, ok bool) {
	if f.Server.Software != "station" || f.Server.Servers == nil {
		return 0, false
	}
	return *f.Server.Servers, true
}
