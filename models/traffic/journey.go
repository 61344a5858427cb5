package traffic

import "github.com/headroom-sim/headroom/engine"

// Activity is what a receiver does with an attempt as long as it has not sent it on.
type Activity uint8

// The activities. Until a receiver says otherwise ([Attempt.Note]) it serves what it
// has received.
const (
	Service    Activity = iota // works on it
	Hold                       // keeps it without work, as its route demands
	Travel                     // carries it
	Connecting                 // does not hear of it: its SYN was lost, and is sent again
	Accepting                  // has it in the accept queue
	Queueing                   // has it in line for a thread, a server or a worker
	Pooling                    // has it in line for a connection of a pool
	Collapsing                 // has it wait for what another one fetches
	Starting                   // makes an environment for it
	Stalled                    // is kept by a fault from going on with it
	Pausing                    // lets time go by before another try
	Activities                 // how many there are
)

var activityNames = [Activities]string{
	"service", "hold", "network", "connect", "accept queue", "queue", "connection", "collapsed", "cold start", "stalled", "pause",
}

// String is the activity's name in reports.
func (a Activity) String() string { return activityNames[a] }

// Purpose is what an activity is to the request: "service", "network" or "waiting".
func (a Activity) Purpose() string {
	switch a {
	case Service, Hold:
		return "service"
	case Travel:
		return "network"
	}
	return "waiting"
}

// A Journey is the record of the way of an attempt: its hops, in the order in which
// they began. To keep one changes nothing for the attempt.
type Journey struct {
	Hops []*Hop

	sim *engine.Sim
}

// A Hop is the record of a call, from the caller to the receiver and back. It
// stands in the caller's place and passes on to it what it is told.
type Hop struct {
	Above *Hop        // in whose course the call was made; nil: it is the first
	First Receiver    // who has received it
	Sent  engine.Time // the call
	Left  engine.Time // the caller has given up, and the receiver goes on; -1: it has not
	Over  engine.Time // answered, or taken back; -1: neither yet
	// Withdrawn: it was taken back.
	Withdrawn bool
	Missed    bool  // as of the attempt that was answered
	Cause     Cause // of the answer
	// Detached: nobody has waited for it from the beginning.
	Detached bool
	Notes    []Note

	journey *Journey
	caller  Caller
	last    Receiver // at its end
	attempt *Attempt // until then
	depth   int32
}

// A Note says what the receiver of a hop does from an instant on.
type Note struct {
	From engine.Time
	What Activity
}

// Follow begins the record of the way of an attempt, which has been received for the
// first time and is about to be handed over.
func (a *Attempt) Follow(sim *engine.Sim, to Receiver) *Journey {
	j := &Journey{sim: sim}
	a.frames = a.frames[:1]
	a.frames[0].Callee = to
	j.record(a, nil)
	return j
}

// A Checkpoint hands attempts over to a place, and shows the hop that has led here to
// who follows them.
type Checkpoint struct{ To Receiver }

// Receive implements Receiver.
func (c *Checkpoint) Receive(a *Attempt) {
	a.frames[a.hops-1].Callee = c.To
	a.record()
	c.To.Receive(a)
}

// Withdraw implements Receiver. Attempts are handed over at once.
func (c *Checkpoint) Withdraw(*Attempt, int32) {
	panic("traffic: an attempt was withdrawn from a checkpoint, which holds none")
}

// tight tells whether there is no room beyond the attempt's hops: that is so where
// somebody follows it, and by chance; so that all others need not be asked for more.
func (a *Attempt) tight() bool { return int(a.hops) == len(a.frames) }

// record takes in the hop that the attempt has just made, if somebody follows it.
func (a *Attempt) record() {
	if a.hops < 2 {
		return
	}
	if above, ok := a.frames[a.hops-2].Caller.(*Hop); ok {
		above.journey.record(a, above)
	}
}

// record puts the record of an attempt's last hop in the place of its caller.
func (j *Journey) record(a *Attempt, above *Hop) {
	f := &a.frames[a.hops-1]
	h := j.hop(above, f.Callee)
	h.caller, h.attempt, h.depth = f.Caller, a, a.hops-1
	f.Caller = h
}

// hop begins the record of a hop.
func (j *Journey) hop(above *Hop, first Receiver) *Hop {
	h := &Hop{Above: above, First: first, Sent: j.sim.Now(), Left: -1, Over: -1, journey: j}
	j.Hops = append(j.Hops, h)
	return h
}

// followed is the record of the attempt's last hop; nil: nobody follows it.
func (a *Attempt) followed() *Hop {
	if a.hops == 0 {
		return nil
	}
	h, _ := a.frames[a.hops-1].Caller.(*Hop)
	return h
}

// Note tells who follows the attempt what the receiver of its last hop does with it
// from now on.
func (a *Attempt) Note(what Activity) {
	if a.tight() {
		a.NoteAfter(0, what)
	}
}

// NoteAfter is Note of what the receiver is to do after some time.
func (a *Attempt) NoteAfter(d engine.Time, what Activity) {
	if h := a.followed(); h != nil {
		h.note(what, h.journey.sim.Now()+d)
	}
}

// note replaces what was to come at the instant, or later.
func (h *Hop) note(what Activity, at engine.Time) {
	for last := len(h.Notes) - 1; last >= 0 && h.Notes[last].From >= at; last-- {
		h.Notes = h.Notes[:last]
	}
	h.Notes = append(h.Notes, Note{at, what})
}

// Detach begins the record of what the receiver of the attempt's last hop does for
// it, and the attempt does not wait for; nil: nobody follows the attempt. A record
// that is nil takes notes as any other.
func (a *Attempt) Detach() *Hop {
	above := a.followed()
	if above == nil {
		return nil
	}
	h := above.journey.hop(above, above.Last())
	h.Detached, h.Left, h.last = true, h.Sent, h.First
	return h
}

// Note says what is done from now on.
func (h *Hop) Note(what Activity) {
	if h != nil {
		h.note(what, h.journey.sim.Now())
	}
}

// Done ends the record of what the attempt does not wait for.
func (h *Hop) Done() {
	if h != nil {
		h.Over = h.journey.sim.Now()
	}
}

// Last is who has answered the call, or has it: another one than First where that
// one has handed it over.
func (h *Hop) Last() Receiver {
	if h.last != nil {
		return h.last
	}
	return h.attempt.frames[h.depth].Callee
}

// end notes that the call is over for the attempt, which has one hop less.
func (h *Hop) end(a *Attempt) {
	h.last, h.Over = a.frames[a.hops].Callee, h.journey.sim.Now()
	a.frames = a.frames[:a.hops]
}

// Answered implements Caller.
func (h *Hop) Answered(a *Attempt, tag int32, cause Cause) {
	h.end(a)
	h.Cause, h.Missed = cause, a.Missed
	h.caller.Answered(a, tag, cause)
}

// Moved implements Caller.
func (h *Hop) Moved(a *Attempt, tag int32) {
	h.attempt = a
	h.caller.Moved(a, tag)
}

// leave gives a call to another caller: its own has given up.
func (f *Frame) leave(to Caller) {
	h, ok := f.Caller.(*Hop)
	if !ok {
		f.Caller = to
		return
	}
	h.caller, h.Left = to, h.journey.sim.Now()
}

// self is the caller of a hop, whether somebody follows that or not.
func (f *Frame) self() Caller {
	if h, ok := f.Caller.(*Hop); ok {
		return h.caller
	}
	return f.Caller
}
