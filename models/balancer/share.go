package balancer

import "github.com/headroom-sim/headroom/engine"

// A share compares what a target gets with what it should: while n targets of
// its target group are usable, each should get one n-th of the requests that go
// to them.
type share struct {
	slot int32                                // of the target
	got  uint64                               // requests while usable, before it was last made usable
	fair uint64                               // of the usable targets' requests, in millionths, before that
	from struct{ requests, fair uint64 }      // the target's requests, and its group's fair, at that instant
	cut  struct{ requests, got, fair uint64 } // as of the last cut

	// A new target waits for half its fair share. glance is what it had at the
	// beginning of the stretch that is being looked at.
	fresh   bool
	watched bool
	since   engine.Time // first usable
	glance  struct {
		at        engine.Time
		got, fair uint64
	}
}

const (
	whole = 1_000_000 // millionths

	// A new target is looked at over stretches of at least a second, ten requests
	// of fair share, and a tenth of its wait so far: less would be luck, all the
	// more so the more stretches there are.
	glanceEvery  = engine.Second
	glanceShares = 10 * whole
	glanceParts  = 10
)

// balance brings the fair shares up to date that targets have had that have been
// usable all the time. It must be called before a target becomes usable or stops
// being so, and before a share is read.
func (b *Balancer) balance() {
	for i := range b.split.groups {
		b.split.groups[i].balance()
	}
}

func (g *targetGroup) balance() {
	if g.usable == 0 {
		return
	}
	parts := g.sharedOut*whole + g.leftover
	g.sharedOut = 0
	g.fair += parts / g.usable
	g.leftover = parts % g.usable
}

// beginShare begins the time in which a target is usable, endShare ends it.
func (t *target) beginShare() {
	t.targetGroup.usable++
	t.share.from.requests, t.share.from.fair = t.requests, t.targetGroup.fair
}

func (t *target) endShare() {
	t.targetGroup.usable--
	t.share.got, t.share.fair = t.shares()
}

// shares are the requests that a target got while it was usable, and its fair
// share of all such requests, in millionths. The balance must be up to date.
func (t *target) shares() (got, fair uint64) {
	got, fair = t.share.got, t.share.fair
	if t.usable {
		got += t.requests - t.share.from.requests
		fair += t.targetGroup.fair - t.share.from.fair
	}
	return got, fair
}

// welcome begins to watch what a new target gets, when it may be used for the
// first time.
func (b *Balancer) welcome(s *share) {
	if s.fresh && !s.watched {
		s.watched, s.since = true, b.sim.Now()
		b.look(s)
		b.glance.After(glanceEvery, s)
	}
}

// look begins a stretch.
func (b *Balancer) look(s *share) {
	s.glance.at = b.sim.Now()
	s.glance.got, s.glance.fair = b.targets[s.slot].shares()
}

// onGlance ends a stretch of a new target's. If it got half its fair share, its
// wait was over when the stretch began.
func (b *Balancer) onGlance(s *share) {
	if !s.fresh {
		return
	}
	b.balance()
	got, fair := b.targets[s.slot].shares()
	got, fair = got-s.glance.got, fair-s.glance.fair
	now := b.sim.Now()
	if fair >= glanceShares && now-s.glance.at >= (now-s.since)/glanceParts {
		if 2*got*whole >= fair {
			s.fresh = false
			b.tally.ShareLag += s.glance.at - s.since
			b.tally.ShareLags++
			return
		}
		b.look(s)
	}
	b.glance.After(glanceEvery, s)
}
