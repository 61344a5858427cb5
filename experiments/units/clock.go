package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Span writes a stretch of time in whole seconds as people say it: "2h",
// "1h 30m", "23m", "45s". Parts of a second are written only below one minute.
func Span(seconds float64) string {
	if seconds < 60 {
		return strconv.FormatFloat(math.Round(seconds*1000)/1000, 'f', -1, 64) + "s"
	}
	total := int64(math.Round(seconds))
	var parts []string
	for _, unit := range []struct {
		length int64
		name   string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}} {
		if n := total / unit.length; n > 0 && (unit.name != "d" || n >= 2) {
			parts = append(parts, strconv.FormatInt(n, 10)+unit.name)
			total -= n * unit.length
		}
	}
	return strings.Join(parts, " ")
}

// Clock is how instants of a run are written: as the time of day where the
// scenario says when the run begins, else as the time since its beginning.
type Clock struct {
	Start    time.Time // zero: not known
	Duration float64   // of the run, seconds
}

// Minute writes an instant to the minute: "0:24" hours and minutes since the
// beginning, "13:05" of the day, or "2 Jul 13:05" in a run of several days.
func (c Clock) Minute(seconds float64) string {
	if c.Start.IsZero() {
		minutes := int64(math.Floor(seconds / 60))
		return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
	}
	return c.at(seconds).Format(c.layout("15:04"))
}

// Second writes an instant to the second.
func (c Clock) Second(seconds float64) string {
	if c.Start.IsZero() {
		s := int64(math.Floor(seconds))
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return c.at(seconds).Format(c.layout("15:04:05"))
}

// Name says what the clock shows.
func (c Clock) Name() string {
	if c.Start.IsZero() {
		return "time since the start (h:mm)"
	}
	return "time of day, " + c.Start.Format("2 January 2006, MST")
}

func (c Clock) at(seconds float64) time.Time {
	return c.Start.Add(time.Duration(math.Round(seconds * 1e9)))
}

func (c Clock) layout(clock string) string {
	if c.days() {
		return "2 Jan " + clock
	}
	return clock
}

// days reports whether the run sees more than one midnight, so that the time
// of day alone would say too little.
func (c Clock) days() bool {
	return c.Duration > 86400
}

// Tick is a mark on a time axis.
type Tick struct {
	Seconds float64 // since the start of the run
	Label   string
}

// tickSteps are the distances between marks that people read without counting.
var tickSteps = []float64{60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400, 28 * 86400}

// Ticks returns at most the given number of marks for an axis that spans the
// run, at whole minutes, hours and days of the clock shown.
func (c Clock) Ticks(most int) []Tick { return c.ticks(0, c.Duration, most, tickSteps) }

// TicksBetween returns marks for an axis that spans a part of the run, seconds
// since its start; of short parts also at every ten or thirty seconds.
func (c Clock) TicksBetween(from, to float64, most int) []Tick {
	return c.ticks(from, to, most, append([]float64{10, 30}, tickSteps...))
}

func (c Clock) ticks(from, to float64, most int, steps []float64) []Tick {
	step := steps[len(steps)-1]
	for i := len(steps) - 1; i >= 0 && (to-from)/steps[i] <= float64(most-1); i-- {
		step = steps[i]
	}
	origin := c.midnight()
	var ticks []Tick
	for i := math.Ceil((from - origin) / step); origin+float64(i*step) <= to; i++ {
		t := origin + float64(i*step)
		ticks = append(ticks, Tick{t, c.label(t, step)})
	}
	return ticks
}

// midnight is the midnight at or before the start, in seconds since the start;
// 0 where no time of day is known.
func (c Clock) midnight() float64 {
	if c.Start.IsZero() {
		return 0
	}
	y, m, d := c.Start.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, c.Start.Location()).Sub(c.Start).Seconds()
}

func (c Clock) label(t, step float64) string {
	if step < 60 {
		return c.Second(t)
	}
	if c.Start.IsZero() {
		if step >= 86400 {
			return strconv.FormatFloat(t/86400, 'f', -1, 64) + " d"
		}
		return c.Minute(t)
	}
	at := c.at(t)
	if step >= 86400 || (c.days() && at.Hour() == 0 && at.Minute() == 0) {
		return at.Format("2 Jan")
	}
	return at.Format("15:04")
}
