package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/models/traffic"
)

// hop is a receiver that holds what it receives, and a caller that notes what
// it is told.
type hop struct {
	next      *hop
	held      *traffic.Attempt
	depth     int32
	answers   []traffic.Cause
	tags      []int32
	withdrawn []int32
	moved     []int32
}

func (h *hop) Receive(a *traffic.Attempt) {
	h.held, h.depth = a, a.Depth()
	a.Hold(10 * a.Depth())
	if h.next != nil {
		a.Call(h.next, h, a.Depth())
	}
}

func (h *hop) Moved(a *traffic.Attempt, tag int32) { h.held, h.moved = a, append(h.moved, tag) }

func (h *hop) Withdraw(_ *traffic.Attempt, slot int32) { h.withdrawn = append(h.withdrawn, slot) }

func (h *hop) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	h.answers, h.tags = append(h.answers, cause), append(h.tags, tag)
	if h.depth > 0 {
		a.Reply(cause)
	}
}

// chain is a client in front of a balancer, a server and a backend.
func chain() (client, balancer, server, backend *hop, pool *traffic.Pool) {
	backend = &hop{}
	server = &hop{next: backend}
	balancer = &hop{next: server}
	return &hop{}, balancer, server, backend, &traffic.Pool{}
}

func TestAnswerTravelsBack(t *testing.T) {
	client, balancer, server, backend, pool := chain()
	a := pool.Get()
	a.Call(balancer, client, 7)
	require.EqualValues(t, 3, backend.depth)
	backend.held.Reply(traffic.Status500)
	require.Equal(t, []int32{2}, server.tags)
	require.Equal(t, []int32{1}, balancer.tags)
	require.Equal(t, []int32{7}, client.tags)
	require.Equal(t, []traffic.Cause{traffic.Status500}, client.answers)
	require.Equal(t, 1, pool.Out())
	a.Release()
	require.Zero(t, pool.Out())
}

func TestWithdrawTellsTheFurthestFirst(t *testing.T) {
	client, balancer, server, backend, pool := chain()
	a := pool.Get()
	a.Call(balancer, client, 0)
	a.Withdraw(1)
	require.Equal(t, []int32{30}, backend.withdrawn)
	require.Equal(t, []int32{20}, server.withdrawn)
	require.Empty(t, balancer.withdrawn)
	require.EqualValues(t, 1, a.Depth())
	a.Reply(traffic.Timeout) // the balancer gives up on the server and answers
	require.Equal(t, []traffic.Cause{traffic.Timeout}, client.answers)
}

// A balancer gives up waiting: the client has its answer at once, and the
// server's late answer reaches nobody.
func TestCutInTheMiddle(t *testing.T) {
	client, balancer, server, backend, pool := chain()
	a := pool.Get()
	a.Session = 42
	a.Call(balancer, client, 7)
	upper := a.Cut(balancer.depth, traffic.Link{Keep: true})
	require.NotSame(t, a, upper)
	require.True(t, a.Gone)
	require.False(t, upper.Gone)
	require.EqualValues(t, 42, upper.Session)
	require.Equal(t, traffic.Link{Keep: true}, upper.Link)
	require.EqualValues(t, 3, a.Depth(), "depths stay valid")
	upper.Reply(traffic.Status504)
	require.Equal(t, []traffic.Cause{traffic.Status504}, client.answers)
	upper.Release()

	backend.held.Reply(traffic.OK)
	require.Equal(t, []traffic.Cause{traffic.OK}, server.answers)
	require.Empty(t, balancer.answers, "the balancer no longer waits")
	require.Zero(t, pool.Out(), "the pool took the orphan back")
}

// First the server gives up on the backend, then the balancer on the server,
// then the client leaves: each cut leaves the hops below to themselves.
func TestCutsFromBelowAndAbove(t *testing.T) {
	client, balancer, server, backend, pool := chain()
	a := pool.Get()
	a.Call(balancer, client, 7)
	upper := a.Cut(server.depth, traffic.Link{})
	require.EqualValues(t, 2, upper.Depth())
	top := upper.Cut(balancer.depth, traffic.Link{})
	require.Nil(t, top.Cut(0, traffic.Link{}), "the client was the last")

	backend.held.Reply(traffic.OK)
	require.Empty(t, server.answers)
	upper.Reply(traffic.Status502) // the server's own answer: nobody waits
	top.Reply(traffic.Status504)
	require.Empty(t, client.answers)
	require.Zero(t, pool.Out())
}

// Those above a cut learn which object carries their calls, and find it when
// they give up in their turn; those below, who have been told before, do not.
func TestCutTellsThoseAbove(t *testing.T) {
	client, balancer, server, backend, pool := chain()
	a := pool.Get()
	a.Call(balancer, client, 7)
	upper := a.Cut(server.depth, traffic.Link{})
	require.Equal(t, []int32{7}, client.moved)
	require.Equal(t, []int32{1}, balancer.moved)
	require.Same(t, upper, balancer.held)
	require.Empty(t, server.moved, "the server cut it, and has the new one")
	balancer.held.Withdraw(1)
	require.Equal(t, []int32{20}, server.withdrawn)
	require.Empty(t, backend.withdrawn, "what has been cut off goes on")
}

// A client leaves first; the balancer then gives up on the server.
func TestCutBelowAClientThatLeft(t *testing.T) {
	client, balancer, server, _, pool := chain()
	a := pool.Get()
	a.Call(balancer, client, 7)
	require.Nil(t, a.Cut(0, traffic.Link{}))
	upper := a.Cut(balancer.depth, traffic.Link{})
	require.True(t, upper.Gone)
	upper.Reply(traffic.Status504)
	require.Empty(t, client.answers)
	require.Equal(t, 1, pool.Out())
	a.Reply(traffic.OK)
	require.Equal(t, []traffic.Cause{traffic.OK}, server.answers)
	require.Zero(t, pool.Out())
}

func TestConnRefTurnsStale(t *testing.T) {
	var c traffic.Conn
	hungUp := 0
	c.Hangup = func(c *traffic.Conn) { hungUp++; c.Close(3) }
	first := c.Open()
	require.Same(t, &c, first.Conn())
	_, closed := first.ClosedAt()
	require.False(t, closed)
	c.Close(7)
	at, closed := first.ClosedAt()
	require.True(t, closed)
	require.EqualValues(t, 7, at)
	require.Nil(t, first.Conn())
	second := c.Open() // the memory is recycled for another connection
	require.Nil(t, first.Conn())
	first.Hangup()
	require.Zero(t, hungUp, "a stale reference cannot close another's connection")
	second.Hangup()
	require.Equal(t, 1, hungUp)
	require.Nil(t, second.Conn())
	_, closed = first.ClosedAt()
	require.False(t, closed, "that was another's")
	require.Nil(t, traffic.ConnRef{}.Conn())
	_, closed = traffic.ConnRef{}.ClosedAt()
	require.False(t, closed)
}

func TestPoolReusesAttempts(t *testing.T) {
	var pool traffic.Pool
	client, server := &hop{}, &hop{}
	round := func() {
		a := pool.Get()
		a.Call(server, client, 0)
		client.answers, client.tags = client.answers[:0], client.tags[:0]
		a.Reply(traffic.OK)
		a.Release()
	}
	round()
	require.Zero(t, testing.AllocsPerRun(100, round))
}

// carrier is a hop that carries for another.
type carrier struct{ *hop }

func (carrier) Carries() {}

// Who calls is told from who carries.
func TestFromIsWhoCalls(t *testing.T) {
	client, app, db := &hop{}, &hop{}, &hop{}
	net := carrier{&hop{}}
	var pool traffic.Pool
	a := pool.Get()
	a.Call(app, client, 0)
	require.Same(t, client, a.From())
	a.Call(net, app, 0)
	a.Call(db, net, 0)
	require.Same(t, app, a.From())
	b := pool.Get()
	b.Call(db, net, 0)
	require.Equal(t, traffic.Caller(net), b.From(), "nobody is behind it")
}
