package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// on sends a request on a connection and returns its number.
func (r *rig) on(conn traffic.ConnRef) int32 {
	a := r.pool.Get()
	a.Link = traffic.Link{Conn: conn, Keep: true}
	tag := int32(len(r.sent))
	r.sent = append(r.sent, a)
	a.Call(r, r, tag)
	return tag
}

// reusing is a balancer whose clients come back on their connections.
func reusing(s *balancer.Spec, zones ...string) *rig {
	r := &rig{sim: engine.New(engine.Limits{Events: 1e7}), answers: map[int32]answer{}}
	r.Balancer = balancer.New(r.sim, s, balancer.Config{Name: "lb", Zones: zones, Log: &r.log, Stream: stream, Reused: true})
	return r
}

// 2.10 [API-LBATTR], 1.6 [CLB-IDLE]: the idle timeout holds on both sides: a
// client's connection is closed after as long without a request.
func TestIdleTimeoutOfClients(t *testing.T) {
	for _, kind := range []string{"application", "classic"} {
		r := reusing(spec(kind))
		r.add(0, "")
		conn := r.conns[r.request(0)]
		for _, at := range []engine.Time{50, 100} {
			r.run(t, at*engine.Second)
			require.NotNil(t, conn.Conn(), kind)
			require.Equal(t, conn, r.conns[r.on(conn)], kind)
		}
		r.run(t, 160*engine.Second-1)
		require.NotNil(t, conn.Conn(), kind)
		r.run(t, 160*engine.Second)
		require.Nil(t, conn.Conn(), kind)
		require.Equal(t, "ok", r.cause(r.on(conn)), "the client opens another one")
		require.EqualValues(t, 2, r.Cut(160*engine.Second).ClientConnections)
	}
}

// A request that is worked on for longer than the timeout is no silence of the
// client's connection before the balancer has answered it.
func TestClientWaitsOnItsConnection(t *testing.T) {
	s := spec("application")
	s.IdleTimeout = seconds(10)
	r := reusing(s)
	server := r.add(0, "")
	server.busy = true
	tag := r.request(0)
	r.run(t, 9*engine.Second)
	server.release(traffic.OK)
	r.run(t, 18*engine.Second)
	require.NotNil(t, r.conns[tag].Conn())
	r.run(t, 19*engine.Second)
	require.Nil(t, r.conns[tag].Conn())
}

// 2.10 [API-LBATTR]: client_keep_alive, 3,600 s, is the longest life of a
// client's connection; a classic balancer knows none.
func TestClientKeepAlive(t *testing.T) {
	for kind, life := range map[string]engine.Time{"application": 3600, "classic": 9999} {
		r := reusing(spec(kind))
		r.add(0, "")
		conn := r.conns[r.request(0)]
		for at := engine.Time(50); at < 2*3600; at += 50 {
			r.run(t, at*engine.Second)
			if at < life {
				conn = r.conns[r.on(conn)]
				require.NotNil(t, conn.Conn(), "%s at %d s", kind, at)
				continue
			}
			require.Equal(t, "ok", r.cause(r.on(conn)), "the last request is still answered")
			require.Nil(t, conn.Conn())
			break
		}
	}
}

// Connections end with whoever leaves, by whatever way, and their mean number is
// the time that they were open over the time.
func TestClientsWhoLeaveCloseTheirConnections(t *testing.T) {
	r := reusing(spec("application"))
	server := r.add(0, "")
	server.busy = true
	abandoned, cancelled, hungUp := r.request(0), r.request(1), r.request(2)
	r.run(t, 10*engine.Second)
	r.sent[abandoned].Cut(0, traffic.Link{})
	r.sent[cancelled].Withdraw(0)
	r.sent[cancelled].Release()
	server.release(traffic.OK)
	server.release(traffic.OK)
	r.run(t, 30*engine.Second)
	r.conns[hungUp].Hangup()
	require.Nil(t, r.conns[hungUp].Conn())
	r.run(t, 100*engine.Second)
	require.EqualValues(t, (10+10+30)*1000, r.Cut(100*engine.Second).ClientTime)
	require.Zero(t, r.pool.Out())
}

// Where nobody comes back, the time is an estimate: the answer takes 2 s, and
// the connection is idle for 60 s.
func TestClientTimeWithoutReuse(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.busy = true
	r.request(0)
	r.run(t, engine.Second)
	require.EqualValues(t, 61_000, r.Cut(engine.Second).ClientTime)
	r.run(t, 2*engine.Second)
	server.release(traffic.OK)
	require.Zero(t, r.Cut(2*engine.Second).ClientTime)
}

// 2.12 [PRICE-ELB]: ten rules are free.
func TestRuleEvaluations(t *testing.T) {
	for rules, want := range map[int]uint64{1: 0, 10: 0, 13: 15} {
		s := spec("application")
		s.Rules = rules
		r := newRig(s)
		r.add(0, "")
		for range 5 {
			r.request(0)
		}
		require.Equal(t, want, r.Cut(engine.Second).RuleEvaluations, "%d rules", rules)
	}
}

// 2.10 [ALB-LB, U5], 1.8 [CLB-ERR]: a request that is sent on an idle connection
// at the moment at which the target closes it fails; once the node knows, it
// opens another one.
func TestRequestRacesWithTheTargetsKeepAlive(t *testing.T) {
	for kind, want := range map[string]string{"application": "502", "classic": "504"} {
		r := newRig(spec(kind))
		server := r.add(0, "")
		r.request(0)
		r.run(t, 5*engine.Second)
		server.open[0].Close(r.sim.Now())
		r.run(t, 5*engine.Second+engine.Millisecond-1)
		require.Equal(t, want, r.cause(r.request(0)), kind)
		require.Equal(t, "ok", r.cause(r.request(0)), "the connection is used up")
		server.open[1].Close(r.sim.Now())
		r.run(t, 5*engine.Second+2*engine.Millisecond)
		require.Equal(t, "ok", r.cause(r.request(0)), kind)
		require.Equal(t, 3, server.opened)
		require.EqualValues(t, 1, r.Cut(r.sim.Now()).Raced)
	}
}

func TestReusedConnectionsAllocateNothing(t *testing.T) {
	r := reusing(spec("application"))
	server := newQueue(r.sim, 0.001)
	r.AddTarget(balancer.Target{Receiver: server, Healthy: true})
	visitor := &comeback{rig: r}
	step := func() {
		visitor.send()
		_ = r.sim.Run(r.sim.Now() + engine.Second)
	}
	for range 200 {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(100, step))
}

// comeback is a client that uses its connection again.
type comeback struct {
	*rig
	conn traffic.ConnRef
	n    uint64
}

func (c *comeback) send() {
	a := c.pool.Get()
	c.n++
	a.Session, a.Link = c.n, traffic.Link{Conn: c.conn, Keep: c.n%3 > 0}
	a.Call(c.Balancer, c, 0)
}

func (c *comeback) Moved(*traffic.Attempt, int32) {}

func (c *comeback) Answered(a *traffic.Attempt, _ int32, _ traffic.Cause) {
	c.conn = a.Link.Conn
	a.Release()
}

// A node that is lost closes its clients' connections, and resets their requests;
// who connects while it is lost gets a connection when it is back.
func TestLostNodeClosesItsClientsConnections(t *testing.T) {
	r := reusing(spec("application"), "a")
	server := r.add(0, "a")
	idle := r.conns[r.request(0)]
	server.busy = true
	working := r.request(1)
	r.run(t, engine.Second)
	r.LoseZone("a")
	require.Nil(t, idle.Conn())
	require.Equal(t, "reset", r.cause(working))
	require.Nil(t, r.conns[working].Conn())
	require.EqualValues(t, 2000, r.Cut(engine.Second).ClientTime)
	waiting := r.request(2)
	server.busy = false
	r.run(t, 10*engine.Second)
	require.Equal(t, "none", r.cause(waiting))
	r.ReturnZone("a")
	r.run(t, engine.Minute)
	require.Equal(t, "ok", r.cause(waiting))
	require.NotNil(t, r.conns[waiting].Conn())
	require.Equal(t, "ok", r.cause(r.on(r.conns[waiting])))
}
