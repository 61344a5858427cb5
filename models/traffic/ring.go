package traffic

// A Ring is a queue with two ends, in an array that grows as needed. The zero
// value is empty and ready.
type Ring[T any] struct {
	items []T // their number is a power of two
	first int // position of the first, modulo that number
	n     int
}

// Len is the number of items.
func (r *Ring[T]) Len() int { return r.n }

// At is the i-th item from the front, from 0, until the ring next changes.
func (r *Ring[T]) At(i int) *T { return &r.items[(r.first+i)&(len(r.items)-1)] }

// PushBack adds an item as the last.
func (r *Ring[T]) PushBack(item T) {
	if r.n == len(r.items) {
		r.grow()
	}
	*r.At(r.n) = item
	r.n++
}

// PushFront adds an item as the first.
func (r *Ring[T]) PushFront(item T) {
	if r.n == len(r.items) {
		r.grow()
	}
	r.first--
	r.n++
	*r.At(0) = item
}

// PopBack takes the last item. There must be one.
func (r *Ring[T]) PopBack() T {
	r.n--
	return *r.At(r.n)
}

// PopFront takes the first item. There must be one.
func (r *Ring[T]) PopFront() T {
	item := *r.At(0)
	r.first++
	r.n--
	return item
}

func (r *Ring[T]) grow() {
	items := make([]T, max(8, 2*len(r.items)))
	for i := range r.n {
		items[i] = *r.At(i)
	}
	r.items, r.first = items, 0
}
