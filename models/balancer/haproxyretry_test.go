package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

func retrying(retries int, redispatch bool, on ...string) func(*balancer.Spec) {
	return func(s *balancer.Spec) {
		s.Retries, s.Redispatch = retries, redispatch
		if len(on) > 0 {
			s.RetryOn = on
		}
	}
}

func TestHAProxyRetries(t *testing.T) {
	for _, row := range []struct {
		name    string
		set     func(*balancer.Spec)
		cause   traffic.Cause
		want    string
		broken  int // requests at the broken server
		retried engine.Time
	}{
		{"redispatch", retrying(3, true), traffic.Refused, "ok", 1, 0},
		{"the same server", retrying(3, false), traffic.Refused, "503", 4, 3 * engine.Second},
		{"none", retrying(0, true), traffic.Refused, "503", 1, 0},
		{"retry-on none", retrying(3, true, "none"), traffic.Refused, "503", 1, 0},
		{"500", retrying(3, true), traffic.Status500, "500", 1, 0},
		{"reset", retrying(3, true), traffic.Reset, "502", 1, 0},
		{"500 named", retrying(3, true, "500"), traffic.Status500, "ok", 1, 0},
		{"500 named, the same server", retrying(3, false, "500"), traffic.Status500, "500", 4, 0},
		{"all, 500", retrying(3, true, "all-retryable-errors"), traffic.Status500, "ok", 1, 0},
		{"all, reset", retrying(3, true, "all-retryable-errors"), traffic.Reset, "ok", 1, 0},
		{"all but 429", retrying(3, true, "all-retryable-errors"), traffic.Status429, "429", 1, 0},
	} {
		r, servers := proxyRig("haproxy", 2, row.set)
		servers[0].cause = row.cause
		tag := r.request(0)
		r.run(t, 10*engine.Second)
		require.Equal(t, row.want, r.cause(tag), row.name)
		require.Equal(t, row.broken, servers[0].requests, row.name)
		require.Equal(t, row.retried, r.answers[tag].at, row.name)
		require.EqualValues(t, 1, r.Cut(10*engine.Second).Requests, row.name)
		require.Zero(t, r.InFlight())
		require.Zero(t, r.pool.Out())
	}
}

func TestHAProxyRetriesHangs(t *testing.T) {
	r, servers := proxyRig("haproxy", 2, func(s *balancer.Spec) {
		retrying(3, true, "all-retryable-errors")(s)
		s.ServerTimeout = seconds(2)
	})
	servers[0].busy = true
	tag := r.request(0)
	r.run(t, 10*engine.Second)
	require.Equal(t, answer{2 * engine.Second, traffic.OK, 0}, r.answers[tag])
	require.Equal(t, 1, r.pool.Out(), "the server goes on with its work")
	servers[0].release(traffic.OK)
	require.Zero(t, r.pool.Out())
	require.Len(t, r.answers, 1)
}

func TestHAProxyStickyRequestsWait(t *testing.T) {
	for connect, want := range map[float64]engine.Time{5: 2 * engine.Second, 0.3: 600 * engine.Millisecond} {
		s := spec("haproxy")
		s.Stickiness.Type, s.Redispatch, s.ConnectTimeout = "lb_cookie", true, seconds(connect)
		s.HealthCheck.Interval = seconds(60)
		r := newRig(s)
		servers := []*server{r.add(0, ""), r.add(1, ""), r.add(2, "")}
		v := &traffic.Visitor{}
		r.visit(v, traffic.Request{})
		require.Equal(t, 1, servers[0].requests)
		servers[0].cause = traffic.Refused
		tag := r.visit(v, traffic.Request{})
		r.run(t, 10*engine.Second)
		require.Equal(t, "ok", r.cause(tag))
		require.Equal(t, want, r.answers[tag].at)
		require.Equal(t, 4, servers[0].requests, "the first try and two retries")
		servers[0].cause = traffic.OK
		tag = r.visit(v, traffic.Request{})
		require.Equal(t, "ok", r.cause(tag))
		require.Equal(t, 4, servers[0].requests, "the cookie now leads elsewhere")
	}
}

func TestHAProxyStickyServerDown(t *testing.T) {
	s := spec("haproxy")
	s.Stickiness.Type = "lb_cookie"
	r := newRig(s)
	servers := []*server{r.add(0, ""), r.add(1, "")}
	v := &traffic.Visitor{}
	r.visit(v, traffic.Request{})
	servers[0].health, servers[0].cause = traffic.Refused, traffic.Refused
	r.run(t, 10*engine.Second)
	for range 3 {
		require.Equal(t, "ok", r.cause(r.visit(v, traffic.Request{})))
	}
	servers[0].health, servers[0].cause = traffic.OK, traffic.OK
	r.run(t, 20*engine.Second)
	r.visit(v, traffic.Request{})
	require.Equal(t, 1, servers[0].requests)
	require.Equal(t, 4, servers[1].requests)
}

func TestHAProxySource(t *testing.T) {
	r, servers := proxyRig("haproxy", 3, func(s *balancer.Spec) {
		retrying(3, true)(s)
		s.Algorithm = "source"
		s.HealthCheck.Interval = quantity.Duration(engine.Hour)
	})
	for user := range uint64(900) {
		r.requestOf(user)
	}
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 900)
	}
	before := servers[1].requests
	for user := range uint64(900) {
		r.requestOf(user)
	}
	require.Equal(t, 2*before, servers[1].requests)
	servers[1].cause = traffic.Refused
	for user := uint64(0); ; user++ {
		tag := r.requestOf(user)
		if _, answered := r.answers[tag]; !answered {
			r.run(t, 10*engine.Second)
			require.Equal(t, answer{2 * engine.Second, traffic.OK, 0}, r.answers[tag])
			return
		}
	}
}

func TestHAProxyPauseIsGivenUp(t *testing.T) {
	r, servers := proxyRig("haproxy", 2, retrying(3, false))
	servers[0].cause = traffic.Refused
	cancelled, stays := r.request(0), int32(0)
	r.request(1)
	stays = r.request(2)
	require.Equal(t, 2, r.InFlight())
	r.sent[cancelled].Withdraw(0)
	r.sent[cancelled].Release()
	require.Equal(t, 1, r.InFlight())
	r.Remove(0)
	r.run(t, engine.Second)
	require.Equal(t, "ok", r.cause(stays), "the other server takes it")
	require.Zero(t, r.InFlight())
	require.Zero(t, r.pool.Out())

	r, servers = proxyRig("haproxy", 1, retrying(3, false))
	servers[0].cause = traffic.Refused
	gone := r.request(0)
	r.sent[gone].Cut(0, traffic.Link{})
	r.Deregister(0, nil)
	r.run(t, 10*engine.Second)
	require.Zero(t, r.InFlight())
	require.Zero(t, r.pool.Out())
	require.EqualValues(t, 1, r.Cut(10*engine.Second).Gone)
}

func TestHAProxyDrainingCutsAPause(t *testing.T) {
	r, servers := proxyRig("haproxy", 1, func(s *balancer.Spec) {
		retrying(3, false)(s)
		s.DeregistrationDelay = seconds(0.5)
	})
	servers[0].cause = traffic.Refused
	tag := r.request(0)
	done := false
	r.Deregister(0, func() { done = true })
	r.run(t, 500*engine.Millisecond)
	require.True(t, done)
	require.Equal(t, "502", r.cause(tag))
	r.run(t, 10*engine.Second)
	require.Equal(t, 1, servers[0].requests)
	require.Zero(t, r.pool.Out())
}

func TestNoTryAtAServerThatWasNotChosen(t *testing.T) {
	r, servers := proxyRig("haproxy", 2, func(s *balancer.Spec) {
		retrying(3, true)(s)
		s.HealthCheck.Interval = seconds(0.1)
	})
	for _, s := range servers {
		s.busy = true
	}
	tag := r.request(0)
	first := 0
	if len(servers[1].held) > 0 {
		first = 1
	}
	servers[first].health = traffic.Refused
	r.run(t, 10*engine.Second)
	require.False(t, r.Usable(first))
	servers[first].release(traffic.Refused)
	r.run(t, 10*engine.Second+500*engine.Millisecond)
	r.Remove(1 - first)
	other := r.addNew(2, "")
	other.health = traffic.Refused
	r.run(t, 20*engine.Second)
	require.Zero(t, servers[1-first].requests, "it was about to be asked")
	require.Zero(t, other.requests)
	require.Equal(t, "503", r.cause(tag))
}
