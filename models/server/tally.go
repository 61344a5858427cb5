package server

import (
	"errors"
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// counters count since the last cut.
type counters struct {
	received, completed, delayed  uint64
	prompt                        uint64 // waits of no time, which waits has not counted yet
	waits, cutWaits               *tally.Histogram
	probes, withdrawn, overflowed uint64
	failed                        [traffic.Causes]uint64
	netIn, netOut                 uint64
	cut                           engine.Time
	cutUsed                       engine.Time // cpu.used at the last cut
	cutAccepted                   uint64      // s.accepted at the last cut
	idle                          bool        // at the last cut, and left alone since
}

// A Tally is what a server did in some time, or several servers together.
type Tally struct {
	Span      engine.Time // of all servers together
	Received  uint64      // attempts, health checks included
	Probes    uint64      // of these, health checks
	Completed uint64      // answered OK
	Failed    [traffic.Causes]uint64
	Withdrawn uint64 // taken back by their callers
	// Overflowed are the attempts whose first SYN found the accept queue full;
	// their peers' kernels try again.
	Overflowed uint64

	NetworkIn, NetworkOut uint64 // bytes, where the image counts them

	CPU      engine.Time // CPU time used, cpu faults included
	Capacity engine.Time // CPU time that the vCPUs could have given, whatever the credits

	Number      tally.LevelTally // attempts in a pool or station, those included whose SYN was lost
	Connections tally.LevelTally // slots in use: clients', upstreams', idle ones
	Busy        tally.LevelTally // threads, servers (ps: requests) or event loops taken
	Saturated   [Limits]engine.Time

	// Waits are the waiting times, in nanoseconds, for a thread, a server or an
	// event loop: of those who got one and of those who lost patience. A Cut's
	// histogram is valid until the next Cut of the same server.
	Waits   *tally.Histogram
	Delayed uint64 // of these, who had to wait

	// CPU credits, in vCPU-nanoseconds (CreditUnit is one credit); for burstable
	// machines only. Balances are negative where surplus is owed.
	Burstable     bool
	CreditsMin    engine.Time // least balance, launch credits included
	Credits       engine.Time // balance at the end; merged: of all servers
	SurplusBilled engine.Time // surplus used beyond what is free
}

// Utilization is the share of the CPU that was used; NaN for no time.
func (t *Tally) Utilization() float64 { return float64(t.CPU) / float64(t.Capacity) }

// Merge adds another tally: another server's, or of another time.
func (t *Tally) Merge(other *Tally) {
	t.Span += other.Span
	t.Received += other.Received
	t.Probes += other.Probes
	t.Completed += other.Completed
	for c := range t.Failed {
		t.Failed[c] += other.Failed[c]
	}
	t.Withdrawn += other.Withdrawn
	t.Overflowed += other.Overflowed
	t.NetworkIn += other.NetworkIn
	t.NetworkOut += other.NetworkOut
	t.CPU += other.CPU
	t.Capacity += other.Capacity
	t.Number.Merge(other.Number)
	t.Connections.Merge(other.Connections)
	t.Busy.Merge(other.Busy)
	for l := range t.Saturated {
		t.Saturated[l] += other.Saturated[l]
	}
	t.mergeWaits(other)
	t.mergeCredits(other)
}

func (t *Tally) mergeWaits(other *Tally) {
	t.Delayed += other.Delayed
	if other.Waits == nil {
		return
	}
	if t.Waits == nil {
		t.Waits = new(tally.Histogram)
	}
	t.Waits.Merge(other.Waits)
}

func (t *Tally) mergeCredits(other *Tally) {
	if !other.Burstable {
		return
	}
	if !t.Burstable || other.CreditsMin < t.CreditsMin {
		t.CreditsMin = other.CreditsMin
	}
	t.Burstable = true
	t.Credits += other.Credits
	t.SurplusBilled += other.SurplusBilled
}

// Cut returns what the server did since the last cut, or since its launch.
func (s *Server) Cut() Tally {
	now := s.now()
	s.cpu.advance()
	s.waits.AddN(0, s.prompt)
	span := now - s.cut
	t := Tally{
		Span: span, Received: s.received, Probes: s.probes, Completed: s.completed, Failed: s.failed, Withdrawn: s.withdrawn, Overflowed: s.overflowed,
		CPU: s.cpu.used - s.cutUsed, Capacity: engine.Time(s.cpu.vcpus) * span,
		Number: s.number.Cut(now), Connections: s.connections.Cut(now), Busy: s.busy.Cut(now),
		Waits: s.waits, Delayed: s.delayed, NetworkIn: s.netIn, NetworkOut: s.netOut,
	}
	t.Number.Span, t.Connections.Span, t.Busy.Span = span, span, span // CutIdle has left the levels alone
	for l := range s.saturated {
		t.Saturated[l] = s.saturated[l].cut(now)
	}
	if s.cpu.purse != nil {
		s.cpu.purse.cut(&t)
	}
	s.counters = counters{waits: s.cutWaits, cutWaits: s.waits, cut: now, cutUsed: s.cpu.used, cutAccepted: s.accepted, idle: s.deserted()}
	if s.waits == nil {
		s.waits = new(tally.Histogram)
	}
	if s.waits.Count() > 0 {
		s.waits.Reset()
	}
	return t
}

// InFlight is the number of attempts that the server holds at present, those
// included whose SYN was lost.
func (s *Server) InFlight() int { return s.held }

// deserted reports whether there is nothing in the server, and nothing that
// changes by itself.
func (s *Server) deserted() bool {
	for l := range s.saturated {
		if s.saturated[l].on {
			return false
		}
	}
	return s.cpu.load == 0 && s.cpu.purse == nil && s.held == 0 && len(s.conns) == len(s.freeConns) && s.slotsUsed() == 0
}

// CutIdle is Cut for a server in which there was nothing, and to which nothing
// came, since the last cut. It returns the time since then, for [Idle]; false,
// and does nothing, where there was something.
func (s *Server) CutIdle() (engine.Time, bool) {
	if !s.idle || s.received > 0 || s.accepted != s.cutAccepted {
		return 0, false
	}
	now := s.now()
	span := now - s.cut
	s.cut = now
	return span, true
}

// Idle is the tally of servers that were idle for so long, and had so many
// vCPUs, in vCPU-nanoseconds.
func Idle(span, capacity engine.Time) Tally {
	level := tally.LevelTally{Span: span}
	return Tally{Span: span, Capacity: capacity, Number: level, Connections: level, Busy: level}
}

func (p *purse) cut(t *Tally) {
	t.Burstable = true
	t.CreditsMin, t.Credits = engine.Time(p.least/grain), engine.Time(p.total()/grain)
	t.SurplusBilled = engine.Time(p.charged / grain)
	p.charged %= grain
	p.least = p.total()
}

// Audit checks the server's books: the utilisation law (CPU time used by
// requests is the sum of their demands, partial ones included), that attempts
// and connections which came are either gone or present, that slots add up, that CPU
// credits are conserved, and that one which has stopped has let go of everything.
func (s *Server) Audit() error {
	s.cpu.advance()
	partial, slack := s.cpu.partial()
	work, demands := s.cpu.work(), float64(s.cpu.done)+partial
	if slack += 1 + s.cpu.slack + float64(1e-9*work); math.Abs(work-demands) > slack {
		return fmt.Errorf("server: CPU time for %.0f ns of demand was used, but demands add up to %.0f ns", work, demands)
	}
	if open := uint64(len(s.conns) - len(s.freeConns)); open != s.accepted-s.closed {
		return fmt.Errorf("server: %d connections are open, but %d were accepted and %d closed", open, s.accepted, s.closed)
	}
	if held := int64(s.held); s.image.holds && held != s.number.Value() {
		return fmt.Errorf("server: %d attempts are in the server, but the level says %d", held, s.number.Value())
	}
	if used := s.slotsUsed(); used != s.connections.Value() {
		return fmt.Errorf("server: %d slots are in use, but the level says %d", used, s.connections.Value())
	}
	if s.cpu.purse != nil {
		if err := s.cpu.purse.audit(s.now(), s.cpu.used); err != nil {
			return err
		}
	}
	return s.auditOff()
}

// auditOff checks that nothing is left in a server that has stopped, but for
// attempts whose SYNs are being sent to it.
func (s *Server) auditOff() error {
	if s.state != Off {
		return nil
	}
	for _, j := range s.jobs {
		if j.stage != unused && j.stage != dialling {
			return errors.New("server: it has stopped, and an attempt is still in progress")
		}
	}
	if used := s.slotsUsed(); used > 0 {
		return fmt.Errorf("server: it has stopped, and %d connections are open", used)
	}
	return nil
}

// slotsUsed counts the slots that are in use, from what uses them.
func (s *Server) slotsUsed() int64 {
	used := len(s.conns) - len(s.freeConns)
	if s.image.software == nginx {
		for i := range s.workers {
			used += s.workers[i].upstream + len(s.workers[i].kept)
		}
	}
	return int64(used)
}
