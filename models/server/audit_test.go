package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
)

// Whatever is counted wrongly, the audit finds it.
func TestAuditNoticesErrors(t *testing.T) {
	for _, c := range []struct {
		name, want string
		harm       func(*Server)
	}{
		{"nothing", "", func(*Server) {}},
		{"work that was not done", "of demand was used, but demands add up to", func(s *Server) { s.cpu.done += engine.Second }},
		{"a connection more", "connections are open, but", func(s *Server) { s.accepted++ }},
		{"a slot more", "slots are in use, but the level says", func(s *Server) { s.connections.Up(s.now()) }},
		{"a request less", "attempts are in the server, but the level says", func(s *Server) { s.held-- }},
		{"credits from nowhere", "CPU credits are not conserved", func(s *Server) { s.cpu.purse.balance++ }},
		{"credits that vanish", "CPU credits are not conserved", func(s *Server) { s.cpu.purse.launch-- }},
		{"credits of a machine that was not stopped", "CPU credits are not conserved", func(s *Server) { s.Wake(Savings{}) }},
		{"work in a server that has stopped", "an attempt is still in progress", func(s *Server) { s.state = Off }},
		{"connections of a server that has stopped", "it has stopped, and 3 connections are open", func(s *Server) { s.state, s.jobs = Off, nil }},
		{"surplus that is not charged", "CPU credits are not conserved", func(s *Server) { s.cpu.purse.owed++ }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			spec := poolSpec()
			b.image = NewImage(b.sim, &spec, wiring("web", takes(100*engine.Millisecond, 0)))
			s := b.image.Launch(t2micro, 0)
			s.SetState(Up)
			visitors := b.clients(3)
			for i := range 3 {
				visitors.send(i, s)
			}
			b.run(150 * engine.Millisecond)
			c.harm(s)
			if err := s.Audit(); c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}
