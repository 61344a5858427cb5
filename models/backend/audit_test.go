package backend

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// Whatever is counted wrongly, the audit finds it.
func TestAuditNoticesErrors(t *testing.T) {
	keys := 40
	cdn := func(harm func(*CDN)) error {
		r := newRig(t)
		c := r.cdn(storing(keys, 1, engine.Minute), r.server(30*ms))
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
	cache := func(harm func(*Cache)) error {
		r := newRig(t)
		spec := cacheSpec()
		spec.Keys, spec.Nodes = &keys, 2
		c := r.cache(spec, 100*ms, keys)
		r.sendMany(20, c)
		r.run(50 * ms)
		require.NoError(t, c.Audit())
		harm(c)
		return c.Audit()
	}
	function := func(harm func(*Function)) error {
		r := newRig(t)
		spec := functionSpec()
		spec.Provisioned = 1
		f := r.function(spec, 400*ms)
		r.sendMany(3, f)
		r.run(500 * ms)
		require.NoError(t, f.Audit())
		harm(f)
		return f.Audit()
	}
	pools := func(harm func(p *Pools, caller *callerPool)) error {
		r := newRig(t)
		p := r.pools(2, engine.Second, r.server(100*ms))
		r.sendMany(5, p)
		r.run(50 * ms)
		require.NoError(t, p.Audit())
		harm(p, p.of[r])
		return p.Audit()
	}
	const calls = " ended, but "
	require.ErrorContains(t, cdn(func(c *CDN) { c.Received++ }), calls)
	require.ErrorContains(t, cdn(func(c *CDN) { c.Completed-- }), calls)
	require.ErrorContains(t, cdn(func(c *CDN) { c.Cut(); c.past.ended++ }), calls)
	require.ErrorContains(t, queue(func(q *Queue) { q.Received++ }), calls)
	require.ErrorContains(t, queue(func(q *Queue) { q.Consumed++ }), "worked on, but")
	require.ErrorContains(t, queue(func(q *Queue) { q.number.Up(engine.Time(150 * ms)) }), "the level says")
	require.ErrorContains(t, cdn(func(c *CDN) { c.store.nodes[0].n++ }), "are listed")
	require.ErrorContains(t, cache(func(c *Cache) { c.Received++ }), calls)
	require.ErrorContains(t, cache(func(c *Cache) { c.nodes[1].open-- }), "connections, and the level says")
	require.ErrorContains(t, cache(func(c *Cache) { c.number.Up(engine.Time(50 * ms)) }), "connections, and the level says")
	require.ErrorContains(t, cache(func(c *Cache) { c.store.nodes[0].n++ }), "are listed")
	require.ErrorContains(t, cache(func(c *Cache) { c.store.items = append(c.store.items, item{}) }), "are listed")
	require.ErrorContains(t, cache(func(c *Cache) { c.store.room = 0 }), "has room for 0")
	require.ErrorContains(t, function(func(f *Function) { f.Completed++ }), calls)
	require.ErrorContains(t, function(func(f *Function) { f.inUse.Up(engine.Time(500 * ms)) }), "the level says")
	require.ErrorContains(t, function(func(f *Function) { f.made-- }), "environments are there, but")
	require.ErrorContains(t, function(func(f *Function) { f.spare++ }), "environments are there, but")
	require.ErrorContains(t, function(func(f *Function) { f.idle.put(struct{}{}) }), "environments are there, but")
	require.ErrorContains(t, pools(func(p *Pools, _ *callerPool) { p.Received++ }), calls)
	require.ErrorContains(t, pools(func(p *Pools, _ *callerPool) { p.number.Up(engine.Time(50 * ms)) }), "the level says")
	require.ErrorContains(t, pools(func(_ *Pools, c *callerPool) { c.busy-- }), "a caller has 2 calls on 1 connections")
	require.ErrorContains(t, pools(func(p *Pools, _ *callerPool) { p.size = 1 }), "on 2 connections, of 1")
}
