package units

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments/output"
)

var nan = math.NaN()

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit string
		want string
	}{
		{nan, "s", "-"},
		{0, "s", "0 s"},
		{0.0000123, "s", "12.3 µs"},
		{0.0123456, "s", "12.3 ms"},
		{0.9996, "s", "1 s"},
		{1.234, "s", "1.23 s"},
		{119.94, "s", "120 s"},
		{119.96, "s", "2 min"},
		{460, "s", "7.67 min"},
		{7200, "s", "2 h"},
		{0, "B", "0 B"},
		{999.4, "B", "999 B"},
		{999.6, "B", "1 kB"},
		{35_917_000_000, "B", "35.9 GB"},
		{12_345e15, "B", "12,345 PB"},
		{0.9931, "share", "99.31 %"},
		{0.99998, "share", "99.998 %"},
		{1, "share", "100 %"},
		{0, "share", "0 %"},
		{0.5, "share", "50 %"},
		{0.00012, "share", "0.012 %"},
		{75207657, "", "75,207,657"},
		{1.834, "", "1.83"},
		{-1234.5, "", "-1,234"},
		{12.3456, "USD", "USD 12.35"},
		{1234567, "USD", "USD 1,234,567.00"},
		{0.0116, "USD", "USD 0.0116"},
		{0.05, "USD/h", "USD 0.05/h"},
		{870.46, "1/s", "870/s"},
		{3.71, "h", "3.71 h"},
	} {
		require.Equal(t, c.want, Format(c.v, c.unit))
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		mean, half float64
		unit, want string
	}{
		{0.012345, 0.000123, "s", "12.35 ± 0.12 ms"},
		{460, 12, "s", "7.67 ± 0.20 min"},
		{0.9386, 0.0041, "share", "93.86 ± 0.41 %"},
		{812345, 3249, "", "812,345 ± 3,249"},
		{3, 0, "", "3 ± 0"},
		{7.99954, 0.00063, "s", "7.9995 ± 0.0006 s"},
		{0, 0.0012, "", "0.0000 ± 0.0012"},
		{-0.185, 3.289, "s", "-0.2 ± 3.3 s"},
		{0.0987, 0.001, "USD", "USD 0.0987 ± 0.0010"},
		{12, nan, "", "12"},
		{nan, nan, "s", "-"},
	} {
		require.Equal(t, c.want, Interval(c.mean, c.mean-c.half, c.mean+c.half, c.unit))
	}
}

// The logarithm of 1000 to the base 10 comes out below 3.
func TestMagnitude(t *testing.T) {
	for want, v := range map[int]float64{3: 1000, 2: 999.9, 0: -1, -3: 0.001, -4: 0.000999, -7: 3e-7, 308: math.MaxFloat64} {
		require.Equal(t, want, Magnitude(v))
	}
	require.Zero(t, Magnitude(math.Inf(-1)))
}

func TestSplit(t *testing.T) {
	value, half := Split(0.012345, 0.012222, 0.012468, "s")
	require.Equal(t, []string{"12.35 ms", "±0.12 ms"}, []string{value, half})
	value, half = Split(2, nan, nan, "s")
	require.Equal(t, []string{"2 s", ""}, []string{value, half})
}

func TestSpan(t *testing.T) {
	for want, seconds := range map[string]float64{
		"0s": 0, "1.5s": 1.5, "45s": 45, "1m": 60, "1m 30s": 90, "2h": 7200, "1h 30m": 5400, "24h": 86400, "7d": 7 * 86400, "2d 1h": 49 * 3600,
	} {
		require.Equal(t, want, Span(seconds))
	}
}

func ticks(c Clock, most int) string {
	var all []string
	for _, tick := range c.Ticks(most) {
		all = append(all, tick.Label)
	}
	return strings.Join(all, " ")
}

func TestTicksBetween(t *testing.T) {
	labels := func(c Clock, from, to float64, most int) string {
		var list []string
		for _, tick := range c.TicksBetween(from, to, most) {
			list = append(list, tick.Label)
		}
		return strings.Join(list, " ")
	}
	require.Equal(t, "0:09 0:10 0:11", labels(Clock{Duration: 7200}, 540, 670, 4))
	require.Equal(t, "0:09:00 0:09:30 0:10:00", labels(Clock{Duration: 7200}, 540, 610, 4))
	noon := Clock{Start: time.Date(2026, 3, 2, 11, 58, 0, 0, time.UTC), Duration: 7200}
	require.Equal(t, "12:08:00 12:08:10", labels(noon, 595, 615, 3))
	require.Equal(t, "12:15 12:30", labels(noon, 900, 2400, 3))
}

func TestTicks(t *testing.T) {
	at := func(text string) time.Time {
		start, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return start
	}
	for _, c := range []struct {
		clock Clock
		most  int
		want  string
	}{
		{Clock{Duration: 600}, 11, "0:00 0:01 0:02 0:03 0:04 0:05 0:06 0:07 0:08 0:09 0:10"},
		{Clock{Duration: 600}, 5, "0:00 0:05 0:10"},
		{Clock{Duration: 7200}, 11, "0:00 0:15 0:30 0:45 1:00 1:15 1:30 1:45 2:00"},
		{Clock{Duration: 86400}, 11, "0:00 3:00 6:00 9:00 12:00 15:00 18:00 21:00 24:00"},
		{Clock{Duration: 3 * 86400}, 5, "0 d 1 d 2 d 3 d"},
		{Clock{at("1998-06-30T00:00:00Z"), 86400}, 11, "00:00 03:00 06:00 09:00 12:00 15:00 18:00 21:00 00:00"},
		{Clock{at("2026-03-01T07:26:00+09:00"), 7200}, 6, "07:30 08:00 08:30 09:00"},
		{Clock{at("2026-03-01T20:00:00Z"), 2 * 86400}, 11, "2 Mar 06:00 12:00 18:00 3 Mar 06:00 12:00 18:00"},
		{Clock{Duration: 30}, 11, "0:00"},
	} {
		require.Equal(t, c.want, ticks(c.clock, c.most))
	}
}

func TestClock(t *testing.T) {
	plain := Clock{Duration: 7200}
	require.Equal(t, "1:01", plain.Minute(3661))
	require.Equal(t, "1:01:01", plain.Second(3661))
	start := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)
	require.Equal(t, "00:31:01", Clock{start, 7200}.Second(3661))
	require.Equal(t, "2 Mar 00:31", Clock{start, 200000}.Minute(3661))
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		mean, lo, hi float64
		unit, want   string
	}{
		{0.0012, 0.0008, 0.0016, "s", "+1.20 ± 0.40 ms"},
		{-0.0012, -0.0016, -0.0008, "s", "-1.20 ± 0.40 ms"},
		{0, 0, 0, "s", "0 ± 0 s"},
		{2.5, 2, 3, "USD", "USD +2.50 ± 0.50"},
		{3, math.NaN(), math.NaN(), "", "+3"},
	} {
		require.Equal(t, c.want, Signed(c.mean, c.lo, c.hi, c.unit))
	}
}

func TestBound(t *testing.T) {
	for _, c := range []struct {
		relation output.Relation
		lo, hi   float64
		unit     string
		want     string
	}{
		{output.AtMost, 0, 0.3, "s", "≤ 300 ms"},
		{output.AtLeast, 0.999, 0, "share", "≥ 99.9 %"},
		{output.Equals, 0, 0, "", "= 0"},
		{output.Between, 1, 3, "s", "1 to 3 s"},
		{output.Between, 0.5, 3, "s", "500 ms to 3 s"},
		{output.Between, 1, 3, "", "1 to 3"},
	} {
		require.Equal(t, c.want, Bound(output.NewBound(c.relation, c.lo, c.hi), c.unit))
	}
}
