package backend

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

func cdnSpec(hits quantity.Share) CDNSpec {
	return CDNSpec{HitRatio: &hits, Latency: constant(15 * ms), KeepAlive: span(5 * engine.Second), OriginTimeout: span(30 * engine.Second)}
}

func (r *rig) cdn(spec CDNSpec, origin traffic.Receiver, routes ...traffic.RouteSpec) *CDN {
	if len(routes) == 0 {
		routes = []traffic.RouteSpec{{Cacheable: 1, Size: 1000}}
	}
	return NewCDN(r.sim, &spec, Site{Name: "edge", Origin: origin, Routes: routes, Stream: stream})
}

// spec 7 [CF-COST]: origin load is (1 - hit ratio) x requests; a hit has the
// chance cacheable x hit ratio.
func TestOriginLoad(t *testing.T) {
	const n = 20_000
	r := newRig(t)
	origin := r.server(100 * ms)
	c := r.cdn(cdnSpec(0.9), origin, traffic.RouteSpec{Cacheable: 0.6, Size: 1000})
	r.sendMany(n, c)
	r.run(engine.Second)
	tally := c.Cut()
	hits := float64(tally.Hits)
	require.InDelta(t, 0.54*n, hits, 3.3*math.Sqrt(n*0.54*0.46))
	require.EqualValues(t, n-hits, origin.got)
	require.EqualValues(t, n, tally.Received)
	require.EqualValues(t, n*1000, tally.Bytes)
	for _, v := range r.visits {
		require.Contains(t, []engine.Time{15 * ms, 100 * ms}, v.at)
	}
	require.NoError(t, c.Audit())
	require.Zero(t, r.pool.Out())
}

// The same requests are hits, whatever else happens; with a greater ratio all of
// these and more.
func TestHitsAreAFunctionOfTheRequest(t *testing.T) {
	hits := func(ratio quantity.Share, pause engine.Time) (list []bool) {
		r := newRig(t)
		c := r.cdn(cdnSpec(ratio), r.server(pause))
		r.sendMany(500, c)
		r.run(engine.Minute)
		for _, v := range r.visits {
			list = append(list, v.at == 15*ms)
		}
		return list
	}
	few, again, more := hits(0.3, 20*ms), hits(0.3, 500*ms), hits(0.7, 20*ms)
	require.Equal(t, few, again)
	for i := range few {
		require.True(t, !few[i] || more[i])
	}
	require.NotEqual(t, few, more)
}

// Connections to the origin are kept for the keep-alive timeout.
func TestOriginConnectionsAreKept(t *testing.T) {
	r := newRig(t)
	r.keep = true
	origin := r.server(100 * ms)
	c := r.cdn(cdnSpec(0), origin)
	i := r.send(c, traffic.ConnRef{})
	r.run(4 * engine.Second)
	require.Equal(t, traffic.Receiver(c), r.visits[i].link.Conn.Conn().Home, "the client's connection leads to the network")
	i = r.send(c, r.visits[i].link.Conn)
	r.run(9 * engine.Second)
	require.Equal(t, 1, origin.opened)
	require.Zero(t, origin.hungUp)
	r.run(9*engine.Second + 101*ms)
	require.Equal(t, 1, origin.hungUp, "idle for 5 s")
	r.send(c, r.visits[i].link.Conn)
	require.Equal(t, 2, origin.opened)
	r.send(c, traffic.ConnRef{})
	require.Equal(t, 3, origin.opened, "one request at a time on a connection")
	r.run(engine.Minute)
	require.NoError(t, c.Audit())
}

// What gateways make of an origin that gives no answer (RFC 9110: 502, 504).
func TestOriginFailures(t *testing.T) {
	for cause, want := range map[traffic.Cause]traffic.Cause{
		traffic.Refused: traffic.Status502, traffic.Reset: traffic.Status502, traffic.Closed: traffic.Status502, traffic.Timeout: traffic.Status504,
		traffic.Status500: traffic.Status500, traffic.Status503: traffic.Status503, traffic.Status429: traffic.Status429, traffic.Blocked: traffic.Blocked,
	} {
		r := newRig(t)
		origin := r.server(ms)
		origin.cause = cause
		c := r.cdn(cdnSpec(0), origin)
		r.send(c, traffic.ConnRef{})
		r.run(engine.Second)
		require.Equal(t, want, r.visits[0].cause, "%s", cause)
		require.Zero(t, c.Cut().Bytes)
	}
}

// CloudFront API: after OriginReadTimeout the answer is 504; the origin goes on.
func TestOriginTimeout(t *testing.T) {
	r := newRig(t)
	origin := r.server(40 * engine.Second)
	c := r.cdn(cdnSpec(0), origin)
	r.send(c, traffic.ConnRef{})
	r.run(engine.Minute)
	require.Equal(t, traffic.Status504, r.visits[0].cause)
	require.Equal(t, 30*engine.Second, r.visits[0].at)
	require.Zero(t, origin.withdraw)
	require.NoError(t, c.Audit())
	require.Zero(t, r.pool.Out())
}

func TestClientsLeaveTheNetwork(t *testing.T) {
	for _, withdraw := range []bool{false, true} {
		r := newRig(t)
		origin := r.server(-1)
		hits, misses := r.cdn(cdnSpec(1), origin), r.cdn(cdnSpec(0), origin)
		hit, miss := r.send(hits, traffic.ConnRef{}), r.send(misses, traffic.ConnRef{})
		r.run(10 * ms)
		r.leave(hit, withdraw)
		r.leave(miss, withdraw)
		r.run(engine.Minute)
		require.False(t, r.visits[hit].answered || r.visits[miss].answered)
		require.NoError(t, hits.Audit())
		require.NoError(t, misses.Audit())
		require.Equal(t, withdraw, origin.withdraw == 1)
		if withdraw {
			require.Zero(t, r.pool.Out())
		}
		require.Zero(t, misses.fetches.Held())
	}
}

// storing is a network with a store of so many objects.
func storing(keys int, skew float64, ttl engine.Time) CDNSpec {
	spec := cdnSpec(0)
	spec.HitRatio, spec.Keys, spec.Skew, spec.TTL, spec.Start = nil, &keys, skew, span(ttl), "cold"
	return spec
}

// What was fetched less than a time to live ago is a hit; what the origin does not
// give is not kept; who asks while it is fetched does not ask the origin.
func TestObjectsLive(t *testing.T) {
	r := newRig(t)
	origin := r.server(100 * ms)
	c := r.cdn(storing(1, 1, engine.Minute), origin)
	at := func(when engine.Time) int {
		r.run(when)
		r.send(c, traffic.ConnRef{})
		return origin.got
	}
	require.Equal(t, 1, at(0))
	require.Equal(t, 1, at(50*ms))
	require.Equal(t, 1, at(59*engine.Second))
	origin.cause = traffic.Status503
	require.Equal(t, 1, at(60*engine.Second+99*ms), "it has been there since 100 ms")
	require.Equal(t, 2, at(60*engine.Second+100*ms))
	require.Equal(t, 3, at(61*engine.Second), "an error is not kept")
	r.run(61*engine.Second + 500*ms)
	origin.cause = traffic.OK
	require.Equal(t, 4, at(62*engine.Second))
	require.Equal(t, 4, at(63*engine.Second))
	r.run(engine.Hour)
	require.NoError(t, c.Audit())
}

// CloudFront Developer Guide, "Simultaneous requests for the same object": those
// that come while an object is fetched are paused, and answered with the first.
func TestRequestCollapsing(t *testing.T) {
	for _, cause := range []traffic.Cause{traffic.OK, traffic.Status503} {
		r := newRig(t)
		origin := r.server(5 * engine.Second)
		origin.cause = cause
		c := r.cdn(storing(1, 1, 10*engine.Second), origin)
		for k := range engine.Time(5) {
			r.run(k * engine.Second)
			r.send(c, traffic.ConnRef{})
		}
		r.run(14 * engine.Second)
		require.Equal(t, 1, origin.got)
		for _, v := range r.visits {
			require.Equal(t, 5*engine.Second, v.at)
			require.Equal(t, cause, v.cause)
		}
		require.NoError(t, c.Audit())
		r.send(c, traffic.ConnRef{})
		tally := c.Cut()
		require.EqualValues(t, map[traffic.Cause]int{traffic.OK: 4}[cause], tally.Hits)
		require.Equal(t, map[traffic.Cause]int{traffic.OK: 1, traffic.Status503: 2}[cause], origin.got, "the time to live began with the answer")
	}
}

// An origin that takes too long is too slow for all who wait.
func TestTimeoutOfCollapsedRequests(t *testing.T) {
	r := newRig(t)
	origin := r.server(40 * engine.Second)
	c := r.cdn(storing(1, 1, engine.Hour), origin)
	r.send(c, traffic.ConnRef{})
	r.run(20 * engine.Second)
	r.send(c, traffic.ConnRef{})
	r.run(35 * engine.Second)
	require.Equal(t, [traffic.Causes]int{traffic.Status504: 2}, r.counts())
	require.Equal(t, 30*engine.Second, r.visits[1].at)
	r.send(c, traffic.ConnRef{})
	require.Equal(t, 2, origin.got, "what came too late is not kept")
	r.run(engine.Hour)
	require.NoError(t, c.Audit())
	require.Zero(t, r.pool.Out())
}

// Those who leave before the answer take nobody with them: who has waited longest
// asks in the place of one who is withdrawn.
func TestClientsLeaveACollapsedRequest(t *testing.T) {
	for _, withdraw := range []bool{false, true} {
		r := newRig(t)
		origin := r.server(5 * engine.Second)
		c := r.cdn(storing(1, 1, engine.Hour), origin)
		r.sendMany(4, c)
		r.run(engine.Second)
		r.leave(2, withdraw)
		r.leave(0, withdraw)
		r.run(engine.Minute)
		want := 5 * engine.Second
		if withdraw {
			want = 6 * engine.Second
		}
		require.Equal(t, [2]engine.Time{want, want}, [2]engine.Time{r.visits[1].at, r.visits[3].at})
		require.Equal(t, 2, r.counts()[traffic.OK])
		require.NoError(t, c.Audit())
		require.Zero(t, r.pool.Out())
		r.send(c, traffic.ConnRef{})
		r.run(2 * engine.Minute)
		require.Equal(t, map[bool]int{false: 1, true: 2}[withdraw], origin.got)
	}
}

// Whatever comes and goes, nobody is lost and no object is fetched twice at once.
func TestCollapsedRequestsAreConserved(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t)
		origin := r.server(5 * ms)
		c := r.cdn(storing(2, 0, 10*ms), origin)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				i := rapid.IntRange(0, len(r.visits)).Draw(rt, "who")
				if i < len(r.visits) && r.visits[i].attempt != nil {
					r.leave(i, rapid.Bool().Draw(rt, "withdrawn"))
				}
			case 1:
				r.run(r.sim.Now() + engine.Time(rapid.IntRange(1, 7).Draw(rt, "pause"))*ms)
			case 2:
				origin.cause = rapid.SampledFrom([]traffic.Cause{traffic.OK, traffic.Status500}).Draw(rt, "cause")
			default:
				r.send(c, traffic.ConnRef{})
			}
			under := [2]int{}
			for _, f := range c.fetches.All() {
				if f.attempt != nil && f.stage == fetching {
					under[f.object]++
				}
			}
			require.LessOrEqual(rt, max(under[0], under[1]), 1)
			require.NoError(rt, c.Audit())
		}
		r.run(engine.Minute)
		require.Zero(rt, r.pool.Out())
		require.Zero(rt, c.fetches.Held())
		require.Equal(rt, []int32{nobody, nobody}, c.leads)
	})
}

// Theory: under Poisson requests an object asked for at rate r is a hit with
// probability r T / (1 + r T), T its time to live with that of the fetch: each fetch
// begins a cycle with r T hits on average, those that wait for it included. Over all objects that is the sum of p h(p), with Zipf's p.
func TestHitRatioOfTimeToLive(t *testing.T) {
	const keys, rate, life = 50, 5.0, 10.0
	for skew, fetch := range map[float64]float64{0: 0, 0.99: 0, 0.8: 4} {
		ttl := life + fetch
		var want, sum float64
		for k := 1.0; k <= keys; k++ {
			sum += math.Pow(k, -skew)
		}
		for k := 1.0; k <= keys; k++ {
			p := math.Pow(k, -skew) / sum
			want += p * p * rate * ttl / (1 + p*rate*ttl)
		}
		mean, half := estimate(func(run int) float64 {
			r := newRig(t)
			luck := func(name string) random.Stream { return random.NewStream(5, run, name) }
			spec := storing(keys, skew, life*engine.Second)
			c := NewCDN(r.sim, &spec, Site{Name: "edge", Origin: r.server(engine.Time(fetch * 1e9)), Routes: []traffic.RouteSpec{{Cacheable: 1}}, Rate: rate, Stream: luck})
			r.poisson(rate, luck("arrivals"), c)
			r.run(100 * engine.Second)
			c.Cut()
			r.run(1100 * engine.Second)
			tally := c.Cut()
			require.NoError(t, c.Audit())
			return float64(tally.Hits) / float64(tally.Received)
		})
		require.InDelta(t, want, mean, half, "skew %g", skew)
		require.Less(t, half, 0.02)
	}
}

func TestCDNAllocatesNothing(t *testing.T) {
	for _, spec := range []CDNSpec{cdnSpec(0.5), storing(3, 0, 50*ms)} {
		r := newRig(t)
		c := r.cdn(spec, r.function(functionSpec(), 20*ms))
		r.requireNoAllocations(c, func() { c.Cut() })
	}
}
