package engine

// A Lane is a routine whose events all fire the same delay after they were
// scheduled: timeouts, idle limits, ticks. They fire in the order in which they
// were scheduled, so a Lane keeps them in a linked list and only one entry in
// the event list: starting and cancelling take constant time, and a cancelled
// event leaves nothing behind.
type Lane[T any] struct {
	events[T]
	delay Time
	links []link // of the records
	slot  uint32 // of record 0
}

// A link places a pending event between its neighbours, which it names by the
// indices of their records. Record 0 is no event: it closes the ring, and its
// word is the sequence of the lane's entry in the event list, 0 if there is none.
type link struct {
	at             Time
	previous, next uint32
	slot           uint32
}

// NewLane binds fn to s under a name, with a delay in nanoseconds. It panics if
// the delay is negative.
func NewLane[T any](s *Sim, name string, p Phase, delay Time, fn func(T)) *Lane[T] {
	if delay < 0 {
		panic("engine: lane " + name + " has the negative delay " + delay.String())
	}
	l := &Lane[T]{delay: delay, links: make([]link, blockSize)}
	l.binding = s.bind(l, name, p)
	l.fn = fn
	s.bindings = append(s.bindings, &l.binding)
	var none T
	_, l.slot = l.put(0, none)
	return l
}

// Start schedules fn(payload) for the lane's delay from now. Cancel it with
// [Sim.Cancel].
func (l *Lane[T]) Start(payload T) Notice {
	s := l.sim
	sequence := s.nextSequence()
	index, slot := l.put(sequence, payload)
	l.append(index, link{at: s.now + min(l.delay, Forever-s.now), slot: slot})
	if l.records[0].word == 0 {
		l.enter()
	}
	return Notice{sequence, slot}
}

// enter puts an entry for the first event into the event list. If that event is
// cancelled the entry stays, too early then, and fire replaces it by one for
// the event which is first by that time.
func (l *Lane[T]) enter() {
	first := l.links[0].next
	if first == 0 {
		l.records[0].word = 0
		return
	}
	sequence := l.records[first].word
	l.records[0].word = sequence
	l.sim.list.push(newKey(l.links[first].at, l.phase, sequence, l.slot))
}

func (l *Lane[T]) fire(k key) {
	first := l.links[0].next
	if first == 0 || l.records[first].word != k.sequence() {
		l.enter()
		return
	}
	payload := l.remove(first)
	l.enter()
	l.sim.fired(k, &l.binding)
	l.fn(payload)
}

func (l *Lane[T]) cancel(n Notice) bool {
	if !l.pending(n) {
		return false
	}
	l.remove(l.index(n.slot))
	return true
}

func (l *Lane[T]) append(index uint32, k link) {
	if int(index) >= len(l.links) {
		links := make([]link, len(l.records))
		copy(links, l.links)
		l.links = links
	}
	last := l.links[0].previous
	k.previous = last
	l.links[index] = k
	l.links[last].next = index
	l.links[0].previous = index
}

func (l *Lane[T]) remove(index uint32) T {
	k := l.links[index]
	l.links[k.previous].next = k.next
	l.links[k.next].previous = k.previous
	return l.take(index, l.links[index].slot)
}
