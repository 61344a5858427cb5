package reports

import (
	"fmt"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/units"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/models/timeline"
)

// muchFailed is the share of failed requests from which it would be misleading to
// say no more than which limit binds. Most of them are half and more.
const (
	muchFailed = 0.001
	majority   = 0.5
)

// failing says how many requests failed and what is to blame; empty if next to none
// failed, or none has ended. There was no server to be used, if that accounts for most of them; else
// it is what they ended with, and when.
func failing(r *experiments.Result) string {
	availability := r.Metrics["availability"]
	failed := 1 - availability.Mean
	if availability.N == 0 || failed <= muchFailed {
		return ""
	}
	text := units.Format(failed, "share") + " of the requests failed"
	if gone := noneUsable(r); gone != "" {
		return text + ": " + gone
	}
	if cause := commonest(r); cause != "" {
		return text + ", " + cause
	}
	return text
}

// minute is a row of the series, with the requests first offered in it that failed.
type minute struct {
	span
	offered, failed float64
}

// failedMinutes are the measured minutes of the first replication, with the failures of a
// cause; of all where it is "".
func failedMinutes(r *experiments.Result, cause string) []minute {
	s := r.Detail.Series
	if s == nil {
		return nil
	}
	column := "failed"
	if cause != "" {
		column = "errors." + cause
	}
	times, offered, failed := s.Column("time_s"), s.Column("offered"), s.Column(column)
	if times == nil || offered == nil || failed == nil {
		return nil
	}
	var list []minute
	for i, from := range times {
		if from >= r.DiscardS {
			at := engine.Time(from * float64(engine.Second))
			list = append(list, minute{span{at, at + engine.Time(spanOf(r, i)*float64(engine.Second))}, orZero(offered[i]), orZero(failed[i])})
		}
	}
	return list
}

// failedThen reports whether most failures came in minutes in which some limit
// bound in the first replication, or right after one.
func failedThen(r *experiments.Result) bool {
	var all, then float64
	for _, m := range failedMinutes(r, "") {
		all += m.failed
		for _, l := range r.Detail.Limits {
			if len(l.Spans) > 0 && touches(l.Spans, m.span) {
				then += m.failed
				break
			}
		}
	}
	return most(then, all)
}

// most reports whether a part is most of a whole; not where there is nothing.
func most(part, whole float64) bool { return whole > 0 && part >= float64(majority*whole) }

// touches reports whether a stretch of time is in one of the spans or the minute
// after it.
func touches(spans []site.Span, part span) bool {
	for _, s := range spans {
		if s.From <= part.from && part.from <= s.To {
			return true
		}
	}
	return false
}

// commonest says with what most of the failed requests ended, when in the first
// replication, and what had befallen the site just before.
func commonest(r *experiments.Result) string {
	cause, n := "", 0.0
	for _, name := range members(r, "errors.", "") {
		if v := r.Metrics["errors."+name].Mean; v > n {
			cause, n = name, v
		}
	}
	if cause == "" {
		return ""
	}
	failed := r.Metrics["requests.failed"].Mean
	text := "most with " + cause
	if n < float64(majority*failed) {
		text = "the largest part with " + cause
	}
	spans := heavy(failedMinutes(r, cause))
	if len(spans) == 0 {
		return text
	}
	if r.Replications > 1 {
		text += ", in the first replication"
	}
	return text + ", " + when(r, spans) + incident(r, spans[0])
}

// heavy are the minutes that hold more than a hundredth of all the failures,
// neighbours joined.
func heavy(minutes []minute) []site.Span {
	var all float64
	for _, m := range minutes {
		all += m.failed
	}
	var spans []site.Span
	for _, m := range minutes {
		k := len(spans) - 1
		switch {
		case m.failed <= float64(0.01*all):
		case k >= 0 && spans[k].To == m.from:
			spans[k].To = m.to
		default:
			spans = append(spans, site.Span{From: m.from, To: m.to})
		}
	}
	return spans
}

// incident is the last fault or deployment of the first minute of the failures or
// the one before; of what happened at that instant it is what came first. It is none of
// a fleet to which next to none of the failed requests can have come. Where there is
// none it is a deployment that goes on.
func incident(r *experiments.Result, failed site.Span) string {
	text, last := "", failed.From-engine.Minute-1
	for _, e := range r.Detail.Events {
		near := e.At > last && e.At < failed.From+engine.Minute
		if near && (e.Kind == timeline.FaultStart || e.Kind == timeline.Deployment) && e.Subject != "" && concerned(r, e.Fleet) {
			last = e.At
			text = fmt.Sprintf(", after %s %s at %s", e.Kind, e.Subject, clockOf(r).Second(e.At.Seconds()))
		}
	}
	if begun, on := deploying(r, failed.From); on && text == "" {
		what := map[timeline.Kind]string{timeline.Deployment: "deployment", timeline.Refresh: "instance refresh"}[begun.Kind]
		return fmt.Sprintf(", during %s %s, which began at %s", what, begun.Subject, clockOf(r).Second(begun.At.Seconds()))
	}
	return text
}

// deploying is the beginning of the deployment or instance refresh that goes on at an
// instant: each request and each instance that it moves to the new version may err.
func deploying(r *experiments.Result, at engine.Time) (begun timeline.Event, on bool) {
	for _, e := range r.Detail.Events {
		switch {
		case e.Kind != timeline.Refresh && e.Kind != timeline.Deployment || e.At > at || !concerned(r, e.Fleet):
		case !on:
			begun, on = e, !e.Ended()
		case e.Ended() && e.Subject == begun.Subject:
			on = false
		}
	}
	return begun, on
}
