package experiments

import (
	"context"
	"errors"
	"fmt"

	"github.com/headroom-sim/headroom/experiments/bounds"
	"github.com/headroom-sim/headroom/experiments/design"
	"github.com/headroom-sim/headroom/experiments/output"
)

// Planner looks for the cheapest configuration that meets the expectations.
//
// Each configuration is first looked at without a run: what package bounds
// excludes, and what costs more at least than one that is known to meet the
// expectations, is never simulated. The others are simulated in the order of
// their least cost, three replications first and more only as long as they can
// still win; all of them meet the same random numbers.
//
// With a probability of at least Confidence the chosen one meets every
// expectation, and none that meets them by the tolerance is cheaper by more than
// the tolerance; see [output.Feasibility] and [output.Select], and [search.accept]
// for what is spent on which mistake.
type Planner struct {
	Runner *Runner
	PlanOptions
	Tried func(points, of int) // is told how many configurations have been read and checked; may be nil
}

// PlanOptions say how sure a plan is to be, and what else it is to tell.
type PlanOptions struct {
	Confidence   float64 // above 0.5, below 1
	Tolerance    float64 // share of a bound, and of the cost, by which it does not matter
	Replications int     // of what is chosen, at least
	Most         int     // replications after which a configuration stays undecided, at least 3
	Monotone     bool    // more servers are taken to be no worse; see search.next
	Precision    float64 // to which the metrics of what is chosen are to be known, in at most Most replications, as a share of their means; 0: any
	Growth       Factors // factors on the load for which what is chosen is tried, ascending
	Zones        bool    // also try what is chosen with a zone lost
}

// DefaultPlan is what holds where nobody says otherwise.
func DefaultPlan() PlanOptions {
	return PlanOptions{Confidence: 0.95, Tolerance: 0.02, Replications: 10, Most: 62, Growth: Factors{1.25, 1.5, 1.75, 2, 2.5, 3, 4}, Zones: true}
}

// Plan is what was found.
type Plan struct {
	Scenario, Source, Title string
	Seed                    uint64
	Sets                    []Set // overrides that hold in all configurations
	Vary                    design.Factors
	Options                 Options // by which the base was chosen
	Asked                   PlanOptions
	Money                   bool     // costs are USD; else numbers of servers, as nothing has a price
	Counted                 []string // parts without a price, each of whose servers counts one unit, in money one USD an hour
	DurationS               float64  // of the measured part
	Steady                  []string // expectations that are judged in the steady state of a queue, at least of some configurations

	Best *Candidate // nil where none meets the expectations
	// Sure is the probability with which Best is the cheapest; 0 where a cheaper
	// one is undecided, or which of several is the cheapest.
	Sure  float64
	Tried []*Candidate
	// Growth is the load that the best one takes; nil where it was not asked for.
	Growth []Grown
	Loss   *Loss // of a zone, by the best one; nil where there are none to lose

	Cells    int     // replications that the choice took
	Requests float64 // that were simulated in them
	Doubts   []string
}

// Fate is what became of a configuration.
type Fate uint8

// The fates.
const (
	Rejected  Fate = iota // the scenario does not take it
	Excluded              // a bound says that it cannot meet an expectation
	Fails                 // it was shown not to meet one
	Undecided             // too close to a bound to tell
	Dearer                // it costs more than the chosen one, whether it meets them or not
	AsCheap               // it meets them, at a cost that is not shown to differ
	Chosen
	Implied // a larger one fails, and more servers are taken to be no worse
	untried
)

var fateNames = [...]string{"refused", "bound", "fails", "undecided", "dearer", "as cheap", "best", "implied", "untried"}

// String is the fate as reports print it.
func (f Fate) String() string { return fateNames[f] }

// Candidate is a configuration of the space.
type Candidate struct {
	Sets    []Set // the varied keys, in their order
	Follows []Set // what gives way to them: see [Planner.Plan]
	Fate    Fate
	Cause   Cause // of its fate

	Floor        float64         // least cost, known without a run
	Cost         output.Estimate // N is 0 where it was not simulated
	Expectations map[string]Expectation
	Replications int
	Result       *Result // of the best one

	index  int
	sets   []string // of the study
	levels []int    // of the factors
	proven map[string]bool
	trial  *Trial
	waits  bool // until the others have been tried: it is hard to tell
}

// Cause is why a configuration met its fate.
type Cause struct {
	Text        string // of the refusal; where a bound comes from
	Expectation string // that is not met, or not shown to be
	Metric      string // of a bound: the expectation's, and its unit
	Unit        string
	Bound       output.Bound    // that the expectation asks for
	Known       bounds.Figure   // of a bound: what is known of the metric
	More        output.Estimate // by how much it costs more than the best one; N is 0 where the least cost says so
	Larger      *Candidate      // that fails, where more servers are taken to be no worse
}

// ErrSpace is a mistake of whoever asks for a plan.
var ErrSpace = errors.New("plan")

// spaceError is an ErrSpace that says which one.
type spaceError struct{ text string }

func (e spaceError) Error() string { return e.text }

// Is makes it an ErrSpace.
func (e spaceError) Is(target error) bool { return target == ErrSpace }

func wrongSpace(format string, args ...any) error { return spaceError{fmt.Sprintf(format, args...)} }

// mostCandidates is the size of the largest space.
const mostCandidates = 10_000

// Plan looks for the cheapest configuration. sets are overrides "KEY=VALUE" that
// hold in all of them. Where several cost the same the first one of the space is
// taken, in which the last factor varies fastest.
//
// A key that is not varied gives way to one that is, where they contradict each
// other: a fleet's max to its min and desired, as the question is how many are
// needed, and desired to both, as it does in UpdateAutoScalingGroup. Vary max too
// to hold it.
//
// The error is scenario.Problems where the scenario or all of the space is wrong,
// and the context's cause where it was cancelled; finished cells are in the store
// then.
func (p *Planner) Plan(ctx context.Context, sc *Scenario, sets []string, vary []design.Factor) (*Plan, error) {
	base, err := sc.Study(Options{Sets: sets})
	if err != nil {
		return nil, err
	}
	s := &search{Planner: p, scenario: sc, base: base, plan: &Plan{
		Scenario: sc.Name, Source: sc.Source, Title: base.Spec.Title, Seed: base.Spec.Seed, Vary: vary,
		Sets: base.Sets, Options: base.options, Asked: p.PlanOptions, DurationS: (base.end() - base.Spec.Discard.For.Time()).Seconds(),
	}}
	switch {
	case len(vary) == 0:
		return nil, wrongSpace("%s: nothing to choose from: give --vary KEY=RANGE, or a table [plan] in the file", sc.Source)
	case len(base.Spec.Expectations) == 0:
		return nil, wrongSpace("%s: has no expectations: a plan needs to know what must hold, [expectations.NAME]", sc.Source)
	}
	if err := s.space(ctx, sets); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	return s.plan, s.explore(ctx)
}

// What may go wrong, and the part of it that is spent on each: that the cheapest is
// thrown out as one that fails, which can happen to it alone, or, where more
// servers are taken to be no worse, by any larger one; that one is taken that
// fails; and that the cheapest is thrown out as dearer, by its least cost or in a
// comparison. The last two can happen with each other configuration that comes into
// question, and are divided among these.
func (s *search) reject() float64 { return (1 - s.Confidence) / 5 / float64(s.chain()) }

func (s *search) accept() float64 { return 2 * (1 - s.Confidence) / 5 / float64(max(1, s.rivals-1)) }

// mistake is what is spent on a comparison of costs, 7/20 in all.
func (s *search) mistake() float64 {
	return 7 * (1 - s.Confidence) / 20 / float64(max(1, s.rivals-1))
}

// floorMistake is what is spent on a comparison of a cost with a least cost, 1/20
// in all: such limits are seldom close.
func (s *search) floorMistake() float64 {
	return (1 - s.Confidence) / 20 / float64(max(1, s.rivals-1))
}
