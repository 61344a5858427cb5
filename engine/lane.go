package engine

// A Lane is a routine whose events all fire the same delay after they were
// scheduled: timeouts, idle limits, ticks. They fire in the order in which they
// were scheduled, so a Lane keeps them in a linked list and only one key in the
// event list: starting and cancelling take constant time, and a cancelled event
// leaves nothing behind.
type Lane[T any] struct {
	payloads[T]
	chain
}

// NewLane binds fn to s under a name, with a delay in nanoseconds. It panics if
// the delay is negative.
func NewLane[T any](s *Sim, name string, p Phase, delay Time, fn func(T)) *Lane[T] {
	if delay < 0 {
		panic("engine: " + name + " has the negative delay " + delay.String())
	}
	l := &Lane[T]{chain: chain{delay: delay}}
	s.bind(&l.kind, name, p)
	l.payloads.bind(fn)
	l.owner, l.lane = &l.kind, &l.chain
	l.extend = func(slots uint32) {
		l.values = extended(l.values, slots)
		l.links = extended(l.links, slots)
	}
	l.open()
	return l
}

// Start schedules fn(payload) for the lane's delay from now. Cancel it with
// [Sim.Cancel].
func (l *Lane[T]) Start(payload T) Notice {
	if !l.ready() {
		l.prepare()
	}
	n, index := l.reserve()
	l.values[index] = payload
	l.join(index, n.slot)
	return n
}

// A chain is the ring of a lane's pending events in the order in which they
// were scheduled, linked by the indices of their slots. Index 0 is no event: it
// closes the ring, and its slot is in the key that stands for the whole lane.
// That key is due no later than the first event.
type chain struct {
	owner  *kind
	delay  Time
	links  []link
	listed bool // the key is in the event list
}

type link struct {
	at             Time
	previous, next uint32
	slot           uint32
}

// open reserves index 0.
func (c *chain) open() {
	c.owner.grow()
	number := c.owner.free
	c.owner.free = 0
	c.links[0].slot = number
}

// join puts an event at the end.
func (c *chain) join(index, number uint32) {
	now := c.owner.sim.now
	last := c.links[0].previous
	c.links[index] = link{at: now + min(c.delay, Forever-now), previous: last, slot: number}
	c.links[last].next = index
	c.links[0].previous = index
	if !c.listed {
		c.list()
	}
}

// leave takes an event out and frees its slot.
func (c *chain) leave(index uint32) {
	l := c.links[index]
	c.links[l.previous].next = l.next
	c.links[l.next].previous = l.previous
	c.owner.release(l.slot)
}

// list adds a key for the first event.
func (c *chain) list() {
	first := c.links[0].next
	c.listed = first != 0
	if c.listed {
		c.owner.sim.list.add(newKey(c.links[first].at, c.owner.phase, c.sequence(first), c.links[0].slot))
	}
}

func (c *chain) sequence(index uint32) uint64 {
	return c.owner.sim.slots[c.links[index].slot].word
}

// take is called when the lane's key comes up. It takes out the event that the
// key was made for and returns its index; 0 if that has been cancelled. Either
// way a new key stands for the event that is first by now.
func (c *chain) take(k key) uint32 {
	first := c.links[0].next
	due := first != 0 && c.sequence(first) == k.sequence()
	if due {
		c.leave(first)
	} else {
		first = 0
	}
	c.list()
	return first
}
