package client

import (
	"math"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
)

// A bench is a first-in-first-out station with exponential service: just
// enough to hold closed users against theory.
type bench struct {
	free    int
	service float64 // mean, ns
	luck    random.Stream
	queue   []*traffic.Attempt
	depart  *engine.Routine[*traffic.Attempt]
}

func newBench(sim *engine.Sim, servers int, seconds float64, luck random.Stream) *bench {
	b := &bench{free: servers, service: seconds * 1e9, luck: luck}
	b.depart = engine.NewRoutine(sim, "depart", engine.Release, b.onDepart)
	return b
}

func (b *bench) Receive(a *traffic.Attempt) {
	if b.free == 0 {
		b.queue = append(b.queue, a)
		return
	}
	b.free--
	b.start(a)
}

func (b *bench) start(a *traffic.Attempt) {
	b.depart.After(engine.Time(-b.service*random.Log(b.luck.Uniform(a.Session, 0))), a)
}

func (b *bench) onDepart(a *traffic.Attempt) {
	b.free++
	if len(b.queue) > 0 {
		b.free--
		b.start(b.queue[0])
		b.queue = b.queue[1:]
	}
	a.Reply(traffic.OK)
}

func (b *bench) Withdraw(*traffic.Attempt, int32) { panic("not cancelled") }

// machineRepair is the mean response time of N users with think time z at c
// servers with mean service time s, all exponential: the finite-source queue
// M/M/c//N (D. Gross and C.M. Harris, Fundamentals of Queueing Theory, 3rd ed.,
// section 2.8).
func machineRepair(users, servers int, z, s float64) float64 {
	weight, sum, inSystem := 1.0, 0.0, 0.0
	for n := 0; n <= users; n++ {
		if n > 0 {
			weight *= float64(users-n+1) / z * s / float64(min(n, servers))
		}
		sum += weight
		inSystem += float64(n) * weight
	}
	number := inSystem / sum
	return number * z / (float64(users) - number) // Little's law at both places
}

func TestClosedUsersAgainstMachineRepair(t *testing.T) {
	for name, test := range map[string]struct {
		users, servers int
		think, service float64
	}{
		"light":     {20, 4, 10, 0.5},
		"at limit":  {20, 2, 10, 1},
		"saturated": {30, 1, 5, 1},
	} {
		t.Run(name, func(t *testing.T) {
			want := machineRepair(test.users, test.servers, test.think, test.service)
			mean, half := response(t, test.users, test.servers, test.think, test.service)
			require.InDelta(t, want, mean, half)
			require.Less(t, half, want/20, "the interval is narrow")
			if name != "light" { // the same test rejects a station with one server more
				wrong, half := response(t, test.users, test.servers+1, test.think, test.service)
				require.Greater(t, math.Abs(want-wrong), half)
			}
		})
	}
}

// response is the mean response time over 20 replications, the first 100 s left
// out, with its half-width at 99.9 %.
func response(t *testing.T, users, servers int, think, service float64) (mean, half float64) {
	const runs = 20
	var x []float64
	for run := range runs {
		r := newRig(1, 1)
		r.seed = uint64(run + 1)
		spec := newSpec()
		spec.Users = users
		exponential, err := random.Exponential(think * 1e9)
		require.NoError(t, err)
		spec.Think.Distribution = exponential
		r.client("users", spec, newBench(r.Sim, servers, service, r.stream("demand/bench")))
		require.NoError(t, r.Run(100*engine.Second))
		r.ledger.Cut(r.Now())
		r.finish(t, 5000*engine.Second)
		x = append(x, r.segments[len(r.segments)-1].Cells[0].Latency.Mean()/1e9)
	}
	mean, variance, _ := moments(x)
	return mean, 3.883 * math.Sqrt(variance/(runs-1)) // t with 19 degrees of freedom
}

func TestClosedUsersGoOnAfterFailures(t *testing.T) {
	r := newRig(1, 1)
	spec := newSpec()
	spec.Users, spec.Think, spec.Requests = 1, span("1s"), number("3")
	d := newDelayer(r.Sim, failing(1, traffic.Status500))
	r.client("users", spec, d)
	r.finish(t, 6*engine.Second)
	require.Equal(t, []float64{1, 2.1, 3.2, 4.3, 5.4}, inSeconds(d.at))
	var sessions, ordinals []uint64
	for _, a := range d.seen {
		sessions, ordinals = append(sessions, a.Session/round), append(ordinals, uint64(a.Ordinal))
	}
	require.Equal(t, []uint64{0, 1, 1, 1, 2}, sessions)
	require.Equal(t, []uint64{0, 0, 1, 2, 0}, ordinals)
}

// Users without a pause at a site that refuses at once would go round for ever
// at one instant: the engine's limit of events stops them, not the stack.
func TestUsersWithoutAPauseRunIntoTheLimit(t *testing.T) {
	r := newRig(1, 1)
	r.Sim = engine.New(engine.Limits{Events: 100000})
	spec := newSpec()
	spec.Users = 2
	r.client("users", spec, replier{traffic.Refused})
	require.ErrorContains(t, r.Run(engine.Second), "think/users")
}
