package engine

import (
	"math"
	"math/bits"
)

// A Sim is one run: the clock and the future event list. It is for one
// goroutine.
type Sim struct {
	// Trace, if not nil, is called before every event.
	Trace func(Firing)

	now      Time
	events   uint64 // fired so far
	pause    uint64 // Run looks at the limits when events has come this far; 0: it stops
	mark     Time   // instant of the last such look
	digest   uint64
	sequence uint64 // of the latest event scheduled
	list     list
	slots    []slot
	kinds    []*kind
	limits   Limits
	running  bool
}

// Limits bound a run.
type Limits struct {
	Events uint64 // the most events that may fire; 0 means no limit
	// Instant is how many events may fire at one instant, which is looked at
	// only every so many events: twice as many are always too many. 0 means no
	// limit.
	Instant uint64
}

// A Firing is what a trace shows of an event that is about to happen.
type Firing struct {
	Time     Time
	Phase    Phase
	Routine  string // name of the routine or lane
	Sequence uint64 // number of the event in the order of scheduling, from 1
}

// New returns a Sim at time 0 with nothing scheduled.
func New(l Limits) *Sim {
	if l.Events == 0 {
		l.Events = math.MaxUint64
	}
	if l.Instant == 0 {
		l.Instant = math.MaxUint64 / 2
	}
	s := &Sim{list: newList(), slots: []slot{{word: freeMark}}, limits: l}
	s.list.keep = s.keep
	return s
}

// Now returns the current instant.
func (s *Sim) Now() Time { return s.now }

// Events returns how many events have fired.
func (s *Sim) Events() uint64 { return s.events }

// Digest returns a hash of the time, the routine and the sequence of every
// event fired so far: two runs of a model are the same if their digests are.
func (s *Sim) Digest() uint64 { return s.digest }

// Stop makes Run return after the current event.
func (s *Sim) Stop() { s.pause = 0 }

// Run fires all events up to and including the instant until, in order, and
// then sets the clock to until. It may be called again with the same or a later
// instant. Stopped, it leaves the clock at the latest event. It returns an
// [*EventLimitError] instead of exceeding the limit of events, and a
// [*StandstillError] when too many events fire at one instant. A [*ClockError] is an
// error of this package.
func (s *Sim) Run(until Time) error {
	if until < s.now {
		panic("engine: Run until " + until.String() + ", but it is already " + s.now.String())
	}
	if s.running {
		panic("engine: Run called by an event")
	}
	s.running = true
	defer func() { s.running = false }()
	s.lookLater()
	end := uint64(min(until, Forever-1)+1) << (64 - timeBits)
	for {
		k := s.list.next()
		if k.high >= end {
			s.list.restore(k)
			s.now = min(until, Forever)
			return nil
		}
		if s.events >= s.pause {
			if stop, err := s.look(); stop {
				s.list.restore(k)
				return err
			}
		}
		number := k.slot()
		st := &s.slots[number]
		owner, index := st.owner, st.index
		switch {
		case int64(st.word) > 0: // a sequence
			st.word = freeMark | uint64(owner.free)
			owner.free = number
		case owner.lane != nil:
			if index = owner.lane.take(k); index == 0 {
				continue
			}
		default:
			s.keep(k)
			continue
		}
		at := k.time()
		if at < s.now {
			return &ClockError{s.now, at, owner.name}
		}
		s.now = at
		s.events++
		owner.events++
		s.digest = fold(s.digest, k.high, k.low&^maxSlot|owner.id)
		if s.Trace != nil {
			s.trace(k, owner)
		}
		owner.call(index)
	}
}

// fold mixes two words into a digest. It is one-to-one in each of the three, so
// that a difference is never lost at once.
func fold(digest, a, b uint64) uint64 {
	return (bits.RotateLeft64(digest, 26)^a)*0x9e3779b97f4a7c15 + b
}

func (s *Sim) trace(k key, owner *kind) {
	s.Trace(Firing{s.now, k.phase(), owner.name, k.sequence()})
}

// Pending reports whether an event is still to come.
func (s *Sim) Pending(n Notice) bool { return s.slots[n.slot].word == n.sequence }

// Cancel calls off a pending event and frees its payload at once. It reports
// whether it did: false if the event has fired or has been cancelled, and for
// the zero Notice.
func (s *Sim) Cancel(n Notice) bool {
	if !s.Pending(n) {
		return false
	}
	st := &s.slots[n.slot]
	st.owner.drop(st.index)
	if lane := st.owner.lane; lane != nil {
		lane.leave(st.index)
		return true
	}
	st.word = 0
	s.list.dead++
	if 2*s.list.dead > s.list.len() {
		s.list.filter()
	}
	return true
}

// keep reports whether a key still stands for an event, and frees its slot if
// not.
func (s *Sim) keep(k key) bool {
	st := &s.slots[k.slot()]
	if st.word != 0 {
		return true
	}
	st.owner.release(k.slot())
	s.list.dead--
	return false
}
