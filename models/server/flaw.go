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

// SetFlaw makes a share of the requests that come in from now on, health checks
// among them, be answered with 500 at once, by chance, without work; to the
// others work begins later by latency, during which they hold their connection
// but no thread. Zeros end the faults.
func (s *Server) SetFlaw(errors float64, latency engine.Time) {
	if s.flaw == nil {
		s.flaw = &flaw{}
	}
	s.flaw.errors, s.flaw.latency = errors, latency
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
