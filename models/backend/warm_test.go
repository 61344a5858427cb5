package backend

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// warmHits is the share of hits among lookups at a rate per second that begin at
// time zero, in a store that is warm, or that has seen lookups for so many seconds.
func warmHits(run int, e extent, ttl, rate, before, seconds float64) float64 {
	luck := random.NewStream(4, run, "lookups")
	law, err := random.Zipf(e.keys, 0.8)
	if err != nil {
		panic(err)
	}
	s := newStore(e, engine.Time(ttl*1e9), stream("shards"))
	if before == 0 {
		s.warm(newPast(law, rate, random.NewStream(4, run, "ages")))
	}
	hits, lookups, at := 0.0, 0.0, -before
	for i := uint64(0); at < seconds; i++ {
		at -= math.Log(luck.Uniform(i, 0)) / rate
		key, now := int(law.Quantile(luck.Uniform(i, 1)))-1, engine.Time((at+before)*1e9)
		hit := s.lookup(key, s.node(key), now)
		if !hit {
			s.keep(key, s.node(key), now)
		}
		if at > 0 {
			lookups++
			if hit {
				hits++
			}
		}
	}
	return hits / lookups
}

// Theory: with a time to live T alone, a key looked up at the rate l is there with
// probability l T / (1 + l T). A warm store is so from the first lookup on: in a
// tenth of T, and far into the second one.
func TestWarmStoreWithATimeToLive(t *testing.T) {
	const keys, ttl, rate = 2000, 100.0, 20.0
	var want float64
	for _, p := range popularity(keys, 0.8) {
		want += p * p * rate * ttl / (1 + p*rate*ttl)
	}
	for _, seconds := range []float64{20, 150} {
		mean, half := estimate(func(run int) float64 {
			return warmHits(run, extent{keys: keys, nodes: 1, room: keys}, ttl, rate, 0, seconds)
		})
		require.InDelta(t, want, mean, half, "%g s", seconds)
		require.Less(t, half, 0.02)
	}
}

// keptHits is the share of hits where a key is dropped after a time reach without
// a lookup, and stale after ttl: a key that is stored has m(ttl) hits until it has
// to be stored again, and so is found with probability m / (1 + m), where
//
//	m(t) = integral of l exp(-l g) (1 + m(t-g)), g from 0 to the lesser of t and reach
//
// The integral is taken by the trapezoidal rule, over cells of the same length.
func keptHits(lookups, ttl, reach float64) float64 {
	const cells = 250
	step := ttl / cells
	var m, next [cells + 1]float64 // next[j]: that the next lookup is in cell j
	for j := 1; j <= cells && float64(j)*step <= reach; j++ {
		next[j] = math.Exp(-lookups*float64(j-1)*step) - math.Exp(-lookups*float64(j)*step)
	}
	for i := 1; i <= cells; i++ {
		sum := next[1] * (1 + m[i-1]/2)
		for j := 2; j <= i; j++ {
			sum += next[j] * (1 + (m[i-j]+m[i-j+1])/2)
		}
		m[i] = sum / (1 - next[1]/2)
	}
	return m[cells] / (1 + m[cells])
}

// Theory: with room for some keys only, Che's time without a lookup is when a key
// is dropped, whatever its time to live; together with that see keptHits.
func TestWarmStoreWithRoomForSome(t *testing.T) {
	const keys, room, rate = 2000, 400, 20.0
	p := popularity(keys, 0.8)
	reach := 0.0
	for n := 0.0; n < room; reach += 0.1 { // seconds
		n = 0
		for _, q := range p {
			n -= math.Expm1(-q * rate * reach)
		}
	}
	for _, ttl := range []float64{20, 40, 100} {
		want := 0.0
		for _, q := range p {
			want += q * keptHits(q*rate, ttl, reach)
		}
		mean, half := estimate(func(run int) float64 {
			return warmHits(run, extent{keys: keys, nodes: 1, room: room}, ttl, rate, 0, 10)
		})
		require.InDelta(t, want, mean, half, "ttl %g s, dropped after %g s", ttl, reach)
		require.Less(t, half, 0.03)
	}
}

// Theory: what a key that is seldom dropped had left is as if all its lookups were
// drawn, to 0.01 in the mean and in the share of lookups that find it. Keys that
// are safe for longer are less often wrong.
func TestSettledKeysAreAsReplayedOnes(t *testing.T) {
	const n = 100_000
	p := past{luck: stream("settled")}
	for _, life := range []float64{0.1, 1, 3, 10, 30, 100, 1000} {
		var mean, found [2]float64
		for key := range int32(n) {
			for i, left := range [2]float64{p.replayed(key, settled, life), p.aged(key+n, settled, life)} {
				mean[i] += left / n
				if left < 1 {
					found[i] += 1. / n
				}
			}
		}
		require.InDelta(t, mean[0], mean[1], 0.01, "left, of a life of %g mean times between lookups", life)
		require.InDelta(t, found[0], found[1], 0.01, "found, in a life of %g", life)
	}
}

// Theory: a key is replayed from its last gap of at least y = min(safe, life) on, so
// that e^y - 1 shorter ones come before it: 19 at most, whatever the store.
func TestReplaysAreShort(t *testing.T) {
	const n = 20_000
	p := past{luck: stream("replays")}
	for _, life := range []float64{0.04, 1, 1e6} {
		mean, want := 0.0, math.Expm1(min(settled, life))
		for key := range int32(n) {
			p.replayed(key, settled, life)
			mean += float64(len(p.gaps)) / n
		}
		require.InDelta(t, want, mean, students*math.Sqrt(want*(1+want)/n), "life %g", life)
	}
}

// A store of several nodes is as after a long time of the same lookups.
func TestWarmStoreIsThatOfALongTime(t *testing.T) {
	e := extent{keys: 500, nodes: 3, room: 40}
	for _, ttl := range []float64{0, 10, 100} {
		mean, half := estimate(func(run int) float64 {
			return warmHits(run, e, ttl, 20, 0, 20) - warmHits(run+100, e, ttl, 20, 300, 20)
		})
		require.InDelta(t, 0, mean, half, "ttl %g s", ttl)
		require.Less(t, half, 0.05)
	}
}

// Where the rate is zero nothing has been looked up; where it is not known all
// that there is room for is there, at ages spread evenly over the time to live.
func TestWarmStoreAtUnknownRates(t *testing.T) {
	law, err := random.Zipf(1000, 0)
	require.NoError(t, err)
	for rate, want := range map[float64]float64{0: 0, math.Inf(1): 600} {
		s := newStore(extent{keys: 1000, nodes: 1, room: 1000}, 1000, random.Stream{})
		s.warm(newPast(law, rate, stream("ages")))
		fresh := 0.0
		for key := range 1000 {
			if s.lookup(key, 0, 400) {
				fresh++
			}
		}
		require.InDelta(t, want, fresh, 3.3*math.Sqrt(1000*0.6*0.4), "at %g per second", rate)
		require.NoError(t, s.audit())
	}
}

// Theory: where k^-skew is less than 2^-53, half of the last digit of the sum over the
// ranks before k, rounding loses the chance of rank k. Such keys have never been looked
// up: a warm store has the others alone, and does not look for their last gap for ever.
func TestWarmStoreHasNoKeysWithoutAChance(t *testing.T) {
	const keys = 2000
	for _, skew := range []float64{5.6, 10} {
		law, err := random.Zipf(keys, skew)
		require.NoError(t, err)
		for _, rate := range []float64{300, math.Inf(1)} {
			s := newStore(extent{keys: keys, nodes: 1, room: keys}, 100*engine.Second, random.Stream{})
			s.warm(newPast(law, rate, stream("ages")))
			require.NoError(t, s.audit())
			require.InEpsilon(t, math.Pow(2, 53/skew), s.nodes[0].n, 0.05, "skew %g at %g per second", skew, rate)
		}
	}
}
