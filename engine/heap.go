package engine

// A heap is a binary heap of keys that are due, the earliest first. Few ever come
// here.
type heap []key

// push adds k.
func (h *heap) push(k key) {
	keys := append(*h, k)
	*h = keys
	at := len(keys) - 1
	for at > 0 {
		parent := (at - 1) / 2
		if precedes(keys[parent], k) {
			break
		}
		keys[at] = keys[parent]
		at = parent
	}
	keys[at] = k
}

// pop removes the earliest.
func (h *heap) pop() key {
	last := len(*h) - 1
	first, k := (*h)[0], (*h)[last]
	keys := (*h)[:last]
	*h = keys
	at := 0
	for child := 1; child < last; child = 2*at + 1 {
		if child+1 < last && precedes(keys[child+1], keys[child]) {
			child++
		}
		if precedes(k, keys[child]) {
			break
		}
		keys[at] = keys[child]
		at = child
	}
	if last > 0 {
		keys[at] = k
	}
	return first
}

// filter keeps the keys for which keep is true. The new heap grows into the slice
// of the old one, behind the key that is read: it has no more than were read.
func (h *heap) filter(keep func(key) bool) {
	keys := *h
	*h = keys[:0]
	for _, k := range keys {
		if keep(k) {
			h.push(k)
		}
	}
}
