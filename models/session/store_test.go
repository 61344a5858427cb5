package session_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/session"
	"github.com/headroom-sim/headroom/models/traffic"
)

const (
	browse = 0 // reads
	signin = 1 // writes
	about  = 2 // neither
)

// desk is a store with a clock, and a visitor who asks it.
type desk struct {
	*session.Store
	sim     *engine.Sim
	visitor traffic.Visitor
	sum     session.Tally
}

func newDesk(store string, lifetime engine.Time) *desk {
	d := &desk{sim: engine.New(engine.Limits{})}
	spec := &session.Spec{Store: store}
	if lifetime > 0 {
		l := quantity.Duration(lifetime)
		spec.Lifetime = &l
	}
	d.Store = session.New(d.sim, spec, []session.Use{session.Read, session.Write, session.None}, session.Shards{Nodes: 1})
	return d
}

// ask has an instance complete a request, and tells whether the visitor learns
// of having been signed out.
func (d *desk) ask(route int32, at *traffic.Memory) bool {
	a := &traffic.Attempt{Request: traffic.Request{Route: route}, Visitor: &d.visitor}
	d.Serve(a, at)
	cut := d.Cut()
	d.sum.Merge(&cut)
	return d.visitor.Login.Lost
}

func TestLocalStateStaysWithItsInstance(t *testing.T) {
	d := newDesk("local", 0)
	var one, two traffic.Memory
	require.False(t, d.ask(browse, &two), "before signing in a read is anonymous and loses nothing")
	require.False(t, d.ask(signin, &one))
	require.False(t, d.ask(browse, &one))
	require.False(t, d.ask(about, &two), "a route without session does not ask")
	require.True(t, d.ask(browse, &two), "the other instance does not know the user")
	require.False(t, d.ask(signin, &two), "who signs in again goes on")
	require.False(t, d.ask(browse, &two))
	require.Equal(t, session.Tally{Started: 2, Lost: 1, Moved: 1}, d.sum)
}

// It is lost at that instant, and once: the user learns it from the next answer.
func TestLocalStateDiesWithItsInstance(t *testing.T) {
	d := newDesk("local", 0)
	var one, two traffic.Memory
	d.ask(signin, &one)
	d.Drop(&one)
	require.EqualValues(t, 1, d.Cut().Lost)
	require.Zero(t, one.Len())
	require.True(t, d.ask(browse, &two))
	require.False(t, d.ask(signin, &two))
	require.False(t, d.ask(browse, &two))
	require.Equal(t, session.Tally{Started: 2}, d.sum, "who is not signed in is not moved either")
}

func TestNobodyLosesWhatIsOver(t *testing.T) {
	d := newDesk("local", 30*engine.Minute)
	var one traffic.Memory
	d.ask(signin, &one)
	d.Leave(&d.visitor)
	d.Drop(&one)
	require.Equal(t, session.Tally{Ended: 1}, d.Cut(), "the user was done")
	d.ask(signin, &one)
	require.NoError(t, d.sim.Run(30*engine.Minute))
	d.Drop(&one)
	require.Equal(t, session.Tally{Expired: 1}, d.Cut(), "the lifetime was over")
	d.Leave(&d.visitor)
	require.Zero(t, d.Cut())
}

// Started = lost + expired + ended + signed in, whatever happens to many users
// and several memories in whatever order.
func TestConservationOfSignIns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"local", "shared"}).Draw(t, "store")
		d := newDesk(kind, 3*engine.Second)
		var visitors [8]traffic.Visitor
		var memories [3]traffic.Memory
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			v := rapid.IntRange(0, len(visitors)-1).Draw(t, "visitor")
			m := &memories[rapid.IntRange(0, len(memories)-1).Draw(t, "memory")]
			switch rapid.IntRange(0, 7).Draw(t, "step") {
			case 0:
				d.Drop(m)
			case 1:
				d.Leave(&visitors[v])
			case 2:
				d.Cut()
			case 3:
				if kind == "shared" {
					d.Impair(0, traffic.Impairment{Crashed: true})
				}
			case 4:
				if kind == "shared" {
					d.Impair(0, traffic.Impairment{})
				}
			default:
				a := &traffic.Attempt{Visitor: &visitors[v]}
				a.Route = rapid.Int32Range(browse, about).Draw(t, "route")
				d.Serve(a, m)
			}
			require.NoError(t, d.sim.Run(d.sim.Now()+engine.Time(rapid.Int64Range(0, 1e9).Draw(t, "pause"))))
		}
		signedIn := 0
		for i := range visitors {
			if visitors[i].Login.In != nil {
				signedIn++
			}
		}
		require.NoError(t, d.Audit(signedIn))
		require.Error(t, d.Audit(signedIn+1))
	})
}

func TestSharedStateMovesFreely(t *testing.T) {
	d := newDesk("shared", 0)
	var one, two traffic.Memory
	d.ask(signin, &one)
	d.Drop(&one)
	require.False(t, d.ask(browse, &two))
	require.Equal(t, session.Tally{Started: 1, Moved: 1}, d.sum)
	d.Impair(0, traffic.Impairment{Crashed: true})
	require.True(t, d.ask(browse, &two), "the node is lost, and the state with it")
	require.False(t, d.ask(signin, &two))
	require.False(t, d.ask(browse, &two), "nothing keeps the new sign-in, so there is nothing to lose")
	d.Impair(0, traffic.Impairment{})
	require.False(t, d.ask(signin, &two))
	require.False(t, d.ask(browse, &two), "its successor keeps state again")
	require.EqualValues(t, 1, d.sum.Lost)
}

func TestASignInAfterTheLifetimeIsAnother(t *testing.T) {
	d := newDesk("local", 30*engine.Minute)
	var one traffic.Memory
	d.ask(signin, &one)
	require.NoError(t, d.sim.Run(30*engine.Minute))
	d.ask(signin, &one)
	require.Equal(t, session.Tally{Started: 2, Expired: 1}, d.sum)
}

func TestLifetimeCountsFromTheLastRequest(t *testing.T) {
	d := newDesk("local", 30*engine.Minute)
	var one traffic.Memory
	d.ask(signin, &one)
	for _, at := range []engine.Time{29, 58} {
		require.NoError(t, d.sim.Run(at*engine.Minute))
		require.False(t, d.ask(browse, &one))
	}
	require.NoError(t, d.sim.Run(88*engine.Minute))
	require.True(t, d.ask(browse, &one))
	require.Equal(t, session.Tally{Started: 1, Expired: 1}, d.sum, "the user's own doing is no loss")
}

func TestNobodyServesWhoHasLeft(t *testing.T) {
	d := newDesk("local", 0)
	d.Serve(&traffic.Attempt{Request: traffic.Request{Route: signin}}, &traffic.Memory{})
	require.Zero(t, d.Cut())
}

// Each node of a shared store has its share of the sessions, by a hash.
func TestLosingANodeLosesItsShare(t *testing.T) {
	const n = 400
	share := 3.3 * math.Sqrt(n*0.25*0.75)
	sim := engine.New(engine.Limits{})
	s := session.New(sim, &session.Spec{Store: "shared"}, []session.Use{session.Read, session.Write}, session.Shards{Nodes: 4, Luck: random.NewStream(1, 0, "shards")})
	var visitors [n]traffic.Visitor
	ask := func(route int32) {
		for i := range visitors {
			s.Serve(&traffic.Attempt{Request: traffic.Request{Route: route, Session: uint64(i)}, Visitor: &visitors[i]}, &traffic.Memory{})
		}
	}
	ask(signin)
	s.Impair(2, traffic.Impairment{Crashed: true})
	require.InDelta(t, n/4, s.Cut().Lost, share)
	ask(browse)
	ask(browse)
	require.Zero(t, s.Cut().Lost, "who has been signed out is anonymous")
	s.Impair(1, traffic.Impairment{Crashed: true})
	ask(signin)
	require.InDelta(t, n/4, s.Cut().Lost, share, "who signs in again without success has been signed out once")
}

// Sessions that come one after the other, and those of the same ordinal in several
// populations, are spread over the nodes independently.
func TestNodesOfSessions(t *testing.T) {
	const n = 4000
	s := session.New(engine.New(engine.Limits{}), &session.Spec{Store: "shared"}, nil, session.Shards{Nodes: 4, Luck: random.NewStream(1, 0, "shards")})
	node := func(ordinal, salt int) int {
		return s.Node(&traffic.Attempt{Request: traffic.Request{Session: uint64(ordinal), Salt: uint32(salt)}})
	}
	next, together := 0, 0
	for i := range n {
		require.Equal(t, node(i, 1), node(i, 1))
		next += map[bool]int{true: 1}[node(i, 1) == (node(i+1, 1)+3)%4]
		together += map[bool]int{true: 1}[node(i, 1) == node(i, 2)]
	}
	half := 3.3 * math.Sqrt(n*0.25*0.75)
	require.InDelta(t, n/4, next, half)
	require.InDelta(t, n/4, together, half)
}
