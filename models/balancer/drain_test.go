package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Draining begins at 100 s. ALB-TG: new requests stop at once; the state stays
// draining for the full delay; ALB-TS: the delay running out with a request in
// flight is 502. CLB-DRAIN: ends early when nothing is in flight, and at the
// timeout the remaining connections are cut.
func TestDraining(t *testing.T) {
	const begins = 100 * engine.Second
	early := func(s *balancer.Spec) { s.DeregistrationEnds = "idle" }
	short := func(s *balancer.Spec) { s.DeregistrationDelay = seconds(20) }
	off := func(s *balancer.Spec) { s.DeregistrationDelay = 0 }
	rows := []struct {
		name, kind string
		spec       func(*balancer.Spec)
		takes      float64 // the request in flight is answered so long after 100 s; 0: none in flight
		done       float64 // after the beginning, s
		told       string
		text       string
	}{
		{"application, idle", "application", nil, 0, 300, "", "after 300s of draining; requests cut: 0"},
		{"application, answered", "application", nil, 7, 300, "ok", "after 300s of draining; requests cut: 0"},
		{"application, early, idle", "application", early, 0, 0, "", "after 0s of draining; requests cut: 0"},
		{"application, early, answered", "application", early, 7, 7, "ok", "after 7s of draining; requests cut: 0"},
		{"application, cut", "application", short, 30, 20, "502", "after 20s of draining; requests cut: 1"},
		{"application, no delay", "application", off, 30, 0, "502", "after 0s of draining; requests cut: 1"},
		{"classic, idle", "classic", nil, 0, 0, "", "after 0s of draining; requests cut: 0"},
		{"classic, answered", "classic", nil, 7, 7, "ok", "after 7s of draining; requests cut: 0"},
		{"classic, cut", "classic", short, 30, 20, "closed", "after 20s of draining; requests cut: 1"},
		{"classic, draining off", "classic", off, 30, 0, "closed", "after 0s of draining; requests cut: 1"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			if row.spec != nil {
				row.spec(s)
			}
			r := newRig(s)
			leaving, other := r.add(0, ""), r.add(1, "")
			leaving.busy = true
			done := engine.Time(-1)
			r.at(begins, func() {
				if row.takes > 0 {
					r.request(0)
				} else {
					leaving.requests++
				}
				r.Deregister(0, func() { done = r.sim.Now() })
				r.request(1)
				r.request(2)
			})
			if row.takes > 0 {
				r.at(begins+seconds(row.takes).Time(), func() { leaving.release(traffic.OK) })
			}
			r.run(t, engine.Hour)
			require.Equal(t, begins+seconds(row.done).Time(), done)
			require.Equal(t, 1, leaving.requests, "new requests stop at once")
			require.Equal(t, 2, other.requests)
			if row.takes > 0 {
				require.Equal(t, row.told, r.cause(0))
				require.Equal(t, begins+engine.Time(min(row.takes, row.done)*1e9), r.answers[0].at)
			}
			require.Contains(t, r.texts(timeline.Deregistered), row.text)
			require.Zero(t, r.pool.Out(), "nothing is left over")
			require.LessOrEqual(t, leaving.probes[len(leaving.probes)-1], begins, "a draining target is not checked")
		})
	}
}

func TestDrainingTargetKeepsNoConnections(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	r.request(0)
	r.request(0)
	server.release(traffic.OK)
	r.run(t, 10*engine.Second)
	r.Deregister(0, nil)
	require.Len(t, server.hungUp, 1, "the idle one")
	server.release(traffic.OK)
	require.Len(t, server.hungUp, 2, "the other after its answer")
}

// U1: nodes have been seen sending requests for 13 to 17 s more.
func TestDeregistrationLag(t *testing.T) {
	s := spec("application")
	s.DeregistrationLag = seconds(15)
	r := newRig(s)
	leaving, other := r.add(0, ""), r.add(1, "")
	r.at(10*engine.Second, func() { r.Deregister(0, nil) })
	r.run(t, 24*engine.Second)
	r.request(0)
	r.request(0)
	require.Equal(t, 1, leaving.requests)
	r.run(t, 25*engine.Second)
	r.request(0)
	r.request(0)
	require.Equal(t, 1, leaving.requests)
	require.Equal(t, 3, other.requests)
}

// Nodes that have not heard of it yet go on with a target whose draining is over,
// and which may be gone: that is why a deregistration delay of less than the lag
// costs requests [U1].
func TestDeregistrationLagBeyondDraining(t *testing.T) {
	s := spec("application")
	s.DeregistrationLag, s.DeregistrationDelay = seconds(15), seconds(5)
	r := newRig(s)
	leaving := r.add(0, "")
	r.add(1, "")
	done := engine.Time(0)
	r.at(10*engine.Second, func() { r.Deregister(0, func() { done = r.sim.Now() }) })
	r.run(t, 24*engine.Second)
	require.Equal(t, 15*engine.Second, done)
	r.request(0)
	r.request(0)
	require.Equal(t, 1, leaving.requests)
	r.run(t, 25*engine.Second)
	r.request(0)
	r.request(0)
	require.Equal(t, 1, leaving.requests)
}

// A target that takes the place of a removed one is not affected by what was
// pending for that one.
func TestPlacesAreReused(t *testing.T) {
	s := spec("application")
	s.DeregistrationLag, s.DeregistrationDelay = seconds(15), seconds(20)
	r := newRig(s)
	first := r.add(0, "")
	r.request(0) // leaves an idle connection
	r.Deregister(0, func() { t.Fatal("done with a target that was removed") })
	r.Remove(0)
	second := r.add(1, "")
	r.run(t, engine.Minute)
	require.Equal(t, "ok", r.cause(r.request(0)))
	require.Equal(t, 1, second.requests)
	require.Equal(t, 1, second.opened)
	require.Equal(t, 1, first.requests)
	require.True(t, r.Usable(1))
	require.False(t, r.Usable(0))
}

// What a removed target left unanswered runs into the idle timeout; only then
// its place is free.
func TestRemovedTargetsRequests(t *testing.T) {
	r := newRig(spec("application"))
	dead := r.add(0, "")
	dead.busy = true
	silent, reset := r.request(0), r.request(0)
	r.Remove(0)
	require.Equal(t, "503", r.cause(r.request(0)))
	next := r.add(1, "")
	dead.held[1].Reply(traffic.Reset)
	require.Equal(t, "502", r.cause(reset))
	r.run(t, engine.Minute)
	require.Equal(t, "504", r.cause(silent))
	r.add(2, "")
	require.Equal(t, "ok", r.cause(r.request(0)))
	require.Zero(t, r.InFlight())
	require.LessOrEqual(t, next.requests, 1)
}

// CLB-DRAIN: an unhealthy instance may finish its requests, however long they
// take; with draining off they are dropped at once.
func TestClassicDrainingOffDropsRequestsToUnhealthyInstances(t *testing.T) {
	for delay, told := range map[float64]string{300: "none", 0: "closed"} {
		s := spec("classic")
		s.DeregistrationDelay, s.IdleTimeout = seconds(delay), seconds(3600)
		r := newRig(s)
		server := r.add(0, "")
		r.add(1, "")
		server.busy = true
		tag := r.request(0)
		server.health = traffic.Refused
		r.run(t, 10*engine.Minute)
		require.Equal(t, told, r.cause(tag))
	}
}

func TestDeregisteringAnUnknownTargetIsDoneAtOnce(t *testing.T) {
	r := newRig(spec("application"))
	done := 0
	r.Deregister(9, func() { done++ })
	r.Remove(9)
	require.Equal(t, 1, done)
	require.Empty(t, r.log.Events)
}

func TestSecondTargetWithTheSameIDPanics(t *testing.T) {
	r := newRig(spec("application"))
	r.add(3, "")
	require.PanicsWithValue(t, "balancer: lb has a target 3 already", func() { r.add(3, "") })
}
