package cloudwatch

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// percentile is the statistic "p99.9" for 99.9.
func percentile(p float64) Statistic {
	return StatisticName("p" + strconv.FormatFloat(p, 'f', -1, 64)).statistic()
}

// TestStatisticNames: the five, and percentiles with up to ten decimals, above 0
// and up to 100 [cw-concepts].
func TestStatisticNames(t *testing.T) {
	for text, canonical := range map[string]string{
		"Average": "Average", "Sum": "Sum", "Minimum": "Minimum", "Maximum": "Maximum", "SampleCount": "SampleCount",
		"p50": "p50", "p99.9": "p99.9", "p99.90": "p99.9", "p100": "p100", "p100.0": "p100", "p0.01": "p0.01",
		"p95.0123456789": "p95.0123456789", "p0.0000000001": "p0.0000000001", "p05": "p5",
	} {
		var n StatisticName
		require.NoError(t, n.Read(text, nil), text)
		require.Equal(t, canonical, n.statistic().String())
		require.Equal(t, text[0] == 'p', n.statistic().isPercentile())
		written, err := n.MarshalText()
		require.NoError(t, err)
		require.Equal(t, canonical, string(written))
	}
	require.Equal(t, percentile(99.9), StatisticName("p99.9").statistic())
	for raw, want := range map[any]string{
		"p0":              `a percentile is above p0 and at most p100 (have "p0")`,
		"p100.1":          `a percentile is above p0 and at most p100 (have "p100.1")`,
		"p9999":           `a percentile is p and a number with up to 10 decimals (have "p9999")`,
		"p99.":            `a percentile is p and a number with up to 10 decimals (have "p99.")`,
		"p9x":             `a percentile is p and a number with up to 10 decimals (have "p9x")`,
		"p99.12345678901": `a percentile is p and a number with up to 10 decimals (have "p99.12345678901")`,
		"p":               `must be one of Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as "p99" (have "p")`,
		"tm99":            `must be one of Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as "p99" (have "tm99")`,
		"average":         `unknown value "average" (did you mean "Average"?)`,
		int64(99):         `must be one of Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as "p99" (have 99)`,
	} {
		var n StatisticName
		require.EqualError(t, n.Read(raw, nil), want)
	}
}

// TestDistributionOfASet: a set keeps one only where it is asked for, and merges
// it then.
func TestDistributionOfASet(t *testing.T) {
	m := detailed()
	plain := m.NewSet()
	plain.Add(7 * Unit)
	require.Nil(t, plain.Samples)
	m.Percentiles = true
	all, part := m.NewSet(), m.NewSet()
	part.AddN(5*Unit, 99)
	part.Add(80 * Unit)
	all.Merge(part)
	all.Merge(part)
	require.Equal(t, 80.0, (&part).Read(percentile(100)).Float64())
	require.InEpsilon(t, 5.0, all.Read(percentile(99)).Float64(), 0.004)
	require.Equal(t, 80.0, all.Read(percentile(99.6)).Float64())
	require.EqualValues(t, 200, all.SampleCount)
	all.Reset()
	require.Zero(t, all.SampleCount)
	require.Zero(t, all.Samples.Count())
	require.EqualValues(t, 100, part.Samples.Count(), "merging shares nothing")
}
