package balancer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// slow is a balancer with a slow start of 100 s and quick checks.
func slow() *rig {
	s := spec("application")
	s.SlowStart = seconds(100)
	s.HealthCheck.Interval, s.HealthCheck.HealthyThreshold = seconds(5), 2
	return newRig(s)
}

// nextVerdict runs to the next verdict.
func (r *rig) nextVerdict(t *testing.T) engine.Time {
	for n := len(r.verdicts); len(r.verdicts) == n; {
		r.run(t, r.sim.Now()+engine.Second/20)
	}
	return r.verdicts[len(r.verdicts)-1].at
}

// share sends requests and returns the server's share of them.
func (r *rig) share(s *server, n int) float64 {
	before := s.requests
	for range n {
		r.request(0)
	}
	return float64(s.requests-before) / float64(n)
}

// 2.4 [ALB-TG]: the share grows linearly to the full share over the period. With
// m targets at full share and one at x of it, it gets x / (m + x).
func TestSlowStartGrowsLinearly(t *testing.T) {
	r := slow()
	others := []*server{r.add(0, ""), r.add(1, ""), r.add(2, "")}
	r.run(t, engine.Second)
	novice := r.addNew(3, "")
	from := r.nextVerdict(t)
	for _, percent := range []engine.Time{10, 25, 50, 75, 99} {
		r.run(t, from+percent*engine.Second)
		x := float64(percent) / 100
		before := others[1].requests
		require.InDelta(t, x/(3+x), r.share(novice, 4000), 0.001, "at %d s", percent)
		require.InDelta(t, 4000/(3+x), others[1].requests-before, 4, "the others share the rest equally")
	}
	for _, after := range []engine.Time{100, 250} {
		r.run(t, from+after*engine.Second)
		require.InDelta(t, 0.25, r.share(novice, 4000), 0.001, "after %d s", after)
	}
}

// 2.4 [ALB-TG]: targets that are healthy when it is turned on, or are registered
// together in an empty group, have none.
func TestFirstTargetsHaveNoSlowStart(t *testing.T) {
	r := slow()
	novices := []*server{r.addNew(0, ""), r.addNew(1, ""), r.addNew(2, "")}
	r.nextVerdict(t)
	r.nextVerdict(t)
	r.nextVerdict(t)
	for _, s := range novices {
		require.InDelta(t, 1.0/3, r.share(s, 3000), 0.001)
	}
}

// 2.4 [ALB-TG]: a new target has one only if a healthy target is not in slow
// start.
func TestSlowStartNeedsATargetThatIsPastIt(t *testing.T) {
	r := slow()
	only := r.add(0, "")
	r.run(t, engine.Second)
	first := r.addNew(1, "")
	r.nextVerdict(t)
	only.health = traffic.Status500
	r.nextVerdict(t) // only the first new one is healthy, and in slow start
	second := r.addNew(2, "")
	r.nextVerdict(t)
	x := r.share(first, 1000)
	require.Less(t, x, 0.4)
	require.InDelta(t, 1-x, r.share(second, 1000), 0.01, "the second has its full share")
}

// 2.4 [ALB-TG]: it ends when the target becomes unhealthy, and begins anew when
// it is healthy again; so it does for one that had none at first.
func TestSlowStartAfterRecovery(t *testing.T) {
	r := slow()
	r.add(0, "")
	ill := r.add(1, "")
	require.InDelta(t, 0.5, r.share(ill, 1000), 0.001)
	ill.health = traffic.Status500
	r.nextVerdict(t)
	ill.health = traffic.OK
	back := r.nextVerdict(t)
	r.run(t, back+20*engine.Second)
	require.InDelta(t, 0.2/1.2, r.share(ill, 3000), 0.001)
	ill.health = traffic.Status500
	r.nextVerdict(t)
	ill.health = traffic.OK
	back = r.nextVerdict(t)
	r.run(t, back+10*engine.Second)
	require.InDelta(t, 0.1/1.1, r.share(ill, 3000), 0.001, "from the beginning")
}

// 2.4 [ALB-TG]: a slow start is over when the target becomes unhealthy, also where
// the next one is none, since no other target is past its own.
func TestSlowStartIsNotResumed(t *testing.T) {
	s := spec("application")
	s.SlowStart = seconds(900)
	s.HealthCheck.Interval, s.HealthCheck.HealthyThreshold = seconds(5), 2
	r := newRig(s)
	old := r.add(0, "")
	r.run(t, engine.Second)
	novice := r.addNew(1, "")
	r.nextVerdict(t)
	novice.health, old.health = traffic.Status500, traffic.Status500
	r.nextVerdict(t)
	r.nextVerdict(t)
	novice.health = traffic.OK
	r.nextVerdict(t)
	old.health = traffic.OK
	back := r.nextVerdict(t)
	r.run(t, back+90*engine.Second)
	require.InDelta(t, 1/1.1, r.share(novice, 3000), 0.001, "the other one is in slow start")
}

// 2.4 [ALB-TG], 2.3 [ALB-TGEDIT]: 0, or 30 to 900 s; not with least outstanding
// requests nor weighted random.
func TestSlowStartCheck(t *testing.T) {
	rows := []struct {
		seconds   float64
		algorithm string
		want      []string
	}{
		{0, "least_outstanding_requests", nil},
		{30, "round_robin", nil},
		{29, "round_robin", []string{"slow_start: must be 0s, or between 30s and 900s (have 29s)"}},
		{60, "least_outstanding_requests", []string{`slow_start: needs algorithm = "round_robin" (have "least_outstanding_requests")`}},
		{60, "weighted_random", []string{`slow_start: needs algorithm = "round_robin" (have "weighted_random")`}},
	}
	for _, row := range rows {
		s := spec("application")
		s.SlowStart, s.Algorithm = seconds(row.seconds), row.algorithm
		require.Equal(t, row.want, complaints(s))
	}
}

// 2.3 [API-TGATTR, TG-DUMP]: weighted random without an anomaly is uniform.
func TestWeightedRandom(t *testing.T) {
	s := spec("application")
	s.Algorithm = "weighted_random"
	r := newRig(s)
	servers := []*server{r.add(0, ""), r.add(1, ""), r.add(2, "")}
	for range 6000 {
		r.request(0)
	}
	for _, s := range servers {
		requireShare(t, 1.0/3, s.requests, 6000)
	}
}

// 2.4 [ALB-TG]: a target that has left slow start is at its full share: the next one
// starts slowly beside it alone.
func TestSlowStartIsOver(t *testing.T) {
	r := slow()
	r.add(0, "")
	r.run(t, engine.Second)
	r.addNew(1, "")
	r.run(t, r.nextVerdict(t)+150*engine.Second)
	r.Deregister(0, nil)
	last := r.addNew(2, "")
	from := r.nextVerdict(t)
	r.run(t, from+25*engine.Second)
	require.InDelta(t, 0.25/1.25, r.share(last, 4000), 0.001)
}
