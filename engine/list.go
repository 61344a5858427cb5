package engine

// A list is the future event list: one key in front, the near future in a heap
// and, if there are very many keys, the far future in a calendar.
//
// The front is for the key of a source, whose next event is often the first of
// all: it need not go through the heap. The event that is first comes from there,
// or from the top of the heap, which then stays a hole until the event adds a key
// or is over. So an event that schedules one other, as most do, costs a
// comparison and at most one way down.
type list struct {
	front    key  // high is never's if the front is free
	hole     bool // the top of the heap is the key of the event that is being carried out
	heap     heap
	calendar calendar
	most     int            // keys for the heap to hold; when it has more they are spread over the calendar
	dead     int            // keys of cancelled events
	keep     func(key) bool // whether a key still stands for an event
}

// spreadSize is the number of keys from which on a heap alone is slower.
const spreadSize = 1 << 13

func newList() list {
	return list{front: noKey, heap: newHeap(), calendar: newCalendar(), most: spreadSize}
}

// len returns the number of keys, but for the front if it is free.
func (l *list) len() int {
	n := l.heap.len() + l.calendar.n
	if l.front.high != never {
		n++
	}
	if l.hole {
		n--
	}
	return n
}

// add adds a key: in front if it is earlier than what is there, which makes way.
func (l *list) add(k key) {
	if precedes(k, l.front) {
		k, l.front = l.front, k
	}
	if l.hole && k.high < l.calendar.horizon {
		l.hole = false
		l.heap.replace(k)
		return
	}
	if k.high != never {
		l.insert(k)
	}
}

// insert adds a key elsewhere than in front and in the hole.
func (l *list) insert(k key) {
	if k.high >= l.calendar.horizon {
		l.calendar.add(k)
		return
	}
	l.heap.push(k)
	if l.heap.n > l.most {
		l.spread()
	}
}

// fill closes the hole, if there is one.
func (l *list) fill() {
	if l.hole {
		l.hole = false
		l.heap.pop()
	}
}

// refill moves keys from the calendar to the empty heap.
func (l *list) refill() {
	l.calendar.turn(&l.heap, l.keep)
	l.most = max(spreadSize, 2*l.heap.len(), l.calendar.n/4)
	l.bound()
}

// spread moves the keys of the heap to the calendar. It will be worth its while
// again when there are twice as many.
func (l *list) spread() {
	c := &l.calendar
	start := l.heap.top.high
	c.close()
	l.heap.filter(func(k key) bool {
		c.put(&c.beyond, k)
		return false
	})
	l.most = 2 * c.n
	c.newYear(start)
	l.bound()
}

// bound makes the horizon the top of an empty heap, so that it is seen when
// there is something to fetch from the calendar.
func (l *list) bound() {
	l.heap.bottom = key{high: l.calendar.horizon}
	if l.calendar.n == 0 {
		l.heap.bottom = noKey
	}
	if l.heap.n < 0 {
		l.heap.top = l.heap.bottom
	}
}

// filter drops the keys for which keep is false, but for the front.
func (l *list) filter() {
	l.fill()
	l.heap.filter(l.keep)
	l.calendar.filter(l.keep)
	l.bound()
}
