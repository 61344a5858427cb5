package reports

import (
	"encoding/json"
	"io"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// TimelineJSON writes what the control plane did in the first replication, as
// far as the filter admits it, as one JSON object on one line. Times are seconds
// since the start of the run.
func TimelineJSON(w io.Writer, r *experiments.Result, f Filter) error {
	a := tell(r, f)
	var variant any
	if r.Variant != "" {
		variant = r.Variant
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"scenario": r.Scenario, "variant": variant, "seed": r.Seed, "version": r.Version,
		"events":   objects(a.events, eventJSON),
		"scalings": objects(a.scalings, a.scalingJSON),
		"changes":  objects(a.outs, scaleOutJSON),
		"answers":  objects(a.answers, a.answerJSON),
		"alarms":   objects(a.alarms, a.alarmJSON),
	})
}

// object is a JSON object.
type object = map[string]any

// objects makes a list that is never null.
func objects[T any](list []T, write func(T) object) []object {
	all := make([]object, 0, len(list))
	for _, v := range list {
		all = append(all, write(v))
	}
	return all
}

func eventJSON(e timeline.Event) object {
	return object{
		"time_s": e.At.Seconds(), "event": e.Kind, "fleet": e.Fleet,
		"subject": e.Subject, "instance": e.Instance, "text": e.Text,
	}
}

// secondsOrNull are those of a time; null where it was not reached.
func secondsOrNull(t engine.Time) any {
	if t == timeline.NotReached {
		return nil
	}
	return t.Seconds()
}

// scaleOutJSON has what a change of desired launched, and the parts of the way of
// the first instance; null are those of an alarm where this is not what its
// breach led to first.
func scaleOutJSON(o *timeline.ScaleOut) object {
	return object{
		"fleet": o.Fleet, "alarm": o.Alarm, "by": o.By, "time_s": o.At.Seconds(), "from": o.From, "to": o.To,
		"launched": o.Launched, "usable": o.Usable, "gone": o.Gone, "instance": o.First.Instance,
		"first_usable_s": secondsOrNull(o.FirstUsable), "all_usable_s": secondsOrNull(o.Complete()),
		"launch_s": o.First.At[timeline.AtLaunched].Seconds(), "parts": partsJSON(o.First),
	}
}

// partsJSON are the seconds that each part took.
func partsJSON(s *timeline.Scaling) object {
	parts := object{}
	for p, t := range s.Took() {
		parts[timeline.Part(p).Key()] = secondsOrNull(t)
	}
	return parts
}

// scalingJSON has the lag with its parts, and what blocked it.
func (a *account) scalingJSON(s *timeline.Scaling) object {
	blocked := []object{}
	for _, o := range a.obstacles(s) {
		blocked = append(blocked, object{"reason": o.reason, "by": o.by, "time_s": o.total.Seconds()})
	}
	return object{
		"fleet": s.Fleet, "alarm": s.Alarm, "policy": s.Policy, "instance": s.Instance,
		"breach_s": s.At[timeline.AtBreach].Seconds(), "alarm_s": s.At[timeline.AtAlarmed].Seconds(),
		"launch_s": s.At[timeline.AtLaunched].Seconds(), "usable_s": secondsOrNull(s.At[timeline.AtUsable]),
		"launch_lag_s": s.LaunchLag().Seconds(), "lag_s": secondsOrNull(s.Lag()), "warmup_s": secondsOrNull(s.WarmUp()),
		"parts": partsJSON(s), "blocked": blocked,
	}
}

func (a *account) answerJSON(v *timeline.Answer) object {
	s := a.clip(v.From, v.To)
	return object{
		"fleet": v.Fleet, "policy": v.Policy, "alarm": v.Alarm, "reason": v.Reason, "by": v.By,
		"blocks": v.Reason.Blocks(), "from_s": s.from.Seconds(), "to_s": s.to.Seconds(),
	}
}

func (a *account) alarmJSON(v site.Alarm) object {
	stays, times := a.stays(v), object{}
	for _, s := range stays {
		times[s.state] = total(stays, s.state).Seconds()
	}
	o := object{
		"fleet": v.Fleet, "alarm": v.Name, "metric": v.Metric, "comparison": v.Comparison, "threshold": v.Threshold,
		"state_s": times, "nearest": nil, "nearest_s": nil,
	}
	if v.Seen > 0 {
		o["nearest"], o["nearest_s"] = v.Nearness.Metric, v.At.Seconds()
	}
	return o
}
