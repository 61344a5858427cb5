package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

func TestTallyCounts(t *testing.T) {
	r := newRig(spec("application"))
	first, second := r.add(0, ""), r.add(1, "")
	second.busy = true
	r.request(0)
	r.request(1)
	r.run(t, 2*engine.Second)
	second.release(traffic.OK)
	r.run(t, 10*engine.Second)
	first.cause = traffic.Closed
	r.request(0)
	cut := r.Cut(10 * engine.Second)
	require.EqualValues(t, 3, cut.Requests)
	require.EqualValues(t, 2, cut.Answers[traffic.OK])
	require.EqualValues(t, 1, cut.Errors[traffic.Status502])
	require.EqualValues(t, 3, cut.ClientConnections)
	require.EqualValues(t, 2, cut.TargetConnections)
	require.Equal(t, 2.0, cut.Healthy.Mean())
	require.Equal(t, []balancer.TargetTally{{0, 2, 2, 1_500_000}, {1, 1, 1, 1_500_000}}, cut.Targets)
	require.Zero(t, r.Cut(10*engine.Second).Requests)
}

func TestHealthyTargetsOverTime(t *testing.T) {
	s := spec("application")
	s.HealthCheck.Interval = seconds(10)
	r := newRig(s)
	r.add(0, "")
	broken := r.add(1, "")
	r.at(100*engine.Second, func() { broken.health = traffic.Status500 })
	r.at(300*engine.Second, func() { r.addNew(2, "") })
	r.at(400*engine.Second, func() { r.Deregister(0, nil) })
	r.run(t, 500*engine.Second)
	down, up := r.verdictsOn(1, 0)[0].at, r.verdictsOn(2, 0)[0].at
	cut := r.Cut(500 * engine.Second)
	var healthy engine.Time // target-nanoseconds
	healthy += 400 * engine.Second
	healthy += down
	healthy += 500*engine.Second - up
	require.InDelta(t, healthy.Seconds()/500, cut.Healthy.Mean(), 1e-9)
	require.InDelta(t, (500*engine.Second-down).Seconds()/500, cut.Unhealthy.Mean(), 1e-9)
	require.EqualValues(t, 2, cut.Healthy.Max)
}

// The imbalance is the plain coefficient of variation where all targets are
// healthy all the time.
func TestImbalanceIsTheCoefficientOfVariation(t *testing.T) {
	tally := balancer.Tally{Targets: []balancer.TargetTally{
		{ID: 0, Shared: 50, Fair: 100e6}, {ID: 1, Shared: 150, Fair: 100e6}, {ID: 2, Requests: 7}, {ID: 3, Shared: 100, Fair: 100e6},
	}}
	got, ok := tally.Imbalance()
	require.True(t, ok)
	require.InDelta(t, 0.408248, got, 1e-6) // sqrt((50^2+50^2+0)/3) / 100
	_, ok = (&balancer.Tally{}).Imbalance()
	require.False(t, ok)
}

// A target that comes late is not imbalance.
func TestImbalanceAfterScaleOut(t *testing.T) {
	r := newRig(spec("application"))
	r.add(0, "")
	r.add(1, "")
	for range 100 {
		r.request(0)
	}
	r.addNew(2, "")
	r.run(t, engine.Minute)
	for range 30 {
		r.request(0)
	}
	cut := r.Cut(engine.Minute)
	got, _ := cut.Imbalance()
	require.Zero(t, got)
	require.Len(t, cut.Targets, 3)
	require.EqualValues(t, 10_000_000, cut.Targets[2].Fair)
}

// glanceParts: the wait is known to a tenth.
const glanceParts = 10

// A new target that gets its share at once waits for nothing; one that gets
// less than half waits until it does.
func TestShareLag(t *testing.T) {
	for _, late := range []engine.Time{0, 30 * engine.Second} {
		s := spec("application")
		s.Algorithm = "least_outstanding_requests"
		r := newRig(s)
		r.add(0, "")
		fresh := r.addNew(1, "")
		for at := engine.Millisecond; len(r.verdicts) == 0; at += engine.Millisecond {
			r.run(t, at)
		}
		healthy := r.verdicts[0].at
		// Requests that never end keep others away.
		for at := healthy + engine.Millisecond; at < healthy+engine.Minute; at += 10 * engine.Millisecond {
			r.at(at, func() {
				fresh.busy = fresh.requests == 0 && late > 0
				r.request(0)
			})
		}
		if late > 0 {
			r.at(healthy+late, func() { fresh.release(traffic.OK) })
		}
		r.run(t, 2*engine.Minute)
		cut := r.Cut(2 * engine.Minute)
		lag, ok := cut.MeanShareLag()
		require.True(t, ok)
		require.InDelta(t, late.Seconds(), lag, late.Seconds()/glanceParts)
		require.EqualValues(t, 1, cut.ShareLags)
	}
}

func TestShareLagNeedsASample(t *testing.T) {
	r := newRig(spec("application"))
	r.addNew(0, "")
	r.run(t, engine.Hour)
	cut := r.Cut(engine.Hour)
	_, ok := cut.MeanShareLag()
	require.False(t, ok, "nobody has asked for anything")
}

func TestTimelineOfATarget(t *testing.T) {
	r := newRig(spec("application"))
	server := r.addNew(3, "")
	r.run(t, engine.Minute)
	r.request(0)
	server.health = traffic.Refused
	r.run(t, 3*engine.Minute)
	r.Deregister(3, nil)
	r.run(t, 10*engine.Minute)
	var kinds []timeline.Kind
	for _, e := range r.log.Events {
		if e.Kind == timeline.FailOpen { // of a node, not of the target
			continue
		}
		require.Equal(t, []string{"lb", "web", "web-3"}, []string{e.Subject, e.Fleet, e.Instance})
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []timeline.Kind{
		timeline.Registered, timeline.Healthy, timeline.FirstServed, timeline.Unhealthy, timeline.Draining, timeline.Deregistered,
	}, kinds)
}

// Whatever happens, no request is lost, and cutting more often changes nothing.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := spec(rapid.SampledFrom([]string{"application", "classic"}).Draw(t, "kind"))
		s.Algorithm = rapid.SampledFrom([]string{"round_robin", "least_outstanding_requests", "random", "power_of_two"}).Draw(t, "algorithm")
		s.CrossZone = rapid.Bool().Draw(t, "cross-zone")
		s.HealthCheck.Interval, s.IdleTimeout, s.DeregistrationDelay = seconds(5), seconds(20), seconds(10)
		s.HealthCheck.Timeout = seconds(2)
		once, often := newRig(s, "a", "c"), newRig(s, "a", "c")
		var sum balancer.Tally
		steps := rapid.SliceOfN(rapid.IntRange(0, 1<<20), 1, 150).Draw(t, "steps")
		a, b := &swarm{rig: once}, &swarm{rig: often}
		for _, step := range steps {
			a.step(t, step)
			b.step(t, step)
			cut := often.Cut(often.sim.Now())
			sum.Merge(&cut)
		}
		total := once.Cut(once.sim.Now())
		require.Equal(t, total.Answers, sum.Answers)
		require.Equal(t, total.Errors, sum.Errors)
		require.Equal(t, total.Targets, sum.Targets)
		require.Equal(t, total.Healthy, sum.Healthy)
		require.Equal(t, once.sim.Digest(), often.sim.Digest())
		ended := total.Gone
		for cause := range total.Answers {
			ended += total.Answers[cause] + total.Errors[cause]
		}
		require.EqualValues(t, total.Requests, ended+uint64(once.InFlight()))
		require.EqualValues(t, len(once.sent), total.Requests)
		require.EqualValues(t, len(once.answers), ended-total.Gone)
	})
}

// swarm does random things to a balancer.
type swarm struct {
	*rig
	servers []*server
	ids     []int
}

func (w *swarm) step(t *rapid.T, draw int) {
	what, which := draw%8, draw/8
	var server *server
	if len(w.servers) > 0 {
		server = w.servers[which%len(w.servers)]
	}
	switch {
	case what == 0 || server == nil:
		id := len(w.servers)
		w.servers, w.ids = append(w.servers, w.addNew(id, []string{"a", "c", ""}[which%3])), append(w.ids, id)
	case what == 1:
		server.busy = which%2 == 0
		server.deaf = which%5 == 0
	case what == 2:
		server.health = []traffic.Cause{traffic.OK, traffic.Refused}[which%2]
		server.hang = which%3 == 0
	case what == 3 && len(server.held) > 0:
		server.release(traffic.Cause(which) % traffic.Causes)
	case what == 4:
		id := which % len(w.servers)
		if which%3 == 0 {
			w.Remove(id)
		} else {
			w.Deregister(id, nil)
		}
	case what == 5:
		w.leave(which)
	default:
		w.request(uint64(which))
		require.NoError(t, w.sim.Run(w.sim.Now()+engine.Time(which%40)*engine.Second/4))
	}
}

// leave makes a client go away, with or without its work.
func (w *swarm) leave(which int) {
	for tag := range int32(len(w.sent)) {
		a := w.sent[tag]
		if _, over := w.answers[tag]; over || a == nil || a.Depth() == 0 {
			continue
		}
		w.sent[tag] = nil
		if which%2 == 0 {
			a.Cut(0, traffic.Link{})
		} else {
			a.Withdraw(0)
			a.Release()
		}
		return
	}
}
