package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// reachedBy is how many of so many requests come to a server.

// A5: what a client is told when the only server fails it (ngx_http_upstream_next).

// It is never passed over.

func TestNginxAnswers(t *testing.T) {
	for cause, want := range map[traffic.Cause]string{
		traffic.OK: "ok", traffic.Refused: "502", traffic.Reset: "502", traffic.Closed: "502", traffic.Timeout: "504",
		traffic.Status429: "429", traffic.Status500: "500", traffic.Status502: "502", traffic.Status503: "503", traffic.Status504: "504",
	} {
		r, servers := proxyRig("nginx", 1, asIs)
		servers[0].cause = cause
		for range 3 {
			require.Equal(t, want, r.cause(r.request(0)), cause.String())
		}
		require.Equal(t, 3, servers[0].requests)
	}
	r, _ := proxyRig("nginx", 0, asIs)
	require.Equal(t, "502", r.cause(r.request(0)), "no live upstreams")
}

// A5: refused, reset and closed go to the next peer, and the client does not

// notice; the peer is passed over for fail_timeout.

func TestNginxNextUpstream(t *testing.T) {
	for _, cause := range []traffic.Cause{traffic.Refused, traffic.Reset, traffic.Closed} {
		r, servers := proxyRig("nginx", 3, asIs)
		servers[1].cause = cause
		for range 30 {
			require.Equal(t, "ok", r.cause(r.request(0)))
		}
		require.Equal(t, 1, servers[1].requests, cause.String())
		require.Equal(t, 30, servers[0].requests+servers[2].requests)
		cut := r.Cut(engine.Second)
		require.EqualValues(t, 30, cut.Requests, "a retry is no request of its own")
		require.EqualValues(t, 30, cut.Answers[traffic.OK])
		require.Zero(t, r.InFlight())
		require.Zero(t, r.pool.Out())
	}
}

// A5: HTTP 500, 502, 503, 504 of the peer are neither retried nor counted, unless

// they are named.

func TestNginxStatusIsAnAnswer(t *testing.T) {
	r, servers := proxyRig("nginx", 2, asIs)
	servers[0].cause = traffic.Status503
	seen := map[string]int{}
	for range 20 {
		seen[r.cause(r.request(0))]++
	}
	require.Equal(t, map[string]int{"ok": 10, "503": 10}, seen)

	r, servers = proxyRig("nginx", 2, func(s *balancer.Spec) { s.NextUpstream = []string{"error", "timeout", "http_503"} })
	servers[0].cause = traffic.Status503
	for range 20 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
	require.Equal(t, 1, servers[0].requests)
	servers[1].cause = traffic.Status503
	require.Equal(t, "502", r.cause(r.request(0)), "one has failed, the other is passed over: no live upstreams")
	require.Equal(t, "502", r.cause(r.request(0)))

	r, servers = proxyRig("nginx", 2, func(s *balancer.Spec) { s.NextUpstream = []string{"http_503"} })
	servers[0].cause, servers[1].cause = traffic.Status503, traffic.Status503
	require.Equal(t, "503", r.cause(r.request(0)), "the last try's is passed on")
	require.True(t, r.Usable(1), "and does not count")
	require.False(t, r.Usable(0))
}

// A5: each peer at most once; proxy_next_upstream_tries, off.

func TestNginxTriesEachPeerOnce(t *testing.T) {
	for _, row := range []struct {
		set  func(*balancer.Spec)
		want int
	}{
		{func(s *balancer.Spec) { s.MaxFails = 0 }, 4},
		{func(s *balancer.Spec) { s.NextUpstreamTries = 2 }, 2},
		{func(s *balancer.Spec) { s.NextUpstreamTries = 9 }, 4},
		{func(s *balancer.Spec) { s.NextUpstream = []string{"off"} }, 1},
		{func(s *balancer.Spec) { s.NextUpstream = []string{"timeout"} }, 1},
	} {
		r, servers := proxyRig("nginx", 4, row.set)
		sum := 0
		for _, s := range servers {
			s.cause = traffic.Refused
		}
		require.Equal(t, "502", r.cause(r.request(0)))
		for _, s := range servers {
			require.LessOrEqual(t, s.requests, 1)
			sum += s.requests
		}
		require.Equal(t, row.want, sum)
	}
}

// Errors count as failures even where no other server is asked.

// proxy_next_upstream_timeout: a request that has waited for longer than that is

// not sent again.

func TestNginxNextUpstreamTimeout(t *testing.T) {
	for limit, want := range map[float64]string{0: "ok", 60: "504", 60.001: "ok"} {
		r, servers := proxyRig("nginx", 2, func(s *balancer.Spec) { s.NextUpstreamTimeout = seconds(limit) })
		servers[0].busy = true
		tag := r.request(0)
		r.run(t, 2*engine.Minute)
		require.Equal(t, want, r.cause(tag), "%g s", limit)
	}
}

// A5: POST is not retried once sent; before that, when the connection was

// refused, it is.

func TestNginxDoesNotRepeatWhatIsNotIdempotent(t *testing.T) {
	for _, row := range []struct {
		name  string
		cause traffic.Cause
		next  []string
		want  string
	}{
		{"refused", traffic.Refused, []string{"error"}, "ok"},
		{"reset", traffic.Reset, []string{"error"}, "502"},
		{"named", traffic.Reset, []string{"error", "non_idempotent"}, "ok"},
	} {
		s := spec("nginx")
		s.NextUpstream = row.next
		r := newRigOf(s, func(c *balancer.Config) { c.Routes = []traffic.RouteSpec{{Idempotent: false}} })
		r.add(0, "").cause = row.cause
		r.add(1, "")
		require.Equal(t, row.want, r.cause(r.request(0)), row.name)
	}
}

// A5: a peer is passed over while now - checked <= fail_timeout, in whole

// seconds; then one request is let through, and others wait for what becomes of

// it.

// Failures count within fail_timeout: a success does not undo them before it is

// over (ngx_http_upstream_free_round_robin_peer).

// A5: a hanging peer costs a client 60 s by default, then the next one is asked.

// Connections that are not accepted do as well.

// A client that leaves tells nothing bad of the server, and no other one is asked

// for it.

func TestNginxClientGone(t *testing.T) {
	r, servers := proxyRig("nginx", 2, asIs)
	servers[0].busy = true
	r.sent[r.request(0)].Cut(0, traffic.Link{})
	r.run(t, 2*engine.Minute)
	require.True(t, r.Usable(0))
	require.Zero(t, servers[1].requests)
	require.EqualValues(t, 1, r.Cut(engine.Minute).Gone)
	servers[0].release(traffic.OK)
	require.Zero(t, r.pool.Out())
}

// A5: without a zone each worker learns for itself, so the error window is seen

// worker_processes times.

func TestNginxDealsConnectionsToWorkersAtRandom(t *testing.T) {
	r, _ := proxyRig("nginx", 1, func(s *balancer.Spec) { s.WorkerProcesses = 4 })
	nodes := map[int32]int{}
	for range 4000 {
		nodes[r.answers[r.request(7)].node]++
	}
	for worker := range int32(4) {
		requireShare(t, 0.25, nodes[worker], 4000)
	}
}

// A5: smooth weighted round robin: weights 5, 1, 1 give a a b a c a a, as nginx's

// log of that change has it.

// A5: least_conn; ties take turns.

// A5: ip_hash leads a user to one server, for as long as that does not fail.

// A5 [ngx_http_upstream_ip_hash_module.c:124,140,200]: the hash begins at 89, and

// each of the first three octets makes it 113 times itself and the octet, modulo

// 6271; so all of a network of 256 addresses go to one server.

// A5: random two least_conn takes the one of two different servers that has fewer

// connections, so never the busiest of three.

// A5: upstream connections are closed after each answer up to nginx 1.29.6; with

// keepalive each worker keeps so many idle ones, the latest, for 60 s.

// ngx_http_upstream_module: a connection that the server has closed takes no place

// among those that are kept.

// A new server is used as soon as it is in the configuration.

func TestNginxUsesNewServersAtOnce(t *testing.T) {
	s := spec("nginx")
	s.RegistrationDelay = seconds(5)
	r := newRig(s)
	r.add(0, "")
	fresh := r.addNew(1, "")
	require.Zero(t, r.reachedBy(fresh, 2))
	r.run(t, 5*engine.Second)
	require.True(t, r.Usable(1))
	require.Equal(t, []verdict{{5 * engine.Second, 1, 0, true}}, r.verdicts)
	require.Equal(t, 1, r.reachedBy(fresh, 2))
	r.run(t, engine.Minute)
	require.Empty(t, fresh.probes, "nginx does not check")
}

// To ask where a request would arrive changes nothing.

func TestLocateDrawsNothing(t *testing.T) {
	for _, kind := range []string{"nginx", "haproxy", "application"} {
		answers := func(located bool) (list []int32) {
			s := spec(kind)
			if kind == "nginx" {
				s.WorkerProcesses, s.SharedZone = 4, false
			}
			r := newRig(s, "a", "b")
			for id := range 3 {
				r.add(id, "")
			}
			for i := range 200 {
				tag := r.request(uint64(i))
				list = append(list, r.answers[tag].node)
				if located {
					r.Locate(&traffic.Attempt{Request: traffic.Request{Session: uint64(i)}})
				}
			}
			return list
		}
		require.Equal(t, answers(false), answers(true), kind)
	}
}
