package forecast

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the host need not have any

	"github.com/headroom-sim/headroom/models/trace"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var monday = HourOf(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))

func TestHours(t *testing.T) {
	require.Equal(t, monday, HourOf(time.Date(2026, 3, 2, 0, 59, 59, 999, time.UTC)))
	require.Equal(t, monday-9, HourOf(time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("KST", 9*3600))))
	require.Equal(t, Hour(-1), HourOf(time.Date(1969, 12, 31, 23, 30, 0, 0, time.UTC)))
	require.True(t, monday.Time().Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)))
}

// TestSameHourLastWeek: the mean of up to two weeks (spec 2.6, DERIVED).
func TestSameHourLastWeek(t *testing.T) {
	var h History
	for hour := monday - 2*Week; hour < monday; hour++ {
		h.Add(hour, float64(hour-monday+2*Week))
	}
	require.Equal(t, int(2*Week), h.Hours())
	for ahead := range Hour(Horizon) {
		require.Equal(t, []float64{float64(Week + ahead), float64(ahead)}, h.Similar(monday+ahead))
	}
}

// TestLessThanAWeek: the same hour of the latest day, also for the second day
// ahead. spec 2.6 (DERIVED).
func TestLessThanAWeek(t *testing.T) {
	var h History
	for hour := monday - 30; hour < monday; hour++ {
		h.Add(hour, float64(monday-hour))
	}
	require.Equal(t, []float64{24}, h.Similar(monday))
	require.Equal(t, []float64{1}, h.Similar(monday+23))
	require.Equal(t, []float64{24}, h.Similar(monday+24))
	require.Equal(t, []float64{1}, h.Similar(monday+47))
	require.Empty(t, new(History).Similar(monday))
}

// TestMemory: after two weeks an hour is forgotten. spec 2.6 [pred].
func TestMemory(t *testing.T) {
	var h History
	h.Add(monday-2*Week-1, 5)
	h.Add(monday-1, 7)
	h.Add(monday-2*Week-1, 9)
	require.Equal(t, 1, h.Hours())
	require.Equal(t, []float64{7}, h.Similar(monday-1+Week))
}

func read(t *testing.T, before string, levels bool, rows ...string) *History {
	recorded, err := trace.Parse(strings.NewReader(strings.Join(rows, "\n")), time.UTC)
	require.NoError(t, err)
	instant, err := time.Parse(time.RFC3339, before)
	require.NoError(t, err)
	h := new(History)
	h.Read(recorded, instant, levels)
	return h
}

func TestRead(t *testing.T) {
	minutes := []string{"2026-03-01 22:30:00,300", "2026-03-01 23:00:00,600", "2026-03-01 23:30:00,1200", "2026-03-02 00:00:00,60", "2026-03-02 00:30:00,60"}
	h := read(t, "2026-03-02T12:00:00Z", false, minutes...)
	require.Equal(t, 2, h.Hours(), "the first hour is there by half only")
	require.Equal(t, []float64{30}, h.Similar(monday-1+Week), "1800 requests in an hour are 30 a minute")
	require.Equal(t, []float64{2}, h.Similar(monday+Week))

	require.Equal(t, 1, read(t, "2026-03-02T00:59:00Z", false, minutes...).Hours(), "what is to come is not known")
	require.Equal(t, []float64{900}, read(t, "2026-03-02T12:00:00Z", true, minutes...).Similar(monday-1+Week), "levels are averaged")

	days := read(t, "2026-03-02T12:00:00Z", false, "2026-02-28 00:00:00,1440", "2026-03-01 00:00:00,2880")
	require.Equal(t, 48, days.Hours(), "a row a day covers its hours")
	require.Equal(t, []float64{2}, days.Similar(monday-1+Week))
}

// TestReadKeepsTheLoad: what a recording has in an hour is what the history has.
func TestReadKeepsTheLoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 1000), 12, 12*30).Draw(t, "counts")
		recorded := &trace.Trace{Zero: monday.Time()}
		for i, n := range counts {
			from := time.Duration(i) * 5 * time.Minute
			recorded.Intervals = append(recorded.Intervals, trace.Interval{From: from, To: from + 5*time.Minute, Count: float64(n)})
		}
		var h History
		h.Read(recorded, monday.Time().Add(1000*time.Hour), false)
		require.Equal(t, len(counts)/12, h.Hours())
		for hour := range h.Hours() {
			total := 0
			for _, n := range counts[12*hour : 12*hour+12] {
				total += n
			}
			require.InDelta(t, float64(total)/60, h.Similar(monday + Hour(hour) + Week)[0], 1e-9)
		}
	})
}

// TestClocksChange: the night of 25 October 2026 has 25 hours in Berlin. None is
// lost or counted twice, and what came at 9:00 is expected at 8:00 of the clock
// from then on, a week later (spec 2.6, DERIVED).
func TestClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	var h History
	rush := time.Date(2026, 10, 23, 9, 0, 0, 0, berlin) // a Friday
	for at := rush.AddDate(0, 0, -1); at.Before(rush.AddDate(0, 0, 7)); at = at.Add(time.Hour) {
		load := 1.0
		if at.Hour() == 9 {
			load = 100
		}
		h.Add(HourOf(at), load)
	}
	require.Equal(t, 24*8+1, h.Hours())
	early := time.Date(2026, 10, 30, 8, 0, 0, 0, berlin)
	require.Equal(t, []float64{100}, h.Similar(HourOf(early)))
	require.Equal(t, []float64{1}, h.Similar(HourOf(early.Add(time.Hour))))
	// In the second week one of the two knows.
	require.Equal(t, []float64{100, 1}, h.Similar(HourOf(time.Date(2026, 11, 5, 9, 0, 0, 0, berlin))))
}
