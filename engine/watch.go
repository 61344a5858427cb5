package engine

import (
	"cmp"
	"slices"
)

// A Watch is a lane for those who keep their things themselves: of each thing that
// has stayed for the delay they are told. Nearly all leave before. To enter and to
// leave is to write to the thing's own record, and only one event is pending, no
// later than the first can be due. At that event those that are there are sorted,
// if they have not been sorted before: once in a delay.
type Watch struct {
	sim     *Sim
	delay   Time
	things  Watched
	entered uint64   // things so far
	listed  []listed // the first ones, the earliest last; some may have left
	look    *Routine[struct{}]
	looking bool // an event is pending
}

// Watched are the things that a watch looks after.
type Watched interface {
	// Stay is where it is noted since when the thing with this number has been in
	// the watch; nil beyond the last thing. Numbers begin at 0.
	Stay(number int32) *Stay
	// Over tells that the time of a thing is over. It has left.
	Over(number int32)
}

// A Stay is a thing's time in a watch. The zero Stay is that of one that is not
// there.
type Stay struct {
	Since Time   // when it entered
	order uint64 // of entering, from 1; 0: it is not there
}

// Leave ends the stay.
func (s *Stay) Leave() { s.order = 0 }

type listed struct {
	Stay
	number int32
}

// NewWatch binds things to s under a name, with a delay in nanoseconds. It panics
// if the delay is not positive.
func NewWatch(s *Sim, name string, p Phase, delay Time, things Watched) *Watch {
	if delay <= 0 {
		panic("engine: " + name + " has the delay " + delay.String())
	}
	w := &Watch{sim: s, delay: delay, things: things}
	w.look = NewRoutine(s, name, p, w.onLook)
	return w
}

// Enter begins a stay.
func (w *Watch) Enter(s *Stay) {
	w.entered++
	s.Since, s.order = w.sim.now, w.entered
	if !w.looking {
		w.await(s)
	}
}

// await schedules a look at a thing when its time is over. Inlined it would make
// Enter, which hardly ever calls it, too large to be inlined.
//
//go:noinline
func (w *Watch) await(s *Stay) {
	w.looking = true
	w.look.At(s.Since+min(w.delay, Forever-s.Since), struct{}{})
}

// onLook tells of the things whose time is over, each after it has left.
func (w *Watch) onLook(struct{}) {
	for {
		first, some := w.first()
		if !some {
			w.looking = false
			return
		}
		if w.sim.now-first.Since < w.delay {
			w.await(&first.Stay)
			return
		}
		w.things.Stay(first.number).Leave()
		w.things.Over(first.number)
	}
}

// first is the thing that entered first of those that are there.
func (w *Watch) first() (l listed, some bool) {
	for range 2 {
		for last := len(w.listed) - 1; last >= 0; last-- {
			if l = w.listed[last]; w.things.Stay(l.number).order == l.order {
				return l, true
			}
			w.listed = w.listed[:last]
		}
		w.list()
	}
	return listed{}, false
}

// list sorts the things that are there.
func (w *Watch) list() {
	for n := int32(0); ; n++ {
		s := w.things.Stay(n)
		if s == nil {
			break
		}
		if s.order > 0 {
			w.listed = append(w.listed, listed{*s, n})
		}
	}
	slices.SortFunc(w.listed, func(a, b listed) int { return cmp.Compare(b.order, a.order) })
}
