package network

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Located is a place whose zone depends on the attempt, since it is in several: a
// load balancer or a fleet.
type Located interface {
	// Locate says where an attempt arrives that is sent to the place now: who
	// receives it, and in which zone; "" is none. It is asked once for each, so
	// that it may decide.
	Locate(a *traffic.Attempt) (to traffic.Receiver, zone string)
}

// A Network carries attempts between zones. It is the caller of those that are
// being worked on at the far end of a way.
type Network struct {
	sim             *engine.Sim
	within, between distance
	trips           traffic.Slots[trip]
	crossed         []uint64 // by route
}

// distance is one of the two round trips, half by half.
type distance struct {
	there, back *engine.Lane[int32] // nil: takes no time
}

// trip is an attempt on a way.
type trip struct {
	attempt *traffic.Attempt
	far     *distance
	to      traffic.Receiver
	stage   stage
	open    bool // the attempt travels on an open connection
	cause   traffic.Cause
	notice  engine.Notice
}

type stage uint8

const (
	outward stage = iota
	arrived
	homeward
)

// New returns the network with the given round trips within a zone and between
// zones, 0 or more, for so many routes.
func New(sim *engine.Sim, within, between engine.Time, routes int) *Network {
	n := &Network{sim: sim, crossed: make([]uint64, routes)}
	n.within = n.distance("network/within a zone", within)
	n.between = n.distance("network/between zones", between)
	return n
}

func (n *Network) distance(name string, trip engine.Time) distance {
	if trip == 0 {
		return distance{}
	}
	return distance{
		there: engine.NewLane(n.sim, name, engine.Seize, trip/2, n.arrive),
		back:  engine.NewLane(n.sim, name+", back", engine.Release, trip-trip/2, n.comeBack),
	}
}

// Crossed is how many calls there have been between zones so far, by route, on
// ways that are not free. Health checks are none. It is valid until the next call.
func (n *Network) Crossed() []uint64 { return n.crossed }

// A Way leads from a zone to a place.
type Way struct {
	network *Network
	from    string
	zone    string // of To; "" is none

	To   traffic.Receiver
	Free bool // what crosses zones on it is not counted
}

// Way returns the way from a zone to a place in a zone; "" is none. Where the
// place is [Located], that decides about its zone.
func (n *Network) Way(from string, to traffic.Receiver, zone string) *Way {
	return &Way{network: n, from: from, zone: zone, To: to}
}

// Receive implements traffic.Receiver.
func (w *Way) Receive(a *traffic.Attempt) {
	n, to, zone := w.network, w.To, w.zone
	if place, ok := to.(Located); ok {
		to, zone = place.Locate(a)
	}
	far := &n.within
	if zone != "" && w.from != "" && zone != w.from {
		far = &n.between
		if !a.Probe && !w.Free {
			n.crossed[a.Route]++
		}
	}
	if far.there == nil {
		a.Forward(to)
		return
	}
	a.Note(traffic.Travel)
	slot := n.trips.Take(trip{attempt: a, far: far, to: to, open: a.Link.Conn.Conn() != nil})
	a.Hold(slot)
	n.trips.At(slot).notice = far.there.Start(slot)
}

// Withdraw implements traffic.Receiver. An answer that is withdrawn on its way
// back leaves a connection behind that nobody knows: it is closed.
func (w *Way) Withdraw(a *traffic.Attempt, slot int32) {
	n := w.network
	switch t := n.trips.Free(slot); t.stage {
	case outward:
		n.sim.Cancel(t.notice)
	case homeward:
		n.sim.Cancel(t.notice)
		a.Link.Conn.Hangup()
	}
}

// arrive is the event at which an attempt is at the far end. If the connection
// on which it travels has been closed meanwhile, it is reset: the sender could
// not know.
func (n *Network) arrive(slot int32) {
	t := n.trips.At(slot)
	if t.open && t.attempt.Link.Conn.Conn() == nil {
		n.goBack(slot, traffic.Reset)
		return
	}
	t.stage = arrived
	t.attempt.Call(t.to, n, slot)
}

// Answered implements traffic.Caller. Nobody carries an answer back for which
// nobody waits.
func (n *Network) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	n.trips.At(tag).attempt = a
	if a.Orphan() {
		n.trips.Free(tag)
		a.Link.Conn.Hangup()
		a.Reply(cause)
		return
	}
	n.goBack(tag, cause)
}

// goBack sends an answer back. It says that there has been a connection, lest one
// whose connection is closed already is taken for an attempt that waits for it.
func (n *Network) goBack(slot int32, cause traffic.Cause) {
	t := n.trips.At(slot)
	t.stage, t.cause = homeward, cause
	t.attempt.Link.Queued = true
	t.notice = t.far.back.Start(slot)
}

// comeBack is the event at which an answer is back.
func (n *Network) comeBack(slot int32) {
	t := n.trips.Free(slot)
	a := t.attempt
	if a.Orphan() {
		a.Link.Conn.Hangup()
	}
	a.Reply(t.cause)
}

// Moved implements traffic.Caller.
func (n *Network) Moved(a *traffic.Attempt, tag int32) { n.trips.At(tag).attempt = a }

// Carries implements traffic.Carrier.
func (n *Network) Carries() {}
