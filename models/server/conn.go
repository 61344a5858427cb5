package server

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A conn is a connection that the server has accepted and that holds a slot.
type conn struct {
	traffic.Conn
	server   *Server
	worker   *worker
	job      *job          // in progress
	listed   bool          // among the reusable ones of its worker
	silent   bool          // no byte of a request has been read yet
	leaving  bool          // the peer has closed its side
	requests int           // read so far
	since    engine.Time   // reusable since
	header   engine.Notice // of the time for a first request, while silent

	previous, next *conn // among the reusable ones of its worker
}

// A worker is a process with its own connection slots. A pool is one worker.
type worker struct {
	server   *Server
	free     int // slots
	reusable conns
	upstream int           // slots held for requests that are further down
	kept     []kept        // idle connections to upstreams, the latest last
	loop     gate          // the event loop, where workers serve one by one
	full     bool          // at the limit of connections
	strained bool          // full, with some slots held for upstreams
	expiring bool          // an event closes idle connections, not later than is due
	expiry   engine.Notice // of the oldest idle connection, or earlier
}

// conns is a list of connections, the one that has been reusable longest first.
type conns struct {
	first, last *conn
	n           int
}

func (l *conns) push(c *conn) {
	c.previous = l.last
	if l.last == nil {
		l.first = c
	} else {
		l.last.next = c
	}
	l.last = c
	l.n++
}

func (l *conns) remove(c *conn) {
	if c.previous == nil {
		l.first = c.next
	} else {
		c.previous.next = c.next
	}
	if c.next == nil {
		l.last = c.previous
	} else {
		c.next.previous = c.previous
	}
	c.previous, c.next = nil, nil
	l.n--
}

// takeSlot is nginx's ngx_get_connection [A2]: where few slots are free the
// oldest reusable connections are closed first; then a free slot is taken, if
// there is one.
func (s *Server) takeSlot(w *worker) bool {
	if w.free <= s.image.drainAt {
		s.drain(w)
	}
	if w.free == 0 {
		return false
	}
	w.free--
	s.connections.Up(s.now())
	s.assess(w)
	return true
}

// drain is nginx's ngx_drain_connections [A2].
func (s *Server) drain(w *worker) {
	s.dropStale(w)
	if w.free > s.image.drainAt || w.reusable.n == 0 {
		return
	}
	for n := max(1, min(32, w.reusable.n/8)); n > 0; n-- {
		s.close(w.reusable.first)
	}
}

func (s *Server) freeSlot(w *worker) {
	w.free++
	s.connections.Down(s.now())
	s.assess(w)
}

// assess finds out whether a worker is at its limit of connections.
func (s *Server) assess(w *worker) {
	if w.free > s.image.nearFull && !w.full {
		return
	}
	full := w.free == 0 || w.free <= s.image.drainAt && w.reusable.n > 0
	strained := full && w.upstream > 0
	if full != w.full {
		w.full = full
		s.full += sign(full)
		s.reached(Connections, s.full > 0)
	}
	if strained != w.strained {
		w.strained = strained
		s.strained += sign(strained)
		s.reached(Upstream, s.strained > 0)
	}
}

func sign(up bool) int {
	if up {
		return 1
	}
	return -1
}

// open makes a connection in a slot that has been taken.
func (s *Server) open(w *worker) *conn {
	var c *conn
	if last := len(s.freeConns) - 1; last >= 0 {
		c = s.freeConns[last]
		s.freeConns = s.freeConns[:last]
	} else {
		c = &conn{server: s}
		c.Index = int32(len(s.conns))
		c.Home = s
		c.Conn.Hangup = s.hangup
		s.conns = append(s.conns, c)
	}
	c.worker = w
	s.accepted++
	return c
}

// close closes a connection from the server's side, and frees its slot.
func (s *Server) close(c *conn) {
	w := c.worker
	if c.listed {
		s.unlist(c)
	}
	c.Conn.Close(s.now())
	c.worker, c.job, c.requests, c.leaving = nil, nil, 0, false
	s.freeConns = append(s.freeConns, c)
	s.closed++
	s.freeSlot(w)
}

// list makes a connection reusable, now that it is idle.
func (s *Server) list(c *conn) {
	c.job, c.listed, c.since = nil, true, s.now()
	w := c.worker
	w.reusable.push(c)
	if !w.expiring && !c.silent {
		s.expireLater(w)
	}
	s.assess(w)
}

// unlist ends the time in which a connection is reusable.
func (s *Server) unlist(c *conn) {
	if c.silent {
		s.image.sim.Cancel(c.header)
		c.header, c.silent = engine.Notice{}, false
	}
	c.listed = false
	c.worker.reusable.remove(c)
	s.assess(c.worker)
}

// expireLater sees to it that idle connections are closed in time: one event
// for the oldest of a worker, who need not be the oldest any more when it comes.
func (s *Server) expireLater(w *worker) {
	oldest := w.reusable.first
	for oldest != nil && oldest.silent {
		oldest = oldest.next
	}
	if w.expiring || oldest == nil {
		return
	}
	w.expiring = true
	// It may be overdue while a server that has hung catches up.
	w.expiry = s.image.expire.At(max(s.now(), oldest.since+s.image.keepalive), w)
}

// expireIdle is the event at which the oldest idle connection of a worker may
// have come to its keep-alive timeout.
func (im *Image) expireIdle(w *worker) {
	w.expiring = false
	if s := w.server; s.state != Hung { // else resume sees to it
		s.closeIdle(w)
	}
}

// closeIdle closes the connections that have been idle for the keep-alive
// timeout, and those on which no request came in time.
func (s *Server) closeIdle(w *worker) {
	now := s.now()
	for c := w.reusable.first; c != nil; {
		next := c.next
		limit := s.image.keepalive
		if c.silent {
			limit = s.image.header
		}
		if c.since+limit <= now {
			s.close(c)
		} else if !c.silent {
			break // the others became idle later
		}
		c = next
	}
	s.expireLater(w)
	s.acceptWaiting()
}

// giveUpHeader is the event at which no request has come in time.
func (im *Image) giveUpHeader(c *conn) {
	if s := c.server; s.state != Hung { // else resume sees to it
		s.close(c)
		s.acceptWaiting()
	}
}

// hungUp closes an idle connection from the peer's side. One with a request in
// progress is closed after the answer.
func (s *Server) hungUp(tc *traffic.Conn) {
	c := s.conns[tc.Index]
	if c.job != nil {
		c.leaving = true
		return
	}
	s.close(c)
	s.acceptWaiting()
}
