package backend

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// cacheSpec is a cache that has everything, without latency.
func cacheSpec() CacheSpec {
	return CacheSpec{Nodes: 1, Engine: "memcached", Latency: constant(0), Skew: 1, ItemSize: 1024, Start: "warm"}
}

func (r *rig) cache(spec CacheSpec, takes engine.Time, items int) *Cache {
	config := CacheConfig{Name: "mc", Connections: 1024, Items: items, Rate: 100, Stream: stream}
	for range spec.Nodes {
		config.Nodes = append(config.Nodes, r.server(takes))
	}
	return NewCache(r.sim, &spec, config)
}

// bySession leads the sessions to two nodes in turn.
func bySession(a *traffic.Attempt) int { return int(a.Session % 2) }

// heard sends lookups one by one, and tells which were misses.
func (r *rig) heard(c *Cache, n int) (missed []bool) {
	for range n {
		a := r.visits[r.send(c, traffic.ConnRef{})].attempt
		r.run(r.sim.Now() + ms)
		missed = append(missed, a.Missed)
	}
	return missed
}

// [A8]: past a limit of 64 connections, Redis served 64 of 100 and told the rest
// so at once.
func TestConnectionsBeyondTheLimitAreRefusedAtOnce(t *testing.T) {
	r := newRig(t)
	spec := cacheSpec()
	spec.Latency = constant(ms)
	c := NewCache(r.sim, &spec, CacheConfig{Name: "mc", Nodes: []traffic.Receiver{r.server(ms)}, Connections: 64, Stream: stream})
	r.sendMany(100, c)
	require.Equal(t, 36, r.counts()[traffic.Blocked])
	require.NoError(t, c.Audit())
	r.run(2 * ms)
	require.Equal(t, 64, r.counts()[traffic.OK], "latency and command, then the answer")
	r.sendMany(10, c)
	r.run(4 * ms)
	require.Equal(t, 74, r.counts()[traffic.OK])
	tally := c.Cut()
	require.EqualValues(t, 110, tally.Received)
	require.EqualValues(t, 74, tally.Completed)
	require.EqualValues(t, 64, tally.Number.Max)
	require.NoError(t, c.Audit())
}

// A fixed hit ratio is what it says, and the same request looks up the same.
func TestFixedHitRatio(t *testing.T) {
	ratio := quantity.Share(0.8)
	spec := cacheSpec()
	spec.HitRatio, spec.Nodes = &ratio, 3
	r := newRig(t)
	c := r.cache(spec, 0, 0)
	missed := r.heard(c, 5000)
	misses := 0
	for _, m := range missed {
		if m {
			misses++
		}
	}
	require.InDelta(t, 1000, misses, 3.3*math.Sqrt(5000*0.8*0.2))
	again := newRig(t)
	require.Equal(t, missed, again.heard(again.cache(spec, 0, 0), 5000))
	tally := c.Cut()
	require.EqualValues(t, misses, tally.Misses)
	require.EqualValues(t, 5000-misses, tally.Hits)
}

// Theory: keys that live for T from the miss that stored them, each looked up at
// a rate l by a Poisson stream, are found with probability l T / (1 + l T): a
// cycle has one miss and then l T hits. A warm store has them so from time zero on.
func TestKeysWithATimeToLive(t *testing.T) {
	const keys, rate = 50, 100.0
	want := 0.0
	for _, p := range popularity(keys, 1) {
		want += p * p * rate * 2 / (1 + p*rate*2)
	}
	hits := func(run int) float64 {
		r := newRig(t)
		n, ttl := keys, quantity.Duration(2*engine.Second)
		spec := cacheSpec()
		spec.Keys, spec.TTL, spec.Nodes = &n, &ttl, 2
		luck := func(name string) random.Stream { return random.NewStream(5, run, name) }
		c := NewCache(r.sim, &spec, CacheConfig{Name: "mc", Nodes: []traffic.Receiver{r.server(0), r.server(0)}, Connections: 1024, Items: keys, Rate: rate, Stream: luck})
		r.poisson(rate, luck("arrivals"), c)
		r.run(20 * engine.Second)
		tally := c.Cut()
		return float64(tally.Hits) / float64(tally.Hits+tally.Misses)
	}
	mean, half := estimate(hits)
	require.InDelta(t, want, mean, half)
	require.Less(t, half, 0.005)
}

// A cold store misses each key once; a warm one that has room for all never.
func TestColdAndWarm(t *testing.T) {
	keys := 40
	for start, want := range map[string]uint64{"cold": 40, "warm": 0} {
		r := newRig(t)
		spec := cacheSpec()
		spec.Keys, spec.Start, spec.Skew = &keys, start, 0
		c := r.cache(spec, 0, keys)
		r.heard(c, 2000)
		require.Equal(t, want, c.Cut().Misses, start)
	}
}

// An aside asks a look-aside cache, and writes what it misses after fetch.
type aside struct {
	*rig
	*Cache
	fetch engine.Time
	write *engine.Routine[*traffic.Attempt]
}

func newAside(r *rig, c *Cache, fetch engine.Time) *aside {
	s := &aside{rig: r, Cache: c, fetch: fetch}
	s.write = engine.NewRoutine(r.sim, "write", engine.Release, func(a *traffic.Attempt) {
		c.Write(a)
		a.Reply(traffic.OK)
	})
	return s
}

func (s *aside) Receive(a *traffic.Attempt) { a.Call(s.Aside(), s, 0) }

func (s *aside) Answered(a *traffic.Attempt, _ int32, cause traffic.Cause) {
	if a.Missed {
		s.write.After(s.fetch, a)
		return
	}
	a.Reply(cause)
}

func (s *aside) Moved(*traffic.Attempt, int32) {}

// What nobody writes is not kept: all who look it up before miss it.
func TestAMissStoresNothing(t *testing.T) {
	keys := 1
	spec := cacheSpec()
	spec.Keys, spec.Start = &keys, "cold"
	r := newRig(t)
	c := r.cache(spec, 0, keys)
	s := newAside(r, c, 100*ms)
	r.sendMany(5, s)
	r.run(50 * ms)
	r.sendMany(5, s)
	r.run(100 * ms)
	r.sendMany(5, s)
	r.run(101 * ms)
	tally := c.Cut()
	require.Equal(t, [2]uint64{5, 10}, [2]uint64{tally.Hits, tally.Misses})
	c.Impair(0, traffic.Impairment{Crashed: true})
	r.sendMany(5, s)
	r.run(300 * ms)
	require.EqualValues(t, 5, c.Cut().Misses)
	c.Impair(0, traffic.Impairment{})
	r.sendMany(5, s)
	r.run(301 * ms)
	require.EqualValues(t, 5, c.Cut().Misses, "a node that was lost has taken nothing")
	require.NoError(t, c.Audit())
}

// Theory: a key that is looked up at a rate l by a Poisson stream, fetched in D and
// kept for T from when it was last written: 1 + l D lookups miss until it is
// written for the first time (the stampede), and the last of these writes it
// anew, D after it came, which is D - (1 - exp(-l D))/l after the first.
func TestStampede(t *testing.T) {
	const rate, fetch, life = 3.0, 0.8, 4.0
	misses := 1 + rate*fetch
	hits := rate*(fetch+life) - (1 - math.Exp(-rate*fetch))
	share := func(run int) float64 {
		keys, ttl := 1, quantity.Duration(life*engine.Second)
		spec := cacheSpec()
		spec.Keys, spec.TTL = &keys, &ttl
		r := newRig(t)
		luck := func(name string) random.Stream { return random.NewStream(5, run, name) }
		c := r.cache(spec, 0, keys)
		r.poisson(rate, luck("arrivals"), newAside(r, c, fetch*1000*ms))
		r.run(2000 * engine.Second)
		tally := c.Cut()
		return float64(tally.Misses) / float64(tally.Hits+tally.Misses)
	}
	mean, half := estimate(share)
	require.InDelta(t, misses/(misses+hits), mean, half)
	require.Less(t, half, 0.01)
}

// A node that is lost takes its share of the keys with it, and no other's.
func TestLosingANode(t *testing.T) {
	keys := 3000
	r := newRig(t)
	spec := cacheSpec()
	spec.Keys, spec.Nodes, spec.Skew = &keys, 3, 0
	c := r.cache(spec, 0, keys)
	c.Impair(1, traffic.Impairment{Crashed: true})
	r.heard(c, 60_000)
	require.InDelta(t, 1000, c.Cut().Misses, 3.3*math.Sqrt(3000*2.0/9))
	require.NoError(t, c.Audit())
}

// A lookup that fails is a miss: "a crashed cache counts as an immediate miss",
// and so does one that takes no more connections [A8].
func TestLookupsThatFailAreMisses(t *testing.T) {
	r := newRig(t)
	ratio := quantity.Share(1)
	spec := cacheSpec()
	spec.HitRatio, spec.Latency = &ratio, constant(ms)
	node := r.server(0)
	c := NewCache(r.sim, &spec, CacheConfig{Name: "mc", Nodes: []traffic.Receiver{node}, Connections: 4, Stream: stream})
	r.sendMany(10, c)
	r.run(2 * ms)
	node.cause = traffic.Refused
	r.sendMany(3, c)
	r.send(c.Sessions(func(*traffic.Attempt) int { return 0 }), traffic.ConnRef{})
	r.run(4 * ms)
	require.Equal(t, [3]int{4, 6, 4}, [3]int{r.counts()[traffic.OK], r.counts()[traffic.Blocked], r.counts()[traffic.Refused]})
	tally := c.Cut()
	require.Equal(t, [2]uint64{4, 9}, [2]uint64{tally.Hits, tally.Misses}, "a call about a session looks up nothing")
	require.NoError(t, c.Audit())
}

// What the nodes answer is passed on; calls about sessions look up nothing, and go
// to the node of their session.
func TestCallsBesideLookups(t *testing.T) {
	r := newRig(t)
	ratio := quantity.Share(0)
	spec := cacheSpec()
	spec.HitRatio, spec.Nodes = &ratio, 2
	nodes := []*server{r.server(ms), r.server(ms)}
	c := NewCache(r.sim, &spec, CacheConfig{Name: "mc", Nodes: []traffic.Receiver{nodes[0], nodes[1]}, Connections: 9, Stream: stream})
	nodes[1].cause = traffic.Refused
	i, k := r.send(c.Sessions(bySession), traffic.ConnRef{}), r.send(c.Sessions(bySession), traffic.ConnRef{})
	first := r.visits[i].attempt
	r.run(engine.Second)
	require.Equal(t, traffic.OK, r.visits[i].cause)
	require.False(t, first.Missed)
	require.Equal(t, traffic.Refused, r.visits[k].cause)
	a := r.pool.Get()
	a.Probe = true
	a.Call(c, r, int32(i))
	r.run(2 * engine.Second)
	tally := c.Cut()
	require.Zero(t, tally.Hits+tally.Misses)
	require.EqualValues(t, 3, tally.Received)
	require.EqualValues(t, 1, tally.Probes)
	require.EqualValues(t, 1, tally.Failed[traffic.Refused])
}

// Callers that leave give their connections back, on the way and at the node.
func TestCallersLeaveTheCache(t *testing.T) {
	r := newRig(t)
	spec := cacheSpec()
	spec.Latency = constant(10 * ms)
	c := r.cache(spec, 10*ms, 0)
	r.sendMany(4, c)
	r.run(5 * ms)
	r.leave(0, true)
	r.leave(1, false)
	r.run(15 * ms)
	r.leave(2, true)
	require.NoError(t, c.Audit())
	require.EqualValues(t, 2, c.number.Value())
	r.run(engine.Second)
	require.Equal(t, 1, r.counts()[traffic.OK])
	require.EqualValues(t, 2, c.Cut().Withdrawn)
	require.Zero(t, r.pool.Out())
	require.NoError(t, c.Audit())
}

func TestThreadsAndRoom(t *testing.T) {
	spec := cacheSpec()
	require.Equal(t, []int{4, 2, 4}, []int{spec.Threads(0), spec.Threads(2), spec.Threads(16)}, "[A8]: memcached -t 4")
	require.Equal(t, 1024, spec.OwnConnections(), "[A8]: memcached -c 1024")
	spec.Engine = "redis"
	require.Equal(t, []int{1, 1}, []int{spec.Threads(0), spec.Threads(16)}, "[A8]: one thread executes commands")
	require.Equal(t, 10_000, spec.OwnConnections(), "[A8]: maxclients 10000")
	keys := 1000
	spec.Keys = &keys
	require.Equal(t, 1000, spec.Items(0), "without a node type there is room for all")
	require.Equal(t, 512, spec.Items(512<<10))
	require.Equal(t, 1, spec.Items(10), "and for one at least")
	spec.Capacity = Capacity{Bytes: 2048}
	require.Equal(t, 2, spec.Items(512<<10))
	spec.Capacity = Capacity{Items: 5000}
	require.Equal(t, 1000, spec.Items(512<<10))
}

func TestCacheAllocatesNothing(t *testing.T) {
	keys := 1000
	spec := cacheSpec()
	spec.Keys, spec.Latency = &keys, constant(ms)
	r := newRig(t)
	c := NewCache(r.sim, &spec, CacheConfig{Name: "mc", Nodes: []traffic.Receiver{r.place(ms)}, Connections: 1024, Items: 100, Stream: stream})
	r.requireNoAllocations(c, func() { c.Cut() })
}
