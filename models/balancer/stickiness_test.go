package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// shop is a balancer with cookies, and visitors whose requests it answers.
type shop struct {
	*rig
	servers []*server
}

// Routes: the answers of signIn set the application's cookie.
const browse, signIn = int32(0), int32(1)

// newShop has three servers; the duration "" is the default.
func newShop(t *testing.T, kind, cookie, duration string) *shop {
	s := spec(kind)
	s.Algorithm, s.Stickiness.Type = "round_robin", cookie
	s.HealthCheck.Interval, s.HealthCheck.HealthyThreshold = seconds(10), 2
	s.DeregistrationDelay = seconds(300)
	if duration != "" {
		s.Stickiness.Duration = durationOf(t, duration)
	}
	h := &shop{rig: newRig(s)}
	for id := range 3 {
		h.servers = append(h.servers, h.add(id, ""))
	}
	return h
}

func durationOf(t *testing.T, text string) *quantity.Duration {
	var d quantity.Duration
	require.NoError(t, d.Read(text, nil))
	return &d
}

// serve sends a visitor's request and returns who served it; -1: nobody.
func (h *shop) serve(v *traffic.Visitor, route int32) int {
	before := make([]int, len(h.servers))
	for i, s := range h.servers {
		before[i] = s.requests
	}
	h.visit(v, traffic.Request{Route: route})
	for i, s := range h.servers {
		if s.requests > before[i] {
			return i
		}
	}
	return -1
}

// others lets requests without a visitor move the turn on.
func (h *shop) others(n int) {
	for range n {
		h.request(0)
	}
}

func (h *shop) stays(t *testing.T, v *traffic.Visitor, at int, what string) {
	t.Helper()
	for range 5 {
		h.others(1)
		require.Equal(t, at, h.serve(v, browse), what)
	}
}

// 2.5 [ALB-STICKY], 1.3 [CLB-STICKY]: the cookie overrides the algorithm after
// the first pick; a visitor without one goes on by the algorithm.
func TestStickyVisitorsComeBack(t *testing.T) {
	for _, kind := range []string{"application", "classic"} {
		h := newShop(t, kind, "lb_cookie", "")
		first, second := &traffic.Visitor{}, &traffic.Visitor{}
		at, other := h.serve(first, browse), h.serve(second, browse)
		require.NotEqual(t, at, other)
		h.stays(t, first, at, kind)
		h.stays(t, second, other, kind)
	}
}

func TestWithoutStickinessVisitorsMove(t *testing.T) {
	h := newShop(t, "application", "none", "")
	var v traffic.Visitor
	require.Equal(t, []int{0, 1, 2}, []int{h.serve(&v, browse), h.serve(&v, browse), h.serve(&v, browse)})
}

// 2.5 [ALB-STICKY]: the expiry is reset after every request. 1.3 [CLB-STICKY]:
// it is not; the client forgets the cookie when its time is over.
func TestLifeOfTheCookie(t *testing.T) {
	for kind, renewed := range map[string]bool{"application": true, "classic": false} {
		h := newShop(t, kind, "lb_cookie", "1m")
		var v traffic.Visitor
		at := h.serve(&v, browse)
		h.others(1)
		for _, now := range []engine.Time{50, 100} {
			h.run(t, now*engine.Second)
			if now < 60 || renewed {
				require.Equal(t, at, h.serve(&v, browse), "%s at %d s", kind, now)
			} else {
				require.NotEqual(t, at, h.serve(&v, browse), "%s at %d s", kind, now)
			}
		}
		if renewed {
			h.run(t, 160*engine.Second)
			require.NotEqual(t, at, h.serve(&v, browse), "60 s without a request")
		}
	}
}

// 2.5 [ALB-STICKY]: 86,400 s unless set. 1.3 [CLB-STICKY]: a cookie without
// expiry lives as long as the browser's session.
func TestDefaultLifeOfTheCookie(t *testing.T) {
	for kind, same := range map[string]bool{"application": false, "classic": true} {
		h := newShop(t, kind, "lb_cookie", "")
		var v traffic.Visitor
		at := h.serve(&v, browse)
		h.others(1)
		h.run(t, 24*engine.Hour-1)
		again, _ := v.Cookie(0, h.sim.Now())
		require.Equal(t, at, again.Target)
		h.run(t, 24*engine.Hour)
		require.Equal(t, same, h.serve(&v, browse) == at, kind)
	}
}

// What becomes of a visitor's session when something happens to its target: 1.3
// [CLB-STICKY, CLB-REG], 2.5 [ALB-STICKY]. In all cases its next request goes to
// another target; and it stays there when the first one is back.
func TestStickyTargetFails(t *testing.T) {
	happenings := map[string]struct{ fail, back func(h *shop, at int) }{
		"unhealthy": {
			func(h *shop, at int) { h.servers[at].health = traffic.Status500 },
			func(h *shop, at int) { h.servers[at].health = traffic.OK },
		},
		"draining": {
			func(h *shop, at int) { h.Deregister(at, nil) },
			func(h *shop, at int) {},
		},
		"gone": {
			func(h *shop, at int) { h.Remove(at) },
			func(h *shop, at int) { h.servers[at] = h.add(at, "") },
		},
	}
	for what, do := range happenings {
		for _, kind := range []string{"application", "classic"} {
			for _, cookie := range []string{"lb_cookie", "app_cookie"} {
				name := what + " " + kind + " " + cookie
				h := newShop(t, kind, cookie, "")
				var v traffic.Visitor
				at := h.serve(&v, signIn)
				h.stays(t, &v, at, name)
				do.fail(h, at)
				h.run(t, engine.Minute)
				moved := h.serve(&v, browse)
				require.NotEqual(t, at, moved, name)
				require.GreaterOrEqual(t, moved, 0, name)
				h.stays(t, &v, moved, name)
				do.back(h, at)
				h.run(t, 2*engine.Minute)
				h.stays(t, &v, moved, name+": back")
			}
		}
	}
}

// A visitor who asked for nothing while its target was unhealthy finds it again:
// nothing has rewritten the cookie.
func TestStickyTargetRecoversUnnoticed(t *testing.T) {
	h := newShop(t, "application", "lb_cookie", "")
	var v traffic.Visitor
	at := h.serve(&v, browse)
	h.servers[at].health = traffic.Status500
	h.run(t, engine.Minute)
	h.servers[at].health = traffic.OK
	h.run(t, 3*engine.Minute)
	h.stays(t, &v, at, "recovered")
}

// 2.5 [ALB-STICKY]: what is in flight to a draining target finishes there; its
// answer does not lead the visitor back.
func TestStickyRequestInFlightWhileDraining(t *testing.T) {
	h := newShop(t, "application", "lb_cookie", "")
	var v traffic.Visitor
	at := h.serve(&v, browse)
	h.servers[at].busy = true
	tag := h.visit(&v, traffic.Request{})
	h.Deregister(at, nil)
	h.servers[at].release(traffic.OK)
	require.Equal(t, "ok", h.cause(tag))
	require.NotEqual(t, at, h.serve(&v, browse))
}

// 2.5 [ALB-STICKY]: app_cookie needs the application's own cookie, which the
// target sets; 1.3 [CLB-STICKY]: the balancer's is inserted only with it.
func TestAppCookieNeedsTheApplicationsCookie(t *testing.T) {
	for _, kind := range []string{"application", "classic"} {
		h := newShop(t, kind, "app_cookie", "")
		var v traffic.Visitor
		require.Equal(t, []int{0, 1, 2}, []int{h.serve(&v, browse), h.serve(&v, browse), h.serve(&v, browse)}, kind)
		at := h.serve(&v, signIn)
		h.stays(t, &v, at, kind)
	}
}

// 1.3 [CLB-STICKY]: the cookie follows the life of the application's: only an
// answer that sets that one begins it anew. 2.5 [ALB-STICKY]: each answer does.
func TestLifeOfTheAppCookie(t *testing.T) {
	for kind, renewed := range map[string]bool{"application": true, "classic": false} {
		h := newShop(t, kind, "app_cookie", "1m")
		var v traffic.Visitor
		at := h.serve(&v, signIn)
		h.run(t, 40*engine.Second)
		require.Equal(t, at, h.serve(&v, browse))
		h.run(t, 70*engine.Second)
		c, held := v.Cookie(0, h.sim.Now())
		require.Equal(t, renewed, held, kind)
		if renewed {
			require.Equal(t, 100*engine.Second, c.Expires)
			continue
		}
		h.serve(&v, signIn)
		c, _ = v.Cookie(0, h.sim.Now())
		require.Equal(t, 130*engine.Second, c.Expires)
	}
}

// The classic balancer's replacement inherits the rest of the cookie's life.
func TestReplacementInheritsTheAppCookie(t *testing.T) {
	h := newShop(t, "classic", "app_cookie", "2m")
	var v traffic.Visitor
	at := h.serve(&v, signIn)
	h.Remove(at)
	h.run(t, engine.Minute)
	moved := h.serve(&v, browse)
	c, held := v.Cookie(0, h.sim.Now())
	require.True(t, held)
	require.Equal(t, traffic.Cookie{Target: moved, Expires: 2 * engine.Minute}, c)
}

// An error of the balancer's own brings no cookie; an error page of the target's
// does.
func TestErrorsAndCookies(t *testing.T) {
	for cause, cookie := range map[traffic.Cause]bool{traffic.Status500: true, traffic.Reset: false} {
		h := newShop(t, "application", "lb_cookie", "")
		for _, s := range h.servers {
			s.cause = cause
		}
		var v traffic.Visitor
		h.serve(&v, browse)
		_, held := v.Cookie(0, 0)
		require.Equal(t, cookie, held, cause)
	}
}

// Once the client has gone, nobody takes the cookie.
func TestCookieOfAClientThatLeft(t *testing.T) {
	h := newShop(t, "application", "lb_cookie", "")
	for _, s := range h.servers {
		s.busy = true
	}
	var v traffic.Visitor
	tag := h.visit(&v, traffic.Request{})
	h.sent[tag].Cut(0, traffic.Link{})
	h.servers[0].release(traffic.OK)
	_, held := v.Cookie(0, 0)
	require.False(t, held)
	require.Zero(t, h.pool.Out())
}

// 1.5 [CLB-XZ]: without cross-zone balancing a classic node cannot reach the
// targets of other zones, and sends a visitor who comes by DNS to one of its own.
func TestStickyTargetOutOfReach(t *testing.T) {
	s := spec("classic")
	s.CrossZone, s.Stickiness.Type = false, "lb_cookie"
	r := newRig(s, "a", "c")
	inA, inC := r.add(0, "a"), r.add(1, "c")
	var v traffic.Visitor
	for session := range uint64(100) { // each by a node of its own
		r.visit(&v, traffic.Request{Session: session})
	}
	require.Positive(t, inA.requests)
	require.Positive(t, inC.requests)
}

// What stickiness does not go with: 2.3 [ALB-TGEDIT], 2.5 [ALB-STICKY], 2.6
// [ALB-LISTEN], 2.9 [ALB-XZ].
func TestStickinessCheck(t *testing.T) {
	rows := []struct {
		name string
		kind string
		spec func(*balancer.Spec)
		want []string
	}{
		{"a week", "application", func(s *balancer.Spec) { s.Stickiness.Duration = durationOf(t, "168h") }, nil},
		{"more", "application", func(s *balancer.Spec) { s.Stickiness.Duration = durationOf(t, "169h") },
			[]string{"stickiness.duration: must not exceed 7d on an application balancer (have 7d1h)"}},
		{"more, classic", "classic", func(s *balancer.Spec) { s.Stickiness.Duration = durationOf(t, "169h") }, nil},
		{"zones", "application", func(s *balancer.Spec) { s.CrossZone = false },
			[]string{"stickiness.kind: needs cross_zone = true on an application balancer"}},
		{"zones, classic", "classic", func(s *balancer.Spec) { s.CrossZone = false }, nil},
		{"weighted random", "application", func(s *balancer.Spec) { s.Algorithm = "weighted_random" },
			[]string{`stickiness.kind: cannot be together with algorithm = "weighted_random"`}},
		{"groups", "application", func(s *balancer.Spec) { s.Targets, s.Weights = nil, map[string]int{"a": 1} },
			[]string{`group_stickiness: is required where target groups with weights have stickiness: write group_stickiness = "1h"`}},
		{"app_cookie and groups", "application", func(s *balancer.Spec) {
			s.Targets, s.Weights, s.Stickiness.Type = nil, map[string]int{"a": 1}, "app_cookie"
		}, []string{"stickiness.kind: app_cookie does not work with weights: use lb_cookie"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			s.Stickiness.Type = "lb_cookie"
			row.spec(s)
			require.Equal(t, row.want, complaints(s))
		})
	}
}
