package backend

import (
	"cmp"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
)

// past is what is known of the lookups before time zero: independent ones, by a
// Poisson stream.
type past struct {
	keys interface{ CDF(x float64) float64 } // of ranks
	rate float64                             // lookups per second; infinite where nobody knows
	luck random.Stream
	gaps []float64 // between lookups of one key: memory that is used again
}

// newPast takes the distribution of the ranks that are looked up.
func newPast(keys random.Distribution, rate float64, luck random.Stream) past {
	return past{keys: keys.(interface{ CDF(x float64) float64 }), rate: rate, luck: luck}
}

// A memory is a key with the time since it was looked up last, in mean times
// between two lookups of any key.
type memory struct {
	key  int32
	node int32
	age  float64
}

// warm fills an empty store with what it holds when the past has always been so.
// What was looked up last on a node is there, as far as there is room, for a miss
// stores what it misses: the ages of the keys decide, which are independent and
// exponential. Whether a key is fresh depends on when it was stored.
func (s *store) warm(p past) {
	if p.rate == 0 {
		return
	}
	ages := p.ages(s)
	slices.SortFunc(ages, func(a, b memory) int { return cmp.Or(cmp.Compare(a.age, b.age), cmp.Compare(a.key, b.key)) })
	held, reach := make([]int, len(s.nodes)), slices.Repeat([]float64{math.Inf(1)}, len(s.nodes)) // by node: the age from which there is no room
	fits := ages[:0]
	for _, m := range ages {
		if held[m.node] == s.room {
			reach[m.node] = min(reach[m.node], m.age)
			continue
		}
		held[m.node]++
		fits = append(fits, m)
	}
	for _, m := range slices.Backward(fits) {
		s.add(int(m.key), int(m.node), p.stale(m, reach[m.node], s.ttl))
	}
}

// ages draws when each key was looked up last. Keys with a chance that rounding
// loses, less than 1 lookup of 2^53 or so, have never been.
func (p *past) ages(s *store) []memory {
	list := make([]memory, 0, len(s.place))
	for key := range s.place {
		if chance := p.chance(key); chance > 0 {
			age := -random.Log(p.luck.Uniform(uint64(key), 0)) / chance
			list = append(list, memory{key: int32(key), node: int32(s.node(key)), age: age})
		}
	}
	return list
}

// chance is that of a lookup to be one of the key; by rounding zero for the rarest.
func (p *past) chance(key int) float64 {
	return p.keys.CDF(float64(key+1)) - p.keys.CDF(float64(key))
}

// stale is the instant at which a key that is there becomes stale; time zero where
// it is stale by then.
func (p *past) stale(m memory, reach float64, ttl engine.Time) engine.Time {
	if ttl == 0 {
		return engine.Forever
	}
	left := p.luck.Uniform(uint64(m.key), 1) // of the time to live
	if !math.IsInf(p.rate, 1) {
		span := float64(p.rate * ttl.Seconds()) // the time to live, in lookups
		left = p.atLast(m, reach, span) - m.age/span
	}
	return engine.Time(max(left, 0) * float64(ttl))
}

// settled is for how many mean times between its lookups a key must be safe from
// others to be taken as dropped by chance alone, at any time: before 1 lookup of 20
// or fewer. never is for how many it is as good as never dropped.
const (
	settled = 3
	never   = 100
)

// atLast is the share of its time to live that a key had left after its last
// lookup. In mean times between its lookups it is safe for so long, and lives for
// so long.
func (p *past) atLast(m memory, reach, span float64) float64 {
	chance := p.chance(int(m.key))
	safe, life := float64(chance*reach), float64(chance*span)
	if safe > settled {
		return p.aged(m.key, min(safe, never), life)
	}
	return p.replayed(m.key, safe, life)
}

// aged draws what a key had left that is seldom dropped: before a lookup with the
// probability q = exp(-safe). Once stored it is found at each lookup until the age
// safe, and is taken as dropped at the rate d from then on: so that it is found
// (1-q)/q times in an endless life, as it should be. If h is how often it is found
// in this life, the last lookup found it with probability h / (1 + h), at an age
// that is spread over its life as those lookups are; else it stored the key anew.
func (p *past) aged(key int32, safe, life float64) float64 {
	q := random.Exp(-safe)
	d := 1 / ((1-q)/q - safe)
	h := min(safe, life)
	if life > safe {
		h -= random.Expm1(float64(-d*(life-safe))) / d
	}
	if p.luck.Uniform(uint64(key), 2) >= h/(1+h) {
		return 1
	}
	age := float64(h * (1 - p.luck.Uniform(uint64(key), 1))) // if nothing dropped it
	if age > safe {
		age = safe - random.Log1p(float64(-d*(age-safe)))/d
	}
	return 1 - age/life
}

// replayed draws the lookups since the last gap after which the key had to be stored
// anew, because others had driven it out or it was stale whenever it was stored.
func (p *past) replayed(key int32, safe, life float64) float64 {
	p.gaps = p.gaps[:0]
	for i := uint64(3); ; i++ {
		gap := -random.Log(p.luck.Uniform(uint64(key), i))
		if gap >= min(safe, life) {
			break
		}
		p.gaps = append(p.gaps, gap)
	}
	age := 0.0 // of what is stored
	for _, gap := range slices.Backward(p.gaps) {
		if age += gap; age >= life {
			age = 0
		}
	}
	return 1 - age/life
}
