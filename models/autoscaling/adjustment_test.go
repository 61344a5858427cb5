package autoscaling

import (
	"testing"

	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestAdjustmentTarget has the rounding of PercentChangeInCapacity [step]: a
// change above 1 is rounded down, one between 0 and 1 is 1, and the same below
// zero; the least magnitude raises it.
func TestAdjustmentTarget(t *testing.T) {
	for _, c := range []struct {
		text               string
		current, magnitude int
		want               int
	}{
		{"+1", 3, 1, 4},
		{"-2", 3, 1, 1},
		{"=3", 7, 1, 3},
		{"=0", 7, 1, 0},
		{"+10%", 10, 1, 11},
		{"+30%", 10, 1, 13},
		{"+30%", 11, 1, 14}, // 3.3
		{"+10%", 3, 1, 4},   // 0.3
		{"-10%", 14, 1, 13}, // -1.4
		{"-30%", 13, 1, 10}, // -3.9
		{"-10%", 3, 1, 2},   // -0.3
		{"-25%", 8, 1, 6},
		{"+25%", 4, 1, 5},
		{"+25%", 4, 2, 6}, // magnitude 2
		{"-25%", 4, 2, 2},
		{"+127%", 1, 1, 2}, // 1.27
		{"+100%", 1, 1, 2},
		{"+10%", 0, 1, 0}, // nothing of nothing
	} {
		a, err := ParseAdjustment(c.text)
		require.NoError(t, err)
		require.Equal(t, c.want, a.Target(c.current, c.magnitude), "%s of %d, at least %d", c.text, c.current, c.magnitude)
		require.Equal(t, c.text, a.String())
	}
}

// TestArithmetic: [step] (spec 2.3).
func TestArithmetic(t *testing.T) {
	a, _ := ParseAdjustment("+10%")
	require.Equal(t, "+10% of 3 = 0.3 -> 1", a.arithmetic(3, 1))
	require.Equal(t, "+10% of 30 = 3", a.arithmetic(30, 1))
	require.Equal(t, "+10% of 30 = 3 -> 5", a.arithmetic(30, 5))
}

// TestBadAdjustments: [api-policy] (spec 2.3).
func TestBadAdjustments(t *testing.T) {
	for _, text := range []string{"", "1", "+", "=-1", "=3%", "+1.5", "+10 %", "++1", "+99999999"} {
		_, err := ParseAdjustment(text)
		require.ErrorContains(t, err, `must be an adjustment such as "+1", "-1", "+10%" or "=3"`, text)
	}
	require.Error(t, new(Adjustment).Read(int64(1), nil))
}

func readSteps(texts ...any) (Steps, error) {
	var s Steps
	err := s.Read(texts, nil)
	return s, err
}

// TestReadSteps: [step, api-step, quota] (spec 0 and 2.3).
func TestReadSteps(t *testing.T) {
	s, err := readSteps("10..20 +10%", "0..10 +1", "..0 -1", "20.. =3")
	require.NoError(t, err)
	texts := make([]string, len(s))
	for i := range s {
		texts[i] = s[i].String()
	}
	require.Equal(t, []string{"..0 -1", "0..10 +1", "10..20 +10%", "20.. =3"}, texts)
	for want, texts := range map[string][]any{
		`must be LOWER..UPPER ADJUSTMENT, such as "0..10 +1" or "..0 -1" (have "0..")`: {"0.."},
		`must be LOWER..UPPER ADJUSTMENT, such as "0..10 +1" or "..0 -1" (have 7)`:     {int64(7)},
		`must be an adjustment such as "+1", "-1", "+10%" or "=3" (have "2")`:          {"0.. 2"},
		`a step needs at least one bound (have ".. +1")`:                               {".. +1"},
		`a step's lower bound must be less than its upper (have "10..0 +1")`:           {"10..0 +1"},
		`steps "0..10 +1" and "5.. +2" overlap`:                                        {"0..10 +1", "5.. +2"},
		`steps "0.. +1" and "5.. +2" overlap`:                                          {"0.. +1", "5.. +2"},
		`there is a gap between the steps "0..10 +1" and "20.. +2"`:                    {"0..10 +1", "20.. +2"},
		`must be a list of steps such as ["0.. +1"] (have a list)`:                     {},
	} {
		_, err := readSteps(texts...)
		require.EqualError(t, err, want)
	}
	many := make([]any, 21)
	_, err = readSteps(many...)
	require.EqualError(t, err, "a policy has at most 20 steps (have 21)")
	require.EqualError(t, new(Steps).Read("0.. +1", nil), `must be a list of steps such as ["0.. +1"] (have "0.. +1")`)
}

func reading(x float64) cloudwatch.Reading {
	var s cloudwatch.StatisticSet
	s.Add(cloudwatch.NewValue(x))
	return s.Read(cloudwatch.Average)
}

func ruleOf(comparison cloudwatch.Comparison, threshold float64) cloudwatch.Rule {
	return cloudwatch.Rule{Comparison: comparison, Threshold: cloudwatch.NewValue(threshold)}
}

// TestStepBounds: above the threshold the lower bound belongs to a step and the
// upper does not; below it the reverse [step].
func TestStepBounds(t *testing.T) {
	steps, err := readSteps("-20..-10 -2", "-10..0 -1", "0..10 +1", "10..20 +2")
	require.NoError(t, err)
	for _, c := range []struct {
		comparison cloudwatch.Comparison
		value      float64
		want       string // "" for none
	}{
		{cloudwatch.GreaterThanOrEqual, 60, "0..10 +1"}, // at the threshold: the alarm's side
		{cloudwatch.LessThanOrEqual, 60, "-10..0 -1"},
		{cloudwatch.GreaterThan, 69.999999, "0..10 +1"},
		{cloudwatch.GreaterThan, 70, "10..20 +2"},
		{cloudwatch.GreaterThan, 80, ""},
		{cloudwatch.LessThan, 59.999999, "-10..0 -1"},
		{cloudwatch.LessThan, 50, "-20..-10 -2"},
		{cloudwatch.LessThan, 50.000001, "-10..0 -1"},
		{cloudwatch.LessThan, 40, ""},
	} {
		rule := ruleOf(c.comparison, 60)
		step, ok := steps.find(reading(c.value), &rule)
		require.Equal(t, c.want != "", ok, "%v", c.value)
		if ok {
			require.Equal(t, c.want, step.String(), "%v", c.value)
		}
	}
}

// TestStepOnAThird: exact bounds on values that are no whole millionths [step]
// (spec 2.3).
func TestStepOnAThird(t *testing.T) {
	steps, err := readSteps("0..0.333333 +1", "0.333333..0.333334 +2", "0.333334.. +3")
	require.NoError(t, err)
	var s cloudwatch.StatisticSet
	for _, x := range []float64{0, 0, 1} {
		s.Add(cloudwatch.NewValue(x))
	}
	rule := ruleOf(cloudwatch.GreaterThan, 0)
	step, ok := steps.find(s.Read(cloudwatch.Average), &rule)
	require.True(t, ok)
	require.Equal(t, 2, step.Adjustment.Amount)
}

// TestStepsRoundTrip: what is printed reads back as the same.
func TestStepsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(-1000, 1000).Draw(t, "low")
		a := Adjustment{AdjustmentType(rapid.IntRange(0, 2).Draw(t, "type")), rapid.IntRange(0, 999_999).Draw(t, "amount")}
		if a.Type != ExactCapacity && rapid.Bool().Draw(t, "negative") {
			a.Amount = -a.Amount
		}
		step := Step{cloudwatch.Value(low) * 250_000, noUpper, a}
		again, err := ParseStep(step.String())
		require.NoError(t, err)
		require.Equal(t, step, again)
	})
}

var _ = []quantity.Reader{new(Steps), new(Adjustment)}
