package autoscaling

import (
	"fmt"
	"strings"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/autoscaling/forecast"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/timeline"
)

// predictive is the law of predictive scaling [pred]. Some time before each hour
// begins it asks for the capacity that the hour is expected to need,
// ceil(load / target), and until the hour is over it keeps scale-ins from going
// below that; it never scales in itself. What it expects is no more than a
// stand-in for AWS's model: see package forecast.
type predictive struct {
	group  *Group
	name   string
	pair   pair
	load   *cloudwatch.Metric
	target cloudwatch.Value
	scales bool        // else it only forecasts
	buffer engine.Time // before the hour
	raise  int         // max, to this many percent of the forecast; 0: never

	history  forecast.History
	measured forecast.Hour // the next hour whose load is to be added
	renewal  engine.Time   // of the forecast

	first      forecast.Hour // of those forecast
	capacities []wish        // by hour; without a verdict where there is nothing to go by
}

const (
	renewing         = 6 * engine.Hour // a forecast lasts [pred]
	greatestCapacity = 10000           // that the language knows
)

func (g *Group) addPredictive(p *policy, s *PolicySpec) {
	l := &predictive{
		group: g, name: p.name, load: g.Metric(s.Follows()), target: cloudwatch.NewValue(s.Target),
		scales: s.Mode == scaleToo, buffer: s.SchedulingBufferTime.Time(),
	}
	l.pair, _ = findPair(s.Metric)
	l.load.Keep(2*engine.Hour + l.load.Delay)
	if s.MaxCapacityBuffer != nil {
		l.raise = 100 + *s.MaxCapacityBuffer
	}
	if l.measured = forecast.HourOf(g.start); l.measured.Time().Before(g.start) {
		l.measured++
	}
	if s.History.Name != "" {
		recorded, err := s.readHistory(g.start.Location())
		if err != nil {
			panic("autoscaling: unchecked history: " + err.Error())
		}
		l.history.Read(recorded, g.start, l.pair.levels)
	}
	if l.scales {
		g.predictive = l
	}
	g.clock(p, l, g.sim.Now(), engine.Hour)
}

// next implements clocked: after time zero it is the buffer before each hour.
func (l *predictive) next(now engine.Time) engine.Time {
	l.measure(now)
	l.renew(now)
	l.raiseMax(now)
	return l.begins(l.hour(now+l.buffer)+1) - l.buffer
}

// hour is the hour of an instant of the run.
func (l *predictive) hour(t engine.Time) forecast.Hour {
	return forecast.HourOf(l.group.start.Add(time.Duration(t)))
}

// begins is when an hour does, in the run.
func (l *predictive) begins(h forecast.Hour) engine.Time {
	return engine.Time(h.Time().Sub(l.group.start))
}

// measure adds the load of the full hours of the run that have been published.
func (l *predictive) measure(now engine.Time) {
	for ; l.begins(l.measured+1)+l.load.Delay <= now; l.measured++ {
		from := l.begins(l.measured)
		hour := l.load.Between(from, from+engine.Hour, now)
		sum := hour.Read(cloudwatch.Sum).Float64()
		if l.pair.levels {
			l.history.Add(l.measured, sum/float64(engine.Hour/l.load.Period))
		} else {
			l.history.Add(l.measured, sum/float64(engine.Hour/engine.Minute))
		}
	}
}

// renew makes the forecast of the next two days, when it is time for one.
func (l *predictive) renew(now engine.Time) {
	if now < l.renewal || l.history.Hours() < forecast.Least {
		return
	}
	l.renewal = now + renewing
	l.first = l.hour(now)
	l.capacities = l.capacities[:0]
	for ahead := range forecast.Hour(forecast.Horizon) {
		l.capacities = append(l.capacities, l.expect(l.first+ahead))
	}
	l.group.log(timeline.Forecast, l.name, nil, l.text())
}

// expect is the capacity that an hour needs for its load.
func (l *predictive) expect(h forecast.Hour) wish {
	var loads cloudwatch.StatisticSet
	for _, v := range l.history.Similar(h) {
		loads.Add(cloudwatch.NewValue(min(v, greatestLoad)))
	}
	if loads.SampleCount == 0 {
		return wish{}
	}
	r := loads.Read(cloudwatch.Average)
	n := min(r.Proportion(1, l.target), greatestCapacity)
	return wish{verdict: asks, current: 1, target: n, metric: r, goal: l.target}
}

// greatestLoad is the most that a metric's value can be.
const greatestLoad = 9e12

// at is what is expected of an hour.
func (l *predictive) at(h forecast.Hour) wish {
	if k := h - l.first; 0 <= k && int(k) < len(l.capacities) {
		return l.capacities[k]
	}
	return wish{}
}

// raiseMax lets max follow the forecast, if it may, with its buffer. What it has
// been raised to stays.
func (l *predictive) raiseMax(now engine.Time) {
	n := l.at(l.hour(now + l.buffer)).target
	most := (n*l.raise + 99) / 100
	if g := l.group; l.scales && most > g.Max {
		g.log(timeline.Policy, l.name, nil, fmt.Sprintf("max %d, was %d: forecast %d and %d%% of it", most, g.Max, n, l.raise-100))
		g.Max = most
	}
}

func (l *predictive) wish(s situation, _ *cloudwatch.Alarm) wish {
	w := l.at(l.hour(s.now + l.buffer))
	switch {
	case w.verdict == 0 || !l.scales:
		w.verdict = silent
	case w.target <= s.desired:
		w.verdict = unchanged // and it is in nobody's way
	default:
		w.capacity = w.target
	}
	return w
}

func (l *predictive) explain(w wish) string {
	if w.current == 0 {
		return fmt.Sprintf("no forecast: %d h of history are needed (there are %d)", forecast.Least, l.history.Hours())
	}
	text := fmt.Sprintf("forecast ceil(%s / %s) = %d for the coming hour", w.figure(), cloudwatch.Format(w.goal.Float64()), w.target)
	if !l.scales {
		text += "; no action: the mode is ForecastOnly"
	}
	return text
}

// text is the forecast in words: the hours at which another capacity begins.
func (l *predictive) text() string {
	var parts []string
	last := -1
	for k := range l.capacities {
		if n := l.capacities[k].target; n != last {
			parts = append(parts, fmt.Sprintf("%d from %s", n, l.clock(l.first+forecast.Hour(k))))
			last = n
		}
	}
	return fmt.Sprintf("a stand-in, not AWS's model, from %d h of history: %s until %s", l.history.Hours(),
		strings.Join(parts, ", "), l.clock(l.first+forecast.Horizon))
}

// clock writes the beginning of an hour as the clock on the wall shows it.
func (l *predictive) clock(h forecast.Hour) string {
	return h.Time().In(l.group.start.Location()).Format("Mon 15:04")
}

// expectation is what a predictive policy expects to need at least, and until
// when.
type expectation struct {
	policy   string
	capacity int
	until    engine.Time
}

// expected is what the group's predictive policy, if it scales, expects of the
// present hour, and of the next from its buffer on.
func (g *Group) expected(now engine.Time) expectation {
	l := g.predictive
	if l == nil {
		return expectation{}
	}
	hour := l.hour(now)
	if coming := l.hour(now + l.buffer); l.at(coming).target >= l.at(hour).target {
		hour = coming
	}
	e := expectation{policy: l.name, capacity: l.at(hour).target}
	for e.capacity > 0 && l.at(hour).target >= e.capacity {
		hour++
	}
	e.until = l.begins(hour)
	return e
}
