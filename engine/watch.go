package engine

import (
	"cmp"
	"slices"
)

// A Watch is a lane for those who number their things themselves: each thing
// that has stayed for the delay is told to the function. Nearly all leave
// before. To enter and to leave is to write down a number, and only one event is
// pending, no later than the first can be due. At that event those that are
// there are sorted, if they have not been sorted before: once in a delay.
type Watch struct {
	sim     *Sim
	delay   Time
	fn      func(number int32)
	stays   []stay // by number
	entered uint64 // things so far
	listed  []stay // the first ones, the earliest last; some may have left
	look    *Routine[struct{}]
	looking bool // an event is pending
}

// A stay is a thing in a watch.
type stay struct {
	order  uint64 // of entering, from 1; 0: it is not there
	since  Time
	number int32
}

// NewWatch binds fn to s under a name, with a delay in nanoseconds. It panics if
// the delay is not positive.
func NewWatch(s *Sim, name string, p Phase, delay Time, fn func(number int32)) *Watch {
	if delay <= 0 {
		panic("engine: " + name + " has the delay " + delay.String())
	}
	w := &Watch{sim: s, delay: delay, fn: fn}
	w.look = NewRoutine(s, name, p, w.onLook)
	return w
}

// Enter begins the stay of the thing with this number, from 0, which must not be
// in the watch. Numbers should be small: there is an entry for each below the
// greatest.
func (w *Watch) Enter(number int32) {
	if int(number) >= len(w.stays) {
		w.grow(number)
	}
	w.entered++
	s := &w.stays[number]
	s.order, s.since = w.entered, w.sim.now
	if !w.looking {
		w.await(w.sim.now)
	}
}

func (w *Watch) grow(number int32) {
	for n := int32(len(w.stays)); n <= number; n++ {
		w.stays = append(w.stays, stay{number: n})
	}
}

// Leave ends the stay of the thing with this number, which must be in the watch.
func (w *Watch) Leave(number int32) { w.stays[number].order = 0 }

// await schedules a look at a thing that has been there since an instant.
func (w *Watch) await(since Time) {
	w.looking = true
	w.look.At(since+min(w.delay, Forever-since), struct{}{})
}

// onLook tells of the things whose time is over, each after it has left.
func (w *Watch) onLook(struct{}) {
	for {
		first, some := w.first()
		if !some {
			w.looking = false
			return
		}
		if w.sim.now-first.since < w.delay {
			w.await(first.since)
			return
		}
		w.Leave(first.number)
		w.fn(first.number)
	}
}

// first is the thing that entered first of those that are there.
func (w *Watch) first() (s stay, some bool) {
	for range 2 {
		for last := len(w.listed) - 1; last >= 0; last-- {
			if s = w.listed[last]; w.stays[s.number].order == s.order {
				return s, true
			}
			w.listed = w.listed[:last]
		}
		w.list()
	}
	return stay{}, false
}

// list sorts the things that are there.
func (w *Watch) list() {
	for _, s := range w.stays {
		if s.order > 0 {
			w.listed = append(w.listed, s)
		}
	}
	slices.SortFunc(w.listed, func(a, b stay) int { return cmp.Compare(b.order, a.order) })
}
