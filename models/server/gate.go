package server

import (
	"math"

	"github.com/headroom-sim/headroom/models/traffic"
)

// A gate lets so many jobs through at a time: the threads of a pool, the
// servers of a station, the event loop of an nginx worker. The others wait in
// line.
type gate struct {
	free    int // threads or servers that are free
	room    int // places to wait
	line    line
	lifo    bool
	passing bool // handOver is at work
	leaving int  // threads or servers that it has yet to give
}

const unbounded = math.MaxInt

// begin lets a job through to its work, or into line for it.
func (s *Server) begin(j *job) {
	g := s.gateOf(j)
	switch {
	case g == nil:
	case g.free == 0:
		s.queue(g, j)
		return
	default:
		g.free--
		s.busy.Up(s.now())
		j.seated = true
		if !j.attempt.Probe {
			s.prompt++
		}
	}
	s.cpu.join(j)
	s.crowded()
}

// queue takes a job into the line, or turns it away.
func (s *Server) queue(g *gate, j *job) {
	if g.line.n >= g.room {
		s.finish(j, traffic.Blocked)
		return
	}
	j.stage, j.since = inLine, s.now()
	g.line.push(j)
	if s.image.minded {
		s.mind(j)
	}
	s.crowded()
}

// mind starts the patience of a job that has joined a line.
func (s *Server) mind(j *job) {
	im, a := s.image, j.attempt
	a.Note(traffic.Queueing)
	if a.Probe || im.patience.Distribution == nil {
		return
	}
	u := im.patienceLuck.Uniform(a.Session, uint64(a.Salt)<<32|uint64(a.Ordinal))
	j.notice = im.impatient.After(im.patience.Draw(u), j)
}

// vacate ends a job's hold on its thread, its server, or its worker's event loop,
// which goes to the next in line.
func (s *Server) vacate(j *job) {
	g := s.gateOf(j)
	if s.image.perWorker {
		s.welcome(g, j.conn.worker)
	}
	j.seated = false
	if g.line.n == 0 {
		s.spare(g)
	} else {
		s.handOver(g)
	}
	s.crowded()
}

// welcome lets an event loop accept one of the connections that wait before it
// goes on, and more when it has nothing else to do.
func (s *Server) welcome(g *gate, w *worker) {
	for s.backlog.n > 0 && s.state == Up {
		s.acceptFirst(w)
		if g.line.n > 0 {
			break
		}
	}
}

// handOver gives a thread or server to the next in line. If that one has no work
// and leaves at once, it does so in the loop of the one before, lest the stack
// grow with the line.
func (s *Server) handOver(g *gate) {
	g.leaving++
	if g.passing {
		return
	}
	g.passing = true
	for ; g.leaving > 0; g.leaving-- {
		s.pass(g)
	}
	g.passing = false
}

// pass lets the next in line through to a thread or server that is about to be
// free.
func (s *Server) pass(g *gate) {
	if g.line.n == 0 {
		s.spare(g)
		return
	}
	next := g.line.first()
	if g.lifo {
		next = g.line.last()
	}
	s.leaveLine(g, next)
	next.seated = true
	s.cpu.join(next)
}

// spare leaves a thread or server to whoever comes.
func (s *Server) spare(g *gate) {
	g.free++
	s.busy.Down(s.now())
}

// leaveLine ends the waiting of a job, and counts how long it took.
func (s *Server) leaveLine(g *gate, j *job) {
	if s.image.minded {
		s.relieve(j)
	}
	g.line.remove(j)
	if !j.attempt.Probe {
		s.delayed++
		s.waits.Add(int64(s.now() - j.since))
	}
}

// relieve ends the patience of a job that leaves its line. One that is withdrawn is
// with its caller already.
func (s *Server) relieve(j *job) {
	if s.image.patience.Distribution != nil {
		s.image.sim.Cancel(j.notice)
	}
	if j.attempt.Depth() == j.depth {
		j.attempt.Note(traffic.Service)
	}
}

// abandon is the event at which a job in line loses patience.
func (im *Image) abandon(j *job) {
	s := j.server
	s.leaveLine(s.gateOf(j), j)
	s.finish(j, traffic.Abandoned)
}

// gateOf is the gate that a job has to pass; nil if there is none.
func (s *Server) gateOf(j *job) *gate {
	switch {
	case s.image.software != nginx:
		return &s.gate
	case s.image.perWorker:
		return &j.conn.worker.loop
	}
	return nil
}
