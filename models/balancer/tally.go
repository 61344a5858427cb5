package balancer

import (
	"cmp"
	"math"
	"slices"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/traffic"
)

// Tally is what happened at a balancer between two cuts. At every instant
//
//	requests received so far = answers + errors + gone + in flight.
type Tally struct {
	Requests uint64                 // received
	Answers  [traffic.Causes]uint64 // of targets, passed on: HTTPCode_Target
	Errors   [traffic.Causes]uint64 // the balancer's own: HTTPCode_ELB
	Gone     uint64                 // clients that left before the answer: 460
	Spilled  uint64                 // of the errors: the surge queue was full

	ClientConnections uint64 // opened by clients
	TargetConnections uint64 // opened to targets
	Raced             uint64 // of the errors: sent on a connection that the target had just closed

	// ClientTime is for how long connections of clients were open, in
	// milliseconds: their mean number times the time. Where no client comes back
	// on one it is an estimate: each that was left open counts with the whole idle
	// timeout when it is opened, and those in use as they are at the cut.
	ClientTime      uint64
	RuleEvaluations uint64 // beyond the free ones: a dimension of capacity units [PRICE-ELB]

	Bytes         uint64 // of requests that targets answered, and of their good answers
	FunctionBytes uint64 // of those with functions, which do not count in Bytes

	Healthy   tally.LevelTally // targets that some node regards as healthy
	Unhealthy tally.LevelTally // targets that every node in reach regards as unhealthy
	Targets   []TargetTally    // by ascending ID; those that were there

	// Groups are the groups of targets that are watched, and Surge is the most
	// requests that waited in one node's surge queue, where any group is. They
	// are of the latest cut alone: Merge leaves them out.
	Groups []GroupTally
	Surge  int

	ShareLag  engine.Time // sum over ShareLags new targets of the wait for half their fair share
	ShareLags uint64
}

// TargetTally is what a target got between two cuts.
type TargetTally struct {
	ID       int
	Requests uint64 // sent to it
	Shared   uint64 // of these, while some node regarded it as healthy
	Fair     uint64 // what these would have been with equal shares among the healthy targets, in millionths of a request
}

// books are what a balancer counts.
type books struct {
	tally    Tally
	healthy  tally.Level   // targets that some node regards as such
	ill      tally.Level   // targets that every node in reach regards as such
	clients  *tally.Level  // open connections of clients; nil: nobody minds them
	left     uint64        // connections that clients have left open, since the last cut
	departed []TargetTally // of targets that left since the last cut
	watches  []*watch      // by group of targets; nil: not watched
	groups   []GroupTally  // of the latest cut
	sizes    [][2]uint64   // of requests and good answers, by route
}

// Cut returns what happened since the last cut.
func (b *Balancer) Cut(now engine.Time) Tally {
	b.balance()
	t := b.tally
	b.tally = Tally{Surge: b.waiting()}
	t.Healthy, t.Unhealthy = b.healthy.Cut(now), b.ill.Cut(now)
	t.Groups = b.cutWatches(now)
	t.ClientTime = b.cutClientTime(now, t.Healthy.Span)
	t.RuleEvaluations = t.Requests * b.policy.paidRules
	here := b.departed
	for slot := range b.targets {
		if b.targets[slot].stage != vacant {
			here = append(here, b.cutTarget(b.targets[slot]))
		}
	}
	t.Targets = merge(nil, here)
	b.departed = here[:0]
	return t
}

// cutClientTime is the clients' connection time since the last cut.
func (b *Balancer) cutClientTime(now, span engine.Time) uint64 {
	if b.clients != nil {
		return milliseconds(b.clients.Cut(now))
	}
	left := b.left
	b.left = 0
	return left*uint64(b.policy.clientIdle/engine.Millisecond) + uint64(b.InFlight())*uint64(span/engine.Millisecond)
}

// milliseconds is the integral of a number over time.
func milliseconds(t tally.LevelTally) uint64 {
	return uint64(t.Integral.Float64() / float64(engine.Millisecond))
}

// InFlight is the number of requests that targets have not answered yet.
func (b *Balancer) InFlight() int { return b.open }

// cutTarget returns what the target got since the last cut.
func (b *Balancer) cutTarget(t *target) TargetTally {
	s, last := t.share, t.share.cut
	got, fair := t.shares()
	s.cut.requests, s.cut.got, s.cut.fair = t.requests, got, fair
	return TargetTally{t.ID, t.requests - last.requests, got - last.got, fair - last.fair}
}

// Merge adds what happened in o, which must follow t in time.
func (t *Tally) Merge(o *Tally) {
	t.Requests += o.Requests
	for i := range t.Answers {
		t.Answers[i] += o.Answers[i]
		t.Errors[i] += o.Errors[i]
	}
	t.Gone += o.Gone
	t.Spilled += o.Spilled
	t.ClientConnections += o.ClientConnections
	t.TargetConnections += o.TargetConnections
	t.Raced += o.Raced
	t.ClientTime += o.ClientTime
	t.RuleEvaluations += o.RuleEvaluations
	t.Bytes += o.Bytes
	t.FunctionBytes += o.FunctionBytes
	t.Healthy.Merge(o.Healthy)
	t.Unhealthy.Merge(o.Unhealthy)
	t.Targets = merge(t.Targets, o.Targets)
	t.ShareLag += o.ShareLag
	t.ShareLags += o.ShareLags
}

// merge adds more to a list that is sorted by ID.
func merge(sum, more []TargetTally) []TargetTally {
	for _, t := range more {
		i, found := slices.BinarySearchFunc(sum, t.ID, func(s TargetTally, id int) int { return cmp.Compare(s.ID, id) })
		if !found {
			sum = slices.Insert(sum, i, TargetTally{ID: t.ID})
		}
		s := &sum[i]
		s.Requests, s.Shared, s.Fair = s.Requests+t.Requests, s.Shared+t.Shared, s.Fair+t.Fair
	}
	return sum
}

// Imbalance is the coefficient of variation of requests over targets, counted
// while they are healthy; false without any. With x_k requests where equal
// shares would have given e_k, it is
//
//	sqrt(sum (x_k - e_k)^2 / e_k / sum e_k),
//
// which is the coefficient of variation of the x_k where all targets were
// healthy all the time, and does not take a target that came later for one that
// was passed over.
func (t *Tally) Imbalance() (float64, bool) {
	var sum, square float64
	for _, s := range t.Targets {
		if s.Fair == 0 {
			continue
		}
		e := float64(s.Fair) / whole
		d := float64(s.Shared) - e
		sum += e
		square += float64(d*d) / e
	}
	if sum == 0 {
		return 0, false
	}
	return math.Sqrt(square / sum), true
}

// MeanShareLag is the mean wait of a new target for half its fair share, in
// seconds; false without a sample.
func (t *Tally) MeanShareLag() (float64, bool) {
	if t.ShareLags == 0 {
		return 0, false
	}
	return t.ShareLag.Seconds() / float64(t.ShareLags), true
}
