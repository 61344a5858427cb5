package client

import (
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
)

const day = 24 * engine.Hour

// A daily curve repeats a profile by the clock on the wall: between the points,
// and from the last point over midnight to the first, it is linear, or stepped.
// Saturdays and Sundays carry a factor, which changes at midnight.
//
// The clock is that of the zone of its time zero, with its daylight saving
// time: the hour that is skipped in spring is left out of the day, the one
// that is repeated in autumn is gone through twice.
type daily struct {
	points  []quantity.RatePoint // times of day, increasing
	step    bool
	weekend float64
	zero    time.Time // instant of time zero, in its zone
	at      engine.Time
}

// next is the piece up to the next point, midnight or change of the zone's
// offset, whichever comes first.
func (d *daily) next() piece {
	from := d.at
	if from >= engine.Forever {
		return piece{from: from, to: from}
	}
	wall := d.zero.Add(time.Duration(from))
	clock := timeOfDay(wall)
	span := d.span(clock)
	to := min(span.to, day) - clock + from
	if _, change := wall.ZoneBounds(); !change.IsZero() {
		to = min(to, from+engine.Time(change.Sub(wall)))
	}
	d.at = min(to, engine.Forever)
	part := span.between(clock, clock+d.at-from)
	if w := wall.Weekday(); w == time.Saturday || w == time.Sunday {
		part.first = float64(part.first * d.weekend)
		part.last = float64(part.last * d.weekend)
	}
	return piece{from, d.at, part.first, part.last}
}

// span is the stretch between two points that holds the time of day, in times
// of day; its ends may lie in the day before or after.
func (d *daily) span(clock engine.Time) piece {
	n := len(d.points)
	i := 0 // the first point after clock
	for i < n && d.points[i].At <= clock {
		i++
	}
	before, after := d.points[(i+n-1)%n], d.points[i%n]
	s := piece{before.At, after.At, perNanosecond(before.Rate), perNanosecond(after.Rate)}
	if i == 0 {
		s.from -= day
	}
	if i == n {
		s.to += day
	}
	if d.step {
		s.last = s.first
	}
	return s
}

// timeOfDay is what the clock shows, as a span since midnight.
func timeOfDay(t time.Time) engine.Time {
	h, m, s := t.Clock()
	return engine.Time(h)*engine.Hour + engine.Time(m)*engine.Minute + engine.Time(s)*engine.Second + engine.Time(t.Nanosecond())
}
