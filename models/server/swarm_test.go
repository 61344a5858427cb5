package server

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A swarm drives a proxy and the server behind it with random deeds.
type swarm struct {
	*bench
	rt      *rapid.T
	c       *clients
	servers []*Server // the one that clients call comes first
	sent    []*traffic.Attempt
	ended   []bool // answered, withdrawn or left
}

func randomSpec(t *rapid.T) Spec {
	spec := poolSpec()
	switch rapid.IntRange(0, 3).Draw(t, "software") {
	case 0:
		spec = nginxSpec()
		spec.CPUSharing = "per_worker"
	case 1:
		spec = nginxSpec()
	case 2:
		return Spec{Software: "station", Queueing: Queueing{
			Servers:    pointer(rapid.IntRange(1, 3).Draw(t, "servers")),
			Queue:      pointer(rapid.IntRange(0, 5).Draw(t, "queue")),
			Discipline: rapid.SampledFrom([]string{"fifo", "ps", "lifo"}).Draw(t, "discipline"),
			Patience:   exponential(100 * ms),
		}}
	}
	spec.WorkerProcesses = Workers(rapid.IntRange(0, 3).Draw(t, "workers"))
	spec.WorkerConnections = rapid.IntRange(3, 40).Draw(t, "connections")
	spec.UpstreamKeepalive = rapid.IntRange(0, 3).Draw(t, "kept")
	spec.Backlog = rapid.IntRange(1, 5).Draw(t, "backlog")
	spec.AcceptCount, spec.Threads = spec.Backlog, rapid.IntRange(1, 4).Draw(t, "threads")
	spec.MaxConnections = rapid.IntRange(1, 20).Draw(t, "max")
	spec.KeepaliveRequests = rapid.IntRange(1, 5).Draw(t, "requests")
	return spec
}

func newSwarm(t *testing.T, rt *rapid.T) *swarm {
	w := &swarm{bench: newBench(t), rt: rt}
	credits := []*Credits{nil, {PerHour: 6}, {PerHour: 81.6, Launch: 0.01}, {PerHour: 12, Unlimited: true}}
	var calls []Call
	for range 2 {
		route := exponentialRoute(20 * ms)
		route.Wait = takes(0, 15*ms).Wait
		spec := randomSpec(rt)
		s := NewImage(w.sim, &spec, wiring("web", route, calls...)).Launch(Machine{
			VCPUs:   rapid.IntRange(1, 3).Draw(rt, "vcpus"),
			Credits: credits[rapid.IntRange(0, 3).Draw(rt, "credits")],
		}, 0)
		s.SetState(Up)
		w.servers = append([]*Server{s}, w.servers...)
		calls = []Call{{To: s, Routes: []bool{true}, Tolerant: rapid.Bool().Draw(rt, "tolerant")}}
	}
	w.c = w.clients(400)
	return w
}

// deed does something random.
func (w *swarm) deed() {
	t := w.rt
	s := w.servers[rapid.IntRange(0, len(w.servers)-1).Draw(t, "server")]
	switch rapid.IntRange(0, 9).Draw(t, "deed") {
	default:
		w.send(rapid.IntRange(0, 40).Draw(t, "from"))
	case 3, 4:
		w.run(w.sim.Now() + engine.Time(rapid.IntRange(0, int(200*ms)).Draw(t, "pause")))
	case 5:
		w.withdraw(rapid.IntRange(0, len(w.c.visits)).Draw(t, "who"))
	case 6:
		s.SetState(rapid.SampledFrom([]State{Off, Down, Up, Up, Up, Hung}).Draw(t, "state"))
	case 7:
		s.Impair(traffic.Impairment{
			Load:     float64(rapid.IntRange(0, 4).Draw(t, "load")) / 2,
			Slowdown: rapid.SampledFrom([]float64{1, 2, 1.0 / 3}).Draw(t, "slowdown"),
		})
	case 8:
		if ref, cause := s.Open(); cause == traffic.OK && rapid.Bool().Draw(t, "hang up") {
			ref.Hangup()
		}
	case 9:
		s.Cut()
	}
}

// send sends a request over the connection of an earlier one.
func (w *swarm) send(from int) {
	i := len(w.sent)
	if i == len(w.c.visits) {
		return
	}
	if from < i && w.c.visits[from].answered {
		w.c.visits[i].link = w.c.visits[from].link
		w.c.visits[from].link = traffic.Link{}
	}
	w.sent = append(w.sent, nil) // for answers within the call
	w.ended = append(w.ended, false)
	if a := w.c.send(i, w.servers[0]); !w.c.visits[i].answered {
		w.sent[i] = a
	}
}

// withdraw takes a request back, or leaves it to its fate.
func (w *swarm) withdraw(i int) {
	if i >= len(w.sent) || w.c.visits[i].answered || w.ended[i] || w.sent[i] == nil {
		return
	}
	w.ended[i] = true
	if i%2 == 0 {
		w.sent[i].Cut(0, traffic.Link{})
		return
	}
	w.sent[i].Withdraw(0)
	w.sent[i].Release()
}

// finish lets all come to an end.
func (w *swarm) finish() {
	for _, s := range w.servers {
		s.Impair(traffic.Impairment{})
		s.SetState(Up)
	}
	w.run(w.sim.Now() + 2*engine.Hour)
	for i := range w.sent {
		require.True(w.rt, w.c.visits[i].answered || w.ended[i], "request %d is lost", i)
	}
}

// Whatever happens, every attempt is answered once, the books are right at any
// time, and nothing leaks.
func TestSwarm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newSwarm(t, rt)
		for range rapid.IntRange(1, 150).Draw(rt, "deeds") {
			w.deed()
			for _, s := range w.servers {
				require.NoError(rt, s.Audit())
			}
		}
		backend := w.servers[1]
		if rapid.Bool().Draw(rt, "stop the backend first") {
			backend.Stop()
			w.servers = w.servers[:1]
		}
		w.finish()
		w.servers[0].Stop()
		backend.Stop()
		for _, s := range []*Server{w.servers[0], backend} {
			w.gone(s)
			for l := range s.saturated {
				require.False(rt, s.saturated[l].on, Limit(l).String())
			}
		}
	})
}
