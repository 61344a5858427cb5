package sample

import (
	"math"
	"strconv"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/tally"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// table builds a series column by column.
type table struct {
	rows    int
	columns []site.Column
	values  [][]float64
}

// add gives a column its value in each minute.
func (t *table) add(name, unit string, value func(minute int) float64) {
	column, whole := make([]float64, t.rows), unit == ""
	for i := range column {
		column[i] = value(i)
		whole = whole && (math.IsNaN(column[i]) || column[i] == math.Trunc(column[i]))
	}
	t.columns = append(t.columns, site.Column{Name: name, Unit: unit, Whole: whole})
	t.values = append(t.values, column)
}

func (t *table) series() *site.Series {
	s := &site.Series{Columns: t.columns, Rows: make([][]float64, t.rows)}
	for r := range s.Rows {
		s.Rows[r] = make([]float64, len(t.columns))
		for c := range t.columns {
			s.Rows[r][c] = t.values[c][r]
		}
	}
	return s
}

// noise is a number between -1 and 1 that looks random.
func noise(i, salt int) float64 {
	x := uint64(i)*0x9e3779b97f4a7c15 + uint64(salt)*0xbf58476d1ce4e5b9
	x ^= x >> 31
	x *= 0x94d049bb133111eb
	x ^= x >> 29
	return float64(float64(x>>11)/(1<<52)) - 1
}

// between is low outside the minutes from..to and high inside.
func between(i, from, to int, low, high float64) float64 {
	if i >= from && i < to {
		return high
	}
	return low
}

func burstOffered(i int) float64 {
	level := between(i, 21, 60, 24, 320)
	if i == 20 || i == 60 {
		level = 170
	}
	return math.Round(60 * level * (1 + float64(0.03*noise(i, 1))))
}

func burstFailed(i int) float64 {
	return math.Round(burstOffered(i) * between(i, 22, 35, 0, 0.22) * (1 + float64(0.2*noise(i, 2))))
}

// burstRefused are the failures that are not timeouts.
func burstRefused(i int) float64 {
	return math.Round(between(i, 24, 28, 0, 0.3) * burstFailed(i))
}

func burstServers(i int) float64 {
	return 1 + between(i, 28, 84, 0, 1) + between(i, 34, 74, 0, 1)
}

func burstDesired(i int) float64 {
	return 1 + between(i, 27, 84, 0, 1) + between(i, 33, 74, 0, 1)
}

func burstSeries() *site.Series {
	t := &table{rows: 120}
	t.add("time_s", "s", func(i int) float64 { return 60 * float64(i) })
	t.add("span_s", "s", func(int) float64 { return 60 })
	t.add("offered", "", burstOffered)
	t.add("completed", "", func(i int) float64 { return burstOffered(i) - burstFailed(i) })
	t.add("failed", "", burstFailed)
	t.add("attempts", "", burstOffered)
	t.add("errors.timeout", "", func(i int) float64 { return burstFailed(i) - burstRefused(i) })
	t.add("errors.502", "", func(int) float64 { return 0 })
	t.add("errors.503", "", burstRefused)
	t.add("availability", "share", func(i int) float64 { return 1 - burstFailed(i)/burstOffered(i) })
	burstLatencies(t)
	t.add("fleets.web.desired", "", burstDesired)
	t.add("fleets.web.in_service", "", burstServers)
	t.add("fleets.web.pending", "", func(i int) float64 { return burstDesired(i) - math.Min(burstServers(i), burstDesired(i)) })
	t.add("fleets.web.terminating", "", func(i int) float64 { return between(i, 84, 89, 0, 1) })
	t.add("fleets.web.cpu", "share", burstCPU)
	t.add("fleets.web.connections.max", "", func(i int) float64 {
		return math.Round(float64(between(i, 21, 60, 40, 480)*(1+float64(0.1*noise(i, 5)))) + between(i, 24, 29, 0, 520))
	})
	t.add("fleets.web.connections.limit", "", func(int) float64 { return 1022 })
	t.add("fleets.web.credits.min", "", func(i int) float64 { return math.Max(0, 30-between(i, 21, 120, 0, float64(i-21)/2)) })
	t.add("balancers.nginx-lb.targets.healthy", "", func(i int) float64 { return burstServers(max(i-6, 0)) })
	t.add("services.sessions.utilization", "share", func(i int) float64 { return burstOffered(i) / 300000 })
	t.add("alarms.web.cpu-high", "", func(i int) float64 { return between(i, 0, 5, between(i, 27, 41, 0, 1), -1) })
	t.add("alarms.web.cpu-low", "", func(i int) float64 { return between(i, 0, 5, between(i, 27, 66, 1, 0), -1) })
	fleet := func(i int) float64 { return 0.0116 * burstServers(i) }
	t.add("cost.per_hour", "USD/h", func(i int) float64 { return 0.027 + float64(fleet(i)) })
	t.add("cost.transfer.per_hour", "USD/h", func(int) float64 { return 0.003 })
	t.add("cost.fleets.web.per_hour", "USD/h", fleet)
	t.add("cost.balancers.nginx-lb.per_hour", "USD/h", func(int) float64 { return 0.024 })
	s := t.series()
	s.Loads = []site.Load{shared("web", 120, burstServers, func(i int) float64 { return burstServers(max(i-6, 0)) }, burstOffered)}
	return s
}

// shared is the load of a fleet whose servers have had requests shared out to them
// since they became healthy, the first somewhat more than the others.
func shared(fleet string, minutes int, servers, healthy, requests func(minute int) float64) site.Load {
	load := site.Load{Fleet: fleet}
	for i := range minutes {
		there := int(servers(i))
		n := min(int(healthy(i)), there)
		m := site.LoadMinute{Servers: there, Requests: uint64(requests(i))}
		for k := range there {
			r := site.Received{Instance: int32(k + 1)}
			if k < n {
				r.Requests = uint32(requests(i) / float64(n) * (1 + float64(0.1*(float64(0.5*float64(n-1))-float64(k))/float64(n))))
			}
			m.Received = append(m.Received, r)
		}
		load.Minutes = append(load.Minutes, m)
	}
	return load
}

func burstCPU(i int) float64 {
	if i >= 21 && i < 41 {
		return 1 - float64(0.004*(1+noise(i, 7)))
	}
	return between(i, 41, 60, 0.09, 0.47) * (1 + float64(0.1*noise(i, 3)))
}

func burstLatencies(t *table) {
	level := func(i int, low, high float64) float64 {
		if i == 100 { // a minute in which nothing was answered
			return math.NaN()
		}
		return between(i, 22, 41, low, high) * (1 + float64(0.08*noise(i, int(1/low))))
	}
	t.add("latency.mean", "s", func(i int) float64 { return level(i, 0.0061, 2.9) })
	t.add("latency.p50", "s", func(i int) float64 { return level(i, 0.0052, 2.4) })
	t.add("latency.p95", "s", func(i int) float64 { return level(i, 0.0151, 6.9) })
	t.add("latency.p99", "s", func(i int) float64 { return level(i, 0.0241, 7.3) })
	t.add("latency.max", "s", func(i int) float64 { return level(i, 0.052, 7.4) })
}

// bulk adds n values spread evenly over low..high seconds.
func bulk(h *tally.Histogram, n int, low, high float64) {
	for i := range n {
		h.Add(int64(1e9 * (low + (high-low)*(float64(i)+0.5)/float64(n))))
	}
}

func burstLatency() *tally.Histogram {
	h := &tally.Histogram{}
	bulk(h, 50000, 0.0008, 0.009)
	bulk(h, 20000, 0.009, 0.02)
	bulk(h, 3000, 0.02, 0.05)
	bulk(h, 12000, 0.5, 7.9)
	return h
}

func burstEvents() []timeline.Event {
	at := func(m, s int, kind timeline.Kind, subject, instance, text string) timeline.Event {
		return timeline.Event{At: engine.Time(60*m+s) * engine.Second, Kind: kind, Fleet: "web", Subject: subject, Instance: instance, Text: text}
	}
	return []timeline.Event{
		at(6, 0, timeline.Alarm, "cpu-high", "", "INSUFFICIENT_DATA -> OK: 0 of 1 datapoints >= 80 (9.1)"),
		at(6, 0, timeline.Alarm, "cpu-low", "", "INSUFFICIENT_DATA -> OK: 0 of 1 datapoints <= 30 (31.2)"),
		at(20, 0, timeline.Breach, "cpu-high", "", "CPUUtilization >= 80 from here on"),
		at(25, 0, timeline.PeriodEnd, "cpu-high", "", "the period of 5m that completes the breach has ended"),
		at(26, 0, timeline.Datapoint, "cpu-high", "", "published after 1m: 96.2 >= 80"),
		at(27, 0, timeline.Alarm, "cpu-high", "", "OK -> ALARM: 1 of 1 datapoints >= 80 (96.2)"),
		at(27, 0, timeline.Policy, "cpu-high", "", "applied: +1"),
		at(27, 0, timeline.Desired, "cpu-high", "", "desired 2, was 1: alarm cpu-high in state ALARM, 96.2 is 16.2 above the threshold of 80, step 0.. +1"),
		at(27, 6, timeline.Launch, "cpu-high", "web-2", "launched in zone c: desired 2, have 1"),
		at(27, 11, timeline.Running, "", "web-2", "running after 5s, in service; boots now"),
		at(27, 11, timeline.Registered, "nginx-lb", "web-2", "registered, checks begin"),
		at(27, 52, timeline.Serving, "", "web-2", "booted in 31.2s and started in 10s: answers"),
		at(32, 14, timeline.Healthy, "nginx-lb", "web-2", "healthy after 10 passed checks"),
		at(32, 14, timeline.FirstServed, "nginx-lb", "web-2", "first request served"),
		at(33, 0, timeline.Desired, "cpu-high", "", "desired 3, was 2: alarm cpu-high still in state ALARM"),
		at(33, 4, timeline.Launch, "cpu-high", "web-3", "launched in zone a: desired 3, have 2"),
		at(38, 40, timeline.Healthy, "nginx-lb", "web-3", "healthy after 10 passed checks"),
		at(41, 0, timeline.Alarm, "cpu-high", "", "ALARM -> OK: 1 of 1 datapoints not >= 80 (74.1)"),
		at(50, 0, timeline.FaultStart, "noisy-neighbour", "", "one instance is slow: factor 3"),
		at(55, 0, timeline.FaultEnd, "noisy-neighbour", "", "over"),
		at(66, 0, timeline.Alarm, "cpu-low", "", "OK -> ALARM: 1 of 1 datapoints <= 30 (18)"),
		at(74, 0, timeline.Desired, "cpu-low", "", "desired 2, was 3: alarm cpu-low in state ALARM"),
		at(74, 2, timeline.Terminate, "cpu-low", "web-1", "terminating in zone a: oldest launch template"),
		at(84, 0, timeline.Desired, "cpu-low", "", "desired 1, was 2: alarm cpu-low still in state ALARM"),
		at(84, 3, timeline.Terminate, "cpu-low", "web-2", "terminating in zone c"),
	}
}

// dayLoad is the shape of a day: 0 at night to 1 in the evening.
func dayLoad(i int) float64 {
	x := float64(i) / 1440
	switch {
	case x < 0.25:
		return 0.25 - float64(0.4*x)
	case x < 0.7:
		return 0.15 + 0.6*(x-0.25)/0.45
	case x < 0.8:
		return 0.75 + float64(2.5*(x-0.7))
	}
	return 1 - float64(3*(x-0.8))
}

func daySeries() *site.Series {
	t := &table{rows: 1440}
	t.add("time_s", "s", func(i int) float64 { return 60 * float64(i) })
	t.add("span_s", "s", func(int) float64 { return 60 })
	offered := func(i int) float64 { return math.Round(120000 * dayLoad(i) * (1 + float64(0.04*noise(i, 1)))) }
	t.add("offered", "", offered)
	t.add("completed", "", offered)
	t.add("failed", "", func(int) float64 { return 0 })
	p99 := func(i int) float64 {
		return 0.011 + float64(0.006*dayLoad(i)) + 0.012*math.Max(0, noise(i, 4)-0.93)/0.07
	}
	t.add("latency.mean", "s", func(i int) float64 { return 0.0028 * (1 + float64(0.05*noise(i, 9))) })
	t.add("latency.p50", "s", func(i int) float64 { return 0.002 * (1 + float64(0.05*noise(i, 10))) })
	t.add("latency.p95", "s", func(i int) float64 { return 0.007 * (1 + float64(0.1*noise(i, 11))) })
	t.add("latency.p99", "s", p99)
	t.add("latency.max", "s", func(i int) float64 { return 3 * p99(i) })
	var loads []site.Load
	for f, name := range []string{"api", "web", "worker"} {
		size := []float64{4, 8, 2}[f]
		desired := func(i int) float64 {
			if f == 2 {
				return 2
			}
			return math.Max(2, math.Ceil(size*dayLoad(max(i-3, 0))))
		}
		inService := func(i int) float64 { return desired(max(i-2, 0)) }
		loads = append(loads, shared(name, 1440, inService, inService, offered))
		t.add("fleets."+name+".desired", "", desired)
		t.add("fleets."+name+".in_service", "", inService)
		t.add("fleets."+name+".pending", "", func(i int) float64 { return math.Max(0, desired(i)-inService(i)) })
		t.add("fleets."+name+".terminating", "", func(i int) float64 { return 0 })
		t.add("fleets."+name+".cpu", "share", func(i int) float64 {
			return math.Min(1, 0.5*size*dayLoad(i)/inService(i)*(1+float64(0.05*noise(i, 20+f))))
		})
		t.add("fleets."+name+".connections.max", "", func(i int) float64 { return math.Round(40 * (1 + dayLoad(i))) })
		t.add("fleets."+name+".connections.limit", "", func(i int) float64 { return []float64{math.NaN(), 4094, 510}[f] })
	}
	for _, a := range dayAlarms() {
		high := a.Comparison == ">"
		t.add(a.Column, "", func(i int) float64 {
			if i < 3 {
				return -1
			}
			return between(i, between2(high, 600, 1200), between2(high, 1150, 1380), 0, 1)
		})
	}
	t.add("cost.per_hour", "USD/h", func(i int) float64 { return 0.3 + float64(0.085*math.Ceil(12*dayLoad(i))) })
	s := t.series()
	s.Loads = loads
	return s
}

func between2(first bool, a, b int) int {
	if first {
		return a
	}
	return b
}

func dayAlarms() []site.Alarm {
	var alarms []site.Alarm
	for _, fleet := range []string{"api", "web"} {
		alarms = append(alarms,
			site.Alarm{Fleet: fleet, Name: "cpu-AlarmHigh", Metric: "CPUUtilization", Comparison: ">", Threshold: 50, Column: "alarms." + fleet + ".cpu-AlarmHigh"},
			site.Alarm{Fleet: fleet, Name: "cpu-AlarmLow", Metric: "CPUUtilization", Comparison: "<", Threshold: 35, Column: "alarms." + fleet + ".cpu-AlarmLow"})
		alarms[len(alarms)-2].Nearness = cloudwatch.Nearness{Metric: 48.25, At: 1008 * engine.Minute, Seen: 1437}
		alarms[len(alarms)-1].Nearness = cloudwatch.Nearness{Metric: 0.75, At: 300 * engine.Minute, Seen: 1437, Breaching: 14}
		alarms[len(alarms)-1].DatapointsToAlarm = 15
	}
	return alarms
}

func dayEvents() []timeline.Event {
	var events []timeline.Event
	for i := range 43 {
		events = append(events, timeline.Event{
			At: engine.Time(i*31) * engine.Minute, Kind: timeline.Desired, Fleet: "web", Subject: "cpu",
			Text: "desired " + strconv.Itoa(2+i%6) + ", was " + strconv.Itoa(1+i%6) + ": metric 57.1, target 50",
		})
	}
	return events
}

func dayLatency() *tally.Histogram {
	h := &tally.Histogram{}
	bulk(h, 40000, 0.0005, 0.003)
	bulk(h, 9000, 0.003, 0.008)
	bulk(h, 900, 0.008, 0.03)
	bulk(h, 20, 0.03, 0.3)
	return h
}

func hostileSeries(fleet string) *site.Series {
	nan := func(int) float64 { return math.NaN() }
	t := &table{rows: 10}
	t.add("time_s", "s", func(i int) float64 { return 60 * float64(i) })
	t.add("span_s", "s", func(int) float64 { return 60 })
	t.add("offered", "", func(int) float64 { return 0 })
	t.add("completed", "", func(int) float64 { return 0 })
	t.add("failed", "", func(int) float64 { return 0 })
	for _, q := range []string{"mean", "p50", "p95", "p99", "max"} {
		t.add("latency."+q, "s", nan)
	}
	t.add("fleets."+fleet+".desired", "", func(int) float64 { return 1 })
	t.add("fleets."+fleet+".in_service", "", func(i int) float64 { return between(i, 0, 5, 1, 0) })
	t.add("fleets."+fleet+".pending", "", func(i int) float64 { return between(i, 0, 5, 0, 1) })
	t.add("fleets."+fleet+".cpu", "share", nan)
	t.add("alarms.x", "", func(int) float64 { return -1 })
	return t.series()
}
