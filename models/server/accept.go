package server

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// connect is what becomes of a SYN.
func (s *Server) connect(j *job) {
	switch {
	case s.state == Off:
		s.lose(j)
	case s.state == Down:
		s.finish(j, traffic.Refused)
	case s.image.software == station && !j.attempt.Handshake:
		s.request(j) // needs no connection
	default:
		s.knock(j)
	}
}

// knock asks the software to accept, or the kernel to keep the connection until
// it does.
func (s *Server) knock(j *job) {
	if j.attempt.Handshake && (s.image.software == station || s.backlog.n < s.image.backlog) {
		s.finish(j, traffic.OK)
		return
	}
	if s.backlog.n == 0 {
		if w := s.acceptor(); w != nil {
			s.accept(j, w)
			return
		}
	}
	if s.backlog.n >= s.image.backlog {
		if j.redials == 0 && !j.attempt.Probe {
			s.overflowed++
		}
		s.lose(j)
		return
	}
	j.stage = queued
	j.attempt.Link.Queued = true
	j.attempt.Note(traffic.Accepting)
	s.backlog.push(j)
	s.reached(Backlog, s.backlog.n >= s.image.backlog)
}

// dequeue takes a job out of the accept queue.
func (s *Server) dequeue(j *job) {
	s.backlog.remove(j)
	s.reached(Backlog, false)
}

// acceptor is the worker that would accept a connection now; nil if none would.
// nginx accepts whether it has a slot or not [A2], a pool only while it has one
// [A6].
func (s *Server) acceptor() *worker {
	switch {
	case s.state != Up:
		return nil
	case s.image.software == pool:
		if s.workers[0].free == 0 {
			return nil
		}
		return &s.workers[0]
	case s.image.perWorker:
		return s.idleWorker()
	}
	return &s.workers[s.deal(len(s.workers))]
}

// idleWorker is any worker whose event loop has nothing to do; nil if all have.
func (s *Server) idleWorker() *worker {
	idle := 0
	for i := range s.workers {
		idle += s.workers[i].loop.free
	}
	if idle == 0 {
		return nil
	}
	chosen := s.deal(idle)
	for i := range s.workers {
		if chosen -= s.workers[i].loop.free; chosen < 0 {
			return &s.workers[i]
		}
	}
	panic("server: idle workers miscounted")
}

// deal draws one of n workers for the next connection.
func (s *Server) deal(n int) int {
	if n == 1 {
		return 0
	}
	s.dealt++
	return int(s.image.workerLuck.Uniform(s.ordinal, s.dealt) * float64(n))
}

// accept gives a connection to a worker, with the request that came on it. If
// the worker has no slot, nginx closes the connection at once: the client sees
// a reset, since its request has already arrived [A2]. Accepting and
// closing cost no CPU here, unlike in a real server.
func (s *Server) accept(j *job, w *worker) {
	if !s.takeSlot(w) {
		s.finish(j, traffic.Reset)
		return
	}
	j.conn = s.open(w)
	j.attempt.Link.Conn = j.conn.Conn.Open()
	s.request(j)
}

// acceptWaiting accepts the connections in the accept queue for which a pool
// has slots again.
func (s *Server) acceptWaiting() {
	for s.image.software == pool && s.backlog.n > 0 {
		w := s.acceptor()
		if w == nil {
			return
		}
		s.acceptFirst(w)
	}
}

// acceptFirst gives the connection that has waited longest in the accept queue to a
// worker.
func (s *Server) acceptFirst(w *worker) {
	first := s.backlog.first()
	s.dequeue(first)
	first.attempt.Note(traffic.Service)
	s.accept(first, w)
}

// lose drops a SYN. The peer's kernel sends it again for a while, unless the
// peer gives up.
func (s *Server) lose(j *job) {
	j.stage = dialling
	j.attempt.Note(traffic.Connecting)
	j.notice = s.image.redial.After(traffic.SYNDelays[j.redials], j)
	j.redials++
}

// dialAgain is the event at which a lost SYN is sent again, or its sender gives
// up.
func (im *Image) dialAgain(j *job) {
	s := j.server
	j.notice = engine.Notice{}
	if int(j.redials) == len(traffic.SYNDelays) || j.attempt.Orphan() {
		s.finish(j, traffic.Timeout)
		return
	}
	j.attempt.Note(traffic.Service)
	s.connect(j)
}

// Open makes a connection without a request, as a client does that is slow to
// speak. It returns the peer's reference and OK, or why there is none: Closed
// when it was accepted and closed at once, for want of a slot; Refused when the
// port is closed; Timeout when nobody accepts at present. nginx may close the
// connection when slots become short, and closes it after 60 s; a pool after
// its keep-alive timeout. A station has no connections, and returns none.
func (s *Server) Open() (traffic.ConnRef, traffic.Cause) {
	if s.state == Down {
		return traffic.ConnRef{}, traffic.Refused
	}
	if s.image.software == station || s.backlog.n > 0 {
		return traffic.ConnRef{}, traffic.Timeout
	}
	w := s.acceptor()
	if w == nil {
		return traffic.ConnRef{}, traffic.Timeout
	}
	return s.openSilent(w)
}

func (s *Server) openSilent(w *worker) (traffic.ConnRef, traffic.Cause) {
	if !s.takeSlot(w) {
		return traffic.ConnRef{}, traffic.Closed
	}
	c := s.open(w)
	c.silent = true
	c.header = s.image.headers.Start(c)
	s.list(c)
	return c.Conn.Open(), traffic.OK
}
