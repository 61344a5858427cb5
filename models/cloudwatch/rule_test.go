package cloudwatch

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// slotsOf reads a row of CloudWatch's tables, the oldest slot first: X breaches,
// 0 does not, - is missing.
func slotsOf(row string) []mark {
	var slots []mark
	for _, r := range row {
		if m, ok := map[rune]mark{'X': breach, '0': fine, '-': absent}[r]; ok {
			slots = append([]mark{m}, slots...)
		}
	}
	return slots
}

// TestMissingData has both of CloudWatch's tables of how missing data are
// treated [cw] (spec 3.3), N = 3 with M = 3 and M = 2, row by row.
func TestMissingData(t *testing.T) {
	const keep = State(99)
	for _, row := range []struct {
		points string
		m      int
		want   [4]State // missing, ignore, breaching, notBreaching
	}{
		{"0 - X - X", 3, [4]State{OK, OK, OK, OK}},
		{"0 - - - -", 3, [4]State{OK, OK, OK, OK}},
		{"- - - - -", 3, [4]State{InsufficientData, keep, InAlarm, OK}},
		{"0 X X - X", 3, [4]State{InAlarm, InAlarm, InAlarm, InAlarm}},
		{"- - X - -", 3, [4]State{InAlarm, keep, InAlarm, OK}},
		{"0 - X - X", 2, [4]State{InAlarm, InAlarm, InAlarm, InAlarm}},
		{"0 0 X 0 X", 2, [4]State{InAlarm, InAlarm, InAlarm, InAlarm}},
		{"0 - X - -", 2, [4]State{OK, OK, InAlarm, OK}},
		{"- - - - 0", 2, [4]State{OK, OK, InAlarm, OK}},
		{"- - - X -", 2, [4]State{InAlarm, keep, InAlarm, OK}},
	} {
		for treatment, want := range row.want {
			for _, state := range []State{InsufficientData, OK, InAlarm} {
				rule := Rule{EvaluationPeriods: 3, DatapointsToAlarm: row.m, Missing: Missing(treatment)}
				expected := want
				if want == keep {
					expected = state
				}
				require.Equal(t, expected, rule.judge(slotsOf(row.points), state),
					"%s, %d of 3, %s, was %s", row.points, row.m, rule.Missing, state)
			}
		}
	}
}

// TestYoungBreach: a breaching datapoint that is younger than M, with nothing
// else, raises no alarm; whether it ends one is a setting (spec 3.3 [cw],
// UNSOURCED).
func TestYoungBreach(t *testing.T) {
	rule := Rule{EvaluationPeriods: 3, DatapointsToAlarm: 3}
	require.Equal(t, OK, rule.judge(slotsOf("- - - X X"), OK))
	require.Equal(t, InsufficientData, rule.judge(slotsOf("- - - - X"), InsufficientData))
	require.Equal(t, InAlarm, rule.judge(slotsOf("- - - - X"), InAlarm), "nothing speaks against the alarm")
	rule.YoungBreachEnds = true
	require.Equal(t, OK, rule.judge(slotsOf("- - - - X"), InAlarm))
	require.Equal(t, InsufficientData, rule.judge(slotsOf("- - - - X"), InsufficientData))
}
