package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A run in whose midst something is counted wrongly has no outcome, and says all that
// is wrong and where.
func TestBrokenInvariants(t *testing.T) {
	const text = `
		duration = "10m"
		[clients.visitors]
		target = "lb"
		rate = "5/s"
		[clients.readers]
		target = "edge"
		rate = "1/s"
		[cdns.edge]
		origin = "images"
		hit_ratio = 0.5
		[services.images]
		kind = "function"
		[routes.page]
		demand = { web = "20ms", images = "20ms" }
		session = "write"
		[balancers.lb]
		kind = "application"
		targets = ["web"]
		[fleets.web]
		instance = "t3.micro"
		zones = ["a"]
		min = 2
		max = 2`
	for _, c := range []struct {
		name, want string
		harm       func(*System)
	}{
		{"requests", "balancer lb: requests are not conserved: ", func(s *System) { s.balancers[0].received.Requests++ }},
		{"instances", "fleet web: 2 instances run, but 3 are billed", func(s *System) { s.fleets[0].bill.Launch(s.sim.Now()) }},
		{"time", "fleet web: 1200 s of instances are billed, but they were paid for ", func(s *System) {
			s.fleets[0].paid.Integral.High++
		}},
		{"minutes", "fleet web: 1440 s of instances are billed, but they were paid for 1200.000 s, in 3 launches", func(s *System) {
			s.fleets[0].bill.Launch(s.sim.Now())
			s.fleets[0].bill.Terminate(s.sim.Now(), s.sim.Now()+4*engine.Minute)
		}},
		{"credits", "fleet web: web-1: server: CPU credits are not conserved: ", func(s *System) {
			s.fleets[0].hosts[0].server.Wake(server.Savings{})
		}},
		{"calls", "service images: function: .* calls came and ", func(s *System) { s.services[0].facility.(*function).Received++ }},
		{"fetches", "cdn edge: content delivery network: .* calls came and ", func(s *System) { s.cdns[0].Received++ }},
		{"two things", "balancer lb: requests are not conserved: .*; fleet web: 2 instances run, but 3 are billed", func(s *System) {
			s.balancers[0].received.Requests++
			s.fleets[0].bill.Launch(s.sim.Now())
		}},
		{"sign-ins", "session: ", func(s *System) {
			s.store.Serve(&traffic.Attempt{Visitor: &traffic.Visitor{}}, &traffic.Memory{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := read(t, text, nil)
			s := Build(spec, whole(spec))
			half := false
			o, err := s.Run(func(now engine.Time) bool {
				if !half && now >= 5*engine.Minute {
					half = true
					c.harm(s)
				}
				return true
			})
			require.Nil(t, o)
			var broken *InvariantError
			require.ErrorAs(t, err, &broken)
			require.Regexp(t, "^internal error: "+c.want, err.Error())
			require.ErrorContains(t, err, "please report this with the scenario and the seed")
		})
	}
}

// An event list out of order is the simulator's fault too.
func TestTheClockIsAnInvariant(t *testing.T) {
	spec := read(t, outage, nil)
	var broken *InvariantError
	require.ErrorAs(t, Build(spec, whole(spec)).explain(&engine.ClockError{}), &broken)
}
