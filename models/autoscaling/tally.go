package autoscaling

import (
	"cmp"
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/timeline"
)

// Tally is what happened to a group over some time. All of it merges exactly.
type Tally struct {
	InService   tally.LevelTally // instances in service, warm or not
	Pending     tally.LevelTally // instances launched and not yet running
	Terminating tally.LevelTally // instances that drain
	Standby     tally.LevelTally // instances in standby, or drained for it
	Warmed      tally.LevelTally // instances that are ready in the warm pool
	Billed      tally.LevelTally // instances paid for: from launch to termination, but for the time stopped or hibernated
	Desired     tally.LevelTally // desired capacity

	Launched   int64 // launches begun
	Terminated int64 // instances gone
	Actions    int64 // changes of desired
	Flaps      int64 // changes of desired against the one before, within 15 min

	LaunchLag Lag // from the first breaching datapoint to the first launch
	Lag       Lag // and to the first instant at which that instance could be used
}

// Merge adds another tally.
func (t *Tally) Merge(other *Tally) {
	t.InService.Merge(other.InService)
	t.Pending.Merge(other.Pending)
	t.Terminating.Merge(other.Terminating)
	t.Standby.Merge(other.Standby)
	t.Warmed.Merge(other.Warmed)
	t.Billed.Merge(other.Billed)
	t.Desired.Merge(other.Desired)
	t.Launched += other.Launched
	t.Terminated += other.Terminated
	t.Actions += other.Actions
	t.Flaps += other.Flaps
	t.LaunchLag.merge(other.LaunchLag)
	t.Lag.merge(other.Lag)
}

// Lag sums up delays.
type Lag struct {
	Count int64
	Sum   engine.Time
}

// Mean is in nanoseconds; NaN without samples.
func (l Lag) Mean() float64 {
	if l.Count == 0 {
		return math.NaN()
	}
	return float64(l.Sum) / float64(l.Count)
}

func (l *Lag) add(t engine.Time) { l.merge(Lag{1, t}) }

func (l *Lag) merge(other Lag) {
	l.Count += other.Count
	l.Sum += other.Sum
}

// books are the statistics of a group.
type books struct {
	fleet string
	log   *timeline.Log

	inService, pending, terminating, standby, warmed, billed, desired, usable tally.Level

	launched, terminated, actions, flaps int64

	launchLags, lag Lag

	moved     engine.Time // of the latest change of desired
	direction int         // its sign; 0: there was none
}

// flapping is how soon a change of desired must be undone to count as a flap.
const flapping = 15 * engine.Minute

// begin forgets the levels before the instances of time zero were there.
func (b *books) begin(now engine.Time) {
	for _, l := range []*tally.Level{&b.inService, &b.pending, &b.terminating, &b.standby, &b.warmed, &b.billed, &b.desired, &b.usable} {
		l.Cut(now)
	}
	b.note(now)
}

// note tells the timeline of the present levels.
func (b *books) note(now engine.Time) {
	b.log.Level(timeline.Level{
		At: now, Fleet: b.fleet, Desired: int(b.desired.Value()),
		InService: int(b.inService.Value()), Usable: int(b.usable.Value()), Pending: int(b.pending.Value()), Terminating: int(b.terminating.Value()),
	})
}

// level is what the instances in a state count in, nil if it is nothing.
func (b *books) level(s State) *tally.Level {
	switch s.Stage() {
	case Pending:
		return &b.pending
	case InService:
		return &b.inService
	case EnteringStandby, Standby:
		return &b.standby
	case Terminating:
		return &b.terminating
	case WarmedRunning, WarmedStopped, WarmedHibernated:
		return &b.warmed
	default:
		return nil
	}
}

// count adds to the level of the instances in a state, if there is one.
func (b *books) count(now engine.Time, s State, n int64) {
	if l := b.level(s); l != nil {
		l.Add(now, n)
		b.note(now)
	}
}

// bill begins or ends the time for which an instance is paid.
func (b *books) bill(now engine.Time, i *Instance, paid bool) {
	switch {
	case i.paid == paid:
		return
	case paid:
		b.billed.Up(now)
	default:
		b.billed.Down(now)
	}
	i.paid = paid
}

// act counts a change of desired. It is a flap if it turns against the change
// before it within the time of flapping.
func (b *books) act(now engine.Time, difference int) {
	direction := cmp.Compare(difference, 0)
	if direction == -b.direction && now-b.moved <= flapping {
		b.flaps++
	}
	b.actions++
	b.moved, b.direction = now, direction
	b.desired.Add(now, int64(difference))
	b.note(now)
}

// Cut returns what happened since the last cut and begins anew.
func (g *Group) Cut(now engine.Time) Tally {
	b := &g.books
	t := Tally{
		InService: b.inService.Cut(now), Pending: b.pending.Cut(now), Terminating: b.terminating.Cut(now), Standby: b.standby.Cut(now),
		Warmed: b.warmed.Cut(now),
		Billed: b.billed.Cut(now), Desired: b.desired.Cut(now),
		Launched: b.launched, Terminated: b.terminated, Actions: b.actions, Flaps: b.flaps,
		LaunchLag: b.launchLags, Lag: b.lag,
	}
	b.launched, b.terminated, b.actions, b.flaps = 0, 0, 0, 0
	b.launchLags, b.lag = Lag{}, Lag{}
	return t
}
