package server

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

var (
	t2micro = Machine{VCPUs: 1, Credits: &Credits{PerHour: 6, Launch: 30}}
	t3micro = Machine{VCPUs: 2, Credits: &Credits{PerHour: 12, Unlimited: true}}
	t3large = Machine{VCPUs: 2, Credits: &Credits{PerHour: 36}}
)

// burstable launches nginx on a machine.
func (b *bench) burstable(m Machine, route traffic.RouteSpec) *Server {
	spec := nginxSpec()
	s := NewImage(b.sim, &spec, wiring("web", route)).Launch(m, 0)
	s.SetState(Up)
	return s
}

func utilization(s *Server) float64 {
	t := s.Cut()
	return t.Utilization()
}

func credit(n float64) engine.Time { return engine.Time(n * float64(CreditUnit)) }

// The worked examples and tables of AWS's pages on burstable instances.
func TestCreditsAsDocumented(t *testing.T) {
	t.Run("t2.micro idle for 24 hours has 174: 30 at launch and 144 earned [T-STD]", func(t *testing.T) {
		b := newBench(t)
		s := b.burstable(t2micro, takes(0, 0))
		require.Equal(t, credit(30), s.Cut().Credits)
		b.run(24 * engine.Hour)
		require.Equal(t, credit(174), s.Cut().Credits)
		b.run(72 * engine.Hour)
		require.Equal(t, credit(174), s.Cut().Credits, "what is beyond a day's earning is lost")
	})
	t.Run("one vCPU at 100 % for a minute is one credit [T-BASE]", func(t *testing.T) {
		b := newBench(t)
		s := b.burstable(t2micro, takes(0, 0))
		s.Impair(traffic.Impairment{Load: 1})
		b.run(10 * engine.Minute)
		require.Equal(t, credit(30-10+1), s.Cut().Credits)
	})
	t.Run("two vCPUs at 50 % for a minute are one credit [T-BASE]", func(t *testing.T) {
		b := newBench(t)
		s := b.burstable(t3micro, takes(0, 0))
		b.run(2 * engine.Hour)
		s.Impair(traffic.Impairment{Load: 1})
		b.run(2*engine.Hour + 10*engine.Minute)
		require.Equal(t, credit(24+2-10), s.Cut().Credits)
	})
	t.Run("launch credits are spent first, outside the limit [T-STD]", func(t *testing.T) {
		b := newBench(t)
		s := b.burstable(t2micro, takes(0, 0))
		b.run(24 * engine.Hour)
		s.Impair(traffic.Impairment{Load: 1})
		b.run(24*engine.Hour + 20*engine.Minute)
		s.Impair(traffic.Impairment{})
		require.Equal(t, credit(154), s.Cut().Credits, "earned credits stay at 144, so what is earned meanwhile is lost")
		b.run(48 * engine.Hour)
		require.Equal(t, credit(154), s.Cut().Credits)
	})
	t.Run("t3.large at its baseline of 30 % keeps its balance [T-BASE]", func(t *testing.T) {
		b := newBench(t)
		s := b.burstable(t3large, takes(0, 0))
		b.run(engine.Hour)
		s.Impair(traffic.Impairment{Load: 0.6})
		b.run(24 * engine.Hour)
		require.Equal(t, credit(36), s.Cut().Credits)
	})
}

// Without credits a t2.micro uses 10 % of its vCPU, whatever it is asked for.
func TestStandardIsHeldToItsBaseline(t *testing.T) {
	b := newBench(t)
	s := b.burstable(t2micro, takes(0, 0))
	s.Impair(traffic.Impairment{Load: 1})
	full := 30 * engine.Minute * 10 / 9 // 30 credits, spent at 1 - 0.1 a minute
	b.run(full)
	first := s.Cut()
	require.InDelta(t, 1, first.Utilization(), 1e-4)
	require.InDelta(t, 0, float64(first.CreditsMin), float64(engine.Millisecond))
	b.run(full + engine.Hour)
	require.InDelta(t, 0.1, utilization(s), 1e-6)

	s.Impair(traffic.Impairment{})
	b.run(b.sim.Now() + 30*engine.Minute)
	require.InDelta(t, float64(credit(3)), float64(s.Cut().Credits), float64(2*engine.Millisecond))
	s.Impair(traffic.Impairment{Load: 1})
	b.run(b.sim.Now() + 10*engine.Minute)
	require.InDelta(t, 0.1+0.9*(3/0.9)/10, utilization(s), 1e-4, "what was saved is spent at full speed")
	require.NoError(t, s.Audit())
}

// A request that finds no credits takes 1/baseline as long; its rest is done at
// full speed only for what was earned meanwhile, which is nothing.
func TestRequestWithoutCredits(t *testing.T) {
	b := newBench(t)
	s := b.burstable(Machine{VCPUs: 1, Credits: &Credits{PerHour: 6}}, takes(100*engine.Millisecond, 0))
	c := b.clients(2)
	c.send(0, s)
	b.run(900 * engine.Millisecond)
	require.False(t, c.visits[0].answered)
	require.True(t, s.saturated[CPU].on)
	c.send(1, s)
	b.run(3 * engine.Second)
	require.InDelta(t, 1.1, c.visits[0].at.Seconds(), 0.01, "90 ms alone at a tenth, 10 ms at a twentieth")
	require.InDelta(t, 2, c.visits[1].at.Seconds(), 0.01, "both need 200 ms of CPU, at a tenth")
	require.NoError(t, s.Audit())
}

// Surplus is free up to a day's earnings if it is repaid, and charged beyond;
// what is outstanding is charged when the machine stops [T-UNL].
func TestUnlimitedSurplus(t *testing.T) {
	b := newBench(t)
	s := b.burstable(t3micro, takes(0, 0))
	s.Impair(traffic.Impairment{Load: 2})
	b.run(2 * engine.Hour) // spends 240, earns 24
	cut := s.Cut()
	require.InDelta(t, 1, cut.Utilization(), 1e-9, "never held down")
	require.Equal(t, credit(24-240), cut.Credits)
	require.Equal(t, credit(24-240), cut.CreditsMin)
	require.Zero(t, cut.SurplusBilled, "288 are free")
	b.run(3 * engine.Hour)
	cut = s.Cut()
	require.Equal(t, credit(-288), cut.Credits)
	require.Equal(t, credit(324-288), cut.SurplusBilled)
	s.Impair(traffic.Impairment{})
	b.run(27 * engine.Hour)
	require.Equal(t, credit(0), s.Cut().Credits, "repaid in a day")

	s.Impair(traffic.Impairment{Load: 2})
	b.run(28 * engine.Hour)
	s.Cut()
	s.Stop()
	cut = s.Cut()
	require.Equal(t, credit(108), cut.SurplusBilled)
	require.Zero(t, cut.Credits)
}

// The balance does not depend on how often somebody looks, but for completions
// that are rounded another way.
func TestLookingCostsNoCredits(t *testing.T) {
	balance := func(step engine.Time) engine.Time {
		b := newBench(t)
		s := b.burstable(Machine{VCPUs: 8, Credits: &Credits{PerHour: 81.6, Launch: 240}}, exponentialRoute(3*engine.Second))
		newFlow(b.sim, s, engine.Second, false)
		for at := step; at <= 6*engine.Hour; at += step {
			b.run(at)
			s.Cut()
		}
		return s.Cut().Credits
	}
	once, often := balance(6*engine.Hour), balance(engine.Hour/480)
	require.InDelta(t, float64(once), float64(often), 1e-6*float64(CreditUnit))
}

// spec 5 [T-BASE, T-STD]: stopped and started again, a T2 has lost its balance and
// gets launch credits anew; a T3 keeps it for 7 days, without them. While stopped
// neither earns.
func TestCreditsOfAStoppedMachine(t *testing.T) {
	const week = 7 * 24 * engine.Hour
	t2, t3 := *t2micro.Credits, *t3micro.Credits
	t3.Kept = week
	for _, c := range []struct {
		name    string
		credits Credits
		off     engine.Time
		want    float64
	}{
		{"t2", t2, engine.Minute, 30},
		{"t3", t3, engine.Minute, 10 * 12},
		{"t3 after a week", t3, week, 10 * 12},
		{"t3 after more than a week", t3, week + 1, 0},
	} {
		b := newBench(t)
		m := Machine{VCPUs: 1, Credits: &c.credits}
		s := b.burstable(m, takes(0, 0))
		b.run(10 * engine.Hour)
		s.Crash()
		saved := s.Halt()
		b.run(b.sim.Now() + c.off)
		s.Wake(saved)
		require.Equal(t, credit(c.want), s.Cut().Credits, c.name)
		b.run(b.sim.Now() + engine.Hour)
		require.Equal(t, credit(c.want+c.credits.PerHour), s.Cut().Credits, "%s: it earns again", c.name)
		require.NoError(t, s.Audit())
	}
}

// spec 5 [T-UNL]: the surplus is due when a machine is stopped.
func TestSurplusIsDueAtAStop(t *testing.T) {
	b := newBench(t)
	s := b.burstable(t3micro, takes(0, 0))
	s.Impair(traffic.Impairment{Load: 2})
	b.run(engine.Hour)
	s.Cut()
	s.Crash()
	require.Zero(t, s.Halt().Credits)
	require.Equal(t, credit(120-12), s.Cut().SurplusBilled)
}
