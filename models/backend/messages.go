package backend

// messages is a queue of messages in a ring that grows as needed.
type messages struct {
	ring  []message // its length is a power of two
	first int
	n     int
}

func (l *messages) at(k int) *message { return &l.ring[(l.first+k)&(len(l.ring)-1)] }

// reserve makes room for one more.
func (l *messages) reserve() {
	if l.n < len(l.ring) {
		return
	}
	ring := make([]message, max(16, 2*len(l.ring)))
	for k := range l.n {
		ring[k] = *l.at(k)
	}
	l.ring, l.first = ring, 0
}

// push adds a message at the end.
func (l *messages) push(m message) {
	l.reserve()
	l.n++
	*l.at(l.n - 1) = m
}

// putBack adds a message before all others.
func (l *messages) putBack(m message) {
	l.reserve()
	l.first = (l.first - 1) & (len(l.ring) - 1)
	l.n++
	*l.at(0) = m
}

// pop takes the first message.
func (l *messages) pop() message {
	m := *l.at(0)
	l.first = (l.first + 1) & (len(l.ring) - 1)
	l.n--
	return m
}
