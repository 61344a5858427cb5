package client

import (
	"maps"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
)

// behaviour is what sessions do, as pure functions of their ordinals.
type behaviour struct {
	count  quantity.Number
	fixed  uint32 // requests in a session, where that is no matter of luck; else 0
	pause  quantity.Span
	routes mix
	retry  Retry

	requestsLuck, thinkLuck, routeLuck, retryLuck random.Stream
}

func newBehaviour(name string, spec *Spec, env Env) behaviour {
	b := behaviour{
		count: spec.Requests, pause: spec.Think, retry: spec.Retry,
		routes:       newMix(spec.Routes, env.Routes),
		requestsLuck: env.Stream("requests/" + name),
		thinkLuck:    env.Stream("think/" + name),
		routeLuck:    env.Stream("route/" + name),
		retryLuck:    env.Stream("retry/" + name),
	}
	if b.count.Variance() == 0 {
		b.fixed = uint32(min(b.count.Mean(), math.MaxUint32))
	}
	return b
}

// requests is the number of requests in the session, if none fails.
func (b *behaviour) requests(session uint64) uint32 {
	if b.fixed == 0 {
		return b.drawn(session)
	}
	return b.fixed
}

// drawn is the number of requests in the session where that is a matter of luck.
func (b *behaviour) drawn(session uint64) uint32 {
	return uint32(min(b.count.Draw(b.requestsLuck.Uniform(session, 0)), math.MaxUint32))
}

// think is the pause before a request.
func (b *behaviour) think(session uint64, request uint32) engine.Time {
	return b.pause.Draw(b.thinkLuck.Uniform(session, uint64(request)))
}

// route is the index of the route of a request.
func (b *behaviour) route(session uint64, request uint32) int32 {
	if len(b.routes.route) > 1 {
		return b.choice(session, request)
	}
	return b.routes.route[0]
}

// choice is the route of a request where there are several.
func (b *behaviour) choice(session uint64, request uint32) int32 {
	return b.routes.pick(b.routeLuck.Uniform(session, uint64(request)))
}

// backoff is the pause before the given retry of a request, from 1.
func (b *behaviour) backoff(session uint64, request, retry uint32) engine.Time {
	key := uint64(request)<<16 | uint64(retry)<<1
	wait := b.retry.Wait.Quantile(b.retryLuck.Uniform(session, key))
	for range retry - 1 {
		wait = min(float64(wait*b.retry.Growth), float64(engine.Forever))
	}
	if b.retry.Jitter > 0 {
		wait = float64(wait * (1 - float64(float64(b.retry.Jitter)*b.retryLuck.Uniform(session, key|1))))
	}
	return engine.Time(min(wait+0.5, float64(engine.Forever)))
}

// A mix chooses among routes by their shares.
type mix struct {
	route []int32   // indices, in the order of names
	upTo  []float64 // sum of the shares up to and with the route
}

// newMix takes the shares by name and the names of all routes in the order of
// their indices. Without shares there is one route, of index 0.
func newMix(shares map[string]quantity.Share, routes []string) mix {
	if len(shares) == 0 {
		return mix{route: []int32{0}}
	}
	var m mix
	var sum float64
	for _, name := range sortedNames(shares) {
		sum += float64(shares[name])
		m.route = append(m.route, int32(slices.Index(routes, name)))
		m.upTo = append(m.upTo, sum)
	}
	return m
}

// first is the first of the routes that is marked, or -1.
func (m *mix) first(marked []bool) int32 {
	for _, r := range m.route {
		if int(r) < len(marked) && marked[r] {
			return r
		}
	}
	return -1
}

// pick is the route at the uniform u.
func (m *mix) pick(u float64) int32 {
	last := len(m.route) - 1
	for i, upTo := range m.upTo[:last] {
		if u < upTo {
			return m.route[i]
		}
	}
	return m.route[last]
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
