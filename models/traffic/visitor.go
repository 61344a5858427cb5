package traffic

import "github.com/headroom-sim/headroom/engine"

// A Visitor is what the sender of a session's requests carries from one to the
// next: the cookies of balancers, whether it is signed in, and what DNS has told
// it of its target.
type Visitor struct {
	Login   Login
	Address Address
	cookies []Cookie
}

// A Cookie leads a visitor of a balancer back to the same target.
type Cookie struct {
	By      int32       // the balancer's mark
	Target  int         // the balancer's mark of the target
	Expires engine.Time // the visitor forgets it then
}

// Cookie returns the balancer's cookie unless there is none or it has expired.
func (v *Visitor) Cookie(by int32, now engine.Time) (Cookie, bool) {
	for _, c := range v.cookies {
		if c.By == by {
			return c, now < c.Expires
		}
	}
	return Cookie{}, false
}

// SetCookie replaces the balancer's cookie.
func (v *Visitor) SetCookie(c Cookie) {
	for i := range v.cookies {
		if v.cookies[i].By == c.By {
			v.cookies[i] = c
			return
		}
	}
	v.cookies = append(v.cookies, c)
}

// Forget makes a new visitor of an old one, and keeps the memory.
func (v *Visitor) Forget() { *v = Visitor{cookies: v.cookies[:0]} }

// An Address is the answer of DNS to the question for a visitor's target.
type Address struct {
	Record int32       // the name's own mark
	Until  engine.Time // whoever has it asks again from then on; 0: nobody has asked
}

// Login is a visitor's being signed in.
type Login struct {
	In   *Memory     // where the signed-in state is; nil: not signed in
	At   *Memory     // of the server that served the last request
	Used engine.Time // the last request
	// Stale: the state is gone, and the visitor has yet to learn it.
	Stale bool
	// Lost: the answer to the last request said that the sign-in is gone, through
	// no doing of the visitor's.
	Lost bool

	slot int // in the memory
}

// Memory is a place that keeps the state of signed-in visitors: an instance, or
// a node of a shared store.
type Memory struct{ logins []*Login }

// Len is the number of sign-ins whose state is in the memory.
func (m *Memory) Len() int { return len(m.logins) }

// Keep moves the state of a sign-in into the memory.
func (m *Memory) Keep(l *Login) {
	l.Leave()
	*l = Login{In: m, slot: len(m.logins)}
	m.logins = append(m.logins, l)
}

// Leave takes the state of a sign-in out of its memory; the visitor is no longer
// signed in.
func (l *Login) Leave() {
	if l.In == nil {
		return
	}
	kept := &l.In.logins
	last := len(*kept) - 1
	(*kept)[l.slot] = (*kept)[last]
	(*kept)[l.slot].slot = l.slot
	(*kept)[last] = nil
	*kept = (*kept)[:last]
	*l = Login{}
}

// Clear empties the memory; its visitors do not know it yet. It calls fn with
// each sign-in before it goes.
func (m *Memory) Clear(fn func(l *Login)) {
	for _, l := range m.logins {
		fn(l)
		*l = Login{Stale: true}
	}
	clear(m.logins)
	m.logins = m.logins[:0]
}
