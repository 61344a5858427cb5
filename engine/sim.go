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
	list     heap
	blocks   []block // whose records slots name, by slot/blockSize
	bindings []*binding
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
	Routine  string
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
	return &Sim{list: newHeap(), limits: l}
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
// [*StandstillError] when too many events fire at one instant.
func (s *Sim) Run(until Time) error {
	if until < s.now {
		panicPast("Run", until, s.now)
	}
	if s.running {
		panic("engine: Run called by an event")
	}
	s.running = true
	defer func() { s.running = false }()
	s.lookLater()
	end := uint64(min(until, Forever-1)+1) << (64 - timeBits)
	for {
		k := s.list.min()
		if k.high >= end {
			s.now = min(until, Forever)
			return nil
		}
		if s.events >= s.pause {
			if stop, err := s.look(); stop {
				return err
			}
		}
		s.list.take()
		s.blocks[k.slot()>>blockBits].holder.fire(k)
		s.list.close()
	}
}

// fired enters an event into the books before it is carried out.
func (s *Sim) fired(k key, b *binding) {
	s.now = k.time()
	s.events++
	b.events++
	s.digest = fold(fold(s.digest, uint64(s.now)), k.sequence()<<(64-sequenceBits)^b.id)
	if s.Trace != nil {
		s.Trace(Firing{s.now, k.phase(), b.name, k.sequence()})
	}
}

// fold mixes a word into a digest. It is one-to-one in each argument, so that
// a difference is never lost at once.
func fold(digest, word uint64) uint64 {
	return (bits.RotateLeft64(digest, 26) ^ word) * 0x9e3779b97f4a7c15
}

// Cancel calls off a pending event and frees its payload at once. It reports
// whether it did: false if the event has fired or has been cancelled, and for
// the zero Notice.
func (s *Sim) Cancel(n Notice) bool {
	return n.sequence != 0 && s.blocks[n.slot>>blockBits].holder.cancel(n)
}

// Pending reports whether an event is still to come.
func (s *Sim) Pending(n Notice) bool {
	return n.sequence != 0 && s.blocks[n.slot>>blockBits].holder.pending(n)
}

// bury counts an entry of the event list whose event was cancelled. The entry
// stays until it is due or until the dead outnumber the living.
func (s *Sim) bury() {
	s.list.dead++
	if s.list.dead > 32 && 2*s.list.dead > s.list.len() {
		s.list.compact(s.alive)
	}
}

// alive reports whether an entry of the event list still stands for an event.
func (s *Sim) alive(k key) bool {
	return s.blocks[k.slot()>>blockBits].holder.pending(Notice{k.sequence(), k.slot()})
}

func (s *Sim) nextSequence() uint64 {
	if s.sequence == maxSequence {
		panic("engine: more than 2^42 events scheduled")
	}
	s.sequence++
	return s.sequence
}

func panicPast(what string, t, now Time) {
	panic("engine: " + what + " at " + t.String() + ", but it is already " + now.String())
}
