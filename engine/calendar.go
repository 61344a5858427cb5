package engine

import (
	"math/bits"
	"slices"
)

// A calendar holds the keys of the far future, from its horizon on, unsorted in
// buckets of equal width: adding a key takes constant time, and a tree sorts
// the near future, a bucket at a time. Far more keys than a cache holds then
// cost little more than a few; a tree would miss the cache at every level.
//
// R. Brown, "Calendar queues: a fast O(1) priority queue implementation for the
// simulation event set problem", CACM 31 (1988), and W.T. Tang, R.S.M. Goh and
// I.L.-J. Thng, "Ladder queue", ACM TOMACS 15 (2005), have the idea in other
// forms.
type calendar struct {
	horizon uint64 // the least high word that belongs here; never's if the calendar is not in use
	n       int    // keys
	start   uint64 // high word with which bucket 0 begins
	shift   uint   // a bucket is 2^shift wide
	next    int    // the bucket that begins at the horizon
	buckets []bag
	beyond  bag // what comes after the last bucket
	chunks  []chunk
	free    uint32 // the first free chunk, 0 for none
}

// A bag of keys is a linked list of chunks, of which only the first may have
// room left.
type bag struct {
	n     uint32 // keys
	first uint32 // chunk, if n > 0
}

type chunk struct {
	keys [chunkSize]key
	next uint32
}

const (
	chunkSize  = 15 // makes 256 bytes
	bucketSize = 32 // keys, on average
	sampleSize = 255
)

func newCalendar() calendar {
	return calendar{horizon: never, chunks: make([]chunk, 1)}
}

// add adds a key that is not before the horizon.
func (c *calendar) add(k key) {
	b := &c.beyond
	if i := (k.high - c.start) >> c.shift; i < uint64(len(c.buckets)) {
		b = &c.buckets[i]
	}
	c.put(b, k)
}

func (c *calendar) put(b *bag, k key) {
	c.n++
	place := b.n % chunkSize
	if place == 0 {
		b.first = c.newChunk(b.first)
	}
	b.n++
	c.chunks[b.first].keys[place] = k
}

// take removes the keys of a bag's first chunk.
func (c *calendar) take(b *bag) (keys [chunkSize]key, n int) {
	number := b.first
	first := &c.chunks[number]
	n = int(b.n-1)%chunkSize + 1
	b.n -= uint32(n)
	c.n -= n
	b.first, first.next, c.free = first.next, c.free, number
	return first.keys, n
}

func (c *calendar) newChunk(next uint32) uint32 {
	number := c.free
	if number == 0 {
		number = uint32(len(c.chunks))
		c.chunks = append(c.chunks, chunk{})
	}
	c.free = c.chunks[number].next
	c.chunks[number].next = next
	return number
}

// pour moves the keys of a bag for which keep is true into the tree.
func (c *calendar) pour(b *bag, t *tree, keep func(key) bool) {
	for b.n > 0 {
		keys, n := c.take(b)
		for _, k := range keys[:n] {
			if keep(k) {
				t.add(k)
			}
		}
	}
}

// turn opens the next bucket that has keys, or if all are done a new year, and
// moves its keys into the tree. When little is left it moves that too, and the
// calendar is out of use.
func (c *calendar) turn(t *tree, keep func(key) bool) {
	for t.n == 0 && c.n > 0 {
		if c.next == len(c.buckets) {
			if c.n < spreadSize/4 {
				c.pour(&c.beyond, t, keep)
				break
			}
			c.newYear(c.horizon)
		}
		b := &c.buckets[c.next]
		c.next++
		c.horizon = c.start + uint64(c.next)<<c.shift
		t.shrink(int(b.n))
		c.pour(b, t, keep)
	}
	t.play()
	if c.n == 0 {
		c.horizon = never
	}
}

// newYear divides what is beyond the last bucket into buckets. None of it may
// be before start.
func (c *calendar) newYear(start uint64) {
	c.start, c.horizon, c.next = start, start, 0
	c.divide(c.median() - start)
	old := c.beyond
	c.beyond = bag{}
	for old.n > 0 {
		keys, n := c.take(&old)
		for _, k := range keys[:n] {
			c.add(k)
		}
	}
}

// divide chooses the buckets: half of the keys are to be closer than the span,
// and the buckets are to cover at least twice as much. They must be empty.
func (c *calendar) divide(span uint64) {
	half := max(c.n/(2*bucketSize), 1)
	width := max(span/uint64(half), 1<<(64-timeBits))
	c.shift = uint(bits.Len64(width) - 1)
	number := 1 << bits.Len(uint(4*half-1))
	c.buckets = slices.Grow(c.buckets[:0], number)[:number]
}

// median returns the median high word of a sample of what is beyond.
func (c *calendar) median() uint64 {
	var sample [sampleSize]uint64
	n := 0
	chunks := int(c.beyond.n+chunkSize-1) / chunkSize
	stride := chunks/sampleSize + 1
	at := c.beyond.first
	for i := range chunks {
		if i%stride == 0 {
			sample[n] = c.chunks[at].keys[0].high
			n++
		}
		at = c.chunks[at].next
	}
	slices.Sort(sample[:n])
	return sample[n/2]
}

// close moves everything beyond the last bucket.
func (c *calendar) close() {
	for i := c.next; i < len(c.buckets); i++ {
		for b := &c.buckets[i]; b.n > 0; {
			keys, n := c.take(b)
			for _, k := range keys[:n] {
				c.put(&c.beyond, k)
			}
		}
	}
	c.next = len(c.buckets)
}

// filter drops the keys for which keep is false.
func (c *calendar) filter(keep func(key) bool) {
	c.close()
	old := c.beyond
	c.beyond = bag{}
	for old.n > 0 {
		keys, n := c.take(&old)
		for _, k := range keys[:n] {
			if keep(k) {
				c.put(&c.beyond, k)
			}
		}
	}
	if c.n > 0 {
		c.newYear(c.horizon)
	} else {
		c.horizon = never
	}
}
