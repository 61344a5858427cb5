package network

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

const ms = engine.Millisecond

// end is a place that answers after a time, and a caller that notes answers.
type end struct {
	sim       *engine.Sim
	takes     engine.Time
	zones     []string // in turn
	came      []engine.Time
	answers   []traffic.Cause
	back      []engine.Time
	depth     int32
	held      *traffic.Attempt
	withdrawn int
	conn      traffic.Conn
	hangups   int
}

func (e *end) Receive(a *traffic.Attempt) {
	e.came = append(e.came, e.sim.Now())
	e.held, e.depth = a, a.Depth()
	if e.takes < 0 {
		return
	}
	engine.NewRoutine(e.sim, "works", engine.Release, func(a *traffic.Attempt) { a.Reply(traffic.OK) }).After(e.takes, a)
}

func (e *end) Withdraw(*traffic.Attempt, int32)  { e.withdrawn++ }
func (e *end) Moved(a *traffic.Attempt, _ int32) { e.held = a }
func (e *end) hangup(*traffic.Conn)              { e.hangups++; e.conn.Close(e.sim.Now()) }
func (e *end) Locate(*traffic.Attempt) (traffic.Receiver, string) {
	zone := e.zones[0]
	e.zones = e.zones[1:]
	return &door{e}, zone
}

// door is an end in one of its zones.
type door struct{ *end }

func (e *end) Answered(a *traffic.Attempt, _ int32, cause traffic.Cause) {
	e.answers, e.back = append(e.answers, cause), append(e.back, e.sim.Now())
	a.Release()
}

type rig struct {
	sim       *engine.Sim
	pool      traffic.Pool
	net       *Network
	here, far *end
}

func newRig(within, between, takes engine.Time) *rig {
	r := &rig{sim: engine.New(engine.Limits{})}
	r.net = New(r.sim, within, between, 1)
	r.here, r.far = &end{sim: r.sim}, &end{sim: r.sim, takes: takes}
	r.far.conn.Hangup = r.far.hangup
	return r
}

func (r *rig) send(from, zone string) *traffic.Attempt {
	a := r.pool.Get()
	a.Link.Keep = true
	a.Call(r.net.Way(from, r.far, zone), r.here, 0)
	return a
}

// closed tests that nothing is left on the way.
func (r *rig) closed(t *testing.T) {
	t.Helper()
	require.NoError(t, r.sim.Run(engine.Hour))
	require.Zero(t, r.net.trips.Held(), "trips leak")
	require.Zero(t, r.pool.Out(), "attempts leak")
}

// TestRoundTrip: half of it on the way there, half on the way back; between zones
// it is another, and no zone is everybody's own.
func TestRoundTrip(t *testing.T) {
	for _, v := range []struct {
		from, to string
		trip     engine.Time
	}{{"a", "a", 2 * ms}, {"a", "", 2 * ms}, {"", "c", 2 * ms}, {"a", "c", 7 * ms}} {
		r := newRig(2*ms, 7*ms, 10*ms)
		r.far.zones = []string{v.to}
		r.send(v.from, v.to)
		r.closed(t)
		require.Equal(t, []engine.Time{v.trip / 2}, r.far.came, v)
		require.Equal(t, []engine.Time{v.trip + 10*ms}, r.here.back, v)
		require.Equal(t, v.trip == 7*ms, r.net.Crossed()[0] == 1, v)
	}
}

// TestNoTime: a way that takes no time leaves no trace in the attempt.
func TestNoTime(t *testing.T) {
	r := newRig(0, 7*ms, 10*ms)
	r.far.zones = []string{"a"}
	r.send("a", "a")
	require.EqualValues(t, 1, r.far.depth)
	r.closed(t)
	require.Equal(t, []engine.Time{10 * ms}, r.here.back)
}

// TestProbesDoNotCross: health checks are not what transfers are paid for.
func TestProbesDoNotCross(t *testing.T) {
	r := newRig(0, 7*ms, 10*ms)
	r.far.zones = []string{"c"}
	a := r.pool.Get()
	a.Probe = true
	a.Call(r.net.Way("a", r.far, ""), r.here, 0)
	r.closed(t)
	require.Zero(t, r.net.Crossed()[0])
}

// TestWithdrawOnTheWay: wherever the attempt is, nothing of it is left.
func TestWithdrawOnTheWay(t *testing.T) {
	for _, at := range []engine.Time{ms, 13 * ms} {
		r := newRig(0, 6*ms, 8*ms)
		r.far.zones = []string{"c"}
		a := r.send("a", "")
		require.NoError(t, r.sim.Run(at))
		if at == 13*ms {
			a.Link.Conn = r.far.conn.Open()
		}
		a.Withdraw(0)
		a.Release()
		r.closed(t)
		require.Empty(t, r.here.answers)
		require.Equal(t, at == 13*ms, r.far.hangups == 1, "nobody knows the connection any more")
	}
}

// TestWithdrawBelow tells the far end first.
func TestWithdrawBelow(t *testing.T) {
	r := newRig(0, 6*ms, -1)
	r.far.zones = []string{"c"}
	a := r.send("a", "")
	require.NoError(t, r.sim.Run(5*ms))
	require.EqualValues(t, 2, r.far.depth)
	require.True(t, a.Carried())
	a.Withdraw(0)
	a.Release()
	r.closed(t)
	require.Equal(t, 1, r.far.withdrawn)
}

// TestCutOnTheWay: who gives up waiting hears nothing, and the work is still done.
func TestCutOnTheWay(t *testing.T) {
	for _, at := range []engine.Time{ms, 5 * ms, 13 * ms} {
		r := newRig(0, 6*ms, 8*ms)
		r.far.zones = []string{"c"}
		a := r.send("a", "")
		require.NoError(t, r.sim.Run(at))
		require.Nil(t, a.Cut(0, traffic.Link{}))
		if at == 5*ms {
			require.True(t, r.far.held.Orphan(), "the far end knows, though the network is in between")
		}
		a.Link.Conn = r.far.conn.Open()
		r.closed(t)
		require.Len(t, r.far.came, 1)
		require.Empty(t, r.here.answers)
		require.Equal(t, 1, r.far.hangups)
	}
}

// TestClosedMeanwhile: a request on a connection that the far end closes while it
// travels is reset, a round trip later; it is not worked on.
func TestClosedMeanwhile(t *testing.T) {
	r := newRig(0, 6*ms, 8*ms)
	r.far.zones = []string{"c"}
	a := r.pool.Get()
	a.Link = traffic.Link{Conn: r.far.conn.Open(), Keep: true}
	a.Call(r.net.Way("a", r.far, ""), r.here, 0)
	require.NoError(t, r.sim.Run(ms))
	r.far.conn.Close(r.sim.Now())
	r.closed(t)
	require.Empty(t, r.far.came)
	require.Equal(t, []traffic.Cause{traffic.Reset}, r.here.answers)
	require.Equal(t, []engine.Time{6 * ms}, r.here.back)
}
