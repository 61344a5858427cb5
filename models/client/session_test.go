package client

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
)

// one is a population of a single session at 1 s.
func one(requests string) *Spec {
	spec := newSpec()
	spec.Arrivals, spec.Rate = "even", rates(0, 1, 1.5, 1, 1.5, 0)
	spec.Requests = number(requests)
	return spec
}

// failing answers the first n attempts with the cause after 0.1 s, the others
// with OK.
func failing(n int, cause traffic.Cause) func(*traffic.Attempt) (engine.Time, traffic.Cause) {
	return func(*traffic.Attempt) (engine.Time, traffic.Cause) {
		n--
		if n >= 0 {
			return engine.Second / 10, cause
		}
		return engine.Second / 10, traffic.OK
	}
}

func inSeconds(at []engine.Time) (s []float64) {
	for _, t := range at {
		s = append(s, t.Seconds())
	}
	return s
}

func TestSessionOfSeveralRequests(t *testing.T) {
	r := newRig(1, 2)
	spec := one("3")
	spec.Think = span("2s")
	spec.Routes = map[string]quantity.Share{"signin": 1}
	d := newDelayer(r.Sim, after(0.5, traffic.OK))
	r.client("visitors", spec, d)
	all := r.finish(t, engine.Minute)
	require.Equal(t, []float64{1, 3.5, 6}, inSeconds(d.at))
	for i, a := range d.seen {
		require.Equal(t, traffic.Request{Salt: saltOf("visitors"), Route: 1, Ordinal: uint32(i)}, a.Request)
	}
	require.Equal(t, uint64(3), all.Ended[traffic.OK])
	require.Equal(t, int64(500e6), all.Latency.Min())
	require.Equal(t, int64(500e6), all.Latency.Max())
	var signin Cell
	r.sum.AddRoute(1, &signin)
	require.Equal(t, uint64(3), signin.Offered)
	require.Zero(t, r.pool.Out())
}

func TestSessionEndsWithItsFirstFailure(t *testing.T) {
	r := newRig(1, 1)
	d := newDelayer(r.Sim, failing(1, traffic.Status503))
	r.client("visitors", one("3"), d)
	all := r.finish(t, engine.Minute)
	require.Len(t, d.at, 1)
	require.Equal(t, uint64(1), all.Ended[traffic.Status503])
	require.Equal(t, uint64(1), all.Failed())
	require.Zero(t, all.Latency.Count(), "latency is that of completed requests")
}

func TestRetriesWaitAndGrow(t *testing.T) {
	retry := func(failures int) (*delayer, *Cell) {
		r := newRig(1, 1)
		spec := one("1")
		spec.Retry = Retry{Attempts: 3, Wait: span("1s"), Growth: 2}
		d := newDelayer(r.Sim, failing(failures, traffic.Refused))
		r.client("visitors", spec, d)
		return d, r.finish(t, engine.Minute)
	}
	d, all := retry(3)
	require.InDeltaSlice(t, []float64{1, 2.1, 4.2, 8.3}, inSeconds(d.at), 1e-9, "waits of 1, 2 and 4 s after failures of 0.1 s")
	require.Equal(t, uint64(4), all.Attempts)
	require.Equal(t, uint64(1), all.Offered)
	require.Equal(t, uint64(1), all.Ended[traffic.OK])
	require.Equal(t, int64(7.4e9), all.Latency.Max(), "from the first attempt to the answer")

	d, all = retry(4)
	require.Len(t, d.at, 4)
	require.Equal(t, uint64(1), all.Ended[traffic.Refused])
	require.Equal(t, uint64(4), all.Attempts)
}

func TestJitter(t *testing.T) {
	b := behaviour{retry: Retry{Wait: span("1s"), Growth: 3, Jitter: 0.4}, retryLuck: random.NewStream(1, 0, "retry/x")}
	var u []float64
	for i := range uint64(20000) {
		u = append(u, (3-b.backoff(i, 0, 2).Seconds())/(3*0.4))
	}
	requireUniform(t, u)
}

// The cause of a request is that of its last attempt.
func TestCauseIsThatOfTheLastAttempt(t *testing.T) {
	r := newRig(1, 1)
	spec := one("1")
	spec.Timeout = seconds(1)
	spec.Retry.Attempts = 1
	causes := []traffic.Cause{traffic.Status500, traffic.OK}
	d := newDelayer(r.Sim, func(*traffic.Attempt) (engine.Time, traffic.Cause) {
		cause := causes[0]
		causes = causes[1:]
		return engine.Time(2-len(causes))*engine.Second - 500e6, cause
	})
	r.client("visitors", spec, d)
	all := r.finish(t, engine.Minute)
	require.Equal(t, uint64(1), all.Ended[traffic.Timeout], "the second attempt takes 1.5 s")
	require.Equal(t, uint64(2), all.Attempts)
}

func TestTimeout(t *testing.T) {
	for name, test := range map[string]struct {
		takes  float64
		cancel bool
		cause  traffic.Cause
		served int
		drawn  int
		gone   int
	}{
		"in time":             {0.9, false, traffic.OK, 1, 0, 0},
		"at the same instant": {1.0, false, traffic.OK, 1, 0, 0},
		"abandoned":           {1.1, false, traffic.Timeout, 1, 0, 1},
		"withdrawn":           {1.1, true, traffic.Timeout, 0, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(1, 1)
			spec := one("1")
			spec.Timeout, spec.Cancel = seconds(1), test.cancel
			d := newDelayer(r.Sim, after(test.takes, traffic.OK))
			r.client("visitors", spec, d)
			require.NoError(t, r.Run(2050*engine.Millisecond))
			require.Zero(t, r.ledger.InFlight(), "the client has gone by 2.05 s")
			all := r.finish(t, engine.Minute)
			require.Equal(t, uint64(1), all.Ended[test.cause])
			require.Equal(t, []int{test.served, test.drawn, test.gone}, []int{d.served, d.drawn, d.gone})
			require.Zero(t, r.pool.Out())
		})
	}
}

// A meddler cuts the attempt while it holds it and goes on by itself, as a proxy
// does that tries the next server: the client's own attempt is another object
// from then on.
type meddler struct {
	sim   *engine.Sim
	again *engine.Routine[*traffic.Attempt]
	reply *engine.Routine[*traffic.Attempt]
	below *delayer
}

func newMeddler(sim *engine.Sim, below *delayer) *meddler {
	m := &meddler{sim: sim, below: below}
	m.again = engine.NewRoutine(sim, "again", engine.Change, func(a *traffic.Attempt) {
		upper := a.Cut(1, traffic.Link{})
		m.reply.After(5*engine.Second, upper)
	})
	m.reply = engine.NewRoutine(sim, "reply", engine.Release, func(a *traffic.Attempt) { a.Reply(traffic.OK) })
	return m
}

func (m *meddler) Receive(a *traffic.Attempt) {
	a.Call(m.below, m, 0)
	m.again.After(engine.Second, a)
}
func (m *meddler) Withdraw(*traffic.Attempt, int32)                { panic("nothing to withdraw") }
func (m *meddler) Moved(*traffic.Attempt, int32)                   {}
func (m *meddler) Answered(*traffic.Attempt, int32, traffic.Cause) { panic("has given up") }

func TestClientLeavesWhileAProxyTriesAgain(t *testing.T) {
	for _, takes := range []float64{1.5, 30} { // the lower half ends before, or after the client leaves
		r := newRig(1, 1)
		spec := one("1")
		spec.Timeout = seconds(2)
		spec.Retry.Attempts = 1
		below := newDelayer(r.Sim, after(takes, traffic.OK))
		c := r.client("visitors", spec, newMeddler(r.Sim, below))
		all := r.finish(t, engine.Minute)
		require.Equal(t, uint64(1), all.Ended[traffic.Timeout])
		require.Equal(t, uint64(2), all.Attempts)
		require.Zero(t, r.pool.Out(), "late answers give their attempts back")
		free := 0
		for s := c.free; s != nil; s = s.next {
			free++
		}
		require.Len(t, c.records, free, "and their records")
	}
}

// A keeper is a server that accepts connections and closes those that have been
// idle for 3 s.
type keeper struct {
	*delayer
	sim    *engine.Sim
	opened int
	close  *engine.Routine[*traffic.Conn]
	limit  engine.Time
}

func newKeeper(sim *engine.Sim, limit engine.Time) *keeper {
	k := &keeper{sim: sim, limit: limit, delayer: newDelayer(sim, after(0.5, traffic.OK))}
	k.close = engine.NewRoutine(sim, "close", engine.Release, func(c *traffic.Conn) { c.Close(sim.Now()) })
	return k
}

func (k *keeper) Receive(a *traffic.Attempt) {
	if a.Link.Conn.Conn() == nil {
		k.opened++
		c := &traffic.Conn{}
		a.Link.Conn = c.Open()
		if k.limit < engine.Forever {
			k.close.After(k.limit, c)
		}
	}
	k.delayer.Receive(a)
}

func TestKeepAlive(t *testing.T) {
	for name, test := range map[string]struct {
		keep   bool
		limit  engine.Time
		opened int
	}{
		"one connection a session":        {true, engine.Forever, 1},
		"without: one a request":          {false, engine.Forever, 4},
		"closed while idle: a new one":    {true, 3 * engine.Second, 2},
		"closed in use, noticed when due": {true, 2700 * engine.Millisecond, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(1, 1)
			spec := one("4")
			spec.Think, spec.KeepAlive = span("1s"), test.keep
			k := newKeeper(r.Sim, test.limit)
			r.client("visitors", spec, k)
			all := r.finish(t, engine.Minute)
			require.Equal(t, test.opened, k.opened)
			require.Equal(t, uint64(4), all.Ended[traffic.OK], "no failure")
			require.Equal(t, uint64(4), all.Attempts, "and no extra attempt")
			for _, a := range k.seen {
				require.Equal(t, test.keep, a.Link.Keep)
			}
		})
	}
}

func TestClosedUsersKeepTheirConnection(t *testing.T) {
	r := newRig(1, 1)
	spec := newSpec()
	spec.Users, spec.Think = 3, span("1s")
	k := newKeeper(r.Sim, engine.Forever)
	r.client("users", spec, k)
	all := r.finish(t, engine.Minute)
	require.Equal(t, 3, k.opened)
	require.Equal(t, uint64(3*40), all.Offered, "one request every 1.5 s, the first after 1 s")
}

func TestClientGivesUpItsConnection(t *testing.T) {
	r := newRig(1, 1)
	spec := one("1")
	spec.Timeout = seconds(0.4)
	spec.Retry.Attempts = 2
	k := newKeeper(r.Sim, engine.Forever)
	r.client("visitors", spec, k)
	r.finish(t, engine.Minute)
	require.Equal(t, 3, k.opened, "each attempt after a timeout needs its own")
}

// A trail is what a population did: which request, when, on which route.
type step struct {
	traffic.Request
	user uint64
	at   engine.Time
}

// trail runs a population against a server and returns the first attempts of
// its requests, by session.
func trail(t *testing.T, change func(*Spec), reply func(*traffic.Attempt) (engine.Time, traffic.Cause)) []step {
	r := newRig(2, 2)
	spec := newSpec()
	spec.Rate = rates(0, 20)
	spec.Requests, spec.Think = number("geometric(4)"), span("exponential(1s)")
	spec.Routes = map[string]quantity.Share{"album": 0.7, "signin": 0.3}
	change(spec)
	d := newDelayer(r.Sim, reply)
	r.client("visitors", spec, d)
	r.finish(t, 100*engine.Second)
	var steps []step
	seen := map[traffic.Request]bool{}
	for i, a := range d.seen {
		if !seen[a.Request] {
			steps = append(steps, step{a.Request, a.User, d.at[i]})
		}
		seen[a.Request] = true
	}
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	return steps
}

// The same user does the same things whatever the site and the client's
// patience: sessions, their arrival, length, routes and pauses are functions of
// ordinals alone.
func TestCommonRandomNumbers(t *testing.T) {
	base := trail(t, func(*Spec) {}, after(0.2, traffic.OK))
	require.Greater(t, len(base), 4000)
	atBase := map[traffic.Request]step{}
	for _, s := range base {
		atBase[s.Request] = s
	}
	slow := func(a *traffic.Attempt) (engine.Time, traffic.Cause) {
		if a.Session%7 == 3 && a.Ordinal == 1 {
			return 2 * engine.Second, traffic.OK
		}
		return engine.Second / 5, traffic.OK
	}
	for name, change := range map[string]func(*Spec){
		"timeout": func(s *Spec) { s.Timeout = seconds(1) },
		"retries": func(s *Spec) {
			s.Timeout, s.Retry = seconds(1), Retry{Attempts: 3, Wait: span("exponential(2s)"), Growth: 2, Jitter: 1}
		},
		"cancelling": func(s *Spec) { s.Timeout, s.Cancel = seconds(1), true },
		"no keeping": func(s *Spec) { s.KeepAlive = false },
	} {
		t.Run(name, func(t *testing.T) {
			other := trail(t, change, slow)
			require.Greater(t, len(other), 3000)
			for _, s := range other {
				want := atBase[s.Request]
				if s.Session%7 == 3 && s.Ordinal > 1 {
					want.at = s.at // after the slow request all is later
				}
				require.Equal(t, want, s)
			}
		})
	}
}

// Another population, and more users, change nobody's luck.
func TestPopulationsDoNotMeet(t *testing.T) {
	closed := func(users int) []step {
		return trail(t, func(s *Spec) { s.Rate.Points, s.Users = nil, users }, after(0.2, traffic.OK))
	}
	few, many := closed(5), closed(50)
	var common []step
	for _, s := range many {
		if s.Session%round < 5 {
			common = append(common, s)
		}
	}
	require.Equal(t, few, common)

	r := newRig(2, 1)
	d := newDelayer(r.Sim, after(0.1, traffic.OK))
	for _, name := range []string{"a", "b"} {
		spec := newSpec()
		spec.Rate = rates(0, 5)
		r.client(name, spec, d)
	}
	r.finish(t, 10*engine.Minute)
	users := map[uint64]bool{}
	for _, a := range d.seen {
		require.False(t, users[a.User], "users of two populations are two")
		users[a.User] = true
	}
}

func TestRoutesHaveTheirShares(t *testing.T) {
	b := behaviour{routes: newMix(map[string]quantity.Share{"a": 0.2, "b": 0.5, "c": 0.3}, []string{"c", "x", "b", "a"}), routeLuck: random.NewStream(1, 0, "route/x")}
	const n = 100000
	counts := make([]float64, 4)
	for i := range uint64(n) {
		counts[b.route(i, 7)]++
	}
	for route, share := range []float64{0.3, 0, 0.5, 0.2} {
		require.InDelta(t, share*n, counts[route], 3.29*math.Sqrt(share*(1-share)*n))
	}
}

func TestSessionsHaveTheirLength(t *testing.T) {
	b := behaviour{count: number("geometric(8)"), requestsLuck: random.NewStream(1, 0, "requests/x")}
	const n = 100000
	var sum float64
	for i := range uint64(n) {
		sum += float64(b.requests(i))
	}
	require.InDelta(t, 8, sum/n, 3.29*math.Sqrt(56.0/n))
}

// A doorman signs users out at given requests.
type doorman struct {
	*delayer
	forget map[uint32]bool // by ordinal
	seen   []traffic.Request
}

func (d *doorman) Receive(a *traffic.Attempt) {
	d.seen = append(d.seen, a.Request)
	if d.forget[a.Ordinal] {
		a.Visitor.Login.Lost = true
	}
	d.delayer.Receive(a)
}

// Who is told of having been signed out signs in, and goes on with the requests
// that were to come, at the ordinals that they would have had.
func TestUserSignsInAgain(t *testing.T) {
	r := newRig(1, 2)
	spec := one("1")
	spec.Requests = number("4")
	spec.Routes = map[string]quantity.Share{"album": 1, "signin": 0}
	d := &doorman{delayer: newDelayer(r.Sim, after(0.1, traffic.OK)), forget: map[uint32]bool{1: true, 3: true}}
	env := r.env(d)
	env.Visitors, env.SignIn = true, []bool{false, true}
	New("visitors", spec, env).Start()
	all := r.finish(t, engine.Minute)
	const album, signin = 0, 1
	type step struct {
		route   int32
		ordinal uint32
	}
	var steps []step
	for _, q := range d.seen {
		steps = append(steps, step{q.Route, q.Ordinal &^ extra})
	}
	require.Equal(t, []step{{album, 0}, {album, 1}, {signin, 2}, {album, 2}, {album, 3}}, steps,
		"nobody signs in after the last request")
	require.EqualValues(t, 5, all.Offered)
}

// What a population does at random has luck of its own for each purpose, and nobody
// else's: pauses say nothing about routes.
func TestEachPurposeHasItsStream(t *testing.T) {
	r := newRig(2, 2)
	var names []string
	for _, name := range []string{"visitors", "staff"} {
		env := r.env(newDelayer(r.Sim, after(1, traffic.OK)))
		env.Stream = func(name string) random.Stream {
			names = append(names, name)
			return r.stream(name)
		}
		spec := newSpec()
		spec.Rate = rates(0, 1)
		New(name, spec, env)
	}
	require.Greater(t, len(names), 8)
	slices.Sort(names)
	require.Len(t, slices.Compact(slices.Clone(names)), len(names), "%v", names)
}
