package experiments_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/output"
	"github.com/headroom-sim/headroom/models/timeline"
)

// The claims that the comments of the built-in scenarios make.

// run simulates a scenario of the gallery, or a variant of one ("name@variant"),
// with flags over it.
func run(t *testing.T, name, variant string, sets ...string) *experiments.Result {
	t.Helper()
	s, err := experiments.Open(name, experiments.Options{Variant: variant, Sets: sets})
	require.NoError(t, err)
	r, err := (&experiments.Runner{Jobs: 1}).Run(context.Background(), s)
	require.NoError(t, err)
	return r
}

// seeds are how many runs back a claim that chance has a part in.
func seeds(few, many int) int {
	if testing.Short() {
		return few
	}
	return many
}

// holds requires that every expectation of the scenario holds.
func holds(t *testing.T, r *experiments.Result) {
	t.Helper()
	for name, e := range r.Expectations {
		require.Equal(t, output.Pass, e.Verdict, "seed %d: expectation %s: %s is %v", r.Seed, name, e.Metric, e.Value)
	}
}

// story walks through a timeline, each search from where the last one ended.
type story struct {
	t      *testing.T
	seed   uint64
	events []timeline.Event
}

func storyOf(t *testing.T, r *experiments.Result) *story {
	return &story{t, r.Seed, r.Detail.Events}
}

// next finds the next event of a kind, about the subject and the instance given
// where they are not empty.
func (s *story) next(kind timeline.Kind, subject, instance string) timeline.Event {
	s.t.Helper()
	for i, e := range s.events {
		if e.Kind == kind && (subject == "" || e.Subject == subject) && (instance == "" || e.Instance == instance) {
			s.events = s.events[i+1:]
			return e
		}
	}
	require.Fail(s.t, "no such event in this order", "seed %d: %s %s %s", s.seed, kind, subject, instance)
	return timeline.Event{}
}

// minutes requires an instant to lie in a span of minutes.
func minutes(t *testing.T, at engine.Time, least, most float64, what string, args ...any) {
	t.Helper()
	m := at.Seconds() / 60
	require.True(t, least <= m && m <= most, "%s: %.2f min, not between %g and %g", fmt.Sprintf(what, args...), m, least, most)
}

// The series shows what the timeline tells: the breach begins with the first
// minute in which CPU is at the line or above.
func passes(t *testing.T, r *experiments.Result, column string, line float64) engine.Time {
	t.Helper()
	for minute, v := range r.Detail.Series.Column(column) {
		if v >= line {
			return engine.Time(minute) * engine.Minute
		}
	}
	require.Fail(t, "never there", "%s >= %g", column, line)
	return 0
}

func TestBootcamp(t *testing.T) {
	for seed := range seeds(2, 10) {
		t.Run(fmt.Sprint("seed ", seed+1), func(t *testing.T) {
			r := run(t, "bootcamp", "", fmt.Sprint("seed=", seed+1))
			holds(t, r)
			s := storyOf(t, r)
			breach := s.next(timeline.Breach, "cpu-high", "")
			require.Equal(t, passes(t, r, "fleets.web.cpu", 0.8), breach.At)
			s.next(timeline.PeriodEnd, "cpu-high", "")
			s.next(timeline.Datapoint, "cpu-high", "")
			s.next(timeline.Alarm, "cpu-high", "")
			s.next(timeline.Policy, "cpu-high", "")
			s.next(timeline.Desired, "cpu-high", "")
			launch := s.next(timeline.Launch, "cpu-high", "web-2")
			s.next(timeline.Running, "", "web-2")
			s.next(timeline.Registered, "nginx-lb", "web-2")
			s.next(timeline.Serving, "", "web-2")
			s.next(timeline.Healthy, "nginx-lb", "web-2")
			first := s.next(timeline.FirstServed, "nginx-lb", "web-2")
			minutes(t, launch.At-breach.At, 5, 7, "launch")
			minutes(t, first.At-breach.At, 10, 13, "first request")
			third(t, r, first)
		})
	}
}

// third checks that the second server's warm-up ends before it has shown in the
// metric, so that a third one is launched.
func third(t *testing.T, r *experiments.Result, first timeline.Event) {
	t.Helper()
	s := storyOf(t, r)
	warm := s.next(timeline.WarmedUp, "", "web-2")
	launch := s.next(timeline.Launch, "cpu-high", "web-3")
	relief := s.next(timeline.Alarm, "cpu-high", "")
	require.Greater(t, first.At, warm.At-engine.Minute, "the second server has served for less than a minute when it counts as warm")
	minutes(t, launch.At-warm.At, 0, 2, "launch of the third server after the second is warm")
	require.Less(t, launch.At, relief.At)
	require.EqualValues(t, 3, r.Metrics["fleets.web.instances.max"].Mean)
}

func TestBootcampLoad(t *testing.T) {
	sets := append(watch("asked", "requests.offered", "40m..60m"), watch("served", "throughput", "23m..26m")...)
	r := run(t, "bootcamp", "", sets...)
	require.InEpsilon(t, 320, r.Expectations["asked"].Value/1200, 0.02, "requests a second that the burst asks for")
	require.InDelta(t, 250, r.Expectations["served"].Value, 15, "requests a second that one server serves")
}

func TestBootcampWithTwoChecks(t *testing.T) {
	thirds, runs := 0, seeds(3, 10)
	for seed := range runs {
		r := run(t, "bootcamp", "", fmt.Sprint("seed=", seed+1), "balancers.nginx-lb.health_check.healthy_threshold=2")
		s := storyOf(t, r)
		breach := s.next(timeline.Breach, "cpu-high", "")
		first := s.next(timeline.FirstServed, "nginx-lb", "web-2")
		minutes(t, first.At-breach.At, 6, 8, "seed %d: first request", seed+1)
		if r.Metrics["fleets.web.instances.max"].Mean > 2 {
			thirds++
		}
	}
	require.LessOrEqual(t, thirds, runs*4/10, "a third server is rarely needed")
}

func TestExactCapacity(t *testing.T) {
	r := run(t, "exact-capacity", "")
	holds(t, r)
	s := storyOf(t, r)
	fault := s.next(timeline.FaultStart, "endless-loop", "web-1")
	up := s.next(timeline.Desired, "high", "")
	s.next(timeline.Launch, "high", "web-2")
	last := s.next(timeline.Launch, "high", "web-3")
	minutes(t, last.At-fault.At, 4, 7, "three servers asked for")
	require.Equal(t, up.At+6*engine.Second, last.At)
	over := s.next(timeline.FaultEnd, "endless-loop", "")
	s.next(timeline.Desired, "low", "")
	s.next(timeline.Terminate, "low", "")
	s.next(timeline.Terminate, "low", "")
	down := s.next(timeline.Terminated, "", "")
	minutes(t, down.At-over.At, 1, 15, "one server again")
	require.EqualValues(t, 2, r.Metrics["scaling.actions"].Mean)
}

func TestTargetTracking(t *testing.T) {
	r := run(t, "target-tracking", "")
	holds(t, r)
	cpu := r.Detail.Series.Column("fleets.web.cpu")
	for minute := 16; minute < 30; minute++ {
		require.InDelta(t, 0.5, cpu[minute], 0.01, "mean of two servers with one hog, minute %d", minute)
	}
	s := storyOf(t, r)
	s.next(timeline.Desired, "cpu", "")
	low := s.next(timeline.Alarm, "TargetTracking-web-AlarmLow-cpu", "")
	for low.At < 20*engine.Minute {
		low = s.next(timeline.Alarm, "TargetTracking-web-AlarmLow-cpu", "")
	}
	require.Contains(t, low.Text, "-> ALARM")
	held := s.next(timeline.Policy, "cpu", "")
	require.Equal(t, low.At, held.At)
	require.Regexp(t, `no change, desired is 2: ceil\(2 x 50\.\d / 80\) = 2`, held.Text)
	shrink := s.next(timeline.Desired, "cpu", "")
	require.Contains(t, shrink.Text, "desired 1, was 2")
	minutes(t, shrink.At, 45, 47, "shrink")
}

// watch are flags for an expectation of a metric during a window, whose value a
// test wants to see.
func watch(name, metric, during string) []string {
	e := "expectations." + name + "."
	return []string{e + "metric=" + metric, e + "at_least=0", e + "during=" + during}
}

func TestNginxStops(t *testing.T) {
	r := run(t, "nginx-stops", "")
	holds(t, r)
	require.Equal(t, 20, r.Replications)
	failed := r.Metrics["errors.502"]
	require.True(t, 250 <= failed.Mean && failed.Mean <= 500, "%v", failed)
	// Per node 25 requests a second to the dead server for U + 5 s, U uniform on
	// (0, 5 s); two nodes.
	require.True(t, failed.Lo <= 375 && 375 <= failed.Hi, "%v", failed)
}

func TestNginxStopsFailsInTheWindowOnly(t *testing.T) {
	var windows []float64
	for seed := range seeds(5, 40) {
		sets := append(watch("before", "errors.502", "0s..119.9s"), watch("after", "errors.502", "130s..600s")...)
		r := run(t, "nginx-stops", "", append(sets, "replications=1", fmt.Sprint("seed=", seed+1))...)
		require.Zero(t, r.Expectations["before"].Value)
		require.Zero(t, r.Expectations["after"].Value)
		require.Equal(t, r.Metrics["errors.502"].Mean, r.Metrics["requests.failed"].Mean)
		s := storyOf(t, r)
		fault := s.next(timeline.FaultStart, "nginx-stop", "web-1")
		out := s.next(timeline.Unhealthy, "lb", "web-1")
		windows = append(windows, (out.At - fault.At).Seconds())
	}
	for _, w := range windows {
		require.True(t, 5 < w && w <= 10, "window of %g s", w)
	}
	if !testing.Short() {
		// The later of two nodes ends it: 5 s + the mean of the greater of two
		// uniforms, two thirds of 5 s.
		e := output.Interval(windows, 0.999)
		require.True(t, e.Lo <= 5+10.0/3 && 5+10.0/3 <= e.Hi, "%+v", e)
	}
}

// The figures of the comments hold in the steady state; less of it is enough.
func twoThousand(t *testing.T, variant string) map[string]experiments.Metric {
	t.Helper()
	return run(t, "two-thousand-users", variant, "duration=4m", "discard=2m").Metrics
}

func TestTwoThousandUsers(t *testing.T) {
	const limit = 2 * (1024 - 2)
	for _, variant := range []string{"", "idle-3000"} {
		t.Run("idle "+variant, func(t *testing.T) {
			m := twoThousand(t, variant)
			require.Zero(t, m["requests.failed"].Mean)
			require.EqualValues(t, 1, m["availability"].Mean)
			require.Less(t, m["fleets.web.connections.max"].Mean, float64(limit))
			require.Greater(t, m["fleets.web.connections.max"].Mean, 0.9*limit)
		})
	}
	t.Run("busy-2044", func(t *testing.T) {
		m := twoThousand(t, "busy-2044")
		require.Greater(t, m["fleets.web.connections.max"].Mean, 0.95*limit)
		require.LessOrEqual(t, m["fleets.web.connections.max"].Mean, float64(limit))
		require.Greater(t, m["availability"].Mean, 0.999)
	})
	t.Run("busy-3000", func(t *testing.T) {
		m := twoThousand(t, "busy-3000")
		require.EqualValues(t, limit, m["fleets.web.connections.max"].Mean)
		require.InEpsilon(t, limit/2.0, m["throughput"].Mean, 0.02)
		require.Equal(t, m["requests.failed"].Mean, m["errors.reset"].Mean+m["errors.closed"].Mean)
		require.Positive(t, m["requests.failed"].Mean)
	})
	t.Run("proxied-3000", func(t *testing.T) {
		m := twoThousand(t, "proxied-3000")
		require.InEpsilon(t, 1022/2.0, m["throughput"].Mean, 0.02)
		require.InEpsilon(t, 1022, m["services.app.number.mean"].Mean, 0.02)
		require.Positive(t, m["errors.500"].Mean)
		require.Equal(t, m["requests.failed"].Mean, m["errors.500"].Mean+m["errors.reset"].Mean+m["errors.closed"].Mean)
	})
}

func TestWorldCup(t *testing.T) {
	if testing.Short() {
		t.Skip("75 million requests")
	}
	r := run(t, "worldcup98", "")
	holds(t, r)
	m := r.Metrics
	require.EqualValues(t, 75_207_657, m["requests.offered"].Mean)
	require.Equal(t, m["requests.offered"].Mean, m["requests.completed"].Mean+m["requests.failed"].Mean+m["requests.in_flight"].Mean)
	require.InDelta(t, 0.013, m["latency.p99"].Mean, 0.001)
	require.LessOrEqual(t, m["fleets.web.instances.max"].Mean, 8.0)
}
