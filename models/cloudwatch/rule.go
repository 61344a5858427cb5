package cloudwatch

import "github.com/headroom-sim/headroom/engine"

// Rule is what an alarm judges by. All spans are nanoseconds.
type Rule struct {
	Statistic         Statistic
	Period            engine.Time // length of a datapoint
	EvaluationPeriods int         // N
	DatapointsToAlarm int         // M, at most N
	Comparison        Comparison
	Threshold         Value
	Missing           Missing
	Phase             engine.Time // of the evaluations, after each multiple of their interval

	// EvaluationRange is how many periods the alarm looks back on for N with
	// data, at least N; 0 is N + 2.
	EvaluationRange int
	// Window says where periods begin. The period of a wall-clock window is a
	// minute, five, an hour, a day or a week.
	Window Window
	// WarmUp is how long the alarm is not evaluated after its creation, or until
	// N datapoints are there unless it is to be a WholeWarmUp [cw-warm].
	WarmUp      engine.Time
	WholeWarmUp bool
	// YoungBreachEnds says that an alarm ends while all there is are breaching
	// datapoints too few and too young to raise one, as after a gap; else it
	// stays. With [TreatMissing] alone; CloudWatch does not say (UNSOURCED).
	YoungBreachEnds bool
	// IgnoreLowSamples says that a percentile over too few samples changes
	// nothing.
	IgnoreLowSamples bool
}

// evaluationRange is how many periods the alarm looks back on where some are
// missing. CloudWatch documents 5 for N = 3; that it is N + 2 in general is
// UNSOURCED.
func (r *Rule) evaluationRange() int {
	if r.EvaluationRange == 0 {
		return r.EvaluationPeriods + 2
	}
	return r.EvaluationRange
}

// A mark is what one slot of the evaluation range says.
type mark uint8

const (
	absent mark = iota
	fine
	breach
)

// judge gives the state of an alarm from its evaluation range, the newest slot
// first, and from the state it is in [cw]. With N datapoints or more the newest
// N decide. With none or fewer, the treatment of missing data fills in.
func (r *Rule) judge(slots []mark, state State) State {
	real, breaching, oldest := r.count(slots)
	fill := r.EvaluationPeriods - real
	switch {
	case real == 0:
		return r.judgeNothing(state)
	case r.Missing == Breaching && breaching+fill >= r.DatapointsToAlarm,
		breaching >= r.DatapointsToAlarm:
		return InAlarm
	case fill == 0 || r.Missing == Breaching || r.Missing == NotBreaching || breaching < real:
		return OK
	case r.Missing == Ignore:
		return state
	case oldest >= r.DatapointsToAlarm:
		// Nothing speaks against the alarm, and its evidence has waited for
		// company as long as M datapoints would have taken.
		return InAlarm
	case state == InAlarm && r.YoungBreachEnds:
		return OK
	default:
		return state
	}
}

// count looks at the newest N datapoints: how many there are, how many of them
// breach, and the age in slots of the oldest that does (the newest slot is 1).
func (r *Rule) count(slots []mark) (real, breaching, oldest int) {
	for i, m := range slots {
		if real == r.EvaluationPeriods {
			break
		}
		if m != absent {
			real++
		}
		if m == breach {
			breaching++
			oldest = i + 1
		}
	}
	return real, breaching, oldest
}

// judgeNothing is the state of an alarm whose whole range is empty.
func (r *Rule) judgeNothing(state State) State {
	switch r.Missing {
	case Ignore:
		return state
	case Breaching:
		return InAlarm
	case NotBreaching:
		return OK
	default:
		return InsufficientData
	}
}

// Interval is the time between two evaluations: a minute, or ten seconds for
// periods below one [cw]; for periods of 20 s that is UNSOURCED.
func (r *Rule) Interval() engine.Time {
	if r.Period < engine.Minute {
		return 10 * engine.Second
	}
	return engine.Minute
}
