package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// nginxRig is nginx in front of n servers.
func nginxRig(n int, set func(*balancer.Spec)) (*rig, []*server) {
	s := spec("nginx")
	set(s)
	r := newRig(s)
	var servers []*server
	for id := range n {
		servers = append(servers, r.add(id, ""))
	}
	return r, servers
}

func asIs(*balancer.Spec) {}

// reachedBy is how many of so many requests come to a server.
func (r *rig) reachedBy(s *server, requests int) int {
	before := s.requests
	for range requests {
		r.request(0)
	}
	return s.requests - before
}

// A5: what a client is told when the only server fails it (ngx_http_upstream_next).
// It is never passed over.
func TestNginxAnswers(t *testing.T) {
	for cause, want := range map[traffic.Cause]string{
		traffic.OK: "ok", traffic.Refused: "502", traffic.Reset: "502", traffic.Closed: "502", traffic.Timeout: "504",
		traffic.Status429: "429", traffic.Status500: "500", traffic.Status502: "502", traffic.Status503: "503", traffic.Status504: "504",
	} {
		r, servers := nginxRig(1, asIs)
		servers[0].cause = cause
		for range 3 {
			require.Equal(t, want, r.cause(r.request(0)), cause.String())
		}
		require.Equal(t, 3, servers[0].requests)
	}
	r, _ := nginxRig(0, asIs)
	require.Equal(t, "502", r.cause(r.request(0)), "no live upstreams")
}

// A5: refused, reset and closed go to the next peer, and the client does not
// notice; the peer is passed over for fail_timeout.
func TestNginxNextUpstream(t *testing.T) {
	for _, cause := range []traffic.Cause{traffic.Refused, traffic.Reset, traffic.Closed} {
		r, servers := nginxRig(3, asIs)
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
	r, servers := nginxRig(2, asIs)
	servers[0].cause = traffic.Status503
	seen := map[string]int{}
	for range 20 {
		seen[r.cause(r.request(0))]++
	}
	require.Equal(t, map[string]int{"ok": 10, "503": 10}, seen)

	r, servers = nginxRig(2, func(s *balancer.Spec) { s.NextUpstream = []string{"error", "timeout", "http_503"} })
	servers[0].cause = traffic.Status503
	for range 20 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
	require.Equal(t, 1, servers[0].requests)
	servers[1].cause = traffic.Status503
	require.Equal(t, "502", r.cause(r.request(0)), "one has failed, the other is passed over: no live upstreams")
	require.Equal(t, "502", r.cause(r.request(0)))

	r, servers = nginxRig(2, func(s *balancer.Spec) { s.NextUpstream = []string{"http_503"} })
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
		r, servers := nginxRig(4, row.set)
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
func TestNginxFailuresCountWithoutRetries(t *testing.T) {
	r, servers := nginxRig(2, func(s *balancer.Spec) { s.NextUpstream = []string{"off"} })
	servers[0].cause = traffic.Refused
	require.Equal(t, "502", r.cause(r.request(0)))
	for range 10 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
}

// proxy_next_upstream_timeout: a request that has waited for longer than that is
// not sent again.
func TestNginxNextUpstreamTimeout(t *testing.T) {
	for limit, want := range map[float64]string{0: "ok", 60: "504", 60.001: "ok"} {
		r, servers := nginxRig(2, func(s *balancer.Spec) { s.NextUpstreamTimeout = seconds(limit) })
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
func TestNginxFailTimeoutHasSeconds(t *testing.T) {
	r, servers := nginxRig(2, asIs)
	broken := servers[0]
	broken.cause = traffic.Refused
	r.run(t, 3*engine.Second+900*engine.Millisecond)
	require.Equal(t, 1, r.reachedBy(broken, 4), "it fails in second 3")
	r.run(t, 14*engine.Second-1)
	require.Equal(t, 0, r.reachedBy(broken, 4), "13 - 3 <= 10")
	r.run(t, 14*engine.Second)
	require.Equal(t, 1, r.reachedBy(broken, 4), "14 - 3 > 10; it fails again in second 14")
	r.run(t, 25*engine.Second)
	broken.busy = true
	require.Equal(t, 1, r.reachedBy(broken, 4), "one request is let through")
	require.False(t, r.Usable(0))
	r.run(t, 26*engine.Second)
	broken.release(traffic.OK)
	require.True(t, r.Usable(0))
	broken.busy, broken.cause = false, traffic.OK
	require.Equal(t, 2, r.reachedBy(broken, 4), "as good as new")
	require.Equal(t, "3.9s web-0 1 of 1 requests failed: refused; passed over for 10s, then tried with one request", r.texts(timeline.Unhealthy))
	require.Equal(t, "26s web-0 a request that was let through to try it did not fail", r.texts(timeline.Healthy))
	require.Len(t, r.verdicts, 2, "failures in a row change nothing")
}

// Failures count within fail_timeout: a success does not undo them before it is
// over (ngx_http_upstream_free_round_robin_peer).
func TestNginxMaxFails(t *testing.T) {
	three := func(s *balancer.Spec) { s.MaxFails = 3 }
	meet := func(r *rig, s *server, cause traffic.Cause, times int) {
		s.cause = cause
		for before := s.requests; s.requests < before+times; {
			r.request(0)
		}
		s.cause = traffic.OK
	}
	r, servers := nginxRig(2, three)
	meet(r, servers[0], traffic.Refused, 2)
	meet(r, servers[0], traffic.OK, 1)
	require.True(t, r.Usable(0))
	meet(r, servers[0], traffic.Refused, 1)
	require.False(t, r.Usable(0), "the third within 10 s")

	r, servers = nginxRig(2, three)
	meet(r, servers[0], traffic.Refused, 2)
	r.run(t, 11*engine.Second)
	meet(r, servers[0], traffic.OK, 1)
	meet(r, servers[0], traffic.Refused, 2)
	require.True(t, r.Usable(0), "the first two are forgiven")
}

// A5: a hanging peer costs a client 60 s by default, then the next one is asked.
// Connections that are not accepted do as well.
func TestNginxHangingPeer(t *testing.T) {
	for name, deaf := range map[string]bool{"read": false, "connect": true} {
		r, servers := nginxRig(2, asIs)
		servers[0].busy, servers[0].deaf = true, deaf
		r.run(t, engine.Second)
		slow := r.request(0)
		r.run(t, 61*engine.Second-1)
		require.Equal(t, "none", r.cause(slow), name)
		r.run(t, 61*engine.Second)
		require.Equal(t, "ok", r.cause(slow), name)
		require.False(t, r.Usable(0), name)
		for range 10 {
			require.Equal(t, "ok", r.cause(r.request(0)), name)
		}
		require.Equal(t, toInt(deaf), servers[0].withdrawn, "what is connected is worked on")
		for len(servers[0].held) > 0 {
			servers[0].release(traffic.OK)
		}
		require.Zero(t, r.pool.Out(), name)
		require.Len(t, r.answers, 11, name)
	}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A client that leaves tells nothing bad of the server, and no other one is asked
// for it.
func TestNginxClientGone(t *testing.T) {
	r, servers := nginxRig(2, asIs)
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
func TestNginxWorkersLearnForThemselves(t *testing.T) {
	for zone, want := range map[bool]int{false: 4, true: 1} {
		r, servers := nginxRig(3, func(s *balancer.Spec) { s.WorkerProcesses, s.SharedZone = 4, zone })
		servers[0].cause = traffic.Refused
		for session := range uint64(400) {
			require.Equal(t, "ok", r.cause(r.request(session)))
		}
		require.Equal(t, want, servers[0].requests, "zone %v", zone)
		require.Len(t, r.verdicts, want)
		require.False(t, r.Usable(0))
	}
}

func TestNginxDealsConnectionsToWorkersAtRandom(t *testing.T) {
	r, _ := nginxRig(1, func(s *balancer.Spec) { s.WorkerProcesses = 4 })
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
func TestNginxSmoothWeightedRoundRobin(t *testing.T) {
	s := spec("nginx")
	s.Targets, s.Weights = nil, map[string]int{"a": 5, "b": 1, "c": 1}
	r := newRig(s)
	var servers []*server
	for group := range 3 {
		server := &server{sim: r.sim}
		servers = append(servers, server)
		r.AddTarget(balancer.Target{ID: group, Group: group, Receiver: server, Healthy: true})
	}
	order := ""
	for range 14 {
		before := [3]int{servers[0].requests, servers[1].requests, servers[2].requests}
		r.request(0)
		for i := range servers {
			if servers[i].requests > before[i] {
				order += string(rune('a' + i))
			}
		}
	}
	require.Equal(t, "aabacaaaabacaa", order)
}

// A5: least_conn; ties take turns.
func TestNginxLeastConnections(t *testing.T) {
	r, servers := nginxRig(3, func(s *balancer.Spec) { s.Algorithm = "least_outstanding_requests" })
	for _, s := range servers {
		s.busy = true
	}
	for range 9 {
		r.request(0)
	}
	for _, s := range servers {
		require.Len(t, s.held, 3)
	}
	servers[1].release(traffic.OK)
	servers[1].release(traffic.OK)
	r.request(0)
	r.request(0)
	for _, s := range servers {
		require.Len(t, s.held, 3)
	}
}

// A5: ip_hash leads a user to one server, for as long as that does not fail.
func TestNginxHashesAddresses(t *testing.T) {
	r, servers := nginxRig(3, func(s *balancer.Spec) { s.Algorithm = "ip_hash" })
	everybody := func() (got [3]int) {
		for i, s := range servers {
			got[i] = -s.requests
		}
		for user := range uint64(3000) {
			require.Equal(t, "ok", r.cause(r.requestOf(user)))
		}
		for i, s := range servers {
			got[i] += s.requests
		}
		return got
	}
	first := everybody()
	for i := range servers {
		requireShare(t, 1.0/3, first[i], 3000)
	}
	require.Equal(t, first, everybody(), "everybody comes back")
	servers[0].cause = traffic.Refused
	then := everybody()
	require.Equal(t, 1, then[0])
	requireShare(t, 0.5, then[1]-first[1], first[0], "its users are spread over the others")
	servers[0].cause = traffic.OK
	r.run(t, 11*engine.Second)
	everybody()
	require.Equal(t, first, everybody(), "and come back in the end")
}

// A5 [ngx_http_upstream_ip_hash_module.c:124,140,200]: the hash begins at 89, and
// each of the first three octets makes it 113 times itself and the octet, modulo
// 6271; so all of a network of 256 addresses go to one server.
func TestNginxHashesThreeOctets(t *testing.T) {
	r, servers := nginxRig(3, func(s *balancer.Spec) { s.Algorithm = "ip_hash" })
	addresses, networks := stream("addresses"), map[uint64]int{}
	shared := 0
	for user := range uint64(20_000) {
		network := addresses.Uint64(user, 0) >> 40 // its first 24 bits
		want := ((89*113+network>>16)*113 + network>>8&0xff) % 6271
		want = (want*113 + network&0xff) % 6271 % 3
		before := servers[want].requests
		r.requestOf(user)
		require.Equal(t, before+1, servers[want].requests)
		if server, known := networks[network]; known {
			require.EqualValues(t, server, want)
			shared++
		}
		networks[network] = int(want)
	}
	require.Positive(t, shared, "some share a network")
}

func TestNginxRandom(t *testing.T) {
	r, servers := nginxRig(3, func(s *balancer.Spec) { s.Algorithm = "random" })
	for range 3000 {
		r.request(0)
	}
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 3000)
	}
	servers[2].cause = traffic.Refused
	for range 100 {
		require.Equal(t, "ok", r.cause(r.request(0)))
	}
}

// A5: random two least_conn takes the one of two different servers that has fewer
// connections, so never the busiest of three.
func TestNginxRandomTwo(t *testing.T) {
	r, servers := nginxRig(3, func(s *balancer.Spec) { s.Algorithm = "power_of_two" })
	servers[0].busy = true
	for len(servers[0].held) == 0 {
		r.request(0)
	}
	before := servers[1].requests
	require.Zero(t, r.reachedBy(servers[0], 1000))
	requireShare(t, 0.5, servers[1].requests-before, 1000)
}

// A5: upstream connections are closed after each answer up to nginx 1.29.6; with
// keepalive each worker keeps so many idle ones, the latest, for 60 s.
func TestNginxUpstreamKeepalive(t *testing.T) {
	r, servers := nginxRig(1, asIs)
	for range 3 {
		r.request(0)
	}
	require.Equal(t, 3, servers[0].opened)

	r, servers = nginxRig(2, func(s *balancer.Spec) { s.UpstreamKeepalive = 2 })
	for _, s := range servers {
		s.busy = true
	}
	for range 4 {
		r.request(0)
	}
	for i := range 4 {
		r.run(t, engine.Time(i)*engine.Second)
		servers[i/2].release(traffic.OK)
	}
	require.Len(t, servers[0].hungUp, 2, "those that have been idle longest")
	require.Empty(t, servers[1].hungUp)
	r.run(t, 2*engine.Minute)
	require.Equal(t, []engine.Time{62 * engine.Second, 63 * engine.Second}, servers[1].hungUp)
}

// ngx_http_upstream_module: a connection that the server has closed takes no place
// among those that are kept.
func TestClosedConnectionsTakeNoPlace(t *testing.T) {
	r, servers := nginxRig(2, func(s *balancer.Spec) { s.UpstreamKeepalive = 3 })
	for _, s := range servers {
		s.busy = true
	}
	for range 4 {
		r.request(0)
	}
	for i, k := range []int{1, 0, 0, 1} {
		r.run(t, engine.Time(i)*engine.Second)
		if i == 3 {
			for _, c := range servers[0].open {
				c.Close(r.sim.Now())
			}
		}
		servers[k].release(traffic.OK)
	}
	require.Empty(t, servers[1].hungUp, "two are open")
	for range 4 {
		r.request(0)
	}
	require.Equal(t, 2, servers[1].opened, "both are used again")
	require.Equal(t, 4, servers[0].opened)
}

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
