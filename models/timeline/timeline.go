// Package timeline is the vocabulary in which the control plane tells what it
// did and why: alarms, policies, instances, health verdicts, faults.
package timeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/engine"
)

// Kind names what happened; the set is closed and documented in the reference.
type Kind string

// The kinds of events, in the order in which a scale-out usually meets them.
const (
	Breach       Kind = "breach"      // the first datapoint of an unbroken run of breaching ones begins
	PeriodEnd    Kind = "period-end"  // a metric period that breaches has ended
	Datapoint    Kind = "datapoint"   // a breaching datapoint has been published
	Alarm        Kind = "alarm"       // an alarm changed its state
	Policy       Kind = "policy"      // a policy was invoked: applied or ignored, and why
	Forecast     Kind = "forecast"    // a predictive policy made a forecast
	Schedule     Kind = "schedule"    // a scheduled action
	Desired      Kind = "desired"     // the group's desired capacity changed
	Launch       Kind = "launch"      // a launch was requested; billing begins
	LaunchFail   Kind = "launch-fail" // a launch failed
	Running      Kind = "running"     // the instance runs (InService without a launch hook)
	Hook         Kind = "hook"        // an instance begins to wait for a life-cycle hook, or the hook ends
	InService    Kind = "in-service"  // the instance is InService, later than it runs
	Warmed       Kind = "warmed"      // the instance is ready in the warm pool
	Registered   Kind = "registered"  // a balancer knows the instance
	Serving      Kind = "serving"     // boot and start-up are over: the server answers
	Healthy      Kind = "healthy"     // a balancer may use the target
	Unhealthy    Kind = "unhealthy"   // a balancer no longer uses the target
	DNS          Kind = "dns"         // the address of a balancer's node leaves DNS, or returns
	FailOpen     Kind = "fail-open"   // a balancer without a healthy target sends requests to all, or no longer does
	FirstServed  Kind = "first-request"
	WarmedUp     Kind = "warmed-up"    // the instance counts in the group's metrics
	Terminate    Kind = "terminate"    // termination begun, with its reason
	Draining     Kind = "draining"     // deregistration delay runs
	Deregistered Kind = "deregistered" // a balancer has let the target go
	Terminated   Kind = "terminated"   // the instance is gone; billing ends
	Replace      Kind = "replace"      // an instance is to be replaced: unhealthy, refreshed, too old, in the wrong zone
	Rebalance    Kind = "rebalance"    // the zones are out of balance
	Refresh      Kind = "refresh"      // an instance refresh began, went on, or ended
	FaultStart   Kind = "fault"
	FaultEnd     Kind = "fault-end"
	Deployment   Kind = "deployment"
	Weights      Kind = "weights"   // a balancer's target groups get new weights
	Credits      Kind = "credits"   // the CPU credits of an instance ran out
	Operation    Kind = "operation" // an operator's call, accepted or refused
	Prevented    Kind = "prevented" // something keeps the group from what it wants
	Standby      Kind = "standby"   // an instance enters standby, is there, or leaves it
)

// Kinds are all kinds, in that order.
var Kinds = []Kind{
	Breach, PeriodEnd, Datapoint, Alarm, Policy, Forecast, Schedule, Desired, Launch, LaunchFail, Running, Hook,
	InService, Warmed, Registered, Serving, Healthy, Unhealthy, DNS, FailOpen, FirstServed, WarmedUp, Terminate, Draining,
	Deregistered, Terminated, Replace, Rebalance, Refresh, FaultStart, FaultEnd, Deployment, Weights, Credits, Operation,
	Prevented, Standby,
}

// Event is one line of the control-plane timeline. Text says what happened
// with the figures behind it, in a sentence without the subject's name.
type Event struct {
	At       engine.Time // nanoseconds since the start of the run
	Kind     Kind
	Fleet    string // the group concerned, or ""
	Subject  string // alarm, policy, balancer, fault ... , or ""
	Instance string // "web-3", or ""
	Text     string
}

// Turned reads what an Alarm event changed, and to what: "OK" and "ALARM" of
// "OK -> ALARM: ...". It is false for any other event.
func (e Event) Turned() (from, to string, ok bool) {
	if e.Kind != Alarm {
		return "", "", false
	}
	head, _, _ := strings.Cut(e.Text, ":")
	return strings.Cut(head, " -> ")
}

// Resized reads what a Desired event changed, and to what: 1 and 2 of "desired 2,
// was 1: ...". It is false for any other event.
func (e Event) Resized() (from, to int, ok bool) {
	if e.Kind != Desired {
		return 0, 0, false
	}
	_, err := fmt.Sscanf(e.Text, "desired %d, was %d", &to, &from)
	return from, to, err == nil
}

// endings are how the last event of an instance refresh, of the way back from it, or
// of a deployment begins.
var endings = map[Kind][]string{
	Refresh:    {"instance refresh ", "rollback "},
	Deployment: {"ends ", "rolled back ", "refused: "},
}

// Ended reports whether a Refresh or Deployment event is the last of its kind and
// subject: "instance refresh failed, 2 replaced: ...", "ends after 20m: ...".
func (e Event) Ended() bool {
	return slices.ContainsFunc(endings[e.Kind], func(begins string) bool { return strings.HasPrefix(e.Text, begins) })
}

// Log keeps what happened, in its order. The zero value is an empty log; a nil
// log forgets everything.
type Log struct {
	Events    []Event
	Scalings  []*Scaling  // in the order of their launches
	ScaleOuts []*ScaleOut // in the order of their first launches
	Answers   []*Answer   // in the order in which they began
	Levels    []Level     // the last of each instant and fleet
}

// Add appends an event.
func (l *Log) Add(e Event) {
	if l != nil {
		l.Events = append(l.Events, e)
	}
}

// Scale appends a scaling; its later instants are added to it as they come.
func (l *Log) Scale(s *Scaling) {
	if l != nil {
		l.Scalings = append(l.Scalings, s)
	}
}

// ScaleOut appends a change of desired that has launched its first instance.
func (l *Log) ScaleOut(o *ScaleOut) {
	if l != nil {
		l.ScaleOuts = append(l.ScaleOuts, o)
	}
}

// Answer appends an answer, whose end moves as long as it stays the same.
func (l *Log) Answer(a *Answer) {
	if l != nil {
		l.Answers = append(l.Answers, a)
	}
}

// Level notes a group's capacity from an instant on.
func (l *Log) Level(v Level) {
	if l == nil {
		return
	}
	if n := len(l.Levels); n > 0 && l.Levels[n-1].At == v.At && l.Levels[n-1].Fleet == v.Fleet {
		l.Levels[n-1] = v
		return
	}
	l.Levels = append(l.Levels, v)
}
