package cloudwatch

import (
	"math/big"
	"testing"

	"github.com/headroom-sim/headroom/engine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// reference is an alarm as the documentation describes it, slowly: everything
// is computed anew at each evaluation from all samples there ever were, in
// rational numbers, and the treatment of missing data is spelt out per case.
type reference struct {
	rule          Rule
	native, delay engine.Time
	samples       map[engine.Time][]int64 // by the end of their native period
	state         State
}

// datapoint is the value of the period that starts at an instant, or nil.
func (r *reference) datapoint(start, now engine.Time) *big.Rat {
	var all []int64
	for s := start; s < start+r.rule.Period; s += engine.Second {
		end := s + r.native
		if s >= 0 && s%r.native == 0 && end+r.delay <= now {
			all = append(all, r.samples[end]...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	sum, least, greatest := int64(0), all[0], all[0]
	for _, v := range all {
		sum, least, greatest = sum+v, min(least, v), max(greatest, v)
	}
	switch r.rule.Statistic {
	case Sum:
		return big.NewRat(sum, 1)
	case Minimum:
		return big.NewRat(least, 1)
	case Maximum:
		return big.NewRat(greatest, 1)
	case SampleCount:
		return big.NewRat(int64(len(all))*int64(Unit), 1)
	default:
		return big.NewRat(sum, int64(len(all)))
	}
}

func (r *reference) breaches(v *big.Rat) bool {
	c := v.Cmp(big.NewRat(int64(r.rule.Threshold), 1))
	return map[Comparison]bool{GreaterThan: c > 0, GreaterThanOrEqual: c >= 0, LessThan: c < 0, LessThanOrEqual: c <= 0}[r.rule.Comparison]
}

func (r *reference) evaluate(now engine.Time) {
	if now < r.delay+max(r.rule.Period, r.native) {
		return
	}
	end := now - r.delay
	end -= end % engine.Minute
	type point struct {
		age    int
		breach bool
	}
	var points []point
	for age := 1; age <= r.rule.EvaluationPeriods+2; age++ {
		if v := r.datapoint(end-engine.Time(age)*r.rule.Period, now); v != nil {
			points = append(points, point{age, r.breaches(v)})
		}
	}
	n, m := r.rule.EvaluationPeriods, r.rule.DatapointsToAlarm
	x, oldest := 0, 0
	for i, p := range points {
		if i < n && p.breach {
			x, oldest = x+1, p.age
		}
	}
	alarm := func(yes bool) {
		r.state = OK
		if yes {
			r.state = InAlarm
		}
	}
	switch {
	case len(points) >= n:
		alarm(x >= m)
	case len(points) == 0 && r.rule.Missing == TreatMissing:
		r.state = InsufficientData
	case len(points) == 0 && r.rule.Missing == Breaching:
		r.state = InAlarm
	case len(points) == 0 && r.rule.Missing == NotBreaching:
		r.state = OK
	case len(points) == 0:
	case r.rule.Missing == Breaching:
		alarm(x+n-len(points) >= m)
	case r.rule.Missing == NotBreaching:
		alarm(x >= m)
	case x >= m:
		r.state = InAlarm
	case x < len(points):
		r.state = OK
	case r.rule.Missing == Ignore:
	case oldest >= m:
		r.state = InAlarm
	case r.state == InAlarm:
		r.state = OK
	}
}

func drawReference(t *rapid.T) *reference {
	minute := func(n int) engine.Time { return engine.Time(n) * engine.Minute }
	r := &reference{
		native: minute(rapid.SampledFrom([]int{1, 5}).Draw(t, "native")),
		delay:  engine.Time(rapid.SampledFrom([]int{0, 30, 60, 90, 300}).Draw(t, "delay")) * engine.Second,
		rule: Rule{
			Statistic:         Statistic(rapid.IntRange(0, 4).Draw(t, "statistic")),
			Period:            minute(rapid.SampledFrom([]int{1, 2, 3, 5, 10}).Draw(t, "period")),
			EvaluationPeriods: rapid.IntRange(1, 6).Draw(t, "n"),
			Comparison:        Comparison(rapid.IntRange(0, 3).Draw(t, "comparison")),
			Threshold:         Value(rapid.Int64Range(0, 5).Draw(t, "threshold")) * Unit,
			Missing:           Missing(rapid.IntRange(0, 3).Draw(t, "missing")),
			Phase:             engine.Time(rapid.IntRange(0, 59).Draw(t, "phase")) * engine.Second,
		},
		samples: map[engine.Time][]int64{},
	}
	r.rule.DatapointsToAlarm = rapid.IntRange(1, r.rule.EvaluationPeriods).Draw(t, "m")
	return r
}

// TestAgainstReference runs random alarms over random metrics with gaps.
func TestAgainstReference(t *testing.T) {
	const length = 60 * engine.Minute
	rapid.Check(t, func(t *rapid.T) {
		r := drawReference(t)
		sim := engine.New(engine.Limits{})
		m := NewMetric("m", r.native, r.delay)
		a := NewAlarm(sim, m, Definition{Rule: r.rule})
		for now := engine.Minute; now <= length; now += engine.Minute {
			require.NoError(t, sim.Run(now-1))
			if now%r.native == 0 {
				var s StatisticSet
				for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 4), 0, 2).Draw(t, "samples") {
					r.samples[now] = append(r.samples[now], v*int64(Unit))
					s.Add(Value(v) * Unit)
				}
				m.Put(now, s)
			}
			at := now + r.rule.Phase
			require.NoError(t, sim.Run(at))
			r.evaluate(at)
			require.Equal(t, r.state, a.State, "at %s", at)
		}
	})
}
