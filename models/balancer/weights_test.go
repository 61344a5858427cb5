package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// forwarding is a balancer with the target groups blue (0) and green (1).
func forwarding(blue, green int, change func(*balancer.Spec)) *rig {
	s := spec("application")
	s.Targets, s.Weights = nil, map[string]int{"green": green, "blue": blue}
	if change != nil {
		change(s)
	}
	return newRig(s)
}

// member registers a server in a target group; its ID is the group's number and
// its own.
func (r *rig) member(group, id int, healthy bool) *server {
	s := &server{sim: r.sim}
	r.AddTarget(balancer.Target{ID: 10*group + id, Group: group, Receiver: s, Healthy: healthy})
	return s
}

// 2.6 [ALB-LISTEN]: share = weight / sum, whatever the groups' sizes; each group
// is balanced by itself.
func TestTargetGroupsByWeight(t *testing.T) {
	r := forwarding(90, 30, nil)
	blue := []*server{r.member(0, 0, true)}
	green := []*server{r.member(1, 0, true), r.member(1, 1, true), r.member(1, 2, true)}
	const n = 12000
	for range n {
		r.request(0)
	}
	requireShare(t, 0.75, blue[0].requests, n, "blue")
	for _, s := range green[1:] {
		require.InDelta(t, green[0].requests, s.requests, 1, "green takes turns")
	}
	cut := r.Cut(engine.Second)
	imbalance, ok := cut.Imbalance()
	require.True(t, ok)
	require.InDelta(t, 0, imbalance, 0.01, "weights are no imbalance")
}

// Which target group a try goes to does not depend on what else comes, so that
// policies are compared with the same luck; a retry is drawn anew.
func TestTargetGroupsByTheRequest(t *testing.T) {
	const n = 4000
	groups := func(others bool) (list [n][2]bool) {
		r := forwarding(50, 50, nil)
		r.member(0, 0, true)
		green := r.member(1, 0, true)
		for i := range n {
			for try := range 2 {
				before := green.requests
				a := r.pool.Get()
				a.Session, a.Try = uint64(i), uint16(try)
				a.Call(r, &r.pool, 0)
				list[i][try] = green.requests > before
				if others {
					r.request(n + uint64(i))
				}
			}
		}
		return list
	}
	alone := groups(false)
	require.Equal(t, alone, groups(true))
	again := 0
	for _, tries := range alone {
		again += map[bool]int{true: 1}[tries[0] == tries[1]]
	}
	requireShare(t, 0.5, again, n)
}

func TestWeightZeroGetsNothing(t *testing.T) {
	r := forwarding(0, 7, nil)
	blue, green := r.member(0, 0, true), r.member(1, 0, true)
	for range 100 {
		r.request(0)
	}
	require.Zero(t, blue.requests)
	require.Equal(t, 100, green.requests)
}

// 2.6 [ALB-TS, U7]: a group without targets keeps its share, which fails with
// 503; a group whose targets are all unhealthy keeps it too, and fails open.
func TestBadTargetGroupKeepsItsShare(t *testing.T) {
	r := forwarding(50, 50, nil)
	blue := r.member(0, 0, true)
	const n = 2000
	failed := func() (failed int) {
		r.answers = map[int32]answer{}
		for range n {
			r.request(0)
		}
		for _, a := range r.answers {
			if a.cause == traffic.Status503 {
				failed++
			}
		}
		return failed
	}
	requireShare(t, 0.5, failed(), n, "green is empty")
	requireShare(t, 0.5, blue.requests, n, "blue")

	green := r.member(1, 0, true)
	green.health = traffic.Status500
	r.run(t, 5*engine.Minute)
	require.True(t, r.Unhealthy(10))
	require.Zero(t, failed())
	requireShare(t, 0.5, green.requests, n, "green is unhealthy")
}

// 2.6 [SDK-TG]: requests with the group's cookie go to that group, only the
// others follow the weights. Whether a group of weight 0 keeps its visitors is a
// setting.
func TestGroupStickiness(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		r := forwarding(1, 0, func(s *balancer.Spec) {
			s.GroupStickiness, s.ZeroWeightKeeps = durationOf(t, "1h"), keeps
		})
		blue, green := r.member(0, 0, true), r.member(1, 0, true)
		var v traffic.Visitor
		r.visit(&v, traffic.Request{})
		require.Equal(t, 1, blue.requests)
		r.SetWeights([]int{1, 999})
		for range 10 {
			r.visit(&v, traffic.Request{})
		}
		require.Equal(t, 11, blue.requests)
		r.SetWeights([]int{0, 1})
		r.run(t, 59*engine.Minute)
		r.visit(&v, traffic.Request{})
		require.Equal(t, keeps, blue.requests == 12)
		r.run(t, 118*engine.Minute)
		r.visit(&v, traffic.Request{})
		require.Equal(t, keeps, blue.requests == 13, "each request begins the time anew")
		r.run(t, 178*engine.Minute)
		before := green.requests
		r.visit(&v, traffic.Request{})
		require.Equal(t, before+1, green.requests, "the cookie's time is over")
	}
}

// 2.6 [ALB-LISTEN]: with both cookies a visitor comes back to the target; when
// the group's is over, the target's leads nowhere in the other group.
func TestTargetStickinessWithinTheGroup(t *testing.T) {
	r := forwarding(1, 0, func(s *balancer.Spec) {
		s.GroupStickiness, s.Stickiness.Type = durationOf(t, "1m"), "lb_cookie"
	})
	r.member(0, 0, true)
	mine := r.member(0, 1, true)
	other := r.member(1, 0, true)
	var v traffic.Visitor
	r.request(0)
	for range 5 {
		r.visit(&v, traffic.Request{})
		r.request(0)
	}
	require.GreaterOrEqual(t, mine.requests, 5)
	r.SetWeights([]int{0, 1})
	r.run(t, 2*engine.Minute)
	r.visit(&v, traffic.Request{})
	require.Equal(t, 1, other.requests)
	c, held := v.Cookie(0, r.sim.Now())
	require.True(t, held)
	require.Equal(t, 10, c.Target, "rewritten")
}

// 2.6 [U6]: nodes learn of new weights after the propagation lag.
func TestWeightLag(t *testing.T) {
	r := forwarding(1, 0, func(s *balancer.Spec) { s.WeightLag = seconds(20) })
	blue, green := r.member(0, 0, true), r.member(1, 0, true)
	weights := []int{0, 1}
	r.at(engine.Minute, func() { r.SetWeights(weights) })
	r.run(t, engine.Minute)
	weights[0] = 5 // the caller's own affair
	r.run(t, 80*engine.Second-1)
	r.request(0)
	require.Equal(t, 1, blue.requests)
	r.run(t, 80*engine.Second)
	r.request(0)
	require.Equal(t, 1, green.requests)
	require.Equal(t, "60s  blue 0, green 1; nodes know in 20s", r.texts(timeline.Weights))
}

func TestSetWeightsNeedsOneForEachGroup(t *testing.T) {
	require.Panics(t, func() { forwarding(1, 0, nil).SetWeights([]int{1}) })
}

// A balancer whose weights are all 0 has nobody for new visitors.
func TestAllWeightsZero(t *testing.T) {
	r := forwarding(1, 0, nil)
	r.member(0, 0, true)
	r.SetWeights([]int{0, 0})
	require.Equal(t, "503", r.cause(r.request(0)))
}

// [R53-ALIASV], section 4: each target group that has targets needs a healthy
// one; an empty one does not count while another has targets.
func TestDNSAsksEachTargetGroup(t *testing.T) {
	s := spec("application")
	s.Targets, s.Weights = nil, map[string]int{"blue": 1, "green": 1}
	s.DeregistrationDelay = 0
	r := newRig(s, "a", "c")
	r.member(0, 0, true)
	require.Len(t, r.nodesUsed(100), 2)
	ill := r.member(1, 0, true)
	ill.health = traffic.Status500
	r.run(t, 5*engine.Minute)
	require.Empty(t, dnsOf(r), "both nodes see it: DNS returns all")
	r.Remove(10)
	require.Equal(t, []int32{0, 1}, dnsOf(r))
}

func dnsOf(r *rig) []int32 { return balancer.DNS(r.Balancer) }

// 4 [R53-ALIASV]: an alias of a balancer is healthy while every target group has a
// healthy target; a group without targets counts as unhealthy.
func TestAliveNeedsEachTargetGroup(t *testing.T) {
	r := newRig(spec("application"))
	require.False(t, r.Alive(), "an empty group")
	ill := r.add(0, "")
	r.add(1, "")
	ill.health = traffic.Status500
	r.run(t, 5*engine.Minute)
	require.True(t, r.Alive(), "one of two is enough for a group")
	r = forwarding(1, 1, nil)
	r.member(0, 0, true)
	require.False(t, r.Alive(), "the other group is empty")
	r.member(1, 0, true)
	require.True(t, r.Alive())
	r.Remove(10)
	require.False(t, r.Alive())
}

// 2.6 [ALB-QUOTA, ALB-LISTEN]: a forward action has up to five target groups, and
// some weight.
func TestForwardActionCheck(t *testing.T) {
	for groups, want := range map[int][]string{
		5: nil,
		6: {"weights: a forward action has 5 target groups at most (have 6)"},
	} {
		s := spec("application")
		s.Targets, s.Weights = nil, map[string]int{}
		for i := range groups {
			s.Weights[string(rune('a'+i))] = i
		}
		require.Equal(t, want, complaints(s))
	}
	s := spec("application")
	s.Targets, s.Weights = nil, map[string]int{"blue": 0, "green": 0}
	require.Equal(t, []string{"weights: must have a weight above 0"}, complaints(s))
}
