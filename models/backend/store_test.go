package backend

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// popularity are the probabilities of the keys by Zipf's law.
func popularity(keys int, skew float64) []float64 {
	p, sum := make([]float64, keys), 0.0
	for k := range p {
		p[k] = math.Pow(float64(k+1), -skew)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// lruHits is the share of hits of a store for independent lookups by Zipf's law.
func lruHits(run, keys, room int, skew float64, n uint64) float64 {
	luck := random.NewStream(9, run, "lookups")
	law, err := random.Zipf(keys, skew)
	if err != nil {
		panic(err)
	}
	s := newStore(extent{keys: keys, nodes: 1, room: room}, 0, random.Stream{})
	s.warm(newPast(law, 1, random.NewStream(9, run, "ages")))
	hits := 0.0
	for i := range n {
		key := int(law.Quantile(luck.Uniform(i, 0))) - 1
		hit := s.lookup(key, 0, 0)
		if !hit {
			s.keep(key, 0, 0)
		}
		if hit {
			hits++
		}
	}
	return hits / float64(n)
}

// Theory: with room for one key the one looked up last is there, with room for two
// the last two different ones (W.F. King, "Analysis of demand paging algorithms",
// IFIP Congress 1971).
func TestSmallStoresAgainstKing(t *testing.T) {
	p := popularity(4, 1)
	one, two := 0.0, 0.0
	for i := range p {
		one += p[i] * p[i]
		for j := range p {
			if i != j {
				two += p[i] * p[j] / (1 - p[i]) * (p[i] + p[j])
			}
		}
	}
	for room, want := range map[int]float64{1: one, 2: two} {
		mean, half := estimate(func(run int) float64 { return lruHits(run, 4, room, 1, 20_000) })
		require.InDelta(t, want, mean, half, "room for %d", room)
		require.Less(t, half, 0.01)
	}
	mean, half := estimate(func(run int) float64 { return lruHits(run, 4, 2, 1.1, 20_000) })
	require.Greater(t, math.Abs(mean-two), half, "another skew would show")
}

// Theory: Che's approximation takes the time until a key is dropped for a
// constant, which makes the hit ratio that of keys with a time to live since the
// last lookup; it is known to be off by less than half a percent here (H. Che,
// Y. Tung and Z. Wang, IEEE JSAC 20, 2002).
func TestLargeStoreAgainstChe(t *testing.T) {
	for _, c := range []struct {
		keys, room int
		skew       float64
	}{{10_000, 500, 0.8}, {10_000, 2000, 0.99}, {2000, 50, 1.2}} {
		p := popularity(c.keys, c.skew)
		held := func(lookups float64) (n, hits float64) {
			for _, q := range p {
				there := -math.Expm1(-q * lookups)
				n += there
				hits += q * there
			}
			return n, hits
		}
		low, high := 0.0, 1e9
		for range 200 {
			middle := (low + high) / 2
			if n, _ := held(middle); n < float64(c.room) {
				low = middle
			} else {
				high = middle
			}
		}
		_, want := held(low)
		require.InDelta(t, want, lruHits(1, c.keys, c.room, c.skew, 400_000), 0.005, "%+v", c)
	}
}

// A store does what a list of keys in the order of their last use does.
func TestStoreAgainstAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const keys = 12
		nodes, room := rapid.IntRange(1, 3).Draw(rt, "nodes"), rapid.IntRange(1, 5).Draw(rt, "room")
		ttl := rapid.SampledFrom([]engine.Time{0, 5}).Draw(rt, "ttl")
		s := newStore(extent{keys, nodes, room}, ttl, stream("shards"))
		type held struct {
			key   int
			stale engine.Time
		}
		lists := make([][]held, nodes)
		for now := range engine.Time(60) {
			if rapid.IntRange(0, 20).Draw(rt, "lose") == 0 {
				node := rapid.IntRange(0, nodes-1).Draw(rt, "lost")
				s.lose(node)
				lists[node] = nil
			}
			key := rapid.IntRange(0, keys-1).Draw(rt, "key")
			node := s.node(key)
			kept := rapid.Bool().Draw(rt, "kept")
			want, list, found := false, []held{}, held{key, s.staleFrom(now)}
			for _, h := range lists[node] {
				if h.key != key {
					list = append(list, h)
				} else if want = now < h.stale; want && !kept {
					found.stale = h.stale
				}
			}
			if want || kept {
				list = append(list, found)
			}
			lists[node] = list[max(0, len(list)-room):]
			require.Equal(rt, want, s.lookup(key, node, now))
			if kept {
				s.keep(key, node, now)
			}
			require.Len(rt, lists[node], s.nodes[node].n)
			require.NoError(rt, s.audit())
		}
	})
}
