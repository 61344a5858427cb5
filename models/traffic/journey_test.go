package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// entrance is where attempts begin to be followed.
type entrance struct {
	sim     *engine.Sim
	to      *hop
	journey *traffic.Journey
}

func (e *entrance) Receive(a *traffic.Attempt) {
	e.journey = a.Follow(e.sim, e.to)
	a.Forward(e.to)
}

func (e *entrance) Withdraw(*traffic.Attempt, int32) {}

// followed sends an attempt down the chain at time 0.
func followed(t *testing.T) (client, balancer, server, backend *hop, e *entrance, pool *traffic.Pool) {
	t.Helper()
	client, balancer, server, backend, pool = chain()
	e = &entrance{sim: engine.New(engine.Limits{}), to: balancer}
	pool.Get().Call(e, client, 7)
	require.EqualValues(t, 3, backend.depth)
	return
}

// at lets time go by.
func (e *entrance) at(t *testing.T, now engine.Time) {
	t.Helper()
	require.NoError(t, e.sim.Run(now))
}

// Each hop is recorded from the call to its answer, and nobody notices.
func TestFollow(t *testing.T) {
	client, balancer, server, backend, e, pool := followed(t)
	a := backend.held
	require.Equal(t, traffic.Caller(server), a.From())
	require.False(t, a.Carried())
	e.at(t, 5)
	a.Note(traffic.Queueing)
	e.at(t, 8)
	a.NoteAfter(3, traffic.Service)
	a.Note(traffic.Hold)
	e.at(t, 9)
	a.Reply(traffic.Status500)
	require.Equal(t, []traffic.Cause{traffic.Status500}, client.answers)
	require.Equal(t, []int32{7}, client.tags)
	require.Equal(t, []int32{1}, balancer.tags)
	require.Equal(t, 1, pool.Out())
	hops := e.journey.Hops
	require.Len(t, hops, 3)
	for i, to := range []*hop{balancer, server, backend} {
		require.Equal(t, traffic.Receiver(to), hops[i].First)
		require.Equal(t, traffic.Receiver(to), hops[i].Last())
		require.Equal(t, []engine.Time{0, -1, 9}, []engine.Time{hops[i].Sent, hops[i].Left, hops[i].Over})
		require.Equal(t, traffic.Status500, hops[i].Cause)
	}
	require.Equal(t, []*traffic.Hop{nil, hops[0], hops[1]}, []*traffic.Hop{hops[0].Above, hops[1].Above, hops[2].Above})
	require.Equal(t, []traffic.Note{{From: 5, What: traffic.Queueing}, {From: 8, What: traffic.Hold}}, hops[2].Notes)
	require.Empty(t, hops[1].Notes)
}

// Where a caller gives up, the hop goes on without it, and those above end before.
func TestFollowBeyondACut(t *testing.T) {
	client, balancer, _, backend, e, pool := followed(t)
	a := backend.held
	e.at(t, 5)
	upper := a.Cut(1, traffic.Link{})
	require.Equal(t, []int32{7}, client.moved)
	upper.Reply(traffic.Status504)
	upper.Release()
	require.Equal(t, traffic.Receiver(balancer), e.journey.Hops[0].Last())
	e.at(t, 8)
	backend.held.Reply(traffic.OK)
	require.Zero(t, pool.Out())
	for i, want := range [][]engine.Time{{-1, 5}, {5, 8}, {-1, 8}} {
		h := e.journey.Hops[i]
		require.Equal(t, want, []engine.Time{h.Left, h.Over}, i)
	}
}

// What is taken back is over; an attempt that is sent on from above begins new hops.
func TestFollowWithdrawn(t *testing.T) {
	client, _, server, backend, e, _ := followed(t)
	a := backend.held
	e.at(t, 5)
	a.Withdraw(1)
	require.Equal(t, []int32{30}, backend.withdrawn)
	a.Call(backend, server, 9)
	e.at(t, 6)
	a.Reply(traffic.OK)
	require.Equal(t, []traffic.Cause{traffic.OK}, client.answers)
	hops := e.journey.Hops
	require.Len(t, hops, 4)
	require.Equal(t, []bool{false, true, true, false}, []bool{hops[0].Withdrawn, hops[1].Withdrawn, hops[2].Withdrawn, hops[3].Withdrawn})
	require.Equal(t, hops[0], hops[3].Above)
}

// An attempt whose memory has been followed before is followed no more, and what
// nobody follows takes notes without effect.
func TestFollowEnds(t *testing.T) {
	client, _, _, backend, e, pool := followed(t)
	backend.held.Reply(traffic.OK)
	client.held = nil
	backend.held.Release()
	a := pool.Get()
	require.Same(t, backend.held, a)
	a.Call(e.to, client, 1)
	a.Note(traffic.Queueing)
	require.Nil(t, a.Detach())
	a.Detach().Note(traffic.Queueing)
	a.Detach().Done()
	require.Len(t, e.journey.Hops, 3)
}

// What a request leaves behind is recorded as long as it goes on.
func TestDetach(t *testing.T) {
	_, _, _, backend, e, _ := followed(t)
	message := backend.held.Detach()
	message.Note(traffic.Queueing)
	backend.held.Reply(traffic.OK)
	e.at(t, 4)
	message.Note(traffic.Service)
	e.at(t, 6)
	message.Done()
	h := e.journey.Hops[3]
	require.Equal(t, e.journey.Hops[2], h.Above)
	require.Equal(t, traffic.Receiver(backend), h.Last())
	require.Equal(t, []engine.Time{0, 0, 6}, []engine.Time{h.Sent, h.Left, h.Over})
	require.Equal(t, []traffic.Note{{From: 0, What: traffic.Queueing}, {From: 4, What: traffic.Service}}, h.Notes)
}

// A checkpoint shows the hops that are made the short way.
func TestCheckpoint(t *testing.T) {
	_, balancer, server, backend, e, _ := followed(t)
	a := backend.held
	a.Withdraw(1)
	c := &traffic.Checkpoint{To: server}
	a.Hop(c, balancer, 3)
	c.Receive(a)
	require.Len(t, e.journey.Hops, 5)
	require.Equal(t, traffic.Receiver(server), e.journey.Hops[3].First)
	require.Panics(t, func() { c.Withdraw(a, 0) })
}
