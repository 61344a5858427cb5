package server

import (
	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A flaw is what faults do to requests that have come in.
type flaw struct {
	errors  float64 // share that is answered with 500 at once
	latency engine.Time
	drawn   uint64 // chances so far
}

// Impair does to the server what faults do, but for its state (see [Impaired]):
//
// Load: so many threads that are always runnable share the vCPUs with the
// requests, each like one of them. A fraction of a thread counts as such.
//
// Errors: that share of the requests that come in from now on, health checks among
// them, are answered with 500 at once, by chance, without work.
//
// Latency: to the others work begins so much later. Until then they hold their
// connection, but no thread.
func (s *Server) Impair(i traffic.Impairment) {
	s.setLoad(i.Load)
	s.cpu.change(func(c *cpu) { c.speed = c.hardware / i.Factor() })
	if s.flaw == nil {
		s.flaw = &flaw{}
	}
	s.flaw.errors, s.flaw.latency = i.Errors, i.Latency
}

// Impaired is the state of a server that would be Up.
func Impaired(i traffic.Impairment) State {
	switch {
	case i.Down():
		return Down
	case i.Hung:
		return Hung
	}
	return Up
}

func (s *Server) setLoad(threads float64) {
	s.idle = false
	s.cpu.change(func(c *cpu) { c.load = int64(float64(threads*parts) + 0.5) })
}

// start takes a request that has been read.
func (s *Server) start(j *job) {
	switch f := s.flaw; {
	case f == nil:
		s.begin(j)
	case f.errors > 0 && s.errs(f):
		s.finish(j, traffic.Status500)
	case f.latency > 0:
		j.stage = coming
		j.attempt.Note(traffic.Stalled)
		j.notice = s.image.late.After(f.latency, j)
	default:
		s.begin(j)
	}
}

func (s *Server) errs(f *flaw) bool {
	f.drawn++
	return s.image.errorLuck.Uniform(s.ordinal, f.drawn) < f.errors
}

// latencyOver is the event at which a request that a fault has delayed is there.
func (im *Image) latencyOver(j *job) {
	s := j.server
	j.notice = engine.Notice{}
	if s.state == Hung {
		s.park(j, late)
		return
	}
	j.attempt.Note(traffic.Service)
	s.begin(j)
}

// Crash stops the machine at once: its server is Off, and what it kept in memory
// is lost. It may be booted again.
func (s *Server) Crash() {
	s.SetState(Off)
	if s.memory != nil {
		s.image.keeper.Drop(s.memory)
	}
}
