// Package forecast is a stand-in for the forecasts of predictive scaling, whose
// algorithm AWS does not publish (DERIVED; it is not AWS's model): the load of
// an hour is that of the same hour last week, the mean of up to two weeks; with
// less than a week of history it is that of the same hour of the latest day.
// Hours are those of Universal Time, so that where clocks change the forecast is
// an hour off until the history knows.
package forecast

import (
	"math"
	"time"

	"github.com/headroom-sim/headroom/models/trace"
)

// Hour is a full hour of Universal Time, numbered since 1970.
type Hour int64

// Spans in hours.
const (
	Day  Hour = 24
	Week      = 7 * Day
	// Horizon is how far ahead forecasts look [pred].
	Horizon = 48
	// Least is how many hours a history needs before there are forecasts [pred].
	Least = 24

	memory = 2 * Week // AWS uses up to 14 days of history [pred]
)

// HourOf is the hour that an instant lies in.
func HourOf(t time.Time) Hour {
	const hour = int64(time.Hour / time.Second)
	seconds := t.Unix()
	return Hour((seconds - ((seconds%hour)+hour)%hour) / hour)
}

// Time is the instant at which the hour begins, in Universal Time.
func (h Hour) Time() time.Time { return time.Unix(int64(h)*3600, 0).UTC() }

// History is the load of past hours, of the latest two weeks of them. The zero
// value knows of none.
type History struct {
	loads [memory]load
	count int
}

type load struct {
	hour  Hour
	value float64
	known bool
}

// Add takes the load of an hour in, in any unit; it must not be negative. It
// replaces what is known of the same hour, and of the hour two weeks earlier.
func (h *History) Add(hour Hour, value float64) {
	slot := h.slot(hour)
	if slot.known && slot.hour > hour {
		return // older than two weeks
	}
	if !slot.known {
		h.count++
	}
	*slot = load{hour, value, true}
}

// Hours is of how many hours the load is known, at most two weeks.
func (h *History) Hours() int { return h.count }

// Similar are the loads that the forecast of an hour is the mean of, one or two;
// none where nothing is known of any similar hour.
func (h *History) Similar(hour Hour) []float64 {
	var loads []float64
	for weeks := Hour(1); weeks <= 2; weeks++ {
		if v, ok := h.at(hour - weeks*Week); ok {
			loads = append(loads, v)
		}
	}
	for days := Hour(1); len(loads) == 0 && days <= memory/Day; days++ {
		if v, ok := h.at(hour - days*Day); ok {
			loads = append(loads, v)
		}
	}
	return loads
}

func (h *History) at(hour Hour) (float64, bool) {
	slot := h.slot(hour)
	return slot.value, slot.known && slot.hour == hour
}

// slot is where the hour is kept, if it is.
func (h *History) slot(hour Hour) *load { return &h.loads[((hour%memory)+memory)%memory] }

// Read takes in a recorded load, of which only what lies before an instant
// counts, and only hours that it covers in full: the mean over the hour of what
// there was in a minute. Where levels is set a row holds the level over its
// interval, such as a utilization, else a number of requests or bytes in it.
func (h *History) Read(recorded *trace.Trace, before time.Time, levels bool) {
	var sum, covered float64 // of the hour, in minutes
	hour := Hour(math.MinInt64)
	for _, row := range recorded.Intervals {
		rate := row.Count
		if !levels {
			rate /= (row.To - row.From).Minutes()
		}
		from, to := recorded.Zero.Add(row.From), recorded.Zero.Add(row.To)
		for from.Before(to) {
			if HourOf(from) != hour {
				hour, sum, covered = HourOf(from), 0, 0
			}
			end := (hour + 1).Time()
			part := min(to.Sub(from), end.Sub(from)).Minutes()
			sum += float64(rate * part)
			covered += part
			if covered > 60-1e-6 && !end.After(before) {
				h.Add(hour, sum/covered)
			}
			from = from.Add(min(to.Sub(from), end.Sub(from)))
		}
	}
}
