package engine

// A list is the future event list: one key in front, the others in a heap. The
// front is free while an event is carried out, and the first key that the event
// adds takes that place. So an event that schedules one other, as most do,
// costs a comparison with the top of the heap and at most one way down.
type list struct {
	front key // high is never's if the front is free
	heap  heap
	dead  int // keys of cancelled events
}

func newList() list { return list{front: never, heap: newHeap()} }

// len returns the number of keys, but for the front if it is free.
func (l *list) len() int {
	if l.front.high == never.high {
		return l.heap.len()
	}
	return l.heap.len() + 1
}

// add adds a key.
func (l *list) add(k key) {
	if l.front.high == never.high {
		l.front = k
		return
	}
	l.heap.push(k)
}

// advance puts the top of the heap in front. It is for when that is the earlier
// of the two.
func (l *list) advance() {
	k := l.front
	l.front = l.heap.top
	if k.high == never.high {
		l.heap.pop()
		return
	}
	l.heap.replace(k)
}
