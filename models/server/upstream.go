package server

import (
	"math/bits"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// callOn sends the attempt of a job further down. In nginx this takes a second
// slot in the same worker, unless an idle connection has been kept; without a
// free slot the answer is 500, after which nginx closes the client's connection
// too [A2, ngx_http_special_response.c].
func (s *Server) callOn(j *job) {
	a := j.attempt
	link, ok := s.dial(j)
	if !ok {
		j.conn.leaving = true
		s.finish(j, traffic.Status500)
		return
	}
	j.link, a.Link = a.Link, link
	s.sentRequest(a)
	if limit := s.image.limitOf(int(j.call)); limit != nil {
		j.notice = limit.Start(j)
	}
	s.leaveCPU(j, calling)
	a.Call(s.wayTo(j.call), s, j.slot)
}

// limitOf is the time that a call can take; nil: for ever.
func (im *Image) limitOf(call int) *engine.Lane[*job] {
	switch {
	case im.limits != nil && im.limits[call] != nil:
		return im.limits[call]
	case im.software == nginx:
		return im.proxy
	}
	return nil
}

// SetWays says through whom this instance's calls go to their places, by the
// indices of the calls. Without it they go there directly.
func (s *Server) SetWays(ways []traffic.Receiver) { s.ways = ways }

func (s *Server) wayTo(call int32) traffic.Receiver {
	if s.ways != nil {
		return s.ways[call]
	}
	return s.image.calls[call].To
}

// dial finds the connection for a call: one that has been kept, or a slot for a
// new one.
func (s *Server) dial(j *job) (traffic.Link, bool) {
	fresh := traffic.Link{Keep: s.image.keptCalls > 0}
	if j.conn == nil {
		return fresh, true
	}
	w := j.conn.worker
	link, kept := s.pick(w, s.image.calls[j.call].To)
	if !kept {
		link = fresh
		if s.image.software == nginx && !s.takeSlot(w) {
			return link, false
		}
	}
	w.upstream++
	s.assess(w)
	return link, true
}

// pick takes the connection to a place that was used last from those kept.
func (s *Server) pick(w *worker, to traffic.Receiver) (traffic.Link, bool) {
	for i := len(w.kept) - 1; i >= 0; i-- {
		k := w.kept[i]
		if k.to != to || !s.alive(k) {
			continue
		}
		w.kept = append(w.kept[:i], w.kept[i+1:]...)
		return traffic.Link{Conn: k.conn, Keep: true}, true
	}
	return traffic.Link{}, false
}

// A kept is an idle connection to a place further down.
type kept struct {
	to    traffic.Receiver
	conn  traffic.ConnRef
	since engine.Time
}

func (s *Server) alive(k kept) bool {
	return k.conn.Conn() != nil && s.now()-k.since < keptTimeout
}

// dropStale frees the slots of kept connections that the other side has closed
// or that have been idle for too long. nginx learns of either at once; here it
// is enough to look when slots are short.
func (s *Server) dropStale(w *worker) {
	living := w.kept[:0]
	for _, k := range w.kept {
		if s.alive(k) {
			living = append(living, k)
			continue
		}
		s.hangUp(w, k.conn)
	}
	clear(w.kept[len(living):])
	w.kept = living
}

// hangUp closes a connection to a place further down.
func (s *Server) hangUp(w *worker, conn traffic.ConnRef) {
	conn.Hangup()
	if s.image.software == nginx {
		s.freeSlot(w)
	}
}

// endCall keeps the connection over which a call was made, where it is still
// open and the caller keeps any, or closes it.
func (s *Server) endCall(j *job, link traffic.Link) {
	if j.conn == nil {
		return
	}
	w := j.conn.worker
	w.upstream--
	if !link.Keep || link.Conn.Conn() == nil {
		s.hangUp(w, link.Conn)
		s.assess(w)
		return
	}
	w.kept = append(w.kept, kept{s.image.calls[j.call].To, link.Conn, s.now()})
	if len(w.kept) > s.image.keptCalls {
		oldest := w.kept[0]
		w.kept = append(w.kept[:0], w.kept[1:]...)
		s.hangUp(w, oldest.conn)
	}
	s.assess(w)
}

// Answered implements traffic.Caller.
func (s *Server) Answered(a *traffic.Attempt, slot int32, cause traffic.Cause) {
	j := s.jobs[slot]
	s.image.sim.Cancel(j.notice)
	link := a.Link
	a.Link, j.attempt, j.overdue = j.link, a, false
	s.comeBack(j)
	s.endCall(j, link)
	if s.state == Hung {
		j.cause = cause
		s.park(j, answered)
		return
	}
	s.answer(j, cause)
}

// Moved implements traffic.Caller.
func (s *Server) Moved(a *traffic.Attempt, slot int32) { s.jobs[slot].attempt = a }

// answer goes on with a job whose call has been answered.
func (s *Server) answer(j *job, cause traffic.Cause) {
	call := &s.image.calls[j.call]
	missed := j.attempt.Missed
	j.attempt.Missed = false
	switch {
	case cause == traffic.OK:
		s.receivedResponse(j.attempt)
		switch {
		case !missed:
			j.spared |= call.Spares
		case call.Write != nil:
			j.missed |= 1 << j.call
		}
		s.write(j)
	case !call.Tolerant:
		s.finish(j, s.image.passOn(cause))
		return
	}
	j.call++
	s.proceed(j)
}

// write stores what a job has missed and has by now: its latest call, which has
// been answered OK, is the one to be spared, or that is not to be made.
func (s *Server) write(j *job) {
	calls := s.image.calls
	for left := j.missed; left != 0; left &= left - 1 {
		call := bits.TrailingZeros64(left)
		spares := calls[call].Spares
		if (1<<j.call|j.spared)&spares == 0 && calls[bits.TrailingZeros64(spares)].Routes[j.attempt.Route] {
			continue
		}
		j.missed &^= 1 << call
		calls[call].Write(j.attempt)
	}
}

// passOn is the answer to the client after a call that failed. nginx passes an
// upstream's status on, answers 504 when it timed out and 502 when there was no
// answer (ngx_http_upstream.c). In a pool the application throws, which is a
// 500. A station has no protocol, and passes everything on.
func (im *Image) passOn(cause traffic.Cause) traffic.Cause {
	switch {
	case im.software == station:
		return cause
	case im.software == pool:
		return traffic.Status500
	case cause >= traffic.Status429:
		return cause
	case cause == traffic.Timeout:
		return traffic.Status504
	}
	return traffic.Status502
}

// timeOut is the event at which a job waits no longer for an answer from further
// down: the connection is closed. The upstream goes on with its work, and nginx
// answers 504, unless the job can do without: then what it has asked for is
// dropped.
func (im *Image) timeOut(j *job) {
	s := j.server
	if s.state == Hung {
		j.overdue = true
		return
	}
	s.giveUp(j)
}

// giveUp goes on with a job without the answer that it has waited for.
func (s *Server) giveUp(j *job) {
	if s.image.calls[j.call].Tolerant {
		s.takeBack(j)
	} else {
		s.cutOff(j)
	}
	s.answer(j, traffic.Timeout)
}

// takeBack withdraws what a job has sent further down.
func (s *Server) takeBack(j *job) {
	s.image.sim.Cancel(j.notice)
	j.attempt.Withdraw(j.depth)
	j.attempt.Link = j.link
	s.comeBack(j)
	s.endCall(j, traffic.Link{})
}

// cutOff separates a job from what goes on further down.
func (s *Server) cutOff(j *job) {
	s.image.sim.Cancel(j.notice)
	j.attempt = j.attempt.Cut(j.depth, j.link)
	s.comeBack(j)
	s.endCall(j, traffic.Link{})
}
