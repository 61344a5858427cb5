package server

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A job is a server's record of an attempt that it holds.
//
// What every job needs comes first: a cache line holds it.
type job struct {
	previous, next *job // in the line it waits in, or among those that are free

	server  *Server
	attempt *traffic.Attempt
	conn    *conn       // nil: none yet, or none needed
	since   engine.Time // when it joined the line, or got a vCPU of its own
	demand  engine.Time // CPU time on a vCPU of speed 1
	progress
	notice engine.Notice // of the event that it waits for; it may have fired
	slot   int32         // index in server.jobs
	depth  int32         // hops of the attempt up to this server
	place  int32         // in the heap of the cpu
	resume event         // what a parked job goes on with
	cause  traffic.Cause // of an answer that came while the server hung
	link   traffic.Link  // of the caller, kept while the attempt is further down
}

// progress is how far a job has come.
type progress struct {
	stage   stage
	redials int8   // SYNs sent again
	seated  bool   // it holds a thread, a server or an event loop
	overdue bool   // the upstream's time ran out while the server hung
	call    int32  // index of the call that comes next or is under way
	spared  uint64 // a bit for each call that need not be made
	missed  uint64 // a bit for each that is to be written
}

// stage says where a job is.
type stage uint8

const (
	unused   stage = iota
	dialling       // its SYN was dropped and will be sent again
	queued         // in the accept queue
	coming         // read, but a fault keeps work on it from beginning
	inLine         // waits for a thread, a server or its worker
	running        // on the CPU
	waiting        // held without using CPU
	calling        // further down
	parked         // to be gone on with when the server no longer hangs
)

// event says what happened to a parked job while the server hung.
type event uint8

const (
	arrived  event = iota // a request came on an open connection
	late                  // a request that a fault has delayed is there
	waited                // its wait was over
	answered              // the answer to its call came
)

// hold makes a record of an attempt that has just been received.
func (s *Server) hold(a *traffic.Attempt) *job {
	j := s.free
	if j == nil {
		j = s.grow()
	}
	s.held++
	j.depth = a.Hold(j.slot)
	s.free, j.attempt = j.next, a
	return j
}

// grow makes room for one more job.
func (s *Server) grow() *job {
	j := &job{server: s, slot: int32(len(s.jobs))}
	s.jobs = append(s.jobs, j)
	return j
}

// release forgets a job. What the next one sets before it looks stays as it is.
func (s *Server) release(j *job) {
	if s.image.holds {
		s.number.Down(s.now())
	}
	j.progress = progress{}
	s.held--
	s.free, j.next, j.attempt, j.conn = j, s.free, nil, nil
}

// A line is a queue of jobs, the longest waiting first. A job is in one line at
// most. The ends of the line are linked to a head, which is no job: so to join and
// to leave take no branch, which nobody could predict.
type line struct {
	head *job // its next is the first, its previous the last
	n    int
}

func newLine() line {
	head := &job{}
	head.previous, head.next = head, head
	return line{head: head}
}

// first is who has waited longest; the line must not be empty.
func (l *line) first() *job { return l.head.next }

// last is who came last; the line must not be empty.
func (l *line) last() *job { return l.head.previous }

func (l *line) push(j *job) {
	last := l.head.previous
	j.previous, j.next = last, l.head
	last.next, l.head.previous = j, j
	l.n++
}

func (l *line) remove(j *job) {
	j.previous.next, j.next.previous = j.next, j.previous
	l.n--
}
