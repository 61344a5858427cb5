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
	trips           []*trip // by slot
	free            []*trip
	crossed         []uint64 // by route
}

// distance is one of the two round trips, half by half.
type distance struct {
	there, back *engine.Lane[*trip] // nil: takes no time
}

// trip is an attempt on a way.
type trip struct {
	slot    int32
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
	to      traffic.Receiver
	zone    string // of to; "" is none

	Free bool // what crosses zones on it is not counted
}

// Way returns the way from a zone to a place in a zone; "" is none. Where the
// place is [Located], that decides about its zone.
func (n *Network) Way(from string, to traffic.Receiver, zone string) *Way {
	return &Way{network: n, from: from, to: to, zone: zone}
}

// Receive implements traffic.Receiver.
func (w *Way) Receive(a *traffic.Attempt) {
	n, to, zone := w.network, w.to, w.zone
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
	t := n.depart(a)
	t.far, t.to, t.stage = far, to, outward
	t.open = a.Link.Conn.Conn() != nil
	t.notice = far.there.Start(t)
}

// Withdraw implements traffic.Receiver. An answer that is withdrawn on its way
// back leaves a connection behind that nobody knows: it is closed.
func (w *Way) Withdraw(a *traffic.Attempt, slot int32) {
	n := w.network
	t := n.trips[slot]
	switch t.stage {
	case outward:
		n.sim.Cancel(t.notice)
	case homeward:
		n.sim.Cancel(t.notice)
		a.Link.Conn.Hangup()
	}
	n.release(t)
}

// depart makes a record of an attempt that has just come to a way.
func (n *Network) depart(a *traffic.Attempt) *trip {
	var t *trip
	if last := len(n.free) - 1; last >= 0 {
		t, n.free = n.free[last], n.free[:last]
	} else {
		t = &trip{slot: int32(len(n.trips))}
		n.trips = append(n.trips, t)
	}
	t.attempt = a
	a.Hold(t.slot)
	return t
}

func (n *Network) release(t *trip) {
	t.attempt, t.to = nil, nil
	n.free = append(n.free, t)
}

// arrive is the event at which an attempt is at the far end. If the connection
// on which it travels has been closed meanwhile, it is reset: the sender could
// not know.
func (n *Network) arrive(t *trip) {
	if t.open && t.attempt.Link.Conn.Conn() == nil {
		n.goBack(t, traffic.Reset)
		return
	}
	t.stage = arrived
	t.attempt.Call(t.to, n, t.slot)
}

// Answered implements traffic.Caller. Nobody carries an answer back for which
// nobody waits.
func (n *Network) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	t := n.trips[tag]
	t.attempt = a
	if a.Orphan() {
		n.release(t)
		a.Link.Conn.Hangup()
		a.Reply(cause)
		return
	}
	n.goBack(t, cause)
}

// goBack sends an answer back. It says that there has been a connection, lest one
// whose connection is closed already is taken for an attempt that waits for it.
func (n *Network) goBack(t *trip, cause traffic.Cause) {
	t.stage, t.cause = homeward, cause
	t.attempt.Link.Queued = true
	t.notice = t.far.back.Start(t)
}

// comeBack is the event at which an answer is back.
func (n *Network) comeBack(t *trip) {
	a, cause := t.attempt, t.cause
	n.release(t)
	if a.Orphan() {
		a.Link.Conn.Hangup()
	}
	a.Reply(cause)
}

// Moved implements traffic.Caller.
func (n *Network) Moved(a *traffic.Attempt, tag int32) { n.trips[tag].attempt = a }

// Wire implements traffic.Wire.
func (n *Network) Wire() {}

// Carries implements traffic.Carrier.
func (n *Network) Carries() {}
