package balancer

import "github.com/headroom-sim/headroom/engine"

// A share compares what a target gets with what it should: while n targets are
// usable, each should get one n-th of the requests that go to them.
type share struct {
	counted uint64 // requests of the target's that are in the sums below, or came while it was not usable

	got  uint64                               // requests while usable
	fair uint64                               // of the usable targets' requests, in millionths
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

	// A new target is looked at over stretches of at least a second and ten
	// requests of fair share: fewer would be luck.
	glanceEvery  = engine.Second
	glanceShares = 10 * whole
)

// balance brings the shares up to date. It must be called before a target
// becomes usable or stops being so.
func (b *Balancer) balance() {
	var sum, usable uint64
	for slot := range b.targets {
		if t := &b.targets[slot]; t.usable {
			sum += t.requests - t.share.counted
			usable++
		}
	}
	var fair uint64
	if usable > 0 {
		parts := sum*whole + b.leftover
		fair, b.leftover = parts/usable, parts%usable
	}
	for slot := range b.targets {
		t := &b.targets[slot]
		if t.stage == vacant {
			continue
		}
		if t.usable {
			t.share.got += t.requests - t.share.counted
			t.share.fair += fair
		}
		t.share.counted = t.requests
	}
}

// welcome begins to watch what a new target gets, when it may be used for the
// first time.
func (b *Balancer) welcome(s *share) {
	if s.fresh && !s.watched {
		s.watched, s.since = true, b.sim.Now()
		s.look(s.since)
		b.glance.After(glanceEvery, s)
	}
}

func (s *share) look(now engine.Time) {
	s.glance.at, s.glance.got, s.glance.fair = now, s.got, s.fair
}

// onGlance ends a stretch of a new target's. If it got half its fair share, its
// wait was over when the stretch began.
func (b *Balancer) onGlance(s *share) {
	if !s.fresh {
		return
	}
	b.balance()
	got, fair := s.got-s.glance.got, s.fair-s.glance.fair
	if fair >= glanceShares {
		if 2*got*whole >= fair {
			s.fresh = false
			b.tally.ShareLag += s.glance.at - s.since
			b.tally.ShareLags++
			return
		}
		s.look(b.sim.Now())
	}
	b.glance.After(glanceEvery, s)
}
