package cloudwatch

import (
	"math/big"
	"slices"
	"testing"
	"time"

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
	start         engine.Time             // of the run, in the hour
	percentile    int                     // of the statistic, 0: none
	samples       map[engine.Time][]int64 // by the end of their native period
	state         State
	warm          bool
}

// published are the samples of the native periods that start in a span.
func (r *reference) published(from, to, now engine.Time) []int64 {
	var all []int64
	for end, list := range r.samples {
		if from <= end-r.native && end-r.native < to && end+r.delay <= now {
			all = append(all, list...)
		}
	}
	return all
}

func (r *reference) value(all []int64) *big.Rat {
	slices.Sort(all)
	sum, n := int64(0), len(all)
	for _, v := range all {
		sum += v
	}
	switch {
	case r.percentile > 0:
		return big.NewRat(all[(n*r.percentile+99)/100-1], 1)
	case r.rule.Statistic == Sum:
		return big.NewRat(sum, 1)
	case r.rule.Statistic == Minimum:
		return big.NewRat(all[0], 1)
	case r.rule.Statistic == Maximum:
		return big.NewRat(all[n-1], 1)
	case r.rule.Statistic == SampleCount:
		return big.NewRat(int64(n)*int64(Unit), 1)
	default:
		return big.NewRat(sum, int64(n))
	}
}

func (r *reference) breaches(v *big.Rat) bool {
	c := v.Cmp(big.NewRat(int64(r.rule.Threshold), 1))
	return map[Comparison]bool{GreaterThan: c > 0, GreaterThanOrEqual: c >= 0, LessThan: c < 0, LessThanOrEqual: c <= 0}[r.rule.Comparison]
}

// end is where the evaluation range ends.
func (r *reference) end(now engine.Time) engine.Time {
	end := now - r.delay
	switch {
	case r.rule.Window == WallClock:
		return end - (r.start+end)%r.rule.Period
	case r.rule.Period < engine.Minute:
		return end - end%(10*engine.Second)
	default:
		return end - end%engine.Minute
	}
}

func (r *reference) evaluate(now engine.Time) {
	if now-r.delay < r.native || r.end(now) < r.rule.Period {
		return
	}
	type point struct {
		age    int
		breach bool
	}
	var points []point
	samples := 0
	for age := 1; age <= r.rule.EvaluationRange; age++ {
		begin := r.end(now) - engine.Time(age)*r.rule.Period
		if all := r.published(begin, begin+r.rule.Period, now); len(all) > 0 {
			points = append(points, point{age, r.breaches(r.value(all))})
			if len(points) <= r.rule.EvaluationPeriods {
				samples += len(all)
			}
		}
	}
	n, m := r.rule.EvaluationPeriods, r.rule.DatapointsToAlarm
	r.warm = r.warm || now >= r.rule.WarmUp || !r.rule.WholeWarmUp && len(points) >= n
	switch {
	case !r.warm:
		return
	case r.rule.IgnoreLowSamples && len(points) > 0 && samples < r.enough():
		return
	}
	x, oldest := 0, 0
	for i, p := range points {
		if i < n && p.breach {
			x, oldest = x+1, p.age
		}
	}
	r.judge(len(points), x, oldest, m)
}

// enough is 10/(1-p), below the median 10/p.
func (r *reference) enough() int {
	p := r.percentile
	if p >= 50 {
		p = 100 - p
	}
	return (1000 + p - 1) / p
}

// judge has the cases of the table: real datapoints, breaching ones, the age of
// the oldest of these.
func (r *reference) judge(real, x, oldest, m int) {
	alarm := func(yes bool) {
		r.state = OK
		if yes {
			r.state = InAlarm
		}
	}
	n := r.rule.EvaluationPeriods
	switch {
	case real >= n:
		alarm(x >= m)
	case real == 0 && r.rule.Missing == TreatMissing:
		r.state = InsufficientData
	case real == 0 && r.rule.Missing == Breaching:
		r.state = InAlarm
	case real == 0 && r.rule.Missing == NotBreaching:
		r.state = OK
	case real == 0:
	case r.rule.Missing == Breaching:
		alarm(x+n-real >= m)
	case r.rule.Missing == NotBreaching:
		alarm(x >= m)
	case x >= m:
		r.state = InAlarm
	case x < real:
		r.state = OK
	case r.rule.Missing == Ignore:
	case oldest >= m:
		r.state = InAlarm
	case r.state == InAlarm && r.rule.YoungBreachEnds:
		r.state = OK
	}
}

func seconds(n int) engine.Time { return engine.Time(n) * engine.Second }

func drawReference(t *rapid.T) *reference {
	pick := func(name string, from ...int) int { return rapid.SampledFrom(from).Draw(t, name) }
	r := &reference{
		native: seconds(pick("native", 10, 30, 60, 300)),
		delay:  seconds(pick("delay", 0, 5, 30, 60, 90, 300)),
		rule: Rule{
			Statistic:         Statistic(rapid.IntRange(0, 4).Draw(t, "statistic")),
			Period:            seconds(pick("period", 60, 120, 180, 300, 600)),
			EvaluationPeriods: rapid.IntRange(1, 6).Draw(t, "n"),
			Comparison:        Comparison(rapid.IntRange(0, 3).Draw(t, "comparison")),
			Threshold:         Value(rapid.Int64Range(0, 5).Draw(t, "threshold")) * Unit,
			Missing:           Missing(rapid.IntRange(0, 3).Draw(t, "missing")),
			Phase:             seconds(rapid.IntRange(0, 59).Draw(t, "phase")),
			WarmUp:            engine.Time(pick("warm-up", 0, 0, 7, 25)) * engine.Minute,
			WholeWarmUp:       rapid.Bool().Draw(t, "whole"),
			YoungBreachEnds:   rapid.Bool().Draw(t, "young"),
		},
		samples: map[engine.Time][]int64{},
	}
	if r.native < engine.Minute && rapid.Bool().Draw(t, "short") {
		r.rule.Period = seconds(pick("short period", 30, 10, 20))
	}
	if r.rule.Period >= engine.Minute && rapid.Bool().Draw(t, "calendar") {
		r.rule.Window, r.rule.Period = WallClock, seconds(pick("calendar period", 60, 300, 3600))
		r.start = engine.Time(rapid.IntRange(0, 59).Draw(t, "start")) * engine.Minute
	}
	r.rule.DatapointsToAlarm = rapid.IntRange(1, r.rule.EvaluationPeriods).Draw(t, "m")
	r.rule.EvaluationRange = r.rule.EvaluationPeriods + rapid.IntRange(0, 4).Draw(t, "range")
	if rapid.Bool().Draw(t, "percentile") {
		r.percentile = pick("p", 1, 20, 50, 99)
		r.rule.Statistic = percentile(float64(r.percentile))
		r.rule.Threshold += Unit / 2 // percentiles are within 0.4 %
		r.rule.IgnoreLowSamples = rapid.Bool().Draw(t, "ignore")
	}
	return r
}

// TestAgainstReference runs random alarms over random metrics with gaps.
func TestAgainstReference(t *testing.T) {
	const step = 10 * engine.Second
	rapid.Check(t, func(t *rapid.T) {
		r := drawReference(t)
		length := 14 * max(r.rule.Period, r.native)
		sim := engine.New(engine.Limits{})
		m := NewMetric("m", r.native, r.delay)
		a := NewAlarm(sim, m, Definition{Rule: r.rule, Start: time.Unix(int64(r.start/engine.Second), 0).UTC()})
		many := int64(rapid.SampledFrom([]int{1, 1, 30}).Draw(t, "of each"))
		interval := r.rule.Interval()
		for now := step; now <= length; now += step {
			require.NoError(t, sim.Run(now-1))
			if now%r.native == 0 {
				s := m.NewSet()
				for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 4), 0, 2).Draw(t, "samples") {
					for range many {
						r.samples[now] = append(r.samples[now], v*int64(Unit))
					}
					s.AddN(Value(v)*Unit, many)
				}
				m.Put(now, s)
			}
			phase := r.rule.Phase % interval
			if now < interval || (now-phase+phase%step)%interval != 0 {
				continue
			}
			at := now + phase%step
			require.NoError(t, sim.Run(at))
			r.evaluate(at)
			require.Equal(t, r.state, a.State, "at %s", at)
		}
	})
}
