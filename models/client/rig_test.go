package client

import (
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
)

// A rig is a simulation with a ledger whose segments are kept as a sum and one
// by one.
type rig struct {
	*engine.Sim
	pool     traffic.Pool
	ledger   *Ledger
	seed     uint64
	sum      Tally
	segments []Tally
}

func newRig(clients, routes int) *rig {
	r := &rig{Sim: engine.New(engine.Limits{}), seed: 1}
	r.ledger = NewLedger(clients, routes, func(index int, t *Tally) {
		if index != len(r.segments) {
			panic("segments are delivered out of order")
		}
		var own Tally
		own.Merge(t)
		r.segments = append(r.segments, own)
		r.sum.Merge(t)
	})
	return r
}

func (r *rig) stream(name string) random.Stream { return random.NewStream(r.seed, 0, name) }

// client starts a population that sends to target.
func (r *rig) client(name string, spec *Spec, target traffic.Receiver) *Client {
	c := New(name, spec, r.env(target))
	c.Start()
	return c
}

func (r *rig) env(target traffic.Receiver) Env {
	return Env{Sim: r.Sim, Pool: &r.pool, Ledger: r.ledger, Stream: r.stream, Target: target, End: engine.Forever, Routes: []string{"album", "signin"}}
}

// finish runs to an instant and closes the books.
func (r *rig) finish(t *testing.T, until engine.Time) *Cell {
	t.Helper()
	require.NoError(t, r.Run(until))
	require.NoError(t, r.ledger.Finish(until))
	var all Cell
	r.sum.AddAll(&all)
	return &all
}

// newSpec is a Spec with the defaults of the scenario language.
func newSpec() *Spec {
	return &Spec{Shape: "linear", Weekend: 1, Scale: 1, Speed: 1, Requests: number("1"), Think: span("0s"),
		KeepAlive: true, Retry: Retry{Wait: span("0s"), Growth: 1}}
}

func number(text string) quantity.Number {
	n, err := quantity.ParseNumber(text, nil)
	if err != nil {
		panic(err)
	}
	return n
}

func span(text string) quantity.Span {
	s, err := quantity.ParseSpan(text, nil)
	if err != nil {
		panic(err)
	}
	return s
}

func seconds(s float64) *quantity.Duration {
	d := quantity.Duration(s * 1e9)
	return &d
}

// rates is a profile of (seconds, rate per second) pairs.
func rates(pairs ...float64) quantity.RateProfile {
	var p quantity.RateProfile
	for i := 0; i < len(pairs); i += 2 {
		p.Points = append(p.Points, quantity.RatePoint{At: engine.Time(pairs[i] * 1e9), Rate: quantity.Rate(pairs[i+1])})
	}
	return p
}

// A replier answers at once.
type replier struct{ cause traffic.Cause }

func (r replier) Receive(a *traffic.Attempt)         { a.Reply(r.cause) }
func (replier) Withdraw(_ *traffic.Attempt, _ int32) { panic("a replier holds nothing") }

// A delayer answers after a time that reply chooses.
type delayer struct {
	reply  func(a *traffic.Attempt) (engine.Time, traffic.Cause)
	leave  *engine.Routine[*stay]
	now    func() engine.Time
	seen   []traffic.Attempt
	at     []engine.Time
	held   map[*traffic.Attempt]*stay
	busy   int // in work, whether somebody waits or not
	served int
	drawn  int // withdrawn
	gone   int // served when nobody waited any more
}

type stay struct {
	a     *traffic.Attempt
	cause traffic.Cause
}

func newDelayer(sim *engine.Sim, reply func(a *traffic.Attempt) (engine.Time, traffic.Cause)) *delayer {
	d := &delayer{reply: reply, now: sim.Now, held: map[*traffic.Attempt]*stay{}}
	d.leave = engine.NewRoutine(sim, "leave", engine.Release, d.onLeave)
	return d
}

func (d *delayer) Receive(a *traffic.Attempt) {
	d.seen, d.at = append(d.seen, *a), append(d.at, d.now())
	after, cause := d.reply(a)
	s := &stay{a, cause}
	d.held[a] = s
	d.busy++
	d.leave.After(after, s)
}

func (d *delayer) Withdraw(a *traffic.Attempt, _ int32) {
	d.held[a].a = nil
	delete(d.held, a)
	d.busy--
	d.drawn++
}

func (d *delayer) onLeave(s *stay) {
	if s.a == nil {
		return
	}
	delete(d.held, s.a)
	d.busy--
	d.served++
	if s.a.Gone {
		d.gone++
	}
	s.a.Reply(s.cause)
}

// after makes a reply function of a constant.
func after(seconds float64, cause traffic.Cause) func(*traffic.Attempt) (engine.Time, traffic.Cause) {
	return func(*traffic.Attempt) (engine.Time, traffic.Cause) { return engine.Time(seconds * 1e9), cause }
}
