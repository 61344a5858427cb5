package engine

// A Watch is a lane for those who number their things themselves: each thing
// that has stayed for the delay is told to the function. Nearly all leave
// before. A Watch keeps no payloads and gives no notices, and only one event is
// pending, no later than the first can be due, so that to enter and to leave
// costs a few instructions: less than half of what a lane takes.
type Watch struct {
	sim     *Sim
	delay   Time
	fn      func(number int32)
	stays   []stay // by number + 1; entry 0 closes the ring
	look    *Routine[struct{}]
	looking bool // an event is pending
}

// A stay places a thing between its neighbours in the order of entering.
type stay struct {
	since          Time
	earlier, later int32 // entries
}

// NewWatch binds fn to s under a name, with a delay in nanoseconds. It panics if
// the delay is not positive.
func NewWatch(s *Sim, name string, p Phase, delay Time, fn func(number int32)) *Watch {
	if delay <= 0 {
		panic("engine: " + name + " has the delay " + delay.String())
	}
	w := &Watch{sim: s, delay: delay, fn: fn, stays: make([]stay, 1)}
	w.look = NewRoutine(s, name, p, w.onLook)
	return w
}

// Enter begins the stay of the thing with this number, from 0, which must not be
// in the watch. Numbers should be small: there is an entry for each below the
// greatest.
func (w *Watch) Enter(number int32) {
	entry := number + 1
	for int(entry) >= len(w.stays) {
		w.stays = append(w.stays, stay{})
	}
	last := w.stays[0].earlier
	w.stays[entry] = stay{w.sim.now, last, 0}
	w.stays[last].later = entry
	w.stays[0].earlier = entry
	if !w.looking {
		w.await()
	}
}

// Leave ends the stay of the thing with this number, which must be in the watch.
func (w *Watch) Leave(number int32) {
	s := w.stays[number+1]
	w.stays[s.earlier].later = s.later
	w.stays[s.later].earlier = s.earlier
}

// await schedules a look at the first thing.
func (w *Watch) await() {
	first := w.stays[0].later
	w.looking = first != 0
	if w.looking {
		since := w.stays[first].since
		w.look.At(since+min(w.delay, Forever-since), struct{}{})
	}
}

// onLook tells of the things whose time is over, each after it has left.
func (w *Watch) onLook(struct{}) {
	for first := w.stays[0].later; first != 0 && w.sim.now-w.stays[first].since >= w.delay; first = w.stays[0].later {
		w.Leave(first - 1)
		w.fn(first - 1)
	}
	w.await()
}
