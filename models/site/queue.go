package site

import (
	"errors"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/scenario"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/headroom-sim/headroom/models/traffic"
)

// queue is a service of kind "queue": a broker, which takes messages as fast as
// they come, and consumers.
type queue struct {
	*backend.Queue
	broker  *machine
	workers int
}

// brokerThreads is how many messages a broker can take at a time: more than there can
// be calls, so that none is in another's way. They cost nothing.
const brokerThreads = 1 << 30

func (s *System) newQueue(name string, spec *scenario.Service) *queue {
	threads := brokerThreads
	q := &queue{workers: spec.Workers}
	broker := &server.Spec{Software: "station", Queueing: server.Queueing{Discipline: "ps", Servers: &threads}}
	q.broker = s.newMachine(name, broker, server.Machine{VCPUs: threads})
	q.Queue = backend.NewQueue(s.sim, &spec.QueueSpec, backend.QueueConfig{Name: name, Broker: q.broker.Server, Stream: s.stream})
	return q
}

// cut implements facility: its servers are the consumers, its jobs the
// messages.
func (q *queue) cut() serviceTally {
	t := q.Queue.Cut()
	of := server.Tally{
		Span: t.Number.Span, Received: t.Received, Probes: t.Probes, Completed: t.Completed, Failed: t.Failed, Withdrawn: t.Withdrawn,
		CPU: engine.Time(t.Busy.Integral.Int64()), Capacity: engine.Time(q.workers) * t.Busy.Span,
		Number: t.Number, Busy: t.Busy, Waits: t.Waits, Delayed: t.Delayed,
	}
	return serviceTally{Tally: of}
}

func (q *queue) connectionLimit() int { return 0 }

// Audit checks the books of the queue and of its broker.
func (q *queue) Audit() error { return errors.Join(q.Queue.Audit(), q.broker.Server.Audit()) }

// Impair implements impairable.
func (q *queue) Impair(i traffic.Impairment) {
	q.broker.Impair(i)
	q.Queue.Impair(i)
}
