package client

import (
	"fmt"
	"slices"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/traffic"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A recount finds out what became of every request from the attempts that a
// server saw, the second account that the ledger is held against.
type recount struct {
	*delayer
	offered map[traffic.Request]engine.Time
}

func (d *recount) Receive(a *traffic.Attempt) {
	if _, seen := d.offered[a.Request]; !seen {
		d.offered[a.Request] = d.now()
	}
	d.delayer.Receive(a)
}

func TestLedgerConservesRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(2, 2)
		luck := r.stream("luck")
		causes := []traffic.Cause{traffic.OK, traffic.OK, traffic.OK, traffic.Reset, traffic.Status503}
		forever := rapid.Bool().Draw(t, "some are never answered")
		server := newDelayer(r.Sim, func(a *traffic.Attempt) (engine.Time, traffic.Cause) {
			u := luck.Uniform(a.Session, uint64(a.Ordinal))
			if forever && u < 0.02 {
				return engine.Forever, traffic.OK
			}
			return engine.Time(u * 3e9), causes[luck.Uint64(a.Session, uint64(a.Ordinal))%5]
		})
		d := &recount{server, map[traffic.Request]engine.Time{}}
		for _, name := range []string{"visitors", "users"} {
			r.client(name, drawSpec(t, name == "users"), d)
		}
		cuts := rapid.SliceOfN(rapid.Int64Range(1, 60e9), 0, 8).Draw(t, "cuts")
		slices.Sort(cuts)
		for _, at := range cuts {
			require.NoError(t, r.Run(engine.Time(at)))
			r.ledger.Cut(r.Now())
		}
		end := 60 * engine.Second
		require.NoError(t, r.Run(end))
		inFlight := r.ledger.InFlight()
		require.NoError(t, r.ledger.Finish(end))
		requireRecount(t, r, d.offered, cuts)

		var all Cell
		r.sum.AddAll(&all)
		require.Equal(t, uint64(inFlight), all.InFlight())
		require.Equal(t, uint64(len(d.seen)), all.Attempts)
		require.Equal(t, all.Ended[traffic.OK], all.Latency.Count())
		requireViews(t, &r.sum, all.Offered)
	})
}

// drawSpec draws how a population behaves.
func drawSpec(t *rapid.T, closed bool) *Spec {
	spec := newSpec()
	spec.Rate = rates(0, 10, 30, 30)
	if closed {
		spec.Rate.Points, spec.Users = nil, rapid.IntRange(1, 20).Draw(t, "users")
	}
	spec.Requests = number(rapid.SampledFrom([]string{"1", "geometric(4)"}).Draw(t, "requests"))
	spec.Think = span(rapid.SampledFrom([]string{"1s", "exponential(2s)"}).Draw(t, "think"))
	spec.Routes = map[string]quantity.Share{"album": 0.5, "signin": 0.5}
	spec.Cancel, spec.KeepAlive = rapid.Bool().Draw(t, "cancel"), rapid.Bool().Draw(t, "keep-alive")
	if rapid.Bool().Draw(t, "timeout") {
		spec.Timeout = seconds(2)
	}
	spec.Retry.Attempts = rapid.IntRange(0, 2).Draw(t, "retries")
	spec.Retry.Wait = span("exponential(100ms)")
	return spec
}

// requireRecount compares the segments with the requests that the server saw,
// which began at the instants after one cut, up to and with the next.
func requireRecount(t *rapid.T, r *rig, offered map[traffic.Request]engine.Time, cuts []int64) {
	require.Len(t, r.segments, len(cuts)+1)
	want := make([]uint64, len(cuts)+1)
	for _, at := range offered {
		i, _ := slices.BinarySearch(cuts, int64(at))
		want[i]++
	}
	for i := range r.segments {
		var all Cell
		r.segments[i].AddAll(&all)
		require.Equal(t, want[i], all.Offered, "segment %d", i)
		require.Equal(t, all.Offered, all.Ended[traffic.OK]+all.Failed()+all.InFlight())
	}
}

// requireViews checks that populations and routes each add up to the whole.
func requireViews(t *rapid.T, sum *Tally, offered uint64) {
	var byClient, byRoute Cell
	for i := range 2 {
		sum.AddClient(i, &byClient)
		sum.AddRoute(i, &byRoute)
	}
	require.Equal(t, offered, byClient.Offered)
	require.Equal(t, offered, byRoute.Offered)
	require.Equal(t, byClient.Latency.Sum(), byRoute.Latency.Sum())
}

func TestSegmentsWaitForTheirRequests(t *testing.T) {
	var delivered []string
	l := NewLedger(1, 1, func(index int, t *Tally) {
		c := &t.Cells[0]
		delivered = append(delivered, fmt.Sprint(index, t.From, t.To, " ", c.Offered, c.Ended[traffic.OK], c.Failed(), c.InFlight()))
	})
	var a, b, c ticket
	l.offer(&a, 1, 0, 0)
	l.offer(&b, 2, 0, 0)
	l.Cut(10)
	l.offer(&c, 11, 0, 0)
	l.end(&c, 12, traffic.Timeout)
	l.Cut(20)
	l.end(&a, 25, traffic.OK)
	require.Empty(t, delivered, "a request of segment 0 is in flight")
	l.end(&b, 27, traffic.OK)
	require.Equal(t, []string{"0 0s 0.00000001s 2 2 0 0", "1 0.00000001s 0.00000002s 1 0 1 0"}, delivered)
	l.offer(&a, 28, 0, 0)
	l.Cut(30)
	require.Len(t, delivered, 2)
	l.clients = []*Client{{visits: Visits{Started: 1}, records: []*session{{ticket: ticket{segment: l.open[0], since: 28}}}}}
	require.NoError(t, l.Finish(40))
	require.Equal(t, []string{"2 0.00000002s 0.00000003s 1 0 0 1", "3 0.00000003s 0.00000004s 0 0 0 0"}, delivered[2:])
}

// The ledger notices errors of the simulator.
func TestLedgerNoticesErrors(t *testing.T) {
	run := func(harm func(c *Client, s *session)) error {
		r := newRig(1, 1)
		spec := newSpec()
		spec.Rate = rates(0, 10)
		c := r.client("visitors", spec, newDelayer(r.Sim, after(1, traffic.OK)))
		require.NoError(t, r.Run(10050*engine.Millisecond))
		for _, s := range c.records {
			if s.ticket.segment != nil {
				harm(c, s)
				break
			}
		}
		return r.ledger.Finish(r.Now())
	}
	require.NoError(t, run(func(*Client, *session) {}))
	require.ErrorContains(t, run(func(_ *Client, s *session) { s.ticket = ticket{} }), "Little's law", "a request is lost")
	require.ErrorContains(t, run(func(_ *Client, s *session) { s.ticket.since++ }), "Little's law", "a nanosecond is lost")
	require.ErrorContains(t, run(func(c *Client, s *session) { t := s.ticket; c.ledger.end(&t, c.sim.Now(), traffic.OK) }), "Little's law", "one ends, but stays")
	require.ErrorContains(t, run(func(c *Client, _ *session) { c.visits.Ended++ }), "visits are not conserved")
	require.ErrorContains(t, run(func(_ *Client, s *session) { s.ticket.segment.inFlight-- }), "requests in flight, but")
	require.ErrorContains(t, run(func(_ *Client, s *session) { s.ticket.segment.tally.Cells[0].Offered++ }), "requests in flight, but")
}

func TestTalliesMerge(t *testing.T) {
	r := newRig(1, 2)
	spec := newSpec()
	spec.Rate = rates(0, 50)
	spec.Routes = map[string]quantity.Share{"album": 0.5, "signin": 0.5}
	r.client("visitors", spec, newDelayer(r.Sim, after(0.25, traffic.OK)))
	for i := range 9 {
		require.NoError(t, r.Run(engine.Time(i+1)*engine.Second))
		r.ledger.Cut(r.Now())
	}
	r.finish(t, 10*engine.Second)
	require.Equal(t, engine.Time(0), r.sum.From)
	require.Equal(t, 10*engine.Second, r.sum.To)
	var backwards Tally
	for i := range r.segments {
		backwards.Merge(&r.segments[len(r.segments)-1-i])
	}
	require.Equal(t, r.sum, backwards)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	r := newRig(2, 1)
	r.ledger.deliver = func(int, *Tally) {}
	target := newLag(r.Sim, 20*engine.Millisecond)
	worldCup(r, 60, target)
	spec := newSpec()
	spec.Users, spec.Think, spec.Requests = 100, span("exponential(1s)"), number("geometric(3)")
	spec.Timeout = seconds(0.015)
	spec.Retry = Retry{Attempts: 2, Wait: span("exponential(10ms)"), Growth: 2, Jitter: 0.5}
	r.client("users", spec, target)
	at := engine.Time(0)
	second := func() {
		at += engine.Second
		if err := r.Run(at); err != nil {
			panic(err)
		}
		r.ledger.Cut(at)
	}
	for range 300 {
		second()
	}
	require.Zero(t, testing.AllocsPerRun(60, second))
}
