// Package traffic is the vocabulary that the components of the data plane
// share: an Attempt travels from a client through balancers and servers, hop by
// hop, and an answer travels back.
//
// Each hop pushes a frame that names who called whom. A component that passes
// an attempt on ([Attempt.Call]) therefore needs no record of who asked it, and
// one that answers ([Attempt.Reply]) needs not know who is waiting:
//
//	client --Call--> balancer --Call--> nginx --Call--> station
//	client <-Reply-- balancer <-Reply-- nginx <-Reply-- station
//
// Components never import each other; they meet here.
package traffic

import "github.com/headroom-sim/headroom/engine"

// Cause tells how an attempt ended. OK is success; the rest is the closed list
// of failures as the client sees them.
type Cause uint8

// The causes, in the order in which reports print them.
const (
	OK        Cause = iota
	Refused         // the port is closed: connection refused
	Timeout         // the client gave up waiting
	Reset           // RST on a connection in use
	Closed          // end of file without an answer
	Abandoned       // patience ran out in a queue
	Blocked         // the queue was full
	Status429
	Status500
	Status502
	Status503
	Status504
	Causes // how many there are
)

var causeNames = [Causes]string{"ok", "refused", "timeout", "reset", "closed", "abandoned", "blocked", "429", "500", "502", "503", "504"}

// String is the name under which reports count the cause, as in errors.<name>.
func (c Cause) String() string { return causeNames[c] }

// A Receiver works on attempts that others send to it.
type Receiver interface {
	// Receive takes the attempt over. The receiver answers exactly once with
	// Attempt.Reply, now or later, unless the attempt is withdrawn first.
	Receive(a *Attempt)
	// Withdraw takes back an attempt that the receiver holds: it forgets the
	// attempt, frees what it held for it, and does not answer. Receivers
	// further down have been told before.
	Withdraw(a *Attempt, slot int32)
}

// A Caller sends attempts to receivers and takes their answers.
type Caller interface {
	// Answered brings the answer to the call that was made with this tag.
	Answered(a *Attempt, tag int32, cause Cause)
	// Moved tells that another object carries the call with this tag from now
	// on: somebody further down has separated the attempt from the work below
	// (see Attempt.Cut).
	Moved(a *Attempt, tag int32)
}

// A Carrier is a Caller that only carries attempts and answers between two others,
// such as a network.
type Carrier interface {
	Caller
	// Carries does nothing: it marks who is a Carrier.
	Carries()
}

// Frame is one hop of an attempt on its way.
type Frame struct {
	Caller Caller
	Callee Receiver
	Tag    int32 // the caller's own mark, given back with the answer
	Slot   int32 // the callee's own mark, given back by Withdraw
}

// Request says which request an attempt is a try of. Everything random about it
// is a function of these ordinals alone, so that the same user does the same
// things under any policy.
type Request struct {
	Session uint64 // ordinal of the session within its population
	Ordinal uint32 // ordinal of the request within its session
	Salt    uint32 // hash of the population's name: keeps populations' luck apart, whatever else the scenario has
	Client  int32  // index of the client population
	Route   int32  // index of the route
}

// Attempt is one try of a request, or one health check, on its way.
//
// What each hop looks at comes first: a cache line holds it.
type Attempt struct {
	frames     []Frame // of the hops so far; beyond them there is room for more
	hops, base int32   // frames below base belong to callers that have given up

	// Link is the connection of the current hop.
	Link Link
	// Probe marks a health check: it costs ProbeDemand of CPU wherever it is
	// worked on, and goes no further.
	Probe bool
	// Handshake marks a health check that only asks for a connection: whoever
	// would accept one answers it.
	Handshake bool
	// Gone: the client no longer waits for the answer.
	Gone bool
	// Missed: the place that has just answered well is a cache, and did not have
	// what was asked for. The caller looks at it, and clears it.
	Missed bool
	// Delivered: a content delivery network sends the answer to the client.
	Delivered bool
	// Try is the ordinal of the client's try, from 0. What a request is and does is
	// the same at each; where it goes need not be.
	Try uint16

	Request
	// User identifies who sends, for address hashing.
	User uint64
	// Visitor is what the sender keeps from answers for its next requests; nil if
	// it keeps nothing, is not a visitor, or has left.
	Visitor     *Visitor
	ProbeDemand engine.Time

	pool *Pool
	next *Attempt // free
}

// Link is the connection over which an attempt travels on the current hop, from
// the calling side: a proxy keeps its own caller's link while it calls on.
type Link struct {
	Conn ConnRef // none: the callee opens one, and stores it here when it has accepted it
	Keep bool    // the caller wants to keep the connection after the answer
	// Queued: the callee's kernel has established the connection, whether its
	// software has accepted it or not.
	Queued bool
}

// Conn is a connection that a server has accepted, as its peer may see it.
// Servers own and recycle the memory; peers hold ConnRefs.
type Conn struct {
	Index int32 // the server's own mark
	// Home is where the connection leads.
	Home Receiver
	// Hangup, when not nil, closes an idle connection from the peer's side.
	Hangup func(*Conn)

	generation uint32
	open       bool
	closed     engine.Time // the last time
}

// Open marks the connection as established and returns the peer's reference.
func (c *Conn) Open() ConnRef {
	c.open = true
	return ConnRef{c, c.generation}
}

// Close marks the connection as closed at the instant now; all references to it
// turn stale.
func (c *Conn) Close(now engine.Time) {
	c.open, c.closed = false, now
	c.generation++
}

// ConnRef is a peer's reference to a connection. The zero value is none.
type ConnRef struct {
	conn       *Conn
	generation uint32
}

// Conn is the connection if it is still open, else nil. A peer whose
// connection has been closed while idle notices it here, and opens a new one.
func (r ConnRef) Conn() *Conn {
	if r.conn == nil || !r.conn.open || r.conn.generation != r.generation {
		return nil
	}
	return r.conn
}

// ClosedAt is the instant at which the connection was closed; false while it is
// open, without one, and once its memory has seen another one closed.
func (r ConnRef) ClosedAt() (engine.Time, bool) {
	if r.conn == nil || r.conn.generation != r.generation+1 {
		return 0, false
	}
	return r.conn.closed, true
}

// Hangup closes the connection from the peer's side, if it is still open.
func (r ConnRef) Hangup() {
	if c := r.Conn(); c != nil && c.Hangup != nil {
		c.Hangup(c)
	}
}

// Call sends the attempt on to callee. The answer comes to caller.Answered with
// the tag. Link must have been set for this hop.
func (a *Attempt) Call(callee Receiver, caller Caller, tag int32) {
	a.Hop(callee, caller, tag)
	if a.tight() {
		a.record()
	}
	callee.Receive(a)
}

// Hop is Call without the call of callee.Receive, which must follow: one step less
// where every request comes by. Who follows the attempt does not see the hop, unless
// it leads through a [Checkpoint].
func (a *Attempt) Hop(callee Receiver, caller Caller, tag int32) {
	f := a.frame()
	a.hops++
	f.Caller, f.Callee, f.Tag, f.Slot = caller, callee, tag, -1 // costs less than to copy a whole frame
}

// frame is that of the next hop.
func (a *Attempt) frame() *Frame {
	if hop := uint(a.hops); hop < uint(len(a.frames)) {
		return &a.frames[hop]
	}
	a.frames = append(a.frames, Frame{})
	return &a.frames[a.hops]
}

// Forward hands the last hop over to another receiver, which answers in the
// place of the one that has just received the attempt.
func (a *Attempt) Forward(to Receiver) {
	a.frames[a.hops-1].Callee = to
	to.Receive(a)
}

// Hold notes the receiver's own mark for the attempt that it has just received,
// and returns the attempt's depth. It may be called again while the receiver is the
// last hop.
func (a *Attempt) Hold(slot int32) (depth int32) {
	a.frames[a.hops-1].Slot = slot
	return a.hops
}

// From is who has sent the attempt to the receiver that has just received it: the
// caller of the last hop, or whom that one carries it for.
func (a *Attempt) From() Caller {
	last := a.hops - 1
	for last > 0 && a.frames[last].carried() {
		last--
	}
	return a.frames[last].self()
}

// Depth is the number of hops that the attempt has made. A receiver that may
// have to cut the attempt later notes the depth at which it received it.
func (a *Attempt) Depth() int32 { return a.hops }

// Reply answers the last call: its frame is popped, and its caller told.
func (a *Attempt) Reply(cause Cause) {
	a.hops--
	f := &a.frames[a.hops]
	f.Caller.Answered(a, f.Tag, cause)
}

// Cut separates the attempt below depth hops from what is above: the hops
// below go on with their work on this object, and nobody waits for their
// answer; the returned attempt has the hops above, the last of which is yet to
// be answered, with the given link, and their callers are told of it. With
// depth 0 nothing is above, and nil is returned. Depths stay valid on both
// objects.
//
// This is what happens when a caller gives up waiting: a client that leaves
// (depth 0), a balancer whose idle timeout runs out (the depth at which it
// received the attempt).
func (a *Attempt) Cut(depth int32, link Link) *Attempt {
	var upper *Attempt
	if depth > a.base {
		upper = a.pool.Get()
		frames := append(upper.frames[:0], a.frames[:depth]...)
		*upper = *a
		upper.frames, upper.hops, upper.Link = frames, depth, link
		for _, f := range frames[a.base:] {
			f.Caller.Moved(upper, f.Tag)
		}
	}
	a.Gone, a.base, a.Visitor = true, depth, nil
	if depth < a.hops {
		a.frames[depth].leave(a.pool)
	}
	return upper
}

// Orphan reports whether the caller of the last hop has given up. Its
// connection is no longer of use then.
func (a *Attempt) Orphan() bool {
	if !a.Gone {
		return false
	}
	last := a.hops - 1
	for last > a.base && a.frames[last].carried() {
		last--
	}
	return a.base == last
}

// Carried reports whether a Carrier has made the last hop.
func (a *Attempt) Carried() bool { return a.frames[a.hops-1].carried() }

func (f *Frame) carried() bool {
	_, ok := f.self().(Carrier)
	return ok
}

// Withdraw takes the attempt back from all hops beyond depth, the furthest
// first, and leaves depth hops.
func (a *Attempt) Withdraw(depth int32) {
	for a.hops > depth {
		a.hops--
		f := a.frames[a.hops]
		if h, ok := f.Caller.(*Hop); ok {
			h.Withdrawn = true
			h.end(a)
		}
		f.Callee.Withdraw(a, f.Slot)
	}
}

// Release gives the attempt back to its pool. Whoever made it (a client, a
// balancer for its probes) releases it after the last answer.
func (a *Attempt) Release() { a.pool.put(a) }
