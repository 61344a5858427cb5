package backend

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

func (r *rig) pools(size int, timeout engine.Time, place traffic.Receiver) *Pools {
	return NewPools(r.sim, "db", &DatabaseSpec{Pool: &size, PoolTimeout: span(timeout)}, place)
}

// Each caller has connections of its own, and waits for its own.
func TestEachCallerHasAPool(t *testing.T) {
	one := newRig(t)
	two := &rig{t: t, sim: one.sim}
	db := one.server(10 * ms)
	p := one.pools(2, engine.Second, db)
	one.sendMany(5, p)
	two.sendMany(1, p)
	require.Equal(t, 3, db.got, "two of the first's, one of the second's")
	require.NoError(t, p.Audit())
	one.run(10 * ms)
	require.Equal(t, 2, one.counts()[traffic.OK])
	require.Equal(t, 1, two.counts()[traffic.OK])
	one.run(30 * ms)
	require.Equal(t, 5, one.counts()[traffic.OK])
	tally := p.Cut()
	require.EqualValues(t, 6, tally.Received)
	require.EqualValues(t, 3, tally.Delayed)
	require.EqualValues(t, 6, tally.Waits.Count())
	require.EqualValues(t, 20*ms, tally.Waits.Max())
	require.NoError(t, p.Audit())
	require.Empty(t, p.of, "nothing is kept of callers without calls")
}

// HikariCP: who waits longer than connectionTimeout gets an error, the others go
// on.
func TestPoolTimeout(t *testing.T) {
	r := newRig(t)
	db := r.server(40 * ms)
	p := r.pools(1, 50*ms, db)
	r.sendMany(3, p)
	r.run(engine.Second)
	require.Equal(t, 2, r.counts()[traffic.OK])
	require.Equal(t, 1, r.counts()[traffic.Abandoned])
	require.Equal(t, 50*ms, r.visits[2].at)
	tally := p.Cut()
	require.EqualValues(t, 1, tally.Abandoned)
	require.EqualValues(t, 2, tally.Delayed)
	require.NoError(t, p.Audit())
}

// A database that refuses at once empties the line at once.
func TestPoolOfADatabaseThatRefuses(t *testing.T) {
	r := newRig(t)
	db := r.server(10 * ms)
	p := r.pools(1, engine.Minute, db)
	r.sendMany(20_000, p)
	p.place = refusing{}
	r.run(10 * ms)
	require.Equal(t, 1, r.counts()[traffic.OK])
	require.Equal(t, 19_999, r.counts()[traffic.Refused])
	require.NoError(t, p.Audit())
}

type refusing struct{}

func (refusing) Receive(a *traffic.Attempt)       { a.Reply(traffic.Refused) }
func (refusing) Withdraw(*traffic.Attempt, int32) {}

func TestCallersLeaveThePool(t *testing.T) {
	r := newRig(t)
	db := r.server(10 * ms)
	p := r.pools(1, engine.Minute, db)
	r.sendMany(5, p)
	r.leave(1, true)  // waits
	r.leave(2, false) // waits, and gets no connection
	r.run(5 * ms)
	r.leave(0, true) // holds the connection, which the fourth gets now
	require.Equal(t, 2, db.got)
	require.NoError(t, p.Audit())
	r.run(engine.Second)
	require.Equal(t, 2, r.counts()[traffic.OK])
	require.Equal(t, 15*ms, r.visits[3].at)
	require.EqualValues(t, 2, p.Cut().Withdrawn)
	require.Zero(t, r.pool.Out())
	require.NoError(t, p.Audit())
}

func TestHealthChecksNeedNoPool(t *testing.T) {
	r := newRig(t)
	db := r.server(10 * ms)
	p := r.pools(1, engine.Minute, db)
	r.sendMany(2, p)
	a := r.pool.Get()
	a.Probe = true
	a.Call(p, r, 1)
	require.Equal(t, 1, db.probes)
}

func TestPoolsAllocateNothing(t *testing.T) {
	r := newRig(t)
	p := r.pools(1, engine.Minute, r.place(9*ms))
	r.requireNoAllocations(p, func() { p.Cut() })
}
