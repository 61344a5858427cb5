package client

import (
	"fmt"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/traffic"
)

// A Ledger counts the requests of all populations of a site, by the instant at
// which each was first offered, and their visits, by the instants at which they
// begin and end. The run is cut into segments; a segment is delivered when its last
// request has ended, or at Finish.
type Ledger struct {
	routes  int
	visits  []Visits // by population, in the segments that have been delivered
	clients []*Client
	deliver func(index int, t *Tally)
	open    []*segment // not yet delivered, in order
	current *segment   // the last one, which is still counting
	spare   []*segment
	area    uint64 // instants at which requests ended, less those at which they were offered, ns, modulo 2^64
	stays   uint64 // time in system of those that failed, and of those completed in segments delivered, likewise
	err     error  // first violation of conservation
}

// A segment counts the requests that were first offered, and the visits that began
// and ended, between two cuts.
type segment struct {
	tally    Tally
	index    int
	inFlight uint64
}

// A ticket says where a request in flight is counted. The zero ticket is that
// of no request.
type ticket struct {
	segment *segment
	cell    *Cell
	since   engine.Time // first offer
}

// NewLedger makes the ledger for the given numbers of client populations and
// routes. It calls deliver with each segment in order, from index 0; the tally
// is reused afterwards.
func NewLedger(clients, routes int, deliver func(index int, t *Tally)) *Ledger {
	l := &Ledger{routes: routes, visits: make([]Visits, clients), deliver: deliver}
	l.begin(0, 0)
	return l
}

// enter gives a population the next index.
func (l *Ledger) enter(c *Client) int32 {
	l.clients = append(l.clients, c)
	return int32(len(l.clients) - 1)
}

// offer counts a new request, and gives it its ticket.
func (l *Ledger) offer(t *ticket, now engine.Time, client, route int32) {
	s := l.current
	cell := &s.tally.Cells[client*int32(l.routes)+route]
	cell.Offered++
	s.inFlight++
	l.area -= uint64(now)
	t.segment, t.cell, t.since = s, cell, now
}

// attempt counts an attempt.
func (t *ticket) attempt() { t.cell.Attempts++ }

// end counts how a request has ended, and takes its ticket back.
func (l *Ledger) end(t *ticket, now engine.Time, cause traffic.Cause) {
	stay := now - t.since
	if cause == traffic.OK {
		t.cell.Latency.Add(int64(stay)) // which counts them, too
	} else {
		t.cell.Ended[cause]++
		l.stays += uint64(stay)
	}
	l.area += uint64(now)
	s := t.segment
	t.segment = nil
	if s.inFlight--; s.inFlight == 0 && s != l.current {
		l.deliverEnded()
	}
}

// Cut begins a new segment: requests offered and visits that begin or end from now
// on belong to it, and those before to the segment that it ends.
func (l *Ledger) Cut(now engine.Time) {
	last := l.current
	last.tally.To = now
	l.takeVisits()
	l.begin(last.index+1, now)
	l.deliverEnded()
}

// InFlight is the number of requests in flight.
func (l *Ledger) InFlight() int64 {
	var n uint64
	for _, s := range l.open {
		n += s.inFlight
	}
	return int64(n)
}

// Finish ends the run: it delivers all segments with what is still in flight,
// and returns an error if requests were not conserved in a segment, or visits in
// the run, or Little's law does not hold to the nanosecond. Each would be an error
// of the simulator.
func (l *Ledger) Finish(now engine.Time) error {
	l.current.tally.To = now
	l.takeVisits()
	for _, s := range l.open {
		l.hand(s)
	}
	if l.err != nil {
		return l.err
	}
	if err := l.little(now); err != nil {
		return err
	}
	return l.visited()
}

// visited checks that visits that started have ended or go on, and of those that
// ended no more failed than met an error.
func (l *Ledger) visited() error {
	for _, c := range l.clients {
		v, going := &l.visits[c.index], c.visiting()
		if v.Started != v.Ended+going || v.Failed > v.Erred || v.Erred > v.Ended {
			return fmt.Errorf("client: visits are not conserved: %+v, and %d go on", *v, going)
		}
	}
	return nil
}

// takeVisits moves what the populations have counted into the present segment.
func (l *Ledger) takeVisits() {
	for i, c := range l.clients {
		l.current.tally.Visits[i].Merge(&c.visits)
		c.visits = Visits{}
	}
}

func (l *Ledger) begin(index int, now engine.Time) {
	var s *segment
	if last := len(l.spare) - 1; last >= 0 {
		s = l.spare[last]
		l.spare = l.spare[:last]
	} else {
		s = &segment{tally: Tally{Routes: l.routes, Cells: make([]Cell, len(l.visits)*l.routes), Visits: make([]Visits, len(l.visits))}}
	}
	s.index, s.tally.From = index, now
	l.open, l.current = append(l.open, s), s
}

// deliverEnded hands over the first segments as far as all their requests have
// ended.
func (l *Ledger) deliverEnded() {
	n := 0
	for n < len(l.open)-1 && l.open[n].inFlight == 0 {
		s := l.open[n]
		l.hand(s)
		s.tally.Reset()
		l.spare = append(l.spare, s)
		n++
	}
	l.open = slices.Delete(l.open, 0, n)
}

// hand delivers a segment. Its number of requests in flight was kept by itself;
// the counts must agree with it.
func (l *Ledger) hand(s *segment) {
	var counted uint64
	for i := range s.tally.Cells {
		c := &s.tally.Cells[i]
		c.Ended[traffic.OK] = c.Latency.Count()
		l.stays += c.Latency.Sum().Low
		counted += c.InFlight()
	}
	if counted != s.inFlight && l.err == nil {
		l.err = fmt.Errorf("client: segment %d from %v: %d requests in flight, but offered - completed - failed = %d",
			s.index, s.tally.From, s.inFlight, int64(counted))
	}
	for i := range l.visits {
		l.visits[i].Merge(&s.tally.Visits[i])
	}
	l.deliver(s.index, &s.tally)
}

// little checks Little's law as an identity of the sample path: the sum of the
// times that requests spent in the system, partial stays of those in flight
// included, is the integral of their number. One side adds up the stay of each
// request, as its ticket and the histogram of latencies have it; the other the
// instants at which requests come and go (summation by parts). So a request is found
// that was lost, ended twice, is counted with another latency than its own, or whose
// first offer was forgotten. One that is answered at a wrong instant is not: both
// sides take that for its end. A difference shows modulo 2^64 as well. Source: S.
// Stidham, A last word on L = lambda W, Operations Research 22, 1974.
func (l *Ledger) little(now engine.Time) error {
	stays := l.stays
	for _, c := range l.clients {
		c.inFlight(func(since engine.Time) { stays += uint64(now - since) })
	}
	integral := l.area + uint64(l.InFlight())*uint64(now)
	if integral != stays {
		return fmt.Errorf("client: Little's law is violated: times in system differ by %d ns from the integral of the number in system",
			int64(stays-integral))
	}
	return nil
}
