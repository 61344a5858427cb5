package cloudwatch

import (
	"time"

	"github.com/headroom-sim/headroom/engine"
)

// calendar divides time into the minutes, hours, days or weeks of a time zone
// [api-alarm]. Weeks begin on Mondays (UNSOURCED: "the start of the calendar
// week").
type calendar struct {
	period engine.Time // up to an hour, a day or a week
	start  time.Time   // the wall-clock instant of time zero, in the zone
}

const (
	day  = 24 * engine.Hour
	week = 7 * day
)

func newCalendar(period engine.Time, start time.Time) *calendar {
	if start.IsZero() {
		start = time.Date(2001, time.January, 1, 0, 0, 0, 0, time.UTC) // a Monday
	}
	return &calendar{period, start}
}

// begin is the beginning of the period that an instant is in.
func (c *calendar) begin(t engine.Time) engine.Time {
	at := c.start.Add(time.Duration(t))
	if c.period < day {
		_, offset := at.Zone()
		length := int64(c.period / engine.Second)
		seconds := (at.Unix() + int64(offset)) % length
		seconds = (seconds + length) % length // before 1970 too
		return t - engine.Time(seconds)*engine.Second - engine.Time(at.Nanosecond())
	}
	year, month, date := at.Date()
	if c.period == week {
		date -= (int(at.Weekday()) + 6) % 7
	}
	midnight := time.Date(year, month, date, 0, 0, 0, 0, at.Location())
	if midnight.Hour() > 12 { // summer time begins at midnight: there is none, and this is before
		_, midnight = midnight.ZoneBounds()
	}
	return engine.Time(midnight.Sub(c.start))
}
