package server

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Server is one instance: a machine with its software. It is a
// [traffic.Receiver], and a [traffic.Caller] towards what it calls.
//
// What every request needs comes first: few cache lines hold it.
type Server struct {
	sim    *engine.Sim
	image  *Image
	state  State
	flaw   *flaw // nil: none
	free   *job  // the first of those that are free
	held   int   // jobs that are not
	gate   gate
	number tally.Level // attempts that a pool or station holds; of nginx it would say little
	busy   tally.Level // threads or servers that are taken
	counters
	cpu cpu

	ordinal uint64
	workers []worker
	hangup  func(*traffic.Conn)
	ways    []traffic.Receiver // for calls; nil: directly
	memory  *traffic.Memory    // of signed-in visitors; nil if their state is no business of this server's

	backlog line // the accept queue
	parked  line // jobs to go on with when the server no longer hangs

	jobs      []*job  // by slot
	conns     []*conn // by index
	freeConns []*conn
	dealt     uint64 // connections that chance has given a worker
	accepted  uint64
	closed    uint64

	connections tally.Level // slots in use
	away        int         // jobs that hold a thread or server without using CPU
	full        int         // workers at their limit of connections
	strained    int         // of these, with slots held for upstreams
	saturated   [Limits]stopwatch
}

// State is what a caller finds at a server's address.
type State uint8

// The states of a server.
const (
	Off  State = iota // nobody answers: SYNs are lost, and connecting hangs
	Down              // the port is closed, while the software starts or has stopped: connection refused
	Up                // requests are served
	Hung              // the kernel accepts into the accept queue, the software does nothing
)

var stateNames = [...]string{"off", "down", "up", "hung"}

// String is the state's name in lower case.
func (s State) String() string { return stateNames[s] }

// Origin is the image that the server was launched from, and its ordinal.
func (s *Server) Origin() (*Image, uint64) { return s.image, s.ordinal }

func (s *Server) now() engine.Time { return s.sim.Now() }

// Receive implements traffic.Receiver.
func (s *Server) Receive(a *traffic.Attempt) {
	j := s.hold(a)
	s.received++
	if a.Probe {
		s.probes++
	}
	if s.image.holds {
		s.number.Up(s.now())
	}
	if c := a.Link.Conn.Conn(); c != nil && c.Home == traffic.Receiver(s) {
		j.conn = s.conns[c.Index]
		s.request(j)
		return
	}
	s.connect(j)
}

// request takes an attempt that has a connection, where it needs one: its first
// byte is read.
func (s *Server) request(j *job) {
	if c := j.conn; c != nil {
		if c.job != nil {
			panic("server: a second request on a connection that is in use")
		}
		if c.listed {
			s.unlist(c)
		}
		c.job = j
		c.requests++
	}
	j.demand = s.image.demands.Work(j.attempt) // now rather than when work begins, for here requests come in the order of their sessions
	s.receivedRequest(j.attempt)
	if s.state == Hung {
		s.park(j, arrived)
		return
	}
	if s.flaw != nil {
		s.start(j)
		return
	}
	s.begin(j)
}

// worked goes on with a job whose CPU time is over: first it waits, then it is
// called on.
func (s *Server) worked(j *job) {
	if s.image.perWorker {
		s.vacate(j)
	}
	if !s.image.demands.Waits || !s.wait(j) {
		s.proceed(j)
	}
}

// wait lets a job be held without using CPU; false if it need not be.
func (s *Server) wait(j *job) bool {
	wait := s.image.demands.Wait(j.attempt)
	if wait == 0 {
		return false
	}
	j.notice = s.image.waited.After(wait, j)
	j.attempt.Note(traffic.Hold)
	s.leaveCPU(j, waiting)
	return true
}

// waitOver is the event at which the wait of a job ends.
func (im *Image) waitOver(j *job) {
	s := j.server
	s.comeBack(j)
	if s.state == Hung {
		s.park(j, waited)
		return
	}
	s.proceed(j)
}

// proceed makes the next call of a job, or answers it.
func (s *Server) proceed(j *job) {
	if s.image.calls != nil && s.callNext(j) {
		return
	}
	s.finish(j, traffic.OK)
}

// callNext makes the next call of a job; false if there is none left.
func (s *Server) callNext(j *job) bool {
	a := j.attempt
	for calls := s.image.calls; int(j.call) < len(calls); j.call++ {
		if !a.Probe && calls[j.call].Routes[a.Route] && j.spared>>j.call&1 == 0 {
			s.callOn(j)
			return true
		}
	}
	return false
}

// leaveCPU notes that a job is held without using CPU.
func (s *Server) leaveCPU(j *job, to stage) {
	j.stage = to
	if j.seated {
		s.away++
		s.crowded()
	}
}

// comeBack ends what leaveCPU began.
func (s *Server) comeBack(j *job) {
	j.notice = engine.Notice{}
	if j.seated {
		s.away--
		s.crowded()
	}
}

// crowded finds out whether a pool or station has come to one of its limits or
// left it, if it has any.
func (s *Server) crowded() {
	if s.image.crowds {
		s.assessGate()
	}
}

func (s *Server) assessGate() {
	s.reached(Upstream, s.gate.free == 0 && s.away > 0)
	if s.image.software == station {
		s.reached(Backlog, s.gate.free == 0 && s.gate.line.n >= s.gate.room)
	}
}

// finish answers a job, after it has made room for others.
func (s *Server) finish(j *job, cause traffic.Cause) {
	a := j.attempt
	if cause == traffic.OK {
		s.completed++
		s.sentResponse(a)
		if s.image.keeper != nil {
			s.image.keeper.Serve(a, s.memory)
		}
	} else {
		s.failed[cause]++
	}
	c := j.conn
	s.clear(j)
	if c != nil {
		s.rest(c, a.Link.Keep && !a.Orphan())
	}
	a.Reply(cause)
}

// clear forgets a job, and frees its thread or server.
func (s *Server) clear(j *job) {
	if j.seated {
		s.vacate(j)
	}
	s.release(j)
}

// rest leaves a connection idle if the caller keeps it, and the server does.
func (s *Server) rest(c *conn, keep bool) {
	if keep && !c.leaving && s.image.keepalive > 0 && c.requests < s.image.maxRequests {
		s.list(c)
		return
	}
	s.close(c)
	s.acceptWaiting()
}

// Withdraw implements traffic.Receiver. The caller closes the connection.
func (s *Server) Withdraw(_ *traffic.Attempt, slot int32) {
	j := s.jobs[slot]
	s.withdrawn++
	s.abort(j)
	c := j.conn
	s.clear(j)
	if c != nil {
		s.rest(c, false)
	}
}

// abort takes a job from where it is.
func (s *Server) abort(j *job) {
	switch j.stage {
	case queued:
		s.dequeue(j)
	case inLine:
		s.leaveLine(s.gateOf(j), j)
		s.crowded()
	case running:
		s.cpu.quit(j)
	case coming, dialling:
		s.image.sim.Cancel(j.notice)
	case waiting:
		s.image.sim.Cancel(j.notice)
		s.comeBack(j)
	case calling:
		s.image.sim.Cancel(j.notice)
		s.comeBack(j)
		s.endCall(j, traffic.Link{})
	case parked:
		s.parked.remove(j)
	}
}
