package bounds

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/client"
	"github.com/headroom-sim/headroom/models/scenario"
)

// sure is by how many standard deviations of a Poisson number offered load may
// differ from its mean without making a bound untrue.
const sure = 6

// offered is what clients ask for in the measured part of a run.
type offered struct {
	most, least float64 // requests; that are done or failed at its end, for least
	residual    float64 // requests that a session still has after one, at most
}

// ask is what one client asks for; ok is false where it depends on the answers,
// or where an answer may take for ever.
func ask(s *scenario.Spec, c *client.Spec) (o offered, ok bool) {
	sessions, _, top, ok := begun(s, c)
	if !ok || s.Discard.Auto {
		return o, false
	}
	mean := c.Requests.Mean()
	second := c.Requests.Variance() + float64(mean*mean)
	o.most = float64(sessions * mean)
	spread := float64(sure * math.Sqrt(sessions*second))
	if o.residual, ok = residual(c); !ok {
		return o, false
	}
	wait, bounded := longest(c)
	if !bounded {
		o.most += spread + float64(top*later(c, s.Duration.Time().Seconds(), 1))
		return o, true
	}
	// A session's requests come after it has begun: some of those before the
	// measured part come within it, and some of those within it after its end.
	late := float64(top * (later(c, wait, 1) + float64(mean*(wait+60))))
	o.least = max(0, o.most-late-spread)
	o.most += late + spread
	return o, true
}

// residual is how many requests of a session follow one on average, at most; not
// known of laws without such a bound.
func residual(c *client.Spec) (float64, bool) {
	n := c.Requests
	switch {
	case n.Variance() == 0, strings.HasPrefix(n.String(), "geometric("):
		return n.Mean() - 1, true
	}
	return 0, false
}

// longest is how long a request takes until it is answered or has failed for
// good, at most on average, in seconds; not bounded without a timeout.
func longest(c *client.Spec) (seconds float64, bounded bool) {
	if c.Timeout == nil {
		return math.Inf(1), false
	}
	sum, pause := c.Timeout.Time().Seconds(), c.Retry.Wait.Mean()/1e9
	for range c.Retry.Attempts {
		sum += pause + c.Timeout.Time().Seconds()
		pause *= c.Retry.Growth
	}
	return sum, true
}

// demand is what all clients ask for together, and of it what comes to a place.
type demand struct {
	offered
	here    float64 // requests of the place, at most
	streams []scenario.Stream
	weights []float64 // of the streams, which sum to 1
}

func demandAt(s *scenario.Spec, place string) (d demand, ok bool) {
	d.streams = s.Streams(place)
	d.weights = make([]float64, len(d.streams))
	for _, name := range slices.Sorted(maps.Keys(s.Clients)) {
		c := s.Clients[name]
		o, known := ask(s, c)
		if !known {
			return d, false
		}
		d.most += o.most
		d.least += o.least
		d.residual = max(d.residual, o.residual)
		for i, stream := range d.streams {
			if stream.Client == c {
				d.weights[i] = o.most * stream.PerSession / c.Requests.Mean()
				d.here += d.weights[i]
			}
		}
	}
	for i := range d.weights {
		d.weights[i] /= d.here
	}
	return d, d.here > 0
}

// completed is how many requests of the scenario can be completed, at most.
//
// With the capacity W no more than W/d + sum of max(0, 1 - D/d) requests of the
// demands D can be worked off, whichever they are and for any d > 0: each that is
// adds 1 at a price of D/d, so that the sum is at least their number less W/d.
func (d *demand) completed(capacity float64) float64 {
	least := d.here
	var mean float64
	for i, stream := range d.streams {
		mean += float64(d.weights[i] * stream.Demand.Mean() / 1e9)
	}
	for unit := mean / 16; unit <= 4096*mean && mean > 0; unit *= 1.2 {
		most := capacity / unit
		for i, stream := range d.streams {
			most += float64(d.here * d.weights[i] * cheap(stream, unit))
		}
		least = min(least, most)
	}
	return d.most - d.here + least
}

// cheap is the mean of max(0, 1 - D/unit), rounded up: over even parts of the
// law each has the value at its lower end.
func cheap(s scenario.Stream, unit float64) float64 {
	const parts = 400
	sum := 1.0
	for i := 1; i < parts; i++ {
		sum += max(0, 1-s.Demand.Quantile(float64(i)/parts)/1e9/unit)
	}
	return sum / parts
}

// tightest finds the place whose capacity lets the fewest requests be completed.
func tightest(s *scenario.Spec) (completed float64, d demand, place string) {
	completed = math.Inf(1)
	span := s.Duration.Time() - s.Discard.For.Time()
	places := slices.Concat(slices.Sorted(maps.Keys(s.Fleets)), slices.Sorted(maps.Keys(s.Services)))
	for _, name := range places {
		at, ok := demandAt(s, name)
		capacity, bounded := s.MostCPU(name)
		if !ok || !bounded {
			continue
		}
		if n := at.completed(capacity * (span + ahead(s)).Seconds()); n < completed {
			completed, d, place = n, at, name
		}
	}
	return completed, d, place
}

// ahead is the time before the measured part in which work may have been done on
// what is completed within it.
func ahead(s *scenario.Spec) engine.Time {
	wait := 0.0
	for _, c := range s.Clients {
		seconds, _ := longest(c)
		wait = max(wait, seconds)
	}
	if before := s.Discard.For.Time(); wait >= before.Seconds() {
		return before
	}
	return engine.Time(wait * float64(engine.Second))
}

// throughput cannot exceed what is asked for, nor what the capacity lets through.
func throughput(s *scenario.Spec) (Figure, bool) {
	f := anything()
	completed, _, place := tightest(s)
	if place == "" {
		return f, false
	}
	f.Hi = completed / (s.Duration.Time() - s.Discard.For.Time()).Seconds()
	f.Reason = fmt.Sprintf("the capacity of %s and what is asked for", place)
	return f, true
}

// availability cannot exceed the part of the requests that the capacity lets
// through: where clients give up all others fail. A session that ends with a
// failure asks for less than it would have, by the requests that it still had.
func availability(s *scenario.Spec) (Figure, bool) {
	f := anything()
	completed, d, place := tightest(s)
	if place == "" || d.least <= completed {
		return f, false
	}
	failed := (d.least - completed) / (1 + d.residual)
	f.Hi = completed / (completed + failed)
	f.Reason = fmt.Sprintf("%s can work off no more than %.3g of %.3g requests", place, completed, d.least)
	return f, true
}
