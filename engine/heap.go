package engine

// A heap is a 4-ary heap of keys, the top apart and the others in families of
// four siblings, which share a cache line. The children of the top are family
// 0, those of the key at place j of family g are family 4g+j+1. Places that are
// not in use hold never, so that every family is complete.
type heap struct {
	top      key
	families [][4]key
	n        int // keys besides the top, -1 if the heap is empty
	bottom   key // the top of an empty heap
}

func newHeap() heap { return heap{top: noKey, n: -1, bottom: noKey} }

func (h *heap) len() int { return h.n + 1 }

// push adds k.
func (h *heap) push(k key) {
	n := h.n
	h.n++
	if n < 0 {
		h.top = k
		return
	}
	if n>>2 == len(h.families) {
		h.families = append(h.families, [4]key{noKey, noKey, noKey, noKey})
	}
	hole := &h.families[n>>2][n&3]
	for g := n >> 2; g > 0; {
		g--
		parent := &h.families[g>>2][g&3]
		if !precedes(k, *parent) {
			*hole = k
			return
		}
		*hole = *parent
		hole = parent
		g >>= 2
	}
	if !precedes(k, h.top) {
		*hole = k
		return
	}
	*hole = h.top
	h.top = k
}

// pop removes the top.
func (h *heap) pop() {
	h.n--
	if h.n < 0 {
		h.top = h.bottom
		return
	}
	last := &h.families[h.n>>2][h.n&3]
	k := *last
	*last = noKey
	h.replace(k)
}

// replace puts k in the place of the top.
func (h *heap) replace(k key) {
	hole := &h.top
	families := h.families[:(h.n+3)>>2]
	for g := uint64(0); g < uint64(len(families)); {
		f := &families[g]
		// The earliest of the four, by the high words: on which it is there is no
		// branch, which a random heap would mispredict at every level, only on whether
		// two are equal, which is rare.
		a, b, c, d := f[0].high, f[1].high, f[2].high, f[3].high
		left, right := min(a, b), min(c, d)
		place := less(b, a)
		place ^= (place ^ (2 + less(d, c))) & -less(right, left)
		if a == b || c == d || left == right {
			place = firstOfEqual(f)
		}
		place &= 3
		least := &f[place]
		if !precedes(*least, k) {
			break
		}
		*hole = *least
		hole = least
		g = 4*g + place + 1
	}
	*hole = k
}

// firstOfEqual is the place of the earliest of four keys where the low words may
// decide.
func firstOfEqual(f *[4]key) uint64 {
	i, j := before(f[1], f[0]), 2+before(f[3], f[2])
	if precedes(f[j], f[i]) {
		return j
	}
	return i
}

// filter keeps the keys for which keep is true.
func (h *heap) filter(keep func(key) bool) {
	n := h.n
	top := h.top
	h.top, h.n = h.bottom, -1
	if n >= 0 && keep(top) {
		h.push(top)
	}
	for i := range n {
		place := &h.families[i>>2][i&3]
		k := *place
		*place = noKey
		if keep(k) {
			h.push(k)
		}
	}
}
