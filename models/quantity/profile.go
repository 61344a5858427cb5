package quantity

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// RatePoint is one point of a profile: the rate at an instant.
type RatePoint struct {
	At   engine.Time // since the start of the run, or since midnight
	Rate Rate
}

// RateProfile is a rate over the time of a run: one rate ("50/s"), or a list of
// points ["0m 50/s", "20m 50/s", "25m 400/s"] in order of time. Two points, and
// no more, may share an instant if their rates differ: the rate jumps there from
// the first to the second. The zero RateProfile has no points; a read one has at
// least one.
type RateProfile struct {
	Points []RatePoint
}

const aRateProfile = `a rate such as "50/s", or a list of points such as ["0m 50/s", "20m 400/s"]`

// Read implements Reader.
func (p *RateProfile) Read(raw any, _ Files) error {
	list, ok := raw.([]any)
	if !ok {
		return p.constant(raw)
	}
	if len(list) == 0 {
		return expected(aRateProfile, raw)
	}
	points, err := readPoints(list, `points such as "20m 400/s"`, func(text string) (engine.Time, error) {
		d, err := ParseDuration(text)
		return d.Time(), err
	})
	p.Points = points
	return err
}

func (p *RateProfile) constant(raw any) error {
	if _, isText := raw.(string); !isText {
		if _, isNumber := number(raw); !isNumber {
			return expected(aRateProfile, raw)
		}
	}
	var r Rate
	err := r.Read(raw, nil)
	p.Points = []RatePoint{{Rate: r}}
	return err
}

// String is the canonical form, a list in brackets where there are several
// points.
func (p RateProfile) String() string {
	if len(p.Points) == 1 && p.Points[0].At == 0 {
		return p.Points[0].Rate.String()
	}
	return formatPoints(p.Points, func(t engine.Time) string { return Duration(t).String() })
}

// MarshalText gives the canonical form.
func (p RateProfile) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// DailyProfile is a rate over the hours of a day, a list of points
// ["00:00 2/s", "08:30 60/s"] by wall-clock time. It is linear between points
// and goes on from the last to the first of the next day. Times strictly rise.
type DailyProfile struct {
	Points []RatePoint // At is since midnight
}

// Read implements Reader.
func (p *DailyProfile) Read(raw any, _ Files) error {
	const want = `points such as "08:30 60/s"`
	list, ok := raw.([]any)
	if !ok || len(list) == 0 {
		return expected("a list of "+want, raw)
	}
	points, err := readPoints(list, want, parseClock)
	if err != nil {
		return err
	}
	for i := 1; i < len(points); i++ {
		if points[i].At == points[i-1].At {
			return fmt.Errorf("times must rise from point to point (have %q twice)", formatClock(points[i].At))
		}
	}
	p.Points = points
	return nil
}

// String is the canonical form.
func (p DailyProfile) String() string { return formatPoints(p.Points, formatClock) }

// MarshalText gives the canonical form.
func (p DailyProfile) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)

func parseClock(text string) (engine.Time, error) {
	m := clockPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("must be a time of day from \"00:00\" to \"23:59\" %s", Have(text))
	}
	return engine.Time(decimal(m[1]))*engine.Hour + engine.Time(decimal(m[2]))*engine.Minute, nil
}

func formatClock(t engine.Time) string {
	return fmt.Sprintf("%02d:%02d", t/engine.Hour, t%engine.Hour/engine.Minute)
}

// pointPattern has the time of a point and its rate, in either of which a space
// may come before the unit.
var pointPattern = regexp.MustCompile(`^(.*[^ ]) +(-?[0-9.]+ ?(?:/|per ).*)$`)

// cutPoint cuts a point into its time and its rate, also where the rate is none.
func cutPoint(text string) (at, rate string, ok bool) {
	if m := pointPattern.FindStringSubmatch(text); m != nil {
		return m[1], m[2], true
	}
	at, rate, ok = strings.Cut(text, " ")
	return at, strings.TrimSpace(rate), ok
}

// readPoints reads a list of "TIME RATE" in order of time.
func readPoints(list []any, want string, parseTime func(string) (engine.Time, error)) ([]RatePoint, error) {
	points := make([]RatePoint, len(list))
	for i, item := range list {
		text, _ := item.(string)
		at, rate, ok := cutPoint(text)
		if !ok {
			return nil, expected(want, item)
		}
		t, err := parseTime(at)
		if err != nil {
			return nil, err
		}
		r, err := ParseRate(rate)
		if err != nil {
			return nil, err
		}
		points[i] = RatePoint{t, r}
		if err := inOrder(points[:i+1], text); err != nil {
			return nil, err
		}
	}
	return points, nil
}

// inOrder checks the last point against those before it.
func inOrder(points []RatePoint, text string) error {
	last := len(points) - 1
	if last == 0 || points[last].At > points[last-1].At {
		return nil
	}
	switch {
	case points[last].At < points[last-1].At:
		return fmt.Errorf("points must be in order of time (have %q after a later one)", text)
	case points[last].Rate == points[last-1].Rate:
		return fmt.Errorf("two points at the same time must differ in rate (have %q twice)", text)
	case last >= 2 && points[last].At == points[last-2].At:
		return fmt.Errorf("at most two points may share a time (have %q as a third)", text)
	}
	return nil
}

func formatPoints(points []RatePoint, formatTime func(engine.Time) string) string {
	texts := make([]string, len(points))
	for i, p := range points {
		texts[i] = `"` + formatTime(p.At) + " " + p.Rate.String() + `"`
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
