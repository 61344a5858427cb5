package traffic

// Pool is a free list of attempts. It also is the caller of attempts for whose
// answer nobody waits any more.
type Pool struct {
	Grown func() // unless nil, is told that there is one more than ever before

	free *Attempt // the first of those that are free
	out  int      // those that are not
}

// Get returns a blank attempt.
func (p *Pool) Get() *Attempt {
	p.out++
	a := p.free
	if a == nil {
		return p.grow()
	}
	// Field by field, which costs less than to copy a blank attempt.
	p.free, a.Visitor, a.Link = a.next, nil, Link{}
	a.Request, a.User = Request{}, 0
	a.Probe, a.ProbeDemand, a.Handshake, a.Gone, a.Missed, a.Delivered, a.Try = false, 0, false, false, false, false, 0
	a.hops, a.base = 0, 0
	return a
}

func (p *Pool) grow() *Attempt {
	if p.Grown != nil {
		p.Grown()
	}
	return &Attempt{pool: p, frames: make([]Frame, 4)}
}

// Out is the number of attempts that have not been released: those under way.
func (p *Pool) Out() int { return p.out }

// Answered releases an attempt that nobody waits for.
func (p *Pool) Answered(a *Attempt, _ int32, _ Cause) { p.put(a) }

// Moved does nothing: nobody waits.
func (p *Pool) Moved(*Attempt, int32) {}

func (p *Pool) put(a *Attempt) {
	p.out--
	p.free, a.next = a, p.free
}
