package engine

// A heap is a 4-ary heap of keys. The root is keys[3], the children of i are
// keys[4i-8:4i-4]: four siblings share a cache line. Entries from n on are
// never, so that every family is complete and an empty heap has the root never.
type heap struct {
	keys []key
	n    int  // end of the entries in use
	open bool // the root has been taken and not yet refilled
	dead int  // entries whose event has been cancelled
}

const root = 3

func newHeap() heap {
	h := heap{n: root}
	h.grow()
	return h
}

func (h *heap) len() int { return h.n - root }

func (h *heap) min() key { return h.keys[root] }

// take leaves the root as a hole, which the next push fills: an event that
// schedules another costs one sift instead of two.
func (h *heap) take() { h.open = true }

// close removes the root if its hole was not filled.
func (h *heap) close() {
	if !h.open {
		return
	}
	h.open = false
	h.n--
	k := h.keys[h.n]
	h.keys[h.n] = never
	if h.n > root {
		h.down(root, k)
	}
}

func (h *heap) push(k key) {
	if h.open {
		h.open = false
		h.down(root, k)
		return
	}
	if h.n+4 > len(h.keys) {
		h.grow()
	}
	h.n++
	h.up(h.n-1, k)
}

func (h *heap) grow() {
	keys := make([]key, 2*len(h.keys)+64)
	for i := copy(keys, h.keys); i < len(keys); i++ {
		keys[i] = never
	}
	h.keys = keys
}

func (h *heap) up(i int, k key) {
	for i > root {
		parent := i/4 + 2
		if before(k, h.keys[parent]) == 0 {
			break
		}
		h.keys[i] = h.keys[parent]
		i = parent
	}
	h.keys[i] = k
}

func (h *heap) down(i int, k key) {
	for {
		first := 4*i - 8
		if first >= h.n {
			break
		}
		family := (*[4]key)(h.keys[first:])
		least := leastOf(family)
		if before(family[least], k) == 0 {
			break
		}
		h.keys[i] = family[least]
		i = first + int(least)
	}
	h.keys[i] = k
}

// leastOf returns the index of the earliest of four keys without a branch; a
// random heap would mispredict one at every level.
func leastOf(f *[4]key) uint64 {
	x := before(f[1], f[0])
	y := 2 + before(f[3], f[2])
	return (x ^ (x^y)&-before(f[y&3], f[x&3])) & 3
}

// compact drops the entries that are not alive.
func (h *heap) compact(alive func(key) bool) {
	end := root
	for _, k := range h.keys[root:h.n] {
		if alive(k) {
			h.keys[end] = k
			end++
		}
	}
	for i := end; i < h.n; i++ {
		h.keys[i] = never
	}
	h.n, h.dead, h.open = end, 0, false
	for i := (end-1)/4 + 2; i >= root; i-- {
		h.down(i, h.keys[i])
	}
}
