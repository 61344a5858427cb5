package view

import (
	"fmt"
	"math"
	"strings"

	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/site"
)

// Alarms are those of a fleet.
func (d *Data) Alarms(fleet string) []site.Alarm {
	var alarms []site.Alarm
	for _, a := range d.Detail.Alarms {
		if a.Fleet == fleet {
			alarms = append(alarms, a)
		}
	}
	return alarms
}

// OnCPU reports whether an alarm's threshold is one of the CPU.
func OnCPU(a site.Alarm) bool { return strings.Contains(a.Metric, "CPU") }

// ThresholdName is "cpu-high ≥ 80 %"; of an alarm with a long name, which the
// strip of its states bears anyway, "alarm ≥ 80 %".
func ThresholdName(a site.Alarm) string {
	name := autoscaling.BriefAlarm(a.Name)
	if len(name) > 18 {
		name = "alarm"
	}
	return name + " " + sign(a.Comparison) + " " + units.Format(a.Threshold/100, "share")
}

// sign is a comparison as people write it.
func sign(comparison string) string {
	return strings.NewReplacer(">=", "≥", "<=", "≤").Replace(comparison)
}

// ServersText says how many servers a fleet had, how busy they were, and when
// its alarms were in ALARM.
func (d *Data) ServersText(fleet string) string {
	inService := d.Column("fleets.%s.in_service", fleet)
	least, most := inService[0], inService[0]
	for _, v := range inService {
		least, most = min(least, v), max(most, v)
	}
	text := fmt.Sprintf("%s has %s servers in service", fleet, units.Format(most, ""))
	if least < most {
		text = fmt.Sprintf("%s has %s to %s servers in service", fleet, units.Format(least, ""), units.Format(most, ""))
	} else if most == 1 {
		text = fleet + " has one server in service"
	}
	if values := d.Column("fleets.%s.cpu", fleet); values != nil {
		at, busiest := Peak(values)
		text += fmt.Sprintf(", CPU at most %s, at %s", units.Format(math.Round(100*busiest)/100, "share"), d.Clock.Minute(d.Edges[at]))
	}
	alarms := ""
	for _, a := range d.Alarms(fleet) {
		alarms += d.alarmText(a)
	}
	if alarms != "" {
		alarms += d.ofFirst()
	}
	return text + alarms + "."
}

// States are those of an alarm at the ends of the minutes, in the first replication;
// nil where the series does not have them.
func (d *Data) States(a site.Alarm) []float64 { return d.first.Column(a.Column) }

func (d *Data) alarmText(a site.Alarm) string {
	states := d.States(a)
	spans := d.Spans(func(i int) bool { return states != nil && states[i] == 1 })
	if len(spans) == 0 {
		return ""
	}
	return fmt.Sprintf("; alarm %s in ALARM %s", autoscaling.BriefAlarm(a.Name), d.SayAll(spans))
}

// Busy is a service with its utilization.
type Busy struct {
	Name string
	Course
}

// Services are those that had anything to do, and what there is to say of them.
func (d *Data) Services() (busy []Busy, text string) {
	var said []string
	for _, name := range d.Names("services.", ".utilization") {
		c := d.Course("services.%s.utilization", name)
		at, most := Peak(c.Values)
		if most == 0 {
			continue
		}
		busy = append(busy, Busy{name, c})
		said = append(said, fmt.Sprintf("%s is busy to %s at most, at %s", name, units.Format(most, "share"), d.Clock.Minute(d.Edges[at])))
	}
	return busy, strings.Join(said, "; ") + "."
}

// Connections are those in use on the server of a fleet that has most of them,
// their limit (nil without one), and the share of the time in which a new
// connection, or a request, would have found no place to wait on some server (nil
// where that was never so): a server that hangs is seen there, not in the
// connections that it serves. They are nil where the fleet has none.
func (d *Data) Connections(fleet string) (used Course, limit []float64, full Course) {
	used, limit = d.Course("fleets.%s.connections.max", fleet), d.Column("fleets.%s.connections.limit", fleet)
	full = d.RateCourse("fleets." + fleet + ".saturated_seconds.backlog")
	if _, most := Peak(full.Values); most == 0 {
		return used, limit, Course{}
	}
	return used, limit, full
}

// ConnectionsText says how many connections were in use at most.
func (d *Data) ConnectionsText(fleet string) string {
	used, limit, full := d.Connections(fleet)
	at, most := Peak(used.Values)
	text := fmt.Sprintf("At most %s connections in use on one server of %s, at %s", units.Format(most, ""), fleet, d.Clock.Minute(d.Edges[at]))
	if limit != nil {
		text += fmt.Sprintf("; the limit is %s", units.Format(Last(limit), ""))
	}
	if full.Values != nil {
		text += "; a backlog was full " + d.SayAll(d.Spans(func(i int) bool { return full.Values[i] > 0 }))
	}
	return text + "."
}
