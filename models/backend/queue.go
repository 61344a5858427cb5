package backend

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
)

// QueueSpec is a message queue with its consumers: [services.NAME] with
// kind = "queue".
type QueueSpec struct {
	Workers   int           `toml:"workers" required:"true" range:"1..1000000" doc:"Consumers: messages in work at a time."`
	Work      quantity.Span `toml:"work" required:"true" doc:"Time that a consumer works on a message. The producer does not wait for it: its call takes the route's demand, the time to hand a message in, which nothing else delays."`
	MaxLength *int          `toml:"max_length" range:"0..1000000000" doc:"Messages that can wait; a producer that finds so many is turned away (blocked). Left out: any number."`
}

// A Queue takes messages from producers, through a broker that works on their
// calls, and hands them to consumers, first in, first out. A message that a
// consumer had when the broker failed is handed out anew, before all others: no
// message is lost.
type Queue struct {
	sim      *engine.Sim
	broker   traffic.Receiver
	work     quantity.Span
	luck     random.Stream
	room     int // for messages that wait; -1: any number
	impaired traffic.Impairment

	line    traffic.Ring[message]
	workers []consumer
	idle    []int32 // workers, while the queue works
	halted  bool

	calls  traffic.Slots[*traffic.Attempt] // at the broker
	done   *engine.Routine[int32]
	number tally.Level // messages waiting and in work
	busy   tally.Level
	waits  tally.Recorder
	QueueTally
	past             books
	stored, consumed uint64 // up to the last cut
}

// A message waits for its work. Work is a function of the request that sent it.
type message struct {
	session, request uint64
	since            engine.Time  // -1: handed out before
	record           *traffic.Hop // nil: nobody follows the request
}

// A consumer works on one message at a time.
type consumer struct {
	message message
	notice  engine.Notice
	busy    bool
}

// QueueConfig is what a queue needs to know of the rest of the site.
type QueueConfig struct {
	Name   string
	Broker traffic.Receiver // answers the producers' calls
	Stream func(name string) random.Stream
}

// NewQueue makes a queue of a checked Spec.
func NewQueue(sim *engine.Sim, spec *QueueSpec, c QueueConfig) *Queue {
	q := &Queue{
		sim: sim, broker: c.Broker, work: spec.Work, luck: c.Stream("work/" + c.Name),
		room: -1, workers: make([]consumer, spec.Workers),
	}
	if spec.MaxLength != nil {
		q.room = *spec.MaxLength
	}
	for i := range q.workers {
		q.idle = append(q.idle, int32(len(q.workers)-1-i))
	}
	q.done = engine.NewRoutine(sim, c.Name+": message done", engine.Release, q.onDone)
	return q
}

// Receive implements traffic.Receiver.
func (q *Queue) Receive(a *traffic.Attempt) {
	q.came(a)
	slot := q.calls.Take(a)
	a.Hold(slot)
	a.Call(q.broker, q, slot)
}

// Answered implements traffic.Caller: the broker has the message.
func (q *Queue) Answered(a *traffic.Attempt, slot int32, cause traffic.Cause) {
	q.calls.Free(slot)
	if cause == traffic.OK && !a.Probe && !q.put(a) {
		cause = traffic.Blocked
	}
	q.answered(cause)
	a.Reply(cause)
}

// Moved implements traffic.Caller.
func (q *Queue) Moved(a *traffic.Attempt, slot int32) { *q.calls.At(slot) = a }

// Withdraw implements traffic.Receiver.
func (q *Queue) Withdraw(_ *traffic.Attempt, slot int32) {
	q.calls.Free(slot)
	q.Withdrawn++
}

// put takes a message, unless there is no room for it.
func (q *Queue) put(a *traffic.Attempt) bool {
	takers := len(q.idle)
	if q.halted {
		takers = 0
	}
	if takers == 0 && q.room >= 0 && q.line.Len() >= q.room {
		return false
	}
	q.Stored++
	q.number.Up(q.sim.Now())
	session, request := a.Luck()
	record := a.Detach()
	record.Note(traffic.Queueing)
	q.line.PushBack(message{session, request, q.sim.Now(), record})
	q.hand()
	return true
}

// hand gives waiting messages to idle consumers.
func (q *Queue) hand() {
	now := q.sim.Now()
	for !q.halted && q.line.Len() > 0 && len(q.idle) > 0 {
		last := len(q.idle) - 1
		k := q.idle[last]
		q.idle = q.idle[:last]
		w := &q.workers[k]
		w.message, w.busy = q.line.PopFront(), true
		q.busy.Up(now)
		q.waited(&w.message)
		w.message.record.Note(traffic.Service)
		work := q.work.Draw(q.luck.Uniform(w.message.session, w.message.request))
		w.notice = q.done.After(q.impaired.Stretch(work), k)
	}
}

// waited counts the wait of a message that is handed out for the first time.
func (q *Queue) waited(m *message) {
	if m.since < 0 {
		return
	}
	wait := q.sim.Now() - m.since
	q.waits.Add(int64(wait))
	if wait > 0 {
		q.Delayed++
	}
	m.since = -1
}

// onDone is the event at which a consumer has worked on its message.
func (q *Queue) onDone(k int32) {
	q.workers[k].message.record.Done()
	q.leave(k)
	q.number.Down(q.sim.Now())
	q.Consumed++
	q.hand()
}

// leave makes a consumer idle.
func (q *Queue) leave(k int32) {
	q.workers[k].busy = false
	q.idle = append(q.idle, k)
	q.busy.Down(q.sim.Now())
}

// Impair does to the consumers what faults do; the broker is impaired by itself.
// Work that begins from now on takes longer. While nothing can be had from the
// broker they have nothing to do; what it keeps is not lost.
func (q *Queue) Impair(i traffic.Impairment) {
	q.impaired = i
	q.halt(i.Down() || i.Hung)
}

// halt stops the consumers, and takes back the messages that they have; halt(false)
// lets them go on.
func (q *Queue) halt(on bool) {
	if on == q.halted {
		return
	}
	q.halted = on
	for k := len(q.workers) - 1; on && k >= 0; k-- {
		if w := &q.workers[k]; w.busy {
			q.sim.Cancel(w.notice)
			w.message.record.Note(traffic.Queueing)
			q.line.PushFront(w.message)
			q.leave(int32(k))
		}
	}
	q.hand()
}

// A QueueTally is what a queue did in some time.
type QueueTally struct {
	Calls                     // the producers'
	Stored   uint64           // messages taken
	Consumed uint64           // messages worked on
	Number   tally.LevelTally // messages waiting and in work
	Busy     tally.LevelTally // consumers at work
	// Waits are those of the messages that were handed out, in nanoseconds. A
	// Cut's histogram is valid until the next Cut.
	Waits   *tally.Histogram
	Delayed uint64 // of these, which had to wait
}

// Cut returns what the queue did since the last cut.
func (q *Queue) Cut() QueueTally {
	t, now := q.QueueTally, q.sim.Now()
	t.Number, t.Busy, t.Waits = q.number.Cut(now), q.busy.Cut(now), q.waits.Cut()
	q.past.enter(&t.Calls)
	q.stored += t.Stored
	q.consumed += t.Consumed
	q.QueueTally = QueueTally{}
	return t
}

// Audit checks the books: calls that came have ended or are at the broker, and
// messages taken have been worked on, wait or are in work.
func (q *Queue) Audit() error {
	if err := q.past.check(&q.Calls, q.calls.Held()); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	there := uint64(q.line.Len() + len(q.workers) - len(q.idle))
	stored, consumed := q.stored+q.Stored, q.consumed+q.Consumed
	if stored != consumed+there || int64(there) != q.number.Value() {
		return fmt.Errorf("queue: %d messages were taken and %d worked on, but %d are there, and the level says %d", stored, consumed, there, q.number.Value())
	}
	return nil
}
