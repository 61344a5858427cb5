package gcp

import "github.com/headroom-sim/headroom/engine"

// peak is the greatest of the sizes of a sliding window. It keeps only those
// that may still become the greatest: each is less than those before it.
type peak struct {
	window engine.Time
	sizes  []size
}

type size struct {
	at engine.Time
	n  int
}

// add takes one more size in, which is the newest, and drops those that left
// the window: a size counts for less than the window's length.
func (p *peak) add(now engine.Time, n int) {
	for len(p.sizes) > 0 && p.sizes[len(p.sizes)-1].n <= n {
		p.sizes = p.sizes[:len(p.sizes)-1]
	}
	old := 0
	for old < len(p.sizes) && p.sizes[old].at+p.window <= now {
		old++
	}
	p.sizes = append(p.sizes[:0], p.sizes[old:]...)
	p.sizes = append(p.sizes, size{now, n})
}

// greatest is the greatest size that the window has at an instant, and the one
// that is the last to be at least floor: until it leaves, so much is held.
func (p *peak) greatest(now engine.Time, floor int) (n int, until engine.Time) {
	for _, s := range p.sizes {
		if end := s.at + p.window; end > now {
			n = max(n, s.n)
			if s.n >= floor {
				until = end
			}
		}
	}
	return n, until
}
