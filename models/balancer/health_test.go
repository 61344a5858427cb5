package balancer_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/headroom-sim/headroom/models/traffic"
)

// verdictsOn are the verdicts on a target after an instant.
func (r *rig) verdictsOn(id int, after engine.Time) (found []verdict) {
	for _, v := range r.verdicts {
		if v.id == id && v.at > after {
			found = append(found, v)
		}
	}
	return found
}

// firstProbe is the first probe after an instant.
func (s *server) firstProbe(after engine.Time) engine.Time {
	i := slices.IndexFunc(s.probes, func(at engine.Time) bool { return at > after })
	return s.probes[i]
}

func TestProbesLeaveOnAFixedGrid(t *testing.T) {
	s := spec("application")
	s.HealthCheck.Demand = seconds(0.003)
	r := newRig(s, "a", "c")
	steady, hanging := r.add(0, "a"), r.add(1, "c")
	hanging.hang = true
	r.run(t, engine.Hour)
	require.Len(t, steady.probes, 240, "two nodes, every 30 s")
	require.Len(t, hanging.probes, 240, "whatever the answer takes, and healthy or not")
	require.Equal(t, 240, hanging.withdrawn)
	for _, server := range []*server{steady, hanging} {
		for i := 2; i < 240; i++ {
			require.Equal(t, 30*engine.Second, server.probes[i]-server.probes[i-2])
		}
		require.Less(t, server.probes[1], 30*engine.Second, "phases lie within an interval")
		require.NotEqual(t, server.probes[0], server.probes[1], "each node has its own")
		require.Equal(t, 3*engine.Millisecond, server.probed.ProbeDemand)
		require.False(t, server.probed.Link.Keep, "connection closed after each check [ALB-HC]")
	}
	require.NotEqual(t, steady.probes[0], hanging.probes[0], "each target has its own")
}

// Windows on a fixed grid, U uniform on (0, i): a failing target is out after
// U + (fall-1) i, and the timeout if it hangs; a recovering one is back after
// U + (rise-1) i.
func TestHealthWindows(t *testing.T) {
	const targets, stops, returns = 200, 10 * engine.Minute, 20 * engine.Minute
	rows := []struct {
		name               string
		spec               func(*balancer.Spec)
		stop               func(*server)
		downFrom, downTo   float64 // seconds
		upFrom, upTo       float64
		why, kind, elapsed string
	}{
		{name: "defaults, refused", kind: "application", downFrom: 30, downTo: 60, upFrom: 120, upTo: 150,
			stop: func(s *server) { s.health = traffic.Refused }, why: "2 of 2 checks failed: refused"},
		{name: "defaults, 500", kind: "application", downFrom: 30, downTo: 60, upFrom: 120, upTo: 150,
			stop: func(s *server) { s.health = traffic.Status500 }, why: "2 of 2 checks failed: 500"},
		{name: "defaults, hang", kind: "application", downFrom: 35, downTo: 65, upFrom: 120, upTo: 150,
			stop: func(s *server) { s.hang = true }, why: "2 of 2 checks failed: timeout"},
		{name: "classic defaults", kind: "classic", downFrom: 30, downTo: 60, upFrom: 270, upTo: 300,
			stop: func(s *server) { s.health = traffic.Refused }, why: "2 of 2 checks failed: refused"},
		{name: "nginx-stops", kind: "application", downFrom: 5, downTo: 10, upFrom: 5, upTo: 10,
			spec: func(s *balancer.Spec) {
				s.HealthCheck.Interval, s.HealthCheck.Timeout, s.HealthCheck.HealthyThreshold = seconds(5), seconds(2), 2
			},
			stop: func(s *server) { s.health = traffic.Refused }, why: "2 of 2 checks failed: refused"},
		{name: "three of three", kind: "application", downFrom: 22, downTo: 32, upFrom: 20, upTo: 30,
			spec: func(s *balancer.Spec) {
				s.HealthCheck.Interval, s.HealthCheck.Timeout = seconds(10), seconds(2)
				s.HealthCheck.HealthyThreshold, s.HealthCheck.UnhealthyThreshold = 3, 3
			},
			stop: func(s *server) { s.hang = true }, why: "3 of 3 checks failed: timeout"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			if row.spec != nil {
				row.spec(s)
			}
			r := newRig(s)
			servers := make([]*server, targets)
			for id := range servers {
				servers[id] = r.add(id, "")
			}
			r.at(stops, func() {
				for _, s := range servers {
					row.stop(s)
				}
			})
			r.at(returns, func() {
				for _, s := range servers {
					s.health, s.hang = traffic.OK, false
				}
			})
			r.run(t, engine.Hour)
			var down, up []float64
			for id, server := range servers {
				v := r.verdictsOn(id, 0)
				require.Len(t, v, 2)
				require.Equal(t, []bool{false, true}, []bool{v[0].healthy, v[1].healthy})
				down, up = append(down, (v[0].at-stops).Seconds()), append(up, (v[1].at-returns).Seconds())
				h := &s.HealthCheck
				late := engine.Time(0)
				if server.withdrawn > 0 {
					late = h.Timeout.Time()
				}
				fall, rise := engine.Time(h.UnhealthyThreshold-1), engine.Time(h.HealthyThreshold-1)
				require.Equal(t, server.firstProbe(stops)+fall*h.Interval.Time()+late, v[0].at)
				require.Equal(t, server.firstProbe(returns)+rise*h.Interval.Time(), v[1].at)
			}
			requireFills(t, row.downFrom, row.downTo, down)
			requireFills(t, row.upFrom, row.upTo, up)
			require.Contains(t, r.texts(timeline.Unhealthy), row.why)
		})
	}
}

// A network balancer's timeout may be as long as the interval [cdk]: a check is late
// when the next one is due.
func TestTimeoutOfTheInterval(t *testing.T) {
	s := spec("network")
	s.HealthCheck.Protocol, s.HealthCheck.Interval = "HTTP", seconds(6)
	r := newRig(s)
	server := r.add(0, "")
	r.at(engine.Minute, func() { server.hang = true })
	r.at(2*engine.Minute, func() { server.hang = false })
	r.run(t, 5*engine.Minute)
	require.Len(t, server.probes, 50)
	require.Equal(t, 10, server.withdrawn)
	v := r.verdictsOn(0, 0)
	require.Len(t, v, 2)
	require.Equal(t, server.firstProbe(engine.Minute)+12*engine.Second-1, v[0].at)
	require.Equal(t, server.firstProbe(2*engine.Minute)+24*engine.Second, v[1].at)
}

// requireFills asks that the values are as if uniform between the bounds: all
// inside, and some near each.
func requireFills(t *testing.T, from, to float64, values []float64) {
	t.Helper()
	// Of 200 uniform values, none lies in the outermost 5 % with a probability
	// of 0.95^200 = 3.5e-5.
	edge := (to - from) / 20
	least, most := slices.Min(values), slices.Max(values)
	require.True(t, from <= least && least < from+edge, "least %v of %v to %v", least, from, to)
	require.True(t, to-edge < most && most <= to, "most %v of %v to %v", most, from, to)
}

// ALB-HC: a new target is healthy after one passed check, within 0 to 30 s of
// its registration. CLB-REG, with the healthy threshold: 10 x 30 s.
func TestNewTargetBecomesHealthy(t *testing.T) {
	registers := 10 * engine.Minute
	five := 5
	rows := []struct {
		name, kind string
		spec       func(*balancer.Spec)
		from, to   float64
		text       string
	}{
		{"application", "application", nil, 0, 30, "1 of 1 checks passed"},
		{"classic", "classic", nil, 270, 300, "10 of 10 checks passed"},
		{"classic, fewer", "classic", func(s *balancer.Spec) { s.HealthCheck.FirstThreshold = &five }, 120, 150, "5 of 5 checks passed"},
		{"registration delay", "application", func(s *balancer.Spec) { s.RegistrationDelay = seconds(20) }, 20, 50, "1 of 1 checks passed"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			if row.spec != nil {
				row.spec(s)
			}
			r := newRig(s)
			r.at(registers, func() {
				for id := range 200 {
					r.addNew(id, "")
				}
				require.False(t, r.Usable(0))
			})
			r.run(t, engine.Hour)
			var waits []float64
			for id := range 200 {
				v := r.verdictsOn(id, 0)
				require.Len(t, v, 1)
				require.True(t, v[0].healthy)
				require.True(t, r.Usable(id))
				waits = append(waits, (v[0].at - registers).Seconds())
			}
			requireFills(t, row.from, row.to, waits)
			require.Contains(t, r.texts(timeline.Healthy), row.text)
		})
	}
}

// A new target fails some checks while its server starts, and passes then.
func TestChecksThatANewTargetNeeds(t *testing.T) {
	three := 3
	rows := []struct {
		name, kind string
		first      *int
		fails      int // checks failed before the first is passed
		needs      int // checks passed before it is used
	}{
		{"application: one", "application", nil, 0, 1},
		{"application: one, after a failed one", "application", nil, 1, 1},
		{"application: the healthy threshold, once it was unhealthy", "application", nil, 2, 5},
		{"application: the same, much later", "application", nil, 7, 5},
		{"classic: healthy threshold", "classic", nil, 0, 10},
		{"classic: first threshold", "classic", &three, 0, 3},
		{"classic: first threshold, still new", "classic", &three, 5, 3},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := spec(row.kind)
			s.HealthCheck.FirstThreshold = row.first
			r := newRig(s)
			server := r.addNew(7, "")
			server.health = traffic.Refused
			r.run(t, engine.Time(row.fails)*30*engine.Second) // fails on a grid of 30 s
			require.Len(t, server.probes, row.fails)
			require.Equal(t, row.fails >= 2, r.Unhealthy(7))
			server.health = traffic.OK
			r.run(t, engine.Hour)
			v := r.verdictsOn(7, 0)
			last := v[len(v)-1]
			require.True(t, last.healthy)
			require.Equal(t, server.probes[row.fails+row.needs-1], last.at)
		})
	}
}

// An old target of a classic balancer needs the healthy threshold again.
func TestFirstThresholdIsForNewTargetsOnly(t *testing.T) {
	three := 3
	s := spec("classic")
	s.HealthCheck.FirstThreshold = &three
	r := newRig(s)
	server := r.addNew(7, "")
	r.run(t, 10*engine.Minute)
	server.health = traffic.Status500
	r.run(t, 20*engine.Minute)
	server.health = traffic.OK
	r.run(t, engine.Hour)
	v := r.verdictsOn(7, 0)
	require.Len(t, v, 3)
	require.Equal(t, server.firstProbe(20*engine.Minute)+9*30*engine.Second, v[2].at)
}

// The other result breaks a row of equal ones.
func TestOnlyChecksInARowCount(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	for i := range engine.Time(100) {
		server.health = []traffic.Cause{traffic.Status500, traffic.OK}[i%2]
		r.run(t, (i+1)*30*engine.Second)
	}
	require.Len(t, server.probes, 100)
	require.Empty(t, r.verdicts)
}

// Each node judges for itself; the group hears of a target when all of them do.
func TestNodesJudgeOnTheirOwn(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	r.add(0, "a")
	broken := r.add(1, "c")
	r.at(engine.Minute, func() { broken.health = traffic.Refused })
	var states [][2]bool // usable, unhealthy after each verdict
	for at := engine.Minute; at <= 2*engine.Minute; at += engine.Second / 10 {
		r.run(t, at)
		state := [2]bool{r.Usable(1), r.Unhealthy(1)}
		if len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
	}
	v := r.verdictsOn(1, 0)
	require.Len(t, v, 2)
	require.NotEqual(t, v[0].node, v[1].node)
	require.Equal(t, [][2]bool{{true, false}, {false, true}}, states)
	require.Equal(t, 1, len(r.log.Events)-2, "one line for both verdicts, besides the registrations")
	require.Equal(t, v[1].at.String()+" web-1 node "+[]string{"a", "c"}[v[1].node]+": 2 of 2 checks failed: refused", r.texts(timeline.Unhealthy))

	for session := range uint64(100) {
		r.request(session)
	}
	require.Zero(t, broken.requests)
}

func TestBetweenTheVerdictsOnlyOneNodeUsesTheTarget(t *testing.T) {
	r := newRig(spec("application"), "a", "c")
	r.add(0, "a")
	broken := r.add(1, "c")
	broken.health = traffic.Refused
	for at := engine.Second; len(r.verdicts) == 0; at += engine.Second / 10 {
		r.run(t, at)
	}
	broken.requests = 0
	var expected int
	for session := range uint64(100) {
		if node := r.answers[r.request(session)].node; int(node) != r.verdicts[0].node {
			expected++
		}
	}
	require.Equal(t, expected/2, broken.requests, "every other request of the node that still trusts it")
	require.NotZero(t, broken.requests)
}

// Without cross-zone balancing nodes check the targets of their own zone only.
func TestNodesCheckTheirReach(t *testing.T) {
	s := spec("application")
	s.CrossZone = false
	r := newRig(s, "a", "c")
	inA := r.add(0, "a")
	anywhere := r.add(1, "")
	r.run(t, 30*engine.Second)
	require.Len(t, inA.probes, 1)
	require.Len(t, anywhere.probes, 2)
}

func TestRemovedTargetIsNotChecked(t *testing.T) {
	r := newRig(spec("application"))
	server := r.add(0, "")
	server.hang = true
	r.run(t, 30*engine.Second)
	for len(server.probes) == server.withdrawn {
		r.run(t, r.sim.Now()+engine.Second)
	}
	r.Remove(0)
	require.Equal(t, len(server.probes), server.withdrawn, "the probe under way is withdrawn")
	count := len(server.probes)
	r.run(t, engine.Hour)
	require.Len(t, server.probes, count)
}

// 2.2 [ALB-HC], state unavailable: a function is not checked, and is used whatever
// it answers, also by a node that was away.
func TestFunctionsAreNotChecked(t *testing.T) {
	r := newRig(spec("application"), "a")
	fn := &server{sim: r.sim, health: traffic.Status500}
	r.AddTarget(balancer.Target{ID: 0, Name: "fn", Receiver: fn, Healthy: true, Function: true})
	r.run(t, 10*engine.Minute)
	r.LoseZone("a")
	r.run(t, 20*engine.Minute)
	r.ReturnZone("a")
	r.run(t, 30*engine.Minute)
	require.Empty(t, fn.probes)
	require.True(t, r.Usable(0))
	require.Equal(t, "ok", r.cause(r.request(0)))
}

// 1.1 [CLB-HC]: a TCP check of a classic balancer passes with the connection, which
// a server that hangs or answers errors still accepts; an HTTP check needs a 200.
func TestClassicChecksThatOnlyConnect(t *testing.T) {
	for protocol, want := range map[string]bool{"TCP": true, "HTTP": false} {
		s := spec("classic")
		s.HealthCheck.Protocol = protocol
		r := newRig(s)
		r.add(0, "").health = traffic.Status500
		r.add(1, "").hang = true
		closed := r.add(2, "")
		closed.health = traffic.Refused
		r.run(t, 5*engine.Minute)
		require.Equal(t, []bool{want, want, false}, []bool{r.Usable(0), r.Usable(1), r.Usable(2)}, protocol)
	}
}
