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
	passing bool // leave is handing over
	leaving int  // threads or servers that it has yet to hand over
}

const unbounded = math.MaxInt

// enter takes a job to its work, into the line, or turns it away.
func (s *Server) enter(g *gate, j *job) {
	switch {
	case g.free > 0:
		s.seat(g, j)
	case g.line.n >= g.room:
		s.finish(j, traffic.Blocked)
	default:
		j.stage, j.since = inLine, s.now()
		g.line.push(j)
		s.wait(j)
		s.crowded()
	}
}

// seat gives a free thread or server to a job.
func (s *Server) seat(g *gate, j *job) {
	g.free--
	s.busy.Up(s.now())
	j.seated = true
	if !j.attempt.Probe {
		s.prompt++
	}
	s.work(j)
	s.crowded()
}

// wait starts the patience of a job that has joined a line.
func (s *Server) wait(j *job) {
	im := s.image
	if im.patience.Distribution == nil || j.attempt.Probe {
		return
	}
	a := j.attempt
	u := im.patienceLuck.Uniform(a.Session, uint64(a.Salt)<<32|uint64(a.Ordinal))
	j.notice = im.impatient.After(im.patience.Draw(u), j)
}

// vacate ends a job's hold on its thread, its server, or its worker's event
// loop. A loop accepts one of the connections that wait before it goes on, and
// more when it has nothing else to do.
func (s *Server) vacate(j *job) {
	g := s.gateOf(j)
	for s.image.perWorker && s.backlog.n > 0 && s.state == Up {
		first := s.backlog.first
		s.dequeue(first)
		s.accept(first, j.conn.worker)
		if g.line.n > 0 {
			break
		}
	}
	s.leave(g, j)
	s.crowded()
}

// leave hands the thread or server that a job held to the next in line. If that
// one has no work and leaves at once, it does so in the loop of the one before,
// lest the stack grow with the line.
func (s *Server) leave(g *gate, j *job) {
	j.seated = false
	if g.line.n == 0 {
		s.spare(g)
		return
	}
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
	next := g.line.first
	if g.lifo {
		next = g.line.last
	}
	s.leaveLine(g, next)
	next.seated = true
	s.work(next)
}

// spare leaves a thread or server to whoever comes.
func (s *Server) spare(g *gate) {
	g.free++
	s.busy.Down(s.now())
}

// leaveLine ends the waiting of a job, and counts how long it took.
func (s *Server) leaveLine(g *gate, j *job) {
	if s.image.patience.Distribution != nil {
		s.image.sim.Cancel(j.notice)
	}
	g.line.remove(j)
	if !j.attempt.Probe {
		s.delayed++
		s.waits.Add(int64(s.now() - j.since))
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
