package balancer

import (
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A watch keeps what CloudWatch reports of a group of targets. It exists only
// where somebody asks for it.
type watch struct {
	GroupTally
	healthy, ill tally.Level
	cutTimes     *tally.Histogram // those of the latest cut
}

// GroupTally is what happened to the targets of a group between two cuts.
type GroupTally struct {
	Requests uint64                 // sent to them
	Answers  [traffic.Causes]uint64 // passed on to clients
	// Times are from sending a request to its answer, of those in Answers, in
	// microseconds. They are valid until the next cut.
	Times     *tally.Histogram
	Healthy   tally.LevelTally // targets that some node regards as healthy
	Unhealthy tally.LevelTally // targets that every node in reach regards as unhealthy
}

// Watch makes cuts hold the tally of a group of targets, [Tally.Groups], and the
// peak of the surge queue. It must be called before there are requests.
func (b *Balancer) Watch(group int) {
	for len(b.watches) <= group {
		b.watches = append(b.watches, nil)
	}
	if b.watches[group] != nil {
		return
	}
	w := &watch{cutTimes: new(tally.Histogram)}
	w.Times = new(tally.Histogram)
	b.watches[group] = w
	for slot := range b.targets {
		t := b.targets[slot]
		if t.stage == vacant || t.Group != group {
			continue
		}
		t.watch = w
		w.judge(b.sim.Now(), toInt(t.usable), toInt(t.ill))
	}
}

// watched is the watch over a group of targets, or nil.
func (b *Balancer) watched(group int) *watch {
	if group >= len(b.watches) {
		return nil
	}
	return b.watches[group]
}

// answer counts an answer that took so long.
func (w *watch) answer(cause traffic.Cause, took engine.Time) {
	w.Answers[cause]++
	w.Times.Add(int64((took + engine.Microsecond/2) / engine.Microsecond))
}

// judge takes a change in the numbers of targets that are healthy and that are
// not.
func (w *watch) judge(now engine.Time, healthy, ill int64) {
	w.healthy.Add(now, healthy)
	w.ill.Add(now, ill)
}

// cutWatches returns the tallies of the groups; those not watched are empty.
func (b *Balancer) cutWatches(now engine.Time) []GroupTally {
	b.groups = slices.Grow(b.groups[:0], len(b.watches))[:len(b.watches)]
	for i, w := range b.watches {
		if w != nil {
			b.groups[i] = w.cut(now)
		}
	}
	return b.groups
}

func (w *watch) cut(now engine.Time) GroupTally {
	t := w.GroupTally
	t.Healthy, t.Unhealthy = w.healthy.Cut(now), w.ill.Cut(now)
	w.GroupTally = GroupTally{Times: w.cutTimes}
	w.cutTimes = t.Times
	w.Times.Reset()
	return t
}
