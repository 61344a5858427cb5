package backend

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// place answers after a while, and knows no connections.
func (r *rig) place(takes engine.Time) traffic.Receiver {
	return &plain{engine.NewRoutine(r.sim, "place", engine.Release, func(a *traffic.Attempt) { a.Reply(traffic.OK) }), takes}
}

type plain struct {
	later *engine.Routine[*traffic.Attempt]
	takes engine.Time
}

func (p *plain) Receive(a *traffic.Attempt)       { p.later.After(p.takes, a) }
func (p *plain) Withdraw(*traffic.Attempt, int32) { panic("not in these tests") }

func (r *rig) queue(spec QueueSpec, takes engine.Time) *Queue {
	return NewQueue(r.sim, &spec, QueueConfig{Name: "mq", Broker: r.server(takes), Stream: stream})
}

// The producer waits for its message to be taken, and not for it to be worked on.
func TestProducersDoNotWait(t *testing.T) {
	r := newRig(t)
	q := r.queue(QueueSpec{Workers: 2, Work: constant(100 * ms)}, ms)
	r.sendMany(10, q)
	r.run(ms)
	require.Equal(t, 10, r.counts()[traffic.OK])
	tally := q.Cut()
	require.Zero(t, tally.Consumed)
	require.EqualValues(t, 2, tally.Waits.Count(), "those in work")
	require.Zero(t, tally.Delayed)
	r.run(401 * ms)
	tally = q.Cut()
	require.EqualValues(t, 8, tally.Consumed, "two every 100 ms")
	require.EqualValues(t, 8, tally.Delayed)
	require.EqualValues(t, 8, tally.Waits.Count())
	require.EqualValues(t, 400*ms, tally.Waits.Max())
	r.run(engine.Second)
	require.NoError(t, q.Audit())
	require.Zero(t, q.number.Value())
	require.Zero(t, r.pool.Out())
}

func TestMessagesBeyondTheLengthAreRefused(t *testing.T) {
	r := newRig(t)
	room := 3
	q := r.queue(QueueSpec{Workers: 2, Work: constant(100 * ms), MaxLength: &room}, 0)
	r.sendMany(9, q)
	r.run(ms)
	require.Equal(t, 5, r.counts()[traffic.OK], "two in work, three waiting")
	require.Equal(t, 4, r.counts()[traffic.Blocked])
	a := r.pool.Get()
	a.Probe = true
	a.Call(q, r, 0)
	require.True(t, r.visits[0].answered)
	require.EqualValues(t, 5, q.Cut().Stored, "a health check is no message")
	require.NoError(t, q.Audit())
	room = 0
	q = r.queue(QueueSpec{Workers: 1, Work: constant(100 * ms), MaxLength: &room}, 0)
	r.sendMany(3, q)
	r.run(2 * ms)
	require.EqualValues(t, 1, q.Cut().Stored, "an idle consumer needs no place to wait")
}

// When the broker fails, consumers lose what they have; it is handed out anew,
// and no message is lost.
func TestHaltedQueueLosesNothing(t *testing.T) {
	r := newRig(t)
	q := r.queue(QueueSpec{Workers: 2, Work: constant(100 * ms)}, 0)
	r.sendMany(5, q)
	r.run(50 * ms)
	q.Impair(traffic.Impairment{Refusing: true})
	r.run(150 * ms)
	require.Zero(t, q.Cut().Consumed)
	require.EqualValues(t, 5, q.number.Value())
	require.NoError(t, q.Audit())
	q.Impair(traffic.Impairment{})
	inWork := []uint64{q.workers[0].message.session, q.workers[1].message.session}
	require.ElementsMatch(t, []uint64{0, 1}, inWork, "before those that had to wait")
	r.run(250 * ms)
	require.EqualValues(t, 2, q.Cut().Consumed, "begun anew at 150 ms")
	q.Impair(traffic.Impairment{Slowdown: 3})
	r.run(549 * ms)
	require.EqualValues(t, 2, q.Cut().Consumed, "what was handed out before goes on as it was")
	r.run(engine.Second)
	tally := q.Cut()
	require.EqualValues(t, 1, tally.Consumed)
	require.NoError(t, q.Audit())
}

func TestProducersLeaveTheBroker(t *testing.T) {
	r := newRig(t)
	q := r.queue(QueueSpec{Workers: 1, Work: constant(ms)}, 10*ms)
	r.sendMany(3, q)
	r.run(5 * ms)
	r.leave(0, true)
	r.leave(1, false)
	r.run(engine.Second)
	tally := q.Cut()
	require.EqualValues(t, 1, tally.Withdrawn)
	require.EqualValues(t, 2, tally.Consumed, "a message is sent whether its sender waits or not")
	require.Zero(t, r.pool.Out())
	require.NoError(t, q.Audit())
}

// What a consumer takes for a message depends on the request that sent it alone.
func TestWorkIsAFunctionOfTheRequest(t *testing.T) {
	r := newRig(t)
	work := parse(t, "exponential(100ms)")
	q := r.queue(QueueSpec{Workers: 100, Work: work}, 0)
	r.sendMany(100, q)
	r.run(50 * ms)
	soon := 0
	for i := range uint64(100) {
		if work.Draw(stream("work/mq").Uniform(i, 0)) <= 50*ms {
			soon++
		}
	}
	require.EqualValues(t, soon, q.Cut().Consumed)
}

func TestQueueAllocatesNothing(t *testing.T) {
	r := newRig(t)
	q := NewQueue(r.sim, &QueueSpec{Workers: 3, Work: parse(t, "uniform(5ms, 25ms)")}, QueueConfig{Name: "mq", Broker: r.place(ms), Stream: stream})
	r.requireNoAllocations(q, func() { q.Cut() })
}
