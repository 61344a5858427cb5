package backend

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// Whatever is counted wrongly, the audit finds it.
func TestAuditNoticesErrors(t *testing.T) {
	cdn := func(harm func(*CDN)) error {
		r := newRig(t)
		c := r.cdn(cdnSpec(0.5), r.server(100*ms))
		r.sendMany(20, c)
		r.run(50 * ms)
		require.NoError(t, c.Audit())
		harm(c)
		return c.Audit()
	}
	queue := func(harm func(*Queue)) error {
		r := newRig(t)
		q := r.queue(QueueSpec{Workers: 2, Work: constant(100 * ms)}, 0)
		r.sendMany(9, q)
		r.run(150 * ms)
		require.NoError(t, q.Audit())
		harm(q)
		return q.Audit()
	}
	const calls = " ended, but "
	require.ErrorContains(t, cdn(func(c *CDN) { c.Received++ }), calls)
	require.ErrorContains(t, cdn(func(c *CDN) { c.Completed-- }), calls)
	require.ErrorContains(t, cdn(func(c *CDN) { c.Cut(); c.past.ended++ }), calls)
	require.ErrorContains(t, queue(func(q *Queue) { q.Received++ }), calls)
	require.ErrorContains(t, queue(func(q *Queue) { q.Consumed++ }), "worked on, but")
	require.ErrorContains(t, queue(func(q *Queue) { q.number.Up(engine.Time(150 * ms)) }), "the level says")
}
