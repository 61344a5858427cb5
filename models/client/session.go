package client

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A session is a row of requests by one user. Records are reused; their index
// is the tag of the attempts that they send.
//
// What the answer to the last request needs comes first: a cache line holds it.
type session struct {
	traffic.Request          // the one in progress, or the next one
	ticket                   // where the request in progress is counted
	requests        uint32   // in the session
	retries         uint16   // of the request in progress
	erred           bool     // an attempt has failed
	next            *session // free
	index           int32
	wait            engine.Stay
	attempt         *traffic.Attempt
	conn            traffic.ConnRef // idle connection
	visitor         *traffic.Visitor
}

// extra marks the ordinal of a request by which a user signs in again, between
// the requests that are the user's own and keep their ordinals.
const extra = 1 << 31

// round is the distance between the ordinals of a closed user's sessions.
const round = 1 << 32

// onArrive begins a session of an open population. The next arrival is
// scheduled first, into the hole that this one has left in the event list.
func (c *Client) onArrive(struct{}) {
	c.awaitArrival()
	s := c.take()
	s.Session = c.arrived
	s.requests = c.behaviour.requests(s.Session)
	c.arrived++
	c.offer(s)
}

// begin sets a closed user thinking before a session.
func (c *Client) begin(s *session) {
	s.requests = c.behaviour.requests(s.Session)
	c.resume.After(c.think(s.Session, 0), s)
}

// offer makes the session's next request.
func (c *Client) offer(s *session) {
	s.Route = c.signIn
	if s.Ordinal == 0 {
		c.visits.Started++
	}
	if s.Ordinal&extra == 0 {
		s.Route = c.route(s.Session, s.Ordinal)
	}
	c.ledger.offer(&s.ticket, c.sim.Now(), s.Client, s.Route)
	s.retries = 0
	c.send(s)
}

// send makes an attempt. It may be answered before send returns.
func (c *Client) send(s *session) {
	a := c.pool.Get()
	// Not a copy of the whole request: the processor would load it in pieces wider
	// than those that have just been written, and wait.
	a.Session, a.Ordinal, a.Salt, a.Client = s.Session, s.Ordinal, s.Salt, c.index
	a.User = s.Session&c.person ^ uint64(c.salt)<<32
	a.Route, a.Try = s.Route, s.retries
	a.Link.Keep = c.keepAlive
	if c.keepAlive && s.conn.Conn() != nil {
		a.Link.Conn = s.conn
	}
	s.attempt, a.Visitor = a, s.visitor
	s.ticket.attempt()
	if c.expire != nil {
		c.expire.Enter(&s.wait)
	}
	a.Hop(c.target, c, s.index)
	c.target.Receive(a)
}

// Answered takes the answer to an attempt.
func (c *Client) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	s := c.records[tag]
	conn := a.Link.Conn
	if c.sizes != nil {
		c.weigh(a, cause)
	}
	a.Release()
	if c.expire != nil {
		s.wait.Leave()
	}
	c.settle(s, cause, conn)
}

// weigh counts the bytes of an answer.
func (c *Client) weigh(a *traffic.Attempt, cause traffic.Cause) {
	if cause == traffic.OK && !a.Delivered {
		c.Bytes += c.sizes[a.Route]
	}
}

// Moved implements traffic.Caller.
func (c *Client) Moved(a *traffic.Attempt, tag int32) { c.records[tag].attempt = a }

// waiting are the sessions of a population that wait for an answer.
type waiting struct{ *Client }

// Stay implements engine.Watched.
func (c waiting) Stay(index int32) *engine.Stay {
	if int(index) < len(c.records) {
		return &c.records[index].wait
	}
	return nil
}

// Over implements engine.Watched: it gives up an attempt, and the connection that
// it is on.
func (c waiting) Over(index int32) {
	s := c.records[index]
	if c.cancel {
		s.attempt.Withdraw(0)
		s.attempt.Release()
	} else {
		s.attempt.Cut(0, traffic.Link{})
	}
	c.settle(s, traffic.Timeout, traffic.ConnRef{})
}

// settle decides what follows an attempt that has ended, and left a connection
// open.
func (c *Client) settle(s *session, cause traffic.Cause, conn traffic.ConnRef) {
	if cause != traffic.OK && c.retries(s) {
		s.conn = conn
		return
	}
	c.ledger.end(&s.ticket, c.sim.Now(), cause)
	s.Ordinal = c.next(s)
	if cause == traffic.OK && s.Ordinal&^extra < s.requests {
		s.conn = conn
		c.resume.After(c.think(s.Session, s.Ordinal), s)
		return
	}
	c.count(s, cause) // the session is over
	s.Ordinal = 0
	if c.leave != nil {
		c.leave(s.visitor)
	}
	if c.arrivals != nil {
		c.recycle(s)
		return
	}
	c.comeBack(s, conn)
}

// retries notes that an attempt has failed, and schedules another one if the
// session makes one.
func (c *Client) retries(s *session) bool {
	s.erred = true
	if s.retries == uint16(c.retry.Attempts) {
		return false
	}
	s.retries++
	c.again.After(c.backoff(s.Session, s.Ordinal, uint32(s.retries)), s)
	return true
}

// next is the ordinal of the request after the one that has ended: to sign in
// again, if the answer said that this is needed and there is a route for it.
func (c *Client) next(s *session) uint32 {
	ordinal := s.Ordinal&^extra + 1
	if s.Ordinal&extra != 0 {
		ordinal-- // the sign-in came before it
	}
	if c.visitors && s.visitor.Login.Lost && c.signIn >= 0 {
		s.visitor.Login.Lost = false
		return ordinal | extra
	}
	return ordinal
}

// comeBack goes on to a closed user's next session, on the connection of the last.
func (c *Client) comeBack(s *session, conn traffic.ConnRef) {
	s.Session, s.conn = s.Session+round, conn
	if c.visitors {
		c.admit(s)
	}
	c.begin(s)
}

// count counts a visit that ends.
func (c *Client) count(s *session, last traffic.Cause) {
	c.visits.Ended++
	if !s.erred {
		return
	}
	s.erred = false
	c.visits.Erred++
	if last != traffic.OK {
		c.visits.Failed++
	}
}

// visiting is the number of visits that go on.
func (c *Client) visiting() (n uint64) {
	for _, s := range c.records {
		if s.Ordinal > 0 || s.ticket.segment != nil {
			n++
		}
	}
	return n
}

// Held is how many records there are: as many as visits have gone on at once, or
// users.
func (c *Client) Held() int { return len(c.records) }

// take returns a record for a new session. What the session sets before it looks
// stays as it is.
func (c *Client) take() *session {
	s := c.free
	if s == nil {
		s = c.record()
	}
	c.free = s.next
	s.conn = traffic.ConnRef{}
	if c.visitors {
		c.admit(s)
	}
	return s
}

// record makes another record.
func (c *Client) record() *session {
	s := &session{index: int32(len(c.records))}
	s.Client, s.Salt = c.index, c.salt
	c.records = append(c.records, s)
	if c.grown != nil {
		c.grown()
	}
	return s
}

// admit makes the record's user one who comes with nothing.
func (c *Client) admit(s *session) {
	if s.visitor == nil {
		s.visitor = &traffic.Visitor{}
	}
	s.visitor.Forget()
}

func (c *Client) recycle(s *session) { c.free, s.next = s, c.free }

// SignedIn is the number of users who are signed in.
func (c *Client) SignedIn() int {
	n := 0
	for _, s := range c.records {
		if s.visitor != nil && s.visitor.Login.In != nil {
			n++
		}
	}
	return n
}

// inFlight calls fn with the instant of the first offer of every request in
// flight.
func (c *Client) inFlight(fn func(since engine.Time)) {
	for _, s := range c.records {
		if s.ticket.segment != nil {
			fn(s.ticket.since)
		}
	}
}
