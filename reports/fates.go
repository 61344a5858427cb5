package reports

import (
	"fmt"
	"math"
	"strconv"

	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

func (s *sheet) fates(a *account) []string { return s.tall(fatesOf(a)) }

// fatesOf tells what became of each alarm and each policy: for how long it asked
// for something and what it met with, or how near its metric came.
func fatesOf(a *account) block {
	b := block{title: "What became of each alarm", head: []string{"alarm", "in ALARM", "what its policy met with"}, left: 3}
	clocked := a.clocked()
	if len(clocked) > 0 {
		b.title, b.head[0], b.head[2] = b.title+" and policy", "alarm or policy", "what the policy met with"
	}
	for _, v := range a.alarms {
		stays := a.stays(v)
		t := total(stays, inAlarm)
		if t == 0 {
			b.rows = append(b.rows, []string{a.alarmTitle(v.Fleet, v.Name), "never", a.nearMiss(v)})
			continue
		}
		b.rows = append(b.rows, []string{a.alarmTitle(v.Fleet, v.Name), rough(t), a.met(v.Fleet, v.Name, policyOf(v.Name))})
	}
	for _, v := range clocked {
		b.rows = append(b.rows, []string{a.alarmTitle(v.Fleet, v.Policy), "-", a.met(v.Fleet, "", v.Policy)})
	}
	if len(a.alarms) == 0 && len(clocked) > 0 { // an autoscaler without alarms
		b.title, b.head[0] = "What became of each policy", "policy"
		b = b.without(1)
	}
	return b
}

// met says what the invocations of a policy met with.
func (a *account) met(fleet, alarm, policy string) string {
	var list []obstacle
	for _, v := range a.answers {
		if v.Fleet == fleet && v.Alarm == alarm && v.Policy == policy {
			list = addObstacle(list, v, a.clip(v.From, v.To).length())
		}
	}
	if len(list) == 0 {
		return "it invoked no policy"
	}
	return inWords(list)
}

// clocked has one answer of each policy that no alarm invokes.
func (a *account) clocked() []*timeline.Answer {
	var list []*timeline.Answer
	seen := map[[2]string]bool{}
	for _, v := range a.answers {
		if key := [2]string{v.Fleet, v.Policy}; v.Alarm == "" && !seen[key] {
			seen[key] = true
			list = append(list, v)
		}
	}
	return list
}

// nearMiss says how near to ALARM an alarm came that was never in it.
func (a *account) nearMiss(v site.Alarm) string {
	threshold := v.Comparison + " " + cloudwatch.Format(v.Threshold)
	if v.Seen == 0 {
		return fmt.Sprintf("%s never had a datapoint", v.Metric)
	}
	nearest := figure(v.Nearness.Metric) + " at " + clockOf(a.Result).Second(v.At.Seconds())
	if v.Breaching > 0 {
		return fmt.Sprintf("at most %d of the %d datapoints that it wants were %s; the worst was %s", v.Breaching, v.DatapointsToAlarm, threshold, nearest)
	}
	return fmt.Sprintf("its nearest datapoint was %s, it wants %s: %s short", nearest, threshold, figure(math.Abs(v.Threshold-v.Nearness.Metric)))
}

// figure writes a measured value of a metric, or a distance: one decimal, three
// below 1.
func figure(x float64) string {
	if 0 < x && x < 1 {
		return strconv.FormatFloat(x, 'f', 3, 64)
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}
