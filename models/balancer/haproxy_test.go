package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// What a client is told when nothing is tried again (sC, SH and sH of HAProxy's

// log; measured: 503, 500, 504).

func TestHAProxyAnswers(t *testing.T) {
	for cause, want := range map[traffic.Cause]string{
		traffic.OK: "ok", traffic.Refused: "503", traffic.Reset: "502", traffic.Closed: "502", traffic.Timeout: "504",
		traffic.Status429: "429", traffic.Status500: "500", traffic.Status502: "502", traffic.Status503: "503", traffic.Status504: "504",
	} {
		r, servers := proxyRig("haproxy", 1, retrying(0, false))
		servers[0].cause = cause
		require.Equal(t, want, r.cause(r.request(0)), cause.String())
	}
	r, servers := proxyRig("haproxy", 1, retrying(0, false))
	servers[0].busy = true
	hangs := r.request(0)
	servers[0].deaf = true
	lost := r.request(1)
	r.run(t, 5*engine.Second)
	require.Equal(t, "503", r.cause(lost), "timeout connect")
	r.run(t, 50*engine.Second)
	require.Equal(t, "504", r.cause(hangs), "timeout server")
}

// Spec 7 [A7]: a target goes DOWN at U + (fall - 1) i where checks are refused or

// answered 500, at U + (2 fall - 1) i where they hang, since the next one starts

// i after the one before has ended; it is UP again at U + (rise - 1) i, after a

// hang with an atom at (rise - 1) i, since the check in flight is answered at

// once. U is the time to the next check, or since the last one has ended. Over

// many phases the mean is that of a uniform U.

func TestHAProxyDetectionFollowsTheClosedForms(t *testing.T) {
	const i, fall, rise = 2 * engine.Second, 3, 2
	rows := []struct {
		name       string
		health     traffic.Cause
		hang       bool
		down, up   engine.Time // at U = 0
		inFlight   bool        // a check is when it recovers, at times
		meanDown   float64
		meanUpWait float64
	}{
		{"refused", traffic.Refused, false, (fall - 1) * i, (rise - 1) * i, false, 5, 3},
		{"500", traffic.Status500, false, (fall - 1) * i, (rise - 1) * i, false, 5, 3},
		// Half of the time a check is in flight: then U is 0.
		{"hang", traffic.OK, true, (2*fall - 1) * i, (rise - 1) * i, true, 11, 2.5},
	}
	const runs = 300
	for _, row := range rows {
		var downs, ups float64
		atoms := 0
		for id := range runs {
			r := newRig(spec("haproxy"))
			server := r.add(id, "")
			const kill = 10 * engine.Second
			back := 31*engine.Second + 4*engine.Second*engine.Time(id)/runs // any phase of the cycle of a hang
			r.at(kill, func() { server.health, server.hang = row.health, row.hang })
			r.at(back, func() {
				server.health, server.hang = traffic.OK, false
				if n := len(server.probing); n > 0 {
					server.probing[n-1].Reply(traffic.OK)
				}
			})
			r.run(t, engine.Minute)
			require.Len(t, r.verdicts, 2, row.name)
			down, up := r.verdicts[0].at-kill, r.verdicts[1].at-back
			require.GreaterOrEqual(t, down, row.down, row.name)
			require.LessOrEqual(t, down, row.down+i, row.name)
			require.GreaterOrEqual(t, up, row.up, row.name)
			require.LessOrEqual(t, up, row.up+i, row.name)
			downs, ups = downs+down.Seconds(), ups+up.Seconds()
			if up == row.up {
				atoms++
			}
		}
		// The standard deviation of U is i/sqrt(12), that of an U that is 0 half of
		// the time is less than i/2.
		require.InDelta(t, row.meanDown, downs/runs, z*2/3.4641/17.32, row.name)
		require.InDelta(t, row.meanUpWait, ups/runs, z/17.32, row.name)
		if row.inFlight {
			requireShare(t, 0.5, atoms, runs, row.name)
		} else {
			require.Zero(t, atoms, row.name)
		}
	}
}

// A7: without timeout check the check's timeout is inter, and a hanging server

// costs both.

func TestHAProxyChecksFromTheEnd(t *testing.T) {
	r, servers := proxyRig("haproxy", 1, asIs)
	servers[0].hang = true
	r.run(t, 20*engine.Second)
	for k := 1; k < len(servers[0].probes); k++ {
		require.Equal(t, 4*engine.Second, servers[0].probes[k]-servers[0].probes[k-1])
	}
	r, servers = proxyRig("haproxy", 1, func(s *balancer.Spec) { s.HealthCheck.Timeout = seconds(0.5) })
	servers[0].hang = true
	r.run(t, 20*engine.Second)
	require.Equal(t, 2500*engine.Millisecond, servers[0].probes[5]-servers[0].probes[4])
	r, servers = proxyRig("haproxy", 1, asIs)
	r.run(t, 20*engine.Second)
	require.Equal(t, 2*engine.Second, servers[0].probes[5]-servers[0].probes[4])
}

// A check of TCP passes while the server hangs, or answers errors.

func TestHAProxyChecksThatOnlyConnect(t *testing.T) {
	r, servers := proxyRig("haproxy", 3, func(s *balancer.Spec) { s.HealthCheck.Protocol = "TCP" })
	servers[0].hang, servers[1].health, servers[2].health = true, traffic.Status500, traffic.Refused
	r.run(t, engine.Minute)
	require.Len(t, r.verdicts, 1)
	require.Equal(t, 2, r.verdicts[0].id)
}

// A server that is DOWN gets nothing; with all DOWN, 503.

func TestHAProxyUsesServersThatAreUp(t *testing.T) {
	r, servers := proxyRig("haproxy", 2, asIs)
	servers[0].health = traffic.Status500
	r.run(t, 10*engine.Second)
	require.Zero(t, r.reachedBy(servers[0], 10))
	servers[1].health = traffic.Status500
	r.run(t, 20*engine.Second)
	require.Equal(t, "503", r.cause(r.request(0)))
	require.Contains(t, r.texts(timeline.Unhealthy), "3 of 3 checks failed: 500")
	servers[0].health = traffic.OK
	r.run(t, 30*engine.Second)
	require.Equal(t, "ok", r.cause(r.request(0)))
	require.Contains(t, r.texts(timeline.Healthy), "2 of 2 checks passed")
}

// init-state: up is used at once, and down after one failed check; down needs one

// passed check; the others all of them.

func TestHAProxyInitState(t *testing.T) {
	within := func(r *rig, lo, hi engine.Time) {
		t.Helper()
		require.GreaterOrEqual(t, r.verdicts[len(r.verdicts)-1].at, lo)
		require.LessOrEqual(t, r.verdicts[len(r.verdicts)-1].at, hi)
	}
	for state, row := range map[string]struct {
		up         bool // at first
		ill, sound [2]engine.Time
	}{
		"up":         {true, [2]engine.Time{0, 2}, [2]engine.Time{0, 0}},
		"fully-up":   {true, [2]engine.Time{4, 6}, [2]engine.Time{0, 0}},
		"down":       {false, [2]engine.Time{}, [2]engine.Time{0, 2}},
		"fully-down": {false, [2]engine.Time{}, [2]engine.Time{2, 4}},
	} {
		for id := range 20 {
			s := spec("haproxy")
			s.InitState = state
			r := newRig(s)
			broken := r.addNew(id, "")
			broken.health = traffic.Refused
			r.run(t, 0)
			require.Equal(t, row.up, r.Usable(id), state)
			r.run(t, engine.Minute)
			require.False(t, r.Usable(id), state)
			if row.up {
				within(r, row.ill[0]*engine.Second, row.ill[1]*engine.Second)
			}
			r = newRig(s)
			r.addNew(id, "")
			r.run(t, engine.Minute)
			require.Len(t, r.verdicts, 1, state)
			require.Contains(t, r.texts(timeline.Healthy), map[string]string{
				"up": "new: in use until it fails", "fully-up": "new: in use until it fails",
				"down": "1 of 1 checks passed", "fully-down": "2 of 2 checks passed",
			}[state])
			within(r, row.sound[0]*engine.Second, row.sound[1]*engine.Second)
		}
	}
}

// A7: retries 3 with redispatch removes the errors of a dead listener without

// visible delay, and does nothing for 500s, hangs or resets.

// A7: retrying on all retryable errors removes hangs too, at the price of the

// server timeout per hung request.

// A7: a request whose server was chosen by a cookie waits min(timeout connect,

// 1 s) before each retry on the same server; the last one goes elsewhere.

// A sticky request moves at once when its server is known to be down, and its

// visitor gets a new cookie.

// With source, too, the same server is asked until the last retry.

// A client that leaves while its request waits to be sent again leaves nothing

// behind, nor does a server that is taken out meanwhile.

// Draining cuts a request that waits for its next try.

func TestHAProxyClosesIdleConnections(t *testing.T) {
	r, servers := proxyRig("haproxy", 1, asIs)
	r.request(0)
	r.request(0)
	require.Equal(t, 1, servers[0].opened)
	r.run(t, 10*engine.Second)
	require.Equal(t, []engine.Time{5 * engine.Second}, servers[0].hungUp)
}

// A server that takes the place of another one during the pause before a try is

// not the one that was chosen.
