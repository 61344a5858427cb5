package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// ALB-TS (2.11) and CLB-ERR (1.8): what a client is told for every way in which
// a target ends a request.
func TestTargetFailures(t *testing.T) {
	rows := []struct {
		target               traffic.Cause
		application, classic string
		own                  bool // the balancer's error, not the target's
	}{
		{traffic.OK, "ok", "ok", false},
		{traffic.Refused, "502", "503", true}, // closed port; classic: UNSOURCED, a setting
		{traffic.Reset, "502", "504", true},   // "target closed (FIN or RST) with a request outstanding"; "back end closed the connection"
		{traffic.Closed, "502", "504", true},
		{traffic.Timeout, "504", "504", true},
		{traffic.Status429, "429", "429", false},
		{traffic.Status500, "500", "500", false},
		{traffic.Status502, "502", "502", false},
		{traffic.Status503, "503", "503", false},
		{traffic.Status504, "504", "504", false},
		{traffic.Abandoned, "abandoned", "abandoned", false},
		{traffic.Blocked, "blocked", "blocked", false},
	}
	require.Len(t, rows, int(traffic.Causes))
	for _, row := range rows {
		for kind, want := range map[string]string{"application": row.application, "classic": row.classic} {
			r := newRig(spec(kind))
			r.add(0, "").cause = row.target
			tag := r.request(0)
			require.Equal(t, want, r.cause(tag), "%s %s", kind, row.target)
			cut := r.Cut(engine.Second)
			told := r.answers[tag].cause
			require.Equal(t, row.own, cut.Errors[told] == 1, "%s %s: its own error", kind, row.target)
			require.Equal(t, row.own, cut.Answers[told] == 0, "%s %s: the target's answer", kind, row.target)
		}
	}
}

func TestRefusedStatusIsASetting(t *testing.T) {
	s := spec("classic")
	s.RefusedStatus = 504
	r := newRig(s)
	r.add(0, "").cause = traffic.Refused
	require.Equal(t, "504", r.cause(r.request(0)))
}

// ALB-TS: 503 when no target is registered; when all are unhealthy, requests go
// to all (fail-open, ALB-HC). CLB-ERR: 503 in both cases. ALB-XZ: an empty zone
// with cross-zone balancing off gives 503 for each request that enters it.
func TestNobodyToSendTo(t *testing.T) {
	rows := []struct {
		name, kind string
		crossZone  bool
		targets    []string // zones of targets, all of them unhealthy
		want       []string // causes seen over many sessions
	}{
		{"application, none registered", "application", true, nil, []string{"503"}},
		{"application, all unhealthy", "application", true, []string{"a", "c"}, []string{"ok"}},
		{"application, empty zone", "application", false, []string{"a"}, []string{"ok", "503"}},
		{"application, all unhealthy in each zone", "application", false, []string{"a", "c"}, []string{"ok"}},
		{"classic, none registered", "classic", true, nil, []string{"503"}},
		{"classic, all unhealthy", "classic", true, []string{"a", "c"}, []string{"503"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			s.CrossZone = row.crossZone
			r := newRig(s, "a", "c")
			for id, zone := range row.targets {
				r.add(id, zone).health = traffic.Status500
			}
			r.run(t, 3*engine.Minute) // no node has a healthy target, so DNS returns all
			seen := map[string]bool{}
			for session := range uint64(50) {
				seen[r.cause(r.request(session))] = true
			}
			require.Len(t, seen, len(row.want))
			for _, cause := range row.want {
				require.True(t, seen[cause], cause)
			}
		})
	}
}

// Fail-open ends with the first healthy target.
func TestFailOpenUsesHealthyTargetsOnlyOnceThereIsOne(t *testing.T) {
	r := newRig(spec("application"))
	first, second := r.add(0, ""), r.add(1, "")
	first.health, second.health = traffic.Status500, traffic.Status500
	r.run(t, 5*engine.Minute)
	for range 10 {
		r.request(0)
	}
	require.Equal(t, 5, first.requests)
	require.Equal(t, 5, second.requests)
	second.health = traffic.OK
	r.run(t, 10*engine.Minute)
	for range 10 {
		r.request(0)
	}
	require.Equal(t, 5, first.requests)
	require.Equal(t, 15, second.requests)
}

// Each node tells when it begins to send requests to targets that are all
// unhealthy, and when that is over; a classic balancer never does [ALB-HC,
// CLB-ERR].
func TestFailOpenIsTold(t *testing.T) {
	for kind, want := range map[string][]string{
		"application": {
			"lb: node a: no target is healthy: requests go to all, 2", "lb: node b: no target is healthy: requests go to all, 2",
			"lb: node a: is over: healthy targets: 1", "lb: node b: is over: healthy targets: 1", "lb: node b: no target is healthy: requests go to all, 1",
			"lb: node a: no target is healthy: requests go to all, 1", "lb: node a: is over: no target is left", "lb: node b: is over: no target is left",
		},
		"classic": nil,
	} {
		s := spec(kind)
		s.CrossZone = true
		r := newRig(s, "a", "b")
		first, second := r.add(0, "a"), r.add(1, "b")
		first.health, second.health = traffic.Status500, traffic.Status500
		r.run(t, 5*engine.Minute)
		second.health = traffic.OK
		r.run(t, 10*engine.Minute)
		r.Remove(0)
		second.health = traffic.Status500
		r.run(t, 15*engine.Minute)
		r.Remove(1)
		require.ElementsMatch(t, want, r.failOpens(), kind)
	}
}

// failOpens are the words on fail-open so far.
func (r *rig) failOpens() (texts []string) {
	for _, e := range r.log.Events {
		if e.Kind == timeline.FailOpen {
			texts = append(texts, e.Subject+": "+e.Text)
		}
	}
	return texts
}

// A node may fail open although some targets are healthy [ALB-TGHEALTH].
func TestFailOpenBelowAThresholdIsTold(t *testing.T) {
	s := spec("application")
	s.GroupHealth.DNSCount, s.GroupHealth.RoutingCount = 2, 2
	r := newRig(s)
	r.add(0, "")
	second := r.add(1, "")
	second.health = traffic.Status500
	r.run(t, 5*engine.Minute)
	second.health = traffic.OK
	r.run(t, 10*engine.Minute)
	few, over := "lb: too few targets are healthy, 1: requests go to all, ", "lb: is over: healthy targets: 2"
	require.Equal(t, []string{few + "1", over, few + "2", over}, r.failOpens(), "the first came alone")
}

// Nodes of a network balancer fail open only when none has a healthy target
// [NLB-HC].
func TestFailOpenOfANetworkBalancerIsTold(t *testing.T) {
	r := newRig(spec("network"), "a", "b")
	first, second := r.add(0, "a"), r.add(1, "b")
	first.health = traffic.Refused
	r.run(t, 5*engine.Minute)
	require.Empty(t, r.failOpens())
	second.health = traffic.Refused
	r.run(t, 10*engine.Minute)
	second.health = traffic.OK
	r.run(t, 15*engine.Minute)
	require.Equal(t, []string{
		"lb: node a: no target is healthy: requests go to all, 1", "lb: node b: no target is healthy: requests go to all, 1",
		"lb: node a: is over: another node has a healthy target", "lb: node b: is over: healthy targets: 1",
	}, r.failOpens())
}

// ALB-TS, CLB-ERR: no answer within the idle timeout is 504; the target goes on
// with its work.
func TestIdleTimeout(t *testing.T) {
	for _, kind := range []string{"application", "classic"} {
		r := newRig(spec(kind))
		server := r.add(0, "")
		server.busy = true
		r.run(t, engine.Second)
		tag := r.request(0)
		r.run(t, 61*engine.Second-1)
		require.Equal(t, "none", r.cause(tag))
		require.Equal(t, 1, r.InFlight())
		r.run(t, 61*engine.Second)
		require.Equal(t, "504", r.cause(tag))
		require.Zero(t, r.InFlight())
		require.Zero(t, server.withdrawn)
		require.Equal(t, 1, r.pool.Out(), "what the target works on")
		server.release(traffic.OK)
		require.Zero(t, r.pool.Out())
		require.Len(t, r.answers, 1)
	}
}

// At one instant the answer wins over the timeout.
func TestAnswerAtTheTimeout(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	tag := r.request(0)
	r.at(60*engine.Second, func() { server.release(traffic.OK) })
	r.run(t, 2*engine.Minute)
	require.Equal(t, "ok", r.cause(tag))
}

// ALB-TS: a connection that the target does not accept in 10 s gives 504. A
// classic balancer waits for it in its surge queue until the idle timeout.
func TestConnectTimeout(t *testing.T) {
	for kind, after := range map[string]engine.Time{"application": 10 * engine.Second, "classic": 60 * engine.Second} {
		r := newRig(spec(kind))
		server := r.add(0, "")
		server.deaf, server.busy = true, true
		late := r.request(0)
		accepted := r.request(1)
		r.run(t, 9*engine.Second)
		server.accept(server.held[1])
		r.run(t, after-1)
		require.Equal(t, "none", r.cause(late), kind)
		r.run(t, after)
		require.Equal(t, "504", r.cause(late), kind)
		require.Equal(t, 1, server.withdrawn, "the target never had the connection")
		if kind == "application" {
			require.Equal(t, "none", r.cause(accepted))
			server.release(traffic.OK)
			require.Equal(t, "ok", r.cause(accepted))
			require.Zero(t, r.pool.Out())
		}
	}
}

func TestConnectionlessTargetHasNoConnectTimeout(t *testing.T) {
	r := newRig(spec("application"))
	station := &server{sim: r.sim, deaf: true}
	r.AddTarget(balancer.Target{Receiver: station, Healthy: true, Connectionless: true})
	tag := r.request(0)
	r.run(t, 59*engine.Second)
	require.Equal(t, "none", r.cause(tag))
	station.release(traffic.OK)
	require.Equal(t, "ok", r.cause(tag))
}

// CLB-CW: 1,024 requests per node may wait; the rest gets 503 and counts as
// spillover.
func TestSurgeQueue(t *testing.T) {
	r := newRig(spec("classic"))
	server := r.add(0, "")
	server.deaf, server.busy = true, true
	for session := range uint64(1024) {
		require.Equal(t, "none", r.cause(r.request(session)))
	}
	require.Equal(t, "503", r.cause(r.request(1)))
	for i := range 10 {
		server.accept(server.held[i])
	}
	for range 10 {
		require.Equal(t, "none", r.cause(r.request(0)), "there is room again")
	}
	require.Equal(t, "503", r.cause(r.request(0)))
	cut := r.Cut(engine.Second)
	require.EqualValues(t, 2, cut.Spilled)
	require.EqualValues(t, 2, cut.Errors[traffic.Status503])

	server.release(traffic.OK)
	server.deaf = false
	require.Equal(t, "none", r.cause(r.request(0)), "an idle connection needs no waiting place")
}

// ALB-TS: 460 when the client closed before the answer.
func TestClientGone(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	abandoned, cancelled, late := r.request(0), r.request(1), r.request(2)
	r.sent[abandoned].Cut(0, traffic.Link{})
	r.sent[cancelled].Withdraw(0)
	r.sent[cancelled].Release()
	r.sent[late].Cut(0, traffic.Link{})
	require.Equal(t, 1, server.withdrawn)
	require.Equal(t, 2, r.InFlight())
	server.release(traffic.OK)
	r.run(t, 2*engine.Minute) // the last one runs into the idle timeout
	require.Empty(t, r.answers)
	cut := r.Cut(2 * engine.Minute)
	require.EqualValues(t, 3, cut.Requests)
	require.EqualValues(t, 3, cut.Gone)
	require.Zero(t, cut.Answers[traffic.OK]+cut.Errors[traffic.Status504])
	require.Zero(t, r.InFlight())
	server.release(traffic.OK)
	require.Zero(t, r.pool.Out())
}

// A withdrawn request is no longer outstanding.
func TestWithdrawnRequestIsNotOutstanding(t *testing.T) {
	s := spec("application")
	s.Algorithm = "least_outstanding_requests"
	r := newRig(s)
	first, second := r.add(0, ""), r.add(1, "")
	first.busy, second.busy = true, true
	for range 4 {
		r.request(0)
	}
	for _, tag := range []int32{0, 2} { // both at the first
		r.sent[tag].Withdraw(0)
	}
	r.request(0)
	r.request(0)
	require.Len(t, first.held, 2)
	require.Len(t, second.held, 2)
}

// A balancer in front of another: the inner one gives up on a probe that its
// silent target holds, and answers it in time for the outer one.
func TestProbeThroughABalancerThatGivesUp(t *testing.T) {
	inner := spec("application")
	inner.IdleTimeout = seconds(2)
	in := newRig(inner, "a")
	in.AddTarget(balancer.Target{ID: 1, Name: "station", Receiver: &server{sim: in.sim, hang: true}, Healthy: true, Connectionless: true})
	outer := spec("application")
	out := balancer.New(in.sim, outer, balancer.Config{Name: "outer", Stream: stream})
	out.AddTarget(balancer.Target{ID: 9, Name: "inner", Receiver: in, Healthy: true})
	require.NoError(t, in.sim.Run(5*engine.Minute))
	require.True(t, out.Unhealthy(9), "504 is no pass")
}
