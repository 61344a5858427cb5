package balancer_test

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/internal/measured"
	"github.com/headroom-sim/headroom/models/balancer"
	"github.com/headroom-sim/headroom/models/traffic"
)

// sample collects values.
type sample []float64

func (s sample) mean() float64 {
	sum := 0.0
	for _, x := range s {
		sum += x
	}
	return sum / float64(len(s))
}

func (s sample) variance() float64 {
	m, sum := s.mean(), 0.0
	for _, x := range s {
		sum += (x - m) * (x - m)
	}
	return sum / float64(len(s)-1)
}

// requireSameMean asks that measured values can be of the simulated ones' law:
// their means differ by no more than 99.9 % of such samples' do, and some slack
// for what a real machine adds.
func requireSameMean(t *testing.T, simulated, real sample, slack float64, what string) {
	t.Helper()
	spread := z * math.Sqrt(simulated.variance()*(1/float64(len(real))+1/float64(len(simulated))))
	require.InDelta(t, simulated.mean(), real.mean(), spread+slack, what)
}

// machine is a server of 5 ms that can be broken as in the measurements.
type machine struct {
	sim    *engine.Sim
	mode   string // "", close, 500 or hang
	done   *engine.Routine[*traffic.Attempt]
	held   []*traffic.Attempt // by a server that hangs
	served int
}

func newMachine(sim *engine.Sim) *machine {
	m := &machine{sim: sim}
	m.done = engine.NewRoutine(sim, "served", engine.Release, func(a *traffic.Attempt) { a.Reply(traffic.OK) })
	return m
}

func (m *machine) Receive(a *traffic.Attempt) {
	switch m.mode {
	case "close":
		a.Reply(traffic.Refused)
	case "500":
		a.Reply(traffic.Status500)
	case "hang":
		a.Link.Queued = true // by the kernel
		m.held = append(m.held, a)
	default:
		m.serve(a)
	}
}

func (m *machine) serve(a *traffic.Attempt) {
	if a.Probe {
		a.Reply(traffic.OK)
		return
	}
	m.served++
	a.Link.Queued = true
	m.done.After(5*engine.Millisecond, a)
}

func (m *machine) Withdraw(a *traffic.Attempt, _ int32) {
	for i := range m.held {
		if m.held[i] == a {
			m.held = append(m.held[:i], m.held[i+1:]...)
			return
		}
	}
}

func (m *machine) repair() {
	m.mode = ""
	held := m.held
	m.held = nil
	for _, a := range held {
		m.serve(a)
	}
}

// window is what a run of the measurements reports.
type window struct {
	down, up, errors, offered float64
	codes                     map[traffic.Cause]float64
	slowest                   engine.Time // of the requests that were answered well
}

// poisson is a client of 60 requests a second that counts what it is told.
type poisson struct {
	*rig
	rng    *rand.Rand
	arrive *engine.Routine[struct{}]
	began  []engine.Time
	window
}

func (p *poisson) onArrive(struct{}) {
	p.arrive.After(engine.Time(p.rng.ExpFloat64()/60*float64(engine.Second)), struct{}{})
	p.began = append(p.began, p.sim.Now())
	a := p.pool.Get()
	a.Session = uint64(len(p.began))
	a.Call(p.rig, p, int32(len(p.began)-1))
}

func (p *poisson) Moved(*traffic.Attempt, int32) {}

func (p *poisson) Answered(a *traffic.Attempt, tag int32, cause traffic.Cause) {
	a.Release()
	if cause != traffic.OK {
		p.errors++
		p.codes[cause]++
		return
	}
	p.slowest = max(p.slowest, p.sim.Now()-p.began[tag])
}

// breakdown simulates a run of the measurements.
func breakdown(t *testing.T, mode, retry string, servers int, seed uint64) window {
	s := spec("haproxy")
	s.ServerTimeout = seconds(2)
	switch retry {
	case "off":
		s.Retries = 0
	case "l7":
		s.RetryOn = []string{"all-retryable-errors"}
		fallthrough
	case "on":
		s.Retries, s.Redispatch = 3, true
	}
	p := &poisson{rng: rand.New(rand.NewPCG(seed, 1)), window: window{codes: map[traffic.Cause]float64{}}}
	p.rig = newRigOf(s, func(c *balancer.Config) {
		c.Stream = func(name string) random.Stream { return random.NewStream(seed, 0, name) }
	})
	var machines []*machine
	for id := range servers {
		machines = append(machines, newMachine(p.sim))
		p.AddTarget(balancer.Target{ID: id, Receiver: machines[id], Healthy: true})
	}
	p.arrive = engine.NewRoutine(p.sim, "arrive", engine.Seize, p.onArrive)
	p.arrive.After(0, struct{}{})
	kill := engine.Time((10 + 2*p.rng.Float64()) * float64(engine.Second))
	back := kill + engine.Time((13+4*p.rng.Float64())*float64(engine.Second))
	p.at(kill, func() { machines[0].mode = mode })
	p.at(back, machines[0].repair)
	p.run(t, 40*engine.Second)
	require.Len(t, p.verdicts, 2)
	p.down, p.up = (p.verdicts[0].at - kill).Seconds(), (p.verdicts[1].at - back).Seconds()
	for _, at := range p.began {
		if kill <= at && at < p.verdicts[0].at {
			p.offered++
		}
	}
	return p.window
}

// TestFailingTargetsAsMeasured replays the measurements of failing targets at
// their parameters (spec 7 of A7): when a target is DOWN and UP again, how many
// requests fail and with which status, and what retries make of it.
func TestFailingTargetsAsMeasured(t *testing.T) {
	type setting struct{ mode, retry, servers string }
	runs := map[setting][]measured.Row{}
	for _, m := range measured.Rows(t, os.DirFS("testdata"), "health-check-windows.csv") {
		k := setting{m["mode"], m["retry"], m["servers"]}
		runs[k] = append(runs[k], m)
	}
	require.Len(t, runs, 18)
	status := map[string]traffic.Cause{"e500": traffic.Status500, "e502": traffic.Status502, "e503": traffic.Status503, "e504": traffic.Status504}
	for k, rows := range runs {
		name := k.mode + ", retries " + k.retry + ", " + k.servers + " servers"
		servers, _ := strconv.Atoi(k.servers)
		var down, up, failed, sent, slowest sample
		codes := map[string]sample{}
		for seed := range uint64(100) {
			w := breakdown(t, k.mode, k.retry, servers, seed)
			down, up, failed, sent = append(down, w.down), append(up, w.up), append(failed, w.errors), append(sent, w.offered)
			slowest = append(slowest, w.slowest.Seconds())
			for column, cause := range status {
				codes[column] = append(codes[column], w.codes[cause])
			}
		}
		column := func(name string) (s sample) {
			for _, m := range rows {
				s = append(s, m.Number(t, name))
			}
			return s
		}
		requireSameMean(t, down, column("down_at_s"), 0.02, name+": DOWN")
		requireSameMean(t, up, column("up_after_back_s"), 0.02, name+": UP")
		requireSameMean(t, sent, column("n_sent_kill_to_down"), 0, name+": requests until DOWN")
		requireSameMean(t, failed, column("err_total"), 0, name+": errors")
		for code, simulated := range codes {
			requireSameMean(t, simulated, column(code), 0, name+": "+code)
		}
		if k.mode == "hang" && k.retry == "l7" {
			require.InDelta(t, 2.005, slowest.mean(), 0.001, "a hung request costs the server timeout")
			require.InDelta(t, 2.005, column("lat_ok_ms_max_kill_window").mean()/1000, 0.03)
		}
	}
}

// shoppers are sessions of 100 requests, as in the measurements.
type shoppers struct {
	*rig
	rng           *rand.Rand
	arrive, think *engine.Routine[*shopper]
	all           []*shopper
}

type shopper struct {
	index   int32
	visitor traffic.Visitor
	left    int
}

func (s *shoppers) after(mean engine.Time) engine.Time {
	return engine.Time(s.rng.ExpFloat64() * float64(mean))
}

func (s *shoppers) onArrive(*shopper) {
	s.arrive.After(s.after(engine.Second*2/3), nil)
	u := &shopper{index: int32(len(s.all)), left: 100}
	s.all = append(s.all, u)
	s.onThought(u)
}

func (s *shoppers) onThought(u *shopper) {
	u.left--
	a := s.pool.Get()
	a.Session, a.Visitor = uint64(u.index), &u.visitor
	a.Call(s.rig, s, u.index)
}

func (s *shoppers) Moved(*traffic.Attempt, int32) {}

func (s *shoppers) Answered(a *traffic.Attempt, tag int32, _ traffic.Cause) {
	a.Release()
	if u := s.all[tag]; u.left > 0 {
		s.think.After(s.after(100*engine.Millisecond), u)
	}
}

// joining simulates a scale-out from two servers to three, and returns the third
// one's share of each second's requests from then on.
func joining(t *testing.T, sticky bool, seed uint64, spans int) sample {
	spec := spec("haproxy")
	spec.InitState = "fully-up"
	if sticky {
		spec.Stickiness.Type = "lb_cookie"
	}
	s := &shoppers{rng: rand.New(rand.NewPCG(seed, 2)), rig: newRig(spec)}
	s.arrive = engine.NewRoutine(s.sim, "arrive", engine.Seize, s.onArrive)
	s.think = engine.NewRoutine(s.sim, "think", engine.Seize, s.onThought)
	machines := []*machine{newMachine(s.sim), newMachine(s.sim), newMachine(s.sim)}
	for id := range 2 {
		s.AddTarget(balancer.Target{ID: id, Receiver: machines[id], Healthy: true})
	}
	s.arrive.After(s.after(engine.Second*2/3), nil)
	s.run(t, 25*engine.Second)
	s.AddTarget(balancer.Target{ID: 2, Receiver: machines[2]})
	var shares sample
	for span := range spans {
		before := machines[0].served + machines[1].served + machines[2].served
		third := machines[2].served
		s.run(t, 25*engine.Second+engine.Time(span+1)*engine.Second)
		all := machines[0].served + machines[1].served + machines[2].served - before
		shares = append(shares, float64(machines[2].served-third)/float64(max(all, 1)))
	}
	return shares
}

// TestStickyScaleOutAsMeasured replays the measurements of a third server that
// joins (spec 8): its share reaches 1/3 at once with round robin, and ramps over a
// session's length with cookies.
func TestStickyScaleOutAsMeasured(t *testing.T) {
	const spans, runs = 40, 60
	real := map[string]map[int]sample{"true": {}, "false": {}}
	for _, m := range measured.Rows(t, os.DirFS("testdata"), "sticky-scale-out.csv") {
		if at := int(m.Number(t, "sec_rel_join")); at >= 0 && at < spans {
			real[m["sticky"]][at] = append(real[m["sticky"]][at], m.Number(t, "share_s2"))
		}
	}
	for _, sticky := range []bool{true, false} {
		simulated := make([]sample, spans)
		for seed := range uint64(runs) {
			for at, share := range joining(t, sticky, seed, spans) {
				simulated[at] = append(simulated[at], share)
			}
		}
		for at := range spans {
			got := real[strconv.FormatBool(sticky)][at]
			require.Len(t, got, 3)
			requireSameMean(t, simulated[at], got, 0.01, strconv.Itoa(at)+" s")
		}
		if sticky {
			require.Less(t, simulated[0].mean(), 0.05)
			require.InDelta(t, 1.0/6, simulated[5].mean(), 0.04, "half of the way after half a session")
		} else {
			require.InDelta(t, 1.0/3, simulated[0].mean(), 0.01)
		}
		require.InDelta(t, 1.0/3, simulated[15].mean(), 0.03)
	}
}
