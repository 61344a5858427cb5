package engine

import "math"

// A list is the future event list. The first key is taken out of the tree as soon
// as the one before has come up. So what comes next is known early, and the next
// one's leaf is free for what the present event schedules, as most schedule one
// other. The key of a source, whose next event is often among the first, need not
// go through the tree: it stays aside.
//
// Keys that the tree can't tell from the first one are due: they are sorted. If
// there are very many keys the far future is in a calendar. The last leaf of the
// tree stands for both.
type list struct {
	first    key  // of all but the one aside, if it has not been taken; high is never's if there is none
	taken    bool // the first key is that of the event that is being carried out
	aside    key  // high is never's if there is none
	tree     tree
	due      heap
	calendar calendar
	most     int            // keys for the tree to hold; when it has more they are spread over the calendar
	dead     int            // keys of cancelled events
	keep     func(key) bool // whether a key still stands for an event
}

// spreadSize is the number of keys from which on a tree alone is slower.
const spreadSize = 1 << 13

func newList() list {
	return list{first: noKey, aside: noKey, tree: newTree(), calendar: newCalendar(), most: spreadSize}
}

// len returns the number of keys.
func (l *list) len() int {
	n := l.tree.n + len(l.due) + l.calendar.n
	if l.first.high != never && !l.taken {
		n++
	}
	if l.aside.high != never {
		n++
	}
	return n
}

// next takes the next key.
func (l *list) next() key {
	if l.taken {
		l.fill()
	}
	if l.tree.tied(l.first) {
		l.settle()
	}
	if precedes(l.aside, l.first) {
		k := l.aside
		l.aside.high = never
		return k
	}
	l.taken = true
	return l.first
}

// restore puts back the key that was taken last.
func (l *list) restore(k key) {
	if l.taken {
		l.taken = false
	} else {
		l.aside = k
	}
}

// add adds a key: aside if it is earlier than what is there, which makes way. Of
// two with the same high word either may come first: they are found to be tied
// when it is their turn.
func (l *list) add(k key) {
	if k.high < l.aside.high {
		k, l.aside = l.aside, k
		if k.high == never {
			return
		}
	}
	if l.taken && k.high < l.calendar.horizon {
		if k.high < l.tree.root {
			l.first, l.taken = k, false
			return
		}
		if !l.tree.ends() {
			l.first, l.taken = l.tree.replace(k), false
			return
		}
	}
	l.insert(k)
}

// insert adds a key elsewhere than aside.
func (l *list) insert(k key) {
	l.fill()
	if k.high < l.first.high {
		k, l.first = l.first, k
	}
	switch {
	case k.high < l.calendar.horizon:
		l.tree.push(k)
		if l.tree.n > l.most {
			l.spread()
		}
	case k.high != never:
		l.calendar.add(k)
	}
}

// fill makes the next key the first if that has been taken.
func (l *list) fill() {
	if !l.taken {
		return
	}
	l.taken = false
	if l.tree.ends() {
		l.first = l.fetch()
	} else {
		l.first = l.tree.pop()
	}
}

// fetch returns the next key when the tree has none before its last leaf.
func (l *list) fetch() key {
	switch {
	case len(l.due) > 0:
		k := l.due.pop()
		l.represent()
		return k
	case l.calendar.n > 0:
		l.refill()
		if l.tree.n > 0 {
			return l.tree.pop()
		}
	}
	return noKey
}

// refill moves keys from the calendar to the empty tree.
func (l *list) refill() {
	l.calendar.turn(&l.tree, l.keep)
	l.most = max(spreadSize, 2*l.tree.n, l.calendar.n/4)
	l.represent()
}

// settle makes the first key the first of those with which it is tied.
func (l *list) settle() {
	for l.tree.tied(l.first) && !l.tree.ends() {
		l.due.push(l.tree.pop())
	}
	if len(l.due) > 0 && precedes(l.due[0], l.first) {
		k := l.due.pop()
		l.due.push(l.first)
		l.first = k
	}
	l.represent()
}

// represent gives the last leaf its word: it comes after all keys of the tree
// that are as early as what it stands for.
func (l *list) represent() {
	word := uint64(never)
	switch {
	case len(l.due) > 0:
		word = l.due[0].high
	case l.calendar.n > 0:
		word = l.calendar.horizon - 1
	}
	l.tree.represent(word)
}

// spread moves the keys of the tree to the calendar. It will be worth its while
// again when there are twice as many.
func (l *list) spread() {
	l.settle() // the words of a smaller tree tell more
	c := &l.calendar
	start := uint64(math.MaxUint64)
	c.close()
	for _, k := range append(l.tree.drain(), l.due...) {
		c.put(&c.beyond, k)
		start = min(start, k.high)
	}
	l.due = l.due[:0]
	l.tree.resize(fewestLeaves)
	l.most = 2 * c.n
	c.newYear(start)
	l.represent()
}

// filter drops the keys for which keep is false, but for the first and the one
// aside.
func (l *list) filter() {
	l.fill()
	l.tree.filter(l.keep)
	l.tree.pack()
	l.due.filter(l.keep)
	l.calendar.filter(l.keep)
	l.represent()
}
